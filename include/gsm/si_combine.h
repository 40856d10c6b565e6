/* SPDX-License-Identifier: GPL-3.0-or-later */
/* si_combine - adds failed transmissions of one system information message until they decode.
 *
 * in   coded bits of BCCH blocks that did not decode, with frame number
 * out  the block, and which transmissions agree with it
 * ref  3GPP TS 45.002 6.3.1.3: the same message comes back with the same TC = (FN / 51) mod 8,
 *      SI3 and SI4 after four already
 * cost two short list decodings a failed block; about 120 KiB a cell
 * thread one object, one thread at a time
 *
 * What changed in between is not mixed: the newest transmission and every other one that counts
 * must fit the decoded content as well as noise of their strength allows.
 */
#ifndef GSM_SI_COMBINE_H
#define GSM_SI_COMBINE_H

#include <stdbool.h>
#include <stdint.h>

#include "gsm/gsm_event.h"
#include "gsm/xcch.h"

struct si_combine;

struct si_combined {
    struct xcch_block block;
    bool repaired; /* the best path failed the CRC, another one passed */
    int n;         /* transmissions that agree, >= 2, the newest among them */
    uint32_t fn[GSM_EVENT_FNS]; /* theirs, ascending */
};

int si_combine_create(struct si_combine **ret);
void si_combine_destroy(struct si_combine *c);
/* A transmission that failed alone. True when it decodes together with earlier ones. */
bool si_combine_push(struct si_combine *c, uint32_t fn, const struct xcch_coded *coded,
                     struct si_combined *ret);
/* This place in the schedule decoded alone: what was kept for it is of no more use. */
void si_combine_clear(struct si_combine *c, uint32_t fn);

#endif
