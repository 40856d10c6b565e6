/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/store.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "gsm/si.h"
#include "sqlite_file.h"

struct store {
    sqlite3 *db;
    char *path;
};

sqlite3 *store_connection(struct store *s)
{
    return s->db;
}

const char *store_path(const struct store *s)
{
    return s->path;
}

static int open_mode(struct store **ret, const char *path, enum sqlite_file_mode mode, char *err,
                     size_t err_cap)
{
    struct store *s = calloc(1, sizeof(*s));
    int rc = -ENOMEM;
    if (!s)
        goto fail;
    s->path = strdup(path);
    if (!s->path)
        goto fail;
    rc = sqlite_file_open(&s->db, &store_file_kind, path, mode, err, err_cap);
    if (rc < 0)
        goto fail;
    *ret = s;
    return 0;
fail:
    if (rc == -ENOMEM)
        snprintf(err, err_cap, "cannot open \"%s\": out of memory", path);
    store_close(s);
    return rc;
}

int store_open(struct store **ret, const char *path, char *err, size_t err_cap)
{
    return open_mode(ret, path, SQLITE_FILE_WRITE, err, err_cap);
}

int store_open_read(struct store **ret, const char *path, char *err, size_t err_cap)
{
    return open_mode(ret, path, SQLITE_FILE_READ, err, err_cap);
}

void store_close(struct store *s)
{
    if (!s)
        return;
    sqlite3_close(s->db);
    free(s->path);
    free(s);
}

/* ---- ids ---- */

static void name_id(const uint8_t space[16], const char *name, char ret[DIGEST_UUID_CAP])
{
    uint8_t uuid[16];
    digest_uuid5(space, name, uuid);
    digest_uuid_format(uuid, ret);
}

/* One transmitter is told from another of the same key by the frame number it would have had at
 * second 0 (whole frames) and by when it was first heard: both far coarser than what arithmetic of
 * another machine could change. */
static void cell_name(const struct judged_cell *c, char *ret, size_t cap)
{
    char key[CELL_KEY_CAP];
    judged_cell_key(c, key);
    if (c->fn_known)
        snprintf(ret, cap, "cell/%s/%s/%.0f/%.1f", arfcn_band_name(c->channel.band), key,
                 rint(c->fn_epoch_frames), c->first_s);
    else
        snprintf(ret, cap, "cell/%s/%s/tx%" PRIu64, arfcn_band_name(c->channel.band), key, c->tx);
}

void store_cell_id(const uint8_t space[16], const struct judged_cell *c, char ret[DIGEST_UUID_CAP])
{
    char name[160];
    cell_name(c, name, sizeof(name));
    name_id(space, name, ret);
}

void store_finding_id(const uint8_t space[16], const struct judged_cell *c, const struct finding *f,
                      char ret[DIGEST_UUID_CAP])
{
    char cell[160], name[256];
    cell_name(c, cell, sizeof(cell));
    snprintf(name, sizeof(name), "finding/%s/%s/%d", cell, f->rule, f->rule_version);
    name_id(space, name, ret);
}

void store_finding_id_of(const uint8_t space[16], const char *cell_id, const struct finding *f,
                         char ret[DIGEST_UUID_CAP])
{
    char name[128];
    snprintf(name, sizeof(name), "finding/%s/%s/%d", cell_id, f->rule, f->rule_version);
    name_id(space, name, ret);
}

static bool is_zero(const uint8_t value[DIGEST_OCT])
{
    static const uint8_t zero[DIGEST_OCT];
    return memcmp(value, zero, DIGEST_OCT) == 0;
}

void store_run_id(const struct store_run *run, char ret[DIGEST_UUID_CAP])
{
    const char *options = run->options ? run->options : "";
    uint8_t space[16], sum[DIGEST_OCT] = {0};
    char rules[DIGEST_HEX_CAP], known[DIGEST_HEX_CAP], local[DIGEST_HEX_CAP];
    char asked[DIGEST_HEX_CAP], name[768];
    digest_uuid_space(run->recording_sha256, space);
    digest_format(run->rules_sha256, rules);
    digest_format(run->known_sha256, known);
    digest_format(run->local_sha256, local);
    digest_run(options, strlen(options), sum);
    digest_format(sum, asked);
    snprintf(name, sizeof(name),
             "run/%s/%s/%s/%s/%s/%s/%s/%.3f/%.3f/%.6f/%" PRId64 "/%" PRIu64 "/%d", run->command,
             run->version, rules, known, local, asked, run->format, run->rate_hz, run->center_hz,
             run->ppm, run->start_utc_us, run->n_samp, run->interrupted);
    if (run->live) { /* two segments may end with the same sample */
        size_t n = strlen(name);
        snprintf(name + n, sizeof(name) - n, "/%" PRIu64, run->segment);
    }
    name_id(space, name, ret);
}

/* ---- rows ---- */

/* Rounds to what is printed, so that rows of two machines are equal. */
static double round_to(double value, double step)
{
    return isfinite(value) ? rint(value / step) * step : (double)NAN;
}

#define STEP_S  1e-6
#define STEP_DB 0.01
#define STEP_HZ 0.1

/* Binds by letters: i int64, n int64 that is NULL below zero, r real (NAN: NULL), t text (NULL:
 * NULL), u UTC (UNKNOWN: NULL), and runs the statement once. Numbers are int64_t and double. */
static int run_sql(sqlite3 *db, const char *sql, const char *types, ...)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    va_list ap;
    va_start(ap, types);
    for (int i = 1; rc == SQLITE_OK && types[i - 1]; i++) {
        if (types[i - 1] == 'r') {
            rc = sqlite3_bind_double(st, i, va_arg(ap, double));
        } else if (types[i - 1] == 't') {
            rc = sqlite3_bind_text(st, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
        } else {
            int64_t value = va_arg(ap, int64_t);
            bool unknown =
                (types[i - 1] == 'u' && value == UTC_UNKNOWN) || (types[i - 1] == 'n' && value < 0);
            rc = unknown ? sqlite3_bind_null(st, i) : sqlite3_bind_int64(st, i, value);
        }
    }
    va_end(ap);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? rc2 : rc;
}

static int put_recording(sqlite3 *db, const struct store_run *run, const char *recording_id)
{
    char sha[DIGEST_HEX_CAP + 8], hex[DIGEST_HEX_CAP];
    digest_format(run->recording_sha256, hex);
    snprintf(sha, sizeof(sha), "%s%s", run->live ? "live:" : "", hex);
    return run_sql(db,
                   "INSERT INTO recordings (recording_id, sha256, path, format, rate_hz, center_hz,"
                   " n_samp, signal_s, start_utc_us) VALUES (?,?,?,?,?,?,?,?,?)"
                   " ON CONFLICT (recording_id) DO UPDATE SET path = excluded.path,"
                   " format = excluded.format, rate_hz = excluded.rate_hz,"
                   " center_hz = excluded.center_hz,"
                   " n_samp = max(n_samp, excluded.n_samp),"
                   " signal_s = max(signal_s, excluded.signal_s),"
                   " start_utc_us = coalesce(excluded.start_utc_us, start_utc_us)",
                   "ttttrriru", recording_id, sha, run->path, run->format,
                   run->rate_hz > 0 ? run->rate_hz : (double)NAN,
                   run->center_hz > 0 ? run->center_hz : (double)NAN, (int64_t)run->n_samp,
                   round_to(run->signal_s, STEP_S), run->start_utc_us);
}

static int put_run(sqlite3 *db, const struct store_run *run, const char *run_id,
                   const char *recording_id)
{
    char rules[DIGEST_HEX_CAP], known[DIGEST_HEX_CAP], local[DIGEST_HEX_CAP];
    digest_format(run->rules_sha256, rules);
    digest_format(run->known_sha256, known);
    digest_format(run->local_sha256, local);
    return run_sql(
        db,
        "INSERT INTO runs (run_id, recording_id, command, version, options,"
        " start_utc_us, signal_s, n_samp, interrupted, ppm, rules_sha256, known_sha256,"
        " local_sha256, position_lat_deg, position_lon_deg, receiver, gain_db,"
        " clock_quality, position_quality)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "ttttturiirtttrrtrtt", run_id, recording_id, run->command, run->version,
        run->options ? run->options : "", run->start_utc_us, round_to(run->signal_s, STEP_S),
        (int64_t)run->n_samp, (int64_t)run->interrupted, run->ppm, rules,
        is_zero(run->known_sha256) ? NULL : known, is_zero(run->local_sha256) ? NULL : local,
        run->has_position ? run->position_deg[0] : (double)NAN,
        run->has_position ? run->position_deg[1] : (double)NAN, run->receiver,
        run->live ? run->gain_db : (double)NAN, run->clock_quality, run->position_quality);
}

static int put_coverage(sqlite3 *db, const struct store_run *run, const char *run_id)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < run->n_coverage; i++) {
        const struct store_coverage *c = &run->coverage[i];
        bool dated = c->last_s > 0;
        rc = run_sql(db,
                     "INSERT INTO coverage_spans (run_id, n, band, from_hz, to_hz, heard_s, reason,"
                     " first_s, last_s) VALUES (?,?,?,?,?,?,?,?,?)",
                     "titrrrtrr", run_id, (int64_t)i,
                     c->band == ARFCN_BAND_UNKNOWN ? NULL : arfcn_band_name(c->band), c->from_hz,
                     c->to_hz, round_to(c->heard_s, STEP_S), c->reason[0] ? c->reason : NULL,
                     dated ? round_to(c->first_s, STEP_S) : (double)NAN,
                     dated ? round_to(c->last_s, STEP_S) : (double)NAN);
    }
    return rc;
}

static int64_t at_utc(const struct store_run *run, double at_s)
{
    if (run->start_utc_us == UTC_UNKNOWN || !isfinite(at_s) || fabs(at_s) > 1e9)
        return UTC_UNKNOWN;
    return run->start_utc_us + (int64_t)llrint(at_s * 1e6);
}

static int put_cell(sqlite3 *db, const struct store_run *run, const char *run_id,
                    const char *cell_id, const struct judged_cell *c)
{
    char key[CELL_KEY_CAP];
    judged_cell_key(c, key);
    return run_sql(
        db,
        "INSERT INTO cells (run_id, cell_id, cell_key, tx, band, arfcn, bsic, mcc, mnc, lac, ci,"
        " level_dbfs, level_dbm, snr_db, offset_hz, offset_se_hz, offset_ppm_rel, clock_ppm,"
        " phase_error_deg, delay_spread_us, first_s, last_s, first_utc_us, last_utc_us,"
        " fn_epoch_frames, n_sch, n_blocks, n_blocks_failed)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        "tttitinttnnrrrrrrrrrrruuriii", run_id, cell_id, key, (int64_t)c->tx,
        arfcn_band_name(c->channel.band), (int64_t)c->channel.number, (int64_t)c->bsic,
        c->has_lai ? c->mcc : NULL, c->has_lai ? c->mnc : NULL,
        c->has_lai ? (int64_t)c->lac : INT64_C(-1), c->has_ci ? (int64_t)c->ci : INT64_C(-1),
        round_to(c->level_dbfs, STEP_DB), round_to(c->level_dbm, STEP_DB),
        round_to(c->snr_db, STEP_DB), round_to(c->offset_hz, STEP_HZ),
        round_to(c->offset_se_hz, STEP_HZ), round_to(c->offset_ppm_rel, 0.001),
        round_to(c->clock_ppm, 0.001), round_to(c->phase_error_deg, 0.01),
        round_to(c->delay_spread_us, 0.01), round_to(c->first_s, STEP_S),
        round_to(c->last_s, STEP_S), at_utc(run, c->first_s), at_utc(run, c->last_s),
        c->fn_known ? round_to(c->fn_epoch_frames, 0.001) : (double)NAN, (int64_t)c->n_sch,
        (int64_t)c->n_blocks, (int64_t)c->n_blocks_failed);
}

static int put_observations(sqlite3 *db, const char *run_id, const char *cell_id,
                            const struct judged_cell *c)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < c->n_si; i++) {
        const struct cell_si_seen *si = &c->si[i];
        struct chain_row row = {0};
        chain_put_text(&row, run_id);
        chain_put_text(&row, cell_id);
        chain_put_text(&row, si_type_name(si->type));
        chain_put_blob(&row, si->l2, sizeof(si->l2));
        chain_put_int(&row, si->n_clean);
        chain_put_int(&row, si->n_repaired);
        chain_put_int(&row, si->fn_first);
        chain_put_int(&row, si->fn_last);
        chain_put_real(&row, round_to(si->first_s, STEP_S));
        chain_put_real(&row, round_to(si->last_s, STEP_S));
        chain_put_int(&row, si->tc_mask);
        rc = chain_append(db, STORE_OBSERVATIONS, &row);
    }
    return rc;
}

static int put_findings(sqlite3 *db, const struct store_run *run, const uint8_t space[16],
                        const char *run_id, const char *cell_id, const struct judged_cell *c)
{
    int rc = SQLITE_OK;
    for (size_t i = 0; rc == SQLITE_OK && i < c->n_findings; i++) {
        const struct finding *f = &c->findings[i];
        size_t n_l2 = f->n_oct_messages < 4 ? f->n_oct_messages : 4;
        char id[DIGEST_UUID_CAP];
        if (run->live)
            store_finding_id_of(space, cell_id, f, id);
        else
            store_finding_id(space, c, f, id);
        struct chain_row row = {0};
        chain_put_text(&row, id);
        chain_put_text(&row, run_id);
        chain_put_text(&row, cell_id);
        chain_put_text(&row, f->rule);
        chain_put_int(&row, f->rule_version);
        chain_put_real(&row, round_to(f->weight_db, STEP_DB));
        chain_put_text(&row, f->observed);
        chain_put_text(&row, f->expected);
        chain_put_text(&row, f->statistics);
        chain_put_text(&row, f->text);
        chain_put_real(&row, round_to(f->first_s, STEP_S));
        chain_put_real(&row, round_to(f->last_s, STEP_S));
        chain_put_int(&row, f->fn_first);
        chain_put_int(&row, f->fn_last);
        chain_put_blob(&row, f->l2[0], n_l2 * GSM_L2_OCT);
        rc = chain_append(db, STORE_FINDINGS, &row);
    }
    return rc;
}

static int compare_ids(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* Ids sorted, each once, separated by blanks. */
static void join_ids(char (*id)[RULE_ID_CAP], size_t n, char *ret, size_t cap)
{
    size_t len = 0;
    qsort(id, n, sizeof(*id), compare_ids);
    ret[0] = 0;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && strcmp(id[i], id[i - 1]) == 0)
            continue;
        int k = snprintf(ret + len, cap - len, "%s%s", len ? " " : "", id[i]);
        if (k < 0 || (size_t)k >= cap - len)
            return;
        len += (size_t)k;
    }
}

static int put_alert(sqlite3 *db, const char *run_id, const char *cell_id,
                     const struct judged_cell *c)
{
    char id[RULES_CAP][RULE_ID_CAP];
    char reasons[RULES_CAP * RULE_ID_CAP + 1], missing[RULES_CAP * RULE_ID_CAP + 1];
    for (size_t i = 0; i < c->n_findings; i++)
        memcpy(id[i], c->findings[i].rule, sizeof(id[i]));
    join_ids(id, c->n_findings, reasons, sizeof(reasons));
    memcpy(id, c->not_evaluable, c->n_not_evaluable * sizeof(*id));
    join_ids(id, c->n_not_evaluable, missing, sizeof(missing));
    struct chain_row row = {0};
    chain_put_text(&row, run_id);
    chain_put_text(&row, cell_id);
    chain_put_text(&row, verdict_name(c->verdict));
    chain_put_real(&row, round_to(c->score_db, STEP_DB));
    chain_put_int(&row, judged_cell_flagged(c));
    chain_put_text(&row, c->allowed[0] ? c->allowed : NULL);
    chain_put_text(&row, c->allowed[0] ? c->allowed_note : NULL);
    chain_put_int(&row, c->evaluable);
    chain_put_int(&row, c->rules_total);
    chain_put_text(&row, missing);
    chain_put_text(&row, reasons);
    chain_put_text(&row, c->alert_text);
    return chain_append(db, STORE_ALERTS, &row);
}

/* ---- one run ---- */

static int row_exists(sqlite3 *db, const char *sql, const char *a, const char *b, bool *ret)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, a, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK && b)
        rc = sqlite3_bind_text(st, 2, b, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    *ret = rc == SQLITE_ROW;
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? rc2 : rc;
}

/* Two tracks that cannot be told apart by name must not cost the whole run its rows. */
static int find_free_id(sqlite3 *db, const uint8_t space[16], const char *run_id,
                        char cell_id[DIGEST_UUID_CAP])
{
    for (;;) {
        bool taken = false;
        int rc = row_exists(db, "SELECT 1 FROM cells WHERE run_id = ?1 AND cell_id = ?2", run_id,
                            cell_id, &taken);
        if (rc != SQLITE_OK || !taken)
            return rc;
        char name[DIGEST_UUID_CAP + 8];
        snprintf(name, sizeof(name), "again/%s", cell_id);
        name_id(space, name, cell_id);
    }
}

static int put_judged(sqlite3 *db, const struct store_run *run, const uint8_t space[16],
                      const char *run_id, const struct judged_cell *c, const char *fixed_id)
{
    char cell_id[DIGEST_UUID_CAP];
    if (fixed_id)
        memcpy(cell_id, fixed_id, sizeof(cell_id));
    else
        store_cell_id(space, c, cell_id);
    int rc = find_free_id(db, space, run_id, cell_id);
    if (rc == SQLITE_OK)
        rc = put_cell(db, run, run_id, cell_id, c);
    if (rc == SQLITE_OK)
        rc = put_observations(db, run_id, cell_id, c);
    if (rc == SQLITE_OK)
        rc = put_findings(db, run, space, run_id, cell_id, c);
    return rc == SQLITE_OK ? put_alert(db, run_id, cell_id, c) : rc;
}

static int put_all(sqlite3 *db, const struct store_run *run, const char *run_id,
                   const struct judged_cell *cells, size_t n_cells)
{
    uint8_t space[16];
    char recording_id[DIGEST_UUID_CAP];
    digest_uuid_space(run->recording_sha256, space);
    digest_uuid_format(space, recording_id);
    int rc = put_recording(db, run, recording_id);
    if (rc == SQLITE_OK)
        rc = put_run(db, run, run_id, recording_id);
    if (rc == SQLITE_OK)
        rc = put_coverage(db, run, run_id);
    const struct store_live_cell *live = run->live ? run->live_cells : NULL;
    for (size_t i = 0; rc == SQLITE_OK && i < n_cells; i++) {
        if (!live || live[i].write)
            rc = put_judged(db, run, space, run_id, &cells[i], live ? live[i].id : NULL);
    }
    return rc;
}

int store_write_run(struct store *s, const struct store_run *run, const struct judged_cell *cells,
                    size_t n_cells, bool *ret_new, char *err, size_t err_cap)
{
    char run_id[DIGEST_UUID_CAP];
    bool known = false;
    store_run_id(run, run_id);
    int rc = sqlite3_exec(s->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = row_exists(s->db, "SELECT 1 FROM runs WHERE run_id = ?1", run_id, NULL, &known);
    if (rc == SQLITE_OK && !known)
        rc = put_all(s->db, run, run_id, cells, n_cells);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(s->db, "COMMIT", NULL, NULL, NULL);
    if (ret_new)
        *ret_new = rc == SQLITE_OK && !known;
    if (rc == SQLITE_OK)
        return 0;
    int ret = sqlite_file_fail(s->db, "write to", s->path, err, err_cap);
    if (!sqlite3_get_autocommit(s->db))
        sqlite3_exec(s->db, "ROLLBACK", NULL, NULL, NULL);
    return ret;
}
