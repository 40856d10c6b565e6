/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/clock_map.h"
#include "core/utc.h"

#define RATE_HZ 2e6
#define S_NS    1000000000LL
#define S_US    1000000LL

static const int64_t utc0_us = 1790000000LL * S_US;

/* Blocks of 0.1 s that arrive up to 40 ms late; the sample clock is off by ppm. */
static void run_blocks(struct clock_map *m, int from, int to, double ppm, int64_t wall_error_us)
{
    uint32_t x = 7;
    for (int i = from; i < to; i++) {
        x = x * 1664525u + 1013904223u;
        int64_t late_ns = (int64_t)(x >> 8) % 40000000;
        double true_s = (i + 1) * 0.1 / (1.0 + ppm * 1e-6);
        int64_t t_ns = 5 * S_NS + (int64_t)(true_s * 1e9) + late_ns;
        (void)clock_map_push(m, (uint64_t)(i + 1) * 200000, false, t_ns,
                             utc0_us + t_ns / 1000 + wall_error_us);
    }
}

static void nothing_is_known_before_the_first_anchor(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    assert_true(clock_map_t_ns(&m, 0) == UTC_UNKNOWN);
    assert_true(clock_map_utc_us(&m, 5) == UTC_UNKNOWN);
}

static void late_blocks_do_not_move_the_clock(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    run_blocks(&m, 0, 300, 0, 0);
    /* sample 20e6 was taken 10 s after the start, whenever its block came */
    int64_t off_ns = clock_map_t_ns(&m, 20000000) - 15 * S_NS;
    assert_true(off_ns >= 0 && off_ns < 1500000);
    int64_t off_us = clock_map_utc_us(&m, 20000000) - (utc0_us + 15 * S_US);
    assert_true(off_us >= 0 && off_us < 1500);
    assert_int_equal(m.n_steps, 0);
}

static void a_sample_clock_that_is_off_is_followed(void **state)
{
    (void)state;
    for (int sign = -1; sign <= 1; sign += 2) {
        struct clock_map m;
        clock_map_init(&m, RATE_HZ);
        int n = 12000; /* 20 minutes: 24 ms at 20 ppm */
        run_blocks(&m, 0, n, sign * 20.0, 0);
        double true_s = n * 0.1 / (1.0 + sign * 20e-6);
        int64_t off_ns =
            clock_map_t_ns(&m, (uint64_t)n * 200000) - 5 * S_NS - (int64_t)(true_s * 1e9);
        assert_true(llabs(off_ns) < 4000000);
    }
}

static void a_clock_set_back_is_noticed_and_dated(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    run_blocks(&m, 0, 100, 0, 0);
    int64_t before = clock_map_utc_us(&m, 10000000);
    run_blocks(&m, 100, 200, 0, -3600 * S_US);
    assert_int_equal(m.n_steps, 1);
    assert_true(llabs(m.last_step_us + 3600 * S_US) < 100000);
    /* what was heard before the step keeps the old time, what came after has the new one */
    assert_true(llabs(clock_map_utc_us(&m, 10000000) - before) < 3000);
    assert_true(llabs(clock_map_utc_us(&m, 30000000) - (utc0_us + 20 * S_US - 3600 * S_US)) <
                10000);
}

static void slow_corrections_are_no_step(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    for (int i = 0; i < 6000; i++) /* 0.5 ms a second for ten minutes */
        run_blocks(&m, i, i + 1, 0, i * 50);
    assert_int_equal(m.n_steps, 0);
}

static void after_a_gap_the_line_starts_anew(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    run_blocks(&m, 0, 100, 0, 0);
    /* 7 s were lost without a count: the next block ends at sample 20200000 */
    int64_t t_ns = 5 * S_NS + 17 * S_NS + S_NS / 10;
    (void)clock_map_push(&m, 20200000, true, t_ns, utc0_us + t_ns / 1000);
    assert_true(clock_map_t_ns(&m, 20200000) == t_ns);
    assert_int_equal(m.n_steps, 0);
}

static void many_steps_are_kept_within_bounds(void **state)
{
    (void)state;
    struct clock_map m;
    clock_map_init(&m, RATE_HZ);
    for (int i = 0; i < 100; i++)
        run_blocks(&m, i, i + 1, 0, (i & 1) * 10 * S_US);
    assert_int_equal(m.n_steps, 99);
    assert_int_equal(m.n_wall, CLOCK_MAP_STEPS);
}

static void the_kernel_says_how_good_the_clock_is(void **state)
{
    (void)state;
    struct clock_quality q;
    char text[CLOCK_QUALITY_CAP];
    clock_quality_get(&q);
    assert_true(q.synchronised ? q.error_s >= 0 && q.max_error_s >= 0 : isnan(q.error_s));
    q = (struct clock_quality){true, 0.0012, 0.05};
    clock_quality_format(&q, text);
    assert_string_equal(text, "synchronised, error 1.2 ms, at most 50 ms");
    q.synchronised = false;
    clock_quality_format(&q, text);
    assert_string_equal(text, "not synchronised");
    int64_t a_ns, b_ns, utc_us;
    clock_now(&a_ns, &utc_us);
    clock_now(&b_ns, &utc_us);
    assert_true(b_ns >= a_ns);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_before_the_first_anchor),
        cmocka_unit_test(late_blocks_do_not_move_the_clock),
        cmocka_unit_test(a_sample_clock_that_is_off_is_followed),
        cmocka_unit_test(a_clock_set_back_is_noticed_and_dated),
        cmocka_unit_test(slow_corrections_are_no_step),
        cmocka_unit_test(after_a_gap_the_line_starts_anew),
        cmocka_unit_test(many_steps_are_kept_within_bounds),
        cmocka_unit_test(the_kernel_says_how_good_the_clock_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
