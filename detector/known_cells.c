/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/known_cells.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "sqlite_file.h"

/* mcc and mnc are numbers here: dumps lose leading zeros. digits: how the mnc is written.
 * tile: known_tile(), NULL without a place; the table lies on the disk in its order. */
static const char *const steps[] = {
    "CREATE TABLE lists ("
    " id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, source INTEGER NOT NULL, name TEXT NOT NULL,"
    " file TEXT NOT NULL, n_rows INTEGER NOT NULL, n_bad INTEGER NOT NULL,"
    " n_skipped INTEGER NOT NULL, rows_sha256 TEXT NOT NULL, imported_utc_us INTEGER) STRICT;"
    "CREATE UNIQUE INDEX lists_by_name ON lists (kind, source, name) WHERE name <> '';"
    "CREATE TABLE cells ("
    " list INTEGER NOT NULL, source INTEGER NOT NULL, mcc INTEGER NOT NULL, mnc INTEGER NOT NULL,"
    " digits INTEGER NOT NULL, lac INTEGER NOT NULL, ci INTEGER NOT NULL, arfcn INTEGER,"
    " bsic INTEGER, tile INTEGER, lat_e6 INTEGER, lon_e6 INTEGER, range_m INTEGER NOT NULL,"
    " site TEXT, type TEXT, valid_from_utc_us INTEGER, valid_to_utc_us INTEGER) STRICT;"
    "CREATE TABLE allocations ("
    " list INTEGER NOT NULL, source INTEGER NOT NULL, mcc INTEGER NOT NULL, mnc INTEGER NOT NULL,"
    " digits INTEGER NOT NULL, operator TEXT NOT NULL, band TEXT NOT NULL,"
    " arfcn_lo INTEGER NOT NULL, arfcn_hi INTEGER NOT NULL, valid_from_utc_us INTEGER,"
    " valid_to_utc_us INTEGER) STRICT;"
    "CREATE TABLE networks ("
    " mcc INTEGER NOT NULL, mnc INTEGER NOT NULL, source INTEGER NOT NULL,"
    " digits INTEGER NOT NULL, n_cells INTEGER NOT NULL, PRIMARY KEY (mcc, mnc, source)) STRICT;",
};

const struct sqlite_file_kind known_file_kind = {
    .what = "known-cell database",
    .application_id = 0x43574b4e, /* "CWKN" */
    .version = sizeof(steps) / sizeof(*steps),
    .steps = steps,
};

enum query {
    Q_CELL,
    Q_LAC,
    Q_NETWORK,
    Q_OPERATOR,
    Q_COUNTRY,
    Q_ALLOCATIONS,
    Q_TILES,
    Q_LIST,
    Q_LISTS,
    Q_NETWORKS,
    Q_COUNT
};

#define CELL_COLUMNS                                                                               \
    "SELECT source, mcc, mnc, digits, lac, ci, arfcn, bsic, lat_e6, lon_e6, range_m, site, type,"  \
    " valid_from_utc_us, valid_to_utc_us FROM cells "
#define CELL_ORDER " source DESC, list, arfcn, bsic, lat_e6, lon_e6, rowid"

static const char *const query_sql[Q_COUNT] = {
    [Q_CELL] =
        CELL_COLUMNS "WHERE mcc = ?1 AND mnc = ?2 AND lac = ?3 AND ci = ?4 ORDER BY" CELL_ORDER,
    [Q_LAC] = "SELECT 1 FROM cells WHERE mcc = ?1 AND mnc = ?2 AND lac = ?3 LIMIT 1",
    [Q_NETWORK] = "SELECT source, n_cells FROM networks WHERE mcc = ?1 AND mnc = ?2",
    [Q_OPERATOR] = "SELECT operator FROM allocations WHERE mcc = ?1 AND mnc = ?2"
                   " ORDER BY source DESC, operator = '', operator LIMIT 1",
    [Q_COUNTRY] = "SELECT 1 FROM allocations WHERE mcc = ?1 LIMIT 1",
    [Q_ALLOCATIONS] = "SELECT mcc, mnc, digits, operator, band, arfcn_lo, arfcn_hi, source,"
                      " valid_from_utc_us, valid_to_utc_us"
                      " FROM allocations WHERE mcc = ?1 AND mnc = ?2"
                      " ORDER BY CASE band WHEN 'P900' THEN 1 WHEN 'E900' THEN 2 WHEN 'R900' THEN 3"
                      " WHEN 'GSM850' THEN 4 WHEN 'DCS1800' THEN 5 ELSE 6 END, arfcn_lo, arfcn_hi,"
                      " source DESC, operator",
    [Q_TILES] =
        CELL_COLUMNS "WHERE tile BETWEEN ?1 AND ?2 ORDER BY tile, mcc, mnc, lac, ci," CELL_ORDER,
    [Q_LIST] = CELL_COLUMNS "WHERE (?1 < 0 OR mcc = ?1) AND (?2 < 0 OR mnc = ?2)"
                            " ORDER BY mcc, mnc, lac, ci," CELL_ORDER,
    [Q_LISTS] = "SELECT kind, source, name, file, n_rows, n_bad, n_skipped, imported_utc_us"
                " FROM lists ORDER BY kind, source DESC, name, id",
    [Q_NETWORKS] = "SELECT mcc, mnc, max(digits), sum(n_cells * (source = 1)),"
                   " sum(n_cells * (source = 2)), sum(n_cells * (source = 3)) FROM networks"
                   " GROUP BY mcc, mnc ORDER BY mcc, mnc",
};

struct known_cells {
    sqlite3 *db;
    sqlite3_stmt *query[Q_COUNT];
    uint8_t digest[DIGEST_OCT];
};

/* The lists' own digests were made while they were read: hashing 45 million rows at every start
 * would take longer than the start. */
static int digest_lists(struct known_cells *k)
{
    struct digest *sum = NULL;
    if (digest_create(&sum) < 0)
        return SQLITE_NOMEM;
    int rc = sqlite_file_digest(
        k->db, "SELECT kind, source, name, n_rows, rows_sha256 FROM lists ORDER BY 1, 2, 3, 5",
        sum);
    if (rc == SQLITE_OK && digest_get(sum, k->digest) < 0)
        rc = SQLITE_NOMEM;
    digest_destroy(sum);
    return rc;
}

int known_cells_open(struct known_cells **ret, const char *path, char *err, size_t err_cap)
{
    struct known_cells *k = calloc(1, sizeof(*k));
    if (!k) {
        snprintf(err, err_cap, "cannot open \"%s\": out of memory", path);
        return -ENOMEM;
    }
    int rc = sqlite_file_open(&k->db, &known_file_kind, path, SQLITE_FILE_READ, err, err_cap);
    int sql = rc == 0 ? digest_lists(k) : SQLITE_OK;
    for (int i = 0; rc == 0 && sql == SQLITE_OK && i < Q_COUNT; i++)
        sql = sqlite3_prepare_v2(k->db, query_sql[i], -1, &k->query[i], NULL);
    if (rc == 0 && sql != SQLITE_OK)
        rc = sqlite_file_fail(k->db, "read", path, err, err_cap);
    if (rc < 0) {
        known_cells_close(k);
        return rc;
    }
    *ret = k;
    return 0;
}

void known_cells_close(struct known_cells *k)
{
    if (!k)
        return;
    for (int i = 0; i < Q_COUNT; i++)
        sqlite3_finalize(k->query[i]);
    sqlite3_close(k->db);
    free(k);
}

void known_cells_digest(const struct known_cells *k, uint8_t ret[DIGEST_OCT])
{
    memcpy(ret, k->digest, DIGEST_OCT);
}

/* ---- look-up ---- */

/* A text that is no number matches no row. */
static int64_t number_of(const char *digits)
{
    char *end;
    long value = strtol(digits, &end, 10);
    return *end || end == digits || value < 0 ? -2 : value;
}

static sqlite3_stmt *start(struct known_cells *k, enum query q, const char *mcc, const char *mnc)
{
    sqlite3_stmt *st = k->query[q];
    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    if (mcc)
        sqlite3_bind_int64(st, 1, number_of(mcc));
    if (mnc)
        sqlite3_bind_int64(st, 2, number_of(mnc));
    return st;
}

static int finish(sqlite3_stmt *st, int rc, int ret)
{
    sqlite3_reset(st);
    return rc == SQLITE_DONE || rc == SQLITE_ROW ? ret : -EIO;
}

static void format_code(char ret[4], int value, int digits)
{
    unsigned v = (unsigned)value % 1000;
    snprintf(ret, 4, digits == 2 && v < 100 ? "%02u" : "%03u", v);
}

static void read_cell(sqlite3_stmt *st, struct known_cell *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->source = (enum known_source)sqlite3_column_int(st, 0);
    format_code(ret->mcc, sqlite3_column_int(st, 1), 3);
    format_code(ret->mnc, sqlite3_column_int(st, 2), sqlite3_column_int(st, 3));
    ret->lac = sqlite3_column_int(st, 4);
    ret->ci = sqlite3_column_int(st, 5);
    ret->arfcn = sqlite_file_get_int(st, 6);
    ret->bsic = sqlite_file_get_int(st, 7);
    ret->has_position = sqlite3_column_type(st, 8) != SQLITE_NULL;
    ret->lat_deg = (double)sqlite3_column_int64(st, 8) / 1e6;
    ret->lon_deg = (double)sqlite3_column_int64(st, 9) / 1e6;
    ret->range_m = sqlite3_column_double(st, 10);
    sqlite_file_text(st, 11, ret->site, sizeof(ret->site));
    sqlite_file_text(st, 12, ret->type, sizeof(ret->type));
    ret->valid_from_us = sqlite_file_get_utc(st, 13);
    ret->valid_to_us = sqlite_file_get_utc(st, 14);
}

int known_cells_find(struct known_cells *k, const char *mcc, const char *mnc, int lac, int ci,
                     struct known_cell *ret, size_t cap)
{
    sqlite3_stmt *st = start(k, Q_CELL, mcc, mnc);
    sqlite3_bind_int(st, 3, lac);
    sqlite3_bind_int(st, 4, ci);
    int n = 0, rc;
    for (; (rc = sqlite3_step(st)) == SQLITE_ROW; n++)
        if ((size_t)n < cap)
            read_cell(st, &ret[n]);
    return finish(st, rc, n);
}

int known_cells_find_lac(struct known_cells *k, const char *mcc, const char *mnc, int lac)
{
    sqlite3_stmt *st = start(k, Q_LAC, mcc, mnc);
    sqlite3_bind_int(st, 3, lac);
    int rc = sqlite3_step(st);
    return finish(st, rc, rc == SQLITE_ROW);
}

int known_cells_find_network(struct known_cells *k, const char *mcc, const char *mnc,
                             struct known_network *ret)
{
    memset(ret, 0, sizeof(*ret));
    sqlite3_stmt *st = start(k, Q_NETWORK, mcc, mnc);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        int source = sqlite3_column_int(st, 0);
        ret->n_cells += (uint64_t)sqlite3_column_int64(st, 1);
        ret->listed_cells = true;
        ret->operator_list |= source == KNOWN_OPERATOR;
        ret->regulator_list |= source == KNOWN_REGULATOR;
    }
    if (finish(st, rc, 0) < 0)
        return -EIO;
    st = start(k, Q_OPERATOR, mcc, mnc);
    rc = sqlite3_step(st);
    ret->has_allocations = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW)
        sqlite_file_text(st, 0, ret->operator_name, sizeof(ret->operator_name));
    if (finish(st, rc, 0) < 0)
        return -EIO;
    st = start(k, Q_COUNTRY, mcc, NULL);
    rc = sqlite3_step(st);
    ret->country_allocations = rc == SQLITE_ROW;
    return finish(st, rc, 0);
}

int known_cells_find_allocations(struct known_cells *k, const char *mcc, const char *mnc,
                                 struct known_allocation *ret, size_t cap)
{
    sqlite3_stmt *st = start(k, Q_ALLOCATIONS, mcc, mnc);
    int n = 0, rc;
    for (; (rc = sqlite3_step(st)) == SQLITE_ROW; n++) {
        if ((size_t)n >= cap)
            continue;
        struct known_allocation *a = &ret[n];
        memset(a, 0, sizeof(*a));
        format_code(a->mcc, sqlite3_column_int(st, 0), 3);
        format_code(a->mnc, sqlite3_column_int(st, 1), sqlite3_column_int(st, 2));
        sqlite_file_text(st, 3, a->operator_name, sizeof(a->operator_name));
        const char *band = (const char *)sqlite3_column_text(st, 4);
        a->band = band ? arfcn_band_find(band) : ARFCN_BAND_UNKNOWN;
        a->arfcn_lo = sqlite3_column_int(st, 5);
        a->arfcn_hi = sqlite3_column_int(st, 6);
        a->source = (enum known_source)sqlite3_column_int(st, 7);
        a->valid_from_us = sqlite_file_get_utc(st, 8);
        a->valid_to_us = sqlite_file_get_utc(st, 9);
    }
    return finish(st, rc, n);
}

/* ---- places ---- */

#define TILE_DEG     0.05
#define TILES_AROUND 7200
#define TILES_UP     3600
#define EARTH_M      6371008.8

static int64_t tile_row(double lat_deg)
{
    int64_t row = (int64_t)floor((lat_deg + 90.0) / TILE_DEG);
    return row < 0 ? 0 : row >= TILES_UP ? TILES_UP - 1 : row;
}

static int64_t tile_column(double lon_deg)
{
    int64_t column = (int64_t)floor((lon_deg + 180.0) / TILE_DEG);
    return column < 0 ? 0 : column >= TILES_AROUND ? TILES_AROUND - 1 : column;
}

int64_t known_tile(double lat_deg, double lon_deg)
{
    return tile_row(lat_deg) * TILES_AROUND + tile_column(lon_deg);
}

double known_distance_m(double lat_a_deg, double lon_a_deg, double lat_b_deg, double lon_b_deg)
{
    double rad = acos(-1.0) / 180.0;
    double u = sin((lat_b_deg - lat_a_deg) * rad / 2.0);
    double v = sin((lon_b_deg - lon_a_deg) * rad / 2.0);
    double h = u * u + cos(lat_a_deg * rad) * cos(lat_b_deg * rad) * v * v;
    return 2.0 * EARTH_M * asin(fmin(1.0, sqrt(h)));
}

/* The nearest cells so far, nearest first. */
struct near_list {
    double lat_deg, lon_deg, radius_m;
    struct known_cell *cell;
    size_t cap;
    int n;
};

static double distance_of(const struct near_list *near, const struct known_cell *c)
{
    return known_distance_m(near->lat_deg, near->lon_deg, c->lat_deg, c->lon_deg);
}

static void add_near(struct near_list *near, const struct known_cell *c)
{
    double d_m = distance_of(near, c);
    if (d_m > near->radius_m)
        return;
    size_t n = (size_t)near->n < near->cap ? (size_t)near->n : near->cap;
    near->n++;
    size_t i = n;
    while (i > 0 && distance_of(near, &near->cell[i - 1]) > d_m)
        i--;
    if (i == near->cap)
        return;
    size_t n_moved = (n < near->cap ? n : near->cap - 1) - i;
    memmove(&near->cell[i + 1], &near->cell[i], n_moved * sizeof(*near->cell));
    near->cell[i] = *c;
}

static int scan_tiles(struct known_cells *k, int64_t from, int64_t to, struct near_list *near)
{
    sqlite3_stmt *st = start(k, Q_TILES, NULL, NULL);
    sqlite3_bind_int64(st, 1, from);
    sqlite3_bind_int64(st, 2, to);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct known_cell c;
        read_cell(st, &c);
        add_near(near, &c);
    }
    return finish(st, rc, 0);
}

/* One row of tiles; the map's edge at 180 degrees is none on the ground. */
static int scan_row(struct known_cells *k, int64_t row, double span_deg, struct near_list *near)
{
    int64_t base = row * TILES_AROUND;
    double west = near->lon_deg - span_deg, east = near->lon_deg + span_deg;
    if (span_deg >= 180.0)
        return scan_tiles(k, base, base + TILES_AROUND - 1, near);
    int rc = scan_tiles(k, base + tile_column(west), base + tile_column(east), near);
    if (rc == 0 && west < -180.0)
        rc = scan_tiles(k, base + tile_column(west + 360.0), base + TILES_AROUND - 1, near);
    if (rc == 0 && east > 180.0)
        rc = scan_tiles(k, base, base + tile_column(east - 360.0), near);
    return rc;
}

int known_cells_find_near(struct known_cells *k, double lat_deg, double lon_deg, double radius_m,
                          struct known_cell *ret, size_t cap)
{
    struct near_list near = {lat_deg, lon_deg, radius_m, ret, cap, 0};
    double rad = acos(-1.0) / 180.0;
    double up_deg = radius_m / EARTH_M / rad;
    if (!isfinite(up_deg) || !isfinite(lat_deg) || !isfinite(lon_deg))
        return -EINVAL;
    double far_deg = fmin(90.0, fabs(lat_deg) + up_deg);
    double span_deg = far_deg > 89.0 ? 180.0 : up_deg / cos(far_deg * rad);
    for (int64_t row = tile_row(lat_deg - up_deg); row <= tile_row(lat_deg + up_deg); row++) {
        int rc = scan_row(k, row, span_deg, &near);
        if (rc < 0)
            return rc;
    }
    return near.n;
}

/* ---- lists ---- */

int known_cells_list(struct known_cells *k, const char *mcc, const char *mnc,
                     int (*each)(void *ctx, const struct known_cell *cell), void *ctx)
{
    sqlite3_stmt *st = start(k, Q_LIST, mcc[0] ? mcc : "", mnc[0] ? mnc : "");
    if (!mcc[0])
        sqlite3_bind_int(st, 1, -1);
    if (!mnc[0])
        sqlite3_bind_int(st, 2, -1);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct known_cell c;
        read_cell(st, &c);
        if (each(ctx, &c))
            break;
    }
    return finish(st, rc, 0);
}

int known_cells_list_imports(struct known_cells *k,
                             int (*each)(void *ctx, const struct known_list *list), void *ctx)
{
    sqlite3_stmt *st = start(k, Q_LISTS, NULL, NULL);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        struct known_list list = {
            .kind = (enum known_kind)sqlite3_column_int(st, 0),
            .source = (enum known_source)sqlite3_column_int(st, 1),
            .n_rows = (uint64_t)sqlite3_column_int64(st, 4),
            .n_bad = (uint64_t)sqlite3_column_int64(st, 5),
            .n_skipped = (uint64_t)sqlite3_column_int64(st, 6),
            .imported_utc_us = sqlite_file_get_utc(st, 7),
        };
        sqlite_file_text(st, 2, list.name, sizeof(list.name));
        sqlite_file_text(st, 3, list.file, sizeof(list.file));
        if (each(ctx, &list))
            break;
    }
    return finish(st, rc, 0);
}

int known_cells_list_networks(struct known_cells *k,
                              int (*each)(void *ctx, const char *mcc, const char *mnc,
                                          const uint64_t n_cells[KNOWN_OPERATOR + 1]),
                              void *ctx)
{
    sqlite3_stmt *st = start(k, Q_NETWORKS, NULL, NULL);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        char mcc[4], mnc[4];
        uint64_t n_cells[KNOWN_OPERATOR + 1] = {0};
        format_code(mcc, sqlite3_column_int(st, 0), 3);
        format_code(mnc, sqlite3_column_int(st, 1), sqlite3_column_int(st, 2));
        for (int i = KNOWN_CROWD; i <= KNOWN_OPERATOR; i++)
            n_cells[i] = (uint64_t)sqlite3_column_int64(st, 2 + i);
        if (each(ctx, mcc, mnc, n_cells))
            break;
    }
    return finish(st, rc, 0);
}
