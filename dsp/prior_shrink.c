/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "dsp/equalizer_prior.h"

/* A complex number and the two products that are needed of it. */
struct cplx {
    double re, im;
};

/* sum -= a * b */
static inline struct cplx less(struct cplx sum, struct cplx a, struct cplx b)
{
    return (struct cplx){sum.re - (a.re * b.re - a.im * b.im),
                         sum.im - (a.re * b.im + a.im * b.re)};
}

static inline struct cplx conj_of(struct cplx a)
{
    return (struct cplx){a.re, -a.im};
}

/* A Hermitian positive matrix M = L L^H and then L^-1, lower triangles. */
struct factors {
    int n;
    struct cplx low[CHANNEL_TAPS][CHANNEL_TAPS];
    struct cplx inv[CHANNEL_TAPS][CHANNEL_TAPS];
    double root[CHANNEL_TAPS]; /* 1 / diagonal of L */
};

/* low holds M and becomes L. */
static void factor(struct factors *f)
{
    for (int i = 0; i < f->n; i++) {
        for (int k = 0; k <= i; k++) {
            struct cplx sum = f->low[i][k];
            for (int m = 0; m < k; m++)
                sum = less(sum, f->low[i][m], conj_of(f->low[k][m]));
            if (k < i) {
                f->low[i][k] = (struct cplx){sum.re * f->root[k], sum.im * f->root[k]};
            } else {
                /* a positive matrix needs no pivots; rounding must not make it another */
                f->root[i] = sum.re > 1e-300 ? 1.0 / sqrt(sum.re) : 0.0;
            }
        }
    }
}

/* inv = L^-1, column by column. */
static void invert(struct factors *f)
{
    for (int k = 0; k < f->n; k++) {
        f->inv[k][k] = (struct cplx){f->root[k], 0.0};
        for (int i = k + 1; i < f->n; i++) {
            struct cplx sum = {0.0, 0.0};
            for (int m = k; m < i; m++)
                sum = less(sum, f->low[i][m], f->inv[m][k]);
            f->inv[i][k] = (struct cplx){sum.re * f->root[i], sum.im * f->root[i]};
        }
    }
}

/* cov (cov + c I)^-1 = I - c (cov + c I)^-1 = I - c L^-H L^-1 */
void prior_shrink(const prior_matrix cov, int lo, int hi, float c, prior_matrix ret)
{
    struct factors f = {.n = hi - lo};
    for (int i = 0; i < f.n; i++) {
        for (int k = 0; k <= i; k++)
            f.low[i][k] =
                (struct cplx){(double)cov[lo + i][lo + k][0], (double)cov[lo + i][lo + k][1]};
        f.low[i][i].re += (double)c + 1e-30;
    }
    factor(&f);
    invert(&f);
    memset(ret, 0, sizeof(prior_matrix));
    for (int i = 0; i < f.n; i++) {
        for (int k = 0; k <= i; k++) {
            struct cplx sum = {0.0, 0.0};
            for (int m = i; m < f.n; m++)
                sum = less(sum, conj_of(f.inv[m][i]), f.inv[m][k]);
            float re = (float)((i == k) + (double)c * sum.re), im = (float)((double)c * sum.im);
            ret[lo + i][lo + k][0] = ret[lo + k][lo + i][0] = re;
            ret[lo + i][lo + k][1] = im;
            ret[lo + k][lo + i][1] = -im;
        }
    }
}
