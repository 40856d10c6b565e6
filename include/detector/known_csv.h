/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known_csv - rows of a CSV file with their line numbers, whatever the file looks like.
 *
 * in   octets in pieces of any size: LF or CRLF, quoted fields, a byte-order mark, garbage
 * out  one call per row with its fields, or with a sentence when the row cannot be read
 * ref  RFC 4180; docs/formats.md "CSV"
 * cost about 100 ns a field; memory is bounded (lines 64 KiB, fields 4 KiB)
 * thread one object, one thread
 *
 * libcsv does the splitting. What it does not do is done here: it has no line numbers, and one
 * stray quote makes it swallow the rest of the file. So it is fed line by line; a row that is
 * still open after KNOWN_CSV_FIELD_CAP octets, or at the end, is bad, and reading goes on with the
 * line after the one where it began.
 */
#ifndef DETECTOR_KNOWN_CSV_H
#define DETECTOR_KNOWN_CSV_H

#include <stddef.h>
#include <stdint.h>

#define KNOWN_CSV_FIELDS_CAP 64
#define KNOWN_CSV_FIELD_CAP  4096
#define KNOWN_CSV_LINE_CAP   65536

struct known_csv_row {
    uint64_t line; /* where it begins, from 1 */
    const char *const *field;
    size_t n;
    const char *bad; /* NULL, or why it cannot be read: then there are no fields */
};

/* Returns 0 to go on, or negative errno, which known_csv_push then returns. */
typedef int (*known_csv_fn)(void *ctx, const struct known_csv_row *row);

/* OpenCellID's dumps do not quote: a quote is a letter like any other there. */
enum known_csv_quoting { KNOWN_CSV_QUOTES = 0, KNOWN_CSV_NO_QUOTES };

struct known_csv;

int known_csv_create(struct known_csv **ret, known_csv_fn fn, void *ctx);
void known_csv_destroy(struct known_csv *c);
/* How to split, from the next line on. The first row comes with quotes on, and with whichever of
 * comma, semicolon or tab is most frequent in the first line. */
void known_csv_set_quoting(struct known_csv *c, enum known_csv_quoting quoting);
char known_csv_delimiter(const struct known_csv *c);
int known_csv_push(struct known_csv *c, const void *data, size_t n_oct);
/* The last line may lack its end. */
int known_csv_end(struct known_csv *c);

#endif
