/* SPDX-License-Identifier: GPL-3.0-or-later */
/* local_db - what this organisation decided and learned (local.db): allow-lists, cells it added.
 *
 * in   a finding's cell
 * out  the allow-list entry that covers it
 * thread one object, one thread; SQLite stays inside local_db.c
 */
#ifndef DETECTOR_LOCAL_DB_H
#define DETECTOR_LOCAL_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "detector/known_cells.h"

/* Fields that are empty or -1 match anything. */
struct local_allow {
    char kind[16]; /* "rail", "private", "event", "mobile site", "reviewed" */
    char mcc[4];
    char mnc[4];
    int lac, ci, arfcn;
    int64_t valid_from_us, valid_to_us; /* UTC_UNKNOWN: open */
    char note[256];
};

struct local_db;

/* Opens read-only (ret NULL-able: a missing file is -ENOENT and means "nothing decided yet"). */
int local_db_open(struct local_db **ret, const char *path, char *err, size_t err_cap);
void local_db_close(struct local_db *db);
void local_db_digest(const struct local_db *db, uint8_t ret[DIGEST_OCT]);

/* The most specific entry that covers the cell at this time (UTC_UNKNOWN: time is not checked).
 * lac, ci -1 where the cell did not say. 1 and *ret, 0 for none, -errno. */
int local_db_find_allow(struct local_db *db, const char *mcc, const char *mnc, int lac, int ci,
                        int arfcn, int64_t at_us, struct local_allow *ret);

/* Is this word a kind of allow-list entry? */
bool local_allow_kind_known(const char *kind);

/* Appends an entry, making the file when it is missing. -EINVAL with a sentence for an unknown
 * kind or an entry that would cover every cell. */
int local_db_add_allow(const char *path, const struct local_allow *allow, char *err,
                       size_t err_cap);

/* Appends a cell that this organisation vouches for (`known add`). */
int local_db_add_cell(const char *path, const struct known_cell *cell, const char *note, char *err,
                      size_t err_cap);
/* Added cells with this CGI, newest first; lac or ci -1: any. Number, may exceed cap, or -errno. */
int local_db_find_cells(struct local_db *db, const char *mcc, const char *mnc, int lac, int ci,
                        struct known_cell *ret, size_t cap);

/* Every allow-list entry in order; stops when each returns non-zero. 0 or -errno. */
int local_db_list_allow(struct local_db *db,
                        int (*each)(void *ctx, const struct local_allow *allow), void *ctx);

/* A list that replaces, all or nothing, the one of the same source and name; without a name (""):
 * what its source said of the networks that it names, where "any network" is one, too. What was
 * there before stays in force until commit. */
struct local_import;
int local_import_create(struct local_import **ret, const char *path, const char *source,
                        const char *name, char *err, size_t err_cap);
/* 0; -EINVAL with a sentence for an entry that is refused (the import goes on); other -errno. */
int local_import_push(struct local_import *import, const struct local_allow *allow, char *err,
                      size_t err_cap);
/* *ret_replaced (may be NULL): entries that were there before and are not any more. */
int local_import_commit(struct local_import *import, uint64_t *ret_replaced, char *err,
                        size_t err_cap);
/* Forgets what was not committed; NULL is fine. */
void local_import_destroy(struct local_import *import);

#endif
