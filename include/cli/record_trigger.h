/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_trigger - listens to the same samples that are recorded, and tells when a cell is flagged.
 *
 * in   blocks in the order of time; databases
 * out  cells that are flagged now and were not before
 * cost receiver and detector; a judgement a second
 * thread main thread; the receiver keeps workers
 */
#ifndef CLI_RECORD_TRIGGER_H
#define CLI_RECORD_TRIGGER_H

#include "detector/detector.h"
#include "gsm/receiver.h"
#include "hw/sigmf_write.h"

struct record_trigger_config {
    struct receiver_config receiver; /* without callbacks and key */
    struct known_cells *known;       /* NULL: none */
    struct local_db *local;          /* NULL: none */
    int64_t start_utc_us;
    void (*on_flagged)(void *ctx, const struct judged_cell *cell);
    void *ctx;
};

struct record_trigger;

/* 0, or negative errno with a sentence. */
int record_trigger_create(struct record_trigger **ret, const struct record_trigger_config *cfg,
                          char *err, size_t err_cap);
void record_trigger_destroy(struct record_trigger *t);
/* *ret_new: how many cells are newly flagged; each was told to on_flagged. */
int record_trigger_push(struct record_trigger *t, const struct iq_block *block, size_t *ret_new);
/* One annotation per flagged cell, with what it is flagged for. */
int record_trigger_annotate(struct record_trigger *t,
                            int (*take)(void *ctx, const struct sigmf_annotation *a), void *ctx);

#endif
