/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lists of cells as strangers send them: splitting, columns, rows. The first octet chooses the kind
 * of list, the quoting and the size of the pieces in which the text arrives. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "detector/known_columns.h"
#include "detector/known_csv.h"

struct target {
    enum known_kind kind;
    struct known_columns columns;
    bool columns_known;
    uint64_t last_line;
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void read_row(struct target *t, const struct known_csv_row *row)
{
    char why[KNOWN_WHY_CAP] = "";
    struct known_cell cell;
    struct known_allocation allocation;
    struct local_allow allow;
    if (t->kind == KNOWN_KIND_CELLS &&
        known_columns_cell(&t->columns, row, &cell, why) == KNOWN_ROW_GOOD) {
        check(cell.lac >= 0 && cell.lac <= 65535 && cell.ci >= 0 && cell.ci <= 65535);
        check(strlen(cell.mcc) == 3 && strlen(cell.mnc) >= 2 && strlen(cell.mnc) <= 3);
        check(!cell.has_position || (cell.lat_deg >= -90 && cell.lat_deg <= 90));
    }
    if (t->kind == KNOWN_KIND_ALLOCATIONS &&
        known_columns_allocation(&t->columns, row, &allocation, why) == KNOWN_ROW_GOOD)
        check(allocation.arfcn_lo <= allocation.arfcn_hi);
    if (t->kind == KNOWN_KIND_ALLOW)
        (void)known_columns_allow(&t->columns, row, &allow, why);
    check(memchr(why, 0, sizeof(why)) != NULL);
}

static int on_row(void *ctx, const struct known_csv_row *row)
{
    struct target *t = ctx;
    char err[400];
    bool is_data = false;
    check(row->line > t->last_line); /* each row once, in order */
    t->last_line = row->line;
    check(row->bad != NULL || (row->n > 0 && row->n <= KNOWN_CSV_FIELDS_CAP));
    if (!t->columns_known) {
        int rc = known_columns_init(&t->columns, t->kind, NULL, row, &is_data, err, sizeof(err));
        t->columns_known = rc == 0;
        return rc;
    }
    if (!row->bad)
        read_row(t, row);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct target t = {.kind = (enum known_kind)(data[0] % 3)};
    size_t piece = 1 + (data[0] >> 3);
    struct known_csv *csv = NULL;
    if (known_csv_create(&csv, on_row, &t) < 0)
        return 0;
    if (data[0] & 4)
        known_csv_set_quoting(csv, KNOWN_CSV_NO_QUOTES);
    int rc = 0;
    for (size_t at = 1; rc == 0 && at < size; at += piece)
        rc = known_csv_push(csv, data + at, size - at < piece ? size - at : piece);
    if (rc == 0)
        (void)known_csv_end(csv);
    known_csv_destroy(csv);
    return 0;
}
