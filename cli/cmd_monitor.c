/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden monitor - stays on one window for hours. */
#include "cli/commands.h"
#include "live_options.h"

int cmd_monitor(int argc, char **argv)
{
    struct opt_command command = {
        .name = "monitor",
        .operands = "[SOURCE]",
        .summary = "Stay on one window of 2 MHz, decode and judge every cell in it, for hours",
        .details =
            "SOURCE is as in scan. --freq says the centre of the window, or --arfcn the channels "
            "that it must hold. Everything in the window is decoded without a gap, so paging and "
            "assignments are counted, too, and an alert comes within 3 s of the block that decides "
            "it. A receiver that is unplugged is waited for. SIGUSR1 asks how things are, SIGHUP "
            "to open the log anew; Ctrl-C ends well, a second one at once.",
        .example = "cellwarden monitor --freq 936.2MHz --position 48.1,7.85\n"
                   "cellwarden monitor --arfcn 30,32,37 --json rtlsdr:serial=77\n"
                   "cellwarden monitor --speed 0 file:gsm_941.0MHz_500k.cu8",
        .min_operands = 0,
        .max_operands = 1,
    };
    command.rows = live_options_rows(false, &command.n_rows);
    int n_operands, rc;
    if (!command_parse(&command, argc, argv, &n_operands, &rc))
        return rc;
    const struct live_command live = {&command, SCAN_STAND, true};
    return live_command_run(&live, n_operands > 0 ? argv[1] : NULL);
}
