/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/known_columns.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/utc.h"

/* Our words for the columns; a second word where OpenCellID has one of its own. */
static const struct {
    const char *word, *other;
} field_names[KNOWN_FIELD_COUNT] = {
    [KNOWN_RADIO] = {"radio", NULL},
    [KNOWN_MCC] = {"mcc", NULL},
    [KNOWN_MNC] = {"mnc", "net"},
    [KNOWN_LAC] = {"lac", "area"},
    [KNOWN_CI] = {"ci", "cell"},
    [KNOWN_ARFCN] = {"arfcn", NULL},
    [KNOWN_BSIC] = {"bsic", NULL},
    [KNOWN_LAT] = {"lat", NULL},
    [KNOWN_LON] = {"lon", NULL},
    [KNOWN_RANGE] = {"range", NULL},
    [KNOWN_SITE] = {"site", NULL},
    [KNOWN_TYPE] = {"type", NULL},
    [KNOWN_VALID_FROM] = {"valid_from", NULL},
    [KNOWN_VALID_TO] = {"valid_to", NULL},
    [KNOWN_OPERATOR_NAME] = {"operator", NULL},
    [KNOWN_BAND] = {"band", NULL},
    [KNOWN_ARFCN_LO] = {"arfcn_lo", NULL},
    [KNOWN_ARFCN_HI] = {"arfcn_hi", NULL},
    [KNOWN_ALLOW_KIND] = {"kind", NULL},
    [KNOWN_NOTE] = {"note", NULL},
};

/* Files without a header have these columns. */
static const enum known_field allocation_columns[] = {
    KNOWN_MCC,      KNOWN_MNC,      KNOWN_OPERATOR_NAME, KNOWN_BAND,
    KNOWN_ARFCN_LO, KNOWN_ARFCN_HI, KNOWN_VALID_FROM,    KNOWN_VALID_TO};
static const enum known_field allow_columns[] = {KNOWN_ALLOW_KIND, KNOWN_MCC,      KNOWN_MNC,
                                                 KNOWN_LAC,        KNOWN_CI,       KNOWN_ARFCN,
                                                 KNOWN_VALID_FROM, KNOWN_VALID_TO, KNOWN_NOTE};

static bool is_radio(const char *word)
{
    static const char *const radios[] = {"GSM", "UMTS", "LTE", "CDMA", "NR"};
    for (size_t i = 0; i < sizeof(radios) / sizeof(*radios); i++)
        if (strcasecmp(word, radios[i]) == 0)
            return true;
    return false;
}

static enum known_field find_field(const char *word, size_t n)
{
    for (int i = 0; i < KNOWN_FIELD_COUNT; i++) {
        const char *a = field_names[i].word, *b = field_names[i].other;
        if ((strlen(a) == n && strncasecmp(a, word, n) == 0) ||
            (b && strlen(b) == n && strncasecmp(b, word, n) == 0))
            return (enum known_field)i;
    }
    return KNOWN_FIELD_COUNT;
}

static void take_columns(struct known_columns *c, const enum known_field *field, size_t n)
{
    for (size_t i = 0; i < n; i++)
        c->at[field[i]] = (int)i;
}

/* A first row that is no header. */
static bool take_default(struct known_columns *c, const char *first)
{
    switch (c->kind) {
    case KNOWN_KIND_CELLS:
        if (!is_radio(first))
            return false;
        c->opencellid = true;
        c->at[KNOWN_RADIO] = 0;
        c->at[KNOWN_MCC] = 1;
        c->at[KNOWN_MNC] = 2;
        c->at[KNOWN_LAC] = 3;
        c->at[KNOWN_CI] = 4;
        c->at[KNOWN_LON] = 6; /* 5 is the unit: for GSM without meaning */
        c->at[KNOWN_LAT] = 7;
        c->at[KNOWN_RANGE] = 8;
        return true;
    case KNOWN_KIND_ALLOCATIONS:
        if (!isdigit((unsigned char)first[0]))
            return false;
        take_columns(c, allocation_columns,
                     sizeof(allocation_columns) / sizeof(*allocation_columns));
        return true;
    case KNOWN_KIND_ALLOW:
        if (!local_allow_kind_known(first))
            return false;
        take_columns(c, allow_columns, sizeof(allow_columns) / sizeof(*allow_columns));
        return true;
    }
    return false;
}

/* One "their=our" of the map: which of our fields, or KNOWN_FIELD_COUNT with a sentence. */
static enum known_field parse_pair(const char *pair, size_t n, size_t *ret_n_their, char *err,
                                   size_t err_cap)
{
    const char *eq = memchr(pair, '=', n);
    size_t n_their = eq ? (size_t)(eq - pair) : 0;
    enum known_field field = eq ? find_field(eq + 1, n - n_their - 1) : KNOWN_FIELD_COUNT;
    *ret_n_their = n_their;
    if (n_their > 0 && field != KNOWN_FIELD_COUNT)
        return field;
    snprintf(err, err_cap,
             "map \"%.*s\" is not their=our; our columns are radio, mcc, mnc, lac, ci, arfcn, "
             "bsic, lat, lon, range, site, type, valid_from, valid_to, operator, band, "
             "arfcn_lo, arfcn_hi, kind, note",
             (int)n, pair);
    return KNOWN_FIELD_COUNT;
}

int known_columns_check_map(const char *map, char *err, size_t err_cap)
{
    while (*map) {
        size_t n = strcspn(map, ","), n_their;
        if (parse_pair(map, n, &n_their, err, err_cap) == KNOWN_FIELD_COUNT)
            return -EINVAL;
        map += n;
        map += *map == ',';
    }
    return 0;
}

static int take_pair(struct known_columns *c, const char *pair, size_t n,
                     const struct known_csv_row *head, char *err, size_t err_cap)
{
    size_t n_their;
    enum known_field field = parse_pair(pair, n, &n_their, err, err_cap);
    if (field == KNOWN_FIELD_COUNT)
        return -EINVAL;
    for (size_t i = 0; i < head->n; i++) {
        if (strlen(head->field[i]) == n_their && strncasecmp(head->field[i], pair, n_their) == 0) {
            c->at[field] = (int)i;
            return 0;
        }
    }
    snprintf(err, err_cap, "the file has no column \"%.*s\" that the map names", (int)n_their,
             pair);
    return -EINVAL;
}

static int take_map(struct known_columns *c, const char *map, const struct known_csv_row *head,
                    char *err, size_t err_cap)
{
    while (map && *map) {
        size_t n = strcspn(map, ",");
        int rc = take_pair(c, map, n, head, err, err_cap);
        if (rc < 0)
            return rc;
        map += n;
        map += *map == ',';
    }
    return 0;
}

static int check_columns(const struct known_columns *c, char *err, size_t err_cap)
{
    static const enum known_field need_cells[] = {KNOWN_MCC, KNOWN_MNC, KNOWN_LAC, KNOWN_CI};
    static const enum known_field need_allocations[] = {KNOWN_MCC, KNOWN_MNC, KNOWN_ARFCN_LO,
                                                        KNOWN_ARFCN_HI};
    static const enum known_field need_allow[] = {KNOWN_ALLOW_KIND};
    static const struct {
        const enum known_field *field;
        size_t n;
    } need[] = {{need_cells, 4}, {need_allocations, 4}, {need_allow, 1}};
    for (size_t i = 0; i < need[c->kind].n; i++) {
        enum known_field f = need[c->kind].field[i];
        if (c->at[f] >= 0)
            continue;
        snprintf(err, err_cap,
                 "the first line names no column \"%s\"; say which it is with --map THEIRS=%s",
                 field_names[f].word, field_names[f].word);
        return -EINVAL;
    }
    return 0;
}

int known_columns_init(struct known_columns *ret, enum known_kind kind, const char *map,
                       const struct known_csv_row *first, bool *ret_is_data, char *err,
                       size_t err_cap)
{
    *ret = (struct known_columns){.kind = kind, .radio = "GSM"};
    for (int i = 0; i < KNOWN_FIELD_COUNT; i++)
        ret->at[i] = -1;
    *ret_is_data = false;
    if (first->bad) {
        snprintf(err, err_cap, "the first line cannot be read: %s", first->bad);
        return -EINVAL;
    }
    if (!map && take_default(ret, first->field[0])) {
        *ret_is_data = true;
        return 0;
    }
    for (size_t i = 0; i < first->n; i++) {
        enum known_field f = find_field(first->field[i], strlen(first->field[i]));
        if (f != KNOWN_FIELD_COUNT && ret->at[f] < 0)
            ret->at[f] = (int)i;
    }
    ret->opencellid = !map && strcasecmp(first->field[0], "radio") == 0;
    int rc = take_map(ret, map, first, err, err_cap);
    return rc < 0 ? rc : check_columns(ret, err, err_cap);
}

/* ---- fields of a row ---- */

static const char *field_of(const struct known_columns *c, const struct known_csv_row *row,
                            enum known_field f)
{
    int at = c->at[f];
    return at >= 0 && (size_t)at < row->n ? row->field[at] : "";
}

/* A field for a sentence: a hostile one must not fill it. */
#define SHOWN "%.32s"

/* Whole number lo..hi, decimal or 0x hexadecimal; absent: what *ret was. False: why is written. */
static bool read_int(const struct known_columns *c, const struct known_csv_row *row,
                     enum known_field f, long lo, long hi, int *ret, char why[KNOWN_WHY_CAP])
{
    const char *text = field_of(c, row, f);
    if (!text[0])
        return true;
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    char *end;
    errno = 0;
    long value = strtol(text, &end, hex ? 16 : 10);
    if (errno || *end || end == text || value < lo || value > hi) {
        snprintf(why, KNOWN_WHY_CAP, "%s \"" SHOWN "\" is not a number from %ld to %ld",
                 field_names[f].word, text, lo, hi);
        return false;
    }
    *ret = (int)value;
    return true;
}

static bool read_real(const struct known_columns *c, const struct known_csv_row *row,
                      enum known_field f, double lo, double hi, bool *present, double *ret,
                      char why[KNOWN_WHY_CAP])
{
    char text[40];
    snprintf(text, sizeof(text), "%.39s", field_of(c, row, f));
    *present = text[0] != 0;
    if (!*present)
        return true;
    char *comma = c->decimal_comma ? strchr(text, ',') : NULL;
    if (comma)
        *comma = '.';
    char *end;
    double value = strtod(text, &end);
    if (*end || end == text || !isfinite(value) || value < lo || value > hi) {
        snprintf(why, KNOWN_WHY_CAP, "%s \"" SHOWN "\" is not a number from %g to %g",
                 field_names[f].word, text, lo, hi);
        return false;
    }
    *ret = value;
    return true;
}

/* ISO 8601; a day alone begins at its first and ends at its last microsecond. */
static bool read_time(const struct known_columns *c, const struct known_csv_row *row,
                      enum known_field f, int64_t *ret, char why[KNOWN_WHY_CAP])
{
    const char *text = field_of(c, row, f);
    char full[64];
    *ret = UTC_UNKNOWN;
    if (!text[0])
        return true;
    if (strlen(text) == 10)
        snprintf(full, sizeof(full), "%s%s", text,
                 f == KNOWN_VALID_TO ? "T23:59:59.999999Z" : "T00:00:00Z");
    else
        snprintf(full, sizeof(full), "%.63s", text);
    if (utc_parse(full, ret) == 0)
        return true;
    snprintf(why, KNOWN_WHY_CAP, "%s \"" SHOWN "\" is not a day like 2026-01-31",
             field_names[f].word, text);
    return false;
}

static bool all_digits(const char *text)
{
    return text[0] && text[strspn(text, "0123456789")] == 0;
}

/* One to three digits, with zeros in front up to n_min. */
static void put_digits(char ret[4], const char *digits, size_t n_min)
{
    size_t n = strlen(digits), n_zeros = n < n_min ? n_min - n : 0;
    memset(ret, '0', n_zeros);
    memcpy(ret + n_zeros, digits, n + 1);
}

/* MCC and MNC. An mcc may have lost its leading zeros in a spreadsheet; an mnc keeps the digits
 * that it has, at least two. */
static bool read_plmn(const struct known_columns *c, const struct known_csv_row *row, bool must,
                      char mcc[4], char mnc[4], char why[KNOWN_WHY_CAP])
{
    const char *a = field_of(c, row, KNOWN_MCC), *b = field_of(c, row, KNOWN_MNC);
    mcc[0] = mnc[0] = 0;
    if ((must || a[0]) && (!all_digits(a) || strlen(a) > 3 || strcmp(a, "0") == 0)) {
        snprintf(why, KNOWN_WHY_CAP, "mcc \"" SHOWN "\" is not a number of up to three digits", a);
        return false;
    }
    if ((must || b[0]) && (!all_digits(b) || strlen(b) > 3)) {
        snprintf(why, KNOWN_WHY_CAP, "mnc \"" SHOWN "\" is not a number of up to three digits", b);
        return false;
    }
    if (a[0])
        put_digits(mcc, a, 3);
    if (b[0])
        put_digits(mnc, b, 2);
    return true;
}

static bool has_field(const struct known_columns *c, const struct known_csv_row *row,
                      enum known_field f, char why[KNOWN_WHY_CAP])
{
    if (field_of(c, row, f)[0])
        return true;
    snprintf(why, KNOWN_WHY_CAP, "%s is empty", field_names[f].word);
    return false;
}

static bool read_place(const struct known_columns *c, const struct known_csv_row *row,
                       struct known_cell *ret, char why[KNOWN_WHY_CAP])
{
    bool has_lat, has_lon, has_range;
    if (!read_real(c, row, KNOWN_LAT, -90, 90, &has_lat, &ret->lat_deg, why) ||
        !read_real(c, row, KNOWN_LON, -180, 180, &has_lon, &ret->lon_deg, why) ||
        !read_real(c, row, KNOWN_RANGE, 0, 1e8, &has_range, &ret->range_m, why))
        return false;
    if (has_lat != has_lon) {
        snprintf(why, KNOWN_WHY_CAP, "it has only one of lat and lon");
        return false;
    }
    /* 0, 0 lies in the sea: how dumps write that nobody knows */
    ret->has_position = has_lat && !(ret->lat_deg == 0.0 && ret->lon_deg == 0.0);
    return true;
}

enum known_row_result known_columns_cell(const struct known_columns *c,
                                         const struct known_csv_row *row, struct known_cell *ret,
                                         char why[KNOWN_WHY_CAP])
{
    *ret = (struct known_cell){.arfcn = -1, .bsic = -1};
    const char *radio = field_of(c, row, KNOWN_RADIO);
    if (c->at[KNOWN_RADIO] >= 0 && strcasecmp(c->radio, "any") != 0 &&
        strcasecmp(radio, c->radio) != 0) {
        if (is_radio(radio))
            return KNOWN_ROW_SKIPPED;
        snprintf(why, KNOWN_WHY_CAP, "radio \"" SHOWN "\" is not one of GSM, UMTS, LTE, CDMA, NR",
                 radio);
        return KNOWN_ROW_BAD;
    }
    if (!read_plmn(c, row, true, ret->mcc, ret->mnc, why) || !has_field(c, row, KNOWN_LAC, why) ||
        !has_field(c, row, KNOWN_CI, why) ||
        !read_int(c, row, KNOWN_LAC, 0, 65535, &ret->lac, why) ||
        !read_int(c, row, KNOWN_CI, 0, 65535, &ret->ci, why) ||
        !read_int(c, row, KNOWN_ARFCN, 0, 1023, &ret->arfcn, why) ||
        !read_int(c, row, KNOWN_BSIC, 0, 63, &ret->bsic, why) || !read_place(c, row, ret, why) ||
        !read_time(c, row, KNOWN_VALID_FROM, &ret->valid_from_us, why) ||
        !read_time(c, row, KNOWN_VALID_TO, &ret->valid_to_us, why))
        return KNOWN_ROW_BAD;
    snprintf(ret->site, sizeof(ret->site), "%s", field_of(c, row, KNOWN_SITE));
    snprintf(ret->type, sizeof(ret->type), "%s", field_of(c, row, KNOWN_TYPE));
    return KNOWN_ROW_GOOD;
}

enum known_row_result known_columns_allocation(const struct known_columns *c,
                                               const struct known_csv_row *row,
                                               struct known_allocation *ret,
                                               char why[KNOWN_WHY_CAP])
{
    *ret = (struct known_allocation){0};
    const char *band = field_of(c, row, KNOWN_BAND);
    if (!read_plmn(c, row, true, ret->mcc, ret->mnc, why) ||
        !has_field(c, row, KNOWN_ARFCN_LO, why) || !has_field(c, row, KNOWN_ARFCN_HI, why) ||
        !read_int(c, row, KNOWN_ARFCN_LO, 0, 1023, &ret->arfcn_lo, why) ||
        !read_int(c, row, KNOWN_ARFCN_HI, 0, 1023, &ret->arfcn_hi, why) ||
        !read_time(c, row, KNOWN_VALID_FROM, &ret->valid_from_us, why) ||
        !read_time(c, row, KNOWN_VALID_TO, &ret->valid_to_us, why))
        return KNOWN_ROW_BAD;
    if (ret->arfcn_lo > ret->arfcn_hi) {
        snprintf(why, KNOWN_WHY_CAP, "arfcn_lo %d is above arfcn_hi %d", ret->arfcn_lo,
                 ret->arfcn_hi);
        return KNOWN_ROW_BAD;
    }
    ret->band = band[0] ? arfcn_band_find(band) : arfcn_band_of(ret->arfcn_lo, 0);
    /* whoever writes E900 for 1..124 means the channels that are always called P900 here */
    if (ret->band == ARFCN_P900 || ret->band == ARFCN_E900 || ret->band == ARFCN_R900)
        ret->band = arfcn_band_of(ret->arfcn_lo, 0);
    if (ret->band == ARFCN_BAND_UNKNOWN) {
        snprintf(why, KNOWN_WHY_CAP,
                 "band \"" SHOWN "\" is not one of P900, E900, R900, GSM850, DCS1800, PCS1900",
                 band);
        return KNOWN_ROW_BAD;
    }
    snprintf(ret->operator_name, sizeof(ret->operator_name), "%s",
             field_of(c, row, KNOWN_OPERATOR_NAME));
    return KNOWN_ROW_GOOD;
}

enum known_row_result known_columns_allow(const struct known_columns *c,
                                          const struct known_csv_row *row, struct local_allow *ret,
                                          char why[KNOWN_WHY_CAP])
{
    *ret = (struct local_allow){.lac = -1, .ci = -1, .arfcn = -1};
    if (!read_plmn(c, row, false, ret->mcc, ret->mnc, why) ||
        !read_int(c, row, KNOWN_LAC, 0, 65535, &ret->lac, why) ||
        !read_int(c, row, KNOWN_CI, 0, 65535, &ret->ci, why) ||
        !read_int(c, row, KNOWN_ARFCN, 0, 1023, &ret->arfcn, why) ||
        !read_time(c, row, KNOWN_VALID_FROM, &ret->valid_from_us, why) ||
        !read_time(c, row, KNOWN_VALID_TO, &ret->valid_to_us, why))
        return KNOWN_ROW_BAD;
    snprintf(ret->kind, sizeof(ret->kind), "%s", field_of(c, row, KNOWN_ALLOW_KIND));
    snprintf(ret->note, sizeof(ret->note), "%s", field_of(c, row, KNOWN_NOTE));
    return KNOWN_ROW_GOOD;
}
