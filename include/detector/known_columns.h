/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known_columns - what the columns of a list mean, and a row of it as a value.
 *
 * in   the first row of a CSV file, a map of column names; then rows
 * out  known_cell, known_allocation or local_allow values, or a sentence why a row is no use
 * ref  docs/formats.md "CSV"
 * cost below 1 us a row
 * thread plain value
 */
#ifndef DETECTOR_KNOWN_COLUMNS_H
#define DETECTOR_KNOWN_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

#include "detector/known_cells.h"
#include "detector/known_csv.h"
#include "detector/local_db.h"

enum known_field {
    KNOWN_RADIO = 0,
    KNOWN_MCC,
    KNOWN_MNC,
    KNOWN_LAC,
    KNOWN_CI,
    KNOWN_ARFCN,
    KNOWN_BSIC,
    KNOWN_LAT,
    KNOWN_LON,
    KNOWN_RANGE,
    KNOWN_SITE,
    KNOWN_TYPE,
    KNOWN_VALID_FROM,
    KNOWN_VALID_TO,
    KNOWN_OPERATOR_NAME,
    KNOWN_BAND,
    KNOWN_ARFCN_LO,
    KNOWN_ARFCN_HI,
    KNOWN_ALLOW_KIND,
    KNOWN_NOTE,
    KNOWN_FIELD_COUNT
};

struct known_columns {
    enum known_kind kind;
    int at[KNOWN_FIELD_COUNT]; /* index of the column, -1: not there */
    bool opencellid;           /* quotes are letters */
    bool decimal_comma;        /* columns are split by semicolons */
    const char *radio;         /* rows of other radios are skipped; "any": none */
};

enum known_row_result { KNOWN_ROW_GOOD = 0, KNOWN_ROW_BAD, KNOWN_ROW_SKIPPED };
#define KNOWN_WHY_CAP 160

/* Is it "their=our,their=our" with columns that there are? 0, or -EINVAL with a sentence. */
int known_columns_check_map(const char *map, char *err, size_t err_cap);

/* Reads the first row. *ret_is_data: it is no header but a row of the default format. map is
 * "their=our,their=our" or NULL. 0, or -EINVAL with a sentence. */
int known_columns_init(struct known_columns *ret, enum known_kind kind, const char *map,
                       const struct known_csv_row *first, bool *ret_is_data, char *err,
                       size_t err_cap);

enum known_row_result known_columns_cell(const struct known_columns *c,
                                         const struct known_csv_row *row, struct known_cell *ret,
                                         char why[KNOWN_WHY_CAP]);
enum known_row_result known_columns_allocation(const struct known_columns *c,
                                               const struct known_csv_row *row,
                                               struct known_allocation *ret,
                                               char why[KNOWN_WHY_CAP]);
enum known_row_result known_columns_allow(const struct known_columns *c,
                                          const struct known_csv_row *row, struct local_allow *ret,
                                          char why[KNOWN_WHY_CAP]);

#endif
