/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "detector/export.h"
#include "sqlite_file.h"

/* What spreadsheets take for the beginning of a formula (OWASP "CSV Injection"). */
static bool is_formula(const char *text)
{
    return strchr("=+-@\t\r", text[0]) != NULL && text[0];
}

static void put_text(FILE *out, const char *text)
{
    bool quoted = strpbrk(text, ",\"\r\n") != NULL;
    if (quoted)
        fputc('"', out);
    if (is_formula(text))
        fputc('\'', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    if (quoted)
        fputc('"', out);
}

static void put_octets(FILE *out, sqlite3_stmt *st, int column)
{
    const uint8_t *data = sqlite3_column_blob(st, column);
    for (int i = 0; i < sqlite3_column_bytes(st, column); i++)
        fprintf(out, "%02x", data[i]);
}

static void put_value(FILE *out, sqlite3_stmt *st, int column)
{
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL:
        break;
    case SQLITE_BLOB:
        put_octets(out, st, column);
        break;
    case SQLITE_TEXT:
        put_text(out, (const char *)sqlite3_column_text(st, column));
        break;
    default: /* numbers: SQLite's own shortest text */
        fputs((const char *)sqlite3_column_text(st, column), out);
    }
}

static void put_header(FILE *out, sqlite3_stmt *st)
{
    for (int i = 0; i < sqlite3_column_count(st); i++) {
        if (i > 0)
            fputc(',', out);
        put_text(out, sqlite3_column_name(st, i));
    }
    fputs("\r\n", out);
}

static int put_rows(FILE *out, sqlite3_stmt *st, size_t *n_rows)
{
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            if (i > 0)
                fputc(',', out);
            put_value(out, st, i);
        }
        fputs("\r\n", out);
        ++*n_rows;
    }
    return rc;
}

static bool view_exists(sqlite3 *db, const char *view)
{
    sqlite3_stmt *st = NULL;
    sqlite3_prepare_v2(db, "SELECT 1 FROM sqlite_master WHERE type = 'view' AND name = ?1", -1, &st,
                       NULL);
    bool found = st && sqlite3_bind_text(st, 1, view, -1, SQLITE_STATIC) == SQLITE_OK &&
                 sqlite3_step(st) == SQLITE_ROW;
    sqlite3_finalize(st);
    return found;
}

static void say_views(sqlite3 *db, const char *view, char *err, size_t err_cap)
{
    sqlite3_stmt *st = NULL;
    char names[256] = "";
    sqlite3_prepare_v2(db,
                       "SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_master"
                       " WHERE type = 'view' ORDER BY name)",
                       -1, &st, NULL);
    if (st && sqlite3_step(st) == SQLITE_ROW)
        sqlite_file_text(st, 0, names, sizeof(names));
    sqlite3_finalize(st);
    snprintf(err, err_cap, "the log has no view \"%.40s\"; there are %s", view, names);
}

int export_csv(struct store *s, const char *view, FILE *out, size_t *ret_n_rows, char *err,
               size_t err_cap)
{
    sqlite3 *db = store_connection(s);
    size_t n_rows = 0;
    if (!view_exists(db, view)) {
        say_views(db, view, err, err_cap);
        return -ENOENT;
    }
    char *sql = sqlite3_mprintf("SELECT * FROM \"%w\"", view);
    sqlite3_stmt *st = NULL;
    int rc = sql ? sqlite3_prepare_v2(db, sql, -1, &st, NULL) : SQLITE_NOMEM;
    sqlite3_free(sql);
    if (rc == SQLITE_OK) {
        put_header(out, st);
        rc = put_rows(out, st, &n_rows);
    }
    int ret = rc == SQLITE_DONE ? 0 : sqlite_file_fail(db, "read", store_path(s), err, err_cap);
    sqlite3_finalize(st);
    if (ret == 0 && (fflush(out) != 0 || ferror(out))) {
        snprintf(err, err_cap, "cannot write the CSV: %s", strerrordesc_np(errno));
        ret = -EIO;
    }
    if (ret_n_rows)
        *ret_n_rows = n_rows;
    return ret;
}
