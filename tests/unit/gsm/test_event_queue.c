/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "gsm/event_queue.h"
#include "unit/gsm/hex.h"

struct told {
    struct gsm_event event[600];
    size_t n_events;
    struct cell_report report[8];
    size_t n_reports;
};

static struct told told;

static void on_event(void *ctx, const struct gsm_event *event)
{
    struct told *t = ctx;
    t->event[t->n_events++] = *event;
}

static void on_report(void *ctx, const struct cell_report *report)
{
    struct told *t = ctx;
    t->report[t->n_reports++] = *report;
}

static void emit(struct event_queue *q, double before)
{
    memset(&told, 0, sizeof(told));
    event_queue_emit(q, before, on_event, on_report, &told);
}

static struct gsm_event event_at(double samp, int number, enum gsm_event_kind kind)
{
    struct gsm_event e = {.kind = kind, .samp = samp, .bsic = 1, .fn = (uint32_t)samp};
    e.channel.band = ARFCN_P900;
    e.channel.number = (uint16_t)number;
    return e;
}

static void events_come_by_sample_and_channel(void **state)
{
    struct event_queue *q = NULL;
    uint64_t seed = 1;
    (void)state;
    assert_int_equal(event_queue_create(&q), 0);
    for (int i = 0; i < 500; i++) {
        struct gsm_event e = event_at((double)(hex_random(&seed) % 97), i % 7 + 1,
                                      i % 2 ? GSM_EVENT_SCH : GSM_EVENT_CCCH);
        assert_int_equal(event_queue_push_events(q, &e, 1), 0);
    }
    emit(q, INFINITY);
    assert_int_equal(told.n_events, 500);
    for (size_t i = 1; i < 500; i++)
        assert_true(gsm_event_compare(&told.event[i - 1], &told.event[i]) <= 0);
    for (size_t i = 1; i < 500; i++)
        assert_true(told.event[i - 1].samp <= told.event[i].samp);
    emit(q, INFINITY);
    assert_int_equal(told.n_events, 0);
    event_queue_destroy(q);
}

static void what_may_still_be_overtaken_is_held(void **state)
{
    struct event_queue *q = NULL;
    const struct gsm_event late[] = {event_at(30.0, 2, GSM_EVENT_SCH),
                                     event_at(10.0, 2, GSM_EVENT_SCH)};
    const struct gsm_event early = event_at(20.0, 1, GSM_EVENT_BCCH);
    (void)state;
    assert_int_equal(event_queue_create(&q), 0);
    assert_int_equal(event_queue_push_events(q, late, 2), 0);
    assert_int_equal(event_queue_push_events(q, NULL, 0), 0);
    emit(q, 10.0);
    assert_int_equal(told.n_events, 0);
    emit(q, 10.5);
    assert_int_equal(told.n_events, 1);
    assert_true(told.event[0].samp == 10.0);
    assert_int_equal(event_queue_push_events(q, &early, 1), 0);
    emit(q, INFINITY);
    assert_int_equal(told.n_events, 2);
    assert_true(told.event[0].samp == 20.0 && told.event[1].samp == 30.0);
    event_queue_destroy(q);
}

static void reports_come_by_their_end_and_carry_their_transmitter(void **state)
{
    static struct cell_report r[3];
    struct event_queue *q = NULL;
    (void)state;
    assert_int_equal(event_queue_create(&q), 0);
    for (int i = 0; i < 3; i++) {
        r[i].channel.band = ARFCN_P900;
        r[i].channel.number = (uint16_t)(9 - i);
        r[i].last_s = i == 0 ? 5.0 : 3.0;
    }
    assert_int_equal(event_queue_push_reports(q, r, 2, 7), 0);
    assert_int_equal(event_queue_push_reports(q, r + 2, 1, 4), 0);
    emit(q, 0.0); /* reports are not held */
    assert_int_equal(told.n_reports, 3);
    assert_int_equal(told.report[0].channel.number, 7);
    assert_int_equal(told.report[0].tx, 4);
    assert_int_equal(told.report[1].channel.number, 8);
    assert_int_equal(told.report[1].tx, 7);
    assert_true(told.report[2].last_s == 5.0);
    assert_int_equal(event_queue_push_reports(q, r, 1, 7), 0);
    event_queue_emit(q, INFINITY, NULL, NULL, NULL);
    event_queue_destroy(q);
}

/* Slots are used again: what was handed out makes room, and what waits is not touched. */
static void a_queue_that_never_empties_keeps_its_order(void **state)
{
    struct event_queue *q = NULL;
    double last = -1.0;
    size_t n_told = 0;
    (void)state;
    assert_int_equal(event_queue_create(&q), 0);
    for (int round = 0; round < 200; round++) {
        for (int k = 0; k < 13; k++) {
            struct gsm_event e = event_at(round * 100.0 + k * 37 % 100, k % 3 + 1, GSM_EVENT_BCCH);
            assert_int_equal(event_queue_push_events(q, &e, 1), 0);
        }
        emit(q, round * 100.0 - 250.0);
        for (size_t i = 0; i < told.n_events; i++) {
            assert_true(told.event[i].samp >= last &&
                        told.event[i].fn == (uint32_t)told.event[i].samp);
            last = told.event[i].samp;
        }
        n_told += told.n_events;
    }
    emit(q, INFINITY);
    assert_int_equal(n_told + told.n_events, 200 * 13);
    event_queue_destroy(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_come_by_sample_and_channel),
        cmocka_unit_test(what_may_still_be_overtaken_is_held),
        cmocka_unit_test(reports_come_by_their_end_and_carry_their_transmitter),
        cmocka_unit_test(a_queue_that_never_empties_keeps_its_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
