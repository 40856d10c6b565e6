/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/gauge.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "core/detmath.h"

/* Rows whose taps, and the products around them, all lie inside the burst. */
#define ROW_FIRST 11
#define ROWS      128
#define TAPS      CHANNEL_TAPS
/* C1 behind the receive filter as C0 passed through these seven taps, rho[|m|] (-j)^m (measured on
 * the formulas of TS 45.004: 53 dB below the carrier is left of it). */
static const float rho[4] = {0.0786f, -0.0215f, 0.0094f, -0.0034f};
/* Low-pass behind the receive filter, one half: passes the carrier's own 60 kHz on either side and
 * takes 16 dB from 100 kHz on, where a neighbour 200 kHz away would count as noise. Behind it the
 * samples hold the whole pulse: energy and width no longer depend on where they meet it. */
#define LOW_PASS 4
static const float low_pass[LOW_PASS + 1] = {0.5819f, 0.2798f, -0.0504f, -0.0268f, 0.0064f};
#define NOISE_GAIN 0.5017 /* white noise behind it over before */
#define RAMP_NOISE 0.934  /* noise as the carrier's own spectrum weighs it, against white */
/* A carrier's energy behind both filters over its power times samples per symbol. */
#define CARRIER_GAIN 0.826
/* Variance in symbols^2 of the pulse's own power over symbol-spaced taps. */
#define PULSE_VAR 0.442
#define TWO_PI    6.283185307179586
/* A residual turn from the middle to the end of the burst, rad, beyond which it is fitted again. */
#define RAMP_LINEAR 0.3
#define RAMP_ROUNDS 3
/* Of the fitted channel's energy at least so much is the channel. */
#define SHARE_LEAST 0.3
/* Taps around the strongest that tell where the burst lies. */
#define DELAY_REACH 2

typedef float four __attribute__((vector_size(16)));

struct work {
    float y_re[ROWS], y_im[ROWS];
    float backward[GSM_BURST_BITS];                         /* symbols, last first */
    float more_re[GSM_BURST_BITS], more_im[GSM_BURST_BITS]; /* what C1 adds to each symbol */
    float sym[GSM_BURST_BITS];
    float m_re[ROWS], m_im[ROWS]; /* the carrier as the channel gives it */
    double factor[TAPS][TAPS];    /* Cholesky factor of the symbols' correlation */
    double inverse[TAPS];         /* of its diagonal */
    double h_re[TAPS], h_im[TAPS];
};

/* The filter turns with the symbols: they are derotated. */
static void filter_row(const float (*y)[2], float ret[2])
{
    float odd1[2], odd3[2], even2[2], even4[2];
    for (int c = 0; c < 2; c++) {
        odd1[c] = y[1][c] - y[-1][c];
        even2[c] = -(y[2][c] + y[-2][c]);
        odd3[c] = y[-3][c] - y[3][c];
        even4[c] = y[4][c] + y[-4][c];
    }
    float turn_re = low_pass[1] * odd1[0] + low_pass[3] * odd3[0];
    float turn_im = low_pass[1] * odd1[1] + low_pass[3] * odd3[1];
    ret[0] = low_pass[0] * y[0][0] + low_pass[2] * even2[0] + low_pass[4] * even4[0] - turn_im;
    ret[1] = low_pass[0] * y[0][1] + low_pass[2] * even2[1] + low_pass[4] * even4[1] + turn_re;
}

static void load(struct work *w, const float y[EQUALIZER_SYMS][2], const int8_t *sym)
{
    float three[GSM_BURST_BITS] = {0.0f}, row[2];
    for (int k = 0; k < ROWS; k++) {
        filter_row(y + k + ROW_FIRST + EQUALIZER_LEAD, row);
        w->y_re[k] = row[0];
        w->y_im[k] = row[1];
    }
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        w->sym[k] = (float)sym[k];
        w->backward[GSM_BURST_BITS - 1 - k] = (float)sym[k];
    }
    for (int k = 1; k < GSM_BURST_BITS - 1; k++)
        three[k] = (float)(sym[k - 1] * sym[k] * sym[k + 1]);
    memset(w->more_re, 0, sizeof(w->more_re));
    memset(w->more_im, 0, sizeof(w->more_im));
    for (int k = 3; k < GSM_BURST_BITS - 3; k++) {
        w->more_re[k] = rho[0] * three[k] - rho[2] * (three[k - 2] + three[k + 2]);
        w->more_im[k] =
            rho[1] * (three[k + 1] - three[k - 1]) + rho[3] * (three[k - 3] - three[k + 3]);
    }
}

/* Correlation of the symbols with themselves over the rows, factored. The first row of delays is
 * summed, the others follow from it: small integers, exact. */
static void factor(struct work *w, const int8_t *sym)
{
    int gram[TAPS][TAPS];
    const int8_t *s = sym + ROW_FIRST - GAUGE_FIRST; /* symbol of row 0 at the first delay */
    for (int d = 0; d < TAPS; d++) {
        int sum = 0;
        for (int k = 0; k < ROWS; k++)
            sum += s[k] * s[k - d];
        gram[d][0] = sum;
        for (int i = 1; i + d < TAPS; i++) {
            sum += s[-i] * s[-i - d] - s[ROWS - i] * s[ROWS - i - d];
            gram[i + d][i] = sum;
        }
    }
    for (int i = 0; i < TAPS; i++) {
        for (int k = 0; k <= i; k++) {
            double sum = gram[i][k];
            for (int m = 0; m < k; m++)
                sum -= w->factor[i][m] * w->factor[k][m];
            if (k < i)
                w->factor[i][k] = sum * w->inverse[k];
            else
                w->inverse[i] = 1.0 / sqrt(sum > 1e-3 ? sum : 1e-3);
        }
    }
}

/* b becomes (factor factor^T)^-1 b. */
static void solve(const struct work *w, double b_re[TAPS], double b_im[TAPS])
{
    for (int i = 0; i < TAPS; i++) {
        for (int m = 0; m < i; m++) {
            b_re[i] -= w->factor[i][m] * b_re[m];
            b_im[i] -= w->factor[i][m] * b_im[m];
        }
        b_re[i] *= w->inverse[i];
        b_im[i] *= w->inverse[i];
    }
    for (int i = TAPS - 1; i >= 0; i--) {
        for (int m = i + 1; m < TAPS; m++) {
            b_re[i] -= w->factor[m][i] * b_re[m];
            b_im[i] -= w->factor[m][i] * b_im[m];
        }
        b_re[i] *= w->inverse[i];
        b_im[i] *= w->inverse[i];
    }
}

/* Correlation of the symbols at each delay with a row of values. */
static void correlate(const struct work *w, const float *re, const float *im, double ret_re[TAPS],
                      double ret_im[TAPS])
{
    four sum_re[TAPS / 4] = {{0}}, sum_im[TAPS / 4] = {{0}};
    for (int k = 0; k < ROWS; k++) {
        /* delay i of row k stands at this place plus i */
        const float *a = w->backward + GSM_BURST_BITS - 1 - (k + ROW_FIRST - GAUGE_FIRST);
        for (int q = 0; q < TAPS / 4; q++) {
            four s;
            memcpy(&s, a + 4 * q, sizeof(s));
            sum_re[q] += s * re[k];
            sum_im[q] += s * im[k];
        }
    }
    for (int i = 0; i < TAPS; i++) {
        ret_re[i] = (double)sum_re[i / 4][i % 4];
        ret_im[i] = (double)sum_im[i / 4][i % 4];
    }
}

/* m = the channel's answer to the symbols, or to what C1 adds to them alone. */
static void answer(struct work *w, bool added_only)
{
    memset(w->m_re, 0, sizeof(w->m_re));
    memset(w->m_im, 0, sizeof(w->m_im));
    for (int i = 0; i < TAPS; i++) {
        int at = ROW_FIRST - GAUGE_FIRST - i;
        const float *s_re = w->more_re + at, *s_im = w->more_im + at, *s = w->sym + at;
        float re = (float)w->h_re[i], im = (float)w->h_im[i], all = added_only ? 0.0f : 1.0f;
        for (int k = 0; k < ROWS; k++) {
            float a = s_re[k] + all * s[k];
            w->m_re[k] += a * re - s_im[k] * im;
            w->m_im[k] += a * im + s_im[k] * re;
        }
    }
}

/* Least squares: the linear pulse first, then with what C1 adds by that channel taken out. */
static void fit_channel(struct work *w)
{
    float re[ROWS], im[ROWS];
    correlate(w, w->y_re, w->y_im, w->h_re, w->h_im);
    solve(w, w->h_re, w->h_im);
    answer(w, true);
    for (int k = 0; k < ROWS; k++) {
        re[k] = w->y_re[k] - w->m_re[k];
        im[k] = w->y_im[k] - w->m_im[k];
    }
    correlate(w, re, im, w->h_re, w->h_im);
    solve(w, w->h_re, w->h_im);
    answer(w, false);
}

static double from_middle(int row)
{
    return row - (ROWS - 1) / 2.0;
}

/* The phase that grows along the burst, fitted together with the channel: what the channel's taps
 * could explain as well is not counted. Returns radians a symbol; *ret_gain: what one radian a
 * symbol would add to the energy. */
static double fit_ramp(const struct work *w, double *ret_gain)
{
    float v_re[ROWS], v_im[ROWS];
    double c_re[TAPS], c_im[TAPS], g_re[TAPS], g_im[TAPS], seen = 0.0, gain = 0.0;
    for (int k = 0; k < ROWS; k++) {
        v_re[k] = -(float)from_middle(k) * w->m_im[k];
        v_im[k] = (float)from_middle(k) * w->m_re[k];
        seen += (double)(v_re[k] * (w->y_re[k] - w->m_re[k]));
        seen += (double)(v_im[k] * (w->y_im[k] - w->m_im[k]));
        gain += (double)(v_re[k] * v_re[k]) + (double)(v_im[k] * v_im[k]);
    }
    correlate(w, v_re, v_im, c_re, c_im);
    memcpy(g_re, c_re, sizeof(g_re));
    memcpy(g_im, c_im, sizeof(g_im));
    solve(w, g_re, g_im);
    for (int i = 0; i < TAPS; i++)
        gain -= c_re[i] * g_re[i] + c_im[i] * g_im[i];
    *ret_gain = gain > 1e-30 ? gain : 1e-30;
    return seen / *ret_gain;
}

static void turn_back(struct work *w, double turns_per_sym)
{
    for (int k = 0; k < ROWS; k++) {
        double c, s;
        float re = w->y_re[k], im = w->y_im[k];
        det_sincos(-turns_per_sym * from_middle(k), &c, &s);
        w->y_re[k] = (float)((double)re * c - (double)im * s);
        w->y_im[k] = (float)((double)re * s + (double)im * c);
    }
}

/* Energies and phase, the ramp taken out. */
static void take_energies(const struct work *w, double ramp, double gain, struct gauge *ret)
{
    double left = 0.0;
    ret->across = ret->along = ret->carrier4 = 0.0;
    for (int k = 0; k < ROWS; k++) {
        double mr = (double)w->m_re[k], mi = (double)w->m_im[k], power = mr * mr + mi * mi;
        double er = (double)w->y_re[k] - mr, ei = (double)w->y_im[k] - mi;
        double across = ei * mr - er * mi - ramp * from_middle(k) * power;
        double along = er * mr + ei * mi;
        left += er * er + ei * ei;
        ret->across += across * across;
        ret->along += along * along;
        ret->carrier4 += power * power;
    }
    left -= ramp * ramp * gain;
    double noise = (left > 0.0 ? left : 0.0) / (ROWS - TAPS - 0.5) + 1e-30;
    ret->noise = noise / NOISE_GAIN;
}

static void take_taps(const struct work *w, struct gauge *ret)
{
    double doubt = ret->noise * NOISE_GAIN / (ROWS - TAPS), sum = 0.0, total = 0.0, arm = 0.0;
    int middle = DELAY_REACH;
    ret->energy = 0.0;
    for (int i = 0; i < TAPS; i++) {
        double power = w->h_re[i] * w->h_re[i] + w->h_im[i] * w->h_im[i];
        ret->tap_power[i] = power - doubt;
        ret->energy += power - doubt;
        if (i >= DELAY_REACH && i < TAPS - DELAY_REACH &&
            ret->tap_power[i] > ret->tap_power[middle])
            middle = i;
    }
    for (int i = -DELAY_REACH; i <= DELAY_REACH; i++) {
        double power = ret->tap_power[middle + i];
        total += power;
        sum += i * power;
        arm += i * i * (2.0 * power + 3.0 * doubt);
    }
    bool good = total > doubt;
    ret->delay_sym = good ? middle + GAUGE_FIRST + sum / total : 0.0;
    ret->delay_var = good ? doubt * arm / (total * total) : 1.0;
    ret->delay_var = ret->delay_var < 1.0 ? ret->delay_var : 1.0;
}

void gauge_run(const float y[EQUALIZER_SYMS][2], const int8_t sym[GSM_BURST_BITS],
               struct gauge *ret)
{
    struct work w;
    double ramp = 0.0, gain = 1.0, turned = 0.0;
    load(&w, y, sym);
    factor(&w, sym);
    for (int round = 0; round < RAMP_ROUNDS; round++) {
        fit_channel(&w);
        ramp = fit_ramp(&w, &gain);
        if (fabs(ramp) * ROWS / 2 < RAMP_LINEAR || round == RAMP_ROUNDS - 1)
            break;
        turn_back(&w, ramp / TWO_PI);
        turned += ramp;
    }
    take_energies(&w, ramp, gain, ret);
    take_taps(&w, ret);
    /* the channel's own noise is in the yardstick, but not in what was measured with it */
    double share = ret->energy / (ret->energy + ret->noise * NOISE_GAIN * TAPS / ROWS);
    share = share > SHARE_LEAST ? share : SHARE_LEAST;
    ret->ramp_sym = (turned + ramp / share) / TWO_PI;
    ret->ramp_var = ret->noise * RAMP_NOISE / (2.0 * gain * share * share * TWO_PI * TWO_PI);
}

double gauge_total(const float y[EQUALIZER_SYMS][2])
{
    double sum = 0.0;
    for (int k = ROW_FIRST; k < ROW_FIRST + ROWS; k++) {
        float row[2];
        filter_row(y + k + EQUALIZER_LEAD, row);
        sum += (double)(row[0] * row[0]) + (double)(row[1] * row[1]);
    }
    return sum / ROWS;
}

double gauge_energy(double total, double noise)
{
    return total - noise * NOISE_GAIN;
}

double gauge_es_n0(double energy, double noise)
{
    return noise > 0.0 ? energy / CARRIER_GAIN / noise : 0.0;
}

double gauge_power(double energy, double samples_per_sym)
{
    return energy / CARRIER_GAIN / samples_per_sym;
}

double gauge_spread_sym(const double tap_power[CHANNEL_TAPS])
{
    double total = 0.0, sum = 0.0, sum2 = 0.0;
    for (int i = 0; i < TAPS; i++) {
        double delay = i + GAUGE_FIRST;
        total += tap_power[i];
        sum += delay * tap_power[i];
        sum2 += delay * delay * tap_power[i];
    }
    if (!(total > 0.0))
        return 0.0;
    double var = sum2 / total - sum / total * (sum / total) - PULSE_VAR;
    return var > 0.0 ? sqrt(var) : 0.0;
}

double gauge_phase_error_rad(double across, double along, double carrier4)
{
    double more = (across - along) / (1.0 - (double)TAPS / ROWS);
    return more > 0.0 && carrier4 > 0.0 ? sqrt(more / carrier4) : 0.0;
}
