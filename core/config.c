/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/config.h"

#include <errno.h>
#include <ini.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* inih cuts longer lines without a word. */
#define LINE_MAX_OCT 190

static const char common[] = "common";

/* Texts that options point at. */
struct kept {
    struct kept *next;
    char text[];
};

struct config {
    const struct opt_command *all;
    size_t n_all;
    struct kept *kept;
    /* of the file under way */
    const struct opt_command *cmd;
    const char *name, *text;
    size_t n_oct, at;
    int line;
    char *err;
    size_t err_cap;
    int rc;
};

int config_create(struct config **ret, const struct opt_command *all, size_t n_all)
{
    struct config *c = calloc(1, sizeof *c);
    if (!c)
        return -ENOMEM;
    c->all = all;
    c->n_all = n_all;
    *ret = c;
    return 0;
}

void config_destroy(struct config *c)
{
    while (c && c->kept) {
        struct kept *next = c->kept->next;
        free(c->kept);
        c->kept = next;
    }
    free(c);
}

/* The first thing that is wrong is what is said. */
__attribute__((format(printf, 2, 3))) static int refuse(struct config *c, const char *fmt, ...)
{
    va_list ap;
    if (c->rc < 0)
        return c->rc;
    int n = snprintf(c->err, c->err_cap, "%s:%d: ", c->name, c->line);
    size_t used = n < 0 ? 0 : (size_t)n < c->err_cap ? (size_t)n : c->err_cap;
    va_start(ap, fmt);
    (void)vsnprintf(c->err + used, c->err_cap - used, fmt, ap);
    va_end(ap);
    c->rc = -EINVAL;
    return c->rc;
}

/* ---- keys --------------------------------------------------------------------------------- */

static const char *keep(struct config *c, const char *text)
{
    size_t n = strlen(text) + 1;
    struct kept *k = malloc(sizeof *k + n);
    if (!k)
        return NULL;
    memcpy(k->text, text, n);
    k->next = c->kept;
    c->kept = k;
    return k->text;
}

static const struct opt_command *find_command(const struct config *c, const char *name)
{
    for (size_t i = 0; i < c->n_all; i++) {
        if (strcmp(c->all[i].name, name) == 0)
            return &c->all[i];
    }
    return NULL;
}

/* One key for one command; what is not for the command that runs is only checked. */
static int set_key(struct config *c, const struct opt_command *cmd, const char *key,
                   const char *value, enum opt_set_mode mode)
{
    char why[300] = "";
    const char *text = mode == OPT_SET_STORE ? keep(c, value) : value;
    if (!text)
        return c->rc = -ENOMEM;
    int rc = opt_set(cmd, key, text, mode, why, sizeof why);
    return rc == -EINVAL ? refuse(c, "%s", why) : rc;
}

static int refuse_key(struct config *c, const struct opt_command *cmd, const char *key)
{
    for (size_t i = 0; cmd && i < cmd->n_rows; i++) {
        if (opt_similar(key, cmd->rows[i].name))
            return refuse(c, "unknown key '%s': do you mean %s?", key, cmd->rows[i].name);
    }
    if (cmd)
        return refuse(c, "unknown key '%s': see cellwarden %s --help", key, cmd->name);
    return refuse(c, "unknown key '%s': no command has such an option", key);
}

/* A common key is right when some command has it, and for each that has it. */
static int take_common(struct config *c, const char *key, const char *value)
{
    int rc = set_key(c, c->cmd, key, value, OPT_SET_STORE);
    bool any = rc != -ENOENT;
    for (size_t i = 0; i < c->n_all && c->rc == 0; i++)
        any |= set_key(c, &c->all[i], key, value, OPT_SET_CHECK) != -ENOENT;
    return any ? c->rc : refuse_key(c, NULL, key);
}

static int take_key(struct config *c, const char *section, const char *key, const char *value)
{
    if (section[0] == '\0')
        return refuse(c, "'%s' stands before the first section: begin with [common]", key);
    if (strcmp(section, common) == 0)
        return take_common(c, key, value);
    bool ours = strcmp(section, c->cmd->name) == 0;
    const struct opt_command *cmd = ours ? c->cmd : find_command(c, section);
    if (!cmd)
        return refuse(c, "unknown section [%s]: it is common or the name of a command", section);
    int rc = set_key(c, cmd, key, value, ours ? OPT_SET_STORE : OPT_SET_CHECK);
    return rc == -ENOENT ? refuse_key(c, cmd, key) : rc;
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
    struct config *c = user;
    return take_key(c, section, key, value) == 0;
}

/* ---- lines -------------------------------------------------------------------------------- */

/* What inih would take silently for something else is refused before it sees it. */
static int check_line(struct config *c, const char *line, size_t n)
{
    size_t blanks = 0;
    while (blanks < n && (line[blanks] == ' ' || line[blanks] == '\t'))
        blanks++;
    for (size_t i = 0; i < n; i++) {
        if ((unsigned char)line[i] < 0x20 && line[i] != '\t')
            return refuse(c, "a control character stands in this line");
    }
    if (n > LINE_MAX_OCT)
        return refuse(c, "this line is longer than %d characters", LINE_MAX_OCT);
    if (blanks == n || line[blanks] == '#' || line[blanks] == ';')
        return 0;
    if (blanks > 0)
        return refuse(c, "this line begins with a blank: a value cannot go on over two lines");
    if (line[0] == '[')
        return memchr(line, ']', n) ? 0 : refuse(c, "this section has no ] at its end");
    const char *equals = memchr(line, '=', n);
    if (!equals || equals == line)
        return refuse(c, "this is neither [section] nor key = value nor # comment");
    return 0;
}

/* Gives inih the next line, as fgets(3) would. */
static char *next_line(char *buf, int cap, void *user)
{
    struct config *c = user;
    if (c->at >= c->n_oct || c->rc < 0)
        return NULL;
    const char *line = c->text + c->at, *end = memchr(line, '\n', c->n_oct - c->at);
    size_t n = end ? (size_t)(end - line) : c->n_oct - c->at;
    c->at += n + (end != NULL);
    c->line++;
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (c->line == 1 && n >= 3 && memcmp(line, "\xef\xbb\xbf", 3) == 0) {
        line += 3;
        n -= 3;
    }
    if (check_line(c, line, n) < 0 || (size_t)cap < n + 2)
        return NULL;
    memcpy(buf, line, n);
    buf[n] = '\n';
    buf[n + 1] = '\0';
    return buf;
}

int config_parse(struct config *c, const struct opt_command *cmd, const char *text, size_t n_oct,
                 const char *name, char *err, size_t err_cap)
{
    c->cmd = cmd;
    c->name = name;
    c->text = text;
    c->n_oct = n_oct;
    c->at = 0;
    c->line = 0;
    c->err = err;
    c->err_cap = err_cap;
    c->rc = 0;
    int bad_line = ini_parse_stream(next_line, c, on_key, c);
    if (c->rc == -ENOMEM)
        (void)snprintf(err, err_cap, "out of memory");
    if (c->rc < 0 || bad_line == 0)
        return c->rc;
    c->line = bad_line > 0 ? bad_line : c->line;
    return refuse(c, "this line cannot be read");
}

/* ---- out ---------------------------------------------------------------------------------- */

static void format_row(const struct opt_row *row, FILE *out)
{
    char value[512];
    if (row->type == OPT_LIST) {
        const struct opt_list *list = row->value;
        for (size_t i = 0; i < list->n; i++)
            fprintf(out, "%s = %s\n", row->name, list->item[i]);
        if (list->n > 0)
            return;
        value[0] = '\0';
    } else {
        opt_format_value(row, value, sizeof value);
    }
    bool none = value[0] == '\0' ||
                ((row->type == OPT_NUMBER || row->type == OPT_INT || row->type == OPT_SECONDS) &&
                 strcmp(value, "0") == 0);
    if (none)
        fprintf(out, "# %s =\n", row->name);
    else
        fprintf(out, "%s = %s\n", row->name, value);
}

void config_format(const struct opt_command *cmd, FILE *out)
{
    fprintf(out, "[%s]\n", cmd->name);
    for (size_t i = 0; i < cmd->n_rows; i++)
        format_row(&cmd->rows[i], out);
}
