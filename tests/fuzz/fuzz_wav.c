/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Heads of WAV and sdriq files: the file is as long as its octets, or of unknown length. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "hw/iq_layout.h"

struct file {
    const uint8_t *data;
    size_t size;
};

static int64_t look(void *ctx, uint64_t at, void *buf, size_t n)
{
    const struct file *f = ctx;
    if (at >= f->size)
        return 0;
    if (n > f->size - at)
        n = f->size - (size_t)at;
    memcpy(buf, f->data + at, n);
    return (int64_t)n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file file = {data, size};
    const struct iq_peek peek = {look, &file};
    struct iq_layout layout;
    char err[200];
    for (int known = 0; known < 2; known++) {
        err[0] = '\0';
        int rc = iq_layout_wav(&layout, data, size, known ? size : 0, &peek, "x", err, sizeof err);
        assert(rc == 0 || err[0] != '\0');
        if (rc == 0) {
            assert(layout.n == 1 && iq_format_oct(layout.format) > 0);
            assert(layout.stretch[0].at_oct <= size);
            iq_layout_clear(&layout);
        }
    }
    if (iq_layout_sdriq(&layout, data, size, "x", err, sizeof err) == 0)
        iq_layout_clear(&layout);
    return 0;
}
