/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/pre_ring.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"

#define CHUNK_SAMP 16384

/* Samples in one piece and of one tuning. */
struct chunk {
    uint64_t samp;
    size_t n_samp;
    double center_hz;
    struct sigmf_stamp stamp;
    bool gap;
};

struct pre_ring {
    enum iq_format format;
    double rate_hz;
    size_t oct;
    size_t n_chunks; /* 0: keeps nothing */
    struct chunk *chunk;
    uint8_t *data;
    size_t oldest, n_used;
};

int pre_ring_create(struct pre_ring **ret, enum iq_format format, double rate_hz, double seconds)
{
    size_t oct = iq_format_oct(format);
    double n_samp = seconds * rate_hz;
    if (oct == 0 || !(n_samp >= 0) || n_samp > 1e11)
        return -EINVAL;
    struct pre_ring *p = calloc(1, sizeof *p);
    if (!p)
        return -ENOMEM;
    p->format = format;
    p->rate_hz = rate_hz;
    p->oct = oct;
    if (n_samp > 0) {
        p->n_chunks = (size_t)(n_samp / CHUNK_SAMP) + 2; /* one being filled, one partly needed */
        p->chunk = calloc(p->n_chunks, sizeof *p->chunk);
        p->data = malloc(p->n_chunks * CHUNK_SAMP * oct);
    }
    if (p->n_chunks > 0 && (!p->chunk || !p->data)) {
        pre_ring_destroy(p);
        return -ENOMEM;
    }
    *ret = p;
    return 0;
}

void pre_ring_destroy(struct pre_ring *p)
{
    if (!p)
        return;
    free(p->chunk);
    free(p->data);
    free(p);
}

static struct chunk *newest(struct pre_ring *p)
{
    return p->n_used ? &p->chunk[(p->oldest + p->n_used - 1) % p->n_chunks] : NULL;
}

/* Where the next sample of the block goes: the newest chunk while it continues it, else the next
 * one, in place of the oldest when all are used. */
static struct chunk *find_chunk(struct pre_ring *p, const struct iq_block *block,
                                const struct sigmf_stamp *stamp, size_t n_done)
{
    struct chunk *c = newest(p);
    bool gap = block->gap && n_done == 0;
    if (c && !gap && c->n_samp < CHUNK_SAMP && c->samp + c->n_samp == block->samp + n_done &&
        !(c->center_hz > block->center_hz) && !(c->center_hz < block->center_hz))
        return c;
    if (p->n_used == p->n_chunks)
        p->oldest = (p->oldest + 1) % p->n_chunks;
    else
        p->n_used++;
    c = &p->chunk[(p->oldest + p->n_used - 1) % p->n_chunks];
    *c = (struct chunk){
        .samp = block->samp + n_done, .center_hz = block->center_hz, .stamp = *stamp, .gap = gap};
    if (stamp->utc_us != UTC_UNKNOWN)
        c->stamp.utc_us += llround((double)n_done / p->rate_hz * 1e6);
    return c;
}

void pre_ring_push(struct pre_ring *p, const struct iq_block *block,
                   const struct sigmf_stamp *stamp)
{
    const uint8_t *data = block->data;
    size_t n_done = 0;
    while (n_done < block->n_samp && p->n_chunks > 0) {
        struct chunk *c = find_chunk(p, block, stamp, n_done);
        size_t room = CHUNK_SAMP - c->n_samp, left = block->n_samp - n_done;
        size_t n = left < room ? left : room;
        uint8_t *to = p->data + ((size_t)(c - p->chunk) * CHUNK_SAMP + c->n_samp) * p->oct;
        memcpy(to, data + n_done * p->oct, n * p->oct);
        c->n_samp += n;
        n_done += n;
    }
}

int pre_ring_drain(struct pre_ring *p,
                   int (*take)(void *ctx, const struct iq_block *block,
                               const struct sigmf_stamp *stamp),
                   void *ctx)
{
    int rc = 0;
    for (size_t i = 0; i < p->n_used && rc == 0; i++) {
        size_t at = (p->oldest + i) % p->n_chunks;
        const struct chunk *c = &p->chunk[at];
        struct iq_block block = {.data = p->data + at * CHUNK_SAMP * p->oct,
                                 .n_samp = c->n_samp,
                                 .format = p->format,
                                 .samp = c->samp,
                                 .rate_hz = p->rate_hz,
                                 .center_hz = c->center_hz,
                                 .gap = c->gap};
        rc = take(ctx, &block, &c->stamp);
    }
    p->n_used = 0;
    return rc;
}

uint64_t pre_ring_count(const struct pre_ring *p)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < p->n_used; i++)
        sum += p->chunk[(p->oldest + i) % p->n_chunks].n_samp;
    return sum;
}
