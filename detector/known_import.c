/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/known_import.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "sqlite_file.h"

#define READ_OCT 262144
/* Rows between two calls of progress: some tens a second. */
#define PROGRESS_ROWS 4096

struct import {
    const struct known_import_config *cfg;
    struct known_import_result *res;
    struct known_csv *csv;
    struct known_columns columns;
    bool columns_known;
    struct known_write *known; /* one of the two is there */
    struct local_import *local;
    gzFile file;
    uint64_t n_oct_total;
    char *err;
    size_t err_cap;
};

static void count_bad(struct known_import_result *res, uint64_t line, const char *why)
{
    res->n_bad++;
    if (res->n_bad_listed == KNOWN_IMPORT_BAD_CAP)
        return;
    struct known_import_bad *bad = &res->bad[res->n_bad_listed++];
    bad->line = line;
    snprintf(bad->why, sizeof(bad->why), "%s", why);
}

/* ---- one row ---- */

static enum known_row_result put_cell(struct import *m, const struct known_csv_row *row, char *why,
                                      int *rc)
{
    struct known_cell cell;
    enum known_row_result r = known_columns_cell(&m->columns, row, &cell, why);
    cell.source = m->cfg->source;
    if (r == KNOWN_ROW_GOOD)
        *rc = known_write_cell(m->known, &cell);
    return r;
}

static enum known_row_result put_allocation(struct import *m, const struct known_csv_row *row,
                                            char *why, int *rc)
{
    struct known_allocation a;
    enum known_row_result r = known_columns_allocation(&m->columns, row, &a, why);
    if (r == KNOWN_ROW_GOOD)
        *rc = known_write_allocation(m->known, &a);
    return r;
}

static enum known_row_result put_allow(struct import *m, const struct known_csv_row *row, char *why,
                                       int *rc)
{
    struct local_allow a;
    enum known_row_result r = known_columns_allow(&m->columns, row, &a, why);
    if (r != KNOWN_ROW_GOOD)
        return r;
    *rc = local_import_push(m->local, &a, m->err, m->err_cap);
    if (*rc != -EINVAL)
        return r;
    *rc = 0;
    snprintf(why, KNOWN_WHY_CAP, "%.*s", KNOWN_WHY_CAP - 1, m->err);
    return KNOWN_ROW_BAD;
}

static int put_row(struct import *m, const struct known_csv_row *row)
{
    char why[KNOWN_WHY_CAP] = "";
    int rc = 0;
    enum known_row_result r = KNOWN_ROW_BAD;
    switch (m->cfg->kind) {
    case KNOWN_KIND_CELLS:
        r = put_cell(m, row, why, &rc);
        break;
    case KNOWN_KIND_ALLOCATIONS:
        r = put_allocation(m, row, why, &rc);
        break;
    case KNOWN_KIND_ALLOW:
        r = put_allow(m, row, why, &rc);
        break;
    }
    if (rc < 0 && m->known)
        return known_write_fail(m->known, m->err, m->err_cap);
    if (r == KNOWN_ROW_GOOD)
        m->res->n_good++;
    else if (r == KNOWN_ROW_SKIPPED)
        m->res->n_skipped++;
    else
        count_bad(m->res, row->line, why);
    return rc;
}

static int take_first(struct import *m, const struct known_csv_row *row)
{
    bool is_data;
    int rc = known_columns_init(&m->columns, m->cfg->kind, m->cfg->map, row, &is_data, m->err,
                                m->err_cap);
    if (rc < 0)
        return rc;
    m->columns_known = true;
    m->columns.decimal_comma = known_csv_delimiter(m->csv) != ',';
    if (m->cfg->radio)
        m->columns.radio = m->cfg->radio;
    if (m->columns.opencellid)
        known_csv_set_quoting(m->csv, KNOWN_CSV_NO_QUOTES);
    return is_data ? put_row(m, row) : 0;
}

static int on_row(void *ctx, const struct known_csv_row *row)
{
    struct import *m = ctx;
    if (!m->columns_known)
        return take_first(m, row);
    uint64_t n = m->res->n_good + m->res->n_bad + m->res->n_skipped;
    if (m->cfg->progress && n % PROGRESS_ROWS == 0) {
        z_off_t at = gzoffset(m->file);
        m->cfg->progress(m->cfg->progress_ctx, n, at > 0 ? (uint64_t)at : 0, m->n_oct_total);
    }
    if (!row->bad)
        return put_row(m, row);
    count_bad(m->res, row->line, row->bad);
    return 0;
}

/* ---- the file ---- */

static int open_file(struct import *m)
{
    const char *path = m->cfg->path;
    struct stat st;
    int fd = strcmp(path, "-") == 0 ? dup(STDIN_FILENO) : -1;
    m->file = fd >= 0 ? gzdopen(fd, "rb") : gzopen(path, "rbe");
    if (!m->file) {
        int rc = errno ? -errno : -ENOMEM;
        snprintf(m->err, m->err_cap, "cannot read \"%s\": %s", path, strerrordesc_np(-rc));
        return rc;
    }
    gzbuffer(m->file, READ_OCT);
    if (fd < 0 && stat(path, &st) == 0 && st.st_size > 0)
        m->n_oct_total = (uint64_t)st.st_size;
    return 0;
}

static int fail_read(struct import *m)
{
    int code = 0;
    const char *text = gzerror(m->file, &code);
    if (code == Z_ERRNO) {
        snprintf(m->err, m->err_cap, "cannot read \"%s\": %s", m->cfg->path,
                 strerrordesc_np(errno));
        return errno ? -errno : -EIO;
    }
    snprintf(m->err, m->err_cap, "\"%s\" is damaged or breaks off (%s); fetch it again",
             m->cfg->path, code == Z_BUF_ERROR ? "the packed data end too early" : text);
    return -EINVAL;
}

static int read_file(struct import *m)
{
    char *block = malloc(READ_OCT);
    int rc = block ? 0 : -ENOMEM;
    int n = 0;
    while (rc == 0 && (n = gzread(m->file, block, READ_OCT)) > 0)
        rc = known_csv_push(m->csv, block, (size_t)n);
    free(block);
    int code = 0;
    gzerror(m->file, &code);
    if (rc == 0 && (n < 0 || code == Z_BUF_ERROR))
        return fail_read(m);
    return rc == 0 ? known_csv_end(m->csv) : rc;
}

/* ---- all or nothing ---- */

static struct known_list list_of(const struct known_import_config *cfg,
                                 const struct known_import_result *res)
{
    struct known_list list = {
        .kind = cfg->kind,
        .source = cfg->source,
        .n_rows = res->n_good,
        .n_bad = res->n_bad,
        .n_skipped = res->n_skipped,
        .imported_utc_us = cfg->now_utc_us,
    };
    snprintf(list.name, sizeof(list.name), "%s", cfg->name ? cfg->name : "");
    snprintf(list.file, sizeof(list.file), "%s", cfg->path);
    return list;
}

static int open_target(struct import *m)
{
    const struct known_import_config *cfg = m->cfg;
    struct known_list list = list_of(cfg, m->res);
    if (cfg->kind == KNOWN_KIND_ALLOW)
        return local_import_create(&m->local, cfg->local_path, known_source_name(cfg->source),
                                   list.name, m->err, m->err_cap);
    return known_write_create(&m->known, cfg->known_path, &list, m->err, m->err_cap);
}

/* Is the list good enough to take the place of the old one? */
static int check_rows(struct import *m)
{
    const struct known_import_result *res = m->res;
    if (res->n_good == 0 && res->n_bad == 0) {
        snprintf(m->err, m->err_cap, "\"%s\" holds no row%s; nothing was changed", m->cfg->path,
                 res->n_skipped ? " of this radio (see --radio)" : "");
        return -ENODATA;
    }
    if (res->n_bad * KNOWN_IMPORT_BAD_RATIO > res->n_good + res->n_bad) {
        snprintf(
            m->err, m->err_cap,
            "%llu of %llu rows of \"%s\" are no use, more than 1 in %d; the first is line %llu: "
            "%s; nothing was changed",
            (unsigned long long)res->n_bad, (unsigned long long)(res->n_good + res->n_bad),
            m->cfg->path, KNOWN_IMPORT_BAD_RATIO, (unsigned long long)res->bad[0].line,
            res->bad[0].why);
        return -EBADMSG;
    }
    return 0;
}

static int commit(struct import *m)
{
    struct known_list list = list_of(m->cfg, m->res);
    if (m->local)
        return local_import_commit(m->local, &m->res->n_replaced, m->err, m->err_cap);
    return known_write_finish(m->known, &list, &m->res->n_replaced, m->err, m->err_cap);
}

int known_import_run(const struct known_import_config *cfg, struct known_import_result *ret,
                     char *err, size_t err_cap)
{
    struct import m = {.cfg = cfg, .res = ret, .err = err, .err_cap = err_cap};
    memset(ret, 0, sizeof(*ret));
    int rc = known_csv_create(&m.csv, on_row, &m);
    if (rc == 0)
        rc = open_file(&m);
    if (rc == 0)
        rc = open_target(&m);
    if (rc == 0)
        rc = read_file(&m);
    if (rc == 0)
        rc = check_rows(&m);
    if (rc == 0)
        rc = commit(&m);
    if (rc == -ENOMEM)
        snprintf(err, err_cap, "cannot import \"%s\": out of memory", cfg->path);
    known_write_destroy(m.known);
    local_import_destroy(m.local);
    known_csv_destroy(m.csv);
    if (m.file)
        gzclose_r(m.file);
    return rc;
}
