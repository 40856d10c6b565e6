/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/known_csv.h"

#include <csv.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Text of the fields of one row; a row of more octets than this is bad. */
#define ROW_CAP (4 * KNOWN_CSV_FIELD_CAP)
/* A row that is not closed yet, and the line that was read last. */
#define LINES_CAP (KNOWN_CSV_LINE_CAP + KNOWN_CSV_FIELD_CAP + 2)

struct known_csv {
    known_csv_fn fn;
    void *ctx;
    struct csv_parser parser;
    bool parser_made;
    enum known_csv_quoting quoting;
    char delimiter; /* 0: not chosen yet */

    /* Whole lines that are not done with: a row began at i_row (line row_line); lines before
     * i_next (line next_line) went to libcsv; the line that comes in grows from n_lines on. */
    char *lines;
    size_t i_row, i_next, n_lines, n_partial;
    uint64_t row_line, next_line;
    bool partial_too_long, partial_has_nul;

    /* the fields of the row so far */
    bool row_ended;
    const char *row_bad;
    size_t n_fields, n_row;
    const char *field[KNOWN_CSV_FIELDS_CAP];
    char row[ROW_CAP];
};

/* Blanks around a field, for a table whose delimiter is the tab. */
static int is_space(unsigned char c)
{
    return c == ' ';
}

static int make_parser(struct known_csv *c)
{
    if (c->parser_made)
        csv_free(&c->parser);
    c->parser_made = csv_init(&c->parser, CSV_STRICT | CSV_APPEND_NULL) == 0;
    if (!c->parser_made)
        return -ENOMEM;
    if (c->delimiter)
        csv_set_delim(&c->parser, (unsigned char)c->delimiter);
    if (c->delimiter == '\t') /* else libcsv trims it as a blank */
        csv_set_space_func(&c->parser, is_space);
    if (c->quoting == KNOWN_CSV_NO_QUOTES)
        csv_set_quote(&c->parser, 0); /* lines with that octet do not come this far */
    return 0;
}

int known_csv_create(struct known_csv **ret, known_csv_fn fn, void *ctx)
{
    struct known_csv *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    c->fn = fn;
    c->ctx = ctx;
    c->row_line = 1;
    c->next_line = 1;
    c->lines = malloc(LINES_CAP);
    if (!c->lines || make_parser(c) < 0) {
        known_csv_destroy(c);
        return -ENOMEM;
    }
    *ret = c;
    return 0;
}

void known_csv_destroy(struct known_csv *c)
{
    if (!c)
        return;
    if (c->parser_made)
        csv_free(&c->parser);
    free(c->lines);
    free(c);
}

void known_csv_set_quoting(struct known_csv *c, enum known_csv_quoting quoting)
{
    c->quoting = quoting;
    csv_set_quote(&c->parser, quoting == KNOWN_CSV_NO_QUOTES ? 0 : CSV_QUOTE);
}

char known_csv_delimiter(const struct known_csv *c)
{
    return c->delimiter ? c->delimiter : ',';
}

/* ---- a row ---- */

static void on_field(void *data, size_t n_oct, void *ctx)
{
    struct known_csv *c = ctx;
    if (n_oct >= KNOWN_CSV_FIELD_CAP || n_oct + 1 > sizeof(c->row) - c->n_row) {
        c->row_bad = "a field is longer than 4 KiB";
        return;
    }
    if (c->n_fields == KNOWN_CSV_FIELDS_CAP) {
        c->row_bad = "it has more than 64 fields";
        return;
    }
    char *text = c->row + c->n_row;
    memcpy(text, data, n_oct);
    text[n_oct] = 0;
    c->field[c->n_fields++] = text;
    c->n_row += n_oct + 1;
}

static void on_row(int end, void *ctx)
{
    struct known_csv *c = ctx;
    (void)end;
    if (c->row_ended)
        c->row_bad = "a carriage return stands inside the line";
    c->row_ended = true;
}

static int give_row(struct known_csv *c, uint64_t line, const char *bad)
{
    struct known_csv_row row = {.line = line, .field = c->field, .n = c->n_fields};
    if (bad)
        row = (struct known_csv_row){.line = line, .bad = bad};
    c->row_ended = false;
    c->row_bad = NULL;
    c->n_fields = 0;
    c->n_row = 0;
    return c->fn(c->ctx, &row);
}

static size_t line_len(const struct known_csv *c, size_t at)
{
    const char *end = memchr(c->lines + at, '\n', c->n_lines - at);
    return end ? (size_t)(end - c->lines) + 1 - at : c->n_lines - at;
}

/* The row cannot be read: it ends with its first line, the others are read again. */
static int skip_bad(struct known_csv *c, const char *why)
{
    int rc = make_parser(c);
    uint64_t line = c->row_line;
    c->i_row += line_len(c, c->i_row);
    c->i_next = c->i_row;
    c->next_line = ++c->row_line;
    return rc < 0 ? rc : give_row(c, line, why);
}

static bool line_is_blank(const char *line, size_t n_oct)
{
    for (size_t i = 0; i < n_oct; i++)
        if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r' && line[i] != '\n')
            return false;
    return true;
}

/* Gives the next line to libcsv. */
static int parse_line(struct known_csv *c)
{
    const char *line = c->lines + c->i_next;
    size_t n_oct = line_len(c, c->i_next);
    bool blank = c->i_next == c->i_row && line_is_blank(line, n_oct);
    size_t n = blank ? n_oct : csv_parse(&c->parser, line, n_oct, on_field, on_row, c);
    if (n != n_oct && csv_error(&c->parser) != CSV_EPARSE)
        return -ENOMEM;
    if (n != n_oct)
        return skip_bad(c, "a quotation mark stands inside a field");
    c->i_next += n_oct;
    c->next_line++;
    if (!blank && !c->row_ended)
        return 0; /* a quoted field goes on in the next line */
    uint64_t begin = c->row_line;
    c->i_row = c->i_next;
    c->row_line = c->next_line;
    return blank ? 0 : give_row(c, begin, c->row_bad);
}

/* Reads the lines that are there; at the end also the row that nothing closes. */
static int parse_lines(struct known_csv *c, bool at_end)
{
    int rc = 0;
    while (rc == 0 && (c->i_next < c->n_lines || c->i_row < c->i_next)) {
        if (c->i_next < c->n_lines)
            rc = parse_line(c);
        bool open = c->i_row < c->i_next;
        bool all = c->i_next == c->n_lines;
        if (rc == 0 && open && (c->i_next - c->i_row > KNOWN_CSV_FIELD_CAP || (all && at_end)))
            rc = skip_bad(c, "a quotation mark is never closed");
        else if (all)
            break;
    }
    memmove(c->lines, c->lines + c->i_row, c->n_lines - c->i_row);
    c->n_lines -= c->i_row;
    c->i_next -= c->i_row;
    c->i_row = 0;
    return rc;
}

/* ---- lines ---- */

/* Comma, or what a spreadsheet of another country wrote instead. */
static void choose_delimiter(struct known_csv *c, const char *line, size_t n_oct)
{
    size_t n_comma = 0, n_semicolon = 0, n_tab = 0;
    for (size_t i = 0; i < n_oct; i++) {
        n_comma += line[i] == ',';
        n_semicolon += line[i] == ';';
        n_tab += line[i] == '\t';
    }
    c->delimiter = ',';
    if (n_semicolon > n_comma)
        c->delimiter = ';';
    if (n_tab > n_comma && n_tab > n_semicolon)
        c->delimiter = '\t';
    csv_set_delim(&c->parser, (unsigned char)c->delimiter);
    if (c->delimiter == '\t')
        csv_set_space_func(&c->parser, is_space);
}

static int skip_partial(struct known_csv *c, const char *why)
{
    /* a row that was open cannot go on through such a line */
    int rc = parse_lines(c, true);
    uint64_t line = c->row_line;
    c->next_line = ++c->row_line;
    return rc < 0 ? rc : give_row(c, line, why);
}

static int end_line(struct known_csv *c)
{
    char *line = c->lines + c->n_lines;
    size_t n_oct = c->n_partial;
    bool too_long = c->partial_too_long, has_nul = c->partial_has_nul;
    c->n_partial = 0;
    c->partial_too_long = c->partial_has_nul = false;
    if (too_long)
        return skip_partial(c, "the line is longer than 64 KiB");
    if (has_nul)
        return skip_partial(c, "it holds octets that no text has (is the file UTF-16 or packed?)");
    if (!c->delimiter) {
        if (n_oct >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
            memmove(line, line + 3, n_oct - 3);
            n_oct -= 3;
        }
        choose_delimiter(c, line, n_oct);
    }
    line[n_oct] = '\n';
    c->n_lines += n_oct + 1;
    return parse_lines(c, false);
}

static void grow_line(struct known_csv *c, const char *data, size_t n_oct)
{
    if (c->partial_too_long || n_oct > KNOWN_CSV_LINE_CAP - c->n_partial) {
        c->partial_too_long = true;
        return;
    }
    if (memchr(data, 0, n_oct))
        c->partial_has_nul = true;
    memcpy(c->lines + c->n_lines + c->n_partial, data, n_oct);
    c->n_partial += n_oct;
}

int known_csv_push(struct known_csv *c, const void *data, size_t n_oct)
{
    const char *at = data;
    int rc = 0;
    while (rc == 0 && n_oct > 0) {
        const char *end = memchr(at, '\n', n_oct);
        size_t n = end ? (size_t)(end - at) : n_oct;
        grow_line(c, at, n);
        if (end)
            rc = end_line(c);
        n += end != NULL;
        at += n;
        n_oct -= n;
    }
    return rc;
}

int known_csv_end(struct known_csv *c)
{
    int rc = c->n_partial > 0 || c->partial_too_long ? end_line(c) : 0;
    return rc == 0 ? parse_lines(c, true) : rc;
}
