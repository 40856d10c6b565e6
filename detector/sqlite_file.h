/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sqlite_file - what the three database files have in common: opening, versions, sentences.
 *
 * in   a path and what kind of file is expected there
 * out  a connection, or a negative errno and one sentence that says what to do
 * ref  docs/formats.md "Files"; sqlite.org/pragma.html application_id, user_version
 * thread one connection, one thread; private to detector/
 */
#ifndef DETECTOR_SQLITE_FILE_H
#define DETECTOR_SQLITE_FILE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "detector/known_cells.h"
#include "detector/store.h"

struct sqlite_file_kind {
    const char *what; /* "log": how sentences name it */
    int application_id;
    int version;              /* steps there are */
    bool wal;                 /* written in place, with a write-ahead log */
    const char *const *steps; /* steps[i]: SQL that brings version i to i + 1 */
};

enum sqlite_file_mode {
    SQLITE_FILE_READ, /* must exist, must be of the current version */
    SQLITE_FILE_WRITE /* made when missing; an older version is migrated after a backup */
};

/* Opens. 0; -ENOENT (READ only); -EINVAL: another program's file, a newer version, not a database;
 * -EROFS, -ENOSPC, -EBUSY, -EIO, -ENOMEM. */
int sqlite_file_open(sqlite3 **ret, const struct sqlite_file_kind *kind, const char *path,
                     enum sqlite_file_mode mode, char *err, size_t err_cap);

/* Brings an open file to kind->version: first a copy beside it (PATH.backup-vN), then one
 * transaction a step. Part of sqlite_file_open; apart for tests. */
int sqlite_file_migrate(sqlite3 *db, const struct sqlite_file_kind *kind, const char *path,
                        char *err, size_t err_cap);

/* Sentence and negative errno for the last error of db: "cannot DOING "PATH": ...". */
int sqlite_file_fail(sqlite3 *db, const char *doing, const char *path, char *err, size_t err_cap);

/* One integer of one row; *ret stays as it is when there is no row. SQLite result code. */
int sqlite_file_int(sqlite3 *db, const char *sql, int64_t *ret);

/* Adds to the digest, for each row of sql: each column as type letter, length, octets. The SQL
 * has to fix the order. SQLite result code. */
int sqlite_file_digest(sqlite3 *db, const char *sql, struct digest *sum);

/* Copies a column's text, cut to cap - 1 octets; "" for NULL. */
void sqlite_file_text(sqlite3_stmt *st, int column, char *ret, size_t cap);

/* NULL is -1 for a number, UTC_UNKNOWN for a time, NAN for a quantity; both ways. */
int sqlite_file_get_int(sqlite3_stmt *st, int column);
int64_t sqlite_file_get_utc(sqlite3_stmt *st, int column);
double sqlite_file_get_real(sqlite3_stmt *st, int column);
void sqlite_file_bind_int(sqlite3_stmt *st, int i, int value);
void sqlite_file_bind_utc(sqlite3_stmt *st, int i, int64_t us);

/* Adds one column of the current row to a digest, in the form of docs/formats.md "Hash chain":
 * N; Iinteger; Rreal with 17 digits; Tlength:text; Blength:octets in hex; each with a line feed. */
int sqlite_file_digest_column(sqlite3_stmt *st, int column, struct digest *sum);
int sqlite_file_digest_null(struct digest *sum);
int sqlite_file_digest_int(struct digest *sum, int64_t value);
int sqlite_file_digest_real(struct digest *sum, double value);
int sqlite_file_digest_text(struct digest *sum, const char *text, size_t n_oct);
int sqlite_file_digest_blob(struct digest *sum, const uint8_t *data, size_t n_oct);

/* Connection of the log, for the store_*.c files, review.c and export_csv.c. */
sqlite3 *store_connection(struct store *s);
const char *store_path(const struct store *s);

/* One row on its way into an append-only table: values in the order of the columns after seq and
 * before prev_hash. Texts and octets are borrowed until chain_append. */
#define CHAIN_VALUE_CAP 20
struct chain_value {
    int type; /* SQLITE_NULL, _INTEGER, _FLOAT, _TEXT, _BLOB */
    int64_t integer;
    double real;
    const void *data;
    size_t n_oct;
};
struct chain_row {
    size_t n;
    struct chain_value value[CHAIN_VALUE_CAP];
};
void chain_put_int(struct chain_row *row, int64_t value);
void chain_put_real(struct chain_row *row, double value);     /* NAN: NULL */
void chain_put_text(struct chain_row *row, const char *text); /* NULL: NULL */
void chain_put_blob(struct chain_row *row, const uint8_t *data, size_t n_oct);
/* Appends inside the caller's transaction. SQLite result code. */
int chain_append(sqlite3 *db, enum store_table table, const struct chain_row *row);

/* The log's kind: store_migrate.c; that of known.db: known_cells.c. */
extern const struct sqlite_file_kind store_file_kind;
extern const struct sqlite_file_kind known_file_kind;

/* A new known.db beside the old one: known_write.c. Rows go in with known_write_cell or
 * known_write_allocation; known_write_finish adds what the old file holds of other lists, the
 * indices and the list's own line, and puts the file in place of the old one. Anything else
 * (known_write_destroy) leaves the old file as it is. 0 or -errno with a sentence. */
struct known_write;
/* A list with a name replaces the list of the same kind, source and name. One without replaces
 * what any list of its kind and source said of the networks (MCC and MNC) that it names. */
int known_write_create(struct known_write **ret, const char *path, const struct known_list *list,
                       char *err, size_t err_cap);
int known_write_cell(struct known_write *w, const struct known_cell *cell);
int known_write_allocation(struct known_write *w, const struct known_allocation *a);
/* list has the final counts; *ret_replaced: rows that were there before and are not any more. */
int known_write_finish(struct known_write *w, const struct known_list *list, uint64_t *ret_replaced,
                       char *err, size_t err_cap);
int known_write_fail(struct known_write *w, char *err, size_t err_cap);
void known_write_destroy(struct known_write *w);

#endif
