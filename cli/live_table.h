/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_table - the cells as a table that stands on the terminal and is redrawn; private to cli. */
#ifndef CLI_LIVE_TABLE_H
#define CLI_LIVE_TABLE_H

#include <stdio.h>

#include "cli/live_pipeline.h"

struct live_table {
    FILE *out;
    bool on; /* out is a terminal, and it is still there */
    bool colour;
    int n_drawn; /* lines that stand there */
};

void live_table_draw(struct live_table *t, const struct live_view *v);
/* Takes it away, so that something else can be printed; the next draw brings it back. */
void live_table_wipe(struct live_table *t);
/* One line on how things are, without a line feed. */
void live_status_format(const struct live_view *v, char *ret, size_t cap);

#endif
