/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/rest_octets.h"

#include <string.h>

#include <osmocom/gsm/gsm48_rest_octets.h>

#include "gsm/octets.h"
#include "gsm_const.h"

#define SI3_REST_OCT  4
#define SI13_REST_OCT 20

/* The library reads a fixed number of octets: a private copy with padding behind. */
static void padded_copy(uint8_t copy[GSM_L2_OCT], const uint8_t *data, size_t n_oct)
{
    memset(copy, OCTETS_PADDING, GSM_L2_OCT);
    memcpy(copy, data, n_oct < GSM_L2_OCT ? n_oct : GSM_L2_OCT);
}

void rest_octets_parse_si1(const uint8_t *data, size_t n_oct, struct si1 *ret)
{
    struct octets o;
    octets_init(&o, data, n_oct);
    ret->nch_position = octets_next_high(&o) ? (int)octets_next(&o, 5) : -1;
    ret->band_indicator_pcs = octets_next_high(&o);
    ret->rest_decoded = n_oct > 0 && !o.over;
}

/* What SI3 and SI4 have in common (10.5.2.34, 10.5.2.35 SI4 Rest Octets_O). Returns the number
 * of its bits, the two or more that SI3 has between power offset and GPRS indicator left out. */
static size_t take_common(const struct osmo_gsm48_si_ro_info *in, struct si_rest_3_4 *ret)
{
    size_t n_bits = 3;
    if (in->selection_params.present) {
        unsigned code = in->selection_params.temp_offs;
        ret->selection.present = true;
        ret->selection.cell_bar_qualify = in->selection_params.cbq;
        ret->selection.cell_reselect_offset_db =
            (uint8_t)(2u * in->selection_params.cell_resel_off);
        ret->selection.temporary_offset_db =
            (uint8_t)(code == 7 ? SI_TEMPORARY_OFFSET_INFINITE : 10u * code);
        ret->selection.penalty_time_code = in->selection_params.penalty_time & 31;
        n_bits += 15;
    }
    if (in->power_offset.present) {
        ret->power_offset_present = true;
        ret->power_offset_db = (uint8_t)(2u * in->power_offset.power_offset);
        n_bits += 2;
    }
    if (in->gprs_ind.present) {
        ret->gprs.present = true;
        ret->gprs.ra_colour = in->gprs_ind.ra_colour;
        ret->gprs.si13_on_bcch_ext = in->gprs_ind.si13_position;
        n_bits += 4;
    }
    return n_bits;
}

void rest_octets_parse_si3(const uint8_t *data, size_t n_oct, struct si_rest_3_4 *ret)
{
    struct osmo_gsm48_si_ro_info in;
    uint8_t copy[GSM_L2_OCT];
    memset(ret, 0, sizeof(*ret));
    if (n_oct < SI3_REST_OCT) {
        return;
    }
    padded_copy(copy, data, n_oct);
    osmo_gsm48_rest_octets_si3_decode(&in, copy);
    size_t n_bits = take_common(&in, ret);
    ret->si2ter_indicator = in.si2ter_indicator;
    ret->early_classmark_sending = in.early_cm_ctrl;
    ret->scheduling_present = in.scheduling.present;
    /* 2ter, early classmark, scheduling, 3G restriction, 2quater */
    n_bits += 5u + (in.scheduling.present ? 3u : 0u);
    ret->early_classmark_3g_restricted = in.early_cm_restrict_3g;
    ret->si2quater_indicator = in.si2quater_indicator;
    ret->decoded = true;
    /* The library stops before the SI2quater position, which may lie behind the end: all fields
     * before it fill the four octets at most. */
    struct octets o;
    octets_init(&o, copy, SI3_REST_OCT);
    o.i_bit = n_bits;
    ret->si2quater_on_bcch_ext = in.si2quater_indicator && octets_next(&o, 1) != 0;
}

/* SI4 Rest Octets_S: LSA parameters, cell identity, LSA identity (10.5.2.35) */
static bool has_lsa_identity(struct octets *o)
{
    if (octets_next_high(o)) {
        (void)octets_next(o, 6);
        if (octets_next(o, 1)) {
            (void)octets_next(o, 24);
        }
    }
    if (octets_next_high(o)) {
        (void)octets_next(o, 16);
    }
    return octets_next_high(o);
}

void rest_octets_parse_si4(const uint8_t *data, size_t n_oct, struct si_rest_3_4 *ret)
{
    struct osmo_gsm48_si_ro_info in;
    uint8_t copy[GSM_L2_OCT];
    memset(ret, 0, sizeof(*ret));
    if (n_oct > GSM_L2_OCT) {
        return;
    }
    padded_copy(copy, data, n_oct);
    osmo_gsm48_rest_octets_si4_decode(&in, copy, GSM_L2_OCT);
    size_t n_bits = take_common(&in, ret);
    if (n_bits > 8 * n_oct && n_oct > 0) {
        memset(ret, 0, sizeof(*ret));
        return;
    }
    ret->decoded = true;
    if (n_oct == 0) {
        return; /* all L, as the padding would say */
    }
    struct octets o;
    octets_init(&o, copy, n_oct);
    o.i_bit = n_bits;
    if (octets_next_high(&o)) {
        ret->lsa_id_present = has_lsa_identity(&o);
    } else {
        ret->break_indicator = octets_next_high(&o);
    }
}

void rest_octets_parse_si13(const uint8_t *data, size_t n_oct, struct si13 *ret)
{
    struct osmo_gsm48_si13_info in;
    uint8_t copy[GSM_L2_OCT];
    memset(ret, 0, sizeof(*ret));
    if (n_oct < SI13_REST_OCT) {
        return;
    }
    struct octets o;
    octets_init(&o, data, n_oct);
    bool has_content = octets_next_high(&o);
    padded_copy(copy, data, n_oct);
    memset(&in, 0, sizeof(in));
    int n_bits = osmo_gsm48_rest_octets_si13_decode(&in, copy);
    if (!has_content || n_bits < 0 || n_bits > 8 * SI13_REST_OCT) {
        return; /* a packet BCCH or a mobile allocation; or an extension longer than the message */
    }
    ret->rest_decoded = true;
    ret->bcch_change_mark = in.bcch_change_mark;
    ret->si_change_field = in.si_change_field;
    ret->rac = in.rac;
    ret->spgc_ccch_sup = in.spgc_ccch_sup != 0;
    ret->priority_access_thr = in.prio_acc_thr;
    ret->network_control_order = in.net_ctrl_ord;
    ret->nmo = (uint8_t)in.cell_opts.nmo;
    ret->t3168_ms = (uint16_t)in.cell_opts.t3168;
    ret->t3192_ms = (uint16_t)in.cell_opts.t3192;
    ret->drx_timer_max_s = (uint8_t)in.cell_opts.drx_timer_max;
    ret->bs_cv_max = (uint8_t)in.cell_opts.bs_cv_max;
    ret->egprs = in.cell_opts.ext_info.egprs_supported != 0;
}
