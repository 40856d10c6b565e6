/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "curves.h"

#include <stdio.h>

#include "spawn.h"

static const char *const scene[] = {"awgn", "tu50", "ht100", "eq50", "ra250"};
static const char *const receiver[][2] = {
    {"", ""}, {"gr-gsm tuned", "tuned-"}, {"gr-gsm untuned", "untuned-"}};

#define N_SCENES    (sizeof(scene) / sizeof(scene[0]))
#define N_RECEIVERS (sizeof(receiver) / sizeof(receiver[0]))

static void put_curve(const struct measured *m, const char *path, const char *who,
                      const char *which, bool sch)
{
    struct curve c;
    measured_curve(m, who, which, sch ? "sch_sent" : "sent", sch ? "sch_decoded" : "decoded", &c);
    FILE *f = fopen(path, "w");
    if (!f)
        bench_fail("'%s' does not open", path);
    for (size_t i = 0; i < c.n; i++)
        (void)fprintf(f, "%g %.6g\n", c.esn0_db[i], 100.0 * c.share[i]);
    (void)fclose(f);
}

void curves_put(const struct measured *m, const char *folder)
{
    char path[512];
    for (size_t r = 0; r < N_RECEIVERS; r++) {
        for (size_t i = 0; i < 2 * N_SCENES; i++) {
            (void)snprintf(path, sizeof(path), "%s/%s%s-%s.dat", folder, receiver[r][1],
                           scene[i / 2], i & 1 ? "sch" : "xcch");
            put_curve(m, path, receiver[r][0], scene[i / 2], i & 1);
        }
    }
}
