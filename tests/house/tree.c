/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tree.h"

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TREE_MAX_OCT (4 << 20)

static bool is_left_out(const FTSENT *e)
{
    static const char *const folder[] = {".git", ".cache", "build", "corpus"};

    for (size_t i = 0; i < sizeof(folder) / sizeof(folder[0]); i++) {
        if (strcmp(e->fts_name, folder[i]) == 0)
            return true;
    }
    return false;
}

/* Returns 0 and the text, or 0 and NULL for a file that is binary or too large to be a source. */
static int read_text(const char *path, off_t n_oct, char **ret)
{
    size_t n = (size_t)n_oct;

    *ret = NULL;
    if (n_oct > TREE_MAX_OCT)
        return 0;
    FILE *in = fopen(path, "rb");
    if (!in)
        return errno == ENOENT ? 0 : -errno; /* an editor's file that is gone again */
    char *text = calloc(1, n + 1);
    if (!text) {
        fclose(in);
        return -ENOMEM;
    }
    n = fread(text, 1, n, in);
    fclose(in);
    if (memchr(text, 0, n)) {
        free(text);
        return 0;
    }
    *ret = text;
    return 0;
}

/* Copies code with everything blanked that the compiler does not read as code. */
static char *blank_code(const char *text)
{
    enum { CODE, LINE_COMMENT, COMMENT, STRING, CHARACTER } state = CODE;
    char *code = strdup(text);

    for (char *p = code; p && *p; p++) {
        char c = *p;
        switch (state) {
        case CODE:
            if (c == '"')
                state = STRING;
            else if (c == '\'')
                state = CHARACTER;
            else if (c == '/' && (p[1] == '/' || p[1] == '*')) {
                state = p[1] == '/' ? LINE_COMMENT : COMMENT;
                p[0] = p[1] = ' ';
                p++;
            }
            continue;
        case LINE_COMMENT:
            if (c == '\n')
                state = CODE;
            break;
        case COMMENT:
            if (c == '*' && p[1] == '/') {
                state = CODE;
                p[1] = ' ';
            }
            break;
        case STRING:
        case CHARACTER:
            if (c == '\\' && p[1] && p[1] != '\n') {
                p[1] = ' ';
            } else if (c == (state == STRING ? '"' : '\'') || c == '\n') {
                state = CODE;
                continue;
            }
            break;
        }
        if (c != '\n')
            *p = ' ';
    }
    return code;
}

static int add_file(struct tree *t, const char *path, char *text)
{
    struct tree_file *file = realloc(t->file, (t->n + 1) * sizeof(*file));

    if (!file) {
        free(text);
        return -ENOMEM;
    }
    t->file = file;
    file += t->n++;
    memset(file, 0, sizeof(*file));
    snprintf(file->path, sizeof(file->path), "%s", path);
    file->text = text;
    if (path_is_c(path)) {
        file->code = blank_code(text);
        if (!file->code)
            return -ENOMEM;
    }
    return 0;
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int load_entry(struct tree *t, FTS *fts, FTSENT *e, size_t n_root)
{
    char *text = NULL;

    if (e->fts_info == FTS_D && e->fts_level > 0 && is_left_out(e)) {
        fts_set(fts, e, FTS_SKIP);
        return 0;
    }
    if (e->fts_info != FTS_F)
        return 0;
    int rc = read_text(e->fts_accpath, e->fts_statp->st_size, &text);
    if (rc < 0 || !text)
        return rc;
    return add_file(t, e->fts_path + n_root + 1, text);
}

int tree_load(struct tree *ret, const char *root)
{
    struct tree t = {0};
    char *argv[] = {strdup(root), NULL};
    int rc = 0;

    if (!argv[0])
        return -ENOMEM;
    size_t n_root = strlen(root);
    FTS *fts = fts_open(argv, FTS_PHYSICAL | FTS_NOCHDIR, compare_names);
    if (!fts) {
        free(argv[0]);
        return -errno;
    }
    for (FTSENT *e = fts_read(fts); e && rc == 0; e = fts_read(fts))
        rc = load_entry(&t, fts, e, n_root);
    fts_close(fts);
    free(argv[0]);
    if (rc < 0)
        tree_clear(&t);
    else
        *ret = t;
    return rc;
}

void tree_clear(struct tree *t)
{
    for (size_t i = 0; i < t->n; i++) {
        free(t->file[i].text);
        free(t->file[i].code);
    }
    free(t->file);
    *t = (struct tree){0};
}

bool tree_has(const struct tree *t, const char *path)
{
    size_t n = strlen(path);

    while (n > 0 && path[n - 1] == '/')
        n--;
    for (size_t i = 0; i < t->n; i++) {
        const char *p = t->file[i].path;
        if (strncmp(p, path, n) == 0 && (p[n] == '\0' || p[n] == '/'))
            return true;
    }
    return false;
}

bool path_ends(const char *path, const char *suffix)
{
    size_t n = strlen(path), n_suffix = strlen(suffix);

    return n >= n_suffix && strcmp(path + n - n_suffix, suffix) == 0;
}

bool path_in(const char *path, const char *folder)
{
    size_t n = strlen(folder);

    return strncmp(path, folder, n) == 0 && path[n] == '/';
}

bool path_is_c(const char *path)
{
    return path_ends(path, ".c") || path_ends(path, ".h");
}

const char *next_line(const char **cursor, size_t *ret_n)
{
    const char *line = *cursor;

    if (*line == '\0')
        return NULL;
    size_t n = strcspn(line, "\n");
    *ret_n = n;
    *cursor = line + n + (line[n] == '\n');
    return line;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

const char *find_word(const char *from, const char *word)
{
    size_t n = strlen(word);

    for (const char *p = strstr(from, word); p; p = strstr(p + 1, word)) {
        if ((p == from || !is_word(p[-1])) && !is_word(p[n]))
            return p;
    }
    return NULL;
}
