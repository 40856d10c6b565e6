/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/clock_map.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>

#include "core/utc.h"

#define NS_PER_S  1000000000LL
#define NS_PER_US 1000

void clock_map_init(struct clock_map *m, double rate_hz)
{
    memset(m, 0, sizeof *m);
    m->rate_hz = rate_hz;
}

/* Nanoseconds from samp0 to samp. */
static int64_t span_ns(const struct clock_map *m, uint64_t samp)
{
    bool after = samp >= m->samp0;
    double n = after ? (double)(samp - m->samp0) : -(double)(m->samp0 - samp);
    return (int64_t)llround(n / m->rate_hz * 1e9);
}

/* Starts the line anew at an anchor. */
static void start_line(struct clock_map *m, uint64_t end_samp, int64_t t_ns)
{
    m->anchored = true;
    m->samp0 = end_samp;
    m->t0_ns = t_ns;
    m->early_ns[0] = m->early_ns[1] = 0;
    m->early_from_ns = t_ns;
}

/* Earliness is arrival minus where the line says; the least of two windows moves the line. The
 * older window falls out, so that a sample clock that runs slow can move the line later, too. */
static void push_line(struct clock_map *m, uint64_t end_samp, int64_t t_ns)
{
    int64_t early = t_ns - (m->t0_ns + span_ns(m, end_samp));
    if (t_ns - m->early_from_ns >= CLOCK_MAP_WINDOW_S * NS_PER_S) {
        m->early_ns[1] = m->early_ns[0];
        m->early_ns[0] = early;
        m->early_from_ns = t_ns;
    } else if (early < m->early_ns[0]) {
        m->early_ns[0] = early;
    }
}

/* Follows the wall clock: slow corrections move its last entry, a jump makes a new one. */
static enum clock_map_result push_wall(struct clock_map *m, int64_t t_ns, int64_t utc_us)
{
    int64_t wall_us = utc_us - t_ns / NS_PER_US;
    if (m->n_wall == 0) {
        m->wall[m->n_wall++] = (struct clock_wall){t_ns, wall_us};
        return CLOCK_MAP_STEADY;
    }
    int64_t moved = wall_us - m->wall[m->n_wall - 1].wall_us;
    if (llabs(moved) < CLOCK_STEP_MIN_US) {
        m->wall[m->n_wall - 1].wall_us = wall_us;
        return CLOCK_MAP_STEADY;
    }
    if (m->n_wall == CLOCK_MAP_STEPS)
        memmove(m->wall, m->wall + 1, (--m->n_wall) * sizeof m->wall[0]);
    m->wall[m->n_wall++] = (struct clock_wall){t_ns, wall_us};
    m->n_steps++;
    m->last_step_us = moved;
    return CLOCK_MAP_STEPPED;
}

enum clock_map_result clock_map_push(struct clock_map *m, uint64_t end_samp, bool gap, int64_t t_ns,
                                     int64_t utc_us)
{
    if (gap || !m->anchored)
        start_line(m, end_samp, t_ns);
    else
        push_line(m, end_samp, t_ns);
    return push_wall(m, t_ns, utc_us);
}

int64_t clock_map_t_ns(const struct clock_map *m, uint64_t samp)
{
    if (!m->anchored)
        return UTC_UNKNOWN;
    int64_t early = m->early_ns[0] < m->early_ns[1] ? m->early_ns[0] : m->early_ns[1];
    return m->t0_ns + early + span_ns(m, samp);
}

int64_t clock_map_utc_us(const struct clock_map *m, uint64_t samp)
{
    int64_t t_ns = clock_map_t_ns(m, samp);
    if (t_ns == UTC_UNKNOWN)
        return UTC_UNKNOWN;
    size_t i = m->n_wall - 1;
    while (i > 0 && m->wall[i].t_ns > t_ns)
        i--;
    return t_ns / NS_PER_US + m->wall[i].wall_us;
}

void clock_now(int64_t *ret_t_ns, int64_t *ret_utc_us)
{
    struct timespec mono = {0}, wall = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &mono);
    (void)clock_gettime(CLOCK_REALTIME, &wall);
    *ret_t_ns = (int64_t)mono.tv_sec * NS_PER_S + mono.tv_nsec;
    *ret_utc_us = (int64_t)wall.tv_sec * 1000000 + wall.tv_nsec / NS_PER_US;
}

void clock_quality_get(struct clock_quality *ret)
{
    struct timex t = {.modes = 0};
    int state = ntp_adjtime(&t);
    *ret = (struct clock_quality){.error_s = (double)NAN, .max_error_s = (double)NAN};
    if (state < 0)
        return;
    ret->synchronised = state != TIME_ERROR && (t.status & STA_UNSYNC) == 0;
    if (ret->synchronised) {
        ret->error_s = (double)t.esterror / 1e6;
        ret->max_error_s = (double)t.maxerror / 1e6;
    }
}

void clock_quality_format(const struct clock_quality *q, char ret[CLOCK_QUALITY_CAP])
{
    if (!q->synchronised)
        (void)snprintf(ret, CLOCK_QUALITY_CAP, "not synchronised");
    else
        (void)snprintf(ret, CLOCK_QUALITY_CAP, "synchronised, error %.3g ms, at most %.3g ms",
                       q->error_s * 1e3, q->max_error_s * 1e3);
}
