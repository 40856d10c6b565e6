/* SPDX-License-Identifier: GPL-3.0-or-later */
/* si_encode - System Information messages from the fields of a scenario.
 *
 * out  23 octets, L2 pseudo length first, padded with 2b
 * ref  3GPP TS 44.018 9.1.31-9.1.43, 10.5.2; rest octets by libosmogsm
 * thread pure functions
 */
#ifndef SYNTH_SI_ENCODE_H
#define SYNTH_SI_ENCODE_H

#include <stdbool.h>

#include "gsm_const.h"
#include "scenario.h"

/* 1 when l2 was written, 0 when the cell does not send this message, -ERANGE when a list of
 * channels fits neither bit map 0 nor one variable bit map (give the message as hex then). */
int si_encode(const struct si_fields *f, enum raw_si which, bool combined, uint8_t l2[GSM_L2_OCT]);

/* 10.5.2.13: 16 octets in bit map 0 when all are in 1..124, else variable bit map. 0, -ERANGE. */
int si_encode_freq_list(const struct arfcn_list *list, uint8_t oct[16]);

#endif
