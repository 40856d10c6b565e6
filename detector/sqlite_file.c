/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sqlite_file.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/utc.h"

/* A reader of the review page may hold the log for a moment; longer is a fault. */
#define BUSY_MS  5000
#define RETRY_MS 20

static int fail_full(const char *doing, const char *path, char *err, size_t err_cap)
{
    snprintf(err, err_cap,
             "cannot %s \"%s\": the disk is full or a size limit is reached; nothing of this step "
             "was kept, what was committed before is unchanged: free some space and run it again",
             doing, path);
    return -ENOSPC;
}

static int fail_io(sqlite3 *db, const char *doing, const char *path, char *err, size_t err_cap)
{
    int system = sqlite3_system_errno(db);
    if (system == 0) /* not told for a failed write; errno still is that of the write */
        system = errno;
    if (system == EFBIG || system == ENOSPC || system == EDQUOT)
        return fail_full(doing, path, err, err_cap);
    snprintf(err, err_cap, "cannot %s \"%s\": %s (%s); check the disk", doing, path,
             sqlite3_errmsg(db), system ? strerrordesc_np(system) : "input/output error");
    return -EIO;
}

int sqlite_file_fail(sqlite3 *db, const char *doing, const char *path, char *err, size_t err_cap)
{
    int rc = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
    switch (rc) {
    case SQLITE_FULL:
        return fail_full(doing, path, err, err_cap);
    case SQLITE_IOERR:
        return fail_io(db, doing, path, err, err_cap);
    case SQLITE_READONLY:
    case SQLITE_PERM:
        snprintf(err, err_cap,
                 "cannot %s \"%s\": it is read-only; give another path or change its "
                 "permissions",
                 doing, path);
        return -EROFS;
    case SQLITE_NOTADB:
        snprintf(err, err_cap, "\"%s\" is not a database of this program; give another path", path);
        return -EINVAL;
    case SQLITE_CORRUPT:
        snprintf(err, err_cap, "\"%s\" is damaged (%s); copy it away and restore a backup", path,
                 sqlite3_errmsg(db));
        return -EINVAL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        snprintf(err, err_cap,
                 "cannot %s \"%s\": another program is writing to it; try again when "
                 "it has finished",
                 doing, path);
        return -EBUSY;
    case SQLITE_NOMEM:
        snprintf(err, err_cap, "cannot %s \"%s\": out of memory", doing, path);
        return -ENOMEM;
    case SQLITE_CANTOPEN:
        snprintf(err, err_cap,
                 "cannot open \"%s\": it is a directory, or its directory does not "
                 "exist or may not be written to",
                 path);
        return -ENOENT;
    }
    snprintf(err, err_cap, "cannot %s \"%s\": %s", doing, path, sqlite3_errmsg(db));
    return -EIO;
}

int sqlite_file_int(sqlite3 *db, const char *sql, int64_t *ret)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) {
        rc = sqlite3_step(st);
        if (rc == SQLITE_ROW)
            *ret = sqlite3_column_int64(st, 0);
    }
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? rc2 : rc;
}

void sqlite_file_text(sqlite3_stmt *st, int column, char *ret, size_t cap)
{
    const unsigned char *text = sqlite3_column_text(st, column);
    snprintf(ret, cap, "%s", text ? (const char *)text : "");
}

int sqlite_file_get_int(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? -1 : sqlite3_column_int(st, column);
}

int64_t sqlite_file_get_utc(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? UTC_UNKNOWN
                                                          : sqlite3_column_int64(st, column);
}

double sqlite_file_get_real(sqlite3_stmt *st, int column)
{
    return sqlite3_column_type(st, column) == SQLITE_NULL ? (double)NAN
                                                          : sqlite3_column_double(st, column);
}

void sqlite_file_bind_int(sqlite3_stmt *st, int i, int value)
{
    if (value >= 0)
        sqlite3_bind_int(st, i, value);
    else
        sqlite3_bind_null(st, i);
}

void sqlite_file_bind_utc(sqlite3_stmt *st, int i, int64_t us)
{
    if (us != UTC_UNKNOWN)
        sqlite3_bind_int64(st, i, us);
    else
        sqlite3_bind_null(st, i);
}

/* ---- digest of values ---- */

static int push_text(struct digest *sum, const char *head)
{
    return digest_push(sum, head, strlen(head));
}

int sqlite_file_digest_null(struct digest *sum)
{
    return push_text(sum, "N\n");
}

int sqlite_file_digest_int(struct digest *sum, int64_t value)
{
    char text[32];
    snprintf(text, sizeof(text), "I%lld\n", (long long)value);
    return push_text(sum, text);
}

int sqlite_file_digest_real(struct digest *sum, double value)
{
    if (isnan(value)) /* SQLite stores it as NULL */
        return sqlite_file_digest_null(sum);
    char text[40];
    snprintf(text, sizeof(text), "R%.17g\n", value);
    return push_text(sum, text);
}

int sqlite_file_digest_text(struct digest *sum, const char *text, size_t n_oct)
{
    char head[32];
    snprintf(head, sizeof(head), "T%zu:", n_oct);
    int rc = push_text(sum, head);
    if (rc == 0)
        rc = digest_push(sum, text, n_oct);
    return rc == 0 ? push_text(sum, "\n") : rc;
}

int sqlite_file_digest_blob(struct digest *sum, const uint8_t *data, size_t n_oct)
{
    char text[32];
    snprintf(text, sizeof(text), "B%zu:", n_oct);
    int rc = push_text(sum, text);
    for (size_t i = 0; rc == 0 && i < n_oct; i++) {
        snprintf(text, sizeof(text), "%02x", data[i]);
        rc = push_text(sum, text);
    }
    return rc == 0 ? push_text(sum, "\n") : rc;
}

int sqlite_file_digest_column(sqlite3_stmt *st, int column, struct digest *sum)
{
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_INTEGER:
        return sqlite_file_digest_int(sum, sqlite3_column_int64(st, column));
    case SQLITE_FLOAT:
        return sqlite_file_digest_real(sum, sqlite3_column_double(st, column));
    case SQLITE_TEXT: {
        const char *text = (const char *)sqlite3_column_text(st, column);
        return sqlite_file_digest_text(sum, text, (size_t)sqlite3_column_bytes(st, column));
    }
    case SQLITE_BLOB: {
        const uint8_t *data = sqlite3_column_blob(st, column);
        return sqlite_file_digest_blob(sum, data, (size_t)sqlite3_column_bytes(st, column));
    }
    }
    return sqlite_file_digest_null(sum);
}

int sqlite_file_digest(sqlite3 *db, const char *sql, struct digest *sum)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, sql, -1, &st, NULL);
    while (rc == SQLITE_OK) {
        rc = sqlite3_step(st);
        if (rc != SQLITE_ROW)
            break;
        rc = SQLITE_OK;
        for (int i = 0; rc == SQLITE_OK && i < sqlite3_column_count(st); i++)
            rc = sqlite_file_digest_column(st, i, sum) < 0 ? SQLITE_NOMEM : SQLITE_OK;
    }
    int rc2 = sqlite3_finalize(st);
    return rc == SQLITE_DONE ? rc2 : rc;
}

/* ---- opening ---- */

static bool path_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !(S_ISREG(st.st_mode) && st.st_size == 0);
}

/* Copies the file to a name that is free: PATH.backup-v1, PATH.backup-v1.2, ... */
static int write_backup(sqlite3 *db, const char *path, int version, char *err, size_t err_cap)
{
    char copy[4096 + 32];
    int n = 1;
    do {
        char more[16] = "";
        if (n > 1)
            snprintf(more, sizeof(more), ".%d", n);
        snprintf(copy, sizeof(copy), "%s.backup-v%d%s", path, version, more);
    } while (access(copy, F_OK) == 0 && ++n < 1000);
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(db, "VACUUM INTO ?1", -1, &st, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_bind_text(st, 1, copy, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    int ret = rc == SQLITE_DONE ? 0 : sqlite_file_fail(db, "back up", path, err, err_cap);
    sqlite3_finalize(st);
    return ret;
}

/* What a file says it is, all of one moment: another program may be making it just now. */
struct file_head {
    int64_t application_id, version, n_tables;
};

static int read_head(sqlite3 *db, struct file_head *ret)
{
    int rc = sqlite3_exec(db, "BEGIN", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(db, "SELECT count(*) FROM sqlite_master", &ret->n_tables);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(db, "PRAGMA application_id", &ret->application_id);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(db, "PRAGMA user_version", &ret->version);
    return rc == SQLITE_OK ? sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) : rc;
}

/* One step, unless another program has taken it while this one waited for the lock. */
static int run_step(sqlite3 *db, const struct sqlite_file_kind *kind, int from)
{
    char *head = sqlite3_mprintf("PRAGMA application_id=%d; PRAGMA user_version=%d",
                                 kind->application_id, from + 1);
    if (!head)
        return SQLITE_NOMEM;
    int64_t version = from;
    int rc = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(db, "PRAGMA user_version", &version);
    if (rc == SQLITE_OK && version == from)
        rc = sqlite3_exec(db, kind->steps[from], NULL, NULL, NULL);
    if (rc == SQLITE_OK && version == from)
        rc = sqlite3_exec(db, head, NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
    sqlite3_free(head);
    return rc;
}

int sqlite_file_migrate(sqlite3 *db, const struct sqlite_file_kind *kind, const char *path,
                        char *err, size_t err_cap)
{
    struct file_head head = {0};
    if (read_head(db, &head) != SQLITE_OK)
        return sqlite_file_fail(db, "read", path, err, err_cap);
    bool is_new = head.version == 0 && head.n_tables == 0;
    if (head.version < kind->version && !is_new) {
        int ret = write_backup(db, path, (int)head.version, err, err_cap);
        if (ret < 0)
            return ret;
    }
    for (int i = (int)head.version; i < kind->version; i++) {
        if (run_step(db, kind, i) == SQLITE_OK)
            continue;
        int ret = sqlite_file_fail(db, is_new ? "make" : "bring to the current format", path, err,
                                   err_cap);
        sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
        return ret;
    }
    return 0;
}

/* Is it ours, and of a version that this program knows? */
static int check_kind(sqlite3 *db, const struct sqlite_file_kind *kind, const char *path,
                      enum sqlite_file_mode mode, char *err, size_t err_cap)
{
    struct file_head head = {0};
    if (read_head(db, &head) != SQLITE_OK)
        return sqlite_file_fail(db, "read", path, err, err_cap);
    int64_t id = head.application_id, version = head.version;
    bool empty = id == 0 && version == 0 && head.n_tables == 0;
    if (id != kind->application_id && !(empty && mode == SQLITE_FILE_WRITE)) {
        snprintf(err, err_cap,
                 "\"%s\" is not a %s of this program but another database; give "
                 "another path",
                 path, kind->what);
        return -EINVAL;
    }
    if (version > kind->version) {
        snprintf(err, err_cap,
                 "\"%s\" was written by a newer version of this program (format %lld, "
                 "this one knows %d); install that version",
                 path, (long long)version, kind->version);
        return -EINVAL;
    }
    if (mode == SQLITE_FILE_READ && version < kind->version) {
        snprintf(err, err_cap,
                 "\"%s\" is a %s of an older format (%lld, this program writes %d); "
                 "run a command that writes to it once to bring it up",
                 path, kind->what, (long long)version, kind->version);
        return -EINVAL;
    }
    return 0;
}

/* A file that several programs open for the first time: changing the mode does not wait by itself
 * where waiting could be for ever. */
static int set_wal(sqlite3 *db)
{
    int rc = SQLITE_BUSY;
    for (int ms = 0; (rc & 0xff) == SQLITE_BUSY && ms < BUSY_MS; ms += RETRY_MS) {
        if (ms > 0)
            sqlite3_sleep(RETRY_MS);
        rc = sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    }
    if (rc != SQLITE_OK)
        return rc;
    return sqlite3_exec(db, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON", NULL, NULL, NULL);
}

static int set_up_writer(sqlite3 *db, const struct sqlite_file_kind *kind, const char *path,
                         char *err, size_t err_cap)
{
    if (sqlite3_db_readonly(db, "main") == 1) {
        snprintf(err, err_cap,
                 "cannot write to \"%s\": it is read-only; give another path or "
                 "change its permissions",
                 path);
        return -EROFS;
    }
    if (set_wal(db) != SQLITE_OK)
        return sqlite_file_fail(db, "write to", path, err, err_cap);
    return sqlite_file_migrate(db, kind, path, err, err_cap);
}

/* Opens for reading. Not with SQLITE_OPEN_READONLY where there may be a WAL: a reader that may not
 * write cannot tidy up after itself and leaves -wal and -shm behind. A finished file on a medium
 * that cannot be written to has none of them, and SQLite then wants to be told so. */
static int open_reader(sqlite3 **ret, const struct sqlite_file_kind *kind, const char *path)
{
    int flags = kind->wal ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
    int rc = sqlite3_open_v2(path, ret, flags, NULL);
    int64_t version;
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(*ret, "PRAGMA query_only=1", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite_file_int(*ret, "PRAGMA schema_version", &version);
    if (rc != SQLITE_CANTOPEN && (rc & 0xff) != SQLITE_READONLY)
        return rc;
    char wal[4096 + 8];
    snprintf(wal, sizeof(wal), "%s-wal", path);
    if (path_exists(wal) || strpbrk(path, "?#%"))
        return rc;
    char *uri = sqlite3_mprintf("file:%s?immutable=1", path);
    if (!uri)
        return SQLITE_NOMEM;
    sqlite3_close(*ret);
    *ret = NULL;
    rc = sqlite3_open_v2(uri, ret, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    sqlite3_free(uri);
    return rc;
}

int sqlite_file_open(sqlite3 **ret, const struct sqlite_file_kind *kind, const char *path,
                     enum sqlite_file_mode mode, char *err, size_t err_cap)
{
    sqlite3 *db = NULL;
    if (mode == SQLITE_FILE_READ && !path_exists(path)) {
        snprintf(err, err_cap, "there is no %s \"%s\"", kind->what, path);
        return -ENOENT;
    }
    int rc = mode == SQLITE_FILE_READ
                 ? open_reader(&db, kind, path)
                 : sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL);
    int err_no = 0;
    if (rc != SQLITE_OK) {
        err_no = sqlite_file_fail(db, "open", path, err, err_cap);
        goto fail;
    }
    sqlite3_busy_timeout(db, BUSY_MS);
    sqlite3_extended_result_codes(db, 0);
    /* a database is input, too: a hostile schema must not be able to call functions */
    sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    err_no = check_kind(db, kind, path, mode, err, err_cap);
    if (err_no == 0 && mode == SQLITE_FILE_WRITE)
        err_no = set_up_writer(db, kind, path, err, err_cap);
    if (err_no < 0)
        goto fail;
    *ret = db;
    return 0;
fail:
    sqlite3_close(db);
    return err_no;
}
