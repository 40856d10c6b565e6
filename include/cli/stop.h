/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stop - one flag that SIGINT and SIGTERM set; the second signal ends the program at once. SIGPIPE
 * sets it, too: when nobody reads the result any more, there is no need to make the rest of it.
 *
 * thread the flag may be read from any; the rest on the main thread
 */
#ifndef CLI_STOP_H
#define CLI_STOP_H

#include <stdbool.h>

/* For every command, before anything else: a closed pipe and a file that may not grow are errors
 * of a write, not the end of the program. */
void stop_prepare(void);
/* Nobody reads stdout any more. */
bool stop_reader_gone(void);
/* From here on a first signal only sets the flag, and ends a wait in read(2) with EINTR. */
void stop_install(void);
/* The same for what listens for hours: SIGHUP asks to open the log anew, SIGUSR1 how things are. */
void stop_install_live(void);
/* True once after each of those. */
bool stop_reopen_asked(void);
bool stop_status_asked(void);
/* Number of the signal that asked to stop, or 0. */
int stop_signal(void);
/* Threads made between these two leave the signals to the main thread. */
void stop_block(void);
void stop_unblock(void);

#endif
