/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../../hw/stream_clock.h"

#define RATE_HZ  2.4e6
#define TRANSFER 16384

/* Time as the case says it is: transfers of a crystal that is ppm off, each late by jitter_ns. */
struct stream {
    struct stream_clock clock;
    uint64_t n_sent, samp; /* taken by the receiver; as the caller counts */
    double ppm;
    uint64_t n_lost;
    uint32_t random;
};

static void begin(struct stream *s, double ppm)
{
    *s = (struct stream){.ppm = ppm, .random = 1};
    stream_clock_init(&s->clock, RATE_HZ, 2, 0.010);
    stream_clock_start(&s->clock, 5000000000, 0);
}

static int64_t time_ns(const struct stream *s)
{
    return 5000000000 + (int64_t)((double)s->n_sent / (RATE_HZ * (1 + 1e-6 * s->ppm)) * 1e9);
}

static void send(struct stream *s, double seconds, int64_t jitter_ns, int64_t late_ns)
{
    uint64_t end = s->n_sent + (uint64_t)(seconds * RATE_HZ);
    while (s->n_sent < end) {
        s->n_sent += TRANSFER;
        s->samp += TRANSFER;
        s->random = s->random * 1664525u + 1013904223u;
        int64_t wait_ns = (int64_t)((double)jitter_ns * (s->random >> 8) / 16777216.0) + late_ns;
        uint64_t n = stream_clock_push(&s->clock, time_ns(s) + wait_ns, s->samp);
        s->samp += n;
        s->n_lost += n;
    }
}

static void lose(struct stream *s, uint64_t n_samp)
{
    s->n_sent += n_samp;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

static void a_crystal_that_is_off_is_no_loss(void **state)
{
    (void)state;
    static const double ppm[] = {-120, 0, 120};
    for (int i = 0; i < 3; i++) {
        struct stream s;
        begin(&s, ppm[i]);
        send(&s, 600, 3000000, 0);
        assert_int_equal(s.n_lost, 0);
    }
}

static void a_busy_computer_is_no_loss(void **state)
{
    (void)state;
    struct stream s;
    begin(&s, 20);
    send(&s, 5, 3000000, 0);
    send(&s, 0.9, 3000000, 700000000); /* 0.7 s late for a while, then all comes at once */
    send(&s, 10, 3000000, 0);
    assert_int_equal(s.n_lost, 0);
}

static void a_lateness_that_stays_is_a_loss_of_that_many(void **state)
{
    (void)state;
    static const uint64_t n_lost[] = {3 * TRANSFER, 30 * TRANSFER, 2400000};
    for (int i = 0; i < 3; i++) {
        struct stream s;
        begin(&s, 20);
        send(&s, 5, 3000000, 0);
        lose(&s, n_lost[i]);
        send(&s, 6, 3000000, 0);
        assert_true(distance(s.n_lost, n_lost[i]) < 3000); /* 1.2 ms */
        uint64_t before = s.n_lost;
        send(&s, 20, 3000000, 0);
        assert_int_equal(s.n_lost, before); /* told once */
    }
}

static void the_sample_of_a_time_is_known_behind_a_queue(void **state)
{
    (void)state;
    struct stream s;
    begin(&s, 20);
    send(&s, 5, 3000000, 0);
    /* whatever has arrived: the stream itself is at n_sent */
    assert_true(distance(stream_clock_samp(&s.clock, time_ns(&s)), s.n_sent) < 7200);
    send(&s, 0.5, 0, 300000000);
    assert_true(distance(stream_clock_samp(&s.clock, time_ns(&s)), s.n_sent) < 7200);
}

/* A server that plays a recording faster: what has come was taken, whatever the clock says. */
static void what_has_come_is_not_ahead_of_the_clock(void **state)
{
    (void)state;
    struct stream s;
    begin(&s, 0);
    for (int i = 1; i < 500; i++) {
        int64_t t_ns = 5000000000 + (int64_t)i * 682667; /* ten times too fast */
        s.samp += TRANSFER;
        assert_int_equal(stream_clock_push(&s.clock, t_ns, s.samp), 0);
        assert_true(stream_clock_samp(&s.clock, t_ns) + 1 >= s.samp);
    }
}

static void a_new_start_forgets_what_was_late(void **state)
{
    (void)state;
    struct stream s;
    begin(&s, 0);
    send(&s, 5, 3000000, 0);
    lose(&s, 4800000);
    stream_clock_start(&s.clock, time_ns(&s), s.samp + 4800000);
    s.samp += 4800000;
    send(&s, 10, 3000000, 0);
    assert_int_equal(s.n_lost, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crystal_that_is_off_is_no_loss),
        cmocka_unit_test(a_busy_computer_is_no_loss),
        cmocka_unit_test(a_lateness_that_stays_is_a_loss_of_that_many),
        cmocka_unit_test(the_sample_of_a_time_is_known_behind_a_queue),
        cmocka_unit_test(what_has_come_is_not_ahead_of_the_clock),
        cmocka_unit_test(a_new_start_forgets_what_was_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
