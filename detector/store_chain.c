/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hash chain of the append-only tables: who changes, removes or inserts a row afterwards has to
 * recompute every later one, and then the head no longer is what was written down. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "sqlite_file.h"

const char *store_table_name(enum store_table table)
{
    switch (table) {
    case STORE_OBSERVATIONS:
        return "observations";
    case STORE_FINDINGS:
        return "findings";
    case STORE_ALERTS:
        return "alerts";
    case STORE_REVIEWS:
        return "reviews";
    case STORE_TABLE_COUNT:
        break;
    }
    return "?";
}

/* ---- a row before it is in the table ---- */

static struct chain_value *next_value(struct chain_row *row, int type)
{
    struct chain_value *v = &row->value[row->n++];
    *v = (struct chain_value){.type = type};
    return v;
}

void chain_put_int(struct chain_row *row, int64_t value)
{
    next_value(row, SQLITE_INTEGER)->integer = value;
}

void chain_put_real(struct chain_row *row, double value)
{
    if (isnan(value))
        next_value(row, SQLITE_NULL);
    else
        next_value(row, SQLITE_FLOAT)->real = value + 0.0; /* no minus zero */
}

void chain_put_text(struct chain_row *row, const char *text)
{
    struct chain_value *v = next_value(row, text ? SQLITE_TEXT : SQLITE_NULL);
    v->data = text;
    v->n_oct = text ? strlen(text) : 0;
}

void chain_put_blob(struct chain_row *row, const uint8_t *data, size_t n_oct)
{
    struct chain_value *v = next_value(row, SQLITE_BLOB);
    v->data = n_oct ? (const void *)data : "";
    v->n_oct = n_oct;
}

static int digest_value(struct digest *sum, const struct chain_value *v)
{
    switch (v->type) {
    case SQLITE_INTEGER:
        return sqlite_file_digest_int(sum, v->integer);
    case SQLITE_FLOAT:
        return sqlite_file_digest_real(sum, v->real);
    case SQLITE_TEXT:
        return sqlite_file_digest_text(sum, v->data, v->n_oct);
    case SQLITE_BLOB:
        return sqlite_file_digest_blob(sum, v->data, v->n_oct);
    }
    return sqlite_file_digest_null(sum);
}

static int bind_value(sqlite3_stmt *st, int i, const struct chain_value *v)
{
    switch (v->type) {
    case SQLITE_INTEGER:
        return sqlite3_bind_int64(st, i, v->integer);
    case SQLITE_FLOAT:
        return sqlite3_bind_double(st, i, v->real);
    case SQLITE_TEXT:
        return sqlite3_bind_text(st, i, v->data, (int)v->n_oct, SQLITE_STATIC);
    case SQLITE_BLOB:
        return sqlite3_bind_blob(st, i, v->data, (int)v->n_oct, SQLITE_STATIC);
    }
    return sqlite3_bind_null(st, i);
}

static int digest_row(int64_t seq, const struct chain_row *row, const uint8_t prev[DIGEST_OCT],
                      uint8_t ret[DIGEST_OCT])
{
    struct digest *sum = NULL;
    int rc = digest_create(&sum);
    if (rc == 0)
        rc = digest_push(sum, prev, DIGEST_OCT);
    if (rc == 0)
        rc = sqlite_file_digest_int(sum, seq);
    for (size_t i = 0; rc == 0 && i < row->n; i++)
        rc = digest_value(sum, &row->value[i]);
    if (rc == 0)
        rc = digest_get(sum, ret);
    digest_destroy(sum);
    return rc;
}

/* Sequence number and hash that the next row of a table follows; zeros for the first. */
static int find_head(sqlite3 *db, const char *sql, const char *name, int64_t *seq,
                     uint8_t hash[DIGEST_OCT])
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK && sqlite3_bind_parameter_count(st) > 0)
        rc = sqlite3_bind_text(st, 1, name, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW && sqlite3_column_bytes(st, 1) == DIGEST_OCT) {
        *seq = sqlite3_column_int64(st, 0);
        memcpy(hash, sqlite3_column_blob(st, 1), DIGEST_OCT);
    }
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? rc2 : rc;
}

#define SQL_ANCHOR "SELECT seq, hash FROM chain_anchors WHERE name = ?1 ORDER BY seq DESC LIMIT 1"

static int find_last(sqlite3 *db, const char *name, int64_t *seq, uint8_t hash[DIGEST_OCT])
{
    char sql[96];
    *seq = 0;
    memset(hash, 0, DIGEST_OCT);
    int rc = find_head(db, SQL_ANCHOR, name, seq, hash);
    snprintf(sql, sizeof(sql), "SELECT seq, hash FROM %s ORDER BY seq DESC LIMIT 1", name);
    return rc == SQLITE_OK ? find_head(db, sql, name, seq, hash) : rc;
}

/* INSERT with as many question marks as the row has values, seq and the two hashes. */
static int prepare_insert(sqlite3 *db, const char *name, size_t n_values, sqlite3_stmt **ret)
{
    char sql[128];
    int n = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", name);
    for (size_t i = 0; i < n_values + 2; i++)
        n += snprintf(sql + n, sizeof(sql) - (size_t)n, ",?");
    snprintf(sql + n, sizeof(sql) - (size_t)n, ")");
    return sqlite3_prepare_v2(db, sql, -1, ret, NULL);
}

int chain_append(sqlite3 *db, enum store_table table, const struct chain_row *row)
{
    const char *name = store_table_name(table);
    int64_t seq;
    uint8_t prev[DIGEST_OCT], hash[DIGEST_OCT];
    int rc = find_last(db, name, &seq, prev);
    if (rc != SQLITE_OK)
        return rc;
    seq++;
    if (digest_row(seq, row, prev, hash) < 0)
        return SQLITE_NOMEM;
    sqlite3_stmt *st = NULL;
    rc = prepare_insert(db, name, row->n, &st);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_int64(st, 1, seq);
    for (size_t i = 0; rc == SQLITE_OK && i < row->n; i++)
        rc = bind_value(st, (int)i + 2, &row->value[i]);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_blob(st, (int)row->n + 2, prev, DIGEST_OCT, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_blob(st, (int)row->n + 3, hash, DIGEST_OCT, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_DONE ? rc2 : rc;
}

/* ---- verifying ---- */

static bool column_equals(sqlite3_stmt *st, int column, const uint8_t hash[DIGEST_OCT])
{
    return sqlite3_column_bytes(st, column) == DIGEST_OCT &&
           memcmp(sqlite3_column_blob(st, column), hash, DIGEST_OCT) == 0;
}

static int digest_stored(sqlite3_stmt *st, const uint8_t prev[DIGEST_OCT], uint8_t ret[DIGEST_OCT])
{
    struct digest *sum = NULL;
    int n = sqlite3_column_count(st) - 2;
    int rc = digest_create(&sum);
    if (rc == 0)
        rc = digest_push(sum, prev, DIGEST_OCT);
    for (int i = 0; rc == 0 && i < n; i++)
        rc = sqlite_file_digest_column(st, i, sum);
    if (rc == 0)
        rc = digest_get(sum, ret);
    digest_destroy(sum);
    return rc;
}

static void break_chain(struct store_chain *ret, int64_t seq, const char *why)
{
    ret->intact = false;
    ret->bad_seq = seq;
    snprintf(ret->why, sizeof(ret->why), "row %lld %s", (long long)seq, why);
}

/* Checks one row against the head so far. -ENOMEM, or 0 with the outcome in ret. */
static int verify_row(sqlite3_stmt *st, int64_t *last, struct store_chain *ret)
{
    int n = sqlite3_column_count(st);
    int64_t seq = sqlite3_column_int64(st, 0);
    uint8_t hash[DIGEST_OCT];
    if (digest_stored(st, ret->head, hash) < 0)
        return -ENOMEM;
    if (seq != *last + 1)
        break_chain(ret, *last + 1, "is missing");
    else if (!column_equals(st, n - 2, ret->head))
        break_chain(ret, seq, "does not follow the row before it");
    else if (!column_equals(st, n - 1, hash))
        break_chain(ret, seq, "was changed after it was written");
    memcpy(ret->head, hash, DIGEST_OCT);
    *last = seq;
    ret->n_rows++;
    return 0;
}

int store_verify_chain(struct store *s, enum store_table table, struct store_chain *ret, char *err,
                       size_t err_cap)
{
    sqlite3 *db = store_connection(s);
    const char *name = store_table_name(table);
    char sql[96];
    snprintf(sql, sizeof(sql), "SELECT * FROM %s ORDER BY seq", name);
    *ret = (struct store_chain){.intact = true};
    int64_t last = 0;
    int rc = find_head(db, SQL_ANCHOR, name, &last, ret->head);
    sqlite3_stmt *st = NULL;
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    while (rc == SQLITE_OK && ret->intact) {
        int step = sqlite3_step(st);
        if (step != SQLITE_ROW) {
            rc = step;
            break;
        }
        if (verify_row(st, &last, ret) < 0)
            rc = SQLITE_NOMEM;
    }
    int fail = rc == SQLITE_DONE || rc == SQLITE_OK
                   ? 0
                   : sqlite_file_fail(db, "read", store_path(s), err, err_cap);
    sqlite3_finalize(st);
    return fail;
}
