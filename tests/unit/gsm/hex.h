/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hex - octets from text, and a generator that is the same everywhere. For tests. */
#ifndef TESTS_UNIT_GSM_HEX_H
#define TESTS_UNIT_GSM_HEX_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline int hex_digit(char c)
{
    const char *digits = "0123456789abcdef";
    const char *at = strchr(digits, c);
    assert(c != '\0' && at != NULL);
    return (int)(at - digits);
}

/* Writes at most cap octets; blanks between octets are skipped. Returns how many. */
static inline size_t hex_parse(const char *text, uint8_t *ret, size_t cap)
{
    size_t n = 0;
    while (*text != '\0' && n < cap) {
        if (*text == ' ') {
            text++;
            continue;
        }
        ret[n++] = (uint8_t)(hex_digit(text[0]) << 4 | hex_digit(text[1]));
        text += 2;
    }
    return n;
}

/* One block of 23 octets; shorter text is padded as a sender does. */
static inline void hex_block(const char *text, uint8_t ret[23])
{
    memset(ret, 0x2b, 23);
    (void)hex_parse(text, ret, 23);
}

/* splitmix64 */
static inline uint64_t hex_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static inline void hex_fill_random(uint64_t *state, uint8_t *data, size_t n_oct)
{
    for (size_t i = 0; i < n_oct; i++) {
        data[i] = (uint8_t)hex_random(state);
    }
}

#endif
