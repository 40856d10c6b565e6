/* SPDX-License-Identifier: GPL-3.0-or-later */
/* notify - tells systemd that the program is ready, how it is, and that it is alive.
 *
 * The watchdog is fed only while samples flow and the log commits: a program that runs without
 * doing its work is as good as dead, and is started anew. Without systemd, or built without
 * libsystemd, nothing happens.
 *
 * in   NOTIFY_SOCKET and WATCHDOG_USEC, which systemd sets
 * ref  sd_notify(3), sd_watchdog_enabled(3); packaging/cellwarden@.service
 * cost a comparison a call; a datagram four times a watchdog's time
 * thread plain value, one caller
 *
 * Times are CLOCK_MONOTONIC, in nanoseconds (clock_now() of core/clock_map.h).
 */
#ifndef CORE_NOTIFY_H
#define CORE_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

struct notify {
    int64_t watchdog_ns;   /* 0: nobody watches */
    int64_t commit_max_ns; /* 0: there is no log */
    int64_t samples_ns, commit_ns, fed_ns;
};

/* commit_max_s: so long the log may go without a commit; 0: no log is written. t_ns: now. */
void notify_init(struct notify *n, double commit_max_s, int64_t t_ns);
/* The start is over: samples have come. status: one line, may be NULL. */
void notify_ready(const char *status);
/* One line for `systemctl status`. */
void notify_status(const char *status);
/* From here on it ends. */
void notify_stopping(void);

void notify_samples(struct notify *n, int64_t t_ns);
void notify_commit(struct notify *n, int64_t t_ns);
/* To be called some times a second. True when the watchdog was fed; false when it is not yet time,
 * nobody watches, or samples or commits are missing. */
bool notify_tick(struct notify *n, int64_t t_ns);

/* Version of libsystemd, or "not built in". */
const char *notify_version(void);

#endif
