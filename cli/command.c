/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/plain_text.h"
#include "cli/progress.h"
#include "cli/stop.h"

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
    char err[400];
    int rc = opt_parse(cmd, argc, argv, ret_n_operands, err, sizeof err);
    if (rc == 0)
        return true;
    if (rc < 0)
        (void)command_error("%s", err);
    *ret_exit = rc < 0 ? COMMAND_USAGE : command_end(COMMAND_DONE);
    return false;
}
