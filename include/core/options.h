/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options - one table of options per command; parser, --help and man page come from it.
 *
 * in   argc, argv; a table of rows
 * out  the fields the rows point at
 * thread call from one thread
 *
 * Words with a hyphen: `--option VALUE`, `--option=VALUE`, `-v`. `--` ends options. Options and
 * operands may be mixed. Numbers take k, M, G and Hz: "2.4M", "936.2MHz", "4e6".
 */
#ifndef CORE_OPTIONS_H
#define CORE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum opt_type {
    OPT_FLAG,   /* bool *value: set to true */
    OPT_COUNT,  /* int *value: +1 each time */
    OPT_TEXT,   /* const char **value: points into argv */
    OPT_NUMBER, /* double *value: with k, M, G, Hz; lo..hi */
    OPT_INT,    /* int *value: lo..hi */
    OPT_CHOICE, /* int *value: index into choices */
    OPT_LIST,   /* struct opt_list *value: may be given several times */
    OPT_SECONDS /* double *value: with s, m, h, d: "10s", "1.5h"; lo..hi in seconds */
};

struct opt_list {
    const char **item; /* owned by the caller's array */
    size_t cap;
    size_t n;
    size_t n_file; /* of these came from a configuration file: the command line replaces them */
};

struct opt_row {
    const char *name; /* "rate", without hyphens */
    char letter;      /* 'v', or 0 */
    enum opt_type type;
    void *value;
    const char *arg;            /* "HZ": how help names the value; NULL for flags */
    const char *help;           /* one sentence without a full stop; the default stands in it */
    double lo, hi;              /* OPT_NUMBER, OPT_INT; both 0: no limits */
    const char *const *choices; /* OPT_CHOICE: NULL-terminated */
};

struct opt_command {
    const char *name;     /* "replay" */
    const char *operands; /* "FILE..." or "" */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs, may be NULL */
    const char *example;  /* lines of shell */
    const struct opt_row *rows;
    size_t n_rows;
    int min_operands, max_operands; /* max -1: any number */
};

/* Parses argv[1..]. Operands are moved to the front of argv[1..]; *ret_n_operands tells how many.
 * Returns 0; 1 when --help was asked for and printed to stdout (so do --help-line, one line for
 * the list of commands, and --help-man, the command's section of the man page: the program's own
 * way to ask all its commands); -EINVAL with a sentence in err
 * (lower case, problem first, subject in quotes, what to do). */
int opt_parse(const struct opt_command *cmd, int argc, char **argv, int *ret_n_operands, char *err,
              size_t err_cap);

/* Help as `cellwarden NAME --help` prints it; man page section of one command (mdoc). */
void opt_format_help(const struct opt_command *cmd, FILE *out);
void opt_format_man(const struct opt_command *cmd, FILE *out);

/* "936.2MHz" to 936200000. Returns 0, or -EINVAL when text is not wholly a number. */
int opt_number(const char *text, double *ret);

/* "90", "90s", "1.5m", "2h", "30d" to seconds. 0, or -EINVAL. */
int opt_seconds(const char *text, double *ret);

/* Sets one option by its name, as a configuration file does: flags take yes or no, counts a number.
 * 0; -ENOENT: there is no such option; -EINVAL with a sentence. With OPT_SET_CHECK nothing is
 * stored. text is borrowed for good where it is stored. */
enum opt_set_mode { OPT_SET_STORE, OPT_SET_CHECK };
int opt_set(const struct opt_command *cmd, const char *name, const char *text,
            enum opt_set_mode mode, char *err, size_t err_cap);
/* The value an option has now, as a configuration file would say it; "" when it has none. */
void opt_format_value(const struct opt_row *row, char *ret, size_t cap);

/* True when word is probably what was meant by typed: a longer form of it, or a slip away. */
bool opt_similar(const char *typed, const char *word);

#endif
