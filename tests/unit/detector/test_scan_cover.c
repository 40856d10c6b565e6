/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/scan_cover.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "unit/gsm/hex.h"

#define KHZ 1e3
#define MHZ 1e6

static bool in_range(const struct scan_tuner *t, double center)
{
    for (size_t i = 0; i < t->n_ranges; i++)
        if (center >= t->range[i].from_hz - 1 && center <= t->range[i].to_hz + 1)
            return true;
    return t->n_ranges == 0;
}

/* Every window stands where it can and hears its carriers, each carrier in one of them. */
static void check_windows(const struct scan_tuner *t, const double *hz, size_t n,
                          const struct scan_window *w, size_t n_windows)
{
    size_t n_heard = 0, covered = 0;
    for (size_t i = 0; i < n; i++)
        n_heard += scan_tuner_hears(t, hz[i]);
    for (size_t i = 0; i < n_windows; i++) {
        assert_true(in_range(t, w[i].center_hz));
        for (size_t k = w[i].first; k < w[i].first + w[i].n; k++)
            assert_true(fabs(hz[k] - w[i].center_hz) <= t->reach_hz + 1);
        covered += w[i].n;
    }
    assert_int_equal(covered, n_heard);
}

/* Fewest windows by dynamic programming over every useful centre: nothing of the greedy way. */
static size_t fewest(const struct scan_tuner *t, const double *hz, size_t n)
{
    size_t best[64] = {0}; /* windows for the first k of those that can be heard */
    double h[64];
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (scan_tuner_hears(t, hz[i]))
            h[m++] = hz[i];
    for (size_t k = 1; k <= m; k++) {
        best[k] = 1000;
        for (size_t from = 0; from < k; from++) {
            double lo = h[k - 1] - t->reach_hz, hi = h[from] + t->reach_hz;
            bool fits = false;
            if (lo > hi + 0.05)
                continue;
            for (double c = lo; c <= hi + 1 && !fits; c += 25 * KHZ)
                fits = in_range(t, c);
            for (size_t r = 0; r < t->n_ranges && !fits; r++)
                fits = t->range[r].from_hz <= hi + 0.05 && t->range[r].to_hz >= lo - 0.05;
            if (fits && best[from] + 1 < best[k])
                best[k] = best[from] + 1;
        }
    }
    return best[m];
}

static void no_covering_has_fewer_windows(void **state)
{
    (void)state;
    uint64_t seed = 4711;
    for (int round = 0; round < 3000; round++) {
        struct scan_tuner t = {.reach_hz = (double)(5 + hex_random(&seed) % 8) * 100 * KHZ};
        double hz[40], at = 930 * MHZ;
        size_t n = 1 + hex_random(&seed) % 40;
        for (size_t i = 0; i < n; i++)
            hz[i] = at += (double)(hex_random(&seed) % 12) * 200 * KHZ;
        if (round % 3 == 1) {
            t.n_ranges = 1;
            t.range[0] = (struct scan_range){931 * MHZ, at - 2 * MHZ};
        } else if (round % 3 == 2) {
            t.n_ranges = 2;
            t.range[0] = (struct scan_range){0, 938 * MHZ};
            t.range[1] = (struct scan_range){941.3 * MHZ, 970 * MHZ};
        }
        if (t.n_ranges == 1 && t.range[0].to_hz < t.range[0].from_hz)
            continue;
        struct scan_window w[40];
        size_t n_windows = scan_cover(&t, hz, n, w, 40);
        check_windows(&t, hz, n, w, n_windows);
        assert_int_equal(n_windows, fewest(&t, hz, n));
    }
}

static void p_gsm_takes_twelve_windows_of_eleven_channels(void **state)
{
    (void)state;
    const struct scan_tuner t = {.reach_hz = 1.0 * MHZ};
    struct scan_window w[32];
    double hz[174];
    for (int i = 0; i < 124; i++)
        hz[i] = 935.2 * MHZ + i * 200 * KHZ;
    assert_int_equal(scan_cover(&t, hz, 124, w, 32), 12);
    for (int i = 0; i < 174; i++)
        hz[i] = 925.2 * MHZ + i * 200 * KHZ;
    assert_int_equal(scan_cover(&t, hz, 174, w, 32), 16);
    check_windows(&t, hz, 174, w, 16);
}

static void a_centre_stands_between_two_channels_when_it_can(void **state)
{
    (void)state;
    const struct scan_tuner t = {.reach_hz = 1.0 * MHZ};
    struct scan_window w;
    double one = 940 * MHZ, three[3] = {940 * MHZ, 940.2 * MHZ, 940.4 * MHZ};
    double full[2] = {940 * MHZ, 942 * MHZ};
    assert_int_equal(scan_cover(&t, &one, 1, &w, 1), 1);
    assert_true(fabs(fabs(w.center_hz - one) - 100 * KHZ) < 1);
    assert_int_equal(scan_cover(&t, three, 3, &w, 1), 1);
    assert_true(fabs(fabs(w.center_hz - three[1]) - 100 * KHZ) < 1);
    assert_int_equal(scan_cover(&t, full, 2, &w, 1), 1); /* no room to move */
    assert_true(fabs(w.center_hz - 941 * MHZ) < 1);
}

static void a_carrier_just_beyond_the_range_is_heard_from_its_end(void **state)
{
    (void)state;
    const struct scan_tuner t = {
        .reach_hz = 1.0 * MHZ, .n_ranges = 1, .range = {{22 * MHZ, 948.6 * MHZ}}};
    double hz[3] = {949.4 * MHZ, 949.6 * MHZ, 949.8 * MHZ};
    struct scan_window w[3];
    assert_true(scan_tuner_hears(&t, hz[1]));
    assert_false(scan_tuner_hears(&t, hz[2]));
    assert_int_equal(scan_cover(&t, hz, 3, w, 3), 1);
    assert_int_equal(w[0].n, 2);
    assert_true(fabs(w[0].center_hz - 948.6 * MHZ) < 101 * KHZ &&
                w[0].center_hz <= 948.6 * MHZ + 1);
}

static void more_windows_than_room_are_counted_not_written(void **state)
{
    (void)state;
    const struct scan_tuner t = {.reach_hz = 0.5 * MHZ};
    double hz[3] = {930 * MHZ, 940 * MHZ, 950 * MHZ};
    struct scan_window w[3] = {0};
    w[2].center_hz = 7;
    assert_int_equal(scan_cover(&t, hz, 3, w, 2), 3);
    assert_true(w[2].center_hz > 6 && w[2].center_hz < 8);
    assert_int_equal(scan_cover(&t, hz, 0, w, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_covering_has_fewer_windows),
        cmocka_unit_test(p_gsm_takes_twelve_windows_of_eleven_channels),
        cmocka_unit_test(a_centre_stands_between_two_channels_when_it_can),
        cmocka_unit_test(a_carrier_just_beyond_the_range_is_heard_from_its_end),
        cmocka_unit_test(more_windows_than_room_are_counted_not_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
