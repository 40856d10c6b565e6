/* SPDX-License-Identifier: GPL-3.0-or-later */
/* man - the manual page cellwarden(1), made from the tables that also parse. */
#ifndef CLI_MAN_H
#define CLI_MAN_H

#include <stddef.h>

struct command_row {
    const char *name;
    int (*run)(int argc, char **argv);
};

/* Prints the page in mdoc(7) to standard output. */
void man_print(const struct command_row *table, size_t n);

#endif
