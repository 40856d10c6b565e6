/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/man.h"

#include <stdio.h>

#include "build_info.h"

static const char head[] =
    ".Dt CELLWARDEN 1\n"
    ".Os\n"
    ".Sh NAME\n"
    ".Nm cellwarden\n"
    ".Nd passive detector of GSM pseudo base stations\n"
    ".Sh SYNOPSIS\n"
    ".Nm\n"
    ".Ar command\n"
    ".Op Ar options\n"
    ".Sh DESCRIPTION\n"
    ".Nm\n"
    "decodes what every GSM base station must broadcast, compares each cell with what is known of\n"
    "the operator's network and with the laws that every real network obeys, and flags pseudo "
    "base\n"
    "stations with evidence that can be replayed.\n"
    "It receives only, and it stores no identity of a subscriber.\n"
    ".Pp\n"
    "Numbers may be written 4e6, 2.4M or 936.2MHz.\n"
    "Results go to standard output, messages to standard error.\n"
    ".Sh COMMANDS\n";

static const char tail[] =
    ".Sh ENVIRONMENT\n"
    ".Bl -tag -width NO_COLOR\n"
    ".It Ev NO_COLOR\n"
    "When set and not empty, no colours are used.\n"
    ".El\n"
    ".Sh FILES\n"
    ".Bl -tag -width cellwarden.db\n"
    ".It Pa cellwarden.db\n"
    "The log: runs, cells, findings, alerts, reviews.\n"
    ".It Pa known.db\n"
    "Known cells, as imported.\n"
    ".It Pa local.db\n"
    "What this organisation decided.\n"
    ".It Pa /etc/cellwarden/cellwarden.conf , /etc/cellwarden/conf.d , ~/.config/cellwarden.conf\n"
    "Options by command: sections [common] and [COMMAND], lines key = value; the later file is "
    "over\n"
    "the earlier, the command line over all.\n"
    "Every command takes\n"
    ".Fl \\-config Ar PATH\n"
    "(a file, a folder, none) and\n"
    ".Fl \\-print\\-config .\n"
    ".El\n"
    ".Sh EXIT STATUS\n"
    ".Bl -tag -width 130\n"
    ".It 0\n"
    "Done, also when no cell was found: a sentence says so.\n"
    ".It 1\n"
    "Error.\n"
    ".It 2\n"
    "Wrong usage.\n"
    ".It 3\n"
    "Flagged cells were found; only with\n"
    ".Fl \\-exit\\-code .\n"
    ".It 130, 141, 143\n"
    "Ended by SIGINT or SIGTERM; what was heard by then is judged and written.\n"
    ".El\n";

void man_print(const struct command_row *table, size_t n)
{
    static char man_word[] = "--help-man";
    (void)printf(".\\\" cellwarden %s; made by cellwarden --man\n.Dd November 2026\n%s",
                 BUILD_VERSION, head);
    for (size_t i = 0; i < n; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%s", table[i].name);
        char *argv[] = {name, man_word, NULL};
        (void)table[i].run(2, argv);
    }
    (void)fputs(tail, stdout);
}
