/* SPDX-License-Identifier: GPL-3.0-or-later */
/* local_db - what this organisation decided and learned (local.db): allow-lists, cells it added.
 *
 * in   a finding's cell
 * out  the allow-list entry that covers it
 * thread one object, one thread; SQLite stays inside local_db.c
 */
#ifndef DETECTOR_LOCAL_DB_H
#define DETECTOR_LOCAL_DB_H

#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"

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

/* Appends an entry, making the file when it is missing. */
int local_db_add_allow(const char *path, const struct local_allow *allow, char *err,
                       size_t err_cap);

#endif
