/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "si_encode.h"

#include <errno.h>
#include <string.h>

#include <osmocom/gsm/gsm48_rest_octets.h>

/* 10.5.2.13.7: RRFCN 1..111 after ORIG-ARFCN */
#define VARIABLE_SPAN 111

static void set_bit(uint8_t *oct, int i_from_msb)
{
    oct[i_from_msb / 8] |= (uint8_t)(0x80 >> (i_from_msb % 8));
}

static bool fits_from(const struct arfcn_list *list, int origin)
{
    for (int i = 0; i < list->n; i++)
        if (((list->arfcn[i] - origin) & 1023) > VARIABLE_SPAN)
            return false;
    return true;
}

static int encode_variable(const struct arfcn_list *list, uint8_t oct[16])
{
    for (int i = 0; i < list->n; i++) {
        int origin = list->arfcn[i];
        if (origin > 1023 || !fits_from(list, origin))
            continue;
        oct[0] = (uint8_t)(0x8e | origin >> 9);
        oct[1] = (uint8_t)(origin >> 1);
        oct[2] = (uint8_t)(origin << 7);
        for (int k = 0; k < list->n; k++)
            if (list->arfcn[k] != origin)
                set_bit(oct, 16 + ((list->arfcn[k] - origin) & 1023));
        return 0;
    }
    return -ERANGE;
}

int si_encode_freq_list(const struct arfcn_list *list, uint8_t oct[16])
{
    memset(oct, 0, 16);
    for (int i = 0; i < list->n; i++)
        if (list->arfcn[i] < 1 || list->arfcn[i] > 124)
            return encode_variable(list, oct);
    for (int i = 0; i < list->n; i++)
        set_bit(oct, 128 - list->arfcn[i]);
    return 0;
}

/* 10.5.2.29 */
static void put_rach(const struct si_fields *f, uint8_t oct[3])
{
    int code = f->max_retrans >= 7 ? 3 : f->max_retrans >= 4 ? 2 : f->max_retrans >= 2 ? 1 : 0;
    oct[0] = (uint8_t)(code << 6 | f->tx_integer << 2 | f->cell_barred << 1 | f->re);
    oct[1] = (uint8_t)(f->access_control >> 8);
    oct[2] = (uint8_t)f->access_control;
}

/* TS 24.008 10.5.1.3 */
static void put_lai(const struct si_fields *f, uint8_t oct[5])
{
    int third = f->mnc_digits == 3 ? f->mnc % 10 : 0xf;
    int two = f->mnc_digits == 3 ? f->mnc / 10 : f->mnc;
    oct[0] = (uint8_t)((f->mcc / 10 % 10) << 4 | f->mcc / 100);
    oct[1] = (uint8_t)(third << 4 | f->mcc % 10);
    oct[2] = (uint8_t)((two % 10) << 4 | two / 10);
    oct[3] = (uint8_t)(f->lac >> 8);
    oct[4] = (uint8_t)f->lac;
}

/* 10.5.2.4 */
static void put_selection(const struct si_fields *f, uint8_t oct[2])
{
    oct[0] = (uint8_t)((f->crh_db / 2) << 5 | f->ms_txpwr);
    oct[1] = (uint8_t)(f->acs << 7 | f->neci << 6 | f->rxlev_access_min);
}

static void rest_3_4(const struct si_fields *f, struct osmo_gsm48_si_ro_info *info)
{
    memset(info, 0, sizeof(*info));
    const unsigned present = f->selection || f->cro_db || f->to_db || f->pt || f->cbq;
    const unsigned offset_code = f->power_offset_db > 0 ? (unsigned)f->power_offset_db / 2 : 0;
    info->selection_params.present = present & 1u;
    info->selection_params.cbq = (unsigned)f->cbq & 1u;
    info->selection_params.cell_resel_off = ((unsigned)f->cro_db / 2) & 63u;
    info->selection_params.temp_offs = ((unsigned)f->to_db / 10) & 7u;
    info->selection_params.penalty_time = (unsigned)f->pt & 31u;
    info->power_offset.present = f->power_offset_db >= 0;
    info->power_offset.power_offset = offset_code & 3u;
    info->si2ter_indicator = f->si2ter || f->neighbours2ter.n > 0;
    info->early_cm_ctrl = f->ecsc;
    info->gprs_ind.present = (unsigned)f->gprs & 1u;
    info->gprs_ind.ra_colour = (unsigned)f->ra_colour & 7u;
    info->gprs_ind.si13_position = (unsigned)f->si13_ext & 1u;
    info->si2quater_indicator = f->si2quater || f->earfcn.n > 0;
}

static int encode_si1(const struct si_fields *f, uint8_t *l2)
{
    memcpy(l2, (const uint8_t[]){0x55, 0x06, 0x19}, 3);
    put_rach(f, l2 + 19);
    return si_encode_freq_list(&f->cell_allocation, l2 + 3);
}

static int encode_si2(const struct si_fields *f, bool bis, uint8_t *l2)
{
    const struct arfcn_list *list = bis ? &f->neighbours2bis : &f->neighbours;
    memcpy(l2, (const uint8_t[]){bis ? 0x55 : 0x59, 0x06, bis ? 0x02 : 0x1a}, 3);
    int rc = si_encode_freq_list(list, l2 + 3);
    int ext = f->ext_ind || f->neighbours2bis.n > 0; /* 10.5.2.22: part of the list only */
    l2[3] |= (uint8_t)(ext << 5 | f->ba_ind << 4);
    if (!bis)
        l2[19] = (uint8_t)f->ncc_permitted;
    put_rach(f, l2 + (bis ? 19 : 20));
    return rc;
}

/* 10.5.2.22a: bits 7 and 6 say how many cells of other bands to report */
static int encode_si2ter(const struct si_fields *f, uint8_t *l2)
{
    memcpy(l2, (const uint8_t[]){0x49, 0x06, 0x03}, 3);
    int rc = si_encode_freq_list(&f->neighbours2ter, l2 + 3);
    l2[3] = (uint8_t)((l2[3] & 0x8f) | f->multiband << 5 | f->ba_ind << 4);
    return rc;
}

static int encode_si2quater(const struct si_fields *f, uint8_t *l2)
{
    struct osmo_earfcn_si2q cells;
    uint16_t channel[8], scramble[8] = {0};
    uint8_t bandwidth[8];
    size_t used_u = 0, used_e = 0;
    memset(&cells, 0, sizeof(cells));
    if (f->earfcn.n > 8)
        return -ERANGE;
    for (int i = 0; i < f->earfcn.n; i++) {
        channel[i] = (uint16_t)f->earfcn.arfcn[i];
        bandwidth[i] = 3;
    }
    cells.arfcn = channel;
    cells.meas_bw = bandwidth;
    cells.length = (size_t)f->earfcn.n;
    cells.thresh_hi = 10;
    cells.thresh_lo = 5;
    cells.thresh_lo_valid = true;
    cells.prio = 5;
    cells.prio_valid = true;
    cells.qrxlm = 22;
    cells.qrxlm_valid = true;
    memcpy(l2, (const uint8_t[]){0x05, 0x06, 0x07}, 3);
    int rc = osmo_gsm48_rest_octets_si2quater_encode(l2 + 3, 0, 0, NULL, &used_u, 0, scramble,
                                                     &cells, &used_e);
    return rc < 0 || used_e != cells.length ? -ERANGE : 0;
}

static int encode_si3(const struct si_fields *f, bool combined, uint8_t *l2)
{
    struct osmo_gsm48_si_ro_info rest;
    memcpy(l2, (const uint8_t[]){0x49, 0x06, 0x1b}, 3);
    l2[3] = (uint8_t)(f->ci >> 8);
    l2[4] = (uint8_t)f->ci;
    put_lai(f, l2 + 5);
    l2[10] = (uint8_t)(f->mscr << 7 | f->att << 6 | f->bs_ag_blks_res << 3 | (combined ? 1 : 0));
    l2[11] = (uint8_t)(f->cbq3 << 5 | (f->bs_pa_mfrms - 2));
    l2[12] = (uint8_t)f->t3212_decihours;
    l2[13] = (uint8_t)(f->pwrc << 6 | f->dtx << 4 | (f->rlt / 4 - 1));
    put_selection(f, l2 + 14);
    put_rach(f, l2 + 16);
    rest_3_4(f, &rest);
    osmo_gsm48_rest_octets_si3_encode(l2 + 19, &rest);
    return 0;
}

static int encode_si4(const struct si_fields *f, uint8_t *l2)
{
    struct osmo_gsm48_si_ro_info rest;
    int n = 13;
    memcpy(l2, (const uint8_t[]){0x31, 0x06, 0x1c}, 3);
    put_lai(f, l2 + 3);
    put_selection(f, l2 + 8);
    put_rach(f, l2 + 10);
    if (f->cbch.n == 3) {
        l2[n++] = 0x64;
        memcpy(l2 + n, f->cbch.oct, 3);
        n += 3;
    }
    l2[0] = (uint8_t)((n - 1) << 2 | 1);
    rest_3_4(f, &rest);
    osmo_gsm48_rest_octets_si4_encode(l2 + n, &rest, GSM_L2_OCT - n);
    return 0;
}

static int encode_si13(const struct si_fields *f, uint8_t *l2)
{
    static const enum osmo_gprs_nmo modes[] = {GPRS_NMO_I, GPRS_NMO_II, GPRS_NMO_III};
    struct osmo_gsm48_si13_info info;
    memset(&info, 0, sizeof(info));
    info.cell_opts.nmo = modes[f->nmo];
    info.cell_opts.t3168 = 2000;
    info.cell_opts.t3192 = 1500;
    info.cell_opts.drx_timer_max = 3;
    info.cell_opts.bs_cv_max = 15;
    info.cell_opts.ctrl_ack_type_use_block = true;
    info.cell_opts.ext_info_present = 1;
    info.cell_opts.ext_info.egprs_supported = f->egprs & 1;
    info.cell_opts.ext_info.bss_paging_coordination = 1;
    info.cell_opts.ext_info.ccn_active = true;
    info.cell_opts.ext_info.bep_period = 5;
    info.pwr_ctrl_pars.t_avg_w = 16;
    info.pwr_ctrl_pars.t_avg_t = 16;
    info.pwr_ctrl_pars.n_avg_i = 8;
    info.bcch_change_mark = 1;
    info.rac = (uint8_t)f->rac;
    info.spgc_ccch_sup = 0;
    info.prio_acc_thr = 6;
    memcpy(l2, (const uint8_t[]){0x01, 0x06, 0x00}, 3);
    return osmo_gsm48_rest_octets_si13_encode(l2 + 3, &info) < 0 ? -ERANGE : 0;
}

static int encode_fields(const struct si_fields *f, enum raw_si which, bool combined, uint8_t *l2)
{
    switch (which) {
    case RAW_SI1:
        return encode_si1(f, l2);
    case RAW_SI2:
        return encode_si2(f, false, l2);
    case RAW_SI2BIS:
        return encode_si2(f, true, l2);
    case RAW_SI2TER:
        return encode_si2ter(f, l2);
    case RAW_SI2QUATER:
        return encode_si2quater(f, l2);
    case RAW_SI3:
        return encode_si3(f, combined, l2);
    case RAW_SI4:
        return encode_si4(f, l2);
    case RAW_SI13:
        return encode_si13(f, l2);
    case RAW_SI7:
    case RAW_SI8:
    case RAW_SI_COUNT:
        break;
    }
    return -EINVAL;
}

static bool is_sent(const struct si_fields *f, enum raw_si which)
{
    switch (which) {
    case RAW_SI1:
    case RAW_SI2:
    case RAW_SI3:
    case RAW_SI4:
        return true;
    case RAW_SI2BIS:
        return f->neighbours2bis.n > 0;
    case RAW_SI2TER:
        return f->neighbours2ter.n > 0;
    case RAW_SI2QUATER:
        return f->earfcn.n > 0;
    case RAW_SI13:
        return f->gprs;
    case RAW_SI7:
    case RAW_SI8:
    case RAW_SI_COUNT:
        break;
    }
    return false;
}

int si_encode(const struct si_fields *f, enum raw_si which, bool combined, uint8_t l2[GSM_L2_OCT])
{
    const struct raw_l2 *raw = &f->raw[which];
    memset(l2, 0x2b, GSM_L2_OCT);
    if (raw->n > 0)
        memcpy(l2, raw->oct, sizeof(raw->oct));
    if (raw->n != 0)
        return raw->n > 0;
    if (!is_sent(f, which))
        return 0;
    int rc = encode_fields(f, which, combined, l2);
    return rc < 0 ? rc : 1;
}
