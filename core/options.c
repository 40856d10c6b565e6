/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/options.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "options_value.h"

struct opt_state {
    const struct opt_command *cmd;
    int argc;
    char **argv;
    int i_arg;
    char *err;
    size_t err_cap;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct opt_state *s, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(s->err, s->err_cap, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

/* ---- values ------------------------------------------------------------------------------- */

static double unit_factor(const char **p)
{
    double factor = 1.0;
    switch (**p) {
    case 'k':
    case 'K':
        factor = 1e3;
        break;
    case 'M':
        factor = 1e6;
        break;
    case 'G':
        factor = 1e9;
        break;
    default:
        return 1.0;
    }
    (*p)++;
    return factor;
}

int opt_number(const char *text, double *ret)
{
    /* strtod() would also take "nan", "inf", hexadecimal and leading blanks. */
    const char *digits = text + (*text == '-' || *text == '+');
    if (strspn(digits, "0123456789.") == 0 || strpbrk(text, "xXpPnN"))
        return -EINVAL;
    char *end;
    double value = strtod(text, &end);
    if (end == text)
        return -EINVAL;
    const char *p = end;
    value *= unit_factor(&p);
    if (strcasecmp(p, "Hz") == 0)
        p += 2;
    if (*p != '\0' || !isfinite(value))
        return -EINVAL;
    *ret = value;
    return 0;
}

static bool in_limits(const struct opt_row *row, double value)
{
    bool no_limits = !(row->lo < 0) && !(row->lo > 0) && !(row->hi < 0) && !(row->hi > 0);
    return no_limits || (value >= row->lo && value <= row->hi);
}

/* "945.3" where hertz are meant to be many: the unit that brings it within the limits, or 0. */
static char missing_unit(const struct opt_row *row, const char *text, double value)
{
    static const struct {
        char letter;
        double factor;
    } units[] = {{'M', 1e6}, {'k', 1e3}, {'G', 1e9}};
    if (row->lo < 1e3 || text[strspn(text, "0123456789.")] != '\0')
        return 0;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (in_limits(row, value * units[i].factor))
            return units[i].letter;
    }
    return 0;
}

static int set_number(struct opt_state *s, const struct opt_row *row, const char *text)
{
    double value;
    if (opt_number(text, &value) < 0)
        return refuse(s, "'%s' is not a number for --%s: write for example 4e6, 2.4M or 936.2MHz",
                      text, row->name);
    char unit = in_limits(row, value) ? 0 : missing_unit(row, text, value);
    if (unit)
        return refuse(s, "'%s' is out of range for --%s: do you mean %s%c?", text, row->name, text,
                      unit);
    if (!in_limits(row, value))
        return refuse(s, "'%s' is out of range for --%s: %.10g to %.10g", text, row->name, row->lo,
                      row->hi);
    *(double *)row->value = value;
    return 0;
}

int opt_seconds(const char *text, double *ret)
{
    static const struct {
        char letter;
        double seconds;
    } units[] = {{'\0', 1}, {'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}};
    char *end;
    if (strspn(text, "0123456789.") == 0 || strpbrk(text, "xXpPnNeE"))
        return -EINVAL;
    double value = strtod(text, &end);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (*end != units[i].letter || (*end != '\0' && end[1] != '\0'))
            continue;
        *ret = value * units[i].seconds;
        return isfinite(*ret) ? 0 : -EINVAL;
    }
    return -EINVAL;
}

static int set_seconds(struct opt_state *s, const struct opt_row *row, const char *text)
{
    double value;
    if (opt_seconds(text, &value) < 0)
        return refuse(s, "'%s' is no time for --%s: write for example 10s, 5m, 2h or 30d", text,
                      row->name);
    if (!in_limits(row, value))
        return refuse(s, "'%s' is out of range for --%s: %.10g s to %.10g s", text, row->name,
                      row->lo, row->hi);
    *(double *)row->value = value;
    return 0;
}

static int set_int(struct opt_state *s, const struct opt_row *row, const char *text)
{
    char *end;
    errno = 0;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0')
        return refuse(s, "'%s' is not a whole number for --%s", text, row->name);
    if (errno != 0 || value < INT_MIN || value > INT_MAX || !in_limits(row, (double)value))
        return refuse(s, "'%s' is out of range for --%s: %.10g to %.10g", text, row->name, row->lo,
                      row->hi);
    *(int *)row->value = (int)value;
    return 0;
}

static int set_choice(struct opt_state *s, const struct opt_row *row, const char *text)
{
    char list[160] = "";
    for (int i = 0; row->choices[i]; i++) {
        if (strcasecmp(row->choices[i], text) == 0) {
            *(int *)row->value = i;
            return 0;
        }
        size_t used = strlen(list);
        (void)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", row->choices[i]);
    }
    return refuse(s, "'%s' is no value of --%s: one of %s", text, row->name, list);
}

static int add_item(struct opt_state *s, const struct opt_row *row, const char *text)
{
    struct opt_list *list = row->value;
    if (s->argv && list->n_file > 0)
        list->n = list->n_file = 0;
    if (list->n == list->cap)
        return refuse(s, "--%s is given more than %zu times", row->name, list->cap);
    list->item[list->n++] = text;
    list->n_file += s->argv == NULL;
    return 0;
}

static int set_value(struct opt_state *s, const struct opt_row *row, const char *text)
{
    switch (row->type) {
    case OPT_FLAG:
        *(bool *)row->value = true;
        return 0;
    case OPT_COUNT:
        ++*(int *)row->value;
        return 0;
    case OPT_TEXT:
        *(const char **)row->value = text;
        return 0;
    case OPT_NUMBER:
        return set_number(s, row, text);
    case OPT_INT:
        return set_int(s, row, text);
    case OPT_CHOICE:
        return set_choice(s, row, text);
    case OPT_LIST:
        return add_item(s, row, text);
    case OPT_SECONDS:
        return set_seconds(s, row, text);
    }
    return -EINVAL;
}

int options_set_value(const struct opt_command *cmd, const struct opt_row *row, const char *text,
                      char *err, size_t err_cap)
{
    struct opt_state s = {.cmd = cmd, .err = err, .err_cap = err_cap};
    return set_value(&s, row, text);
}

/* ---- words -------------------------------------------------------------------------------- */

/* Edits (insert, delete, replace) that turn a into b; words longer than the row count as far. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t row[32];
    size_t n_a = strlen(a), n_b = strlen(b);
    if (n_b >= 32 || n_a >= 32)
        return SIZE_MAX;
    for (size_t j = 0; j <= n_b; j++)
        row[j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t replace = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            size_t insert = row[j - 1] + 1, drop = row[j] + 1;
            size_t best = insert < drop ? insert : drop;
            row[j] = replace < best ? replace : best;
        }
    }
    return row[n_b];
}

bool opt_similar(const char *typed, const char *word)
{
    if (strlen(typed) >= 3 && strncmp(typed, word, strlen(typed)) == 0)
        return true;
    return edit_distance(typed, word) <= (strlen(word) <= 4 ? 1u : 2u);
}

static int refuse_unknown(struct opt_state *s, const char *name)
{
    for (size_t i = 0; i < s->cmd->n_rows; i++) {
        if (opt_similar(name, s->cmd->rows[i].name))
            return refuse(s, "unknown option '--%s': do you mean --%s?", name,
                          s->cmd->rows[i].name);
    }
    return refuse(s, "unknown option '--%s': see cellwarden %s --help", name, s->cmd->name);
}

static bool takes_value(const struct opt_row *row)
{
    return row->type != OPT_FLAG && row->type != OPT_COUNT;
}

/* Value of an option that came without "=": the next word, unless that is an option itself. */
static const char *next_word(struct opt_state *s)
{
    if (s->i_arg + 1 >= s->argc)
        return NULL;
    const char *word = s->argv[s->i_arg + 1];
    if (strncmp(word, "--", 2) == 0)
        return NULL;
    s->i_arg++;
    return word;
}

static int take_row(struct opt_state *s, const struct opt_row *row, const char *text)
{
    if (!takes_value(row))
        return text ? refuse(s, "--%s takes no value: leave out '%s'", row->name, text)
                    : set_value(s, row, NULL);
    if (!text)
        text = next_word(s);
    if (!text || *text == '\0')
        return refuse(s, "--%s needs a value: --%s %s", row->name, row->name, row->arg);
    return set_value(s, row, text);
}

/* --help, and the two words by which the program asks its own commands. */
static bool take_help(const struct opt_command *cmd, const char *word)
{
    if (strcmp(word, "help") == 0)
        opt_format_help(cmd, stdout);
    else if (strcmp(word, "help-line") == 0)
        (void)printf("  %-10s %s\n", cmd->name, cmd->summary);
    else if (strcmp(word, "help-man") == 0)
        opt_format_man(cmd, stdout);
    else
        return false;
    return true;
}

/* "--name" or "--name=value". Returns 1 when help was asked for and printed. */
static int take_long(struct opt_state *s, const char *word)
{
    const char *equals = strchr(word, '=');
    size_t n = equals ? (size_t)(equals - word) : strlen(word);
    if (take_help(s->cmd, word))
        return 1;
    for (size_t i = 0; i < s->cmd->n_rows; i++) {
        const struct opt_row *row = &s->cmd->rows[i];
        if (strlen(row->name) == n && memcmp(row->name, word, n) == 0)
            return take_row(s, row, equals ? equals + 1 : NULL);
    }
    char name[64];
    (void)snprintf(name, sizeof name, "%.*s", (int)(n < 63 ? n : 63), word);
    return refuse_unknown(s, name);
}

static const struct opt_row *find_letter(const struct opt_command *cmd, char letter)
{
    for (size_t i = 0; i < cmd->n_rows; i++) {
        if (cmd->rows[i].letter == letter)
            return &cmd->rows[i];
    }
    return NULL;
}

/* "-v", "-vv", "-oVALUE". Returns 1 when -h asked for help and it is printed. */
static int take_letters(struct opt_state *s, const char *word)
{
    for (const char *p = word; *p; p++) {
        const struct opt_row *row = find_letter(s->cmd, *p);
        if (!row && *p == 'h')
            return take_help(s->cmd, "help");
        if (!row)
            return refuse(s, "unknown option '-%c': see cellwarden %s --help", *p, s->cmd->name);
        if (takes_value(row))
            return take_row(s, row, p[1] ? p + 1 : NULL);
        int rc = take_row(s, row, NULL);
        if (rc != 0)
            return rc;
    }
    return 0;
}

static int check_operands(struct opt_state *s, int n)
{
    const struct opt_command *cmd = s->cmd;
    if (n < cmd->min_operands)
        return refuse(s, "%s needs %s: see cellwarden %s --help", cmd->name, cmd->operands,
                      cmd->name);
    if (cmd->max_operands >= 0 && n > cmd->max_operands)
        return refuse(s, "'%s' is one operand too many for %s: see cellwarden %s --help",
                      s->argv[1 + cmd->max_operands], cmd->name, cmd->name);
    return 0;
}

int opt_parse(const struct opt_command *cmd, int argc, char **argv, int *ret_n_operands, char *err,
              size_t err_cap)
{
    struct opt_state s = {.cmd = cmd, .argc = argc, .argv = argv, .err = err, .err_cap = err_cap};
    int n = 0;
    bool only_operands = false;
    for (s.i_arg = 1; s.i_arg < argc; s.i_arg++) {
        char *word = argv[s.i_arg];
        int rc = 0;
        if (only_operands || word[0] != '-' || word[1] == '\0')
            argv[1 + n++] = word;
        else if (strcmp(word, "--") == 0)
            only_operands = true;
        else
            rc = word[1] == '-' ? take_long(&s, word + 2) : take_letters(&s, word + 1);
        if (rc != 0)
            return rc;
    }
    *ret_n_operands = n;
    return check_operands(&s, n);
}
