/* SPDX-License-Identifier: GPL-3.0-or-later */
/* broadcast - cells for the tests of the detector: from field values to what a receiver reports.
 *
 * The octets are written here bit by bit after TS 44.018 9.1.32-36 and 10.5.2.34/.35, not by the
 * code that reads them.
 */
#ifndef TESTS_BROADCAST_H
#define TESTS_BROADCAST_H

#include <math.h>
#include <string.h>

#include "gsm/cell_report.h"
#include "gsm_const.h"

#define SCENE_BA_CAP  32
#define SCENE_CYCLE_S 1.883 /* one report of the receiver */

/* What one cell broadcasts and how long it is heard. */
struct scene_cell {
    const char *mcc, *mnc;
    int lac, ci;
    int arfcn, bsic;
    uint64_t tx;
    double epoch_frames;
    double first_s, last_s;
    bool fn_known;
    int n_times; /* receptions of each message in one report */
    bool repaired;
    /* SI3, SI4 */
    int mscr, att, bs_ag_blks_res, ccch_conf, bs_pa_mfrms, t3212;
    int pwrc, dtx, radio_link_timeout;
    int crh_db, txpwr, acs, neci, rxlev_access_min;
    int max_retrans_code, tx_integer, barred, re, access_control;
    bool selection; /* optional selection parameters present */
    int cro_db, temporary_offset, penalty_time;
    int cro_si4_db; /* -1: as in SI3; -2: SI4 has none */
    bool ecsc, gprs, si2quater;
    bool si2ter_announced, si2bis_announced;
    int ncc_permitted;
    int ba[SCENE_BA_CAP];
    size_t n_ba;
    bool no_si2, no_si3, no_si4;
    /* CCCH of one report */
    uint32_t n_ccch, n_ccch_failed, n_paged;
    uint32_t n_tag, tag[PAGING_TAG_CAP]; /* of those paged */
    uint32_t n_assigned, n_registering;
    /* carrier: not measured while n_sch is 0 */
    uint32_t n_sch;
    double offset_ppm, offset_se_ppm;
};

/* An operator's cell as the sweeps of 2012 show them. */
static inline struct scene_cell scene_operator(int i)
{
    struct scene_cell c = {.mcc = "262", .mnc = "01", .lac = 21014, .ci = 1000 + i};
    c.arfcn = 10 + 4 * i;
    c.bsic = 24 + i % 8;
    c.tx = (uint64_t)(100 + i);
    c.epoch_frames = 1000.0 * i;
    c.last_s = 10.0;
    c.fn_known = true;
    c.n_times = 4;
    c.mscr = c.att = 1;
    c.bs_ag_blks_res = 3;
    c.bs_pa_mfrms = 6;
    c.t3212 = 30;
    c.pwrc = c.dtx = 1;
    c.radio_link_timeout = 36;
    c.crh_db = 6;
    c.txpwr = 5;
    c.rxlev_access_min = 4;
    c.max_retrans_code = 2;
    c.tx_integer = 9;
    c.re = 1;
    c.cro_si4_db = -1;
    c.ecsc = c.gprs = c.si2quater = true;
    c.ncc_permitted = 0x88;
    for (int k = 0; k < 8; k++) /* the neighbours to both sides, by distance */
        c.ba[c.n_ba++] = 10 + 4 * ((i + k + 1) % 10);
    return c;
}

/* A box with the settings that OsmoBSC ships and nothing in common with the network. */
static inline struct scene_cell scene_pseudo(void)
{
    struct scene_cell c = scene_operator(0);
    c.lac = 9999;
    c.ci = 1;
    c.arfcn = 60;
    c.bsic = 63;
    c.tx = 999;
    c.epoch_frames = 777777.0;
    c.mscr = 0;
    c.bs_ag_blks_res = 1;
    c.bs_pa_mfrms = 5;
    c.t3212 = 1;
    c.pwrc = 0;
    c.radio_link_timeout = 32;
    c.crh_db = 4;
    c.rxlev_access_min = 0;
    c.max_retrans_code = 3;
    c.access_control = 0x0400;
    c.selection = true;
    c.cro_db = 126;
    c.ecsc = c.gprs = c.si2quater = false;
    c.ncc_permitted = 0xff;
    c.n_ba = 0;
    return c;
}

static inline void scene_put_lai(uint8_t *o, const struct scene_cell *c)
{
    int d[6];
    for (int i = 0; i < 3; i++) {
        d[i] = c->mcc[i] - '0';
        d[3 + i] = c->mnc[i] ? c->mnc[i] - '0' : 15;
        if (!c->mnc[i])
            break;
    }
    if (strlen(c->mnc) == 2)
        d[5] = 15;
    o[0] = (uint8_t)(d[1] << 4 | d[0]);
    o[1] = (uint8_t)(d[5] << 4 | d[2]);
    o[2] = (uint8_t)(d[4] << 4 | d[3]);
    o[3] = (uint8_t)(c->lac >> 8);
    o[4] = (uint8_t)c->lac;
}

static inline void scene_put_selection(uint8_t *o, const struct scene_cell *c)
{
    o[0] = (uint8_t)(c->crh_db / 2 << 5 | c->txpwr);
    o[1] = (uint8_t)(c->acs << 7 | c->neci << 6 | c->rxlev_access_min);
}

static inline void scene_put_rach(uint8_t *o, const struct scene_cell *c)
{
    o[0] = (uint8_t)(c->max_retrans_code << 6 | c->tx_integer << 2 | c->barred << 1 | c->re);
    o[1] = (uint8_t)(c->access_control >> 8);
    o[2] = (uint8_t)c->access_control;
}

struct scene_bits {
    uint8_t *at;
    int n;
};

static inline void scene_bit(struct scene_bits *b, int bit)
{
    uint8_t mask = (uint8_t)(0x80 >> b->n % 8);
    uint8_t *o = &b->at[b->n++ / 8];
    *o = (uint8_t)(bit ? *o | mask : *o & ~mask);
}

/* H is the inverse of the padding 0010 1011 at this place, L the padding itself. */
static inline void scene_lh(struct scene_bits *b, bool high)
{
    int pad = 0x2b >> (7 - b->n % 8) & 1;
    scene_bit(b, high ? !pad : pad);
}

static inline void scene_field(struct scene_bits *b, int value, int n_bits)
{
    for (int i = n_bits - 1; i >= 0; i--)
        scene_bit(b, value >> i & 1);
}

/* Optional selection parameters, power offset: the same in SI3 and SI4. */
static inline void scene_put_optional(struct scene_bits *b, const struct scene_cell *c,
                                      bool present, int cro_db)
{
    scene_lh(b, present);
    if (present) {
        scene_field(b, 0, 1);
        scene_field(b, cro_db / 2, 6);
        scene_field(b, c->temporary_offset, 3);
        scene_field(b, c->penalty_time, 5);
    }
    scene_lh(b, false);
}

static inline void scene_put_gprs(struct scene_bits *b, const struct scene_cell *c)
{
    scene_lh(b, c->gprs);
    if (c->gprs)
        scene_field(b, 0, 4);
}

static inline void scene_si3(const struct scene_cell *c, uint8_t l2[GSM_L2_OCT])
{
    memset(l2, 0x2b, GSM_L2_OCT);
    l2[0] = 0x49;
    l2[1] = 0x06;
    l2[2] = 0x1b;
    l2[3] = (uint8_t)(c->ci >> 8);
    l2[4] = (uint8_t)c->ci;
    scene_put_lai(l2 + 5, c);
    l2[10] = (uint8_t)(c->mscr << 7 | c->att << 6 | c->bs_ag_blks_res << 3 | c->ccch_conf);
    l2[11] = (uint8_t)(c->bs_pa_mfrms - 2);
    l2[12] = (uint8_t)c->t3212;
    l2[13] = (uint8_t)(c->pwrc << 6 | c->dtx << 4 | (c->radio_link_timeout / 4 - 1));
    scene_put_selection(l2 + 14, c);
    scene_put_rach(l2 + 16, c);
    struct scene_bits b = {l2 + 19, 0};
    scene_put_optional(&b, c, c->selection, c->cro_db);
    scene_lh(&b, c->si2ter_announced);
    scene_lh(&b, c->ecsc);
    scene_lh(&b, false); /* where SI9 is */
    scene_put_gprs(&b, c);
    scene_lh(&b, false); /* 3G early classmark sending restriction */
    scene_lh(&b, c->si2quater);
    if (c->si2quater)
        scene_field(&b, 0, 1);
}

static inline void scene_si4(const struct scene_cell *c, uint8_t l2[GSM_L2_OCT])
{
    memset(l2, 0x2b, GSM_L2_OCT);
    l2[0] = 0x31;
    l2[1] = 0x06;
    l2[2] = 0x1c;
    scene_put_lai(l2 + 3, c);
    scene_put_selection(l2 + 8, c);
    scene_put_rach(l2 + 10, c);
    struct scene_bits b = {l2 + 13, 0};
    scene_put_optional(&b, c, c->selection && c->cro_si4_db != -2,
                       c->cro_si4_db >= 0 ? c->cro_si4_db : c->cro_db);
    scene_put_gprs(&b, c);
}

static inline void scene_si2(const struct scene_cell *c, uint8_t l2[GSM_L2_OCT])
{
    memset(l2, 0, GSM_L2_OCT);
    l2[0] = 0x59;
    l2[1] = 0x06;
    l2[2] = 0x1a;
    for (size_t i = 0; i < c->n_ba; i++) /* bit map 0 */
        l2[18 - (c->ba[i] - 1) / 8] |= (uint8_t)(1 << (c->ba[i] - 1) % 8);
    if (c->si2bis_announced)
        l2[3] |= 0x20;
    l2[19] = (uint8_t)c->ncc_permitted;
    scene_put_rach(l2 + 20, c);
}

static inline void scene_add_si(struct cell_report *rep, const struct scene_cell *c,
                                const uint8_t *l2)
{
    for (int i = 0; i < c->n_times; i++)
        cell_report_add_si(rep, l2, (uint32_t)(rep->fn_first + (uint32_t)(51 * i)),
                           rep->first_s + (rep->last_s - rep->first_s) * i / c->n_times,
                           c->repaired);
}

/* One report of the whole time the cell was heard. */
static inline struct cell_report scene_report(const struct scene_cell *c)
{
    struct cell_report rep;
    uint8_t l2[GSM_L2_OCT];
    memset(&rep, 0, sizeof rep);
    rep.tx = c->tx;
    rep.channel = (struct arfcn){arfcn_band_of(c->arfcn, 0), c->arfcn};
    rep.bsic = c->bsic;
    rep.first_s = c->first_s;
    rep.last_s = c->last_s;
    rep.fn_known = c->fn_known;
    rep.fn_epoch_frames = c->epoch_frames;
    rep.fn_first = (uint32_t)(c->epoch_frames + c->first_s / GSM_FRAME_S) % GSM_HYPERFRAME;
    rep.fn_last = (uint32_t)(c->epoch_frames + c->last_s / GSM_FRAME_S) % GSM_HYPERFRAME;
    rep.level_dbfs = -30.0;
    rep.level_dbm = rep.offset_hz = rep.offset_se_hz = rep.clock_ppm = (double)NAN;
    rep.snr_db = 20.0;
    rep.phase_error_deg = rep.delay_spread_us = (double)NAN;
    rep.n_sch = 10;
    if (c->n_sch > 0) {
        double mhz = arfcn_downlink_hz(rep.channel) / 1e6;
        rep.n_sch = c->n_sch;
        rep.offset_hz = c->offset_ppm * mhz;
        rep.offset_se_hz = c->offset_se_ppm * mhz;
    }
    rep.n_ccch = c->n_ccch;
    rep.n_ccch_failed = c->n_ccch_failed;
    rep.paging.n_tmsi = c->n_paged;
    rep.paging.n_tags = c->n_tag;
    memcpy(rep.paging.tag, c->tag, sizeof rep.paging.tag);
    rep.assign.n_request_reference = c->n_assigned;
    rep.assign.n_location_update = c->n_registering;
    if (!c->no_si2) {
        scene_si2(c, l2);
        scene_add_si(&rep, c, l2);
    }
    if (!c->no_si3) {
        scene_si3(c, l2);
        scene_add_si(&rep, c, l2);
    }
    if (!c->no_si4) {
        scene_si4(c, l2);
        scene_add_si(&rep, c, l2);
    }
    return rep;
}

#endif
