/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <stdbool.h>

#include <osmocom/gsm/gsm48_rest_octets.h>

#include "gsm/rest_octets.h"
#include "unit/gsm/hex.h"
#include "unit/gsm/rest_writer.h"

static void si1_round_trip_over_all_values(void **state)
{
    (void)state;
    for (int position = -1; position < 32; position++) {
        for (int is_1800 = 0; is_1800 < 2; is_1800++) {
            uint8_t octet = 0;
            uint8_t nch = (uint8_t)position;
            struct si1 si = {.nch_position = 77};
            osmo_gsm48_rest_octets_si1_encode(&octet, position < 0 ? NULL : &nch, is_1800);
            rest_octets_parse_si1(&octet, 1, &si);
            assert_true(si.rest_decoded);
            assert_int_equal(si.nch_position, position);
            assert_int_equal(si.band_indicator_pcs, !is_1800);
        }
    }
    struct si1 si = {0};
    rest_octets_parse_si1(NULL, 0, &si);
    assert_false(si.rest_decoded);
}

static void fill_common(uint64_t *seed, struct osmo_gsm48_si_ro_info *in)
{
    memset(in, 0, sizeof(*in));
    uint64_t r = hex_random(seed);
    in->selection_params.present = r & 1;
    in->selection_params.cbq = r >> 1 & 1;
    in->selection_params.cell_resel_off = r >> 2 & 63;
    in->selection_params.temp_offs = r >> 8 & 7;
    in->selection_params.penalty_time = r >> 11 & 31;
    in->power_offset.present = r >> 16 & 1;
    in->power_offset.power_offset = r >> 17 & 3;
    in->gprs_ind.present = r >> 19 & 1;
    in->gprs_ind.ra_colour = r >> 20 & 7;
    in->gprs_ind.si13_position = r >> 23 & 1;
    in->si2ter_indicator = r >> 24 & 1;
    in->early_cm_ctrl = r >> 25 & 1;
    in->scheduling.present = r >> 26 & 1;
    in->scheduling.where = r >> 27 & 7;
    in->early_cm_restrict_3g = r >> 30 & 1;
    in->si2quater_indicator = r >> 31 & 1;
    in->break_ind = r >> 32 & 1;
}

static void assert_common(const struct osmo_gsm48_si_ro_info *in, const struct si_rest_3_4 *out)
{
    assert_true(out->decoded);
    assert_int_equal(out->selection.present, in->selection_params.present);
    if (out->selection.present) {
        unsigned code = in->selection_params.temp_offs;
        assert_int_equal(out->selection.cell_bar_qualify, in->selection_params.cbq);
        assert_int_equal(out->selection.cell_reselect_offset_db,
                         2 * in->selection_params.cell_resel_off);
        assert_int_equal(out->selection.temporary_offset_db,
                         code == 7 ? SI_TEMPORARY_OFFSET_INFINITE : 10 * code);
        assert_int_equal(out->selection.penalty_time_code, in->selection_params.penalty_time);
    }
    assert_int_equal(out->power_offset_present, in->power_offset.present);
    if (out->power_offset_present) {
        assert_int_equal(out->power_offset_db, 2 * in->power_offset.power_offset);
    }
    assert_int_equal(out->gprs.present, in->gprs_ind.present);
    if (out->gprs.present) {
        assert_int_equal(out->gprs.ra_colour, in->gprs_ind.ra_colour);
        assert_int_equal(out->gprs.si13_on_bcch_ext, in->gprs_ind.si13_position);
    }
}

static void si3_round_trip(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int trial = 0; trial < 4000; trial++) {
        struct osmo_gsm48_si_ro_info in;
        struct si_rest_3_4 out;
        uint8_t data[4] = {0};
        fill_common(&seed, &in);
        osmo_gsm48_rest_octets_si3_encode(data, &in);
        rest_octets_parse_si3(data, sizeof(data), &out);
        assert_common(&in, &out);
        assert_int_equal(out.si2ter_indicator, in.si2ter_indicator);
        assert_int_equal(out.early_classmark_sending, in.early_cm_ctrl);
        assert_int_equal(out.scheduling_present, in.scheduling.present);
        assert_int_equal(out.early_classmark_3g_restricted, in.early_cm_restrict_3g);
        assert_int_equal(out.si2quater_indicator, in.si2quater_indicator);
        assert_false(out.break_indicator);
    }
}

/* The library neither writes nor reads the position: bit after the indicator. */
static void si3_tells_where_si2quater_is(void **state)
{
    struct si_rest_3_4 out;
    struct writer w;
    (void)state;
    for (uint32_t position = 0; position < 2; position++) {
        writer_init(&w);
        w.i_bit = 3; /* no selection parameters, power offset, 2ter */
        put_high(&w);
        w.i_bit++;
        put_high(&w); /* GPRS */
        put(&w, 5, 3);
        put(&w, 1, 1);
        put_high(&w);
        put_high(&w);
        put(&w, position, 1);
        rest_octets_parse_si3(w.data, 4, &out);
        assert_true(out.decoded);
        assert_int_equal(out.gprs.ra_colour, 5);
        assert_true(out.si2quater_indicator);
        assert_false(out.early_classmark_3g_restricted);
        assert_int_equal(out.si2quater_on_bcch_ext, position);
    }
    rest_octets_parse_si3(w.data, 3, &out);
    assert_false(out.decoded);
}

static void si4_round_trip_at_every_length(void **state)
{
    uint64_t seed = 9;
    (void)state;
    for (int trial = 0; trial < 4000; trial++) {
        struct osmo_gsm48_si_ro_info in;
        struct si_rest_3_4 out;
        uint8_t data[10] = {0};
        size_t n_oct = 4 + (size_t)trial % 7;
        fill_common(&seed, &in);
        osmo_gsm48_rest_octets_si4_encode(data, &in, (int)n_oct);
        rest_octets_parse_si4(data, n_oct, &out);
        assert_common(&in, &out);
        assert_int_equal(out.break_indicator, in.break_ind);
        assert_false(out.lsa_id_present);
        assert_false(out.si2ter_indicator);
    }
}

static void si4_of_few_octets_is_read_as_far_as_it_goes(void **state)
{
    struct si_rest_3_4 out;
    const uint8_t selection_cut[] = {0x80};
    const uint8_t nothing[] = {0x2b};
    (void)state;
    rest_octets_parse_si4(nothing, 0, &out);
    assert_true(out.decoded);
    assert_false(out.selection.present);
    rest_octets_parse_si4(nothing, 1, &out);
    assert_true(out.decoded);
    rest_octets_parse_si4(selection_cut, 1, &out);
    assert_false(out.decoded);
    assert_false(out.selection.present);
}

/* SI4 Rest Octets_S: H, LSA parameters, cell identity, LSA identity */
static void si4_finds_the_local_service_area(void **state)
{
    struct si_rest_3_4 out;
    struct writer w;
    (void)state;
    for (int has_id = 0; has_id < 2; has_id++) {
        writer_init(&w);
        w.i_bit = 3;
        put_high(&w);
        put_high(&w); /* LSA parameters with network */
        put(&w, 0x2a, 6);
        put(&w, 1, 1);
        put(&w, 0x001f01, 24);
        put_high(&w);
        put(&w, 1001, 16);
        if (has_id) {
            put_high(&w);
        }
        rest_octets_parse_si4(w.data, 10, &out);
        assert_true(out.decoded);
        assert_int_equal(out.lsa_id_present, has_id);
        assert_false(out.break_indicator);
    }
}

static void si13_round_trip(void **state)
{
    static const uint32_t t3192[] = {500, 1000, 1500, 0, 80, 120, 160, 200};
    static const uint32_t drx[] = {0, 1, 2, 4, 8, 16, 32, 64};
    uint64_t seed = 4;
    (void)state;
    for (int trial = 0; trial < 2000; trial++) {
        struct osmo_gsm48_si13_info in = {0};
        struct si13 out;
        uint8_t data[20] = {0};
        uint64_t r = hex_random(&seed);
        in.bcch_change_mark = r & 7;
        in.si_change_field = r >> 3 & 15;
        in.rac = (uint8_t)(r >> 7);
        in.spgc_ccch_sup = r >> 15 & 1;
        in.prio_acc_thr = r >> 16 & 7;
        in.net_ctrl_ord = r >> 19 & 3;
        in.cell_opts.nmo = (enum osmo_gprs_nmo)((r >> 21) % 3);
        in.cell_opts.t3168 = (uint32_t)(500 * (1 + (r >> 24 & 7)));
        in.cell_opts.t3192 = t3192[r >> 27 & 7];
        in.cell_opts.drx_timer_max = drx[r >> 30 & 7];
        in.cell_opts.bs_cv_max = r >> 33 & 15;
        in.cell_opts.ext_info_present = 1;
        in.cell_opts.ext_info.egprs_supported = r >> 37 & 1;
        in.cell_opts.ext_info.bep_period = r >> 38 & 15;
        osmo_gsm48_rest_octets_si13_encode(data, &in);
        rest_octets_parse_si13(data, sizeof(data), &out);
        assert_true(out.rest_decoded);
        assert_int_equal(out.bcch_change_mark, in.bcch_change_mark);
        assert_int_equal(out.si_change_field, in.si_change_field);
        assert_int_equal(out.rac, in.rac);
        assert_int_equal(out.spgc_ccch_sup, in.spgc_ccch_sup);
        assert_int_equal(out.priority_access_thr, in.prio_acc_thr);
        assert_int_equal(out.network_control_order, in.net_ctrl_ord);
        assert_int_equal(out.nmo, in.cell_opts.nmo);
        assert_int_equal(out.t3168_ms, in.cell_opts.t3168);
        assert_int_equal(out.t3192_ms, in.cell_opts.t3192);
        assert_int_equal(out.drx_timer_max_s, in.cell_opts.drx_timer_max);
        assert_int_equal(out.bs_cv_max, in.cell_opts.bs_cv_max);
        assert_int_equal(out.egprs, in.cell_opts.ext_info.egprs_supported);
    }
}

static void si13_forms_nobody_decodes_are_said_to_be_unknown(void **state)
{
    struct si13 out;
    struct writer w;
    (void)state;
    writer_init(&w); /* all padding: nothing is said */
    rest_octets_parse_si13(w.data, 20, &out);
    assert_false(out.rest_decoded);
    put_high(&w);
    put(&w, 0, 7);
    put(&w, 1, 1); /* a GPRS mobile allocation */
    rest_octets_parse_si13(w.data, 20, &out);
    assert_false(out.rest_decoded);
    writer_init(&w);
    put_high(&w);
    put(&w, 0, 8);
    put(&w, 1, 1); /* a packet BCCH */
    rest_octets_parse_si13(w.data, 20, &out);
    assert_false(out.rest_decoded);
    rest_octets_parse_si13(w.data, 19, &out);
    assert_false(out.rest_decoded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(si1_round_trip_over_all_values),
        cmocka_unit_test(si3_round_trip),
        cmocka_unit_test(si3_tells_where_si2quater_is),
        cmocka_unit_test(si4_round_trip_at_every_length),
        cmocka_unit_test(si4_of_few_octets_is_read_as_far_as_it_goes),
        cmocka_unit_test(si4_finds_the_local_service_area),
        cmocka_unit_test(si13_round_trip),
        cmocka_unit_test(si13_forms_nobody_decodes_are_said_to_be_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
