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

/* Steps of the planar form: never finer than this share of the source's own (in powers of two). */
#define STEP_LEAST       (-6)
#define STEP_LEAST_FLOAT (-60)

struct block_info {
    double mean[2]; /* in the source's own numbers */
    float add[2];   /* what takes offset and mean out */
    int exponent;   /* step of the planar form: 2^exponent of the source's own numbers */
};

struct history {
    enum iq_format format;
    size_t oct; /* of one sample */
    size_t block_samp;
    size_t n_blocks; /* capacity */
    uint8_t *ring;
    struct block_info *info; /* per block */
    uint64_t end;
    size_t n_put; /* of the block that is being filled */
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

static double pow2(int e)
{
    return ldexp(1.0, e);
}

/* What is no number becomes zero in the ring itself, so that no later stage meets it. */
static uint64_t clean_floats(float *x, size_t n_samp)
{
    uint64_t n_bad = 0;
    for (size_t k = 0; k < n_samp; k++) {
        bool bad = !(fabsf(x[2 * k]) < VALUE_LIMIT) || !(fabsf(x[2 * k + 1]) < VALUE_LIMIT);
        if (bad)
            x[2 * k] = x[2 * k + 1] = 0.0f;
        n_bad += bad;
    }
    return n_bad;
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
    h->info = calloc(h->n_blocks, sizeof(*h->info));
    h->kernels = kernels_get();
    if (!h->ring || !h->info) {
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
    free(h->info);
    free(h);
}

static void block_sum(struct history *h, uint8_t *at, size_t n_samp, struct kernel_sums *s)
{
    const struct kernels *k = h->kernels;
    switch (h->format) {
    case IQ_CU8:
        k->sum_u8(at, n_samp, s);
        break;
    case IQ_CS8:
        k->sum_s8((const int8_t *)at, n_samp, s);
        break;
    case IQ_CS16:
        k->sum_s16((const int16_t *)(const void *)at, n_samp, s);
        break;
    case IQ_CF32:
    case IQ_FORMAT_UNKNOWN:
        if (!k->all_below((const float *)(const void *)at, 2 * n_samp, VALUE_LIMIT))
            h->n_bad += clean_floats((float *)(void *)at, n_samp);
        k->sum_f32((const float *)(const void *)at, n_samp, s);
        break;
    }
    h->n_clipped += s->n_clipped;
}

/* Steps of history_read_planar() as powers of two of the source's own steps: as fine as the peak of
 * the block allows, and 1/64 for the 8-bit formats. */
static int step_exponent(const struct history *h, double peak, const double mean[2])
{
    int e = STEP_LEAST;
    if (h->format == IQ_CU8 || h->format == IQ_CS8)
        return e;
    double most = peak + fmax(fabs(mean[0]), fabs(mean[1]));
    if (h->format == IQ_CF32)
        e = STEP_LEAST_FLOAT;
    while (most > PLANAR_PEAK * pow2(e))
        e++;
    return e;
}

void *history_space(struct history *h, size_t *ret_n_samp)
{
    size_t block = (size_t)(h->end / h->block_samp) % h->n_blocks;
    *ret_n_samp = h->block_samp - h->n_put;
    return h->ring + (block * h->block_samp + h->n_put) * h->oct;
}

void history_put(struct history *h, size_t n_samp)
{
    size_t room = h->block_samp - h->n_put;
    h->n_put += n_samp < room ? n_samp : room;
}

size_t history_n_put(const struct history *h)
{
    return h->n_put;
}

void history_end_block(struct history *h)
{
    size_t n_samp = h->n_put;
    if (n_samp == 0)
        return;
    size_t block = (size_t)(h->end / h->block_samp) % h->n_blocks;
    struct kernel_sums s = {0};
    block_sum(h, h->ring + block * h->block_samp * h->oct, n_samp, &s);

    double scale = (double)format_scale(h->format);
    double zero = h->format == IQ_CU8 ? 127.5 : 0.0;
    double n = (double)n_samp;
    double mean[2] = {s.i / n, s.q / n};
    /* mean |x - zero|^2 = E|x|^2 - 2 zero (E i + E q) + 2 zero^2 */
    double power = s.power / n - 2.0 * zero * (mean[0] + mean[1]) + 2.0 * zero * zero;
    h->power_sum += power * scale * scale * n;
    struct block_info *info = &h->info[block];
    if (n_samp * 2 < h->block_samp && h->end > 0) {
        /* a short last block says little about the mean */
        size_t before = (block + h->n_blocks - 1) % h->n_blocks;
        *info = h->info[before];
    } else {
        for (int c = 0; c < 2; c++) {
            info->mean[c] = mean[c];
            info->add[c] = (float)(-mean[c] * scale);
        }
    }
    info->exponent = step_exponent(h, s.peak, info->mean);
    h->end += n_samp;
    h->n_put = 0;
}

void history_push(struct history *h, const void *data, size_t n_samp)
{
    size_t room;
    void *at = history_space(h, &room);
    if (n_samp == 0 || n_samp > room)
        return;
    memcpy(at, data, n_samp * h->oct);
    history_put(h, n_samp);
    history_end_block(h);
}

uint64_t history_end(const struct history *h)
{
    return h->end;
}

uint64_t history_first(const struct history *h)
{
    uint64_t cap = h->n_blocks * h->block_samp;
    uint64_t written = (h->end + h->block_samp - 1) / h->block_samp * h->block_samp;
    if (h->n_put > 0)
        written += h->block_samp; /* the oldest is being overwritten */
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

/* The next run of samples that lie in one block, or that are not kept at all. */
struct run {
    size_t n_samp;
    size_t block, inside;
    bool kept;
};

static struct run next_run(const struct history *h, int64_t from, size_t n_samp)
{
    int64_t first = (int64_t)history_first(h), end = (int64_t)h->end;
    struct run r = {.n_samp = n_samp};
    if (from < first || from >= end) {
        if (from < first && first - from < (int64_t)n_samp)
            r.n_samp = (size_t)(first - from);
        return r;
    }
    r.kept = true;
    r.block = (size_t)((uint64_t)from / h->block_samp) % h->n_blocks;
    r.inside = (size_t)((uint64_t)from % h->block_samp);
    if (r.n_samp > h->block_samp - r.inside)
        r.n_samp = h->block_samp - r.inside;
    if (r.n_samp > (size_t)(end - from))
        r.n_samp = (size_t)(end - from);
    return r;
}

static const uint8_t *run_at(const struct history *h, const struct run *r)
{
    return h->ring + (r->block * h->block_samp + r->inside) * h->oct;
}

void history_read(const struct history *h, int64_t from, size_t n_samp, float *out)
{
    while (n_samp > 0) {
        struct run r = next_run(h, from, n_samp);
        if (r.kept)
            convert(h, run_at(h, &r), r.n_samp, h->info[r.block].add, out);
        else
            memset(out, 0, r.n_samp * 2 * sizeof(*out));
        out += 2 * r.n_samp;
        from += (int64_t)r.n_samp;
        n_samp -= r.n_samp;
    }
}

static int16_t round_small(float x)
{
    return (int16_t)(x < 0.0f ? x - 0.5f : x + 0.5f);
}

static void convert_planar(const struct history *h, const struct run *r, int exponent, int16_t *re,
                           int16_t *im)
{
    const struct kernels *k = h->kernels;
    const struct block_info *info = &h->info[r->block];
    const void *at = run_at(h, r);
    double step = pow2(-exponent);
    float scale = (float)step;
    float add[2] = {(float)(-info->mean[0] * step), (float)(-info->mean[1] * step)};
    int16_t whole[2] = {round_small(add[0]), round_small(add[1])};
    switch (h->format) {
    case IQ_CU8:
        k->planar_u8(at, r->n_samp, -exponent, whole, re, im);
        break;
    case IQ_CS8:
        k->planar_s8(at, r->n_samp, -exponent, whole, re, im);
        break;
    case IQ_CS16:
        k->planar_s16(at, r->n_samp, scale, add, re, im);
        break;
    case IQ_CF32:
    case IQ_FORMAT_UNKNOWN:
        k->planar_f32(at, r->n_samp, scale, add, re, im);
        break;
    }
}

float history_read_planar(const struct history *h, int64_t from, size_t n_samp, int drop_bits,
                          int16_t *re, int16_t *im)
{
    int exponent = STEP_LEAST_FLOAT;
    bool any = false;
    for (size_t done = 0; done < n_samp;) {
        struct run r = next_run(h, from + (int64_t)done, n_samp - done);
        if (r.kept && (!any || h->info[r.block].exponent > exponent))
            exponent = h->info[r.block].exponent;
        any |= r.kept;
        done += r.n_samp;
    }
    exponent += drop_bits;
    for (size_t done = 0; done < n_samp;) {
        struct run r = next_run(h, from + (int64_t)done, n_samp - done);
        if (r.kept) {
            convert_planar(h, &r, exponent, re + done, im + done);
        } else {
            memset(re + done, 0, r.n_samp * sizeof(*re));
            memset(im + done, 0, r.n_samp * sizeof(*im));
        }
        done += r.n_samp;
    }
    return (float)(pow2(exponent) * (double)format_scale(h->format));
}

void history_get_stats(const struct history *h, struct history_stats *ret)
{
    ret->n_clipped = h->n_clipped;
    ret->n_bad = h->n_bad;
    ret->power = h->end ? h->power_sum / (double)h->end : 0.0;
}
