/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data flows one way: core <- hw; core <- dsp <- gsm <- detector; cli sees all. Foreign headers
 * stay inside the layer that wraps them, and never stand in a header of ours. */
#include "tree.h"

#include <string.h>

#define VALUE_HEADERS_MAX 16

struct layer {
    const char *name;
    const char *sees; /* " core dsp " */
};

static const struct layer layer_table[] = {
    {"core", " core "},
    {"hw", " core hw "},
    {"dsp", " core dsp "},
    {"gsm", " core dsp gsm "},
    {"detector", " core gsm detector "},
    {"cli", " core hw dsp gsm detector cli "},
};

/* Where a foreign header may be included: a folder, or one file of it. Headers that are in no row
 * (the C library, jansson, zlib) are free. */
static const struct {
    const char *header; /* how its name begins */
    const char *home;
} foreign_table[] = {
    {"rtl-sdr", "hw"},   {"pcap", "hw"},          {"liquid/", "dsp"},    {"fftw3", "dsp"},
    {"osmocom/", "gsm"}, {"sqlite3", "detector"}, {"csv.h", "detector"}, {"openssl/", "core"},
    {"uuid/", "core"},   {"microhttpd", "cli"},   {"nats/", "cli"},      {"libpq", "cli"},
};

/* One include line. */
struct include {
    const char *path; /* of the file that includes */
    int line;
    char header[128];
    bool quoted;
};

/* What the detector may see of gsm: the report and what it holds, nothing that does work. */
struct value_headers {
    char header[VALUE_HEADERS_MAX][128];
    size_t n;
};

static int report(FILE *out, const struct include *inc, const char *sentence)
{
    fprintf(out, "%s:%d: %s: '%s'\n", inc->path, inc->line, sentence, inc->header);
    return 1;
}

/* Fills header and quoted from an include line; false for any other line. The text is read where
 * the code still has the directive, so that an include in a comment does not count. */
static bool parse_include(const char *code, const char *text, size_t n, struct include *ret)
{
    size_t i = strspn(code, " ");

    if (i >= n || code[i] != '#')
        return false;
    i += 1 + strspn(code + i + 1, " ");
    if (strncmp(code + i, "include", 7) != 0)
        return false;
    i += 7 + strspn(code + i + 7, " ");
    if (i >= n || (text[i] != '"' && text[i] != '<'))
        return false;
    ret->quoted = text[i] == '"';
    size_t n_name = strcspn(text + i + 1, "\">\n");
    if (n_name >= sizeof(ret->header))
        n_name = sizeof(ret->header) - 1;
    memcpy(ret->header, text + i + 1, n_name);
    ret->header[n_name] = '\0';
    return true;
}

/* Calls fn for every include line of the file; returns the sum of what it returns. */
static int each_include(const struct tree_file *f, void *ctx, FILE *out,
                        int (*fn)(void *ctx, const struct include *inc, FILE *out))
{
    const char *code = f->code, *cursor = f->code, *line;
    struct include inc = {.path = f->path};
    size_t n;
    int sum = 0;

    while ((line = next_line(&cursor, &n))) {
        inc.line++;
        if (parse_include(line, f->text + (line - code), n, &inc))
            sum += fn(ctx, &inc, out);
    }
    return sum;
}

static bool is_value_header(const struct value_headers *v, const char *header)
{
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->header[i], header) == 0)
            return true;
    }
    return false;
}

static int add_value_header(void *ctx, const struct include *inc, FILE *out)
{
    struct value_headers *v = ctx;

    (void)out;
    if (inc->quoted && v->n < VALUE_HEADERS_MAX && !is_value_header(v, inc->header))
        snprintf(v->header[v->n++], sizeof(v->header[0]), "%s", inc->header);
    return 0;
}

/* gsm/cell_report.h and, transitively, what it includes. */
static void find_value_headers(const struct tree *t, struct value_headers *v)
{
    snprintf(v->header[0], sizeof(v->header[0]), "gsm/cell_report.h");
    v->n = 1;
    for (size_t i = 0; i < v->n; i++) {
        char path[160];
        snprintf(path, sizeof(path), "include/%s", v->header[i]);
        for (size_t k = 0; k < t->n; k++) {
            if (strcmp(t->file[k].path, path) == 0)
                each_include(&t->file[k], v, NULL, add_value_header);
        }
    }
}

/* The layer a path of the product belongs to; NULL for tests, bench and gsm_const.h. */
static const struct layer *layer_of(const char *path)
{
    if (path_in(path, "include"))
        path += strlen("include/");
    for (size_t i = 0; i < sizeof(layer_table) / sizeof(layer_table[0]); i++) {
        if (path_in(path, layer_table[i].name))
            return &layer_table[i];
    }
    return NULL;
}

static bool sees(const struct layer *from, const struct layer *to)
{
    char word[32];

    snprintf(word, sizeof(word), " %s ", to->name);
    return strstr(from->sees, word) != NULL;
}

struct scan {
    const struct tree *t;
    const struct layer *from;
    const struct value_headers *values;
};

/* The private header of a folder, or one that the build makes: a table, or from a .in file. */
static bool is_beside(const struct tree *t, const char *path)
{
    char made_from[660];

    snprintf(made_from, sizeof(made_from), "%s.in", path);
    return tree_has(t, path) || tree_has(t, made_from) || path_ends(path, ".inc");
}

static int check_own(const struct scan *s, const struct include *inc, FILE *out)
{
    const struct layer *to = layer_of(inc->header);
    char beside[640];

    if (strcmp(inc->header, "gsm_const.h") == 0)
        return strcmp(s->from->name, "core") == 0 || strcmp(s->from->name, "hw") == 0
                   ? report(out, inc, "core and hw know nothing of GSM")
                   : 0;
    if (!to) {
        snprintf(beside, sizeof(beside), "%.*s/%s", (int)(strrchr(inc->path, '/') - inc->path),
                 inc->path, inc->header);
        if (!strchr(inc->header, '/') && is_beside(s->t, beside))
            return 0;
        return report(out, inc, "an include of ours names its layer, as in \"dsp/fcch.h\"");
    }
    if (!sees(s->from, to))
        return report(out, inc, "this include goes against the flow of the data");
    if (strcmp(s->from->name, "detector") == 0 && strcmp(to->name, "gsm") == 0 &&
        !is_value_header(s->values, inc->header))
        return report(out, inc, "the detector sees of gsm only cell_report.h and what it holds");
    return 0;
}

static int check_foreign(const struct include *inc, FILE *out)
{
    for (size_t i = 0; i < sizeof(foreign_table) / sizeof(foreign_table[0]); i++) {
        if (strncmp(inc->header, foreign_table[i].header, strlen(foreign_table[i].header)) != 0)
            continue;
        if (path_in(inc->path, "include"))
            return report(out, inc, "a public header shows no foreign type");
        if (!path_in(inc->path, foreign_table[i].home))
            return report(out, inc, "this library stays inside its layer");
    }
    return 0;
}

static int check_include(void *ctx, const struct include *inc, FILE *out)
{
    const struct scan *s = ctx;

    return inc->quoted ? check_own(s, inc, out) : check_foreign(inc, out);
}

int check_layers(const struct tree *t, FILE *out)
{
    struct value_headers values;
    int n_bad = 0, n_files = 0;

    find_value_headers(t, &values);
    for (size_t i = 0; i < t->n; i++) {
        const struct tree_file *f = &t->file[i];
        struct scan s = {t, layer_of(f->path), &values};
        if (!f->code || !s.from)
            continue;
        n_files++;
        n_bad += each_include(f, &s, out, check_include);
    }
    fprintf(out, "layers: %d files, %d includes against the rules\n", n_files, n_bad);
    return n_bad;
}
