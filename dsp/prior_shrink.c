/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "dsp/equalizer_prior.h"

/* A Hermitian positive matrix beside the identity it turns into the inverse of. */
struct inversion {
    int n;
    double a[CHANNEL_TAPS][CHANNEL_TAPS][2];
    double inv[CHANNEL_TAPS][CHANNEL_TAPS][2];
};

static void scale_row(double (*row)[2], int n, double fr, double fi)
{
    for (int k = 0; k < n; k++) {
        double re = row[k][0], im = row[k][1];
        row[k][0] = re * fr - im * fi;
        row[k][1] = re * fi + im * fr;
    }
}

/* row -= factor * other */
static void subtract_row(double (*row)[2], double (*other)[2], int n, double fr, double fi)
{
    for (int k = 0; k < n; k++) {
        row[k][0] -= fr * other[k][0] - fi * other[k][1];
        row[k][1] -= fr * other[k][1] + fi * other[k][0];
    }
}

/* Gauss-Jordan; a positive matrix needs no pivots. */
static void invert(struct inversion *s)
{
    for (int c = 0; c < s->n; c++) {
        double re = s->a[c][c][0], im = s->a[c][c][1], m = re * re + im * im;
        if (!(m > 1e-300))
            continue;
        scale_row(s->a[c], s->n, re / m, -im / m);
        scale_row(s->inv[c], s->n, re / m, -im / m);
        for (int i = 0; i < s->n; i++) {
            if (i == c)
                continue;
            double fr = s->a[i][c][0], fi = s->a[i][c][1];
            subtract_row(s->a[i], s->a[c], s->n, fr, fi);
            subtract_row(s->inv[i], s->inv[c], s->n, fr, fi);
        }
    }
}

/* cov (cov + c I)^-1 = I - c (cov + c I)^-1 */
void prior_shrink(const prior_matrix cov, int lo, int hi, float c, prior_matrix ret)
{
    struct inversion s = {.n = hi - lo};
    for (int i = 0; i < s.n; i++) {
        for (int k = 0; k < s.n; k++) {
            s.a[i][k][0] = (double)cov[lo + i][lo + k][0];
            s.a[i][k][1] = (double)cov[lo + i][lo + k][1];
        }
        s.a[i][i][0] += (double)c + 1e-30;
        s.inv[i][i][0] = 1.0;
    }
    invert(&s);
    memset(ret, 0, sizeof(prior_matrix));
    for (int i = 0; i < s.n; i++) {
        for (int k = 0; k < s.n; k++) {
            ret[lo + i][lo + k][0] = (float)((i == k) - (double)c * s.inv[i][k][0]);
            ret[lo + i][lo + k][1] = (float)(-(double)c * s.inv[i][k][1]);
        }
    }
}
