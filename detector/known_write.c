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
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/utc.h"
#include "sqlite_file.h"

/* Codes are three digits at most. */
#define N_CODES    1000
#define N_NETWORKS (N_CODES * N_CODES)

/* How long an import waits for another one into the same file. */
#define LOCK_WAIT_MS  30000
#define LOCK_RETRY_MS 50

struct known_write {
    sqlite3 *db;
    sqlite3_stmt *put;
    struct digest *sum; /* of the list's rows, as they were understood */
    struct known_list list;
    int64_t id;
    bool has_old;
    uint8_t *named; /* a bit a network: the new list has rows of it */
    char *path;
    char *new_path;
    char *lock_path;
    int lock_fd; /* -1: not locked */
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

/* ---- one import at a time ---- */

/* The lock's file goes when its holder is done; a lock on a file that has gone is none. */
static bool is_at_path(int fd, const char *path)
{
    struct stat held, named;
    return fstat(fd, &held) == 0 && stat(path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

static int try_lock(struct known_write *w)
{
    int fd = open(w->lock_path, O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0)
        return -errno;
    int rc = flock(fd, LOCK_EX | LOCK_NB) == 0 ? 0 : -errno;
    if (rc == 0 && !is_at_path(fd, w->lock_path))
        rc = -EAGAIN;
    if (rc == 0)
        w->lock_fd = fd;
    else
        close(fd);
    return rc == -EINTR ? -EAGAIN : rc;
}

/* From before the old file is read until the new one has its name: else two imports at once would
 * each keep only its own list. */
static int lock(struct known_write *w, char *err, size_t err_cap)
{
    const struct timespec pause = {.tv_nsec = LOCK_RETRY_MS * 1000000L};
    int rc = try_lock(w);
    for (int ms = 0; rc == -EAGAIN && ms < LOCK_WAIT_MS; ms += LOCK_RETRY_MS) {
        nanosleep(&pause, NULL);
        rc = try_lock(w);
    }
    if (rc == -EAGAIN) {
        snprintf(err, err_cap,
                 "cannot write to \"%s\": another import into it is at work; try again when it has "
                 "finished",
                 w->path);
        return -EBUSY;
    }
    if (rc < 0)
        snprintf(err, err_cap,
                 "cannot open \"%s\" for writing: %s; its directory must exist and be writable",
                 w->path, strerrordesc_np(-rc));
    return rc;
}

static void unlock(struct known_write *w)
{
    if (w->lock_fd < 0)
        return;
    unlink(w->lock_path);
    close(w->lock_fd);
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

/* The list's number: that of the list of its name, else the next one. */
static int find_id(struct known_write *w)
{
    w->id = 1;
    if (!w->has_old)
        return SQLITE_OK;
    int rc = sqlite_file_int(w->db, "SELECT coalesce(max(id), 0) + 1 FROM old.lists", &w->id);
    char *sql =
        sqlite3_mprintf("SELECT id FROM old.lists WHERE kind = %d AND source = %d AND name = %Q"
                        " AND name <> ''",
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
    w->lock_fd = -1;
    w->path = strdup(path);
    w->named = calloc(N_NETWORKS / 8, 1);
    if (!w->path || !w->named || asprintf(&w->new_path, "%s.new-%ld", path, (long)getpid()) < 0 ||
        asprintf(&w->lock_path, "%s.lock", path) < 0 || digest_create(&w->sum) < 0)
        goto fail;
    rc = lock(w, err, err_cap);
    if (rc == 0)
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
    unlock(w);
    digest_destroy(w->sum);
    free(w->named);
    free(w->path);
    free(w->new_path);
    free(w->lock_path);
    free(w);
}

/* ---- rows ---- */

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

static void note_network(struct known_write *w, const char *mcc, const char *mnc)
{
    unsigned network = (unsigned)atoi(mcc) % N_CODES * N_CODES + (unsigned)atoi(mnc) % N_CODES;
    w->named[network / 8] |= (uint8_t)(1u << network % 8);
}

int known_write_cell(struct known_write *w, const struct known_cell *c)
{
    sqlite3_stmt *st = w->put;
    note_network(w, c->mcc, c->mnc);
    int64_t lat_e6 = llrint(c->lat_deg * 1e6), lon_e6 = llrint(c->lon_deg * 1e6);
    sqlite3_bind_int64(st, 1, w->id);
    sqlite3_bind_int(st, 2, (int)w->list.source);
    sqlite3_bind_int(st, 3, atoi(c->mcc));
    sqlite3_bind_int(st, 4, atoi(c->mnc));
    sqlite3_bind_int(st, 5, (int)strlen(c->mnc));
    sqlite3_bind_int(st, 6, c->lac);
    sqlite3_bind_int(st, 7, c->ci);
    sqlite_file_bind_int(st, 8, c->arfcn);
    sqlite_file_bind_int(st, 9, c->bsic);
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
    sqlite_file_bind_utc(st, 16, c->valid_from_us);
    sqlite_file_bind_utc(st, 17, c->valid_to_us);
    char line[320];
    snprintf(line, sizeof(line),
             "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%lld\t%lld\t%lld\t%lld\t%lld\t%s\t%s\n", c->mcc, c->mnc,
             c->lac, c->ci, c->arfcn, c->bsic, c->has_position, (long long)lat_e6,
             (long long)lon_e6, llrint(c->range_m), (long long)c->valid_from_us,
             (long long)c->valid_to_us, c->site, c->type);
    return put_row(w, line);
}

int known_write_allocation(struct known_write *w, const struct known_allocation *a)
{
    sqlite3_stmt *st = w->put;
    note_network(w, a->mcc, a->mnc);
    sqlite3_bind_int64(st, 1, w->id);
    sqlite3_bind_int(st, 2, (int)w->list.source);
    sqlite3_bind_int(st, 3, atoi(a->mcc));
    sqlite3_bind_int(st, 4, atoi(a->mnc));
    sqlite3_bind_int(st, 5, (int)strlen(a->mnc));
    sqlite3_bind_text(st, 6, a->operator_name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 7, arfcn_band_name(a->band), -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 8, a->arfcn_lo);
    sqlite3_bind_int(st, 9, a->arfcn_hi);
    sqlite_file_bind_utc(st, 10, a->valid_from_us);
    sqlite_file_bind_utc(st, 11, a->valid_to_us);
    char line[256];
    snprintf(line, sizeof(line), "%s\t%s\t%s\t%d\t%d\t%lld\t%lld\t%s\n", a->mcc, a->mnc,
             arfcn_band_name(a->band), a->arfcn_lo, a->arfcn_hi, (long long)a->valid_from_us,
             (long long)a->valid_to_us, a->operator_name);
    return put_row(w, line);
}

/* ---- the end ---- */

/* The networks of the new list as a table; empty when the list has a name and replaces only the
 * list of that name. */
static int put_named(struct known_write *w)
{
    sqlite3_stmt *st = NULL;
    int rc = exec(w, "CREATE TEMP TABLE named (network INTEGER PRIMARY KEY)");
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(w->db, "INSERT INTO temp.named VALUES (?1)", -1, &st, NULL);
    for (int i = 0; rc == SQLITE_OK && !w->list.name[0] && i < N_NETWORKS; i++) {
        if ((w->named[i / 8] >> i % 8 & 1) == 0)
            continue;
        sqlite3_bind_int(st, 1, i);
        rc = sqlite3_step(st) == SQLITE_DONE ? sqlite3_reset(st) : sqlite3_errcode(w->db);
    }
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_OK ? rc2 : rc;
}

/* Which old rows of the list's own kind go, as a condition. */
static char *sql_goes(const struct known_write *w)
{
    return sqlite3_mprintf("(list = %lld OR (source = %d AND mcc * %d + mnc IN"
                           " (SELECT network FROM temp.named)))",
                           (long long)w->id, (int)w->list.source, N_CODES);
}

/* Takes over what stays, in one pass that sorts old and new together; counts what goes. */
static int merge_rows(struct known_write *w)
{
    bool cells = w->list.kind == KNOWN_KIND_CELLS;
    const char *own = cells ? "cells" : "allocations";
    const char *other = cells ? "allocations" : "cells";
    const char *order = cells ? "tile, mcc, mnc, lac, ci" : "mcc, mnc, band, arfcn_lo";
    const char *other_order = cells ? "mcc, mnc, band, arfcn_lo" : "tile, mcc, mnc, lac, ci";
    char *goes = sql_goes(w);
    char *sql =
        !goes ? NULL
        : !w->has_old
            ? sqlite3_mprintf("INSERT INTO main.%s SELECT * FROM temp.stage ORDER BY %s", own,
                              order)
            : sqlite3_mprintf(
                  "INSERT INTO main.%s SELECT * FROM (SELECT * FROM temp.stage UNION ALL"
                  " SELECT * FROM old.%s WHERE NOT %s) ORDER BY %s;"
                  "INSERT INTO main.%s SELECT * FROM old.%s ORDER BY %s;"
                  "INSERT INTO temp.gone SELECT list, count(*) FROM old.%s WHERE %s GROUP BY list;"
                  "INSERT INTO main.lists SELECT * FROM old.lists",
                  own, own, goes, order, other, other, other_order, own, goes);
    int rc = sql ? exec(w, "CREATE TEMP TABLE gone (list INTEGER PRIMARY KEY, n INTEGER)")
                 : SQLITE_NOMEM;
    if (rc == SQLITE_OK)
        rc = exec(w, sql);
    sqlite3_free(sql);
    sqlite3_free(goes);
    return rc;
}

/* The digest of a list that lost some of its rows, from those that are left. The list's number
 * stays out of it, since it depends on what was imported before. */
static int digest_rest(struct known_write *w, int64_t id)
{
    bool cells = w->list.kind == KNOWN_KIND_CELLS;
    struct digest *sum = NULL;
    uint8_t hash[DIGEST_OCT];
    char hex[DIGEST_HEX_CAP] = "";
    char *rows = sqlite3_mprintf(
        cells
            ? "SELECT mcc, mnc, digits, lac, ci, arfcn, bsic, lat_e6, lon_e6, range_m, site, type,"
              " valid_from_utc_us, valid_to_utc_us FROM main.cells WHERE list = %lld"
              " ORDER BY 1,2,3,4,5,6,7,8,9,10,11,12,13,14"
            : "SELECT mcc, mnc, digits, operator, band, arfcn_lo, arfcn_hi, valid_from_utc_us,"
              " valid_to_utc_us FROM main.allocations WHERE list = %lld"
              " ORDER BY 1,2,3,4,5,6,7,8,9",
        (long long)id);
    int rc = rows && digest_create(&sum) == 0 ? sqlite_file_digest(w->db, rows, sum) : SQLITE_NOMEM;
    if (rc == SQLITE_OK && digest_get(sum, hash) < 0)
        rc = SQLITE_NOMEM;
    digest_destroy(sum);
    sqlite3_free(rows);
    if (rc != SQLITE_OK)
        return rc;
    digest_format(hash, hex);
    char *sql = sqlite3_mprintf("UPDATE main.lists SET rows_sha256 = %Q WHERE id = %lld", hex,
                                (long long)id);
    rc = sql ? exec(w, sql) : SQLITE_NOMEM;
    sqlite3_free(sql);
    return rc;
}

/* Lists that lost all their rows go, too; those that lost some say how many they still have. */
static int shrink_lists(struct known_write *w)
{
    int rc = exec(w, "UPDATE main.lists SET n_rows = n_rows - gone.n FROM temp.gone"
                     " WHERE gone.list = id;"
                     "DELETE FROM main.lists WHERE n_rows <= 0 AND id IN"
                     " (SELECT list FROM temp.gone);"
                     "DELETE FROM temp.gone WHERE list NOT IN (SELECT id FROM main.lists)");
    for (int64_t id = 0; rc == SQLITE_OK;) {
        char sql[96];
        int64_t next = 0;
        snprintf(sql, sizeof(sql), "SELECT min(list) FROM temp.gone WHERE list > %lld",
                 (long long)id);
        rc = sqlite_file_int(w->db, sql, &next);
        if (next <= id)
            break;
        id = next;
        rc = rc == SQLITE_OK ? digest_rest(w, id) : rc;
    }
    return rc;
}

static int merge(struct known_write *w, int64_t *ret_gone)
{
    int rc = put_named(w);
    if (rc == SQLITE_OK)
        rc = merge_rows(w);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(w->db, "SELECT coalesce(sum(n), 0) FROM temp.gone", ret_gone);
    return rc == SQLITE_OK ? shrink_lists(w) : rc;
}

#define SQL_FINISH                                                                                 \
    "DROP TABLE temp.stage; DROP TABLE temp.named; DROP TABLE temp.gone;"                          \
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
    w->list = *list;
    sqlite3_finalize(w->put);
    w->put = NULL;
    int rc = merge(w, &n_replaced);
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
