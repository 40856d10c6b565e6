/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/paging.h"

#include <stdbool.h>
#include <string.h>

#include "gsm/octets.h"
#include "gsm/siphash.h"

/* TS 44.018 10.4: message types, all with protocol discriminator RR */
#define PD_RR          0x06
#define MT_PAGING_1    0x21
#define MT_PAGING_2    0x22
#define MT_PAGING_3    0x24
#define MT_IMM_ASS_EXT 0x39
#define MT_IMM_ASS_REJ 0x3a
#define MT_IMM_ASS     0x3f

/* Element identifiers that may follow the fixed part */
#define IEI_MOBILE_IDENTITY 0x17 /* 9.1.22, 9.1.23 */
#define IEI_STARTING_TIME   0x7c /* 9.1.18 */

/* TS 24.008 10.5.1.4: type of identity, bits 3..1; bit 4 says an odd number of digits */
#define ID_NONE      0
#define ID_IMSI      1
#define ID_TMSI      4
#define ID_TYPE_MASK 0x07
#define ID_ODD       0x08

/* L2 pseudo length, PD, message type */
#define HEADER_OCT 3

/* System information of every release: says who the cell is, never who the phone is (10.4). */
static const uint8_t broadcast_types[] = {
    0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d,
    0x1e, 0x1f, 0x3d, 0x3e, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x4f,
};

/* One block being blanked. */
struct work {
    uint8_t *l2;
    const struct paging_key *key; /* NULL: no tags */
    struct paging_tally *paging;
    struct assign_tally *assign;
    int neci;
    uint32_t n_identities; /* of this message */
    uint32_t n_tags;
    uint32_t tag[4]; /* of this message: a request may repeat an identity to fill its places */
};

static void zero_from(struct work *w, size_t pos)
{
    if (pos < GSM_L2_OCT) {
        memset(w->l2 + pos, 0, GSM_L2_OCT - pos);
    }
}

/* Zero from a bit to the end, unless it is all padding. Bits that no release known here defines
 * could hold anything. */
static void zero_unknown(struct work *w, const struct octets *from)
{
    if (octets_rest_is_padding(from)) {
        return;
    }
    size_t i_oct = from->i_bit / 8;
    if (i_oct < GSM_L2_OCT) {
        w->l2[i_oct] &= (uint8_t)(0xff00u >> (from->i_bit % 8));
        zero_from(w, i_oct + 1);
    }
}

static void octets_at(struct octets *o, const struct work *w, size_t pos)
{
    octets_init(o, w->l2, GSM_L2_OCT);
    o->i_bit = (pos < GSM_L2_OCT ? pos : GSM_L2_OCT) * 8;
}

/* Where the rest octets start by the L2 pseudo length (10.5.2.19), 0 when it makes no sense. */
static size_t pseudo_end(const struct work *w)
{
    size_t end = (size_t)(w->l2[0] >> 2) + 1;
    return end > HEADER_OCT && end <= GSM_L2_OCT ? end : 0;
}

/* Elements between pos and the end by pseudo length are not known to us: they become zero.
 * Returns where the rest octets start. */
static size_t skip_unknown_elements(struct work *w, size_t pos)
{
    size_t end = pseudo_end(w);
    if (end <= pos) {
        return pos;
    }
    memset(w->l2 + pos, 0, end - pos);
    return end;
}

/* ---- identities (TS 24.008 10.5.1.4) ---- */

/* Returns false when this message held the identity before. */
static bool add_tag(struct work *w, unsigned kind, const uint8_t *value, size_t n_oct)
{
    if (w->key == NULL) {
        return true;
    }
    uint8_t text[GSM_L2_OCT + 1];
    text[0] = (uint8_t)kind;
    memcpy(text + 1, value, n_oct);
    uint32_t tag = (uint32_t)siphash_run(w->key->secret, text, n_oct + 1);
    explicit_bzero(text, sizeof(text));
    for (uint32_t i = 0; i < w->n_tags; i++) {
        if (w->tag[i] == tag) {
            return false;
        }
    }
    if (w->n_tags < sizeof(w->tag) / sizeof(w->tag[0])) {
        w->tag[w->n_tags++] = tag;
    }
    struct paging_tally *t = w->paging;
    if (t->n_tags == 0 || t->tag_epoch != w->key->epoch) {
        t->n_tags = 0;
        t->tag_epoch = w->key->epoch;
    }
    if (t->n_tags < PAGING_TAG_CAP) {
        t->tag[t->n_tags] = tag;
    }
    t->n_tags++;
    return true;
}

/* Four octets of a TMSI or P-TMSI. All zero: blanked before, so nothing but its kind is known. */
static void blank_tmsi(struct work *w, uint8_t *value)
{
    static const uint8_t blanked[4];
    w->n_identities++;
    if (memcmp(value, blanked, sizeof(blanked)) == 0) {
        w->paging->n_tmsi++;
        return;
    }
    if (add_tag(w, ID_TMSI, value, 4)) {
        w->paging->n_tmsi++;
        w->paging->top_octet[value[0] >> 4]++;
    }
    memset(value, 0, 4);
}

/* What stays of an identity: type, odd bit, and the filler F where an identity has one. */
static void blank_octets(uint8_t *id, size_t n_oct, unsigned kind)
{
    uint8_t first = id[0];
    uint8_t last = id[n_oct - 1];
    memset(id, 0, n_oct);
    id[0] = first & (ID_TYPE_MASK | ID_ODD);
    if (kind == ID_NONE || kind == ID_TMSI) {
        if (first >> 4 == 0xf) {
            id[0] |= 0xf0;
        }
    } else if ((first & ID_ODD) == 0 && last >> 4 == 0xf) {
        id[n_oct - 1] |= 0xf0;
    }
}

static void blank_identity(struct work *w, uint8_t *id, size_t n_oct)
{
    unsigned kind = id[0] & ID_TYPE_MASK;
    if (kind == ID_TMSI && n_oct == 5) {
        blank_tmsi(w, id + 1);
        blank_octets(id, n_oct, kind);
        return;
    }
    uint8_t before[GSM_L2_OCT];
    memcpy(before, id, n_oct);
    blank_octets(id, n_oct, kind);
    if (kind == ID_NONE) {
        return;
    }
    w->n_identities++;
    bool is_new = memcmp(before, id, n_oct) == 0 || add_tag(w, kind, before, n_oct);
    explicit_bzero(before, sizeof(before));
    if (!is_new) {
        return;
    }
    if (kind == ID_IMSI) {
        w->paging->n_imsi++;
    } else if (kind == ID_TMSI) {
        w->paging->n_tmsi++; /* not of four octets: */
        w->paging->n_malformed++;
    } else {
        w->paging->n_other++;
    }
}

/* Length octet and identity at pos. Returns what follows, the end of the block when it does not
 * fit. */
static size_t blank_identity_lv(struct work *w, size_t pos)
{
    size_t n_oct = pos < GSM_L2_OCT ? w->l2[pos] : GSM_L2_OCT;
    if (pos + 1 + n_oct > GSM_L2_OCT) {
        w->paging->n_malformed++;
        zero_from(w, pos);
        return GSM_L2_OCT;
    }
    if (n_oct > 0) {
        blank_identity(w, w->l2 + pos + 1, n_oct);
    }
    return pos + 1 + n_oct;
}

static size_t blank_optional_identity(struct work *w, size_t pos)
{
    if (pos < GSM_L2_OCT && w->l2[pos] == IEI_MOBILE_IDENTITY) {
        return blank_identity_lv(w, pos + 1);
    }
    return pos;
}

/* ---- PAGING REQUEST (9.1.22 - 9.1.24) ---- */

static void skip_optional(struct octets *o, unsigned n_bits)
{
    if (octets_next_high(o)) {
        (void)octets_next(o, n_bits);
    }
}

/* P1, P2 and P3 Rest Octets (10.5.2.23 - 25) begin alike: channel needed, NLN and its status,
 * priorities. Group call information and additions of Release 6 on become zero. */
static void blank_paging_rest(struct work *w, size_t pos, unsigned n_channel_bits, int n_priorities,
                              int n_packet_pages)
{
    struct octets o;
    octets_at(&o, w, pos);
    if (n_channel_bits > 0) {
        skip_optional(&o, n_channel_bits);
    }
    skip_optional(&o, 3);
    for (int i = 0; i < n_priorities; i++) {
        skip_optional(&o, 3);
    }
    if (n_channel_bits == 0 && octets_next_high(&o)) { /* P1: group call information follows */
        zero_unknown(w, &o);
        return;
    }
    for (int i = 0; i < n_packet_pages; i++) {
        (void)octets_next_high(&o);
    }
    zero_unknown(w, &o);
}

static void blank_paging_request(struct work *w)
{
    uint8_t *l2 = w->l2;
    switch (l2[2]) {
    case MT_PAGING_1: {
        size_t pos = blank_optional_identity(w, blank_identity_lv(w, 4));
        blank_paging_rest(w, skip_unknown_elements(w, pos), 0, 2, 2);
        break;
    }
    case MT_PAGING_2: {
        blank_tmsi(w, l2 + 4);
        blank_tmsi(w, l2 + 8);
        size_t pos = blank_optional_identity(w, 12);
        blank_paging_rest(w, skip_unknown_elements(w, pos), 2, 3, 1);
        break;
    }
    case MT_PAGING_3:
        for (size_t pos = 4; pos < 20; pos += 4) {
            blank_tmsi(w, l2 + pos);
        }
        blank_paging_rest(w, 20, 4, 4, 0);
        break;
    }
    w->paging->n_requests++;
    if (w->n_identities == 0) {
        w->paging->n_empty_requests++;
    }
}

/* ---- immediate assignments (9.1.18 - 9.1.20) ---- */

/* Table 9.1.8.1: location updating is 000x xxxx in a cell without NECI, 0000 xxxx in one with. */
static void tally_reference(struct work *w, const uint8_t *reference)
{
    uint8_t ra = reference[0];
    w->assign->n_request_reference++;
    if (ra >> 4 == 0 || (w->neci == 0 && ra >> 5 == 0)) {
        w->assign->n_location_update++;
    }
}

static void tally_timing_advance(struct work *w, uint8_t octet)
{
    if (octet < 64) {
        w->assign->timing_advance[octet]++;
        w->assign->n_timing_advance++;
    }
}

/* 10.5.2.5: channel type and TDMA offset in bits 8..4, H in bit 5 of the next octet */
static void tally_channel(struct work *w, const uint8_t *description)
{
    unsigned type = description[0] >> 3;
    if (type == 1 || type >> 1 == 1) {
        w->assign->n_tch++;
    } else if (type >> 2 == 1 || type >> 3 == 1) {
        w->assign->n_sdcch++;
    }
    if (description[1] & 0x10) {
        w->assign->n_hopping++;
    }
}

/* Mobile Allocation at pos, and Starting Time. Returns where the rest octets start, or the end
 * of the block after having zeroed what does not fit together. */
static size_t walk_allocation(struct work *w, size_t pos)
{
    size_t next = pos + 1 + w->l2[pos];
    if (next > GSM_L2_OCT) {
        w->paging->n_malformed++;
        zero_from(w, pos);
        return GSM_L2_OCT;
    }
    size_t end = pseudo_end(w);
    if (end <= pos) {
        return next; /* the pseudo length cannot be right: some base stations send 0 */
    }
    if (end < next) {
        w->paging->n_malformed++;
        zero_from(w, end);
        return GSM_L2_OCT;
    }
    if (end >= next + 3 && w->l2[next] == IEI_STARTING_TIME) {
        next += 3;
    }
    return skip_unknown_elements(w, next);
}

/* IA Rest Octets (10.5.2.16). Two L/H bits choose; H is 1 here, as the padding has 00 there.
 *   LL  nothing                     LH 00  EGPRS packet uplink assignment, other: zeroed
 *   HL  frequency parameters        HH 00  packet uplink assignment
 *   HH 1x second part               HH 01  packet downlink assignment: TLLI, 32 bits, from bit 5
 */
static void blank_ia_rest(struct work *w, size_t pos)
{
    if (pos >= GSM_L2_OCT) {
        return;
    }
    uint8_t *rest = w->l2 + pos;
    size_t n_oct = GSM_L2_OCT - pos;
    unsigned choice = rest[0] >> 4;
    if (choice >> 2 == 1 && choice != 4) {
        rest[0] &= 0xf0;
        zero_from(w, pos + 1);
    } else if (choice == 0xd) {
        rest[0] &= 0xf0;
        for (size_t i = 1; i < 4 && i < n_oct; i++) {
            rest[i] = 0;
        }
        if (n_oct > 4) {
            rest[4] &= 0x0f;
        }
    }
}

static void blank_assignment(struct work *w)
{
    const uint8_t *l2 = w->l2;
    bool is_packet = (l2[3] & 0x10) != 0;       /* 10.5.2.25b: T/D */
    bool is_to_mobile = (l2[3] & 0x30) == 0x30; /* Downlink: nobody asked, the reference is idle */
    w->assign->n_immediate++;
    if (is_packet) {
        w->assign->n_packet++;
    } else {
        tally_channel(w, l2 + 4);
    }
    if (!is_to_mobile) {
        tally_reference(w, l2 + 7);
        tally_timing_advance(w, l2[10]);
    }
    blank_ia_rest(w, walk_allocation(w, 11));
}

static void blank_assignment_extended(struct work *w)
{
    const uint8_t *l2 = w->l2;
    w->assign->n_extended++;
    for (size_t pos = 4; pos < 18; pos += 7) {
        tally_channel(w, l2 + pos);
        tally_reference(w, l2 + pos + 3);
        tally_timing_advance(w, l2[pos + 6]);
    }
    struct octets o;
    octets_at(&o, w, walk_allocation(w, 18));
    zero_unknown(w, &o);
}

/* Four references with wait indications; the IAR rest octets extend the references (10.5.2.17).
 * A sender with fewer repeats one. */
static void tally_reject(struct work *w)
{
    const uint8_t *l2 = w->l2;
    w->assign->n_reject++;
    for (size_t pos = 4; pos < 20; pos += 4) {
        bool repeated = false;
        for (size_t earlier = 4; earlier < pos; earlier += 4) {
            repeated = repeated || memcmp(l2 + earlier, l2 + pos, 3) == 0;
        }
        if (!repeated) {
            tally_reference(w, l2 + pos);
        }
    }
}

/* ---- dispatch ---- */

static bool is_broadcast(const uint8_t *l2)
{
    return l2[1] == PD_RR && memchr(broadcast_types, l2[2], sizeof(broadcast_types)) != NULL;
}

static void blank_message(struct work *w)
{
    if (is_broadcast(w->l2)) {
        return;
    }
    switch (w->l2[1] == PD_RR ? w->l2[2] : 0) {
    case MT_PAGING_1:
    case MT_PAGING_2:
    case MT_PAGING_3:
        blank_paging_request(w);
        return;
    case MT_IMM_ASS:
        blank_assignment(w);
        return;
    case MT_IMM_ASS_EXT:
        blank_assignment_extended(w);
        return;
    case MT_IMM_ASS_REJ:
        tally_reject(w);
        return;
    }
    /* Notifications, immediate packet assignments, what later releases bring, other protocols:
     * the header stays. A fill frame (TS 44.006 5.4.2.3) has padding only, and stays. */
    struct octets o;
    octets_at(&o, w, HEADER_OCT);
    zero_unknown(w, &o);
}

void paging_blank(uint8_t *l2, const struct paging_key *key, int neci, struct paging_tally *paging,
                  struct assign_tally *assign)
{
    struct paging_tally no_paging;
    struct assign_tally no_assign;
    if (paging == NULL) {
        memset(&no_paging, 0, sizeof(no_paging));
        paging = &no_paging;
    }
    if (assign == NULL) {
        memset(&no_assign, 0, sizeof(no_assign));
        assign = &no_assign;
    }
    struct work w = {.l2 = l2, .key = key, .paging = paging, .assign = assign, .neci = neci};
    paging->n_blocks++;
    blank_message(&w);
}
