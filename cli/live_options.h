/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_options - the options that scan and monitor share, and what they mean; private to cli. */
#ifndef CLI_LIVE_OPTIONS_H
#define CLI_LIVE_OPTIONS_H

#include "cli/channel_list.h"
#include "cli/live_pipeline.h"
#include "core/options.h"

#define LIVE_ROWS_CAP 40

struct live_options {
    const char *db, *known, *local, *state, *position, *bands, *arfcn, *exec;
    double rate_hz, freq_hz, gain_db, ppm, for_s, revisit_s, speed; /* gain, ppm: NAN not said */
    int jobs, verbose, plan;
    bool json, quiet, blocks, exit_code, no_db, bias_tee, watch, once, bell;
};
extern struct live_options live_opt;

/* Rows of scan (true) or monitor, in a list that lasts. */
const struct opt_row *live_options_rows(bool scan, size_t *ret_n);

struct live_command {
    const struct opt_command *opt;
    enum scan_mode mode;
    bool watch;
};
/* From the parsed options to the exit code. source: NULL for the default. */
int live_command_run(const struct live_command *command, const char *source);

/* live_show.c: the sink for options and databases as they are. */
struct live_show;
int live_show_create(struct live_show **ret, const struct live_sink **ret_sink);
void live_show_destroy(struct live_show *s);

#endif
