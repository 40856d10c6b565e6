/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The measurable part of the house style: licence line, white space, sizes, words that mean
 * unfinished work, and who may print or end the program. */
#include "tree.h"

#include <ctype.h>
#include <string.h>

#define COLUMNS_MAX             100
#define FILE_LINES_MAX          600
#define FUNCTION_LINES_GOAL     60
#define FUNCTION_LINES_MAX      100
#define WITHIN_GOAL_MIN_PERCENT 95.0

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Functions that may be longer than FUNCTION_LINES_MAX, with the reason. */
static const struct {
    const char *path;
    const char *name;
    const char *reason;
} long_function[] = {
    {"", "", "none so far"},
};

/* Written in two halves: this file is checked too. */
static const char *const unfinished_word[] = {
    "TO"
    "DO",
    "FIX"
    "ME",
    "XX"
    "X",
    "not imple"
    "mented",
    "unimple"
    "mented",
    "place"
    "holder",
    "st"
    "ub",
};

/* Identifiers that print, end the program or read its surroundings: for cli alone. */
static const char *const cli_word[] = {
    "printf", "vprintf", "puts",  "putchar", "perror", "stdout",
    "stderr", "exit",    "_exit", "abort",   "getenv", "secure_getenv",
};

/* What a layer below cli may use all the same, with the reason. */
static const struct {
    const char *path;
    const char *word;
    const char *reason;
} cli_word_allowed[] = {
    {"core/options.c", "stdout", "--help is printed where it is parsed"},
    {"core/options.c", "printf", "--help is printed where it is parsed"},
};

struct style {
    FILE *out;
    const struct tree_file *file;
    bool in_table; /* between "clang-format off" and "on": a row of a table stays one line */
    int n_bad;
    int n_functions;
    int n_within_goal;
    int longest;
    char longest_name[700];
};

static void report(struct style *s, int line, const char *sentence, const char *detail)
{
    fprintf(s->out, "%s:%d: %s%s%s\n", s->file->path, line, sentence, *detail ? ": " : "", detail);
    s->n_bad++;
}

static int line_of(const char *text, const char *at)
{
    int line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

static bool ends_with_one_of(const char *path, const char *const *suffix, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (path_ends(path, suffix[i]))
            return true;
    }
    return false;
}

static bool is_script(const struct tree_file *f)
{
    return strncmp(f->text, "#!", 2) == 0 || path_ends(f->path, ".sh");
}

static bool needs_licence_line(const struct tree_file *f)
{
    static const char *const suffix[] = {".c",   ".h",  ".js",    ".css",          ".html",
                                         ".sql", ".py", ".cmake", "CMakeLists.txt"};

    return is_script(f) || ends_with_one_of(f->path, suffix, COUNT(suffix));
}

/* Files where a line has its limit and a tab is a mistake. */
static bool is_source(const struct tree_file *f)
{
    static const char *const suffix[] = {".c", ".h", ".js", ".css", ".cmake", "CMakeLists.txt"};

    return is_script(f) || ends_with_one_of(f->path, suffix, COUNT(suffix));
}

static void check_licence(struct style *s)
{
    const char *cursor = s->file->text, *line;
    size_t n;

    if (!needs_licence_line(s->file))
        return;
    for (int i = 0; i < 3 && (line = next_line(&cursor, &n)); i++) {
        if (memmem(line, n, "SPDX-License-Identifier: ", 25))
            return;
    }
    report(s, 1, "no SPDX-License-Identifier in the first three lines", "");
}

/* Columns of a UTF-8 line: continuation octets take none. */
static size_t count_columns(const char *line, size_t n)
{
    size_t columns = 0;

    for (size_t i = 0; i < n; i++)
        columns += ((unsigned char)line[i] & 0xc0) != 0x80;
    return columns;
}

static void check_line(struct style *s, int i_line, const char *line, size_t n)
{
    char columns[32];
    size_t n_columns = count_columns(line, n);

    if (n > 0 && line[n - 1] == '\r')
        report(s, i_line, "line ends in CR LF", "");
    if (!is_source(s->file))
        return;
    if (memchr(line, '\t', n))
        report(s, i_line, "a tab", "");
    if (n > 0 && line[n - 1] == ' ')
        report(s, i_line, "white space at the end of the line", "");
    if (memmem(line, n, "clang-format o", 14))
        s->in_table = memmem(line, n, "clang-format off", 16) != NULL;
    if (n_columns > COLUMNS_MAX && !s->in_table && !path_ends(s->file->path, ".txt")) {
        snprintf(columns, sizeof(columns), "%zu columns", n_columns);
        report(s, i_line, "the line is too long", columns);
    }
}

static void check_words(struct style *s)
{
    static const char *const suffix[] = {".c", ".h", ".js", ".md"};
    const char *text = s->file->text;

    if (!is_script(s->file) && !ends_with_one_of(s->file->path, suffix, COUNT(suffix)))
        return;
    for (size_t i = 0; i < COUNT(unfinished_word); i++) {
        const char *p = find_word(text, unfinished_word[i]);
        for (; p; p = find_word(p + 1, unfinished_word[i]))
            report(s, line_of(text, p), "a word that means unfinished work", unfinished_word[i]);
    }
}

static void check_lines(struct style *s)
{
    const char *cursor = s->file->text, *line;
    char lines[32];
    int i_line = 0;
    size_t n;

    s->in_table = false;
    while ((line = next_line(&cursor, &n))) {
        i_line++;
        check_line(s, i_line, line, n);
    }
    if (i_line > FILE_LINES_MAX && (path_is_c(s->file->path) || path_ends(s->file->path, ".js"))) {
        snprintf(lines, sizeof(lines), "%d lines", i_line);
        report(s, i_line, "the file is too long", lines);
    }
    if (i_line > 0 && cursor[-1] != '\n' && is_source(s->file))
        report(s, i_line, "no line end at the end of the file", "");
}

static bool is_allowed(const char *path, const char *word)
{
    for (size_t i = 0; i < COUNT(cli_word_allowed); i++) {
        if (strcmp(cli_word_allowed[i].path, path) == 0 &&
            strcmp(cli_word_allowed[i].word, word) == 0)
            return true;
    }
    return false;
}

static void check_below_cli(struct style *s)
{
    static const char *const folder[] = {"core", "hw", "dsp", "gsm", "detector"};
    const char *path = s->file->path, *code = s->file->code;
    bool below = false;

    for (size_t i = 0; i < COUNT(folder); i++)
        below = below || path_in(path, folder[i]);
    if (!below)
        return;
    for (size_t i = 0; i < COUNT(cli_word); i++) {
        const char *p = is_allowed(path, cli_word[i]) ? NULL : find_word(code, cli_word[i]);
        for (; p; p = find_word(p + 1, cli_word[i])) {
            bool is_stream = strncmp(cli_word[i], "std", 3) == 0;
            if (is_stream || p[strlen(cli_word[i])] == '(') /* not format(printf, 3, 4) */
                report(s, line_of(code, p), "only cli prints, exits or reads the environment",
                       cli_word[i]);
        }
    }
    for (const char *p = strstr(code, "#if 0"); p; p = strstr(p + 1, "#if 0"))
        report(s, line_of(code, p), "code that is switched off", "");
}

/* A signature ends above the brace and begins below the last blank line, ';', '}' or directive. */
static const char *signature_start(const char *code, const char *brace)
{
    const char *start = brace;

    while (start > code) {
        const char *line = start - 1;
        while (line > code && line[-1] != '\n')
            line--;
        size_t n = (size_t)(start - 1 - line);
        while (n > 0 && isspace((unsigned char)line[n - 1]))
            n--;
        if (n == 0 || *line == '#' || strchr(";}", line[n - 1]))
            break;
        start = line;
    }
    return start;
}

/* The identifier before the first '(' of a signature. */
static void function_name(const char *signature, const char *brace, char *ret, size_t cap)
{
    const char *end = memchr(signature, '(', (size_t)(brace - signature));
    const char *start = end;

    ret[0] = '\0';
    while (start && start > signature && (isalnum((unsigned char)start[-1]) || start[-1] == '_'))
        start--;
    if (start && start < end)
        snprintf(ret, cap, "%.*s", (int)(end - start), start);
}

static bool may_be_long(const char *path, const char *name)
{
    for (size_t i = 0; i < COUNT(long_function); i++) {
        if (strcmp(long_function[i].path, path) == 0 && strcmp(long_function[i].name, name) == 0)
            return true;
    }
    return false;
}

static void count_function(struct style *s, const char *signature, const char *brace,
                           const char *end)
{
    char name[128], detail[200];
    int line = line_of(s->file->code, signature);
    int n_lines = line_of(s->file->code, end) - line + 1;

    function_name(signature, brace, name, sizeof(name));
    if (!name[0])
        return;
    s->n_functions++;
    s->n_within_goal += n_lines <= FUNCTION_LINES_GOAL;
    snprintf(detail, sizeof(detail), "%s, %d lines", name, n_lines);
    if (n_lines > s->longest) {
        s->longest = n_lines;
        snprintf(s->longest_name, sizeof(s->longest_name), "%s of %s", name, s->file->path);
    }
    if (n_lines > FUNCTION_LINES_MAX && !may_be_long(s->file->path, name))
        report(s, line, "the function is too long", detail);
    else if (n_lines > FUNCTION_LINES_GOAL)
        fprintf(s->out, "%s:%d: note: over %d lines: %s\n", s->file->path, line,
                FUNCTION_LINES_GOAL, detail);
}

/* clang-format puts the braces of functions, and of nothing else, alone in the first column. */
static void check_functions(struct style *s)
{
    const char *code = s->file->code, *cursor = code, *line, *brace = NULL;
    size_t n;

    while ((line = next_line(&cursor, &n))) {
        if (n >= 1 && line[0] == '{' && strspn(line, "{ ") == n)
            brace = line;
        if (brace && n >= 1 && line[0] == '}' && strspn(line, "} ") == n) {
            count_function(s, signature_start(code, brace), brace, line);
            brace = NULL;
        }
    }
}

int check_style(const struct tree *t, FILE *out)
{
    struct style s = {.out = out};

    for (size_t i = 0; i < t->n; i++) {
        s.file = &t->file[i];
        if (strcmp(s.file->path, "COPYING") == 0)
            continue;
        check_licence(&s);
        check_words(&s);
        check_lines(&s);
        if (s.file->code) {
            check_below_cli(&s);
            check_functions(&s);
        }
    }
    double percent = s.n_functions ? 100.0 * s.n_within_goal / s.n_functions : 100.0;
    if (percent < WITHIN_GOAL_MIN_PERCENT) {
        fprintf(out, "too many functions over %d lines\n", FUNCTION_LINES_GOAL);
        s.n_bad++;
    }
    fprintf(out, "style: %zu files, %d functions, %.1f %% within %d lines, longest %d (%s)\n", t->n,
            s.n_functions, percent, FUNCTION_LINES_GOAL, s.longest, s.longest_name);
    fprintf(out, "style: %d violations\n", s.n_bad);
    return s.n_bad;
}
