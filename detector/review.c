/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/review.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "detector/local_db.h"
#include "gsm_const.h"
#include "sqlite_file.h"

const char *review_state_name(enum review_state state)
{
    switch (state) {
    case REVIEW_OPEN:
        return "open";
    case REVIEW_CONFIRMED:
        return "confirmed";
    case REVIEW_DISMISSED:
        return "dismissed";
    case REVIEW_EXPLAINED:
        return "explained";
    }
    return "?";
}

int review_state_find(const char *word, enum review_state *ret)
{
    for (int i = REVIEW_OPEN; i <= REVIEW_EXPLAINED; i++) {
        if (strcmp(word, review_state_name((enum review_state)i)) != 0)
            continue;
        *ret = (enum review_state)i;
        return 0;
    }
    return -EINVAL;
}

/* ---- columns of cell_latest ---- */

#define CELL_COLUMNS                                                                               \
    "SELECT cell_id, cell_key, first_seen, last_seen, band, mcc, mnc, verdict, reasons, "          \
    "recording,"                                                                                   \
    " review, reviewer, reviewed_at, review_note, allowed, allowed_note, not_evaluable,"           \
    " reasons_key, alert, run_id, command, version, rules_sha256, known_sha256, local_sha256,"     \
    " recording_sha256, arfcn, bsic, lac, ci, flagged, evaluable, rules_total, score_db,"          \
    " level_dbfs, level_dbm, snr_db, offset_hz, offset_ppm_rel, fn_epoch_frames, first_s, last_s," \
    " n_sch, n_blocks, n_blocks_failed FROM cell_latest "

static const char *column_text(sqlite3_stmt *st, int column)
{
    return (const char *)sqlite3_column_text(st, column);
}

static void read_texts(sqlite3_stmt *st, struct review_cell *c)
{
    const char **field[] = {&c->cell_id,       &c->cell_key,
                            &c->first_seen,    &c->last_seen,
                            &c->band,          &c->mcc,
                            &c->mnc,           &c->verdict,
                            &c->reasons,       &c->recording,
                            &c->review,        &c->reviewer,
                            &c->reviewed_at,   &c->review_note,
                            &c->allowed,       &c->allowed_note,
                            &c->not_evaluable, &c->reasons_key,
                            &c->alert,         &c->run_id,
                            &c->command,       &c->version,
                            &c->rules_sha256,  &c->known_sha256,
                            &c->local_sha256,  &c->recording_sha256};
    for (size_t i = 0; i < sizeof(field) / sizeof(*field); i++)
        *field[i] = column_text(st, (int)i);
}

static void read_cell(sqlite3_stmt *st, struct review_cell *c)
{
    read_texts(st, c);
    c->arfcn = sqlite_file_get_int(st, 26);
    c->bsic = sqlite_file_get_int(st, 27);
    c->lac = sqlite_file_get_int(st, 28);
    c->ci = sqlite_file_get_int(st, 29);
    c->flagged = sqlite3_column_int(st, 30);
    c->evaluable = sqlite3_column_int(st, 31);
    c->rules_total = sqlite3_column_int(st, 32);
    c->score_db = sqlite_file_get_real(st, 33);
    c->level_dbfs = sqlite_file_get_real(st, 34);
    c->level_dbm = sqlite_file_get_real(st, 35);
    c->snr_db = sqlite_file_get_real(st, 36);
    c->offset_hz = sqlite_file_get_real(st, 37);
    c->offset_ppm_rel = sqlite_file_get_real(st, 38);
    c->fn_epoch_frames = sqlite_file_get_real(st, 39);
    c->first_s = sqlite_file_get_real(st, 40);
    c->last_s = sqlite_file_get_real(st, 41);
    c->n_sch = sqlite3_column_int64(st, 42);
    c->n_blocks = sqlite3_column_int64(st, 43);
    c->n_blocks_failed = sqlite3_column_int64(st, 44);
}

static int end_query(struct store *s, sqlite3_stmt *st, int rc, char *err, size_t err_cap)
{
    int ret = rc == SQLITE_DONE || rc == SQLITE_ROW
                  ? 0
                  : sqlite_file_fail(store_connection(s), "read", store_path(s), err, err_cap);
    sqlite3_finalize(st);
    return ret;
}

static sqlite3_stmt *begin_query(struct store *s, const char *sql, const char *a, const char *b)
{
    sqlite3_stmt *st = NULL;
    if (sqlite3_prepare_v2(store_connection(s), sql, -1, &st, NULL) != SQLITE_OK)
        return NULL;
    if (a)
        sqlite3_bind_text(st, 1, a, -1, SQLITE_TRANSIENT);
    if (b)
        sqlite3_bind_text(st, 2, b, -1, SQLITE_TRANSIENT);
    return st;
}

int review_list(struct store *s, enum review_filter filter,
                int (*each)(void *ctx, const struct review_cell *cell), void *ctx, char *err,
                size_t err_cap)
{
    static const char *const sql[] = {
        [REVIEW_FLAGGED] =
            CELL_COLUMNS "WHERE flagged = 1"
                         " ORDER BY review <> 'open', score_db DESC, cell_key, cell_id",
        [REVIEW_QUEUE] = CELL_COLUMNS "WHERE flagged = 1 AND review = 'open'"
                                      " ORDER BY score_db DESC, cell_key, cell_id",
        [REVIEW_ALL] = CELL_COLUMNS "ORDER BY score_db DESC, cell_key, cell_id",
    };
    sqlite3_stmt *st = begin_query(s, sql[filter], NULL, NULL);
    int rc = st ? SQLITE_ROW : SQLITE_ERROR;
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct review_cell c;
        read_cell(st, &c);
        if (each(ctx, &c))
            break;
    }
    return end_query(s, st, rc, err, err_cap);
}

/* ---- one cell ---- */

#define ID_PREFIX_MIN 8

/* Ids that begin so; 0, 1, or 2 for more. Only hex digits and hyphens come here. */
static int find_by_id(struct store *s, const char *text, char ret[DIGEST_UUID_CAP])
{
    sqlite3_stmt *st = begin_query(
        s, "SELECT DISTINCT cell_id FROM cells WHERE cell_id GLOB ?1 || '*' LIMIT 2", text, NULL);
    int n = 0;
    while (st && sqlite3_step(st) == SQLITE_ROW) {
        sqlite_file_text(st, 0, ret, DIGEST_UUID_CAP);
        n++;
    }
    sqlite3_finalize(st);
    return n;
}

/* The latest sighting under a key; a CGI alone is enough when it has one key. */
static int find_by_key(struct store *s, const char *text, char ret[DIGEST_UUID_CAP])
{
    sqlite3_stmt *st = begin_query(s,
                                   "SELECT cell_id, cell_key FROM cell_latest WHERE cell_key = ?1"
                                   " OR substr(cell_key, 1, length(?1) + 1) = ?1 || '/'"
                                   " ORDER BY cell_key <> ?1, run_seq DESC, first_s DESC",
                                   text, NULL);
    char key[CELL_KEY_CAP] = "";
    int n = 0;
    while (n < 2 && st && sqlite3_step(st) == SQLITE_ROW) {
        char other[CELL_KEY_CAP];
        sqlite_file_text(st, 1, n == 0 ? key : other, CELL_KEY_CAP);
        if (n == 0)
            sqlite_file_text(st, 0, ret, DIGEST_UUID_CAP);
        if (n == 0 && strcmp(key, text) == 0) {
            n = 1;
            break;
        }
        n = n == 0 || strcmp(key, other) == 0 ? 1 : 2;
    }
    sqlite3_finalize(st);
    return n;
}

static int find_cell_id(struct store *s, const char *text, char ret[DIGEST_UUID_CAP], char *err,
                        size_t err_cap)
{
    size_t len = strlen(text);
    bool is_id = len >= ID_PREFIX_MIN && strspn(text, "0123456789abcdef-") == len;
    int n = is_id ? find_by_id(s, text, ret) : 0;
    if (n == 0)
        n = find_by_key(s, text, ret);
    if (n == 1)
        return 0;
    if (n == 0)
        snprintf(err, err_cap,
                 "no cell \"%.80s\" in \"%s\"; give a cell_id or a cell_key as `review list --all` "
                 "shows them",
                 text, store_path(s));
    else
        snprintf(err, err_cap,
                 "\"%.80s\" means more than one cell; give the whole cell_id or "
                 "cell_key",
                 text);
    return n == 0 ? -ENOENT : -EINVAL;
}

int review_find(struct store *s, const char *cell,
                int (*each)(void *ctx, const struct review_cell *cell), void *ctx, char *err,
                size_t err_cap)
{
    char id[DIGEST_UUID_CAP];
    int rc = find_cell_id(s, cell, id, err, err_cap);
    if (rc < 0)
        return rc;
    sqlite3_stmt *st = begin_query(s, CELL_COLUMNS "WHERE cell_id = ?1 LIMIT 1", id, NULL);
    rc = st ? sqlite3_step(st) : SQLITE_ERROR;
    if (rc == SQLITE_ROW) {
        struct review_cell c;
        read_cell(st, &c);
        each(ctx, &c);
    }
    return end_query(s, st, rc, err, err_cap);
}

int review_list_findings(struct store *s, const char *run_id, const char *cell_id,
                         int (*each)(void *ctx, const struct review_finding *f), void *ctx,
                         char *err, size_t err_cap)
{
    sqlite3_stmt *st =
        begin_query(s,
                    "SELECT finding_id, rule, observed, expected, statistics, text, rule_version,"
                    " weight_db, first_s, last_s, fn_first, fn_last, evidence FROM findings"
                    " WHERE run_id = ?1 AND cell_id = ?2 ORDER BY weight_db DESC, rule, seq",
                    run_id, cell_id);
    int rc = st ? SQLITE_ROW : SQLITE_ERROR;
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct review_finding f = {
            .finding_id = column_text(st, 0),
            .rule = column_text(st, 1),
            .observed = column_text(st, 2),
            .expected = column_text(st, 3),
            .statistics = column_text(st, 4),
            .text = column_text(st, 5),
            .rule_version = sqlite3_column_int(st, 6),
            .weight_db = sqlite3_column_double(st, 7),
            .first_s = sqlite3_column_double(st, 8),
            .last_s = sqlite3_column_double(st, 9),
            .fn_first = sqlite3_column_int64(st, 10),
            .fn_last = sqlite3_column_int64(st, 11),
            .evidence = sqlite3_column_blob(st, 12),
            .n_evidence_oct = (size_t)sqlite3_column_bytes(st, 12),
        };
        if (each(ctx, &f))
            break;
    }
    return end_query(s, st, rc, err, err_cap);
}

int review_list_observations(struct store *s, const char *run_id, const char *cell_id,
                             int (*each)(void *ctx, const struct review_observation *o), void *ctx,
                             char *err, size_t err_cap)
{
    sqlite3_stmt *st = begin_query(
        s,
        "SELECT si, l2, n_clean, n_repaired, fn_first, fn_last, first_s, last_s, tc_mask"
        " FROM observations WHERE run_id = ?1 AND cell_id = ?2 ORDER BY seq",
        run_id, cell_id);
    int rc = st ? SQLITE_ROW : SQLITE_ERROR;
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        if (sqlite3_column_bytes(st, 1) != GSM_L2_OCT)
            continue; /* not written by this program */
        struct review_observation o = {
            .si = column_text(st, 0),
            .l2 = sqlite3_column_blob(st, 1),
            .n_clean = sqlite3_column_int64(st, 2),
            .n_repaired = sqlite3_column_int64(st, 3),
            .fn_first = sqlite3_column_int64(st, 4),
            .fn_last = sqlite3_column_int64(st, 5),
            .first_s = sqlite3_column_double(st, 6),
            .last_s = sqlite3_column_double(st, 7),
            .tc_mask = sqlite3_column_int(st, 8),
        };
        if (each(ctx, &o))
            break;
    }
    return end_query(s, st, rc, err, err_cap);
}

int review_list_decisions(struct store *s, const char *cell_key,
                          int (*each)(void *ctx, const struct review_decision *d), void *ctx,
                          char *err, size_t err_cap)
{
    sqlite3_stmt *st = begin_query(
        s,
        "SELECT state, kind, note, reviewer,"
        " strftime('%Y-%m-%dT%H:%M:%fZ', decided_utc_us / 1e6, 'unixepoch'), reasons_key,"
        " rules_sha256 FROM reviews WHERE cell_key = ?1 ORDER BY seq DESC",
        cell_key, NULL);
    int rc = st ? SQLITE_ROW : SQLITE_ERROR;
    while (st && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct review_decision d = {
            .state = column_text(st, 0),
            .kind = column_text(st, 1),
            .note = column_text(st, 2),
            .reviewer = column_text(st, 3),
            .decided_at = column_text(st, 4),
            .reasons_key = column_text(st, 5),
            .rules_sha256 = column_text(st, 6),
        };
        if (each(ctx, &d))
            break;
    }
    return end_query(s, st, rc, err, err_cap);
}

/* ---- deciding ---- */

/* What a decision copies from the judgement it is about. */
struct decision {
    const struct review_order *order;
    struct store *store;
    struct local_allow allow;
    bool known_identity;
    int sql;
};

static int put_decision(void *ctx, const struct review_cell *c)
{
    struct decision *d = ctx;
    const struct review_order *o = d->order;
    d->allow = (struct local_allow){.lac = c->lac,
                                    .ci = c->ci,
                                    .arfcn = c->arfcn,
                                    .valid_from_us = UTC_UNKNOWN,
                                    .valid_to_us = UTC_UNKNOWN};
    d->known_identity = c->mcc && c->mnc && c->lac >= 0 && c->ci >= 0;
    if (d->known_identity) {
        snprintf(d->allow.mcc, sizeof(d->allow.mcc), "%s", c->mcc);
        snprintf(d->allow.mnc, sizeof(d->allow.mnc), "%s", c->mnc);
    }
    struct chain_row row = {0};
    chain_put_text(&row, c->cell_key);
    chain_put_text(&row, c->rules_sha256);
    chain_put_text(&row, c->reasons_key);
    chain_put_text(&row, review_state_name(o->state));
    chain_put_text(&row, o->state == REVIEW_EXPLAINED ? (o->kind ? o->kind : "reviewed") : NULL);
    chain_put_text(&row, o->note ? o->note : "");
    chain_put_text(&row, o->reviewer);
    chain_put_int(&row, o->now_utc_us);
    chain_put_text(&row, c->run_id);
    chain_put_text(&row, c->cell_id);
    d->sql = chain_append(store_connection(d->store), STORE_REVIEWS, &row);
    return 0;
}

static int allow_cell(struct decision *d, char *err, size_t err_cap)
{
    if (!d->known_identity) {
        snprintf(err, err_cap,
                 "\"%.80s\" never said which cell it is, so an allow-list entry would cover any "
                 "cell on its channel; use dismissed",
                 d->order->cell);
        return -EINVAL;
    }
    snprintf(d->allow.kind, sizeof(d->allow.kind), "%s",
             d->order->kind ? d->order->kind : "reviewed");
    snprintf(d->allow.note, sizeof(d->allow.note), "%.160s (%.64s)",
             d->order->note ? d->order->note : "", d->order->reviewer);
    return local_db_add_allow(d->order->local_path, &d->allow, err, err_cap);
}

static int check_order(const struct review_order *o, char *err, size_t err_cap)
{
    if (!o->reviewer || !o->reviewer[0]) {
        snprintf(err, err_cap, "say who decides, with --reviewer NAME");
        return -EINVAL;
    }
    if (o->kind && o->state != REVIEW_EXPLAINED) {
        snprintf(err, err_cap, "--kind goes with explained only");
        return -EINVAL;
    }
    if (o->kind && !local_allow_kind_known(o->kind)) {
        snprintf(err, err_cap,
                 "kind \"%.40s\" is not one of rail, private, event, mobile site, reviewed",
                 o->kind);
        return -EINVAL;
    }
    return 0;
}

int review_set(struct store *s, const struct review_order *order, char *err, size_t err_cap)
{
    sqlite3 *db = store_connection(s);
    struct decision d = {.order = order, .store = s, .sql = SQLITE_OK};
    int rc = check_order(order, err, err_cap);
    if (rc < 0)
        return rc;
    if (sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_file_fail(db, "write to", store_path(s), err, err_cap);
    rc = review_find(s, order->cell, put_decision, &d, err, err_cap);
    if (rc == 0 && d.sql != SQLITE_OK)
        rc = sqlite_file_fail(db, "write to", store_path(s), err, err_cap);
    if (rc == 0 && order->state == REVIEW_EXPLAINED)
        rc = allow_cell(&d, err, err_cap); /* first: a decision without effect would mislead */
    if (rc == 0 && sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        rc = sqlite_file_fail(db, "write to", store_path(s), err, err_cap);
    if (!sqlite3_get_autocommit(db))
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}
