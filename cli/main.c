/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of commands. A new command is one file and one row. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/config_files.h"
#include "cli/man.h"
#include "cli/stop.h"
#include "cli/version.h"

static const struct command_row command_table[] = {
    {"replay", cmd_replay}, {"monitor", cmd_monitor}, {"scan", cmd_scan},
    {"import", cmd_import}, {"known", cmd_known},     {"review", cmd_review},
    {"record", cmd_record}, {"export", cmd_export},   {"doctor", cmd_doctor},
};

#define N_COMMANDS (sizeof command_table / sizeof command_table[0])

/* Every command says its own line: its table of options is the only place that knows it. */
static void print_help(void)
{
    static char line_word[] = "--help-line";
    (void)puts("usage: cellwarden COMMAND [options]\n\n"
               "Listens to GSM base stations, tells pseudo base stations from real ones, and says\n"
               "why. Receives only.\n\ncommands:");
    for (size_t i = 0; i < N_COMMANDS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s", command_table[i].name);
        char *argv[] = {name, line_word, NULL};
        (void)command_table[i].run(2, argv);
    }
    (void)puts("\n  cellwarden COMMAND --help   options and an example\n"
               "  cellwarden COMMAND --print-config\n"
               "                              what the options are, with the configuration files\n"
               "  cellwarden --version        version, libraries, receivers plugged in\n\n"
               "exit status: 0 done, 1 error, 2 wrong usage, 3 flagged cells (with --exit-code),\n"
               "4 device lost, 5 not every band was heard (scan), 130, 141 or 143 ended by a\n"
               "signal (141: nobody reads the result)");
}

static int unknown_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (opt_similar(name, command_table[i].name)) {
            (void)command_error("unknown command '%s': do you mean %s?", name,
                                command_table[i].name);
            return COMMAND_USAGE;
        }
    }
    (void)command_error("unknown command '%s': see cellwarden --help", name);
    return COMMAND_USAGE;
}

/* What is no command: --help, --version and their short forms, --man for the build. */
static int run_word(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0)
        print_help();
    else if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        version_print(stdout);
    else if (strcmp(word, "--man") == 0)
        man_print(command_table, N_COMMANDS);
    else
        return unknown_command(word);
    return command_end(COMMAND_DONE);
}

int main(int argc, char **argv)
{
    stop_prepare();
    config_files_set_commands(command_table, N_COMMANDS);
    if (argc < 2) {
        (void)command_error("say what to do: see cellwarden --help");
        return COMMAND_USAGE;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(argv[1], command_table[i].name) == 0)
            return command_table[i].run(argc - 1, argv + 1);
    }
    return run_word(argv[1]);
}
