/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What comes out depends on the samples alone: not on how they are handed over, nor on workers. */
#include "air.h"

#include <string.h>

/* Two cells, one of them in fading, 2 s. */
#define TWO_CELLS                                                                                  \
    AIR_FOUR "duration_s 2\nformat cs16\n" AIR_CELL "esn0_db 12\n"                                 \
             "cell B\narfcn 53\nbsic 9\nstart_fn 777\ndelay_sym 611.3\nesn0_db 9\nfading TU50\n"   \
             "paging_per_s 5\n"

static struct air air;
static struct heard first;

static int make_two_cells(void **state)
{
    (void)state;
    air_make(&air, TWO_CELLS);
    air_hear(&air, NULL, &first);
    return 0;
}

static int clear_two_cells(void **state)
{
    (void)state;
    air_clear(&air);
    heard_clear(&first);
    return 0;
}

/* Values, not padding: a struct copied whole has the same octets where the fields are the same. */
static void assert_same(const struct heard *a, const struct heard *b)
{
    assert_int_equal(a->n_events, b->n_events);
    assert_int_equal(a->n_reports, b->n_reports);
    for (size_t i = 0; i < a->n_events; i++) {
        const struct gsm_event *x = &a->event[i], *y = &b->event[i];
        assert_int_equal(gsm_event_compare(x, y), 0);
        assert_memory_equal(&x->samp, &y->samp, sizeof(x->samp));
        assert_memory_equal(&x->offset_hz, &y->offset_hz, sizeof(x->offset_hz));
        assert_memory_equal(&x->snr_db, &y->snr_db, sizeof(x->snr_db));
        assert_memory_equal(x->l2, y->l2, sizeof(x->l2));
        assert_int_equal(x->fn, y->fn);
        assert_int_equal(x->bsic, y->bsic);
        assert_int_equal(x->assumed, y->assumed);
        assert_int_equal(x->bit_errors, y->bit_errors);
        assert_int_equal(x->combined, y->combined);
        assert_int_equal(x->repaired, y->repaired);
    }
    for (size_t i = 0; i < a->n_reports; i++)
        assert_memory_equal(&a->report[i], &b->report[i], sizeof(a->report[i]));
}

static void the_scene_is_heard_at_all(void **state)
{
    (void)state;
    struct score s = air_score(&air, &first, NULL, "two cells, 12 dB and TU50 9 dB");
    assert_int_equal(s.n_wrong, 0);
    assert_true(s.n_block_got > s.n_block * 8 / 10);
    assert_int_equal(first.stats.n_transmitters, 2);
}

static void events_come_in_the_order_of_gsm_event_compare(void **state)
{
    (void)state;
    for (size_t i = 1; i < first.n_events; i++)
        assert_true(gsm_event_compare(&first.event[i - 1], &first.event[i]) < 0);
}

static void block_size_does_not_show(void **state)
{
    static const size_t size[] = {1, 1000, 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
        struct air_how how = {.block_samp = size[i]};
        struct heard h;
        air_hear(&air, &how, &h);
        assert_same(&first, &h);
        heard_clear(&h);
    }
}

static void number_of_workers_does_not_show(void **state)
{
    static const int jobs[] = {2, 8};
    (void)state;
    for (size_t i = 0; i < sizeof(jobs) / sizeof(jobs[0]); i++) {
        struct air_how how = {.jobs = jobs[i]};
        struct heard h;
        air_hear(&air, &how, &h);
        assert_same(&first, &h);
        heard_clear(&h);
    }
}

static void counts_of_reports_stats_and_events_agree(void **state)
{
    (void)state;
    uint64_t n_block = 0, n_sch = 0, rep_block = 0, rep_sch = 0;
    for (size_t i = 0; i < first.n_events; i++) {
        bool sch = first.event[i].kind == GSM_EVENT_SCH;
        n_block += !sch;
        n_sch += sch && !first.event[i].assumed;
    }
    for (size_t i = 0; i < first.n_reports; i++) {
        rep_block += first.report[i].n_bcch + first.report[i].n_ccch;
        rep_sch += first.report[i].n_sch;
    }
    assert_int_equal(first.stats.n_blocks, n_block);
    assert_int_equal(first.stats.n_sch, n_sch);
    assert_int_equal(rep_block, n_block);
    assert_int_equal(rep_sch, n_sch);
    assert_int_equal(first.stats.n_samp, air.n_samp);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_scene_is_heard_at_all),
        cmocka_unit_test(events_come_in_the_order_of_gsm_event_compare),
        cmocka_unit_test(block_size_does_not_show),
        cmocka_unit_test(number_of_workers_does_not_show),
        cmocka_unit_test(counts_of_reports_stats_and_events_agree),
    };
    return cmocka_run_group_tests(tests, make_two_cells, clear_two_cells);
}
