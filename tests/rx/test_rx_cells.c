/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is told apart, and who is nobody's business. */
#include "air.h"

#include <math.h>

/* One box goes off, another comes on on the same channel a second later. */
static void two_cells_of_one_channel_in_turn(void **state)
{
    struct air a;
    struct heard h;
    unsigned seen[2] = {0, 0};
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 6\n" AIR_CELL "esn0_db 15\noff_s 2.5\n"
                          "cell B\narfcn 51\nbsic 27\nstart_fn 99\ndelay_sym 444.4\non_s 3.5\n"
                          "ci 9\nesn0_db 15\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "one off, another on, 15 dB");
    assert_int_equal(s.n_block_got, s.n_block);
    assert_true(s.n_wrong <= 2); /* blocks of which only a part was on the air */
    assert_int_equal(h.stats.n_transmitters, 2);
    assert_int_equal(h.stats.n_carriers, 1);
    for (size_t i = 0; i < h.n_reports; i++) {
        const struct cell_report *r = &h.report[i];
        bool b = r->bsic == 27;
        assert_true(b || r->bsic == 26);
        assert_int_equal(r->tx, h.report[0].bsic == r->bsic ? h.report[0].tx
                                                            : h.report[h.n_reports - 1].tx);
        assert_true(b ? r->first_s > 3.4 : r->last_s < 2.5);
        seen[b] |= r->n_si > 0;
        assert_true(fabs(r->fn_epoch_frames - (b ? 98.6445 : 1234560.0)) < 0.01);
    }
    assert_true(seen[0] && seen[1]);
    heard_clear(&h);
    air_clear(&a);
}

/* Blocks of frames 22..49 of a combined cell belong to single persons. */
static void dedicated_channels_are_left_alone(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_NARROW "duration_s 3\n" AIR_CELL "esn0_db 15\nccch combined\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "combined, 15 dB");
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_wrong, 0);
    for (size_t i = 0; i < h.n_events; i++)
        if (h.event[i].kind != GSM_EVENT_SCH)
            assert_true(h.event[i].fn % GSM_MULTIFRAME < 20);
    heard_clear(&h);
    air_clear(&a);
}

/* A combined cell of which SI3 was never heard: the recording is shorter than its cycle. */
static void not_even_before_si3_has_spoken(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_NARROW "duration_s 0.6\n" AIR_CELL
                            "start_fn 1234659\nesn0_db 15\nccch combined\nsi3 none\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "combined without SI3, 15 dB");
    assert_true(s.n_block > 0);
    assert_int_equal(s.n_wrong, 0);
    heard_clear(&h);
    air_clear(&a);
}

static void six_cells_of_one_window(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, "rate 2.4MS/s\ncenter 945.2MHz\nformat cu8\nduration_s 1\n"
                 "cell A\narfcn 46\nbsic 1\nesn0_db 13\ncell B\narfcn 48\nbsic 2\nesn0_db 14\n"
                 "delay_sym 111\ncell C\narfcn 50\nbsic 3\nesn0_db 15\ndelay_sym 222\n"
                 "cell D\narfcn 52\nbsic 4\nesn0_db 16\ndelay_sym 333\n"
                 "cell E\narfcn 54\nbsic 5\nesn0_db 17\ndelay_sym 444\n"
                 "cell F\narfcn 56\nbsic 6\nesn0_db 18\ndelay_sym 555\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "six cells, 13..18 dB, 8 bit");
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_wrong, 0);
    assert_int_equal(h.stats.n_transmitters, 6);
    assert_int_equal(h.stats.n_carriers, 6);
    for (size_t i = 0; i < h.n_reports; i++) {
        double esn0 = 13.0 + (h.report[i].bsic - 1), level = h.report[i].level_dbfs;
        assert_true(fabs(h.report[i].snr_db - esn0) < 1.0);
        assert_true(fabs(level - h.report[0].level_dbfs - (esn0 - 13.0) + (h.report[0].bsic - 1)) <
                    0.3);
    }
    heard_clear(&h);
    air_clear(&a);
}

/* One bit a component makes copies of the cell 200 kHz beside it: same BSIC, same frame numbers. */
static void copies_of_a_limited_receiver_are_no_cells(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_NARROW "format cu8\nduration_s 1.5\n" AIR_CELL "start_fn 51\nesn0_db 40\n");
    for (size_t i = 0; i < 2 * a.n_samp; i++)
        a.octets[i] = (uint8_t)a.octets[i] < 128 ? 0 : (char)255;
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "one bit, 40 dB");
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_wrong, 0);
    assert_int_equal(h.stats.n_transmitters, 1);
    heard_clear(&h);
    air_clear(&a);
}

/* A second cell of the same carrier, 6 dB weaker and a few Hz beside it. */
static void a_weaker_cell_of_the_same_carrier(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a,
             AIR_FOUR "duration_s 3\n" AIR_CELL "esn0_db 20\n"
                      "cell B\narfcn 51\nbsic 43\nstart_fn 1501999\ndelay_sym 870.15\nppm 0.05\n"
                      "ci 9\nesn0_db 14\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, "B", "6 dB below another cell of the carrier");
    assert_int_equal(h.stats.n_transmitters, 2);
    assert_int_equal(h.stats.n_carriers, 1);
    assert_true(100 * s.n_block_got >= 90 * s.n_block);
    assert_int_equal(s.n_wrong, 0);
    heard_clear(&h);
    air_clear(&a);
}

/* A repeater sends all again, 20 us later and 6 dB weaker, from its own oscillator's place. */
static void a_repeater_is_no_second_cell(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 3\n" AIR_CELL "esn0_db 20\n"
                          "cell R\narfcn 51\nbsic 26\nstart_fn 1234560\ndelay_sym 5.4\nlac 2101\n"
                          "ci 6326\ncell_allocation 51\nneighbours 28 36 44\nesn0_db 14\n");
    air_hear(&a, NULL, &h);
    (void)air_score(&a, &h, "A", "a cell and its repeater");
    assert_int_equal(h.stats.n_transmitters, 1);
    heard_clear(&h);
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cells_of_one_channel_in_turn),
        cmocka_unit_test(dedicated_channels_are_left_alone),
        cmocka_unit_test(not_even_before_si3_has_spoken),
        cmocka_unit_test(six_cells_of_one_window),
        cmocka_unit_test(a_weaker_cell_of_the_same_carrier),
        cmocka_unit_test(a_repeater_is_no_second_cell),
        cmocka_unit_test(copies_of_a_limited_receiver_are_no_cells),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
