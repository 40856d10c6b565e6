/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/options.h"

#include <string.h>

#define HELP_COLUMN 28
#define HELP_WIDTH  92

/* Writes text from column `at` on, broken at blanks, continued at column `indent`. */
static void wrap(FILE *out, const char *text, size_t at, size_t indent)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " \n");
        if (at > indent && at + n > HELP_WIDTH) {
            fprintf(out, "\n%*s", (int)indent, "");
            at = indent;
        }
        fprintf(out, "%.*s", (int)n, p);
        at += n;
        p += n;
        if (*p == '\n') {
            fprintf(out, "\n%*s", p[1] && p[1] != '\n' ? (int)indent : 0, "");
            at = indent;
            p++;
        } else if (*p == ' ') {
            if (p[1] && at + 1 + strcspn(p + 1, " \n") <= HELP_WIDTH) {
                fputc(' ', out);
                at++;
            } else {
                at = HELP_WIDTH + 1;
            }
            p++;
        }
    }
    fputc('\n', out);
}

static void help_row(FILE *out, const struct opt_row *row)
{
    char letter[8] = "   ";
    if (row->letter)
        (void)snprintf(letter, sizeof letter, "-%c,", row->letter);
    int n = fprintf(out, "  %s --%s%s%s", letter, row->name, row->arg ? " " : "",
                    row->arg ? row->arg : "");
    if (n < 0)
        return;
    if (n >= HELP_COLUMN - 1)
        fprintf(out, "\n%*s", HELP_COLUMN, "");
    else
        fprintf(out, "%*s", HELP_COLUMN - n, "");
    wrap(out, row->help, HELP_COLUMN, HELP_COLUMN);
}

/* The lines of an example, each indented. */
static void help_example(FILE *out, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, "\n");
        fprintf(out, "  %.*s\n", (int)n, text);
        text += n + (text[n] == '\n');
    }
}

/* What every command takes. */
static const struct opt_row common_options[] = {
    {.name = "config",
     .type = OPT_TEXT,
     .arg = "PATH",
     .help = "configuration file or folder instead of the usual ones; none for no file"},
    {.name = "print-config", .type = OPT_FLAG, .help = "print what holds as a file and end"},
    {.name = "help", .letter = 'h', .type = OPT_FLAG, .help = "print this and end"}};

#define N_COMMON (sizeof common_options / sizeof common_options[0])

void opt_format_help(const struct opt_command *cmd, FILE *out)
{
    fprintf(out, "usage: cellwarden %s [options]%s%s\n\n", cmd->name, cmd->operands[0] ? " " : "",
            cmd->operands);
    wrap(out, cmd->summary, 0, 0);
    if (cmd->details) {
        fputc('\n', out);
        wrap(out, cmd->details, 0, 0);
    }
    fputs("\noptions:\n", out);
    for (size_t i = 0; i < cmd->n_rows; i++)
        help_row(out, &cmd->rows[i]);
    for (size_t i = 0; i < N_COMMON; i++)
        help_row(out, &common_options[i]);
    fputs("\nexample:\n", out);
    help_example(out, cmd->example);
}

/* ---- mdoc(7) ------------------------------------------------------------------------------ */

/* Text of a line: what roff would take for its own is escaped. */
static void man_text(FILE *out, const char *text)
{
    bool line_start = true;
    for (const char *p = text; *p; p++) {
        if (line_start && (*p == '.' || *p == '\''))
            fputs("\\&", out);
        line_start = *p == '\n';
        if (*p == '\\')
            fputs("\\e", out);
        else if (*p == '-')
            fputs("\\-", out);
        else if (p[0] == '\n' && p[1] == '\n')
            fputs("\n.Pp", out);
        else
            fputc(*p, out);
    }
}

static void man_row(FILE *out, const struct opt_row *row)
{
    fputs(".It ", out);
    if (row->letter)
        fprintf(out, "Fl %c , ", row->letter);
    fputs("Fl \\-", out);
    man_text(out, row->name);
    if (row->arg) {
        fputs(" Ar \\&", out);
        man_text(out, row->arg);
    }
    fputc('\n', out);
    man_text(out, row->help);
    fputs(".\n", out);
}

void opt_format_man(const struct opt_command *cmd, FILE *out)
{
    fprintf(out, ".Ss %s\n.Nm cellwarden %s\n.Op Ar options\n", cmd->name, cmd->name);
    if (cmd->operands[0]) {
        fputs(".Ar \\&", out);
        man_text(out, cmd->operands);
        fputc('\n', out);
    }
    fputs(".Pp\n", out);
    man_text(out, cmd->summary);
    fputs(".\n", out);
    if (cmd->details) {
        fputs(".Pp\n", out);
        man_text(out, cmd->details);
        fputc('\n', out);
    }
    fputs(".Bl -tag -width Ds\n", out);
    for (size_t i = 0; i < cmd->n_rows; i++)
        man_row(out, &cmd->rows[i]);
    fputs(".El\n.Pp\nExample:\n.Bd -literal -offset indent\n", out);
    man_text(out, cmd->example);
    fputs("\n.Ed\n", out);
}
