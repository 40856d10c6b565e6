/* SPDX-License-Identifier: GPL-3.0-or-later */
/* octets - bounds-checked bit reader, the way parsers of ours touch data from the air.
 *
 * in   octets, read from the most significant bit of the first
 * out  values; past the end zero, and `over` is set and stays
 * ref  3GPP TS 44.018 10.5.2 and TS 24.007 11.2.1.2.1 (L and H: bits against the padding 0x2b)
 * cost a few ns a field
 * thread plain value
 */
#ifndef GSM_OCTETS_H
#define GSM_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* TS 44.006 5.2: octets a sender has nothing to say in */
#define OCTETS_PADDING 0x2b

struct octets {
    const uint8_t *data; /* borrowed */
    size_t n_bits;
    size_t i_bit; /* next to read; 0 is the most significant bit of data[0] */
    bool over;    /* something was read past the end */
};

/* The position of L and H bits counts from data[0]: start at an octet of the message. */
void octets_init(struct octets *o, const uint8_t *data, size_t n_oct);

/* Next n_bits (0..32) as a number. When fewer are left: 0, over is set, nothing more is read. */
uint32_t octets_next(struct octets *o, unsigned n_bits);

/* Next bit as H (true: differs from the padding) or L. Past the end: L, as the padding says. */
bool octets_next_high(struct octets *o);

/* Bits left; 0 after over. */
size_t octets_count(const struct octets *o);

/* Whether every bit from here to the end is padding (all L). Reads nothing. */
bool octets_rest_is_padding(const struct octets *o);

#endif
