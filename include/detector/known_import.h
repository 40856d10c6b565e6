/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known_import - a CSV file into the known-cell database, or an allow-list into the local one.
 *
 * in   a file (plain or gzip) or standard input
 * out  a new known.db in place of the old one, in which only this list was replaced; or, for
 *      allow-lists, rows of local.db
 * ref  docs/formats.md "CSV", "known.db"
 * cost about 110 000 rows a second of processor time, most of it sorting by place; temporary space
 *      about three times the result
 * thread one call at a time per database
 */
#ifndef DETECTOR_KNOWN_IMPORT_H
#define DETECTOR_KNOWN_IMPORT_H

#include <stddef.h>
#include <stdint.h>

#include "detector/known_cells.h"
#include "detector/known_columns.h"

struct known_import_config {
    enum known_kind kind;
    enum known_source source;
    const char *name;       /* of the list, NULL: "". A list replaces the one of equal kind, source
                             * and name */
    const char *path;       /* "-": standard input */
    const char *map;        /* "their=our,...", or NULL */
    const char *radio;      /* NULL: "GSM" */
    const char *known_path; /* for cells and allocations */
    const char *local_path; /* for allow-lists */
    int64_t now_utc_us;     /* kept with the list; not part of the digest */
    void (*progress)(void *ctx, uint64_t n_rows, uint64_t n_oct, uint64_t n_oct_total);
    void *progress_ctx;
};

#define KNOWN_IMPORT_BAD_CAP 10
/* More bad rows than one in this many: the list is refused. */
#define KNOWN_IMPORT_BAD_RATIO 100

struct known_import_bad {
    uint64_t line;
    char why[KNOWN_WHY_CAP];
};

struct known_import_result {
    uint64_t n_good, n_bad, n_skipped; /* skipped: another radio */
    uint64_t n_replaced;               /* rows of the list that was there before */
    size_t n_bad_listed;
    struct known_import_bad bad[KNOWN_IMPORT_BAD_CAP];
};

/* 0; or -errno with a sentence, and the databases are as they were. -EBADMSG: too many bad rows,
 * -ENODATA: no row at all, -EINVAL: columns, -ENOENT: no such file. *ret is always written. */
int known_import_run(const struct known_import_config *cfg, struct known_import_result *ret,
                     char *err, size_t err_cap);

#endif
