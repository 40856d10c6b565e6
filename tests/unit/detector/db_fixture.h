/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the database files share: a directory of their own, and made-up cells. */
#ifndef TESTS_UNIT_DETECTOR_DB_FIXTURE_H
#define TESTS_UNIT_DETECTOR_DB_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/utc.h"
#include "detector/store.h"

struct db_fixture {
    char dir[64];
    char path[96]; /* a database in it */
    char err[800];
};

static inline int db_setup(void **state)
{
    struct db_fixture *f = calloc(1, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "/tmp/cellwarden-test-XXXXXX");
    if (!mkdtemp(f->dir))
        return -1;
    snprintf(f->path, sizeof(f->path), "%s/x.db", f->dir);
    *state = f;
    return 0;
}

static inline int db_teardown(void **state)
{
    struct db_fixture *f = *state;
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", f->dir);
    int rc = system(command);
    free(f);
    return rc;
}

/* Another program's view of the file: plain SQL without any of our code. */
static inline sqlite3 *db_plain(const char *path)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static inline int db_sql(const char *path, const char *sql)
{
    sqlite3 *db = db_plain(path);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return rc;
}

/* First column of the first row as text; "" for NULL or no row. */
static inline void db_text(const char *path, const char *sql, char *ret, size_t cap)
{
    sqlite3 *db = db_plain(path);
    sqlite3_stmt *st = NULL;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    ret[0] = 0;
    if (sqlite3_step(st) == SQLITE_ROW && sqlite3_column_text(st, 0))
        snprintf(ret, cap, "%s", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    sqlite3_close(db);
}

static inline long db_int(const char *path, const char *sql)
{
    char text[64];
    db_text(path, sql, text, sizeof(text));
    return strtol(text, NULL, 10);
}

static inline void db_write_file(const char *path, const char *text, size_t n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
}

static const struct cell_si_seen db_si[2] = {
    {.type = SI_3,
     .l2 = {0x49, 0x06, 0x1b, 0x18, 0xb6},
     .n_clean = 3,
     .fn_first = 100,
     .fn_last = 916,
     .first_s = 0.5,
     .last_s = 4.25,
     .tc_mask = 0x44},
    {.type = SI_4,
     .l2 = {0x31, 0x06, 0x1c, 0x62, 0xf2},
     .n_clean = 2,
     .fn_first = 151,
     .fn_last = 559,
     .first_s = 0.7,
     .last_s = 2.6,
     .tc_mask = 0x88},
};

/* A flagged cell with two findings. */
static inline void db_cell(struct judged_cell *c)
{
    memset(c, 0, sizeof(*c));
    c->tx = 1;
    c->channel = (struct arfcn){ARFCN_P900, 30};
    c->bsic = 32;
    c->has_lai = c->has_ci = true;
    strcpy(c->mcc, "262");
    strcpy(c->mnc, "01");
    c->lac = 21014;
    c->ci = 6326;
    c->level_dbfs = -20.126;
    c->level_dbm = c->offset_ppm_rel = (double)NAN;
    c->snr_db = 31.0;
    c->first_s = 0.25;
    c->last_s = 4.5;
    c->fn_known = true;
    c->fn_epoch_frames = 1234.25;
    c->n_sch = 90;
    c->n_blocks = 40;
    c->si = db_si;
    c->n_si = 2;
    c->verdict = VERDICT_SUSPICIOUS;
    c->score_db = 4.0;
    c->evaluable = 12;
    c->rules_total = 15;
    c->n_findings = 2;
    strcpy(c->findings[0].rule, "NB-01");
    c->findings[0].weight_db = 20;
    strcpy(c->findings[0].text, "The cell names no neighbour.");
    strcpy(c->findings[1].rule, "AT-01");
    c->findings[1].weight_db = 29;
    strcpy(c->findings[1].observed, "offset 60 dB");
    strcpy(c->findings[1].expected, "at most 12 dB");
    strcpy(c->findings[1].text, "The cell asks for more attention than any honest one.");
    c->findings[1].n_oct_messages = 1;
    memcpy(c->findings[1].l2[0], db_si[0].l2, GSM_L2_OCT);
    c->n_not_evaluable = 1;
    strcpy(c->not_evaluable[0], "ID-02");
    strcpy(c->alert_text, "Not the operator's.");
}

static inline struct store_run db_run(void)
{
    struct store_run run = {.command = "replay",
                            .version = "test",
                            .path = "street.cu8",
                            .format = "cu8",
                            .rate_hz = 1e6,
                            .center_hz = 941e6,
                            .start_utc_us = UTC_UNKNOWN,
                            .n_samp = 5000000,
                            .signal_s = 5.0};
    memset(run.recording_sha256, 0x11, DIGEST_OCT);
    memset(run.rules_sha256, 0x22, DIGEST_OCT);
    return run;
}

/* Opens the log of the fixture, writes one run with one cell, closes it. */
static inline void db_write(struct db_fixture *f, const struct store_run *run,
                            const struct judged_cell *cells, size_t n, bool expect_new)
{
    struct store *s = NULL;
    bool is_new = !expect_new;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    assert_int_equal(store_write_run(s, run, cells, n, &is_new, f->err, sizeof(f->err)), 0);
    assert_int_equal(is_new, expect_new);
    store_close(s);
}

#endif
