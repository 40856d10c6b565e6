/* SPDX-License-Identifier: GPL-3.0-or-later */
/* review - a person's work on judged cells: read why, decide, and find the decision again.
 *
 * in   the log (detector/store.h); a cell by id, key or CGI
 * out  rows with everything a decision needs; the decision as a row of its own
 * ref  docs/formats.md "Reviews"
 * cost index reads
 * thread as the store
 *
 * A decision holds for a cell key, under one rule set, for one set of rules that fired. So a
 * dismissed cell that comes back for the same reasons is dismissed, and one that comes back for
 * other reasons is open again.
 */
#ifndef DETECTOR_REVIEW_H
#define DETECTOR_REVIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detector/store.h"

enum review_state { REVIEW_OPEN = 0, REVIEW_CONFIRMED, REVIEW_DISMISSED, REVIEW_EXPLAINED };
const char *review_state_name(enum review_state state);
/* 0 and *ret, or -EINVAL. */
int review_state_find(const char *word, enum review_state *ret);

/* The judgement of a cell that counts now. Texts are borrowed until the callback returns; NULL
 * where there is none. Numbers: -1 or NAN where there is none. */
struct review_cell {
    const char *cell_id, *cell_key, *first_seen, *last_seen, *band, *mcc, *mnc;
    const char *verdict, *reasons, *recording, *review, *reviewer, *reviewed_at, *review_note;
    const char *allowed, *allowed_note, *not_evaluable, *reasons_key, *alert;
    const char *run_id, *command, *version, *rules_sha256, *known_sha256, *local_sha256;
    const char *recording_sha256;
    int arfcn, bsic, lac, ci;
    bool flagged;
    int evaluable, rules_total;
    double score_db, level_dbfs, level_dbm, snr_db, offset_hz, offset_ppm_rel, fn_epoch_frames;
    double first_s, last_s;
    int64_t n_sch, n_blocks, n_blocks_failed;
};

struct review_finding {
    const char *finding_id, *rule, *observed, *expected, *statistics, *text;
    int rule_version;
    double weight_db, first_s, last_s;
    int64_t fn_first, fn_last;
    const uint8_t *evidence; /* SI messages of GSM_L2_OCT octets */
    size_t n_evidence_oct;
};

struct review_observation {
    const char *si;
    const uint8_t *l2; /* GSM_L2_OCT octets */
    int64_t n_clean, n_repaired, fn_first, fn_last;
    double first_s, last_s;
    int tc_mask;
};

struct review_decision {
    const char *state, *kind, *note, *reviewer, *decided_at, *reasons_key, *rules_sha256;
};

enum review_filter {
    REVIEW_FLAGGED = 0, /* every flagged cell */
    REVIEW_QUEUE,       /* flagged and open */
    REVIEW_ALL          /* every cell */
};

/* Callbacks return non-zero to stop. All functions: 0 or -errno with a sentence. */
int review_list(struct store *s, enum review_filter filter,
                int (*each)(void *ctx, const struct review_cell *cell), void *ctx, char *err,
                size_t err_cap);

/* cell: cell_id or at least 8 letters of it, cell key, or CGI. With several sightings, the
 * latest. -ENOENT when no cell is called so, -EINVAL when it means more than one. */
int review_find(struct store *s, const char *cell,
                int (*each)(void *ctx, const struct review_cell *cell), void *ctx, char *err,
                size_t err_cap);

/* Of one judgement, heaviest first; by SI type and time; of a key, latest first. */
int review_list_findings(struct store *s, const char *run_id, const char *cell_id,
                         int (*each)(void *ctx, const struct review_finding *f), void *ctx,
                         char *err, size_t err_cap);
int review_list_observations(struct store *s, const char *run_id, const char *cell_id,
                             int (*each)(void *ctx, const struct review_observation *o), void *ctx,
                             char *err, size_t err_cap);
int review_list_decisions(struct store *s, const char *cell_key,
                          int (*each)(void *ctx, const struct review_decision *d), void *ctx,
                          char *err, size_t err_cap);

struct review_order {
    const char *cell; /* as for review_find */
    enum review_state state;
    const char *note, *reviewer;
    const char *kind;       /* explained: of the allow-list entry; NULL: "reviewed" */
    const char *local_path; /* explained: where that entry goes */
    int64_t now_utc_us;     /* when the person decided */
};

/* Writes the decision; explained also adds the cell to the allow-list. -EINVAL: no reviewer, an
 * unknown kind, a cell that never said who it is. */
int review_set(struct store *s, const struct review_order *order, char *err, size_t err_cap);

#endif
