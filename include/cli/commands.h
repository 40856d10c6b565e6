/* SPDX-License-Identifier: GPL-3.0-or-later */
/* commands - the program's commands, one file each, and what they share: exit codes, messages.
 *
 * A command is one file cmd_NAME.c with `int cmd_NAME(int argc, char **argv)` (argv[0] is its
 * name, the result is the exit code) and one row in the table of cli/main.c. Its struct
 * opt_command is the only place where its options, help and man page are written.
 *
 * thread main thread
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include <stdbool.h>

#include "core/options.h"

enum command_exit {
    COMMAND_DONE = 0,
    COMMAND_ERROR = 1,
    COMMAND_USAGE = 2,
    COMMAND_FLAGGED = 3, /* only with --exit-code */
    COMMAND_DEVICE_LOST = 4,
    COMMAND_INCOMPLETE = 5, /* scan: not every band was heard */
    COMMAND_SIGNAL = 128    /* + number of the signal */
};

int cmd_replay(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_scan(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_known(int argc, char **argv);
int cmd_review(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

/* Parses as opt_parse does and says what is wrong. True: go on; false: return *ret_exit. */
bool command_parse(const struct opt_command *cmd, int argc, char **argv, int *ret_n_operands,
                   int *ret_exit);

/* One line on stderr, "cellwarden: ..."; a progress bar that stands there is wiped first. Names of
 * files and text of databases may stand in it: what a terminal would obey is shown as \xNN.
 * Returns COMMAND_ERROR, so that a command can end with `return command_error(...)`. */
__attribute__((format(printf, 1, 2))) int command_error(const char *fmt, ...);
/* The last line of a command: writes out what stdout still holds. Returns ret, COMMAND_ERROR with
 * a sentence when it cannot be written, or quietly 128 + SIGPIPE when its reader has gone. */
int command_end(int ret);
/* As command_error() for what is only worth knowing; silent after command_set_quiet(true). */
__attribute__((format(printf, 1, 2))) void command_note(const char *fmt, ...);
void command_set_quiet(bool value);

#endif
