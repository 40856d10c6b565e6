/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/notify.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_US 1000
/* Fed so many times within the watchdog's time; sd_watchdog_enabled(3) asks for two at least. */
#define FEEDS 4

#ifdef HAVE_LIBSYSTEMD
#include <systemd/sd-daemon.h>

static void send_state(const char *state)
{
    (void)sd_notify(0, state); /* a datagram that nobody takes must not end the work */
}

static uint64_t watchdog_us(void)
{
    uint64_t us = 0;
    return sd_watchdog_enabled(0, &us) > 0 ? us : 0;
}

const char *notify_version(void)
{
    return LIBSYSTEMD_VERSION;
}
#else
static void send_state(const char *state)
{
    (void)state;
}

static uint64_t watchdog_us(void)
{
    return 0;
}

const char *notify_version(void)
{
    return "not built in";
}
#endif

void notify_init(struct notify *n, double commit_max_s, int64_t t_ns)
{
    uint64_t us = watchdog_us();
    *n = (struct notify){.watchdog_ns = us < INT64_MAX / NS_PER_US ? (int64_t)us * NS_PER_US : 0,
                         .commit_max_ns = (int64_t)(commit_max_s * 1e9),
                         .samples_ns = t_ns,
                         .commit_ns = t_ns,
                         .fed_ns = t_ns};
}

/* KEY=text; what would begin another line of the protocol becomes a blank. */
static void send_status(const char *prefix, const char *status)
{
    char state[600];
    int n = snprintf(state, sizeof state, "%sSTATUS=", prefix);
    (void)snprintf(state + n, sizeof state - (size_t)n, "%s", status);
    for (char *p = state + n; *p; p++) {
        if ((unsigned char)*p < 0x20)
            *p = ' ';
    }
    send_state(state);
}

void notify_ready(const char *status)
{
    if (status)
        send_status("READY=1\n", status);
    else
        send_state("READY=1");
}

void notify_status(const char *status)
{
    send_status("", status);
}

void notify_stopping(void)
{
    send_state("STOPPING=1");
}

void notify_samples(struct notify *n, int64_t t_ns)
{
    n->samples_ns = t_ns;
}

void notify_commit(struct notify *n, int64_t t_ns)
{
    n->commit_ns = t_ns;
}

bool notify_tick(struct notify *n, int64_t t_ns)
{
    if (n->watchdog_ns == 0 || t_ns - n->fed_ns < n->watchdog_ns / FEEDS)
        return false;
    if (t_ns - n->samples_ns > n->watchdog_ns)
        return false;
    if (n->commit_max_ns > 0 && t_ns - n->commit_ns > n->commit_max_ns)
        return false;
    n->fed_ns = t_ns;
    send_state("WATCHDOG=1");
    return true;
}
