/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rates, formats, offsets and what stands beside the wanted carrier. */
#include "air.h"

#include <math.h>
#include <stdio.h>

static void assert_whole(struct score s)
{
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_sch_got, s.n_sch);
    assert_int_equal(s.n_wrong, 0);
    assert_true(s.n_block > 0);
}

static void every_rate(void **state)
{
    static const double rate[] = {300e3, 500e3, 1e6, 1083333.33, 2.048e6, 2.4e6, 4e6, 20e6};
    (void)state;
    for (size_t i = 0; i < sizeof(rate) / sizeof(rate[0]); i++) {
        char what[40];
        snprintf(what, sizeof(what), "rate %.0f, 20 dB", rate[i]);
        assert_whole(air_run(what, NULL, NULL,
                             "rate %.2f\ncenter 945.2MHz\nformat cs16\nduration_s %g\n" AIR_CELL
                             "esn0_db 20\n",
                             rate[i], rate[i] > 5e6 ? 0.3 : 0.8));
    }
}

static void every_format(void **state)
{
    static const char *const format[] = {"cu8", "cs8", "cs16", "cf32"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_whole(air_run(format[i], NULL, NULL,
                             AIR_NARROW "format %s\nduration_s 0.8\n" AIR_CELL "esn0_db 20\n",
                             format[i]));
}

/* A carrier far below full scale: the steps of 8 bits are then most of the noise. */
static void a_quiet_carrier_in_eight_bits(void **state)
{
    (void)state;
    struct score s = air_run("8 bit, -40 dBFS, 15 dB", NULL, NULL,
                             "rate 2.4MS/s\ncenter 945.3MHz\nformat cu8\nduration_s 1.5\n"
                             "noise_dbfs -55\n" AIR_CELL "level_dbfs -40\n");
    assert_whole(s);
}

/* Carrier and sample clock come from one crystal; 79 ppm are 74.7 kHz here. */
static void offsets_are_found_unasked(void **state)
{
    static const double ppm[] = {-79.0, -42.0, 27.0, 42.0, 79.0};
    (void)state;
    for (size_t i = 0; i < sizeof(ppm) / sizeof(ppm[0]); i++) {
        struct air a;
        struct heard h;
        char what[40];
        air_make(&a, AIR_FOUR "duration_s 1\nreceiver_ppm %g\n" AIR_CELL "esn0_db 10\n", ppm[i]);
        air_hear(&a, NULL, &h);
        snprintf(what, sizeof(what), "receiver %+.0f ppm, 10 dB", ppm[i]);
        assert_whole(air_score(&a, &h, NULL, what));
        assert_true(fabs(h.stats.ppm_estimate + ppm[i]) < 0.1);
        assert_true(fabs(h.report[0].offset_hz + ppm[i] * 945.2) < 40.0);
        heard_clear(&h);
        air_clear(&a);
    }
}

static void a_known_crystal_is_taken_out(void **state)
{
    struct air_how how = {.ppm = 110.0};
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 1\nreceiver_ppm 111\n" AIR_CELL "esn0_db 10\n");
    air_hear(&a, &how, &h);
    assert_whole(air_score(&a, &h, NULL, "receiver 111 ppm, told 110"));
    assert_true(fabs(h.report[0].offset_hz + 945.2) < 40.0);
    heard_clear(&h);
    air_clear(&a);
}

static void the_dongles_spike_does_not_hurt(void **state)
{
    (void)state;
    assert_whole(air_run("spike under the carrier, 10 dB", NULL, NULL,
                         AIR_FOUR "format cu8\nduration_s 1\nnoise_dbfs -30\ndc_dbfs -20\n" AIR_CELL
                                  "level_dbfs -20\n"));
    struct score s = air_run("spike beside, 3 dB", NULL, NULL,
                             AIR_FOUR "center 945.6MHz\nformat cu8\nduration_s 4\nnoise_dbfs -30\n"
                                      "dc_dbfs -27\n" AIR_CELL "level_dbfs -27\n");
    assert_true(s.n_block_got >= s.n_block * 98 / 100);
}

/* Two neighbours, one on each side. */
static struct score beside(const char *what, int spacing, double over_db, double esn0_db,
                           double duration_s)
{
    return air_run(what, "A", NULL,
                   "rate 2.4MS/s\ncenter 945.3MHz\nformat cu8\nduration_s %g\n" AIR_CELL
                   "esn0_db %g\ncell B\narfcn %d\nbsic 9\ndelay_sym 300.3\nesn0_db %g\n"
                   "cell C\narfcn %d\nbsic 11\ndelay_sym 800.7\nesn0_db %g\n",
                   duration_s, esn0_db, 51 + spacing, esn0_db + over_db, 51 - spacing,
                   esn0_db + over_db);
}

static void louder_neighbours(void **state)
{
    (void)state;
    struct score s = beside("+-200 kHz, +9 dB, 20 dB, 8 bit", 1, 9.0, 20.0, 6.0);
    assert_true(1000 * s.n_block_got >= 995 * s.n_block);
    assert_true(100 * s.n_sch_got >= 95 * s.n_sch);
    assert_int_equal(s.n_wrong, 0);
    s = beside("+-400 kHz, +35 dB, 12 dB, 8 bit", 2, 35.0, 12.0, 3.0);
    assert_true(100 * s.n_block_got >= 99 * s.n_block);
    assert_int_equal(s.n_wrong, 0);
}

/* One that is 18 dB stronger, above or below: its slope is louder than the wanted channel. */
static void a_much_louder_neighbour(void **state)
{
    (void)state;
    for (int side = -1; side <= 1; side += 2) {
        struct score s =
            air_run(side < 0 ? "-200 kHz, +18 dB, 20 dB, 8 bit" : "+200 kHz, +18 dB, 20 dB, 8 bit",
                    "A", NULL,
                    "rate 2.4MS/s\ncenter 945.5MHz\nformat cu8\nduration_s 3\n"
                    "receiver_ppm -12\n" AIR_CELL "esn0_db 20\n"
                    "cell N\narfcn %d\nbsic 9\ndelay_sym 300.3\nesn0_db 38\n",
                    51 + side);
        assert_true(100 * s.n_block_got >= 95 * s.n_block);
        assert_true(100 * s.n_sch_got >= 95 * s.n_sch);
        assert_int_equal(s.n_wrong, 0);
    }
}

/* Carriers from 9 to 47 dB in one window of 8 bits: every one is found, and nothing else. */
static void loud_and_quiet_in_one_window(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, "rate 2.4MS/s\ncenter 945.3MHz\nformat cu8\nduration_s 1.2\n" AIR_CELL
                 "esn0_db 47\ncell B\narfcn 53\nbsic 1\ndelay_sym 111\nesn0_db 9\n"
                 "cell C\narfcn 49\nbsic 2\ndelay_sym 333\nesn0_db 12\n"
                 "cell D\narfcn 55\nbsic 3\ndelay_sym 777\nesn0_db 9\n"
                 "cell E\narfcn 47\nbsic 4\ndelay_sym 999\nesn0_db 22\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "9..47 dB, 8 bit");
    assert_int_equal(h.stats.n_transmitters, 5);
    assert_true(100 * s.n_block_got >= 97 * s.n_block);
    assert_int_equal(s.n_wrong, 0);
    heard_clear(&h);
    air_clear(&a);
}

/* The image of a strong carrier, 30 dB below it, is 15 dB above the noise; so is its FCCH, from
 * which on a search for an SCH must lead nowhere. The quiet cell stands beside the image. */
static void the_image_of_a_carrier_is_no_cell(void **state)
{
    static const int arfcn[] = {53, 52, 49};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct air a;
        struct heard h;
        air_make(&a,
                 "rate 2.4MS/s\ncenter 945.2MHz\nformat cs16\nduration_s 2\nreceiver_ppm 9\n"
                 "iq_gain_db 0.5\niq_phase_deg 1.5\n"
                 "cell S\narfcn %d\nbsic 26\ndelay_sym 50.2\nesn0_db 45\n"
                 "cell A\narfcn 46\nbsic 12\ndelay_sym 700.2\nesn0_db 10\n",
                 arfcn[i]);
        air_hear(&a, NULL, &h);
        struct score s = air_score(&a, &h, NULL, "image 30 dB below 45 dB");
        assert_int_equal(h.stats.n_transmitters, 2);
        assert_int_equal(s.n_wrong, 0);
        assert_true(100 * s.n_block_got >= 99 * s.n_block);
        heard_clear(&h);
        air_clear(&a);
    }
}

/* A carrier of 5 dB comes on, at any time against the search's own steps, beside another one and
 * alone after a long silence: it is found within a second and nothing of it is lost, though the
 * signal ends there. When it goes off, that is its end. */
static void a_carrier_comes_and_goes(void **state)
{
    (void)state;
    for (int i = 0; i < 8; i++) {
        struct air a;
        struct heard h;
        char what[60];
        bool alone = i >= 6;
        double on = (alone ? 12.0 : 2.6) + 0.117 * i;
        snprintf(what, sizeof(what), "on at %.3f s %s, 5 dB", on, alone ? "alone" : "beside 15 dB");
        air_make(&a,
                 AIR_FOUR "duration_s %g\nseed %d\ncell A\narfcn 51\nbsic 26\nesn0_db 5\n"
                          "start_fn %d\ndelay_sym 77.7\non_s %g\n%s",
                 on + 1.0, i + 1, 7 * i, on,
                 alone ? "" : "cell B\narfcn 53\nbsic 12\nesn0_db 15\ndelay_sym 500\n");
        air_hear(&a, NULL, &h);
        struct score s = air_score(&a, &h, "A", what);
        assert_true(s.n_block >= 40);
        assert_int_equal(s.n_block_got, s.n_block);
        assert_true(s.n_wrong <= 2); /* blocks of which only a part was on the air */
        heard_clear(&h);
        air_clear(&a);
    }
    struct air a;
    struct heard h;
    double last_s = 0.0;
    air_make(&a, AIR_FOUR "duration_s 6\ncell A\narfcn 51\nbsic 26\nesn0_db 5\noff_s 2.5\n"
                          "cell B\narfcn 53\nbsic 12\nesn0_db 15\ndelay_sym 500\n");
    air_hear(&a, NULL, &h);
    for (size_t i = 0; i < h.n_reports; i++)
        if (h.report[i].bsic == 26)
            last_s = fmax(last_s, h.report[i].last_s);
    assert_true(last_s > 2.4 && last_s < 2.51);
    heard_clear(&h);
    air_clear(&a);
}

static void a_wrong_rate_is_seen_as_such(void **state)
{
    static const double share[] = {0.99, 1.01, 1.0239};
    (void)state;
    for (size_t i = 0; i < sizeof(share) / sizeof(share[0]); i++) {
        struct air a;
        struct heard h;
        air_make(&a, AIR_FOUR "duration_s 3\n" AIR_CELL "esn0_db 20\n");
        struct air_how how = {.rate_hz = a.rate_hz * share[i]};
        air_hear(&a, &how, &h);
        print_message("stated %.4f of the true rate: looks like %.6f of it, %u transmitters\n",
                      share[i], h.stats.looks_like_rate_hz / a.rate_hz, h.stats.n_transmitters);
        assert_int_equal(h.stats.n_transmitters, 0);
        assert_int_equal(h.n_reports, 0);
        assert_true(fabs(h.stats.looks_like_rate_hz / a.rate_hz - 1.0) < 0.002);
        heard_clear(&h);
        air_clear(&a);
    }
}

static void a_true_rate_is_not_doubted(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 3\n" AIR_CELL "esn0_db 20\n");
    air_hear(&a, NULL, &h);
    assert_true(h.stats.looks_like_rate_hz == 0.0);
    heard_clear(&h);
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rate),
        cmocka_unit_test(every_format),
        cmocka_unit_test(a_quiet_carrier_in_eight_bits),
        cmocka_unit_test(offsets_are_found_unasked),
        cmocka_unit_test(a_known_crystal_is_taken_out),
        cmocka_unit_test(the_dongles_spike_does_not_hurt),
        cmocka_unit_test(louder_neighbours),
        cmocka_unit_test(a_much_louder_neighbour),
        cmocka_unit_test(loud_and_quiet_in_one_window),
        cmocka_unit_test(the_image_of_a_carrier_is_no_cell),
        cmocka_unit_test(a_carrier_comes_and_goes),
        cmocka_unit_test(a_wrong_rate_is_seen_as_such),
        cmocka_unit_test(a_true_rate_is_not_doubted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
