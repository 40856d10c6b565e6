/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

#include "scene.h"

/* Reports of one transmitter are one cell, and equal SI octets are counted together. */
static void merges_reports_of_one_tx(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    for (int i = 0; i < 3; i++) {
        c.first_s = i * SCENE_CYCLE_S;
        c.last_s = c.first_s + 1.8;
        c.n_times = 2;
        scene_push(&s, &c);
    }
    assert_int_equal(cell_table_count(s.table), 1);
    const struct cell_state *cell = cell_table_get(s.table, 0);
    const struct cell_si_seen *si3 = cell_state_find_si(cell, SI_3, 2);
    assert_non_null(si3);
    assert_int_equal(si3->n_clean, 6);
    assert_int_equal(cell->n_si, 3);
    assert_int_equal(cell->n_sch, 30);
    assert_near(cell->first_s, 0.0, 1e-9);
    assert_near(cell->last_s, 2 * SCENE_CYCLE_S + 1.8, 1e-9);
    scene_clear(&s);
}

/* Two cells on one ARFCN with one BSIC but different frame clocks stay apart. */
static void keeps_cochannel_cells_apart(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell a = scene_operator(0), b = scene_operator(0);
    b.tx = 2;
    b.epoch_frames = a.epoch_frames + 5000.0;
    b.lac = 21015;
    b.first_s = 20.0;
    b.last_s = 30.0;
    scene_push(&s, &a);
    scene_push(&s, &b);
    assert_int_equal(cell_table_count(s.table), 2);
    assert_int_equal(cell_table_get(s.table, 0)->n_lai, 1);
    scene_clear(&s);
}

/* A transmitter that was lost and found again has a new tx but the old clock: one cell. */
static void merges_a_transmitter_found_again(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.tx = 77;
    c.first_s = 60.0;
    c.last_s = 70.0;
    c.epoch_frames += 0.7; /* 50 ppm of 60 s are 0.65 frames */
    scene_push(&s, &c);
    assert_int_equal(cell_table_count(s.table), 1);
    assert_int_equal(cell_table_get(s.table, 0)->n_reports, 2);
    scene_clear(&s);
}

/* The same clock at the same time under another tx: the receiver hears two, so there are two. */
static void keeps_simultaneous_transmitters_apart(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.tx = 77;
    c.first_s = 5.0;
    c.last_s = 15.0;
    scene_push(&s, &c);
    assert_int_equal(cell_table_count(s.table), 2);
    scene_clear(&s);
}

/* The tolerance grows with time, and epochs are compared around the end of the hyperframe. */
static void compares_epochs_modulo_the_hyperframe(void **state)
{
    (void)state;
    assert_true(cell_epoch_equal(1.0, GSM_HYPERFRAME - 0.5, 0.0));
    assert_false(cell_epoch_equal(10.0, 13.0, 0.0));
    assert_true(cell_epoch_equal(10.0, 13.0, 60.0)); /* 2 + 100 ppm * 60 s = 3.3 frames */
    assert_false(cell_epoch_equal(10.0, 14.0, 60.0));
    assert_false(cell_epoch_equal(0.0, GSM_HYPERFRAME / 2.0, 3600.0));
}

/* Without frame numbers (GSMTAP) only the number of the transmitter tells cells apart. */
static void keys_by_tx_without_frame_numbers(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.fn_known = false;
    c.bsic = -1;
    scene_push(&s, &c);
    scene_push(&s, &c);
    c.tx = 5;
    scene_push(&s, &c);
    assert_int_equal(cell_table_count(s.table), 2);
    scene_clear(&s);
}

/* Repaired receptions are counted apart and never make a content trusted. */
static void counts_repaired_apart(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    c.repaired = true;
    scene_push(&s, &c);
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_null(cell_state_find_si(cell, SI_3, 1));
    assert_non_null(cell_state_find_si(cell, SI_3, 0));
    assert_int_equal(cell_state_find_si(cell, SI_3, 0)->n_repaired, 4);
    assert_int_equal(cell->n_lai, 0);
    scene_clear(&s);
}

/* The content heard last wins, and the list is in order of type and time. */
static void orders_contents_and_finds_the_latest(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.t3212 = 31;
    c.first_s = 10.0;
    c.last_s = 20.0;
    scene_push(&s, &c);
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_int_equal(cell->n_si, 4);
    for (size_t i = 1; i < cell->n_si; i++)
        assert_true(cell->si[i - 1].type < cell->si[i].type ||
                    cell->si[i - 1].first_s <= cell->si[i].first_s);
    assert_int_equal(cell_state_find_si(cell, SI_3, 2)->l2[12], 31);
    scene_clear(&s);
}

/* A transmitter that shows new contents without end fills its list, not the memory. */
static void caps_distinct_contents(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    for (int i = 0; i < 400; i++) {
        c.ci = i;
        c.lac = i;
        c.first_s = 10.0 * i;
        c.last_s = c.first_s + 5.0;
        scene_push(&s, &c);
    }
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_int_equal(cell_table_count(s.table), 1);
    assert_int_equal(cell->n_si, CELL_SI_CAP);
    assert_true(cell->n_si_lost > 0);
    assert_int_equal(cell->n_lai, CELL_LAI_CAP);
    assert_int_equal(cell->lai[CELL_LAI_CAP - 1].lac, 399);
    scene_clear(&s);
}

static void push_offset(struct scene *s, int i, double ppm)
{
    struct scene_cell c = scene_operator(i);
    struct cell_report rep = scene_report(&c);
    rep.offset_hz = ppm * 1e-6 * arfcn_downlink_hz(rep.channel);
    rep.offset_se_hz = 1.0;
    assert_int_equal(cell_table_push(s->table, &rep), 0);
}

/* Carrier offsets are relative to the median of the others, and unknown with fewer than 3. */
static void measures_offset_against_the_others(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    push_offset(&s, 0, 20.0);
    push_offset(&s, 1, 20.0);
    assert_true(isnan(cell_table_offset_ppm_rel(s.table, 0)));
    push_offset(&s, 2, 20.5);
    assert_near(cell_table_offset_ppm_rel(s.table, 2), 0.5, 1e-9);
    push_offset(&s, 3, 90.0); /* one wild cell does not move the median */
    assert_near(cell_table_offset_ppm_rel(s.table, 0), -0.5, 1e-9);
    scene_clear(&s);
}

/* Means leave out what a report does not know; the standard error shrinks with more reports. */
static void averages_measures(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    struct cell_report rep = scene_report(&c);
    rep.level_dbfs = -20.0;
    rep.offset_hz = 100.0;
    rep.offset_se_hz = 4.0;
    assert_int_equal(cell_table_push(s.table, &rep), 0);
    rep.level_dbfs = (double)NAN;
    rep.offset_hz = 104.0;
    assert_int_equal(cell_table_push(s.table, &rep), 0);
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_near(cell->level_dbfs, -20.0, 1e-9);
    assert_near(cell->offset_hz, 102.0, 1e-9);
    assert_near(cell->offset_se_hz, 4.0 / sqrt(2.0), 1e-9);
    assert_true(isnan(cell->level_dbm));
    scene_clear(&s);
}

/* A report counts by how well it knows. When reports differ by more than they say, their scatter is
 * the error. */
static void weighs_measures_by_their_errors(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    struct cell_report rep = scene_report(&c);
    rep.clock_ppm = 1.0;
    rep.clock_se_ppm = 0.1;
    assert_int_equal(cell_table_push(s.table, &rep), 0);
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_near(cell->clock_se_ppm, 0.1, 1e-9);
    rep.clock_ppm = 1.4;
    rep.clock_se_ppm = 0.2;
    assert_int_equal(cell_table_push(s.table, &rep), 0);
    assert_near(cell->clock_ppm, 1.08, 1e-9);    /* (4 * 1 + 1.4) / 5 */
    assert_near(cell->clock_se_ppm, 0.16, 1e-9); /* scatter: by their own errors 0.09 */
    scene_clear(&s);
}

/* Powers are averaged and told against the strongest. */
static void averages_taps_by_power(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    struct cell_report rep = scene_report(&c);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < CELL_REPORT_TAPS; i++)
            rep.taps_db[i] = -99.0;
        rep.taps_db[2] = k ? -10.0 : 0.0;
        rep.taps_db[3] = k ? 0.0 : -20.0;
        assert_int_equal(cell_table_push(s.table, &rep), 0);
    }
    const struct cell_state *cell = cell_table_get(s.table, 0);
    assert_near(cell->taps_db[2], 0.0, 1e-9);
    assert_near(cell->taps_db[3], 10.0 * log10(1.01 / 1.1), 1e-6);
    assert_true(cell->taps_db[0] < -90.0);
    scene_clear(&s);
}

/* A report whose times are no numbers or run backwards is refused. */
static void refuses_impossible_times(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    struct cell_report rep = scene_report(&c);
    rep.last_s = -1.0;
    assert_int_equal(cell_table_push(s.table, &rep), -EINVAL);
    rep.last_s = (double)NAN;
    assert_int_equal(cell_table_push(s.table, &rep), -EINVAL);
    assert_int_equal(cell_table_count(s.table), 0);
    scene_clear(&s);
}

/* The same number on another channel or with another clock is another transmitter. */
static void one_number_does_not_join_two_transmitters(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0);
    scene_push(&s, &c);
    c.arfcn++;
    scene_push(&s, &c);
    c.epoch_frames += 100.0;
    scene_push(&s, &c);
    assert_int_equal(cell_table_count(s.table), 3);
    scene_clear(&s);
}

/* A window keeps the smallest tags, ascending, each once, however they come. */
static void keeps_the_smallest_tags_once(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 200; i += 40) {
            struct scene_cell c = scene_operator(0);
            c.first_s = round + i / 100.0;
            c.last_s = c.first_s + 0.1;
            c.n_tag = 40;
            for (uint32_t k = 0; k < 40; k++)
                c.tag[k] = 1000 - (i + k);
            scene_push(&s, &c);
        }
    }
    const struct cell_paging_window *w = &cell_table_get(s.table, 0)->paging_window[0];
    assert_int_equal(w->n_tag, CELL_TAG_CAP);
    for (uint32_t i = 0; i < CELL_TAG_CAP; i++)
        assert_int_equal(w->tag[i], 801 + i);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_the_smallest_tags_once),
        cmocka_unit_test(merges_reports_of_one_tx),
        cmocka_unit_test(keeps_cochannel_cells_apart),
        cmocka_unit_test(one_number_does_not_join_two_transmitters),
        cmocka_unit_test(merges_a_transmitter_found_again),
        cmocka_unit_test(keeps_simultaneous_transmitters_apart),
        cmocka_unit_test(compares_epochs_modulo_the_hyperframe),
        cmocka_unit_test(keys_by_tx_without_frame_numbers),
        cmocka_unit_test(counts_repaired_apart),
        cmocka_unit_test(orders_contents_and_finds_the_latest),
        cmocka_unit_test(caps_distinct_contents),
        cmocka_unit_test(measures_offset_against_the_others),
        cmocka_unit_test(averages_measures),
        cmocka_unit_test(weighs_measures_by_their_errors),
        cmocka_unit_test(averages_taps_by_power),
        cmocka_unit_test(refuses_impossible_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
