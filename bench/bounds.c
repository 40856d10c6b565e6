/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bounds.h"

#include <math.h>
#include <stdio.h>

#include "spawn.h"

/* The same seeds give the same signal, so only a change of the program moves a share. The margin
 * lets a harmless change of the arithmetic pass: two deviations of a share of that many blocks, and
 * two blocks. Near the threshold that is 0.1 to 0.2 dB. */
#define MARGIN_SIGMA  2.0
#define MARGIN_BLOCKS 2.0

int bounds_read(const char *path, struct bound *ret)
{
    char line[256];
    int n = 0;
    FILE *f = fopen(path, "r");
    if (!f)
        bench_fail("'%s' does not open", path);
    while (fgets(line, sizeof(line), f)) {
        struct bound *b = &ret[n];
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (n == BOUNDS_CAP ||
            sscanf(line, "%31s %lf %d %lf %lf %lf %lf %lf", b->scene, &b->esn0_db, &b->n_seeds,
                   &b->duration_s, &b->fer_lo, &b->fer_hi, &b->sch_fer_lo, &b->sch_fer_hi) != 8)
            bench_fail("'%s': not scene, Es/N0, seeds, seconds and four shares: %s", path, line);
        n++;
    }
    (void)fclose(f);
    return n;
}

static int check(const struct bound *b, const char *what, long sent, long decoded, double lo,
                 double hi)
{
    double share = sent > 0 ? 1.0 - (double)decoded / (double)sent : 1.0;
    if (share >= lo && share <= hi)
        return 0;
    (void)fprintf(stderr, "FAILED: %s at %g dB: %.4f of %ld %s lost, bounds %.4f .. %.4f%s\n",
                  b->scene, b->esn0_db, share, sent, what, lo, hi,
                  share < lo ? "; better than before: measure anew with --new-bounds" : "");
    return 1;
}

int bounds_check(const struct bound *b, const struct tally *y, const struct strays *z)
{
    int bad = check(b, "blocks", y->sent, y->decoded, b->fer_lo, b->fer_hi) |
              check(b, "SCH", y->sch_sent, y->sch_decoded, b->sch_fer_lo, b->sch_fer_hi);
    if (z->wrong_blocks > 0 || z->false_cells > 0) {
        (void)fprintf(stderr, "FAILED: %s at %g dB: %ld wrong blocks, %ld false cells\n", b->scene,
                      b->esn0_db, z->wrong_blocks, z->false_cells);
        bad = 1;
    }
    return bad;
}

static void bounds_of(long sent, long decoded, double *lo, double *hi)
{
    double n = sent > 0 ? (double)sent : 1.0;
    double share = 1.0 - (double)decoded / n;
    double margin = MARGIN_SIGMA * sqrt(share * (1.0 - share) / n) + MARGIN_BLOCKS / n;
    *lo = floor(fmax(share - margin, 0.0) * 1e4) * 1e-4;
    *hi = ceil(fmin(share + margin, 1.0) * 1e4) * 1e-4;
}

void bounds_print(const struct bound *b, const struct tally *y)
{
    double lo, hi, sch_lo, sch_hi;
    bounds_of(y->sent, y->decoded, &lo, &hi);
    bounds_of(y->sch_sent, y->sch_decoded, &sch_lo, &sch_hi);
    printf("%-16s %5.1f %2d %4.0f   %.4f %.4f   %.4f %.4f\n", b->scene, b->esn0_db, b->n_seeds,
           b->duration_s, lo, hi, sch_lo, sch_hi);
}
