/* SPDX-License-Identifier: GPL-3.0-or-later */
/* store - the log (cellwarden.db): runs, recordings, cells, findings, alerts, reviews and more.
 *
 * in   judged cells of a run; a reviewer's decisions
 * out  rows, append-only and hash-chained; views that a person can query
 * ref  docs/formats.md; detector/store_schema.sql
 * cost one transaction a run or a batch
 * thread one object, one thread; SQLite stays inside the store_*.c files
 */
#ifndef DETECTOR_STORE_H
#define DETECTOR_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "detector/verdict.h"

struct store;

/* What is written about one run over one recording. Texts are borrowed during the call. */
struct store_run {
    const char *command; /* "replay" */
    const char *version; /* program version */
    const char *path;
    const char *format;
    double rate_hz, center_hz; /* 0: not applicable (GSMTAP) */
    int64_t start_utc_us;      /* UTC_UNKNOWN */
    double ppm;                /* as given */
    bool has_position;
    double position_deg[2]; /* latitude, longitude of the receiver, as given */
    uint8_t recording_sha256[DIGEST_OCT];
    uint64_t n_samp;
    double signal_s;
    bool interrupted;
    uint8_t rules_sha256[DIGEST_OCT];
    uint8_t known_sha256[DIGEST_OCT]; /* zero: none */
    uint8_t local_sha256[DIGEST_OCT]; /* zero: none */
    const struct store_coverage *coverage;
    size_t n_coverage;
    const char *options; /* what else was asked for, as text; NULL: nothing. Part of run_id */
    /* Live only. A live session is written in segments, each a run of its own over the session. It
     * stands in the place of the recording: recording_sha256 is of its name, not of octets. */
    bool live;
    uint64_t segment;                             /* counts from 0; makes another run of it */
    const char *receiver;                         /* device and serial; NULL: from a file */
    double gain_db;                               /* live: NAN when not known */
    const char *clock_quality, *position_quality; /* NULL: not known */
    const struct store_live_cell *live_cells;     /* one a cell, same order; NULL: not live */
};

/* Live: a cell keeps the id it got when it was first seen, whatever it says later; only those that
 * have news are written. */
struct store_live_cell {
    bool write;
    char id[DIGEST_UUID_CAP];
};

struct store_coverage {
    enum arfcn_band band; /* ARFCN_BAND_UNKNOWN: outside the known bands */
    double from_hz, to_hz;
    double heard_s;
    char reason[160];       /* "" or why it was not heard */
    double first_s, last_s; /* live: of the dwells there, seconds of signal; 0: not said */
};

/* Opens or makes the log; migrates an older version after a backup beside it. Sentences for: a
 * newer version, another program's file, read-only, not a database, full disk. */
int store_open(struct store **ret, const char *path, char *err, size_t err_cap);
void store_close(struct store *s);
/* Opens for reading only: -ENOENT when there is no log. */
int store_open_read(struct store **ret, const char *path, char *err, size_t err_cap);

/* Writes one run with all its cells, observations (distinct SI), findings and alerts in one
 * transaction. Ids are UUIDv5 under the recording's namespace (core/digest.h): writing the same
 * run twice adds nothing and returns 0. *ret_new tells (may be NULL). On an error nothing of the
 * run is kept, earlier runs are untouched, and err says what to do. */
int store_write_run(struct store *s, const struct store_run *run, const struct judged_cell *cells,
                    size_t n_cells, bool *ret_new, char *err, size_t err_cap);

/* Ids as they stand in JSON and rows. space is digest_uuid_space(recording_sha256). */
void store_cell_id(const uint8_t space[16], const struct judged_cell *c, char ret[DIGEST_UUID_CAP]);
void store_finding_id(const uint8_t space[16], const struct judged_cell *c, const struct finding *f,
                      char ret[DIGEST_UUID_CAP]);
/* The same for a cell whose id is given. */
void store_finding_id_of(const uint8_t space[16], const char *cell_id, const struct finding *f,
                         char ret[DIGEST_UUID_CAP]);
/* Under the same namespace: recording, command, version, options, rule set, databases. */
void store_run_id(const struct store_run *run, char ret[DIGEST_UUID_CAP]);

/* The append-only tables, each with a chain of its own. */
enum store_table {
    STORE_OBSERVATIONS = 0,
    STORE_FINDINGS,
    STORE_ALERTS,
    STORE_REVIEWS,
    STORE_TABLE_COUNT
};
const char *store_table_name(enum store_table table);

struct store_chain {
    uint64_t n_rows;
    bool intact;
    int64_t bad_seq;          /* first row that does not fit, when not intact */
    char why[160];            /* one sentence, when not intact */
    uint8_t head[DIGEST_OCT]; /* hash of the last row: write it down to notice cut-off rows, too */
};

/* Recomputes the chain of one table. 0 also when the chain is broken (see ret); -errno when the
 * log cannot be read. About 2 us a row. */
int store_verify_chain(struct store *s, enum store_table table, struct store_chain *ret, char *err,
                       size_t err_cap);

#endif
