/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/plain_text.h"

#define REDRAW_S 0.2
#define BAR_COLS 30

static struct {
    const char *name;
    bool on;
    bool drawn;
    double start_s, last_s;
} line;

static double now_s(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

void progress_start(const char *name, bool wanted)
{
    line.name = name;
    line.on = wanted && isatty(STDERR_FILENO) == 1;
    line.start_s = line.last_s = now_s();
}

void progress_show(uint64_t n, uint64_t n_total, double signal_s)
{
    if (!line.on || now_s() - line.last_s < REDRAW_S)
        return;
    line.last_s = now_s();
    double speed = signal_s / (line.last_s - line.start_s);
    if (n_total > 0) {
        double ratio = n < n_total ? (double)n / (double)n_total : 1.0;
        int full = (int)(ratio * BAR_COLS);
        fprintf(stderr, "\r[%.*s%*s] %3.0f %%", full, "##############################",
                BAR_COLS - full, "", 100 * ratio);
    } else {
        (void)fputc('\r', stderr);
    }
    (void)fputc(' ', stderr);
    plain_text_put(stderr, line.name);
    fprintf(stderr, ": %.1f s, %.1f times real time \033[K", signal_s, speed);
    line.drawn = true;
}

void progress_wipe(void)
{
    if (line.drawn)
        (void)fputs("\r\033[K", stderr);
    line.drawn = false;
}
