/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <stdlib.h>

#include "hw/input.h"
#include "hw/iq_input.h"
#include "source.h"

/* Small enough that what is read is still in the cache when it is copied and hashed. */
#define DEFAULT_BLOCK_SAMP 8192

struct file_state {
    struct input *input;
    uint8_t *block;
    size_t block_oct;
    size_t n_have; /* octets of the block under way */
    struct iq_layout layout;
    size_t i_stretch;
    uint64_t pos_oct;  /* octets taken from the input */
    uint64_t done_oct; /* octets of this stretch that were given */
    bool ended;
};

/* Samples that the layout promises and the file can hold. */
static uint64_t total_samp(const struct iq_layout *layout, uint64_t length_oct, size_t oct)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < layout->n; i++) {
        const struct iq_stretch *s = &layout->stretch[i];
        uint64_t end_oct =
            length_oct > layout->trailing_oct ? length_oct - layout->trailing_oct : 0;
        uint64_t room = end_oct > s->at_oct ? (end_oct - s->at_oct) / oct : 0;
        sum += s->n_samp < room ? s->n_samp : room;
    }
    return sum;
}

/* The last stretch ends before what the metadata says trails it, where the length is known. */
static void end_last(struct iq_layout *layout, uint64_t length_oct, size_t oct)
{
    struct iq_stretch *last = &layout->stretch[layout->n - 1];
    if (last->n_samp == IQ_TO_END && layout->trailing_oct > 0 && length_oct > 0)
        last->n_samp = total_samp(
            &(struct iq_layout){.n = 1, .stretch = last, .trailing_oct = layout->trailing_oct},
            length_oct, oct);
}

static int file_open(struct iq_source *src, const struct iq_source_config *cfg, char *err,
                     size_t err_cap)
{
    struct file_state *f = calloc(1, sizeof *f);
    src->state = f;
    if (!f)
        return -ENOMEM;
    struct input *in = cfg->input;
    int rc = in ? 0 : iq_input_open(&in, cfg, err, err_cap);
    if (rc == 0)
        rc = source_settle(src, &f->layout, cfg, in, err, err_cap);
    if (rc == 0) {
        size_t oct = iq_format_oct(src->info.format);
        f->block_oct = oct * (cfg->block_samp ? cfg->block_samp : DEFAULT_BLOCK_SAMP);
        f->block = malloc(f->block_oct);
        end_last(&f->layout, input_length(in), oct);
        src->info.n_samp_total = total_samp(&f->layout, input_length(in), oct);
        rc = f->block ? 0 : -ENOMEM;
    }
    if (rc == 0)
        f->input = in;
    else if (in != cfg->input)
        input_close(in);
    return rc;
}

/* Takes octets that are no samples: headers, what lies between stretches. */
static int skip_to(struct file_state *f, uint64_t at_oct)
{
    while (f->pos_oct < at_oct && !f->ended) {
        uint64_t left = at_oct - f->pos_oct;
        ssize_t n = input_read(f->input, f->block, left < f->block_oct ? left : f->block_oct);
        if (n < 0)
            return (int)n;
        f->ended = n == 0;
        f->pos_oct += (uint64_t)n;
    }
    return 0;
}

/* Octets that the block under way can still take from its stretch. */
static size_t room_oct(const struct file_state *f, size_t oct)
{
    const struct iq_stretch *s = &f->layout.stretch[f->i_stretch];
    size_t room = f->block_oct - f->n_have;
    if (s->n_samp > UINT64_MAX / 16)
        return room;
    uint64_t left = s->n_samp * oct - f->done_oct - f->n_have;
    return left < room ? (size_t)left : room;
}

/* Reads until the block is full, its stretch or the input ends, or a signal comes. */
static int fill_block(struct file_state *f, size_t oct)
{
    int rc =
        f->n_have == 0 && f->done_oct == 0 ? skip_to(f, f->layout.stretch[f->i_stretch].at_oct) : 0;
    size_t room;
    while (rc == 0 && !f->ended && (room = room_oct(f, oct)) > 0) {
        ssize_t n = input_read(f->input, f->block + f->n_have, room);
        if (n < 0)
            return (int)n;
        f->ended = n == 0;
        f->n_have += (size_t)n;
        f->pos_oct += (uint64_t)n;
    }
    return rc;
}

/* Whole samples of the block under way into *ret; their number. */
static size_t give_block(struct iq_source *src, size_t oct, struct iq_block *ret)
{
    struct file_state *f = src->state;
    const struct iq_stretch *s = &f->layout.stretch[f->i_stretch];
    size_t n_samp = f->n_have / oct;
    if (f->ended && f->n_have % oct != 0)
        source_add_note(src, "the last %zu octets of '%s' are no whole sample and were left out",
                        f->n_have % oct, input_name(f->input));
    *ret = (struct iq_block){.data = f->block,
                             .n_samp = n_samp,
                             .format = src->info.format,
                             .samp = s->samp + f->done_oct / oct,
                             .rate_hz = src->info.rate_hz,
                             .center_hz = s->center_hz,
                             .gap = s->gap && f->done_oct == 0};
    f->done_oct += n_samp * oct;
    f->n_have = 0;
    return n_samp;
}

/* At the end of the samples: what else is in the file belongs to its digest, too. */
static int finish(struct iq_source *src)
{
    struct file_state *f = src->state;
    if (f->i_stretch < f->layout.n && f->layout.n > 1) {
        source_add_note(src, "'%s' ends in segment %zu of the %zu that its metadata speaks of",
                        input_name(f->input), f->i_stretch + 1, f->layout.n);
        f->i_stretch = f->layout.n;
    }
    return f->ended ? 0 : skip_to(f, UINT64_MAX);
}

static int file_next(struct iq_source *src, struct iq_block *ret)
{
    struct file_state *f = src->state;
    size_t oct = iq_format_oct(src->info.format);
    while (f->i_stretch < f->layout.n) {
        int rc = fill_block(f, oct);
        if (rc < 0)
            return rc;
        size_t n_samp = give_block(src, oct, ret);
        bool whole = !f->ended && room_oct(f, oct) == 0;
        bool is_last = f->i_stretch + 1 == f->layout.n;
        if (whole || (f->ended && is_last)) {
            f->i_stretch++;
            f->done_oct = 0;
        }
        if (n_samp > 0)
            return 1;
        if (f->ended)
            break;
    }
    return finish(src);
}

static void file_set_tap(struct iq_source *src, void (*tap)(void *ctx, const void *data, size_t n),
                         void *ctx)
{
    struct file_state *f = src->state;
    input_set_tap(f->input, tap, ctx);
}

static void file_close(struct iq_source *src)
{
    struct file_state *f = src->state;
    if (!f)
        return;
    input_close(f->input);
    iq_layout_clear(&f->layout);
    free(f->block);
    free(f);
}

const struct source_kind source_file = {
    .name = "file",
    .open = file_open,
    .next = file_next,
    .set_tap = file_set_tap,
    .close = file_close,
};
