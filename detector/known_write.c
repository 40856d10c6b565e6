/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A new known.db: rows are staged as they come, then written once in the order of the map, which
 * makes look-ups by place read neighbouring pages; indices come last. The new file needs no
 * journal: until it is renamed, nobody reads it, and if it fails it is removed. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/utc.h"
#include "sqlite_file.h"

struct known_write {
    sqlite3 *db;
    sqlite3_stmt *put;
    struct digest *sum; /* of the list's rows, as they were understood */
    struct known_list list;
    int64_t id;
    bool has_old;
    char *path;
    char *new_path;
};

#define SQL_PRAGMAS                                                                                \
    "PRAGMA page_size=8192; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"                      \
    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA temp_store=FILE; PRAGMA cache_size=-262144"

static int exec(struct known_write *w, const char *sql)
{
    return sqlite3_exec(w->db, sql, NULL, NULL, NULL);
}

int known_write_fail(struct known_write *w, char *err, size_t err_cap)
{
    return sqlite_file_fail(w->db, "write to", w->new_path, err, err_cap);
}

/* Is there an old file, and is it one of ours? */
static int look_at_old(struct known_write *w, char *err, size_t err_cap)
{
    sqlite3 *old = NULL;
    int rc = sqlite_file_open(&old, &known_file_kind, w->path, SQLITE_FILE_READ, err, err_cap);
    sqlite3_close(old);
    w->has_old = rc == 0;
    return rc == -ENOENT ? 0 : rc;
}

static int attach_old(struct known_write *w)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(w->db, "ATTACH ?1 AS old", -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, w->path, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_DONE ? rc2 : rc;
}

/* The list's number: that of the list it replaces, else the next one. */
static int find_id(struct known_write *w)
{
    w->id = 1;
    if (!w->has_old)
        return SQLITE_OK;
    int rc = sqlite_file_int(w->db, "SELECT coalesce(max(id), 0) + 1 FROM old.lists", &w->id);
    char *sql =
        sqlite3_mprintf("SELECT id FROM old.lists WHERE kind = %d AND source = %d AND name = %Q",
                        (int)w->list.kind, (int)w->list.source, w->list.name);
    if (!sql)
        return SQLITE_NOMEM;
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(w->db, sql, &w->id);
    sqlite3_free(sql);
    return rc;
}

static int prepare_stage(struct known_write *w)
{
    bool cells = w->list.kind == KNOWN_KIND_CELLS;
    int rc = exec(w, cells ? "CREATE TEMP TABLE stage AS SELECT * FROM cells WHERE 0"
                           : "CREATE TEMP TABLE stage AS SELECT * FROM allocations WHERE 0");
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(w->db,
                                cells ? "INSERT INTO temp.stage VALUES"
                                        " (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
                                      : "INSERT INTO temp.stage VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                                -1, &w->put, NULL);
    return rc;
}

static int open_new(struct known_write *w, char *err, size_t err_cap)
{
    unlink(w->new_path);
    int rc = sqlite3_open_v2(w->new_path, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    if (rc == SQLITE_OK)
        rc = exec(w, SQL_PRAGMAS);
    if (rc == SQLITE_OK && w->has_old)
        rc = attach_old(w);
    if (rc == SQLITE_OK)
        rc = exec(w, "BEGIN");
    if (rc == SQLITE_OK)
        rc = exec(w, known_file_kind.steps[0]);
    if (rc == SQLITE_OK)
        rc = find_id(w);
    if (rc == SQLITE_OK)
        rc = prepare_stage(w);
    return rc == SQLITE_OK ? 0 : known_write_fail(w, err, err_cap);
}

int known_write_create(struct known_write **ret, const char *path, const struct known_list *list,
                       char *err, size_t err_cap)
{
    struct known_write *w = calloc(1, sizeof(*w));
    int rc = -ENOMEM;
    if (!w)
        goto fail;
    w->list = *list;
    w->path = strdup(path);
    if (!w->path || asprintf(&w->new_path, "%s.new-%ld", path, (long)getpid()) < 0 ||
        digest_create(&w->sum) < 0)
        goto fail;
    rc = look_at_old(w, err, err_cap);
    if (rc == 0)
        rc = open_new(w, err, err_cap);
    if (rc < 0)
        goto fail;
    *ret = w;
    return 0;
fail:
    if (rc == -ENOMEM)
        snprintf(err, err_cap, "cannot write to \"%s\": out of memory", path);
    known_write_destroy(w);
    return rc;
}

void known_write_destroy(struct known_write *w)
{
    if (!w)
        return;
    sqlite3_finalize(w->put);
    sqlite3_close(w->db);
    if (w->db && w->new_path)
        unlink(w->new_path);
    digest_destroy(w->sum);
    free(w->path);
    free(w->new_path);
    free(w);
}

/* ---- rows ---- */

static void bind_int_or_null(sqlite3_stmt *st, int i, int value)
{
    if (value >= 0)
        sqlite3_bind_int(st, i, value);
}

static void bind_utc(sqlite3_stmt *st, int i, int64_t us)
{
    if (us != UTC_UNKNOWN)
        sqlite3_bind_int64(st, i, us);
}

/* Runs the insert and adds what was bound to the list's digest; the list's own number stays out of
 * it, since it depends on what was imported before. */
static int put_row(struct known_write *w, const char *line)
{
    int rc = sqlite3_step(w->put);
    sqlite3_reset(w->put);
    sqlite3_clear_bindings(w->put);
    if (rc != SQLITE_DONE)
        return rc == SQLITE_FULL ? -ENOSPC : -EIO;
    return digest_push(w->sum, line, strlen(line));
}

int known_write_cell(struct known_write *w, const struct known_cell *c)
{
    sqlite3_stmt *st = w->put;
    int64_t lat_e6 = llrint(c->lat_deg * 1e6), lon_e6 = llrint(c->lon_deg * 1e6);
    sqlite3_bind_int64(st, 1, w->id);
    sqlite3_bind_int(st, 2, (int)w->list.source);
    sqlite3_bind_int(st, 3, atoi(c->mcc));
    sqlite3_bind_int(st, 4, atoi(c->mnc));
    sqlite3_bind_int(st, 5, (int)strlen(c->mnc));
    sqlite3_bind_int(st, 6, c->lac);
    sqlite3_bind_int(st, 7, c->ci);
    bind_int_or_null(st, 8, c->arfcn);
    bind_int_or_null(st, 9, c->bsic);
    if (c->has_position) {
        sqlite3_bind_int64(st, 10, known_tile(c->lat_deg, c->lon_deg));
        sqlite3_bind_int64(st, 11, lat_e6);
        sqlite3_bind_int64(st, 12, lon_e6);
    }
    sqlite3_bind_int64(st, 13, llrint(c->range_m));
    if (c->site[0])
        sqlite3_bind_text(st, 14, c->site, -1, SQLITE_STATIC);
    if (c->type[0])
        sqlite3_bind_text(st, 15, c->type, -1, SQLITE_STATIC);
    bind_utc(st, 16, c->valid_from_us);
    bind_utc(st, 17, c->valid_to_us);
    char line[320];
    snprintf(line, sizeof(line),
             "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%lld\t%lld\t%lld\t%lld\t%lld\t%s\t%s\n", c->mcc, c->mnc,
             c->lac, c->ci, c->arfcn, c->bsic, c->has_position, (long long)lat_e6,
             (long long)lon_e6, llrint(c->range_m), (long long)c->valid_from_us,
             (long long)c->valid_to_us, c->site, c->type);
    return put_row(w, line);
}

int known_write_allocation(struct known_write *w, const struct known_allocation *a,
                           const int64_t valid_us[2])
{
    sqlite3_stmt *st = w->put;
    sqlite3_bind_int64(st, 1, w->id);
    sqlite3_bind_int(st, 2, (int)w->list.source);
    sqlite3_bind_int(st, 3, atoi(a->mcc));
    sqlite3_bind_int(st, 4, atoi(a->mnc));
    sqlite3_bind_int(st, 5, (int)strlen(a->mnc));
    sqlite3_bind_text(st, 6, a->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 7, arfcn_band_name(a->band), -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 8, a->arfcn_lo);
    sqlite3_bind_int(st, 9, a->arfcn_hi);
    bind_utc(st, 10, valid_us[0]);
    bind_utc(st, 11, valid_us[1]);
    char line[256];
    snprintf(line, sizeof(line), "%s\t%s\t%s\t%d\t%d\t%lld\t%lld\t%s\n", a->mcc, a->mnc,
             arfcn_band_name(a->band), a->arfcn_lo, a->arfcn_hi, (long long)valid_us[0],
             (long long)valid_us[1], a->operator_name);
    return put_row(w, line);
}

/* ---- the end ---- */

/* Takes over the other lists, in one pass that sorts old and new together. */
static int merge(struct known_write *w)
{
    bool cells = w->list.kind == KNOWN_KIND_CELLS;
    char *sql = sqlite3_mprintf(
        "INSERT INTO main.cells SELECT * FROM (SELECT * FROM %s%s)"
        " ORDER BY tile, mcc, mnc, lac, ci;"
        "INSERT INTO main.allocations SELECT * FROM (SELECT * FROM %s%s)"
        " ORDER BY mcc, mnc, band, arfcn_lo;",
        cells ? "temp.stage" : "main.cells WHERE 0",
        w->has_old ? " UNION ALL SELECT * FROM old.cells WHERE list <> :id" : "",
        cells ? "main.allocations WHERE 0" : "temp.stage",
        w->has_old ? " UNION ALL SELECT * FROM old.allocations WHERE list <> :id" : "");
    int rc = sql ? SQLITE_OK : SQLITE_NOMEM;
    for (const char *at = sql; rc == SQLITE_OK && at && *at;) {
        sqlite3_stmt *st = NULL;
        rc = sqlite3_prepare_v2(w->db, at, -1, &st, &at);
        if (rc == SQLITE_OK && sqlite3_bind_parameter_count(st) > 0)
            rc = sqlite3_bind_int64(st, 1, w->id);
        if (rc == SQLITE_OK)
            rc = sqlite3_step(st) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode(w->db);
        sqlite3_finalize(st);
    }
    sqlite3_free(sql);
    if (rc == SQLITE_OK && w->has_old)
        rc = exec(w, "INSERT INTO main.lists SELECT * FROM old.lists");
    return rc;
}

#define SQL_FINISH                                                                                 \
    "DROP TABLE temp.stage;"                                                                       \
    "INSERT INTO networks SELECT mcc, mnc, source, max(digits), count(*) FROM cells"               \
    " GROUP BY mcc, mnc, source;"                                                                  \
    "CREATE INDEX main.cells_by_cgi ON cells (mcc, mnc, lac, ci);"                                 \
    "CREATE INDEX main.cells_by_tile ON cells (tile) WHERE tile IS NOT NULL;"                      \
    "CREATE INDEX main.allocations_by_network ON allocations (mcc, mnc);"

static int put_list(struct known_write *w)
{
    uint8_t hash[DIGEST_OCT];
    char hex[DIGEST_HEX_CAP], when[24] = "NULL";
    if (digest_get(w->sum, hash) < 0)
        return SQLITE_NOMEM;
    digest_format(hash, hex);
    if (w->list.imported_utc_us != UTC_UNKNOWN)
        snprintf(when, sizeof(when), "%lld", (long long)w->list.imported_utc_us);
    char *sql = sqlite3_mprintf(
        "INSERT OR REPLACE INTO main.lists VALUES (%lld, %d, %d, %Q, %Q, %llu, %llu, %llu, %Q, %s);"
        "PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
        (long long)w->id, (int)w->list.kind, (int)w->list.source, w->list.name, w->list.file,
        (unsigned long long)w->list.n_rows, (unsigned long long)w->list.n_bad,
        (unsigned long long)w->list.n_skipped, hex, when, known_file_kind.application_id,
        known_file_kind.version);
    int rc = sql ? exec(w, sql) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return rc;
}

/* The file must be on the disk before its name is, and the name before we say so. */
static int put_in_place(struct known_write *w, char *err, size_t err_cap)
{
    char dir[4096];
    snprintf(dir, sizeof(dir), "%s", w->path);
    char *slash = strrchr(dir, '/');
    snprintf(slash ? slash + 1 : dir, slash ? 2 : sizeof(dir), ".");
    int rc = 0;
    int fd = open(w->new_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0 || rename(w->new_path, w->path) < 0) {
        rc = -errno;
        snprintf(err, err_cap, "cannot put the new \"%s\" in place: %s; the old one is unchanged",
                 w->path, strerrordesc_np(errno));
    }
    if (fd >= 0)
        close(fd);
    fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
    return rc;
}

int known_write_finish(struct known_write *w, const struct known_list *list, uint64_t *ret_replaced,
                       char *err, size_t err_cap)
{
    int64_t n_replaced = 0;
    char sql[96];
    w->list = *list;
    snprintf(sql, sizeof(sql), "SELECT n_rows FROM old.lists WHERE id = %lld", (long long)w->id);
    int rc = w->has_old ? sqlite_file_int(w->db, sql, &n_replaced) : SQLITE_OK;
    sqlite3_finalize(w->put);
    w->put = NULL;
    if (rc == SQLITE_OK)
        rc = merge(w);
    if (rc == SQLITE_OK)
        rc = exec(w, SQL_FINISH);
    if (rc == SQLITE_OK)
        rc = put_list(w);
    if (rc != SQLITE_OK)
        return known_write_fail(w, err, err_cap);
    rc = sqlite3_close(w->db);
    w->db = NULL;
    if (rc == SQLITE_OK)
        rc = put_in_place(w, err, err_cap);
    if (rc < 0)
        unlink(w->new_path);
    *ret_replaced = (uint64_t)n_replaced;
    return rc;
}
