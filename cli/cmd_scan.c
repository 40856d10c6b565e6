/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden scan - hops over whole bands, lists every cell, judges it. */
#include "cli/commands.h"
#include "live_options.h"

int cmd_scan(int argc, char **argv)
{
    struct opt_command command = {
        .name = "scan",
        .operands = "[SOURCE]",
        .summary = "Hop over whole bands, list and judge every cell",
        .details =
            "SOURCE is rtlsdr (default), rtlsdr:INDEX, rtlsdr:serial=S, rtl_tcp:HOST:PORT or "
            "file:PATH (a recording at its own pace). The cells stand in a table on a terminal, "
            "the worst first; alerts are told the moment they arise. At the end it is said what "
            "was listened to and what was not: status 5 when that is not all that was asked for. "
            "SIGUSR1 asks how things are, SIGHUP to open the log anew; Ctrl-C ends well.",
        .example = "cellwarden scan --bands P900,E900\n"
                   "cellwarden scan --watch --bell --exec /usr/local/bin/tell-the-desk\n"
                   "cellwarden scan --json --bands GSM850 rtl_tcp:192.0.2.7:1234",
        .min_operands = 0,
        .max_operands = 1,
    };
    command.rows = live_options_rows(true, &command.n_rows);
    int n_operands, rc;
    if (!command_parse(&command, argc, argv, &n_operands, &rc))
        return rc;
    const struct live_command live = {&command, live_opt.plan == 1 ? SCAN_ONE_PASS : SCAN_TWO_PASS,
                                      live_opt.watch};
    return live_command_run(&live, n_operands > 0 ? argv[1] : NULL);
}
