/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/whiten.h"

#include <math.h>
#include <string.h>

/* Below 0.3 dB of gain the filter only makes the channel longer. */
#define GAIN_WORTH 0.93
/* White noise added to the model, as a share: keeps the filter from fitting accidents. */
#define LOADING 0.01

void whitener_init_idle(struct whitener *f)
{
    memset(f, 0, sizeof(*f));
    f->idle = true;
    f->w[0][0] = 1.0f;
    f->gain = 1.0f;
}

/* One step of Levinson-Durbin for complex data: order m to m + 1. Returns the new error. */
static double levinson_step(double a[WHITEN_ORDER + 1][2], int m,
                            const float corr[WHITEN_ORDER + 1][2], double error)
{
    double re = 0.0, im = 0.0; /* sum a[i] r[m + 1 - i] */
    for (int i = 0; i <= m; i++) {
        double rr = (double)corr[m + 1 - i][0], ri = (double)corr[m + 1 - i][1];
        re += a[i][0] * rr - a[i][1] * ri;
        im += a[i][0] * ri + a[i][1] * rr;
    }
    double kr = -re / error, ki = -im / error;
    double old[WHITEN_ORDER + 1][2];
    memcpy(old, a, sizeof(old));
    for (int i = 1; i <= m + 1; i++) {
        /* a[i] += k conj(a[m + 1 - i]) */
        double cr = old[m + 1 - i][0], ci = -old[m + 1 - i][1];
        a[i][0] = old[i][0] + kr * cr - ki * ci;
        a[i][1] = old[i][1] + kr * ci + ki * cr;
    }
    return error * (1.0 - (kr * kr + ki * ki));
}

void whitener_init(struct whitener *f, const float corr[WHITEN_ORDER + 1][2])
{
    double a[WHITEN_ORDER + 1][2] = {{1.0, 0.0}};
    double power = (double)corr[0][0] * (1.0 + LOADING), error = power;
    whitener_init_idle(f);
    if (!(power > 0.0))
        return;
    for (int m = 0; m < WHITEN_ORDER; m++) {
        error = levinson_step(a, m, corr, error);
        if (!(error > 1e-4 * power))
            return;
    }
    if (error > GAIN_WORTH * power)
        return;
    f->idle = false;
    f->gain = (float)(error / power);
    for (int i = 0; i <= WHITEN_ORDER; i++) {
        f->w[i][0] = (float)a[i][0];
        f->w[i][1] = (float)a[i][1];
    }
}

void whitener_run(const struct whitener *f, const float (*in)[2], int n, float (*out)[2])
{
    if (f->idle) {
        memcpy(out, in, (size_t)n * sizeof(*out));
        return;
    }
    for (int i = 0; i < n; i++) {
        float re = 0.0f, im = 0.0f;
        for (int p = 0; p <= WHITEN_ORDER && p <= i; p++) {
            float wr = f->w[p][0], wi = f->w[p][1], xr = in[i - p][0], xi = in[i - p][1];
            re += wr * xr - wi * xi;
            im += wr * xi + wi * xr;
        }
        out[i][0] = re;
        out[i][1] = im;
    }
}
