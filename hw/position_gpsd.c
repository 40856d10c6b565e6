/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "position_gpsd.h"

#include <errno.h>

#ifndef HAVE_LIBGPS

int position_gpsd_open(struct position_gpsd **ret, const char *host, const char *port)
{
    (void)ret;
    (void)host;
    (void)port;
    return -ENOTSUP;
}

void position_gpsd_close(struct position_gpsd *g)
{
    (void)g;
}

void position_gpsd_get(struct position_gpsd *g, struct position_fix *ret)
{
    (void)g;
    (void)ret;
}

void position_gpsd_get_trouble(struct position_gpsd *g, char *ret, size_t cap)
{
    (void)g;
    (void)ret;
    (void)cap;
}

const char *position_gpsd_version(void)
{
    return "not built in";
}

#else

#include <gps.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/utc.h"

#define WAIT_US     200000
#define BACKOFF_MAX 30
/* A connection without a word for so long is taken for dead; gpsd reports once a second. */
#define SILENCE_S   10
#define CLOSE_S     1

struct position_gpsd {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock */
    bool closing, orphan;
    struct position_fix fix;
    int64_t fix_ns; /* when it came; 0: none yet */
    char trouble[200];
    /* the thread's */
    char *host, *port;
};

static int64_t now_ns(void)
{
    struct timespec t = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void destroy(struct position_gpsd *g)
{
    (void)pthread_cond_destroy(&g->changed);
    (void)pthread_mutex_destroy(&g->lock);
    free(g->host);
    free(g->port);
    free(g);
}

static bool is_closing(struct position_gpsd *g)
{
    (void)pthread_mutex_lock(&g->lock);
    bool closing = g->closing;
    (void)pthread_mutex_unlock(&g->lock);
    return closing;
}

static void say_trouble(struct position_gpsd *g, const char *what, const char *why)
{
    (void)pthread_mutex_lock(&g->lock);
    (void)snprintf(g->trouble, sizeof g->trouble, "gpsd at %s:%s %s%s%s", g->host, g->port, what,
                   why ? ": " : "", why ? why : "");
    (void)pthread_mutex_unlock(&g->lock);
}

/* Waits between two attempts; at once awake when it is time to end. */
static void pause_s(struct position_gpsd *g, int seconds)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += seconds;
    (void)pthread_mutex_lock(&g->lock);
    while (!g->closing && pthread_cond_timedwait(&g->changed, &g->lock, &until) == 0)
        ;
    (void)pthread_mutex_unlock(&g->lock);
}

static double horizontal_m(const struct gps_fix_t *fix)
{
    return isfinite(fix->eph) ? fix->eph : hypot(fix->epx, fix->epy);
}

static void take_fix(struct position_gpsd *g, const struct gps_fix_t *fix)
{
    struct position_fix out = {.source = POSITION_GPSD, .utc_us = UTC_UNKNOWN, .mode = fix->mode};
    out.valid = fix->mode >= MODE_2D && isfinite(fix->latitude) && isfinite(fix->longitude);
    out.lat_deg = fix->latitude;
    out.lon_deg = fix->longitude;
    out.accuracy_m = horizontal_m(fix);
    out.altitude_m = fix->mode >= MODE_3D ? fix->altMSL : (double)NAN;
    out.speed_m_s = fix->speed;
    if (fix->time.tv_sec > 0)
        out.utc_us = (int64_t)fix->time.tv_sec * 1000000 + fix->time.tv_nsec / 1000;
    (void)pthread_mutex_lock(&g->lock);
    g->fix = out;
    g->fix_ns = now_ns();
    g->trouble[0] = '\0';
    (void)pthread_mutex_unlock(&g->lock);
}

/* Reads reports until the connection ends; true when there was one at least. */
static bool listen(struct position_gpsd *g, struct gps_data_t *data)
{
    int64_t heard_ns = now_ns();
    bool any = false;
    while (!is_closing(g)) {
        if (!gps_waiting(data, WAIT_US)) {
            if (now_ns() - heard_ns > (int64_t)SILENCE_S * 1000000000) {
                say_trouble(g, "says nothing", NULL);
                break;
            }
            continue;
        }
        data->set = 0;
        if (gps_read(data, NULL, 0) < 0) {
            say_trouble(g, "has gone away", NULL);
            break;
        }
        heard_ns = now_ns();
        if (data->set & MODE_SET) { /* a report of a fix, or that there is none */
            take_fix(g, &data->fix);
            any = true;
        }
    }
    return any;
}

static void *run(void *arg)
{
    struct position_gpsd *g = arg;
    int wait_s = 1;
    while (!is_closing(g)) {
        static const unsigned flags = WATCH_ENABLE | WATCH_JSON;
        struct gps_data_t *data = calloc(1, sizeof *data); /* large */
        bool any = false;
        int rc = data ? gps_open(g->host, g->port, data) : -1;
        if (rc == 0) {
            (void)gps_stream(data, flags, NULL);
            any = listen(g, data);
            (void)gps_stream(data, WATCH_DISABLE, NULL);
            (void)gps_close(data);
        } else {
            say_trouble(g, "does not answer", data ? gps_errstr(rc) : "out of memory");
        }
        free(data);
        wait_s = any ? 1 : wait_s;
        pause_s(g, wait_s);
        wait_s = 2 * wait_s < BACKOFF_MAX ? 2 * wait_s : BACKOFF_MAX;
    }
    (void)pthread_mutex_lock(&g->lock);
    bool orphan = g->orphan;
    (void)pthread_mutex_unlock(&g->lock);
    if (orphan)
        destroy(g);
    return NULL;
}

/* Signals are for the caller's thread. */
static int start(struct position_gpsd *g)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = -pthread_create(&g->thread, NULL, run, g);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

int position_gpsd_open(struct position_gpsd **ret, const char *host, const char *port)
{
    pthread_condattr_t attr;
    struct position_gpsd *g = calloc(1, sizeof *g);
    if (!g)
        return -ENOMEM;
    (void)pthread_mutex_init(&g->lock, NULL);
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&g->changed, &attr);
    (void)pthread_condattr_destroy(&attr);
    g->fix.source = POSITION_GPSD;
    g->host = strdup(host);
    g->port = strdup(port);
    int rc = g->host && g->port ? start(g) : -ENOMEM;
    if (rc < 0) {
        destroy(g);
        return rc;
    }
    *ret = g;
    return 0;
}

/* A thread that hangs in a connection to a dead host is left to itself. */
void position_gpsd_close(struct position_gpsd *g)
{
    struct timespec until;
    if (!g)
        return;
    pthread_t thread = g->thread;
    (void)pthread_mutex_lock(&g->lock);
    g->closing = true;
    (void)pthread_cond_broadcast(&g->changed);
    (void)pthread_mutex_unlock(&g->lock);
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += CLOSE_S;
    if (pthread_timedjoin_np(thread, NULL, &until) == 0) {
        destroy(g);
        return;
    }
    (void)pthread_mutex_lock(&g->lock);
    g->orphan = true;
    (void)pthread_mutex_unlock(&g->lock);
    (void)pthread_detach(thread);
}

void position_gpsd_get(struct position_gpsd *g, struct position_fix *ret)
{
    (void)pthread_mutex_lock(&g->lock);
    *ret = g->fix;
    ret->age_s = g->fix_ns ? (double)(now_ns() - g->fix_ns) / 1e9 : (double)INFINITY;
    (void)pthread_mutex_unlock(&g->lock);
}

void position_gpsd_get_trouble(struct position_gpsd *g, char *ret, size_t cap)
{
    (void)pthread_mutex_lock(&g->lock);
    (void)snprintf(ret, cap, "%s", g->trouble);
    (void)pthread_mutex_unlock(&g->lock);
}

const char *position_gpsd_version(void)
{
    return LIBGPS_VERSION;
}

#endif
