/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/octets.h"

void octets_init(struct octets *o, const uint8_t *data, size_t n_oct)
{
    o->data = data;
    o->n_bits = n_oct * 8;
    o->i_bit = 0;
    o->over = false;
}

static unsigned bit_at(const struct octets *o, size_t i)
{
    return (unsigned)o->data[i / 8] >> (7 - i % 8) & 1u;
}

static bool high_at(const struct octets *o, size_t i)
{
    return bit_at(o, i) != ((unsigned)OCTETS_PADDING >> (7 - i % 8) & 1u);
}

uint32_t octets_next(struct octets *o, unsigned n_bits)
{
    if (n_bits > octets_count(o)) {
        o->over = true;
        return 0;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < n_bits; i++) {
        value = value << 1 | bit_at(o, o->i_bit++);
    }
    return value;
}

bool octets_next_high(struct octets *o)
{
    if (octets_count(o) == 0) {
        return false;
    }
    return high_at(o, o->i_bit++);
}

size_t octets_count(const struct octets *o)
{
    return o->over ? 0 : o->n_bits - o->i_bit;
}

bool octets_rest_is_padding(const struct octets *o)
{
    for (size_t i = o->i_bit; i < o->n_bits; i++) {
        if (high_at(o, i)) {
            return false;
        }
    }
    return true;
}
