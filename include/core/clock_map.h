/* SPDX-License-Identifier: GPL-3.0-or-later */
/* clock_map - sample index to monotonic time to UTC; how good the machine's clock is.
 *
 * in   one anchor per block: "when this block was handed over, its last sample was that one"
 * out  time of any sample; steps of the wall clock, noticed against the monotonic one
 * cost a few comparisons a block
 * thread plain value, one caller; clock_now() and clock_quality_get() from any thread
 *
 * Blocks come late by a varying delay, never early, so the earliest arrivals of the last minutes
 * fix the line "index to monotonic time"; between anchors the sample counter is the clock.
 */
#ifndef CORE_CLOCK_MAP_H
#define CORE_CLOCK_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The wall clock was set when it moves this much against the monotonic clock between two anchors;
 * NTP slews by at most 0.5 ms a second. */
#define CLOCK_STEP_MIN_US  100000
#define CLOCK_MAP_STEPS    16
#define CLOCK_MAP_WINDOW_S 60

/* The wall clock ran ahead of the monotonic one by wall_us from t_ns on. */
struct clock_wall {
    int64_t t_ns;
    int64_t wall_us;
};

struct clock_map {
    double rate_hz;
    bool anchored;
    uint64_t samp0;                     /* index the line starts from: start, or the last gap */
    int64_t t0_ns;                      /* its monotonic time */
    int64_t early_ns[2], early_from_ns; /* earliest arrivals of this and the last window */
    struct clock_wall wall[CLOCK_MAP_STEPS];
    size_t n_wall;
    uint64_t n_steps;     /* times the wall clock was set */
    int64_t last_step_us; /* by how much, negative: backwards */
};

enum clock_map_result {
    CLOCK_MAP_STEADY = 0,
    CLOCK_MAP_STEPPED /* the wall clock was set since the last anchor */
};

void clock_map_init(struct clock_map *m, double rate_hz);
/* Sample end_samp - 1 was the newest when t_ns (CLOCK_MONOTONIC) and utc_us were read. gap: the
 * count of samples does not run through from the last anchor (lost samples, a retune). */
enum clock_map_result clock_map_push(struct clock_map *m, uint64_t end_samp, bool gap, int64_t t_ns,
                                     int64_t utc_us);
/* Time of a sample; UTC_UNKNOWN before the first anchor. Samples before the last gap are dated by
 * the line after it, so date what you need before you push a gap. */
int64_t clock_map_t_ns(const struct clock_map *m, uint64_t samp);
int64_t clock_map_utc_us(const struct clock_map *m, uint64_t samp);

/* Both clocks, read together. */
void clock_now(int64_t *ret_t_ns, int64_t *ret_utc_us);

/* What the kernel says of the wall clock. */
struct clock_quality {
    bool synchronised;  /* a time service disciplines it */
    double error_s;     /* estimated error; NAN: not known */
    double max_error_s; /* bound; NAN: not known */
};

void clock_quality_get(struct clock_quality *ret);
/* "synchronised, within 1.2 ms"; "not synchronised". At most CLOCK_QUALITY_CAP octets. */
#define CLOCK_QUALITY_CAP 64
void clock_quality_format(const struct clock_quality *q, char ret[CLOCK_QUALITY_CAP]);

#endif
