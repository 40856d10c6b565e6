/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/digest.h"
#include "gsm/paging.h"

void paging_key_derive(const uint8_t *seed, size_t n_oct, uint32_t epoch, struct paging_key *ret)
{
    uint8_t text[DIGEST_OCT + 4];
    uint8_t value[DIGEST_OCT];
    memset(ret, 0, sizeof(*ret));
    ret->epoch = epoch;
    for (int i = 0; i < 4; i++) {
        text[DIGEST_OCT + i] = (uint8_t)(epoch >> (24 - 8 * i));
    }
    if (digest_run(seed, n_oct, text) != 0 || digest_run(text, sizeof(text), value) != 0) {
        /* Only without memory: the seed itself is as secret, but then every epoch shares it. */
        memcpy(ret->secret, seed, n_oct < sizeof(ret->secret) ? n_oct : sizeof(ret->secret));
        return;
    }
    memcpy(ret->secret, value, sizeof(ret->secret));
    explicit_bzero(value, sizeof(value));
    explicit_bzero(text, sizeof(text));
}

/* Tags of two keys cannot be compared: those of the newer key win. */
static void add_tags(struct paging_tally *sum, const struct paging_tally *more)
{
    if (more->n_tags == 0) {
        return;
    }
    if (sum->n_tags == 0 || sum->tag_epoch < more->tag_epoch) {
        sum->n_tags = 0;
        sum->tag_epoch = more->tag_epoch;
    } else if (sum->tag_epoch > more->tag_epoch) {
        return;
    }
    uint32_t n_more = more->n_tags < PAGING_TAG_CAP ? more->n_tags : PAGING_TAG_CAP;
    for (uint32_t i = 0; i < n_more && sum->n_tags + i < PAGING_TAG_CAP; i++) {
        sum->tag[sum->n_tags + i] = more->tag[i];
    }
    sum->n_tags += more->n_tags;
}

void paging_tally_add(struct paging_tally *sum, const struct paging_tally *more)
{
    sum->n_blocks += more->n_blocks;
    sum->n_requests += more->n_requests;
    sum->n_empty_requests += more->n_empty_requests;
    sum->n_imsi += more->n_imsi;
    sum->n_tmsi += more->n_tmsi;
    sum->n_other += more->n_other;
    sum->n_malformed += more->n_malformed;
    for (int i = 0; i < 16; i++) {
        sum->top_octet[i] += more->top_octet[i];
    }
    add_tags(sum, more);
}

void assign_tally_add(struct assign_tally *sum, const struct assign_tally *more)
{
    sum->n_immediate += more->n_immediate;
    sum->n_extended += more->n_extended;
    sum->n_reject += more->n_reject;
    sum->n_location_update += more->n_location_update;
    sum->n_request_reference += more->n_request_reference;
    sum->n_packet += more->n_packet;
    sum->n_sdcch += more->n_sdcch;
    sum->n_tch += more->n_tch;
    sum->n_hopping += more->n_hopping;
    for (int i = 0; i < 64; i++) {
        sum->timing_advance[i] += more->timing_advance[i];
    }
    sum->n_timing_advance += more->n_timing_advance;
}
