/* SPDX-License-Identifier: GPL-3.0-or-later */
/* air - a scenario of tests/synth in memory, what the receiver makes of it, and the difference.
 * For tests.
 *
 * in   scenario text as in docs/synth.md
 * out  samples, truth, events and reports, counts of what was sent, heard and made up
 * thread one object, one caller; failures end the cmocka test
 */
#ifndef TESTS_RX_AIR_H
#define TESTS_RX_AIR_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "gsm/receiver.h"

/* One SCH or block that lies whole in the recording. */
struct air_sent {
    enum gsm_event_kind kind;
    bool dedicated; /* SDCCH or SACCH: nobody may hear it */
    char cell[8];
    int arfcn, bsic;
    uint32_t fn;
    double samp;
    uint8_t l2[GSM_L2_OCT]; /* blanked */
};

struct air {
    char *octets;
    size_t n_samp;
    enum iq_format format;
    double rate_hz, center_hz;
    struct air_sent *sent;
    size_t n_sent;
};

/* Lines of a scenario, printf-like. */
void air_make(struct air *a, const char *text, ...) __attribute__((format(printf, 2, 3)));
/* n_samp samples of zero (octets 0), to be filled by the test. */
void air_blank(struct air *a, enum iq_format format, double rate_hz, double center_hz,
               size_t n_samp);
void air_clear(struct air *a);

struct air_how {
    int jobs;          /* 0: 1 */
    size_t block_samp; /* 0: 65536 */
    double rate_hz;    /* stated; 0: the true one */
    double ppm;
    size_t gap_samp; /* the block that begins here says that samples were lost; 0: none */
};

struct heard {
    struct gsm_event *event;
    size_t n_events;
    struct cell_report *report;
    size_t n_reports;
    struct receiver_stats stats;
};

/* how NULL: one job, blocks of 65536 samples, true rate. */
void air_hear(const struct air *a, const struct air_how *how, struct heard *ret);
void heard_clear(struct heard *h);

struct score {
    int n_sch, n_sch_got;
    int n_block, n_block_got;
    int n_wrong;       /* told although nobody sent it, or with other octets */
    double late_sym;   /* mean of heard place - true place */
    double spread_sym; /* rms around it */
    double snr_db;     /* mean over blocks */
};

/* cell NULL: all of them; n_wrong always counts over all. Prints one line with the figures. */
struct score air_score(const struct air *a, const struct heard *h, const char *cell,
                       const char *what);
/* Make, hear, score, clear: for scenarios of which nothing else is asked. */
struct score air_run(const char *what, const char *cell, const struct air_how *how,
                     const char *text, ...) __attribute__((format(printf, 4, 5)));

/* 541.667 kS/s, two samples a symbol, cf32, centre on ARFCN 51. */
#define AIR_NARROW "rate 541666.6666667\ncenter 945.2MHz\nformat cf32\n"
/* 1.0833 MS/s. */
#define AIR_FOUR "rate 1083333.3333333\ncenter 945.2MHz\nformat cf32\n"
/* One cell on ARFCN 51 with some traffic. */
#define AIR_CELL                                                                                   \
    "cell A\narfcn 51\nbsic 26\nstart_fn 1234560\nlac 2101\nci 6326\ncell_allocation 51\n"         \
    "neighbours 28 36 44\npaging_per_s 8\npaging_imsi_share 0.2\nassign_per_s 2\n"

#endif
