/* SPDX-License-Identifier: GPL-3.0-or-later */
/* freq_list - lists of channel numbers as broadcast, in any of their seven forms.
 *
 * in   the octets of a Cell Channel or Neighbour Cell Description
 * out  numbers, ascending, 0 last
 * ref  3GPP TS 44.018 10.5.2.1b, 10.5.2.13, 10.5.2.22, 10.5.2.22a; annex J
 * cost about 1 us
 * thread pure function
 */
#ifndef GSM_FREQ_LIST_H
#define GSM_FREQ_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "gsm/si.h"

/* Bits of the first octet that tell the form; the others have a meaning of their own there. */
enum freq_list_kind {
    FREQ_LIST_CELL = 0xce,       /* Cell Channel Description; Neighbour Cells (SI2, SI2bis) */
    FREQ_LIST_NEIGHBOUR_2 = 0x8e /* Neighbour Cell Description 2 (SI2ter): bit 8 alone, 4, 3, 2 */
};

/* Reads a description of n_oct octets (SI: 16; more than 16 is looked at as 16). Returns 0;
 * -EINVAL when the form is reserved or has too few octets: then *ret is an empty list. */
int freq_list_parse(const uint8_t *data, size_t n_oct, enum freq_list_kind kind,
                    struct si_freq_list *ret);

#endif
