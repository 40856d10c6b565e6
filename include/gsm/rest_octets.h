/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rest_octets - the CSN.1 tails of System Information messages.
 *
 * in   the rest octets of one message, up to the end of its block
 * out  the plain values of gsm/si.h; `decoded` tells whether they are to be used
 * ref  3GPP TS 44.018 10.5.2.32, .33b, .34, .35, .37b
 * cost under 1 us
 * thread pure functions
 *
 * SI3, SI4 and SI13 stand on libosmogsm; it has no decoder for SI1 and SI2quater.
 */
#ifndef GSM_REST_OCTETS_H
#define GSM_REST_OCTETS_H

#include <stddef.h>
#include <stdint.h>

#include "gsm/si.h"

#define REST_OCTETS_SI2QUATER_OCT 20

/* One octet. Writes nch_position, band_indicator_pcs and rest_decoded only. */
void rest_octets_parse_si1(const uint8_t *data, size_t n_oct, struct si1 *ret);

/* Four octets; those of SI4 are what is left, 0 to 10. *ret is written whole. */
void rest_octets_parse_si3(const uint8_t *data, size_t n_oct, struct si_rest_3_4 *ret);
void rest_octets_parse_si4(const uint8_t *data, size_t n_oct, struct si_rest_3_4 *ret);

/* Twenty octets. *ret is written whole. */
void rest_octets_parse_si13(const uint8_t *data, size_t n_oct, struct si13 *ret);
void rest_octets_parse_si2quater(const uint8_t *data, size_t n_oct, struct si2quater *ret);

#endif
