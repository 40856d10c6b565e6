/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/config_files.h"
#include "cli/plain_text.h"
#include "cli/progress.h"
#include "cli/stop.h"

/* More options than any command has. */
#define ROWS_CAP 64

static bool quiet;

__attribute__((format(printf, 1, 0))) static void say(const char *fmt, va_list ap)
{
    progress_wipe();
    (void)fflush(stdout);
    (void)fputs("cellwarden: ", stderr);
    char text[4096];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    plain_text_put(stderr, text);
    (void)fputc('\n', stderr);
}

int command_error(const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
    return COMMAND_ERROR;
}

void command_note(const char *fmt, ...)
{
    if (quiet)
        return;
    va_list ap;
    va_start(ap, fmt);
    say(fmt, ap);
    va_end(ap);
}

int command_end(int ret)
{
    errno = 0;
    bool failed = fflush(stdout) != 0 || ferror(stdout);
    int why = errno;
    if (stop_reader_gone())
        return COMMAND_SIGNAL + SIGPIPE;
    if (failed)
        return command_error("cannot write the result: %s",
                             why ? strerror(why) : "a part of it was refused");
    return ret;
}

void command_set_quiet(bool value)
{
    quiet = value;
}

bool command_parse(const struct opt_command *cmd, int argc, char **argv, int *ret_n_operands,
                   int *ret_exit)
{
    char err[600];
    static struct opt_row own_rows[ROWS_CAP]; /* asking the others for theirs may overwrite cmd's */
    struct opt_command own = *cmd;
    *ret_exit = COMMAND_DONE;
    if (config_files_answer(cmd, argc, argv))
        return false;
    if (cmd->n_rows <= ROWS_CAP) {
        memcpy(own_rows, cmd->rows, cmd->n_rows * sizeof *own_rows);
        own.rows = own_rows;
    }
    enum config_files_result files = config_files_take(&own, &argc, argv, err, sizeof err);
    int rc = files == CONFIG_FILES_BAD
                 ? -EINVAL
                 : opt_parse(&own, argc, argv, ret_n_operands, err, sizeof err);
    if (files == CONFIG_FILES_PRINT && rc == 0) {
        config_files_print(&own);
        rc = 1;
    }
    if (rc == 0)
        return true;
    if (rc < 0)
        (void)command_error("%s", err);
    *ret_exit = rc < 0 ? COMMAND_USAGE : command_end(COMMAND_DONE);
    return false;
}
