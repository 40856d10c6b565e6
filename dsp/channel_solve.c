/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/channel_solve.h"

#include <math.h>
#include <string.h>

/* A complex system a x = b, small enough for Gauss. */
struct system {
    int n;
    double re[CHANNEL_TAPS][CHANNEL_TAPS + 1];
    double im[CHANNEL_TAPS][CHANNEL_TAPS + 1];
};

static void swap_rows(struct system *s, int a, int b)
{
    for (int k = 0; k <= s->n; k++) {
        double re = s->re[a][k], im = s->im[a][k];
        s->re[a][k] = s->re[b][k];
        s->im[a][k] = s->im[b][k];
        s->re[b][k] = re;
        s->im[b][k] = im;
    }
}

/* row i -= factor * row p, from column c on */
static void eliminate(struct system *s, int i, int p, double fr, double fi, int c)
{
    for (int k = c; k <= s->n; k++) {
        double re = fr * s->re[p][k] - fi * s->im[p][k];
        double im = fr * s->im[p][k] + fi * s->re[p][k];
        s->re[i][k] -= re;
        s->im[i][k] -= im;
    }
}

/* Gauss-Jordan with row pivots; a singular column gives zeros. The solution stands in column n. */
static void solve(struct system *s)
{
    for (int c = 0; c < s->n; c++) {
        int best = c;
        double most = 0.0;
        for (int i = c; i < s->n; i++) {
            double m = s->re[i][c] * s->re[i][c] + s->im[i][c] * s->im[i][c];
            if (m > most) {
                most = m;
                best = i;
            }
        }
        if (!(most > 1e-300)) {
            s->re[c][s->n] = s->im[c][s->n] = 0.0;
            continue;
        }
        if (best != c)
            swap_rows(s, best, c);
        double inv_re = s->re[c][c] / most, inv_im = -s->im[c][c] / most;
        for (int k = c; k <= s->n; k++) {
            double re = s->re[c][k], im = s->im[c][k];
            s->re[c][k] = re * inv_re - im * inv_im;
            s->im[c][k] = re * inv_im + im * inv_re;
        }
        for (int i = 0; i < s->n; i++)
            if (i != c)
                eliminate(s, i, c, s->re[i][c], s->im[i][c], c);
    }
}

void channel_solve(const struct channel_normal *eq, const struct prior_view *p, int first,
                   float noise, float ret[][2])
{
    struct system s;
    int n = s.n = eq->n;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            double re = i == k ? (double)noise : 0.0, im = 0.0;
            for (int j = 0; j < n; j++) {
                re += eq->gram[i][j] * (double)p->cov[first + j][first + k][0];
                im += eq->gram[i][j] * (double)p->cov[first + j][first + k][1];
            }
            s.re[i][k] = re;
            s.im[i][k] = im;
        }
        s.re[i][n] = eq->b[i][0];
        s.im[i][n] = eq->b[i][1];
    }
    solve(&s);
    for (int i = 0; i < n; i++) {
        double re = 0.0, im = 0.0;
        for (int k = 0; k < n; k++) {
            double cr = (double)p->cov[first + i][first + k][0];
            double ci = (double)p->cov[first + i][first + k][1];
            re += cr * s.re[k][n] - ci * s.im[k][n];
            im += cr * s.im[k][n] + ci * s.re[k][n];
        }
        ret[i][0] = (float)re;
        ret[i][1] = (float)im;
    }
}

void channel_solve_plain(const struct channel_normal *eq, float ret[][2])
{
    struct system s;
    int n = s.n = eq->n;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < n; k++) {
            s.re[i][k] = eq->gram[i][k];
            s.im[i][k] = 0.0;
        }
        s.re[i][n] = eq->b[i][0];
        s.im[i][n] = eq->b[i][1];
    }
    solve(&s);
    for (int i = 0; i < n; i++) {
        ret[i][0] = (float)s.re[i][n];
        ret[i][1] = (float)s.im[i][n];
    }
}
