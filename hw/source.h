/* SPDX-License-Identifier: GPL-3.0-or-later */
/* source - what the kinds of IQ sources share; private to this layer. */
#ifndef HW_SOURCE_PRIVATE_H
#define HW_SOURCE_PRIVATE_H

#include "hw/iq_source.h"

#define SOURCE_NOTES_CAP 8
#define SOURCE_NOTE_CAP  240

/* One row of functions per kind of source. */
struct source_kind {
    const char *name;
    int (*open)(struct iq_source *src, const struct iq_source_config *cfg, char *err,
                size_t err_cap);
    int (*next)(struct iq_source *src, struct iq_block *ret);
    void (*set_tap)(struct iq_source *src, void (*tap)(void *ctx, const void *data, size_t n),
                    void *ctx);
    void (*close)(struct iq_source *src);
};

struct iq_source {
    const struct source_kind *kind;
    void *state; /* of the kind */
    struct iq_source_info info;
    char note[SOURCE_NOTES_CAP][SOURCE_NOTE_CAP];
    size_t n_notes;
};

extern const struct source_kind source_file;

struct input;

/* Fills src->info from what the user said, the container, the file name and the look of the
 * samples, in this order of trust, and *layout, which the caller clears. 0, or negative errno with
 * a sentence. */
int source_settle(struct iq_source *src, struct iq_layout *layout,
                  const struct iq_source_config *cfg, struct input *in, char *err, size_t err_cap);

__attribute__((format(printf, 2, 3))) void source_add_note(struct iq_source *src, const char *fmt,
                                                           ...);

#endif
