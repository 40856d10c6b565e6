/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "traffic.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <osmocom/core/bitvec.h>

static const uint8_t empty_agch[] = {0x03, 0x03, 0x01};
static const uint8_t empty_pch[] = {0x15, 0x06, 0x21, 0x00, 0x01, 0xf0};

static double next_after(struct rng *r, double t_s, double per_s)
{
    return per_s > 0.0 ? t_s + rng_exponential(r) / per_s : (double)INFINITY;
}

void traffic_init(struct traffic *t, uint64_t seed, const struct cell_config *cfg)
{
    char name[80];
    memset(t, 0, sizeof(*t));
    t->cfg = cfg;
    /* Paging goes out in a whole location area: equal LAI, equal stream. */
    snprintf(name, sizeof(name), "paging %d-%0*d-%d", cfg->si.mcc, cfg->si.mnc_digits, cfg->si.mnc,
             cfg->si.lac);
    rng_init(&t->paging, seed, name);
    snprintf(name, sizeof(name), "assign %s", cfg->name);
    rng_init(&t->assign, seed, name);
    t->next_page_s = next_after(&t->paging, 0.0, cfg->paging_per_s);
    t->next_assign_s = next_after(&t->assign, 0.0, cfg->assign_per_s);
}

/* TS 24.008 10.5.1.4, 15 digits: first octet holds digit 1, odd flag and type 1. */
static void make_imsi(struct rng *r, const struct si_fields *si, uint8_t oct[8])
{
    int digit[15], n = 0;
    digit[n++] = si->mcc / 100;
    digit[n++] = si->mcc / 10 % 10;
    digit[n++] = si->mcc % 10;
    if (si->mnc_digits == 3)
        digit[n++] = si->mnc / 100;
    digit[n++] = si->mnc / 10 % 10;
    digit[n++] = si->mnc % 10;
    while (n < 15)
        digit[n++] = (int)rng_below(r, 10);
    oct[0] = (uint8_t)(digit[0] << 4 | 0x08 | 0x01);
    for (int i = 1; i < 8; i++)
        oct[i] = (uint8_t)(digit[2 * i] << 4 | digit[2 * i - 1]);
}

static void take_arrivals(struct traffic *t, const struct si_fields *si, double time_s)
{
    while (t->next_page_s <= time_s) {
        struct page p = {.left = (int)t->cfg->paging_repeats};
        p.imsi = rng_unit(&t->paging) < t->cfg->paging_imsi_share;
        if (p.imsi) {
            make_imsi(&t->paging, si, p.oct);
        } else {
            uint64_t tmsi = rng_next(&t->paging);
            memcpy(p.oct, &tmsi, 4);
        }
        if (t->n_pages < TRAFFIC_QUEUE_CAP) /* a full queue loses pages, as a real one does */
            t->page[t->n_pages++] = p;
        t->next_page_s = next_after(&t->paging, t->next_page_s, t->cfg->paging_per_s);
    }
    while (t->next_assign_s <= time_s) {
        if (t->n_assigns < TRAFFIC_QUEUE_CAP)
            t->n_assigns++;
        t->next_assign_s = next_after(&t->assign, t->next_assign_s, t->cfg->assign_per_s);
    }
}

/* Takes the first page of a kind out of the queue; repeats go to its end. */
static bool take_page(struct traffic *t, bool imsi, struct page *ret)
{
    for (int i = 0; i < t->n_pages; i++) {
        if (t->page[i].imsi != imsi)
            continue;
        *ret = t->page[i];
        memmove(&t->page[i], &t->page[i + 1], sizeof(t->page[0]) * (size_t)(t->n_pages - i - 1));
        if (--ret->left > 0)
            t->page[t->n_pages - 1] = *ret;
        else
            t->n_pages--;
        return true;
    }
    return false;
}

static int count_kind(const struct traffic *t, bool imsi)
{
    int n = 0;
    for (int i = 0; i < t->n_pages; i++)
        n += t->page[i].imsi == imsi;
    return n;
}

/* Length octet and identity; returns octets written. */
static int put_identity(const struct page *p, uint8_t *oct)
{
    if (p->imsi) {
        oct[0] = 8;
        memcpy(oct + 1, p->oct, 8);
        return 9;
    }
    oct[0] = 5;
    oct[1] = 0xf4;
    memcpy(oct + 2, p->oct, 4);
    return 6;
}

static void put_type_1(struct traffic *t, uint8_t *l2)
{
    struct page p;
    int n = 4;
    l2[2] = 0x21;
    if (!take_page(t, t->page[0].imsi, &p))
        return;
    n += put_identity(&p, l2 + n);
    if (t->n_pages > 0) {
        take_page(t, t->page[0].imsi, &p);
        l2[n++] = 0x17;
        n += put_identity(&p, l2 + n);
    }
    l2[0] = (uint8_t)((n - 1) << 2 | 1);
}

/* Two TMSI and an optional third identity, or four TMSI. */
static void put_type_2_3(struct traffic *t, int n_tmsi, uint8_t *l2)
{
    struct page p;
    int n = 4;
    l2[2] = n_tmsi >= 4 ? 0x24 : 0x22;
    for (int i = 0; i < (n_tmsi >= 4 ? 4 : 2); i++, n += 4) {
        take_page(t, false, &p);
        memcpy(l2 + n, p.oct, 4);
    }
    if (l2[2] == 0x22 && t->n_pages > 0) {
        take_page(t, t->page[0].imsi, &p);
        l2[n++] = 0x17;
        n += put_identity(&p, l2 + n);
    }
    l2[0] = (uint8_t)((n - 1) << 2 | 1);
}

static void put_paging(struct traffic *t, uint8_t *l2)
{
    int n_tmsi = count_kind(t, false);
    memset(l2, 0x2b, GSM_L2_OCT);
    l2[1] = 0x06;
    l2[3] = 0x00; /* normal paging, any channel */
    if (n_tmsi >= 4 || (n_tmsi >= 2 && t->n_pages >= 3))
        put_type_2_3(t, n_tmsi, l2);
    else
        put_type_1(t, l2);
}

/* 10.5.2.16: H H 0 1, then packet downlink assignment with its TLLI. */
static void put_downlink_tbf(struct traffic *t, uint8_t *oct, unsigned n_oct)
{
    uint8_t data[GSM_L2_OCT] = {0};
    struct bitvec bv = {.data = data, .data_len = n_oct};
    bitvec_set_bit(&bv, H);
    bitvec_set_bit(&bv, H);
    bitvec_set_uint(&bv, 1, 2);
    bitvec_set_uint(&bv, 0xc0000000u | (uint32_t)(rng_next(&t->assign) >> 34), 32);
    bitvec_set_uint(&bv, 1, 1);
    bitvec_set_uint(&bv, rng_below(&t->assign, 32), 5);
    bitvec_set_uint(&bv, 0, 1); /* RLC acknowledged */
    bitvec_set_uint(&bv, 0, 1); /* no alpha */
    bitvec_set_uint(&bv, 0, 5); /* gamma */
    bitvec_set_uint(&bv, 0, 1); /* no polling */
    bitvec_set_uint(&bv, 1, 1); /* timing advance valid */
    bitvec_set_uint(&bv, 0, 3); /* no TA index, no starting time, no P0 */
    bitvec_spare_padding(&bv, n_oct * 8 - 1);
    memcpy(oct, data, n_oct);
}

/* As a real packet control unit writes a one-phase uplink assignment. */
static void put_uplink_tbf(struct traffic *t, uint8_t *oct, unsigned n_oct)
{
    uint8_t data[GSM_L2_OCT] = {0};
    struct bitvec bv = {.data = data, .data_len = n_oct};
    bitvec_set_bit(&bv, H);
    bitvec_set_bit(&bv, H);
    bitvec_set_uint(&bv, 0, 2);
    bitvec_set_uint(&bv, 1, 1);
    bitvec_set_uint(&bv, rng_below(&t->assign, 32), 5); /* TFI */
    bitvec_set_uint(&bv, 0, 1);                         /* no polling */
    bitvec_set_uint(&bv, 0, 1);                         /* dynamic allocation */
    bitvec_set_uint(&bv, rng_below(&t->assign, 7), 3);  /* USF */
    bitvec_set_uint(&bv, 0, 1);
    bitvec_set_uint(&bv, 0, 1); /* no P0 */
    bitvec_set_uint(&bv, 0, 2); /* CS-1 */
    bitvec_set_uint(&bv, 0, 1); /* TLLI block channel coding */
    bitvec_set_uint(&bv, 0, 1); /* no alpha */
    bitvec_set_uint(&bv, 0, 5);
    bitvec_set_uint(&bv, 0, 2); /* no TA index, no starting time */
    bitvec_spare_padding(&bv, n_oct * 8 - 1);
    memcpy(oct, data, n_oct);
}

/* Random reference by cause, 9.1.8 */
static uint8_t make_ra(struct traffic *t, const struct si_fields *si, bool packet)
{
    unsigned any = (unsigned)rng_below(&t->assign, 256);
    if (packet)
        return (uint8_t)(0x78 | (any & 7));
    if (rng_unit(&t->assign) < t->cfg->assign_lu_share)
        return (uint8_t)(any & (si->neci ? 0x0f : 0x1f));
    return (uint8_t)(any & 0x80 ? 0x80 | (any & 0x1f) : 0xe0 | (any & 0x1f));
}

/* 10.5.2.30: the access burst came some frames ago */
static void put_request_reference(uint8_t ra, uint32_t fn, uint8_t oct[3])
{
    uint32_t at = (fn + GSM_HYPERFRAME - 30) % GSM_HYPERFRAME;
    unsigned t1 = at / 1326 % 32, t2 = at % 26, t3 = at % 51;
    oct[0] = ra;
    oct[1] = (uint8_t)(t1 << 3 | t3 >> 3);
    oct[2] = (uint8_t)((t3 & 7) << 5 | t2);
}

static void put_assignment(struct traffic *t, const struct si_fields *si, uint32_t fn, uint8_t *l2)
{
    const struct cell_config *cfg = t->cfg;
    bool packet = rng_unit(&t->assign) < cfg->assign_packet_share;
    bool downlink = packet && rng_unit(&t->assign) < 0.5;
    unsigned tsc = (unsigned)cfg->bsic & 7, arfcn = (unsigned)cfg->arfcn;
    t->n_assigns--;
    memset(l2, 0x2b, GSM_L2_OCT);
    l2[0] = 0x2d;
    l2[1] = 0x06;
    l2[2] = 0x3f;
    l2[3] = downlink ? 0x30 : packet ? 0x10 : 0x03;
    if (packet)
        l2[4] = 0x08 | 7; /* packet data channel on TN7 */
    else if (cfg->combined)
        l2[4] = (uint8_t)(0x20 | rng_below(&t->assign, 4) << 3); /* SDCCH/4 on TN0 */
    else
        l2[4] = (uint8_t)(0x40 | rng_below(&t->assign, 8) << 3 |
                          (1 + rng_below(&t->assign, (uint32_t)cfg->sdcch_timeslots)));
    l2[5] = (uint8_t)(tsc << 5 | arfcn >> 8);
    l2[6] = (uint8_t)arfcn;
    put_request_reference(make_ra(t, si, packet), fn, l2 + 7);
    l2[10] = (uint8_t)rng_below(&t->assign, (uint32_t)cfg->assign_ta_max + 1);
    l2[11] = 0;
    if (downlink)
        put_downlink_tbf(t, l2 + 12, GSM_L2_OCT - 12);
    else if (packet)
        put_uplink_tbf(t, l2 + 12, GSM_L2_OCT - 12);
}

void traffic_next(struct traffic *t, enum traffic_block kind, const struct si_fields *si,
                  uint32_t fn, double time_s, uint8_t l2[GSM_L2_OCT])
{
    take_arrivals(t, si, time_s);
    if (kind == TRAFFIC_PCH && t->n_pages > 0) {
        put_paging(t, l2);
        return;
    }
    if (t->n_assigns > 0) {
        put_assignment(t, si, fn, l2);
        return;
    }
    memset(l2, 0x2b, GSM_L2_OCT);
    if (kind == TRAFFIC_PCH)
        memcpy(l2, empty_pch, sizeof(empty_pch));
    else
        memcpy(l2, empty_agch, sizeof(empty_agch));
}
