/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/siphash.h"

struct state {
    uint64_t v[4];
};

static uint64_t rotate(uint64_t x, unsigned n)
{
    return x << n | x >> (64 - n);
}

static uint64_t little_endian(const uint8_t *data, size_t n_oct)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n_oct; i++) {
        value |= (uint64_t)data[i] << (8 * i);
    }
    return value;
}

static void rounds(struct state *s, int n)
{
    uint64_t *v = s->v;
    for (int i = 0; i < n; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

static void absorb(struct state *s, uint64_t word)
{
    s->v[3] ^= word;
    rounds(s, 2);
    s->v[0] ^= word;
}

uint64_t siphash_run(const uint8_t key[16], const uint8_t *data, size_t n_oct)
{
    uint64_t k0 = little_endian(key, 8);
    uint64_t k1 = little_endian(key + 8, 8);
    struct state s = {{0x736f6d6570736575u ^ k0, 0x646f72616e646f6du ^ k1, 0x6c7967656e657261u ^ k0,
                       0x7465646279746573u ^ k1}};
    size_t n_whole = n_oct / 8 * 8;
    for (size_t i = 0; i < n_whole; i += 8) {
        absorb(&s, little_endian(data + i, 8));
    }
    absorb(&s, (uint64_t)n_oct << 56 | little_endian(data + n_whole, n_oct - n_whole));
    s.v[2] ^= 0xff;
    rounds(&s, 4);
    return s.v[0] ^ s.v[1] ^ s.v[2] ^ s.v[3];
}
