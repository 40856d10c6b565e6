/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/utc.h"
#include "hw/pre_ring.h"

#define RATE_HZ 1e6

static uint8_t octets[200000];

/* Samples whose octets tell their index. */
static void push(struct pre_ring *p, uint64_t samp, size_t n, double center_hz, bool gap)
{
    for (size_t i = 0; i < n; i++) {
        octets[2 * i] = (uint8_t)(samp + i);
        octets[2 * i + 1] = (uint8_t)((samp + i) >> 8);
    }
    struct iq_block block = {.data = octets,
                             .n_samp = n,
                             .format = IQ_CU8,
                             .samp = samp,
                             .rate_hz = RATE_HZ,
                             .center_hz = center_hz,
                             .gap = gap};
    struct sigmf_stamp stamp = {.utc_us = (int64_t)samp, .gain_db = 20}; /* 1 us a sample */
    pre_ring_push(p, &block, &stamp);
}

struct seen {
    uint64_t first, next, n;
    size_t n_gaps, n_calls, stop_at;
    double center_hz;
};

static int take(void *ctx, const struct iq_block *b, const struct sigmf_stamp *stamp)
{
    struct seen *s = ctx;
    const uint8_t *data = b->data;
    if (s->n_calls++ == 0)
        s->first = b->samp;
    s->n_gaps += b->gap;
    s->center_hz = b->center_hz;
    assert_true(stamp->utc_us == (int64_t)b->samp);
    for (size_t i = 0; i < b->n_samp; i++) {
        assert_int_equal(data[2 * i], (uint8_t)(b->samp + i));
        assert_int_equal(data[2 * i + 1], (uint8_t)((b->samp + i) >> 8));
    }
    s->n += b->n_samp;
    s->next = b->samp + b->n_samp;
    return s->stop_at && s->n_calls == s->stop_at ? -ENOSPC : 0;
}

static void the_newest_seconds_are_kept(void **state)
{
    (void)state;
    struct pre_ring *p = NULL;
    struct seen seen = {0};
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, 0.3), 0);
    for (uint64_t at = 0; at < 2000000; at += 12345)
        push(p, at, 12345, 9e8, false);
    uint64_t end = (2000000 + 12344) / 12345 * 12345;
    assert_int_equal(pre_ring_drain(p, take, &seen), 0);
    assert_int_equal(seen.next, end);
    assert_int_equal(seen.first, end - seen.n);
    assert_true(seen.n >= 300000 && seen.n < 300000 + 2 * 16384 + 12345);
    assert_int_equal(pre_ring_count(p), 0);
    pre_ring_destroy(p);
}

static void gaps_and_tuning_are_kept_apart(void **state)
{
    (void)state;
    struct pre_ring *p = NULL;
    struct seen seen = {0};
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, 1), 0);
    push(p, 0, 100, 9e8, false);
    push(p, 100, 100, 9e8, false); /* goes on */
    push(p, 500, 100, 9e8, true);
    push(p, 600, 100, 9.5e8, false);
    assert_int_equal(pre_ring_count(p), 400);
    assert_int_equal(pre_ring_drain(p, take, &seen), 0);
    assert_int_equal(seen.n_calls, 3);
    assert_int_equal(seen.n_gaps, 1);
    assert_true(seen.center_hz > 9.4e8);
    /* drained: begins anew */
    push(p, 700, 50, 9.5e8, false);
    assert_int_equal(pre_ring_count(p), 50);
    pre_ring_destroy(p);
}

static void an_error_of_the_taker_ends_it(void **state)
{
    (void)state;
    struct pre_ring *p = NULL;
    struct seen seen = {.stop_at = 2};
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, 1), 0);
    for (int i = 0; i < 5; i++)
        push(p, (uint64_t)i * 1000, 100, 9e8, false);
    assert_int_equal(pre_ring_drain(p, take, &seen), -ENOSPC);
    assert_int_equal(seen.n_calls, 2);
    assert_int_equal(pre_ring_count(p), 0);
    pre_ring_destroy(p);
}

static void no_seconds_keep_nothing(void **state)
{
    (void)state;
    struct pre_ring *p = NULL;
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, 0), 0);
    push(p, 0, 100, 9e8, false);
    assert_int_equal(pre_ring_count(p), 0);
    pre_ring_destroy(p);
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, -1), -EINVAL);
    assert_int_equal(pre_ring_create(&p, IQ_CU8, RATE_HZ, 1e9), -EINVAL);
    assert_int_equal(pre_ring_create(&p, IQ_FORMAT_UNKNOWN, RATE_HZ, 1), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_newest_seconds_are_kept),
        cmocka_unit_test(gaps_and_tuning_are_kept_apart),
        cmocka_unit_test(an_error_of_the_taker_ends_it),
        cmocka_unit_test(no_seconds_keep_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
