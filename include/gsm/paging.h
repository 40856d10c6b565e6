/* SPDX-License-Identifier: GPL-3.0-or-later */
/* paging - counts what a CCCH block asks for, and blanks every identity in it.
 *
 * in   23 octets of a CCCH block, as decoded
 * out  the same octets without identities, and counts
 * ref  3GPP TS 44.018 9.1.18-9.1.24; TS 24.008 10.5.1.4
 * cost 0.3 us a block with four identities
 * thread one object per cell
 *
 * This is the only code that ever sees an identity. It leaves this function as kind and length,
 * and as a 32-bit keyed tag that cannot be turned back: the key lives in RAM only and changes
 * every 5 minutes of signal.
 */
#ifndef GSM_PAGING_H
#define GSM_PAGING_H

#include <stddef.h>
#include <stdint.h>

#include "gsm_const.h"

#define PAGING_TAG_CAP 64

/* Counts over some span of signal; a plain value, added with paging_tally_add. */
struct paging_tally {
    uint32_t n_blocks;   /* CCCH blocks looked at */
    uint32_t n_requests; /* PAGING REQUEST messages, also empty ones */
    uint32_t n_empty_requests;
    uint32_t n_imsi;
    uint32_t n_tmsi;
    uint32_t n_other; /* IMEI and other kinds */
    uint32_t n_malformed;
    uint32_t top_octet[16];       /* TMSIs by the top four bits of their first octet */
    uint32_t n_tags;              /* tags seen, may exceed the capacity */
    uint32_t tag[PAGING_TAG_CAP]; /* keyed tags of this span, first PAGING_TAG_CAP */
    uint32_t tag_epoch;           /* which key: tags compare only within one epoch */
};

/* Immediate assignments over the same span. */
struct assign_tally {
    uint32_t n_immediate; /* IMMEDIATE ASSIGNMENT */
    uint32_t n_extended;
    uint32_t n_reject;
    uint32_t n_location_update;   /* request reference has the location updating cause (9.1.8) */
    uint32_t n_request_reference; /* request references looked at */
    uint32_t n_packet;            /* packet channel descriptions */
    uint32_t n_sdcch;             /* dedicated mode, SDCCH */
    uint32_t n_tch;
    uint32_t n_hopping;
    uint32_t timing_advance[64];
    uint32_t n_timing_advance;
};

struct paging_key {
    uint8_t secret[16];
    uint32_t epoch;
};

/* Blanks l2 (GSM_L2_OCT octets) in place as docs/formats.md "Identities" says, and adds what it
 * held to the tallies. Either tally may be NULL. neci is the cell's NECI bit, or -1 while
 * unknown (then only the causes that both tables agree on are counted). */
void paging_blank(uint8_t *l2, const struct paging_key *key, int neci, struct paging_tally *paging,
                  struct assign_tally *assign);

/* Key for a span: key k of a run, derived by SHA-256 from seed and k. */
void paging_key_derive(const uint8_t *seed, size_t n_oct, uint32_t epoch, struct paging_key *ret);

void paging_tally_add(struct paging_tally *sum, const struct paging_tally *more);
void assign_tally_add(struct assign_tally *sum, const struct assign_tally *more);

#endif
