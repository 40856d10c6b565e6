/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "hw/iq_source.h"

/* Fewer octets than this say nothing reliable. */
#define CONTENT_MIN_OCT 2048

static const struct {
    size_t at;
    size_t n;
    const char *octets;
    const char *what;
} magic_table[] = {
    {0, 4, "RIFF", "a WAV file"},
    {0, 4, "RF64", "a WAV file"},
    {0, 4, "BW64", "a WAV file"},
    {257, 5, "ustar", "a tar archive"},
    {0, 2, "\x1f\x8b", "compressed with gzip"},
    {0, 6,
     "\xfd"
     "7zXZ",
     "compressed with xz"},
    {0, 4, "\x28\xb5\x2f\xfd", "compressed with zstd"},
    {0, 4, "PK\x03\x04", "a zip archive"},
    {0, 15, "SQLite format 3", "a database"},
    {0, 4,
     "\x7f"
     "ELF",
     "a program"},
    {0, 5, "%PDF-", "a PDF document"},
};

static bool looks_like_text(const uint8_t *head, size_t n_oct)
{
    size_t n = n_oct < 4096 ? n_oct : 4096;
    for (size_t i = 0; i < n; i++) {
        if (!isprint(head[i]) && !isspace(head[i]))
            return false;
    }
    return n > 0;
}

const char *iq_content_other(const uint8_t *head, size_t n_oct)
{
    for (size_t i = 0; i < sizeof magic_table / sizeof magic_table[0]; i++) {
        if (n_oct >= magic_table[i].at + magic_table[i].n &&
            memcmp(head + magic_table[i].at, magic_table[i].octets, magic_table[i].n) == 0)
            return magic_table[i].what;
    }
    return looks_like_text(head, n_oct) ? "a text file" : NULL;
}

/* What the guesses look at, over the head of the file. */
struct content {
    double float_ratio;  /* 32-bit words that are floats of a sensible size */
    double dev_unsigned; /* mean distance from 127.5 */
    double dev_signed;   /* mean distance from 0 as two's complement */
    double even_spread;  /* mean distance of the even octets from 0, two's complement */
    double odd_spread;   /* the same for the odd ones: high octets of 16-bit words */
    double rail_ratio;   /* octets 0x00 and 0xff */
};

static double float_ratio(const uint8_t *head, size_t n_oct)
{
    size_t n = n_oct / 4, good = 0, zero = 0;
    for (size_t i = 0; i < n; i++) {
        float value;
        memcpy(&value, head + 4 * i, sizeof value);
        float size = fabsf(value);
        zero += !(size > 0.0f);
        good += isfinite(value) && size > 1e-7f && size < 1e6f;
    }
    return n > zero ? (double)good / (double)(n - zero) : 0.0;
}

static void measure(const uint8_t *head, size_t n_oct, struct content *ret)
{
    double sum_unsigned = 0, spread[2] = {0, 0};
    size_t n = n_oct & ~(size_t)1, rails = 0;
    for (size_t i = 0; i < n; i++) {
        sum_unsigned += fabs(head[i] - 127.5);
        spread[i & 1] += abs((int8_t)head[i]);
        rails += head[i] == 0x00 || head[i] == 0xff;
    }
    ret->float_ratio = float_ratio(head, n_oct);
    ret->dev_unsigned = sum_unsigned / (double)n;
    ret->dev_signed = (spread[0] + spread[1]) / (double)n;
    ret->even_spread = 2 * spread[0] / (double)n;
    ret->odd_spread = 2 * spread[1] / (double)n;
    ret->rail_ratio = (double)rails / (double)n;
}

enum iq_format iq_content_guess(const uint8_t *head, size_t n_oct)
{
    struct content c;
    if (n_oct < CONTENT_MIN_OCT)
        return IQ_FORMAT_UNKNOWN;
    measure(head, n_oct, &c);
    /* A random octet makes a float of this size with a chance of about 0.17. */
    if (c.float_ratio > 0.98)
        return IQ_CF32;
    /* The high octets of 16-bit samples stay near 0 while the low ones are spread evenly; I and Q
     * of 8-bit samples are spread alike. */
    if (c.odd_spread < 0.7 * c.even_spread)
        return IQ_CS16;
    /* Saturated cu8 and faint cs8 both are all 0x00 and 0xff: no guess. */
    if (c.rail_ratio > 0.2)
        return IQ_FORMAT_UNKNOWN;
    if (c.dev_unsigned < 0.8 * c.dev_signed)
        return IQ_CU8;
    if (c.dev_signed < 0.8 * c.dev_unsigned)
        return IQ_CS8;
    return IQ_FORMAT_UNKNOWN;
}

bool iq_content_contradicts(const uint8_t *head, size_t n_oct, enum iq_format format)
{
    enum iq_format guess = iq_content_guess(head, n_oct);
    return guess != IQ_FORMAT_UNKNOWN && guess != format;
}

/* Value of one component, in whatever units. */
static double component(const uint8_t *at, enum iq_format format)
{
    int16_t word;
    float value;
    switch (format) {
    case IQ_CU8:
        return *at;
    case IQ_CS8:
        return (int8_t)*at;
    case IQ_CS16:
        memcpy(&word, at, sizeof word);
        return word;
    case IQ_CF32:
        memcpy(&value, at, sizeof value);
        return (double)value;
    case IQ_FORMAT_UNKNOWN:
        break;
    }
    return 0.0;
}

bool iq_content_is_real(const uint8_t *head, size_t n_oct, enum iq_format format)
{
    size_t oct = iq_format_oct(format), n = oct ? n_oct / oct : 0;
    bool equal = true, i_still = true, q_still = true;
    if (n_oct < CONTENT_MIN_OCT || n == 0)
        return false;
    double first_i = component(head, format), first_q = component(head + oct / 2, format);
    for (size_t k = 0; k < n; k++) {
        double i = component(head + k * oct, format),
               q = component(head + k * oct + oct / 2, format);
        equal = equal && !(fabs(i - q) > 0.0);
        i_still = i_still && !(fabs(i - first_i) > 0.0);
        q_still = q_still && !(fabs(q - first_q) > 0.0);
    }
    return (equal || i_still || q_still) && !(i_still && q_still);
}
