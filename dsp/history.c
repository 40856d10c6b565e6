/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/history.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/kernels.h"

/* Values of a cf32 file beyond this cannot be samples. */
#define VALUE_LIMIT 1e6f

struct history {
    enum iq_format format;
    size_t oct; /* of one sample */
    size_t block_samp;
    size_t n_blocks; /* capacity */
    uint8_t *ring;
    float (*add)[2]; /* per block: what takes the offset and the mean out */
    uint64_t end;
    uint64_t n_clipped, n_bad;
    double power_sum;
    const struct kernels *kernels;
};

/* Scale to full scale 1.0, and the code that stands for zero. */
static float format_scale(enum iq_format format)
{
    switch (format) {
    case IQ_CU8:
        return 1.0f / 127.5f;
    case IQ_CS8:
        return 1.0f / 127.5f;
    case IQ_CS16:
        return 1.0f / 32767.5f;
    case IQ_CF32:
    case IQ_FORMAT_UNKNOWN:
        break;
    }
    return 1.0f;
}

int history_create(struct history **ret, enum iq_format format, size_t block_samp, size_t cap_samp)
{
    size_t oct = iq_format_oct(format);
    if (oct == 0 || block_samp == 0 || cap_samp == 0)
        return -EINVAL;
    struct history *h = calloc(1, sizeof(*h));
    if (!h)
        return -ENOMEM;
    h->format = format;
    h->oct = oct;
    h->block_samp = block_samp;
    h->n_blocks = (cap_samp + block_samp - 1) / block_samp + 1;
    h->ring = calloc(h->n_blocks * block_samp, oct);
    h->add = calloc(h->n_blocks, sizeof(*h->add));
    h->kernels = kernels_get();
    if (!h->ring || !h->add) {
        history_destroy(h);
        return -ENOMEM;
    }
    *ret = h;
    return 0;
}

void history_destroy(struct history *h)
{
    if (!h)
        return;
    free(h->ring);
    free(h->add);
    free(h);
}

/* Sums over one block: exact integers for the integer formats. */
struct block_sums {
    double i, q, power;
    uint64_t n_clipped;
};

#define SUM_INTEGER(function, type, lo, hi)                                                        \
    static void function(const type *x, size_t n_samp, struct block_sums *s)                       \
    {                                                                                              \
        int64_t si = 0, sq = 0, sp = 0;                                                            \
        uint64_t clipped = 0;                                                                      \
        for (size_t k = 0; k < n_samp; k++) {                                                      \
            int a = x[2 * k], b = x[2 * k + 1];                                                    \
            si += a;                                                                               \
            sq += b;                                                                               \
            sp += (int64_t)a * a + (int64_t)b * b;                                                 \
            clipped += (uint64_t)((a == (lo)) | (a == (hi)) | (b == (lo)) | (b == (hi)));          \
        }                                                                                          \
        *s = (struct block_sums){(double)si, (double)sq, (double)sp, clipped};                     \
    }
SUM_INTEGER(sum_u8, uint8_t, 0, 255)
SUM_INTEGER(sum_s8, int8_t, -128, 127)
SUM_INTEGER(sum_s16, int16_t, -32768, 32767)

/* Floats: what is no number becomes zero in the ring itself, so that no later stage meets it. */
static uint64_t sum_f32(float *x, size_t n_samp, struct block_sums *s)
{
    uint64_t n_bad = 0;
    *s = (struct block_sums){0};
    for (size_t k = 0; k < n_samp; k++) {
        if (!(fabsf(x[2 * k]) < VALUE_LIMIT) || !(fabsf(x[2 * k + 1]) < VALUE_LIMIT)) {
            x[2 * k] = x[2 * k + 1] = 0.0f;
            n_bad++;
        }
        double a = (double)x[2 * k], b = (double)x[2 * k + 1];
        s->i += a;
        s->q += b;
        s->power += a * a + b * b;
    }
    return n_bad;
}

static void block_sum(struct history *h, uint8_t *at, size_t n_samp, struct block_sums *s)
{
    switch (h->format) {
    case IQ_CU8:
        sum_u8(at, n_samp, s);
        break;
    case IQ_CS8:
        sum_s8((const int8_t *)at, n_samp, s);
        break;
    case IQ_CS16:
        sum_s16((const int16_t *)(void *)at, n_samp, s);
        break;
    case IQ_CF32:
    case IQ_FORMAT_UNKNOWN:
        h->n_bad += sum_f32((float *)(void *)at, n_samp, s);
        break;
    }
    h->n_clipped += s->n_clipped;
}

void history_push(struct history *h, const void *data, size_t n_samp)
{
    if (n_samp == 0 || n_samp > h->block_samp)
        return;
    size_t block = (size_t)(h->end / h->block_samp) % h->n_blocks;
    uint8_t *at = h->ring + block * h->block_samp * h->oct;
    memcpy(at, data, n_samp * h->oct);
    struct block_sums s = {0};
    block_sum(h, at, n_samp, &s);

    double scale = (double)format_scale(h->format);
    double zero = h->format == IQ_CU8 ? 127.5 : 0.0;
    double n = (double)n_samp;
    double mean_i = s.i / n, mean_q = s.q / n;
    /* mean |x - zero|^2 = E|x|^2 - 2 zero (E i + E q) + 2 zero^2 */
    double power = s.power / n - 2.0 * zero * (mean_i + mean_q) + 2.0 * zero * zero;
    h->power_sum += power * scale * scale * n;
    size_t before = (block + h->n_blocks - 1) % h->n_blocks;
    if (n_samp * 2 < h->block_samp && h->end > 0) {
        /* a short last block says little about the mean */
        memcpy(h->add[block], h->add[before], sizeof(h->add[block]));
    } else {
        h->add[block][0] = (float)(-mean_i * scale);
        h->add[block][1] = (float)(-mean_q * scale);
    }
    h->end += n_samp;
}

uint64_t history_end(const struct history *h)
{
    return h->end;
}

uint64_t history_first(const struct history *h)
{
    uint64_t cap = h->n_blocks * h->block_samp;
    uint64_t written = (h->end + h->block_samp - 1) / h->block_samp * h->block_samp;
    return written > cap ? written - cap : 0;
}

static void convert(const struct history *h, const uint8_t *at, size_t n_samp, const float add[2],
                    float *out)
{
    const struct kernels *k = h->kernels;
    float scale = format_scale(h->format);
    size_t n = 2 * n_samp;
    switch (h->format) {
    case IQ_CU8:
        k->convert_u8(at, n, scale, add, out);
        break;
    case IQ_CS8:
        k->convert_s8((const int8_t *)at, n, scale, add, out);
        break;
    case IQ_CS16:
        k->convert_s16((const int16_t *)(const void *)at, n, scale, add, out);
        break;
    case IQ_CF32:
    case IQ_FORMAT_UNKNOWN:
        k->convert_f32((const float *)(const void *)at, n, scale, add, out);
        break;
    }
}

void history_read(const struct history *h, int64_t from, size_t n_samp, float *out)
{
    int64_t first = (int64_t)history_first(h), end = (int64_t)h->end;
    while (n_samp > 0) {
        if (from < first || from >= end) {
            size_t run =
                from >= end || first - from > (int64_t)n_samp ? n_samp : (size_t)(first - from);
            memset(out, 0, run * 2 * sizeof(*out));
            out += 2 * run;
            from += (int64_t)run;
            n_samp -= run;
            continue;
        }
        size_t block = (size_t)((uint64_t)from / h->block_samp) % h->n_blocks;
        size_t inside = (size_t)((uint64_t)from % h->block_samp);
        size_t run = h->block_samp - inside;
        if (run > (size_t)(end - from))
            run = (size_t)(end - from);
        if (run > n_samp)
            run = n_samp;
        convert(h, h->ring + (block * h->block_samp + inside) * h->oct, run, h->add[block], out);
        out += 2 * run;
        from += (int64_t)run;
        n_samp -= run;
    }
}

void history_get_stats(const struct history *h, struct history_stats *ret)
{
    ret->n_clipped = h->n_clipped;
    ret->n_bad = h->n_bad;
    ret->power = h->end ? h->power_sum / (double)h->end : 0.0;
}
