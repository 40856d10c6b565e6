/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the documents name must exist: `name()` as an identifier of the sources, `folder/file` and
 * the targets of links as files. */
#include "tree.h"

#include <ctype.h>
#include <string.h>

struct place {
    const struct tree *t;
    const struct tree_file *doc;
    int line;
    FILE *out;
};

static int report(const struct place *at, const char *what, const char *name)
{
    fprintf(at->out, "%s:%d: %s: '%s'\n", at->doc->path, at->line, what, name);
    return 1;
}

static bool is_identifier(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)s[i]) && s[i] != '_')
            return false;
    }
    return n > 0 && !isdigit((unsigned char)s[0]);
}

static bool has_function(const struct tree *t, const char *name)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct tree_file *f = &t->file[i];
        const char *text = f->code ? f->code : f->text;
        if (!f->code && !path_ends(f->path, ".js") && !path_in(f->path, "scripts"))
            continue;
        for (const char *p = find_word(text, name); p; p = find_word(p + 1, name)) {
            if (p[strlen(name)] == '(')
                return true;
        }
    }
    return false;
}

/* A word is a path of the tree when it begins with a folder of the tree and has no wild part. */
static bool is_path(const struct tree *t, const char *word)
{
    char folder[64];
    size_t n = strcspn(word, "/");

    if (word[n] != '/' || n == 0 || n >= sizeof(folder) || strpbrk(word, "<>*{}$|…"))
        return false;
    memcpy(folder, word, n);
    folder[n] = '\0';
    return tree_has(t, folder) && strcmp(folder, "build") != 0;
}

static int check_path(const struct place *at, char *word)
{
    char public[600];

    word[strcspn(word, ":#(,;")] = '\0'; /* `gsm/si.c:si_parse()` */
    snprintf(public, sizeof(public), "include/%s", word);
    if (tree_has(at->t, word) || tree_has(at->t, public))
        return 0;
    return report(at, "no such file", word);
}

/* One word between backticks. */
static int check_word(const struct place *at, char *word)
{
    size_t n = strlen(word);

    if (n > 2 && strcmp(word + n - 2, "()") == 0) {
        char *name = word + n - 2;
        while (name > word && (isalnum((unsigned char)name[-1]) || name[-1] == '_'))
            name--;
        size_t n_name = (size_t)(word + n - 2 - name);
        if (is_identifier(name, n_name)) {
            word[n - 2] = '\0';
            if (!has_function(at->t, name))
                return report(at, "no such function", name);
            *name = '\0';
        }
    }
    return is_path(at->t, word) ? check_path(at, word) : 0;
}

static int check_quoted(const struct place *at, const char *text, size_t n)
{
    char span[512];
    int n_bad = 0;
    char *save = NULL;

    if (n >= sizeof(span))
        return 0;
    memcpy(span, text, n);
    span[n] = '\0';
    for (char *word = strtok_r(span, " \t", &save); word; word = strtok_r(NULL, " \t", &save))
        n_bad += check_word(at, word);
    return n_bad;
}

/* [text](docs/file.md#part): relative to the folder of the document. */
static int check_link(const struct place *at, const char *target, size_t n)
{
    const char *slash = strrchr(at->doc->path, '/');
    int n_folder = slash ? (int)(slash - at->doc->path) + 1 : 0;
    char path[1100];
    size_t n_path = 0;

    n = strcspn(target, "#)") < n ? strcspn(target, "#)") : n;
    if (n == 0 || n > 500 || memmem(target, n, "://", 3))
        return 0;
    while (n >= 3 && strncmp(target, "../", 3) == 0 && n_folder > 0) {
        target += 3;
        n -= 3;
        n_folder--;
        while (n_folder > 0 && at->doc->path[n_folder - 1] != '/')
            n_folder--;
    }
    n_path =
        (size_t)snprintf(path, sizeof(path), "%.*s%.*s", n_folder, at->doc->path, (int)n, target);
    if (n_path < sizeof(path) && tree_has(at->t, path))
        return 0;
    return report(at, "a link leads nowhere", path);
}

static int check_line(const struct place *at, const char *line, size_t n)
{
    const char *end = line + n;
    int n_bad = 0;

    for (const char *p = line; p < end; p++) {
        const char *close = NULL;
        if (*p == '`')
            close = memchr(p + 1, '`', (size_t)(end - p - 1));
        else if (*p == ']' && p + 1 < end && p[1] == '(')
            close = memchr(p, ')', (size_t)(end - p));
        if (!close)
            continue;
        n_bad += *p == '`' ? check_quoted(at, p + 1, (size_t)(close - p - 1))
                           : check_link(at, p + 2, (size_t)(close - p - 2));
        p = close;
    }
    return n_bad;
}

static int check_document(const struct tree *t, const struct tree_file *doc, FILE *out)
{
    struct place at = {t, doc, 0, out};
    const char *cursor = doc->text, *line;
    bool fenced = false;
    size_t n;
    int n_bad = 0;

    while ((line = next_line(&cursor, &n))) {
        at.line++;
        if (n >= 3 && strncmp(line, "```", 3) == 0)
            fenced = !fenced;
        else if (!fenced)
            n_bad += check_line(&at, line, n);
    }
    return n_bad;
}

int check_docs(const struct tree *t, FILE *out)
{
    int n_bad = 0, n_files = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (!path_ends(t->file[i].path, ".md"))
            continue;
        n_files++;
        n_bad += check_document(t, &t->file[i], out);
    }
    fprintf(out, "docs: %d documents, %d names that do not exist\n", n_files, n_bad);
    return n_bad;
}
