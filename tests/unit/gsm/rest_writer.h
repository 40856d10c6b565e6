/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rest_writer - rest octets written bit by bit. For tests. */
#ifndef TESTS_UNIT_GSM_REST_WRITER_H
#define TESTS_UNIT_GSM_REST_WRITER_H

#include <assert.h>
#include <string.h>

#include "gsm/octets.h"
#include "gsm/rest_octets.h"

/* Writes fields as a base station would; what is not written stays padding. */
struct writer {
    uint8_t data[REST_OCTETS_SI2QUATER_OCT];
    size_t i_bit;
};

static inline void writer_init(struct writer *w)
{
    memset(w->data, OCTETS_PADDING, sizeof(w->data));
    w->i_bit = 0;
}

static inline void put(struct writer *w, uint32_t value, unsigned n_bits)
{
    for (unsigned i = n_bits; i > 0; i--) {
        uint8_t mask = (uint8_t)(0x80 >> w->i_bit % 8);
        assert(w->i_bit < 8 * sizeof(w->data));
        w->data[w->i_bit / 8] &= (uint8_t)~mask;
        if (value >> (i - 1) & 1) {
            w->data[w->i_bit / 8] |= mask;
        }
        w->i_bit++;
    }
}

static inline void put_high(struct writer *w)
{
    w->data[w->i_bit / 8] ^= (uint8_t)(0x80 >> w->i_bit % 8);
    w->i_bit++;
}

#endif
