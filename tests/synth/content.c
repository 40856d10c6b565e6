/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "content.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <osmocom/coding/gsm0503_coding.h>

#include "burst_list.h"
#include "si_encode.h"
#include "traffic.h"

struct content {
    const struct cell_config *cfg;
    struct si_fields si; /* with the timed changes so far */
    int n_changes_done;
    struct traffic traffic;
    struct burst_list bursts;
    uint32_t block_fn; /* first frame of the block in hand */
    bool block_ready, block_known;
    uint8_t l2[GSM_L2_OCT];
    ubit_t coded[4 * 116];
};

/* TS 45.002 5.2.3, by training sequence code */
static const char *const training[8] = {
    "00100101110000100010010111", "00101101110111100010110111", "01000011101110100100001110",
    "01000111101101000100011110", "00011010111001000001101011", "01001110101100000100111010",
    "10100111110110001010011111", "11101111000100101110111100",
};
/* TS 45.002 5.2.5 */
static const char sch_training[] =
    "1011100101100010000001000000111100101101010001010111011000011011";
/* TS 45.002 5.2.6, the 142 mixed bits */
static const char dummy[] = "11111011011101100000101001001110000010010001000000011111000111"
                            "00010111000101110001010111010010100011001100111001111010011111"
                            "000100101111101010";

static void put_text(const char *text, uint8_t *bits, size_t n)
{
    for (size_t i = 0; i < n; i++)
        bits[i] = text[i] == '1';
}

void content_dummy_burst(uint8_t bits[GSM_BURST_BITS])
{
    memset(bits, 0, GSM_BURST_BITS);
    put_text(dummy, bits + 3, sizeof(dummy) - 1);
}

/* TS 44.018 9.1.30a: BSIC, T1, T2, T3' in 25 bits, least significant first in each octet pair as
 * libosmocoding wants them. */
void content_encode_sch(uint32_t fn, int bsic, uint8_t bits[GSM_BURST_BITS])
{
    unsigned t1 = fn / 1326, t2 = fn % 26, t3 = fn % 51, t3p = (t3 - 1) / 10;
    uint8_t info[4] = {
        (uint8_t)(bsic << 2 | (int)(t1 >> 9)),
        (uint8_t)(t1 >> 1),
        (uint8_t)((t1 & 1) << 7 | t2 << 2 | t3p >> 1),
        (uint8_t)(t3p & 1),
    };
    ubit_t coded[78];
    gsm0503_sch_encode(coded, info);
    memset(bits, 0, GSM_BURST_BITS);
    memcpy(bits + 3, coded, 39);
    put_text(sch_training, bits + 42, 64);
    memcpy(bits + 106, coded + 39, 39);
}

static void normal_burst(const ubit_t *coded, int tsc, uint8_t *bits)
{
    memset(bits, 0, GSM_BURST_BITS);
    memcpy(bits + 3, coded, 58);
    put_text(training[tsc & 7], bits + 61, 26);
    memcpy(bits + 87, coded + 58, 58);
}

void content_encode_block(const uint8_t l2[GSM_L2_OCT], int tsc, int i_burst,
                          uint8_t bits[GSM_BURST_BITS])
{
    ubit_t coded[4 * 116];
    gsm0503_xcch_encode(coded, l2);
    normal_burst(coded + 116 * (i_burst & 3), tsc, bits);
}

int content_block_start(uint32_t fn)
{
    int t3 = (int)(fn % GSM_MULTIFRAME);
    if (t3 == 50 || t3 % 10 < 2)
        return -1;
    return t3 % 10 < 6 ? t3 - t3 % 10 + 2 : t3 - t3 % 10 + 6;
}

const char *content_channel_name(uint32_t fn, bool combined)
{
    int start = content_block_start(fn);
    if (start < 0)
        return "SCH";
    if (start == 2)
        return "BCCH";
    if (!combined || start <= 16)
        return "CCCH";
    return start < 42 ? "SDCCH" : "SACCH";
}

static int check_lists(const struct cell_config *cfg, char *err, size_t err_cap)
{
    uint8_t l2[GSM_L2_OCT];
    for (int i = 0; i < RAW_SI_COUNT; i++) {
        if (si_encode(&cfg->si, (enum raw_si)i, cfg->combined, l2) >= 0)
            continue;
        snprintf(err, err_cap,
                 "cell %s: a list of channels does not fit its message; give it as hex", cfg->name);
        return -ERANGE;
    }
    return 0;
}

int content_create(struct content **ret, const struct scenario *s, const struct cell_config *cfg,
                   char *err, size_t err_cap)
{
    int rc = check_lists(cfg, err, err_cap);
    if (rc != 0)
        return rc;
    struct content *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->cfg = cfg;
    c->si = cfg->si;
    traffic_init(&c->traffic, s->seed, cfg);
    if (cfg->bursts[0] != '\0') {
        char path[2 * SCENARIO_TEXT_CAP];
        snprintf(path, sizeof(path), "%s%s", cfg->bursts[0] == '/' ? "" : s->folder, cfg->bursts);
        rc = burst_list_read(&c->bursts, path, err, err_cap);
        if (rc != 0) {
            content_destroy(c);
            return rc;
        }
    }
    *ret = c;
    return 0;
}

void content_destroy(struct content *c)
{
    if (!c)
        return;
    burst_list_clear(&c->bursts);
    free(c);
}

uint32_t content_first_fn(const struct content *c)
{
    if (c->bursts.n > 0 && c->cfg->start_fn <= 0.0)
        return c->bursts.line[0].fn;
    return (uint32_t)c->cfg->start_fn;
}

/* Turns of one slot of the schedule: the messages that want it take it one after the other. */
static enum raw_si turn(const struct content *c, uint32_t fn, const enum raw_si *wanted, int n)
{
    uint8_t l2[GSM_L2_OCT];
    enum raw_si sent[4];
    int n_sent = 0;
    for (int i = 0; i < n; i++)
        if (si_encode(&c->si, wanted[i], c->cfg->combined, l2) > 0)
            sent[n_sent++] = wanted[i];
    return n_sent > 0 ? sent[fn / GSM_SI_CYCLE % (uint32_t)n_sent] : RAW_SI2;
}

/* TS 45.002 6.3.1.3, BCCH Norm */
static enum raw_si scheduled(const struct content *c, uint32_t fn)
{
    static const enum raw_si fixed[8] = {RAW_SI1,      RAW_SI2,      RAW_SI3, RAW_SI4,
                                         RAW_SI_COUNT, RAW_SI_COUNT, RAW_SI3, RAW_SI4};
    uint8_t l2[GSM_L2_OCT];
    unsigned tc = fn / GSM_MULTIFRAME % 8;
    if (fixed[tc] != RAW_SI_COUNT)
        return fixed[tc];
    bool bis = si_encode(&c->si, RAW_SI2BIS, c->cfg->combined, l2) > 0;
    bool ter = si_encode(&c->si, RAW_SI2TER, c->cfg->combined, l2) > 0;
    bool quater = !c->si.si2quater_ext;
    enum raw_si wanted[4];
    int n = 0;
    if (tc == 5) {
        if (bis)
            wanted[n++] = RAW_SI2BIS;
        else if (ter)
            wanted[n++] = RAW_SI2TER;
        else if (quater)
            wanted[n++] = RAW_SI2QUATER;
        return turn(c, fn, wanted, n);
    }
    if (!c->si.si13_ext)
        wanted[n++] = RAW_SI13;
    if (bis && ter)
        wanted[n++] = RAW_SI2TER;
    if ((bis || ter) && quater)
        wanted[n++] = RAW_SI2QUATER;
    return turn(c, fn, wanted, n);
}

static void apply_changes(struct content *c, double time_s)
{
    for (int i = c->n_changes_done; i < c->cfg->n_changes; i++) {
        const struct cell_change *ch = &c->cfg->change[i];
        if (ch->at_s > time_s)
            break;
        scenario_set_si(&c->si, ch->key, ch->value); /* was checked while reading */
        c->n_changes_done = i + 1;
    }
}

static void put_bcch(struct content *c, uint32_t fn, double time_s)
{
    if (fn / GSM_MULTIFRAME % 8 == 0)
        apply_changes(c, time_s);
    if (si_encode(&c->si, scheduled(c, fn), c->cfg->combined, c->l2) <= 0)
        si_encode(&c->si, RAW_SI2, c->cfg->combined, c->l2);
}

/* TS 45.002 6.3.1.3, BCCH Ext: the first CCCH block of some multiframes. */
static bool put_bcch_ext(struct content *c, uint32_t fn)
{
    unsigned tc = fn / GSM_MULTIFRAME % 8;
    enum raw_si which = RAW_SI_COUNT;
    if (tc == 0 && c->si.si13_ext)
        which = RAW_SI13;
    else if (tc == 5 && c->si.si2quater_ext)
        which = RAW_SI2QUATER;
    else if (tc == 7)
        which = RAW_SI7;
    else if (tc == 3)
        which = RAW_SI8;
    if (which == RAW_SI_COUNT)
        return false;
    return si_encode(&c->si, which, c->cfg->combined, c->l2) > 0;
}

static void put_ccch(struct content *c, uint32_t fn, double time_s)
{
    int start = content_block_start(fn), index = start < 10 ? 0 : (start - 12) / 10 * 2 + 1;
    if (start % 10 == 6 && start > 6)
        index++;
    bool agch = index < c->si.bs_ag_blks_res;
    traffic_next(&c->traffic, agch ? TRAFFIC_AGCH : TRAFFIC_PCH, &c->si, fn, time_s, c->l2);
}

/* LAPDm fill frame (TS 44.006 8.4.2.3); on SACCH after two octets of layer 1 */
static void put_fill(struct content *c, bool sacch)
{
    static const uint8_t fill[] = {0x03, 0x03, 0x01};
    memset(c->l2, 0x2b, sizeof(c->l2));
    if (sacch)
        memset(c->l2, 0, 2);
    memcpy(c->l2 + (sacch ? 2 : 0), fill, sizeof(fill));
}

static void compose(struct content *c, uint32_t fn, double time_s)
{
    int start = content_block_start(fn);
    if (start == 2)
        put_bcch(c, fn, time_s);
    else if (start == 6 && put_bcch_ext(c, fn))
        ;
    else if (!c->cfg->combined || start <= 16)
        put_ccch(c, fn, time_s);
    else
        put_fill(c, start >= 42);
    gsm0503_xcch_encode(c->coded, c->l2);
}

/* What a recorded block says, so that the truth can name it. */
static bool decode_recorded(struct content *c, uint32_t block_fn)
{
    sbit_t soft[4 * 116];
    int n_errors = 0, n_bits = 0;
    for (int b = 0; b < 4; b++) {
        const uint8_t *bits = burst_list_find(&c->bursts, block_fn + (uint32_t)b, 0);
        if (!bits)
            return false;
        for (int i = 0; i < 58; i++) {
            soft[116 * b + i] = bits[3 + i] ? -127 : 127;
            soft[116 * b + 58 + i] = bits[87 + i] ? -127 : 127;
        }
    }
    return gsm0503_xcch_decode(c->l2, soft, &n_errors, &n_bits) == 0 && n_errors == 0;
}

static void get_block(struct content *c, uint32_t fn, double time_s)
{
    uint32_t block_fn = fn - fn % GSM_MULTIFRAME + (uint32_t)content_block_start(fn);
    if (c->block_ready && c->block_fn == block_fn)
        return;
    c->block_fn = block_fn;
    c->block_ready = c->block_known = true;
    if (c->bursts.n > 0)
        c->block_known = decode_recorded(c, block_fn);
    else
        compose(c, block_fn, time_s);
}

/* As the receiver will: the BSIC of a recorded SCH is not asked for, the scenario gives it. */
static void next_tn0(struct content *c, uint32_t fn, double time_s, uint8_t *bits,
                     struct content_burst *ret)
{
    unsigned t3 = fn % GSM_MULTIFRAME;
    int start = content_block_start(fn);
    if (t3 == 50) {
        content_dummy_burst(bits);
    } else if (start < 0 && t3 % 10 == 0) {
        memset(bits, 0, GSM_BURST_BITS); /* FCCH, TS 45.002 5.2.4 */
    } else if (start < 0) {
        content_encode_sch(fn, c->cfg->bsic, bits);
        ret->kind = CONTENT_SCH;
    } else {
        get_block(c, fn, time_s);
        ret->i_burst = (int)t3 - start;
        ret->kind = c->block_known ? CONTENT_BLOCK : CONTENT_OTHER;
        memcpy(ret->l2, c->l2, sizeof(ret->l2));
        normal_burst(c->coded + 116 * ret->i_burst, c->cfg->bsic, bits);
    }
}

void content_next(struct content *c, uint32_t fn, int tn, double time_s,
                  uint8_t bits[GSM_BURST_BITS], struct content_burst *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->fn = fn;
    ret->channel = content_channel_name(fn, c->cfg->combined);
    if (tn != 0)
        content_dummy_burst(bits);
    else
        next_tn0(c, fn, time_s, bits, ret);
    if (c->bursts.n == 0)
        return;
    const uint8_t *recorded = burst_list_find(&c->bursts, fn, tn);
    if (recorded) {
        memcpy(bits, recorded, GSM_BURST_BITS);
    } else if (tn == 0) {
        content_dummy_burst(bits);
        ret->kind = CONTENT_OTHER;
    }
}
