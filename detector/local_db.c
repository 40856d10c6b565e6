/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/local_db.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "sqlite_file.h"

static const char *const steps[] = {
    "CREATE TABLE allow ("
    " id INTEGER PRIMARY KEY,"
    " kind TEXT NOT NULL," /* rail, private, event, mobile site, reviewed */
    " mcc TEXT, mnc TEXT, lac INTEGER, ci INTEGER, arfcn INTEGER," /* NULL: any */
    " valid_from_utc_us INTEGER, valid_to_utc_us INTEGER,"         /* NULL: open */
    " note TEXT NOT NULL,"
    " source TEXT NOT NULL," /* 'decision', or operator, regulator, crowd of an import */
    " name TEXT NOT NULL"    /* of the imported list */
    ") STRICT;"
    "CREATE INDEX allow_by_source ON allow (source, name);"
    "CREATE TABLE added_cells ("
    " id INTEGER PRIMARY KEY,"
    " mcc TEXT NOT NULL, mnc TEXT NOT NULL, lac INTEGER NOT NULL, ci INTEGER NOT NULL,"
    " arfcn INTEGER, bsic INTEGER, lat_deg REAL, lon_deg REAL, range_m REAL,"
    " site TEXT NOT NULL, type TEXT NOT NULL,"
    " valid_from_utc_us INTEGER, valid_to_utc_us INTEGER,"
    " note TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX added_cells_by_ci ON added_cells (ci, lac);",
};

static const struct sqlite_file_kind file_kind = {
    .what = "local database",
    .application_id = 0x43574c4f, /* "CWLO" */
    .wal = true,
    .version = sizeof(steps) / sizeof(*steps),
    .steps = steps,
};

/* Who put an entry there that did not come with an import. */
#define SOURCE_DECISION "decision"

struct local_db {
    sqlite3 *db;
    sqlite3_stmt *find;
    uint8_t digest[DIGEST_OCT];
};

/* Content, whatever the order of entry. */
static int digest_content(struct local_db *db)
{
    struct digest *sum = NULL;
    int rc = digest_create(&sum);
    if (rc < 0)
        return SQLITE_NOMEM;
    rc = sqlite_file_digest(db->db,
                            "SELECT 'allow', kind, mcc, mnc, lac, ci, arfcn, valid_from_utc_us,"
                            " valid_to_utc_us, note FROM allow ORDER BY 2,3,4,5,6,7,8,9,10",
                            sum);
    if (rc == SQLITE_OK)
        rc = sqlite_file_digest(db->db,
                                "SELECT 'cell', mcc, mnc, lac, ci, arfcn, bsic, lat_deg, lon_deg,"
                                " range_m, site, type, valid_from_utc_us, valid_to_utc_us"
                                " FROM added_cells ORDER BY 2,3,4,5,6,7,8,9,10,11,12,13,14",
                                sum);
    if (rc == SQLITE_OK && digest_get(sum, db->digest) < 0)
        rc = SQLITE_NOMEM;
    digest_destroy(sum);
    return rc;
}

/* A column that is NULL matches anything; an unknown value of the cell matches only NULL. */
#define SQL_FIND                                                                                   \
    "SELECT kind, mcc, mnc, lac, ci, arfcn, valid_from_utc_us, valid_to_utc_us, note FROM allow"   \
    " WHERE (mcc IS NULL OR mcc = ?1)"                                                             \
    " AND (mnc IS NULL OR (CAST(mnc AS INTEGER) = CAST(?2 AS INTEGER) AND ?2 <> ''))"              \
    " AND (lac IS NULL OR lac = ?3) AND (ci IS NULL OR ci = ?4)"                                   \
    " AND (arfcn IS NULL OR arfcn = ?5)"                                                           \
    " AND (?6 IS NULL OR ((valid_from_utc_us IS NULL OR valid_from_utc_us <= ?6)"                  \
    " AND (valid_to_utc_us IS NULL OR valid_to_utc_us >= ?6)))"                                    \
    " ORDER BY (ci IS NOT NULL) * 16 + (lac IS NOT NULL) * 8 + (arfcn IS NOT NULL) * 4"            \
    " + (mnc IS NOT NULL) * 2 + (mcc IS NOT NULL) DESC, kind, note, id LIMIT 1"

int local_db_open(struct local_db **ret, const char *path, char *err, size_t err_cap)
{
    struct local_db *db = calloc(1, sizeof(*db));
    if (!db) {
        snprintf(err, err_cap, "cannot open \"%s\": out of memory", path);
        return -ENOMEM;
    }
    int rc = sqlite_file_open(&db->db, &file_kind, path, SQLITE_FILE_READ, err, err_cap);
    if (rc == 0 && (digest_content(db) != SQLITE_OK ||
                    sqlite3_prepare_v2(db->db, SQL_FIND, -1, &db->find, NULL) != SQLITE_OK))
        rc = sqlite_file_fail(db->db, "read", path, err, err_cap);
    if (rc < 0) {
        local_db_close(db);
        return rc;
    }
    *ret = db;
    return 0;
}

void local_db_close(struct local_db *db)
{
    if (!db)
        return;
    sqlite3_finalize(db->find);
    sqlite3_close(db->db);
    free(db);
}

void local_db_digest(const struct local_db *db, uint8_t ret[DIGEST_OCT])
{
    memcpy(ret, db->digest, DIGEST_OCT);
}

/* ---- reading ---- */

static void read_allow(sqlite3_stmt *st, struct local_allow *ret)
{
    sqlite_file_text(st, 0, ret->kind, sizeof(ret->kind));
    sqlite_file_text(st, 1, ret->mcc, sizeof(ret->mcc));
    sqlite_file_text(st, 2, ret->mnc, sizeof(ret->mnc));
    ret->lac = sqlite_file_get_int(st, 3);
    ret->ci = sqlite_file_get_int(st, 4);
    ret->arfcn = sqlite_file_get_int(st, 5);
    ret->valid_from_us = sqlite_file_get_utc(st, 6);
    ret->valid_to_us = sqlite_file_get_utc(st, 7);
    sqlite_file_text(st, 8, ret->note, sizeof(ret->note));
}

int local_db_find_allow(struct local_db *db, const char *mcc, const char *mnc, int lac, int ci,
                        int arfcn, int64_t at_us, struct local_allow *ret)
{
    sqlite3_stmt *st = db->find;
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    sqlite3_bind_text(st, 1, mcc, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 2, mnc, -1, SQLITE_STATIC);
    if (lac >= 0)
        sqlite3_bind_int(st, 3, lac);
    if (ci >= 0)
        sqlite3_bind_int(st, 4, ci);
    sqlite3_bind_int(st, 5, arfcn);
    if (at_us != UTC_UNKNOWN)
        sqlite3_bind_int64(st, 6, at_us);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        read_allow(st, ret);
    sqlite3_reset(st);
    return rc == SQLITE_ROW ? 1 : rc == SQLITE_DONE ? 0 : -EIO;
}

int local_db_list_allow(struct local_db *db,
                        int (*each)(void *ctx, const struct local_allow *allow), void *ctx)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db->db,
                                "SELECT kind, mcc, mnc, lac, ci, arfcn, valid_from_utc_us,"
                                " valid_to_utc_us, note FROM allow ORDER BY id",
                                -1, &st, NULL);
    while (rc == SQLITE_OK) {
        struct local_allow allow;
        rc = sqlite3_step(st);
        if (rc != SQLITE_ROW)
            break;
        read_allow(st, &allow);
        rc = each(ctx, &allow) ? SQLITE_DONE : SQLITE_OK;
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? 0 : -EIO;
}

static void read_cell(sqlite3_stmt *st, struct known_cell *ret)
{
    *ret = (struct known_cell){.source = KNOWN_OPERATOR, .added = true};
    sqlite_file_text(st, 0, ret->mcc, sizeof(ret->mcc));
    sqlite_file_text(st, 1, ret->mnc, sizeof(ret->mnc));
    ret->lac = sqlite3_column_int(st, 2);
    ret->ci = sqlite3_column_int(st, 3);
    ret->arfcn = sqlite_file_get_int(st, 4);
    ret->bsic = sqlite_file_get_int(st, 5);
    ret->has_position = sqlite3_column_type(st, 6) != SQLITE_NULL;
    ret->lat_deg = sqlite3_column_double(st, 6);
    ret->lon_deg = sqlite3_column_double(st, 7);
    ret->range_m = sqlite3_column_double(st, 8);
    sqlite_file_text(st, 9, ret->site, sizeof(ret->site));
    sqlite_file_text(st, 10, ret->type, sizeof(ret->type));
    ret->valid_from_us = sqlite_file_get_utc(st, 11);
    ret->valid_to_us = sqlite_file_get_utc(st, 12);
    sqlite_file_text(st, 13, ret->note, sizeof(ret->note));
}

int local_db_find_cells(struct local_db *db, const char *mcc, const char *mnc, int lac, int ci,
                        struct known_cell *ret, size_t cap)
{
    sqlite3_stmt *st = NULL;
    int n = 0;
    int rc = sqlite3_prepare_v2(db->db,
                                "SELECT mcc, mnc, lac, ci, arfcn, bsic, lat_deg, lon_deg, range_m,"
                                " site, type, valid_from_utc_us, valid_to_utc_us, note"
                                " FROM added_cells"
                                " WHERE mcc = ?1 AND CAST(mnc AS INTEGER) = CAST(?2 AS INTEGER)"
                                " AND (?3 < 0 OR lac = ?3) AND (?4 < 0 OR ci = ?4)"
                                " ORDER BY id DESC",
                                -1, &st, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_text(st, 1, mcc, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, mnc, -1, SQLITE_STATIC);
        sqlite3_bind_int(st, 3, lac);
        sqlite3_bind_int(st, 4, ci);
        while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
            if ((size_t)n < cap)
                read_cell(st, &ret[n]);
            n++;
        }
    }
    sqlite3_finalize(st);
    return rc == SQLITE_DONE ? n : -EIO;
}

/* ---- writing ---- */

bool local_allow_kind_known(const char *kind)
{
    static const char *const kinds[] = {"rail", "private", "event", "mobile site", "reviewed"};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kind, kinds[i]) == 0)
            return true;
    return false;
}

static int check_allow(const struct local_allow *a, char *err, size_t err_cap)
{
    if (!local_allow_kind_known(a->kind)) {
        snprintf(err, err_cap,
                 "kind \"%s\" is not one of rail, private, event, mobile site, reviewed", a->kind);
        return -EINVAL;
    }
    if (!a->mcc[0] && !a->mnc[0] && a->lac < 0 && a->ci < 0 && a->arfcn < 0) {
        snprintf(err, err_cap,
                 "the entry would cover every cell; give at least an mcc or an arfcn");
        return -EINVAL;
    }
    return 0;
}

static void bind_text_or_null(sqlite3_stmt *st, int i, const char *text)
{
    if (text[0])
        sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
}

#define SQL_PUT_ALLOW                                                                              \
    "INSERT INTO allow (kind, mcc, mnc, lac, ci, arfcn, valid_from_utc_us, valid_to_utc_us, note," \
    " source, name) VALUES (?,?,?,?,?,?,?,?,?,?,?)"

static int put_allow(sqlite3_stmt *st, const struct local_allow *a, const char *source,
                     const char *name)
{
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    sqlite3_bind_text(st, 1, a->kind, -1, SQLITE_STATIC);
    bind_text_or_null(st, 2, a->mcc);
    bind_text_or_null(st, 3, a->mnc);
    sqlite_file_bind_int(st, 4, a->lac);
    sqlite_file_bind_int(st, 5, a->ci);
    sqlite_file_bind_int(st, 6, a->arfcn);
    sqlite_file_bind_utc(st, 7, a->valid_from_us);
    sqlite_file_bind_utc(st, 8, a->valid_to_us);
    sqlite3_bind_text(st, 9, a->note, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 10, source, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 11, name, -1, SQLITE_STATIC);
    int rc = sqlite3_step(st);
    return rc == SQLITE_DONE ? sqlite3_reset(st) : rc;
}

struct local_import {
    sqlite3 *db;
    sqlite3_stmt *put;
    char *path;
    char source[24], name[64];
    int64_t last_old; /* id of the last entry that was there before */
};

static int begin(struct local_import *m, const char *path, char *err, size_t err_cap)
{
    m->path = strdup(path);
    if (!m->path) {
        snprintf(err, err_cap, "cannot write to \"%s\": out of memory", path);
        return -ENOMEM;
    }
    int rc = sqlite_file_open(&m->db, &file_kind, path, SQLITE_FILE_WRITE, err, err_cap);
    if (rc < 0)
        return rc;
    if (sqlite3_exec(m->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) != SQLITE_OK ||
        sqlite_file_int(m->db, "SELECT coalesce(max(id), 0) FROM allow", &m->last_old) !=
            SQLITE_OK ||
        sqlite3_prepare_v2(m->db, SQL_PUT_ALLOW, -1, &m->put, NULL) != SQLITE_OK)
        return sqlite_file_fail(m->db, "write to", path, err, err_cap);
    return 0;
}

/* A list with a name takes the place of that list; one without, the place of what its source said
 * of the same networks. What a person decided is added to, never replaced. */
#define SQL_REPLACE_NAMED "DELETE FROM allow WHERE source = ?1 AND name = ?2 AND id <= ?3"
#define SQL_NETWORK       "ifnull(CAST(mcc AS INTEGER), -1), ifnull(CAST(mnc AS INTEGER), -1)"
#define SQL_REPLACE_NETWORKS                                                                       \
    "DELETE FROM allow WHERE source = ?1 AND ?2 = '' AND id <= ?3 AND (" SQL_NETWORK ")"           \
    " IN (SELECT " SQL_NETWORK " FROM allow WHERE id > ?3)"

static int replace_old(struct local_import *m, uint64_t *ret_replaced)
{
    sqlite3_stmt *st = NULL;
    if (strcmp(m->source, SOURCE_DECISION) == 0)
        return SQLITE_OK;
    int rc = sqlite3_prepare_v2(m->db, m->name[0] ? SQL_REPLACE_NAMED : SQL_REPLACE_NETWORKS, -1,
                                &st, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_bind_text(st, 1, m->source, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, m->name, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 3, m->last_old);
        rc = sqlite3_step(st);
    }
    if (rc == SQLITE_DONE)
        *ret_replaced = (uint64_t)sqlite3_changes64(m->db);
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_DONE ? rc2 : rc;
}

int local_import_create(struct local_import **ret, const char *path, const char *source,
                        const char *name, char *err, size_t err_cap)
{
    struct local_import *m = calloc(1, sizeof(*m));
    if (!m) {
        snprintf(err, err_cap, "cannot write to \"%s\": out of memory", path);
        return -ENOMEM;
    }
    snprintf(m->source, sizeof(m->source), "%s", source);
    snprintf(m->name, sizeof(m->name), "%s", name);
    int rc = begin(m, path, err, err_cap);
    if (rc < 0) {
        local_import_destroy(m);
        return rc;
    }
    *ret = m;
    return 0;
}

int local_import_push(struct local_import *m, const struct local_allow *allow, char *err,
                      size_t err_cap)
{
    int rc = check_allow(allow, err, err_cap);
    if (rc < 0)
        return rc;
    if (put_allow(m->put, allow, m->source, m->name) != SQLITE_OK)
        return sqlite_file_fail(m->db, "write to", m->path, err, err_cap);
    return 0;
}

int local_import_commit(struct local_import *m, uint64_t *ret_replaced, char *err, size_t err_cap)
{
    uint64_t n_replaced = 0;
    sqlite3_reset(m->put);
    int rc = replace_old(m, &n_replaced);
    if (ret_replaced)
        *ret_replaced = n_replaced;
    if (rc != SQLITE_OK || sqlite3_exec(m->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        return sqlite_file_fail(m->db, "write to", m->path, err, err_cap);
    return 0;
}

void local_import_destroy(struct local_import *m)
{
    if (!m)
        return;
    sqlite3_finalize(m->put);
    if (m->db && !sqlite3_get_autocommit(m->db))
        sqlite3_exec(m->db, "ROLLBACK", NULL, NULL, NULL);
    sqlite3_close(m->db);
    free(m->path);
    free(m);
}

int local_db_add_allow(const char *path, const struct local_allow *allow, char *err, size_t err_cap)
{
    struct local_import *m = NULL;
    int rc = check_allow(allow, err, err_cap);
    if (rc == 0)
        rc = local_import_create(&m, path, SOURCE_DECISION, "", err, err_cap);
    if (rc == 0)
        rc = local_import_push(m, allow, err, err_cap);
    if (rc == 0)
        rc = local_import_commit(m, NULL, err, err_cap);
    local_import_destroy(m);
    return rc;
}

int local_db_add_cell(const char *path, const struct known_cell *c, const char *note, char *err,
                      size_t err_cap)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    int rc = sqlite_file_open(&db, &file_kind, path, SQLITE_FILE_WRITE, err, err_cap);
    if (rc < 0)
        return rc;
    int sql = sqlite3_prepare_v2(db,
                                 "INSERT INTO added_cells (mcc, mnc, lac, ci, arfcn, bsic, lat_deg,"
                                 " lon_deg, range_m, site, type, valid_from_utc_us,"
                                 " valid_to_utc_us, note) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                                 -1, &st, NULL);
    if (sql == SQLITE_OK) {
        sqlite3_bind_text(st, 1, c->mcc, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 2, c->mnc, -1, SQLITE_STATIC);
        sqlite3_bind_int(st, 3, c->lac);
        sqlite3_bind_int(st, 4, c->ci);
        sqlite_file_bind_int(st, 5, c->arfcn);
        sqlite_file_bind_int(st, 6, c->bsic);
        if (c->has_position) {
            sqlite3_bind_double(st, 7, c->lat_deg);
            sqlite3_bind_double(st, 8, c->lon_deg);
        }
        sqlite3_bind_double(st, 9, c->range_m);
        sqlite3_bind_text(st, 10, c->site, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 11, c->type, -1, SQLITE_STATIC);
        sqlite_file_bind_utc(st, 12, c->valid_from_us);
        sqlite_file_bind_utc(st, 13, c->valid_to_us);
        sqlite3_bind_text(st, 14, note, -1, SQLITE_STATIC);
        sql = sqlite3_step(st);
    }
    if (sql != SQLITE_DONE)
        rc = sqlite_file_fail(db, "write to", path, err, err_cap);
    sqlite3_finalize(st);
    sqlite3_close(db);
    return rc;
}
