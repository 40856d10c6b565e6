/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/iq_source.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "source.h"

int iq_source_open(struct iq_source **ret, const struct iq_source_config *cfg, char *err,
                   size_t err_cap)
{
    struct iq_source *src = calloc(1, sizeof *src);
    if (!src) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    src->kind = &source_file;
    int rc = src->kind->open(src, cfg, err, err_cap);
    if (rc == -ENOMEM)
        (void)snprintf(err, err_cap, "out of memory");
    if (rc < 0) {
        iq_source_close(src);
        return rc;
    }
    *ret = src;
    return 0;
}

void iq_source_close(struct iq_source *src)
{
    if (!src)
        return;
    src->kind->close(src);
    free(src);
}

void iq_source_info(const struct iq_source *src, struct iq_source_info *ret)
{
    *ret = src->info;
}

int iq_source_next(struct iq_source *src, struct iq_block *ret)
{
    return src->kind->next(src, ret);
}

void iq_source_set_tap(struct iq_source *src, void (*tap)(void *ctx, const void *data, size_t n),
                       void *ctx)
{
    src->kind->set_tap(src, tap, ctx);
}

const char *iq_source_note(const struct iq_source *src, size_t i)
{
    return i < src->n_notes ? src->note[i] : NULL;
}

void source_add_note(struct iq_source *src, const char *fmt, ...)
{
    if (src->n_notes == SOURCE_NOTES_CAP)
        return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(src->note[src->n_notes++], SOURCE_NOTE_CAP, fmt, ap);
    va_end(ap);
}
