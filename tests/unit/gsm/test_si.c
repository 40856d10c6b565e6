/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <stdio.h>

#include <osmocom/gsm/gsm23003.h>
#include <osmocom/gsm/gsm48.h>

#include "gsm/si.h"
#include "unit/gsm/hex.h"

/* Blocks of a test network 001-01. */
#define SI1_TEXT     "55 06 19 00000000000000000000000000080000 a5 04 00 2b"
#define SI2_VARIABLE "59 06 1a 8fef0000080200000202000000020000 ff a5 04 00"
#define SI3_TEXT     "49 06 1b 03eb 00f110 04d2 c8 02 0a 27 45 46 a5 04 00 82 21 00 6b"
#define SI4_TEXT     "31 06 1c 00f110 04d2 45 46 a5 04 00 82 21 43"

static enum si_result parse(const char *text, struct si_message *ret)
{
    uint8_t l2[23];
    hex_block(text, l2);
    return si_parse(l2, sizeof(l2), ret);
}

static void assert_numbers(const struct si_freq_list *list, const uint16_t *expected, size_t n)
{
    assert_int_equal(list->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list->arfcn[i], expected[i]);
    }
}

static void assert_usual_rach(const struct si_rach *rach)
{
    assert_int_equal(rach->max_retrans, 4);
    assert_int_equal(rach->tx_integer_code, 9);
    assert_false(rach->cell_barred);
    assert_true(rach->reestablish_forbidden);
    assert_int_equal(rach->access_control, 0x0400);
}

static void si1_gives_its_carriers_and_access_rules(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse(SI1_TEXT, &m), SI_OK);
    assert_int_equal(m.type, SI_1);
    assert_int_equal(m.l2[0], 0x55);
    assert_int_equal(m.u.si1.cell_channel.format, SI_FREQ_BITMAP_0);
    assert_numbers(&m.u.si1.cell_channel, (const uint16_t[]){20}, 1);
    assert_usual_rach(&m.u.si1.rach);
    assert_true(m.u.si1.rest_decoded);
    assert_int_equal(m.u.si1.nch_position, -1);
    assert_false(m.u.si1.band_indicator_pcs);
    /* the bits the first message leaves zero */
    assert_int_equal(parse("55 06 19 00000000000000000000000000080000 02 fb ff 6b", &m), SI_OK);
    assert_int_equal(m.u.si1.rach.max_retrans, 1);
    assert_int_equal(m.u.si1.rach.tx_integer_code, 0);
    assert_true(m.u.si1.rach.cell_barred);
    assert_false(m.u.si1.rach.reestablish_forbidden);
    assert_int_equal(m.u.si1.rach.access_control, 0xfbff);
    assert_true(m.u.si1.band_indicator_pcs);
}

static void si2_has_neighbours_that_wrap_into_the_extended_band(void **state)
{
    static const uint16_t expected[] = {20, 28, 60, 990, 1010, 1020};
    struct si_message m;
    (void)state;
    assert_int_equal(parse(SI2_VARIABLE, &m), SI_OK);
    assert_int_equal(m.u.si2.neighbours.format, SI_FREQ_BITMAP_VARIABLE);
    assert_numbers(&m.u.si2.neighbours, expected, 6);
    assert_int_equal(m.u.si2.ncc_permitted, 0xff);
    assert_false(m.u.si2.ext_ind);
    assert_false(m.u.si2.ba_ind);
    assert_usual_rach(&m.u.si2.rach);
    assert_int_equal(parse("59 06 1a 30000000000000000000000000000000 01 a5 04 00", &m), SI_OK);
    assert_true(m.u.si2.ext_ind);
    assert_true(m.u.si2.ba_ind);
    assert_int_equal(m.u.si2.ncc_permitted, 1);
    assert_int_equal(m.u.si2.neighbours.n, 0);
    assert_int_equal(parse("59 06 1a 10000000000000000000000000000000 01 a5 04 00", &m), SI_OK);
    assert_false(m.u.si2.ext_ind);
    assert_true(m.u.si2.ba_ind);
}

static void si2bis_has_access_rules_where_si2_has_the_ncc(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse("55 06 02 20000000000000000000000000000001 a5 04 00 2b", &m), SI_OK);
    assert_int_equal(m.type, SI_2BIS);
    assert_int_equal(m.u.si2.ncc_permitted, 0);
    assert_true(m.u.si2.ext_ind);
    assert_numbers(&m.u.si2.neighbours, (const uint16_t[]){1}, 1);
    assert_usual_rach(&m.u.si2.rach);
}

/* Bits 7 and 6 are multiband reporting there, so 0xce says variable bit map, reporting 2. */
static void si2ter_reads_the_second_form_of_description(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse("49 06 03 cf004000000000000000000000000000 2b2b2b2b", &m), SI_OK);
    assert_int_equal(m.u.si2ter.multiband_reporting, 2);
    assert_false(m.u.si2ter.ba_ind);
    assert_int_equal(m.u.si2ter.neighbours.format, SI_FREQ_BITMAP_VARIABLE);
    assert_numbers(&m.u.si2ter.neighbours, (const uint16_t[]){512, 513}, 2);
    assert_int_equal(parse("49 06 03 70000000000000000000000000000080 2b2b2b2b", &m), SI_OK);
    assert_int_equal(m.u.si2ter.multiband_reporting, 3);
    assert_true(m.u.si2ter.ba_ind);
    assert_numbers(&m.u.si2ter.neighbours, (const uint16_t[]){8}, 1);
    /* as SI2 the same octets name nobody */
    assert_int_equal(parse("59 06 1a cf004000000000000000000000000000 ff a5 04 00", &m),
                     SI_MALFORMED);
    assert_int_equal(m.u.si2.neighbours.n, 0);
    assert_usual_rach(&m.u.si2.rach);
}

static void si3_gives_identity_and_parameters(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse(SI3_TEXT, &m), SI_OK);
    const struct si3 *s = &m.u.si3;
    assert_int_equal(s->cell_identity, 1003);
    assert_true(s->lai.valid);
    assert_string_equal(s->lai.mcc, "001");
    assert_string_equal(s->lai.mnc, "01");
    assert_int_equal(s->lai.lac, 1234);
    assert_true(s->mscr);
    assert_true(s->attach_detach);
    assert_int_equal(s->bs_ag_blks_res, 1);
    assert_int_equal(s->ccch_conf, 0);
    assert_int_equal(s->bs_pa_mfrms, 4);
    assert_int_equal(s->t3212_decihours, 10);
    assert_false(s->pwrc);
    assert_int_equal(s->dtx, 2);
    assert_int_equal(s->radio_link_timeout, 32);
    assert_int_equal(s->selection.reselect_hysteresis_db, 4);
    assert_int_equal(s->selection.ms_txpwr_max_cch, 5);
    assert_false(s->selection.acs);
    assert_true(s->selection.neci);
    assert_int_equal(s->selection.rxlev_access_min, 6);
    assert_usual_rach(&s->rach);
    assert_true(s->rest.decoded);
    assert_true(s->rest.selection.present);
    assert_int_equal(s->rest.selection.cell_reselect_offset_db, 4);
    assert_int_equal(s->rest.selection.temporary_offset_db, 10);
    assert_int_equal(s->rest.selection.penalty_time_code, 1);
    assert_true(s->rest.gprs.present);
}

/* Every field that the first has zero, and no other. */
static void si3_bits_go_to_their_own_fields(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse("49 06 1b ffff 00f110 ffff 36 e7 ff cf e0 b9 00 00 00", &m), SI_OK);
    const struct si3 *s = &m.u.si3;
    assert_int_equal(s->cell_identity, 65535);
    assert_int_equal(s->lai.lac, 65535);
    assert_false(s->mscr);
    assert_false(s->attach_detach);
    assert_int_equal(s->bs_ag_blks_res, 6);
    assert_int_equal(s->ccch_conf, 6);
    assert_true(s->si22_indicator);
    assert_int_equal(s->cbq3, 3);
    assert_int_equal(s->bs_pa_mfrms, 9);
    assert_int_equal(s->t3212_decihours, 255);
    assert_true(s->dn_ind);
    assert_true(s->pwrc);
    assert_int_equal(s->dtx, 0);
    assert_int_equal(s->radio_link_timeout, 64);
    assert_int_equal(s->selection.reselect_hysteresis_db, 14);
    assert_int_equal(s->selection.ms_txpwr_max_cch, 0);
    assert_true(s->selection.acs);
    assert_false(s->selection.neci);
    assert_int_equal(s->selection.rxlev_access_min, 57);
    /* CBQ3 1 and PWRC, without their neighbours */
    assert_int_equal(parse("49 06 1b ffff 00f110 ffff 36 20 ff 40 e0 b9 00 00 00", &m), SI_OK);
    assert_int_equal(s->cbq3, 1);
    assert_false(s->si22_indicator);
    assert_true(s->pwrc);
    assert_false(s->dn_ind);
}

static void network_codes_of_two_and_three_digits_differ(void **state)
{
    struct si_message m;
    (void)state;
    (void)parse("49 06 1b 0001 62f230 0001", &m);
    assert_string_equal(m.u.si3.lai.mcc, "262");
    assert_string_equal(m.u.si3.lai.mnc, "03");
    (void)parse("49 06 1b 0001 623200 0001", &m);
    assert_string_equal(m.u.si3.lai.mnc, "003");
    (void)parse("49 06 1b 0001 130014 0001", &m);
    assert_string_equal(m.u.si3.lai.mcc, "310");
    assert_string_equal(m.u.si3.lai.mnc, "410");
    assert_true(m.u.si3.lai.valid);
}

static void digits_above_nine_make_the_network_invalid(void **state)
{
    struct si_message m;
    (void)state;
    (void)parse("49 06 1b 0001 62f2f0 0001", &m);
    assert_false(m.u.si3.lai.valid);
    assert_string_equal(m.u.si3.lai.mnc, "0?");
    (void)parse("49 06 1b 0001 6af230 0001", &m);
    assert_false(m.u.si3.lai.valid);
    assert_string_equal(m.u.si3.lai.mcc, "?62");
    (void)parse("49 06 1b 0001 62b230 0001", &m);
    assert_false(m.u.si3.lai.valid);
    assert_string_equal(m.u.si3.lai.mnc, "03?");
}

static void the_library_reads_valid_networks_alike(void **state)
{
    uint64_t seed = 2;
    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        struct gsm48_loc_area_id raw;
        struct osmo_location_area_id lai = {.plmn = {.mcc = (uint16_t)(hex_random(&seed) % 1000),
                                                     .mnc = (uint16_t)(hex_random(&seed) % 1000),
                                                     .mnc_3_digits = hex_random(&seed) % 2 != 0},
                                            .lac = (uint16_t)hex_random(&seed)};
        if (lai.plmn.mnc < 100 && trial % 2 == 0) {
            lai.plmn.mnc_3_digits = false;
        }
        lai.plmn.mnc_3_digits = lai.plmn.mnc_3_digits || lai.plmn.mnc > 99;
        gsm48_generate_lai2(&raw, &lai);
        uint8_t l2[23];
        char text[16];
        struct si_message m;
        hex_block(SI4_TEXT, l2);
        memcpy(l2 + 3, &raw, 5);
        assert_int_equal(si_parse(l2, 23, &m), SI_OK);
        snprintf(text, sizeof(text), "%03u", lai.plmn.mcc);
        assert_string_equal(m.u.si4.lai.mcc, text);
        snprintf(text, sizeof(text), lai.plmn.mnc_3_digits ? "%03u" : "%02u", lai.plmn.mnc);
        assert_string_equal(m.u.si4.lai.mnc, text);
        assert_int_equal(m.u.si4.lai.lac, lai.lac);
    }
}

static void si4_without_cell_broadcast(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse(SI4_TEXT, &m), SI_OK);
    assert_string_equal(m.u.si4.lai.mnc, "01");
    assert_int_equal(m.u.si4.selection.reselect_hysteresis_db, 4);
    assert_usual_rach(&m.u.si4.rach);
    assert_false(m.u.si4.cbch_present);
    assert_true(m.u.si4.rest.decoded);
    assert_int_equal(m.u.si4.rest.selection.cell_reselect_offset_db, 4);
    assert_true(m.u.si4.rest.gprs.present);
    assert_false(m.u.si4.rest.si2ter_indicator);
}

static void si4_with_cell_broadcast_on_a_combined_channel(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse("41 06 1c 00f110 04d2 65 46 a5 04 00 64 30 80 34 80 00 43", &m), SI_OK);
    assert_true(m.u.si4.cbch_present);
    assert_int_equal(m.u.si4.cbch_chan_type_tn, 0x30);
    assert_int_equal(m.u.si4.cbch_tsc, 4);
    assert_false(m.u.si4.cbch_hopping);
    assert_int_equal(m.u.si4.cbch_arfcn, 52);
    assert_true(m.u.si4.rest.selection.present);
    assert_int_equal(m.u.si4.rest.selection.penalty_time_code, 0);
    assert_true(m.u.si4.rest.gprs.present);
    assert_int_equal(parse("41 06 1c 00f110 04d2 65 46 a5 04 00 64 30 82 bc 80 00 43", &m), SI_OK);
    assert_int_equal(m.u.si4.cbch_arfcn, 700);
    /* hopping, with its allocation */
    assert_int_equal(parse("4d 06 1c 00f110 04d2 65 46 a5 04 00 64 51 f0 7f 72 01 03 80 00 43", &m),
                     SI_OK);
    assert_true(m.u.si4.cbch_hopping);
    assert_int_equal(m.u.si4.cbch_arfcn, 0);
    assert_int_equal(m.u.si4.cbch_tsc, 7);
    assert_int_equal(m.u.si4.rest.selection.cell_reselect_offset_db, 0);
    assert_int_equal(m.u.si4.rest.selection.temporary_offset_db, 0);
    assert_true(m.u.si4.rest.selection.present);
}

/* 0x64 can begin rest octets: power offset present. The pseudo length tells. */
static void si4_rest_octets_are_not_taken_for_cell_broadcast(void **state)
{
    struct si_message m;
    (void)state;
    assert_int_equal(parse("31 06 1c 00f110 04d2 65 46 a5 04 00 64 30 80 34", &m), SI_OK);
    assert_false(m.u.si4.cbch_present);
    assert_true(m.u.si4.rest.power_offset_present);
    /* an impossible pseudo length leaves only the tag */
    assert_int_equal(parse("01 06 1c 00f110 04d2 65 46 a5 04 00 64 30 80 34", &m), SI_OK);
    assert_true(m.u.si4.cbch_present);
    /* an allocation longer than the block */
    assert_int_equal(parse("49 06 1c 00f110 04d2 65 46 a5 04 00 64 51 f0 7f 72 09 03", &m),
                     SI_MALFORMED);
    assert_true(m.u.si4.cbch_hopping);
    assert_false(m.u.si4.rest.decoded);
}

static void other_messages_are_named_for_what_they_are(void **state)
{
    struct si_message m;
    uint8_t l2[23];
    (void)state;
    assert_int_equal(parse("15 06 21 00 01 f0", &m), SI_OTHER_TYPE);
    assert_int_equal(m.type, SI_UNKNOWN);
    assert_int_equal(parse("03 03 01", &m), SI_NOT_RR);
    assert_int_equal(parse("06 1b 03 eb", &m), SI_NOT_RR);    /* pseudo length missing */
    assert_int_equal(parse("49 16 1b 03 eb", &m), SI_NOT_RR); /* skip indicator */
    assert_int_equal(parse("00 06 1b 03 eb", &m), SI_OK);     /* pseudo length wrong */
    assert_int_equal(m.u.si3.cell_identity, 0x03eb);
    hex_block(SI3_TEXT, l2);
    assert_int_equal(si_parse(l2, 22, &m), SI_SHORT);
    assert_int_equal(si_parse(l2, 0, &m), SI_SHORT);
    assert_int_equal(si_parse(NULL, 0, &m), SI_SHORT);
    assert_int_equal(m.type, SI_UNKNOWN);
}

static void every_type_octet_of_the_standard_is_known(void **state)
{
    static const struct {
        uint8_t octet;
        enum si_type type;
        const char *name;
    } rows[] = {
        {0x19, SI_1, "1"},
        {0x1a, SI_2, "2"},
        {0x02, SI_2BIS, "2bis"},
        {0x03, SI_2TER, "2ter"},
        {0x07, SI_2QUATER, "2quater"},
        {0x1b, SI_3, "3"},
        {0x1c, SI_4, "4"},
        {0x1f, SI_7, "7"},
        {0x18, SI_8, "8"},
        {0x04, SI_9, "9"},
        {0x00, SI_13, "13"},
        {0x3d, SI_16, "16"},
        {0x3e, SI_17, "17"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint8_t l2[23] = {0x01, 0x06, rows[i].octet};
        struct si_message m;
        assert_int_equal(si_type_of(l2, 3), rows[i].type);
        assert_int_equal(si_type_of(l2, 2), SI_UNKNOWN);
        assert_string_equal(si_type_name(rows[i].type), rows[i].name);
        assert_int_equal(si_parse(l2, 23, &m), SI_OK);
        assert_int_equal(m.type, rows[i].type);
    }
    assert_string_equal(si_type_name(SI_UNKNOWN), "?");
    assert_string_equal(si_type_name((enum si_type)77), "?");
    assert_string_equal(si_result_name(SI_MALFORMED), "malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(si1_gives_its_carriers_and_access_rules),
        cmocka_unit_test(si2_has_neighbours_that_wrap_into_the_extended_band),
        cmocka_unit_test(si2bis_has_access_rules_where_si2_has_the_ncc),
        cmocka_unit_test(si2ter_reads_the_second_form_of_description),
        cmocka_unit_test(si3_gives_identity_and_parameters),
        cmocka_unit_test(si3_bits_go_to_their_own_fields),
        cmocka_unit_test(network_codes_of_two_and_three_digits_differ),
        cmocka_unit_test(digits_above_nine_make_the_network_invalid),
        cmocka_unit_test(the_library_reads_valid_networks_alike),
        cmocka_unit_test(si4_without_cell_broadcast),
        cmocka_unit_test(si4_with_cell_broadcast_on_a_combined_channel),
        cmocka_unit_test(si4_rest_octets_are_not_taken_for_cell_broadcast),
        cmocka_unit_test(other_messages_are_named_for_what_they_are),
        cmocka_unit_test(every_type_octet_of_the_standard_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
