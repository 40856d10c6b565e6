/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <stdbool.h>

#include <osmocom/gsm/gsm48_rest_octets.h>

#include "gsm/rest_octets.h"
#include "unit/gsm/hex.h"
#include "unit/gsm/rest_writer.h"

static void si2quater_round_trip_of_lte_neighbours(void **state)
{
    uint64_t seed = 6;
    (void)state;
    for (int trial = 0; trial < 500; trial++) {
        uint16_t arfcn[8];
        uint8_t bandwidth[8];
        struct osmo_earfcn_si2q list = {.arfcn = arfcn, .meas_bw = bandwidth, .length = 8};
        osmo_earfcn_init(&list);
        uint64_t r = hex_random(&seed);
        size_t n = 1 + r % 3;
        uint16_t expected[3];
        for (size_t i = 0; i < n; i++) {
            expected[i] = (uint16_t)(1 + (r >> (16 * i) & 0x3fff) * 4 + i);
            uint8_t bw = (uint8_t)(r >> (50 + i) & 1 ? i : OSMO_EARFCN_MEAS_INVALID);
            assert_int_equal(osmo_earfcn_add(&list, expected[i], bw), 0);
        }
        list.thresh_hi = r >> 4 & 31;
        list.thresh_lo_valid = r >> 9 & 1;
        list.prio_valid = r >> 10 & 1;
        list.qrxlm_valid = r >> 11 & 1;
        uint8_t data[20] = {0};
        size_t u_offset = 0, e_offset = 0;
        assert_true(osmo_gsm48_rest_octets_si2quater_encode(data, 3, 7, NULL, &u_offset, 0, NULL,
                                                            &list, &e_offset) > 0);
        assert_int_equal(e_offset, n); /* the encoder found room for all */
        struct si2quater out;
        rest_octets_parse_si2quater(data, sizeof(data), &out);
        assert_true(out.rest_decoded);
        assert_false(out.truncated);
        assert_int_equal(out.index, 3);
        assert_int_equal(out.count, 7);
        assert_false(out.ba_ind);
        assert_true(out.ba3g_ind);
        assert_int_equal(out.n_earfcn, n);
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(out.earfcn[i], expected[i]);
        }
    }
}

static void si2quater_round_trip_of_umts_neighbours(void **state)
{
    /* the list ends with an entry of its own for the encoder's look ahead */
    static const uint16_t uarfcn[] = {10564, 10564, 10589, 10612, 0};
    uint16_t scrambling[] = {17, 200, 511, 3, 0};
    uint8_t data[20] = {0};
    size_t u_offset = 0, e_offset = 0;
    struct si2quater out;
    (void)state;
    assert_true(osmo_gsm48_rest_octets_si2quater_encode(data, 0, 0, uarfcn, &u_offset, 4,
                                                        scrambling, NULL, &e_offset) > 0);
    assert_int_equal(u_offset, 4);
    rest_octets_parse_si2quater(data, sizeof(data), &out);
    assert_true(out.rest_decoded);
    assert_false(out.truncated);
    assert_int_equal(out.n_uarfcn_fdd, 3);
    assert_int_equal(out.uarfcn_fdd[0], 10564);
    assert_int_equal(out.uarfcn_fdd[1], 10589);
    assert_int_equal(out.uarfcn_fdd[2], 10612);
    assert_int_equal(out.n_uarfcn_tdd, 0);
    assert_int_equal(out.n_earfcn, 0);
}

/* Everything optional ahead of the LTE list, to see that each is stepped over by its width. */
static void put_2g_part(struct writer *w)
{
    put(w, 1, 1);
    put(w, 5, 3); /* measurement parameters */
    put(w, 0, 1); /* real time difference */
    put(w, 1, 1); /* BSIC */
    put(w, 0, 1);
    put(w, 44, 6);
    put(w, 1, 7);
    put(w, 127, 7);
    put(w, 1, 1); /* report priority of three cells */
    put(w, 3, 7);
    put(w, 7, 3);
    put(w, 1, 1); /* GPRS measurement: multiband, 900 and 850 reporting */
    put(w, 7, 3);
    put(w, 7, 3);
    put(w, 0, 1);
    put(w, 1, 2);
    put(w, 0x7f, 7);
    put(w, 0, 3);
    put(w, 0x7f, 7);
    put(w, 1, 1); /* NC parameters */
    put(w, 3, 2);
    put(w, 0, 1);
    put(w, 1, 1); /* extension of three bits */
    put(w, 2, 8);
    put(w, 7, 3);
}

static void si2quater_steps_over_the_2g_part(void **state)
{
    struct si2quater out;
    struct writer w;
    (void)state;
    writer_init(&w);
    put(&w, 4, 3); /* BA_IND */
    put(&w, 0, 8);
    put_2g_part(&w);
    put(&w, 1, 1); /* 3G neighbours, with both indices */
    put(&w, 0xff, 8);
    put(&w, 0xff, 8);
    put(&w, 0, 1);
    put(&w, 1, 1); /* TDD with bandwidth, one cell */
    put(&w, 0xf, 4);
    put(&w, 1, 1);
    put(&w, 10054, 15);
    put(&w, 0, 1);
    put(&w, 1, 5);
    put(&w, 511, 9);
    put(&w, 0, 1);
    put(&w, 0, 2);
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_true(out.rest_decoded);
    assert_true(out.ba_ind);
    assert_int_equal(out.n_uarfcn_tdd, 1);
    assert_int_equal(out.uarfcn_tdd[0], 10054);
}

static void put_eutran(struct writer *w, uint16_t earfcn)
{
    put(w, 1, 1); /* E-UTRAN parameters */
    put(w, 3, 3);
    put(w, 0, 2);
    put(w, 1, 1);
    put(w, 1, 1);
    put(w, earfcn, 16);
    put(w, 0, 1);
    put(w, 0, 1);
    put(w, 0, 1);
    put(w, 31, 5);
    put(w, 0, 2);
    put(w, 0, 3);
}

static void si2quater_steps_over_the_3g_part(void **state)
{
    struct si2quater out;
    struct writer w;
    (void)state;
    writer_init(&w);
    put(&w, 1, 3);
    put(&w, 0, 8);
    put(&w, 0, 8); /* no 2G part, no 3G neighbours */
    put(&w, 1, 1); /* 3G measurement */
    put(&w, 31, 5);
    put(&w, 0x7ff, 11);
    put(&w, 0x7f, 7);
    put(&w, 1, 1); /* GPRS 3G measurement */
    put(&w, 31, 5);
    put(&w, 0xf, 4);
    put(&w, 0x7f, 7);
    put(&w, 7, 3);
    put(&w, 0x7f, 7);
    put_high(&w); /* release 5 */
    put(&w, 0xff, 8);
    put(&w, 1, 1);
    put(&w, 0x7f, 7);
    put_high(&w); /* 6 */
    put(&w, 1, 1);
    put_high(&w); /* 7 */
    put(&w, 0x7f, 7);
    put(&w, 0, 1);
    put_high(&w); /* 8 */
    put(&w, 1, 1);
    put(&w, 0, 2);
    put_eutran(&w, 3050);
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_true(out.rest_decoded);
    assert_true(out.mp_change_mark);
    assert_int_equal(out.n_earfcn, 1);
    assert_int_equal(out.earfcn[0], 3050);
}

static void si2quater_steps_over_priorities_and_lte_measurement(void **state)
{
    struct si2quater out;
    struct writer w;
    (void)state;
    writer_init(&w);
    put(&w, 0, 11);
    put(&w, 0, 10);
    put_high(&w);
    put(&w, 0, 2);
    put_high(&w);
    put(&w, 0, 1);
    put_high(&w);
    put(&w, 0, 2);
    put_high(&w);
    put(&w, 1, 1);
    put(&w, 0xffff, 16); /* serving cell */
    put(&w, 1, 1);       /* 3G priorities: default, one of two indices */
    put(&w, 3, 2);
    put(&w, 0x3fff, 14);
    put(&w, 1, 1);
    put(&w, 0x3f, 6);
    put(&w, 0x3e, 6);
    put(&w, 0, 1);
    put(&w, 0xf, 4);
    put(&w, 31, 5);
    put(&w, 0x3f, 6);
    put(&w, 0, 1);
    put(&w, 0, 1);
    put(&w, 1, 1); /* E-UTRAN, measurement in three bits */
    put(&w, 3, 3);
    put(&w, 1, 1);
    put(&w, 0x7f, 7);
    put(&w, 0, 1);
    put(&w, 0xf, 4);
    put(&w, 0x7f, 7);
    put(&w, 0, 1);
    put(&w, 0, 1);
    put(&w, 0, 1); /* no GPRS measurement */
    put(&w, 1, 1);
    put(&w, 1, 1);
    put(&w, 65535, 16);
    put(&w, 0xf, 4); /* bandwidth */
    put(&w, 0, 1);
    put(&w, 0, 1);
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_int_equal(out.n_earfcn, 1);
    assert_int_equal(out.earfcn[0], 65535);
}

/* Real time differences are lists that end in 1: a message that never ends them must not hang. */
static void si2quater_lists_without_end_are_cut(void **state)
{
    struct si2quater out;
    uint8_t data[20];
    (void)state;
    memset(data, 0, sizeof(data));
    data[1] = 0x0b; /* real time difference, its lists all zero */
    rest_octets_parse_si2quater(data, sizeof(data), &out);
    assert_false(out.rest_decoded);
    assert_true(out.truncated);
    memset(data, 0xff, sizeof(data));
    rest_octets_parse_si2quater(data, sizeof(data), &out);
    assert_false(out.rest_decoded);
    rest_octets_parse_si2quater(data, 0, &out);
    assert_false(out.rest_decoded);
}

static void put_time_differences(struct writer *w)
{
    put(w, 1, 1); /* RTD6 from index 9: two of the first frequency, none, one */
    put(w, 1, 1);
    put(w, 9, 5);
    put(w, 0, 1);
    put(w, 63, 6);
    put(w, 0, 1);
    put(w, 63, 6);
    put(w, 1, 1);
    put(w, 0, 1);
    put(w, 1, 1);
    put(w, 0, 1);
    put(w, 0, 1);
    put(w, 63, 6);
    put(w, 1, 1);
    put(w, 1, 1);
    put(w, 1, 1); /* RTD12 */
    put(w, 0, 1);
    put(w, 0, 1);
    put(w, 4095, 12);
    put(w, 1, 1);
    put(w, 1, 1);
}

static void si2quater_steps_over_time_differences(void **state)
{
    struct si2quater out;
    struct writer w;
    (void)state;
    writer_init(&w);
    put(&w, 0, 12);
    put(&w, 1, 1);
    put_time_differences(&w);
    put(&w, 0, 5);
    put(&w, 1, 1); /* 3G neighbours: FDD, a frequency without cells */
    put(&w, 0, 2);
    put(&w, 1, 1);
    put(&w, 0, 1);
    put(&w, 1, 1);
    put(&w, 10737, 15);
    put(&w, 0, 1);
    put(&w, 31, 5);
    put(&w, 0, 2);
    put(&w, 0, 2);
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_true(out.rest_decoded);
    assert_int_equal(out.n_uarfcn_fdd, 1);
    assert_int_equal(out.uarfcn_fdd[0], 10737);
}

/* Bits of n cells: a tree whose rows of 1, 2, 4 ... cells are one bit narrower each. */
static unsigned cell_bits(unsigned n, unsigned top_bits)
{
    unsigned sum = 0;
    for (unsigned k = 1; k <= n; k++) {
        unsigned row = 0;
        while (k >> (row + 1) != 0) {
            row++;
        }
        sum += top_bits - row;
    }
    return sum;
}

/* A frequency of n cells, all ones, as the only one of its kind: cells not stepped over exactly
 * would be read as further frequencies, or leave the message short. */
static void check_cells(unsigned n, bool is_tdd)
{
    struct si2quater out;
    struct writer w;
    unsigned bits = cell_bits(n, is_tdd ? 9 : 10);
    writer_init(&w);
    put(&w, 0, 18);
    put(&w, 4, 3); /* 3G neighbours, no indices */
    if (is_tdd) {
        put(&w, 0, 1);
    }
    put(&w, 1, 1);
    put(&w, 0, 1);
    put(&w, 1, 1);
    put(&w, 1000 + n, 15);
    put(&w, 0, 1);
    put(&w, n, 5);
    for (unsigned i = 0; i < bits && w.i_bit < 160; i++) {
        put(&w, 1, 1);
    }
    unsigned n_after = is_tdd ? 3 : 4; /* end of the list, TDD, two sets of measurement */
    bool fits = w.i_bit + n_after <= 160;
    if (fits) {
        put(&w, 0, n_after);
    }
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_int_equal(out.n_uarfcn_fdd, !is_tdd);
    assert_int_equal(out.n_uarfcn_tdd, is_tdd);
    assert_int_equal(is_tdd ? out.uarfcn_tdd[0] : out.uarfcn_fdd[0], 1000 + n);
    assert_int_equal(out.rest_decoded, fits);
}

static void si2quater_steps_over_any_number_of_cells(void **state)
{
    (void)state;
    for (unsigned n = 0; n <= 16; n++) {
        check_cells(n, false);
    }
    for (unsigned n = 0; n <= 20; n++) {
        check_cells(n, true);
    }
}

/* The other choice: thresholds of six bits with granularity, and the GPRS parameters. */
static void si2quater_steps_over_lte_thresholds_of_six_bits(void **state)
{
    struct si2quater out;
    struct writer w;
    (void)state;
    writer_init(&w);
    put(&w, 0, 11);
    put(&w, 0, 10);
    put_high(&w);
    put(&w, 0, 2);
    put_high(&w);
    put(&w, 0, 1);
    put_high(&w);
    put(&w, 0, 2);
    put_high(&w);
    put(&w, 1, 1);
    put(&w, 0, 2);
    put(&w, 1, 1); /* E-UTRAN */
    put(&w, 7, 3);
    put(&w, 1, 1); /* measurement */
    put(&w, 0xff, 8);
    put(&w, 0x7f, 7); /* FDD, both options */
    put(&w, 0x7f, 7);
    put(&w, 0xf, 4);
    put(&w, 0x7f, 7); /* TDD, no option */
    put(&w, 0, 2);
    put(&w, 1, 1); /* granularity */
    put(&w, 1, 1); /* GPRS */
    put(&w, 0x7f, 7);
    put(&w, 0xf, 4);
    put(&w, 0, 2);
    put(&w, 0xf, 4);
    put(&w, 0, 2);
    put(&w, 3, 2);
    put(&w, 40000, 16);
    put(&w, 0, 1);
    put(&w, 1, 1);
    put(&w, 40001, 16);
    put(&w, 0, 2);
    put(&w, 0, 1);
    put(&w, 31, 5);
    put(&w, 0, 2);
    put(&w, 0, 1);
    rest_octets_parse_si2quater(w.data, sizeof(w.data), &out);
    assert_true(out.rest_decoded);
    assert_int_equal(out.n_earfcn, 2);
    assert_int_equal(out.earfcn[0], 40000);
    assert_int_equal(out.earfcn[1], 40001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(si2quater_round_trip_of_lte_neighbours),
        cmocka_unit_test(si2quater_round_trip_of_umts_neighbours),
        cmocka_unit_test(si2quater_steps_over_the_2g_part),
        cmocka_unit_test(si2quater_steps_over_the_3g_part),
        cmocka_unit_test(si2quater_steps_over_priorities_and_lte_measurement),
        cmocka_unit_test(si2quater_lists_without_end_are_cut),
        cmocka_unit_test(si2quater_steps_over_time_differences),
        cmocka_unit_test(si2quater_steps_over_any_number_of_cells),
        cmocka_unit_test(si2quater_steps_over_lte_thresholds_of_six_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
