/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tuning a stream: set, throw away what is older, see whether the oscillator locked, choose the
 * gain. What was measured on is not lost: it stays in the ring for the caller. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gain_choice.h"
#include "live_kind.h"

#define MEASURE_SLOTS  2 /* 13.7 ms, three TDMA frames */
#define STALE_SLOTS    2 /* under way when the oscillator was set, beside what the clock says */
#define MEASURE_MS     8000
#define NOTICE_MS      6000      /* for the capture thread to find out that the receiver is lost */
#define START_TENTH_DB 300       /* where the choice of the gain begins */
#define USABLE_RATIO   (5.0 / 6) /* 2.0 of 2.4 MHz: the IF filter rolls off beyond */
#define GAIN_STEPS_MAX 8
#define PLL_TRIES      3
#define AWAY_HZ        20e6
#define DEAD_FLOOR     0.05 /* even the grid's own noise, 1/6, needs an input that moves */
#define FALLEN_RATIO   0.1  /* of what this receiver usually hears at the same gain */

int stream_set_rate(struct live_source *src, uint32_t rtl_xtal_hz, char *err, size_t err_cap)
{
    double asked_hz = src->config.rate_hz, rate_hz = 0;
    if (asked_hz > 0 && asked_hz < 1e9)
        rate_hz = tuner_true_rate_hz(rtl_xtal_hz, (uint32_t)llrint(asked_hz));
    if (!(rate_hz > 0)) {
        (void)snprintf(
            err, err_cap,
            "an RTL-SDR cannot sample at %.10g kS/s: 900.001 to 3200 kS/s (or 225.001 to "
            "300) are possible, 2.4 MS/s is usual",
            asked_hz / 1e3);
        return -EINVAL;
    }
    src->info.rate_hz = rate_hz;
    src->info.usable_hz = USABLE_RATIO * rate_hz;
    src->info.settle_s = src->kind->settle_s;
    src->info.tunable = true;
    return 0;
}

static size_t nearest_gain(const struct tuner *t, double tenth_db)
{
    size_t best = 0;
    for (size_t i = 1; i < t->n_gains; i++) {
        if (fabs(t->gains_tenth_db[i] - tenth_db) < fabs(t->gains_tenth_db[best] - tenth_db))
            best = i;
    }
    return best;
}

void stream_set_tuner(struct live_source *src, const struct tuner *tuner)
{
    double said_db = src->config.gain_db;
    src->info.n_ranges = tuner->n_ranges;
    memcpy(src->info.ranges, tuner->ranges, sizeof src->info.ranges);
    src->gains_tenth_db = tuner->gains_tenth_db;
    src->n_gains = tuner->n_gains;
    src->i_gain = nearest_gain(tuner, isnan(said_db) ? START_TENTH_DB : 10 * said_db);
}

static int interrupted(char *err, size_t err_cap)
{
    (void)snprintf(err, err_cap, "interrupted");
    return -EINTR;
}

static int say_gone(struct live_source *src, char *err, size_t err_cap)
{
    (void)pthread_mutex_lock(&src->words);
    (void)snprintf(err, err_cap, "%s", src->lost_text);
    (void)pthread_mutex_unlock(&src->words);
    return -ENODEV;
}

/* Waits while the receiver is being got back. */
static int wait_connected(struct live_source *src, char *err, size_t err_cap)
{
    while (!atomic_load(&src->connected)) {
        if (atomic_load(&src->gone))
            return say_gone(src, err, err_cap);
        if (ring_wait(src->ring, 100) == -EINTR)
            return interrupted(err, err_cap);
    }
    return 0;
}

/* From which sample on a setting made now holds. */
static void mark_settled(struct live_source *src, double settle_s)
{
    (void)pthread_mutex_lock(&src->words);
    uint64_t samp = stream_clock_samp(&src->clock, live_now_ns());
    (void)pthread_mutex_unlock(&src->words);
    samp += (uint64_t)(settle_s * src->info.rate_hz) + STALE_SLOTS * ring_slot_oct(src->ring) / 2;
    if (samp > src->good_from_samp)
        src->good_from_samp = samp;
}

static void release_old(struct live_source *src)
{
    const struct ring_slot *s;
    while ((s = ring_peek(src->ring, 0)) && s->samp + s->n_oct / 2 <= src->good_from_samp)
        ring_release(src->ring);
}

/* Looks at the next slots that are wholly good without taking them. */
static int measure(struct live_source *src, struct gain_measure *ret, char *err, size_t err_cap)
{
    int64_t until_ns = live_now_ns() + MEASURE_MS * INT64_C(1000000);
    while (release_old(src), !ring_peek(src->ring, MEASURE_SLOTS)) {
        if (atomic_load(&src->gone))
            return say_gone(src, err, err_cap);
        if (!atomic_load(&src->connected))
            until_ns = live_now_ns() + MEASURE_MS * INT64_C(1000000);
        if (live_now_ns() > until_ns) {
            (void)snprintf(err, err_cap, "the receiver sends no samples after it was tuned");
            return -ENODEV;
        }
        if (ring_wait(src->ring, 100) == -EINTR)
            return interrupted(err, err_cap);
    }
    struct iq_level level = {0};
    double floor = 0;
    for (size_t i = 1; i <= MEASURE_SLOTS; i++) { /* slot 0 may begin before good_from */
        const struct ring_slot *s = ring_peek(src->ring, i);
        iq_level_add(&level, s->data, s->n_oct / 2, IQ_CU8);
        floor += iq_level_floor_cu8(s->data, s->n_oct / 4) / MEASURE_SLOTS;
    }
    double n = level.n_samp ? (double)level.n_samp : 1;
    *ret = (struct gain_measure){.clipped_ratio = (double)level.n_clipped / (2 * n),
                                 .power = level.power_sum / n * 127.5 * 127.5,
                                 .floor = floor};
    return 0;
}

static int set_gain(struct live_source *src, size_t i)
{
    (void)pthread_mutex_lock(&src->control);
    src->want_gain = true;
    src->want_gain_tenth_db = src->gains_tenth_db[i];
    int rc = src->kind->set_gain(src, src->want_gain_tenth_db);
    (void)pthread_mutex_unlock(&src->control);
    src->i_gain = i;
    return rc;
}

/* -EAGAIN: the driver says that the oscillator did not lock. */
static int set_freq(struct live_source *src, double hz, double *ret_center_hz)
{
    (void)pthread_mutex_lock(&src->control);
    src->want_hz = hz;
    int rc = src->kind->set_freq(src, hz, ret_center_hz);
    (void)pthread_mutex_unlock(&src->control);
    mark_settled(src, src->kind->settle_s);
    return rc;
}

/* Nothing at all, or nothing but the grid's own noise at the highest gain. */
static bool is_dead(const struct live_source *src, const struct gain_measure *m)
{
    bool top = src->n_gains > 0 && src->i_gain + 1 == src->n_gains && isnan(src->config.gain_db);
    return m->floor < DEAD_FLOOR || (top && m->floor < 1.5 * GAIN_FLOOR_QUIET);
}

/* The driver says "tuned" also when the oscillator did not lock; then hardly anything is heard. */
static bool looks_unlocked(const struct live_source *src, const struct gain_measure *m)
{
    if (is_dead(src, m))
        return true;
    return src->usual_floor > 0 && src->i_gain == src->i_usual_gain &&
           m->floor < FALLEN_RATIO * src->usual_floor;
}

static int choose_gain(struct live_source *src, struct gain_measure *m, char *err, size_t err_cap)
{
    if (!isnan(src->config.gain_db) || src->n_gains == 0)
        return 0;
    bool went_down = false;
    for (int n = 0; n < GAIN_STEPS_MAX; n++) {
        size_t i = gain_choose(src->gains_tenth_db, src->n_gains, src->i_gain, m);
        if (i == src->i_gain || (went_down && i > src->i_gain)) /* never back and forth */
            return 0;
        went_down = went_down || i < src->i_gain;
        int rc = set_gain(src, i);
        if (rc < 0)
            return rc;
        mark_settled(src, 0);
        if ((rc = measure(src, m, err, err_cap)) < 0)
            return rc;
    }
    return 0;
}

/* Somewhere else in reach, so that the oscillator begins anew. */
static double away_hz(const struct live_source *src, double hz)
{
    bool up = tuner_reaches(src->info.ranges, src->info.n_ranges, hz + AWAY_HZ);
    return up ? hz + AWAY_HZ : hz - AWAY_HZ;
}

/* A command failed: when that is because the receiver is lost, the capture thread will see. */
static int wait_loss(struct live_source *src, int rc, char *err, size_t err_cap)
{
    int64_t until_ns = live_now_ns() + NOTICE_MS * INT64_C(1000000);
    while (atomic_load(&src->connected) && live_now_ns() < until_ns) {
        if (ring_wait(src->ring, 100) == -EINTR)
            return interrupted(err, err_cap);
    }
    if (!atomic_load(&src->connected))
        return wait_connected(src, err, err_cap);
    (void)snprintf(err, err_cap, "the receiver does not take a command: %s", strerror(-rc));
    return -EIO;
}

/* Gain and frequency, again after the receiver was lost and came back. */
static int set_both(struct live_source *src, double hz, double *ret_center_hz, char *err,
                    size_t err_cap)
{
    for (int n = 0;; n++) {
        int rc = wait_connected(src, err, err_cap);
        if (rc < 0)
            return rc;
        if (!src->want_gain && src->n_gains > 0)
            rc = set_gain(src, src->i_gain);
        if (rc == 0)
            rc = set_freq(src, hz, ret_center_hz);
        if (rc == 0 || rc == -EAGAIN || n == PLL_TRIES)
            return rc;
        if ((rc = wait_loss(src, rc, err, err_cap)) < 0)
            return rc;
    }
}

/* One try: 0; -EAGAIN when the oscillator seems not to have locked. */
static int tune_once(struct live_source *src, double hz, double *ret_center_hz,
                     struct gain_measure *m, char *err, size_t err_cap)
{
    int rc = set_both(src, hz, ret_center_hz, err, err_cap);
    if (rc < 0 || (rc = measure(src, m, err, err_cap)) < 0)
        return rc;
    /* at the first tune it may be the gain that is too low */
    if ((src->usual_floor <= 0 || !looks_unlocked(src, m)) &&
        (rc = choose_gain(src, m, err, err_cap)) < 0)
        return rc;
    return looks_unlocked(src, m) ? -EAGAIN : 0;
}

static int fail_tune(int rc, double hz, char *err, size_t err_cap)
{
    if (rc == -EAGAIN) {
        (void)snprintf(
            err, err_cap,
            "the oscillator does not lock at %.6g MHz (tried %d times): the tuner may be "
            "hot or broken; other frequencies may still work",
            hz / 1e6, PLL_TRIES);
        return -EIO;
    }
    return rc;
}

/* After PLL_TRIES: quieter than elsewhere is a quiet band; silent is no reception. */
static int judge_quiet(struct live_source *src, double hz, const struct gain_measure *m, char *err,
                       size_t err_cap)
{
    if (is_dead(src, m))
        return fail_tune(-EAGAIN, hz, err, err_cap);
    src->usual_floor = m->floor;
    src->i_usual_gain = src->i_gain;
    return 0;
}

int stream_tune(struct live_source *src, double hz, char *err, size_t err_cap)
{
    struct gain_measure m = {0};
    double center_hz = hz, dummy_hz;
    int rc = -EAGAIN;
    atomic_store(&src->collecting, true);
    (void)snprintf(err, err_cap, "the receiver refuses %.6g MHz", hz / 1e6);
    for (int n = 0; n < PLL_TRIES && rc == -EAGAIN; n++) {
        if (n > 0) {
            atomic_fetch_add(&src->n_pll_failures, 1);
            live_add_note(src, "the oscillator did not lock at %.6g MHz and was set again",
                          hz / 1e6);
            (void)set_freq(src, away_hz(src, hz), &dummy_hz);
        }
        rc = tune_once(src, hz, &center_hz, &m, err, err_cap);
    }
    if (rc == -EAGAIN && m.floor > 0)
        rc = judge_quiet(src, hz, &m, err, err_cap);
    if (rc < 0)
        return fail_tune(rc, hz, err, err_cap);
    if (src->usual_floor <= 0 || src->i_usual_gain != src->i_gain)
        src->usual_floor = m.floor;
    else
        src->usual_floor += 0.2 * (m.floor - src->usual_floor);
    src->i_usual_gain = src->i_gain;
    src->tuning.center_hz = center_hz;
    src->tuning.gain_db = src->want_gain ? src->want_gain_tenth_db / 10.0 : (double)NAN;
    return 0;
}
