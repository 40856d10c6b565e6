/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config_files - which configuration files hold for a command, and what they set.
 *
 * in   /etc/cellwarden/cellwarden.conf, /etc/cellwarden/conf.d, ~/.config/cellwarden.conf in this
 *      order, the later over the earlier; or what --config names instead: a file, a folder of
 *      files (*.conf by name), none
 * ref  core/config.h; docs/formats.md "Configuration"
 * thread main thread
 */
#ifndef CLI_CONFIG_FILES_H
#define CLI_CONFIG_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/man.h"
#include "core/options.h"

/* The commands whose options may stand in a file. */
void config_files_set_commands(const struct command_row *table, size_t n);

enum config_files_result {
    CONFIG_FILES_DONE,  /* go on with the command line */
    CONFIG_FILES_PRINT, /* and then show what holds (--print-config) */
    CONFIG_FILES_BAD    /* a sentence in err */
};

/* True when this was only a question of this module for cmd's table: the command is done. */
bool config_files_answer(const struct opt_command *cmd, int argc, char **argv);

/* Takes --config and --print-config out of argv and sets cmd's options from the files. With a
 * command line that asks for help no file is read. cmd must last as long as its options are
 * used. */
enum config_files_result config_files_take(const struct opt_command *cmd, int *argc, char **argv,
                                           char *err, size_t err_cap);
/* Effective values and the files they came from, to standard output. */
void config_files_print(const struct opt_command *cmd);

#endif
