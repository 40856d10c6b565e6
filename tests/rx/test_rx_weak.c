/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How much noise and fading the receiver bears. Bounds have two sides: what must be read, and what
 * no receiver can read, so that a test which measures nothing is seen. Figures of a run are
 * printed. */
#include "air.h"

static void assert_share(int got, int of, double least, double most)
{
    double share = (double)got / of;
    if (share < least || share > most)
        fail_msg("%d of %d: %.4f is not within %.4f .. %.4f", got, of, share, least, most);
}

/* The limit for a block with exact channel knowledge is 10 % loss at -0.1 dB, 1 % at +1.05 dB. */
static void blocks_in_noise(void **state)
{
    (void)state;
    struct score s =
        air_run("noise +0.6 dB", NULL, NULL, AIR_NARROW "duration_s 12\n" AIR_CELL "esn0_db 0.6\n");
    assert_share(s.n_block_got, s.n_block, 0.90, 1.0);
    assert_int_equal(s.n_wrong, 0);
    s = air_run("noise +1.7 dB", NULL, NULL, AIR_NARROW "duration_s 12\n" AIR_CELL "esn0_db 1.7\n");
    assert_share(s.n_block_got, s.n_block, 0.98, 1.0);
    assert_int_equal(s.n_wrong, 0);
    assert_true(s.snr_db > 0.7 && s.snr_db < 2.4);
    s = air_run("noise -4 dB", NULL, NULL, AIR_NARROW "duration_s 8\n" AIR_CELL "esn0_db -4\n");
    assert_share(s.n_block_got, s.n_block, 0.0, 0.2);
    assert_int_equal(s.n_wrong, 0);
}

/* Limit: 10 % at -1.35 dB, 1 % at +0.18 dB. */
static void synchronisation_in_noise(void **state)
{
    (void)state;
    struct score s = air_run("SCH, noise -0.7 dB", NULL, NULL,
                             AIR_NARROW "duration_s 12\n" AIR_CELL "esn0_db -0.7\n");
    assert_share(s.n_sch_got, s.n_sch, 0.88, 1.0);
    s = air_run("SCH, noise -7 dB", NULL, NULL,
                AIR_NARROW "duration_s 6\n" AIR_CELL "esn0_db -7\n");
    assert_share(s.n_sch_got, s.n_sch, 0.0, 0.2);
}

static void fading_of_a_town(void **state)
{
    (void)state;
    struct score s = air_run("TU50, 20 dB", NULL, NULL,
                             AIR_NARROW "duration_s 8\n" AIR_CELL "esn0_db 20\nfading TU50\n");
    assert_share(s.n_block_got, s.n_block, 0.99, 1.0);
    assert_share(s.n_sch_got, s.n_sch, 0.98, 1.0);
    s = air_run("TU50, 5.6 dB", NULL, NULL,
                AIR_NARROW "duration_s 16\n" AIR_CELL "esn0_db 5.6\nfading TU50\n");
    assert_share(s.n_block_got, s.n_block, 0.85, 0.995);
    assert_int_equal(s.n_wrong, 0);
}

static void long_echoes(void **state)
{
    (void)state;
    struct score s = air_run("HT100, 30 dB", NULL, NULL,
                             AIR_NARROW "duration_s 8\n" AIR_CELL "esn0_db 30\nfading HT100\n");
    assert_share(s.n_block_got, s.n_block, 0.97, 1.0);
    assert_share(s.n_sch_got, s.n_sch, 0.97, 1.0);
    s = air_run("EQ50, 30 dB", NULL, NULL,
                AIR_NARROW "duration_s 8\n" AIR_CELL "esn0_db 30\nfading EQ50\n");
    assert_share(s.n_block_got, s.n_block, 0.97, 1.0);
    assert_share(s.n_sch_got, s.n_sch, 0.97, 1.0);
}

/* Whole blocks count from the first sample on: the cell is found later, and decoded backwards. */
static void no_block_is_lost_at_the_start(void **state)
{
    static const double fn[] = {1234560.0, 1234567.4, 1234571.9, 2715640.3};
    (void)state;
    for (size_t i = 0; i < sizeof(fn) / sizeof(fn[0]); i++) {
        struct score s = air_run("start of a file, 10 dB", NULL, NULL,
                                 AIR_NARROW "duration_s 1\nseed %d\n" AIR_CELL
                                            "esn0_db 10\nstart_fn %.0f\ndelay_sym %.1f\n",
                                 (int)i + 1, fn[i], 137.7 * (double)i);
        assert_int_equal(s.n_block_got, s.n_block);
        assert_int_equal(s.n_sch_got, s.n_sch);
        assert_true(s.n_block >= 40);
    }
}

/* The place of a burst is where its first bit begins, as docs/synth.md says. */
static void places_are_where_the_first_bit_begins(void **state)
{
    (void)state;
    struct score s = air_run("places, 20 dB", NULL, NULL,
                             AIR_FOUR "duration_s 1\n" AIR_CELL "esn0_db 20\ndelay_sym 33.37\n");
    assert_true(s.late_sym > -0.1 && s.late_sym < 0.1);
    assert_true(s.spread_sym < 0.1);
    assert_true(s.snr_db > 19.3 && s.snr_db < 20.8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_in_noise),
        cmocka_unit_test(synchronisation_in_noise),
        cmocka_unit_test(fading_of_a_town),
        cmocka_unit_test(long_echoes),
        cmocka_unit_test(no_block_is_lost_at_the_start),
        cmocka_unit_test(places_are_where_the_first_bit_begins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
