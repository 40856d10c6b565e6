/* SPDX-License-Identifier: GPL-3.0-or-later */
/* progress - one line on a terminal that says how far a long run is.
 *
 * thread main thread
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/* Shows nothing unless stderr is a terminal and wanted is true. */
void progress_start(const char *name, bool wanted);
/* n_total 0: length not known. Draws at most five times a second. */
void progress_show(uint64_t n, uint64_t n_total, double signal_s);
/* Wipes the line, if one stands there; the next progress_show() draws it again. */
void progress_wipe(void);

#endif
