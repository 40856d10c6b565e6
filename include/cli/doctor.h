/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor - is the receiver fit to listen, and what to do when it is not: one sentence a check.
 *
 * in   a source; the kernel's view of the USB
 * out  a list of results, in the order in which they were checked
 * cost as long as it listens
 * thread main thread
 */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "hw/live_source.h"
#include "hw/live_spec.h"

#define DOCTOR_RESULTS_CAP 16
#define DOCTOR_VALUES_CAP  6
#define DOCTOR_TEXT_CAP    700

enum doctor_state { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_SKIP };

struct doctor_value {
    const char *key; /* "lost_samples", with its unit */
    double value;
};

struct doctor_result {
    const char *check; /* "driver" */
    enum doctor_state state;
    char text[DOCTOR_TEXT_CAP];
    size_t n_values;
    struct doctor_value values[DOCTOR_VALUES_CAP];
};

struct doctor {
    struct live_source_config config;
    double seconds;   /* to listen for losses */
    double center_hz; /* where; 0: chosen */
    const char *root; /* of /sys, /proc and /dev; "" for the real ones */
    struct live_spec spec;
    struct live_source *src;
    struct live_source_info info;
    struct live_tuning tuning;
    bool lost; /* the receiver is not there, or went away */
    size_t n_results;
    struct doctor_result results[DOCTOR_RESULTS_CAP];
    void (*on_result)(void *ctx, const struct doctor_result *result);
    void *ctx;
};

const char *doctor_state_name(enum doctor_state state);

/* Fills in a result and tells on_result; returns it so that values can be added before: use
 * doctor_begin(), doctor_value(), doctor_say() in this order. */
struct doctor_result *doctor_begin(struct doctor *d, const char *check);
void doctor_value(struct doctor_result *r, const char *key, double value);
__attribute__((format(printf, 4, 5))) void doctor_say(struct doctor *d, struct doctor_result *r,
                                                      enum doctor_state state, const char *fmt,
                                                      ...);

/* cli/doctor_usb.c: what the kernel shows, without the receiver. */
void doctor_check_usb(struct doctor *d);
/* cli/doctor_radio.c: what the receiver can do; false when it is of no use to go on. */
bool doctor_check_open(struct doctor *d);
void doctor_check_bands(struct doctor *d);
bool doctor_check_samples(struct doctor *d);
void doctor_check_crystal(struct doctor *d);

#endif
