/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rival.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "core/detmath.h"

/* Delays of the wanted signal -1 .. 3; the rival's begin anywhere: its bits have no numbers. */
#define TAPS   5
#define W_LATE (-1)
/* The rival's channel moves in straight lines between so many points: its oscillator is another
 * one, and where its next timeslot begins its symbols come a quarter of a symbol later. */
#define KNOTS    3
#define UNKNOWNS (TAPS + KNOTS * TAPS)
/* Taps in the trellis, of each; the others are taken out with the soft symbols. */
#define IN_TRELLIS 3
#define PATHS      (1 << IN_TRELLIS)
#define PASTS      (PATHS / 2)
/* Symbols worked on, from this one on. */
#define ROW_FIRST (-2)
#define ROWS      (GSM_BURST_BITS + 6)
#define ROW_END   (ROW_FIRST + ROWS)
/* Rows whose taps all lie in the burst, but for two bits. */
#define FIT_FIRST (ROW_FIRST + 4)
#define FIT_END   (ROW_END - 4)
/* Bits of the guard period that may still be on the air. */
#define GUARD_BITS 3
#define PAD        16
/* Rounds of detection and estimation: one leaves 3 dB, a fourth brings 0.2 dB (measured). */
#define ROUNDS 3
/* The second guess of the rival's timing is not needed where the first one gave this. */
#define GOOD_ES_N0 10.0f
/* log P(0) - log P(1) of a bit that is known */
#define SURE 1e5f
/* |LLR| 20 is sure, as in the equaliser. */
#define LLR_SCALE (127.0f / 20.0f)
#define TURN2     39.478f
#define SHARE_MIN 0.4f

/* A number for each path of the rival. */
typedef float vec8 __attribute__((vector_size(32)));

struct rival {
    float y[ROWS][2];
    float w[ROWS + 2 * PAD]; /* soft symbols of the wanted signal, bit 0 at PAD */
    float s[ROWS + 2 * PAD]; /* of the rival, symbol of row t at t + PAD */
    float known[ROWS + 2 * PAD];
    float h[TAPS][2], g[KNOTS][TAPS][2];
    int w_at, s_at; /* first tap in the trellis */
    float noise, energy;
    float gram[UNKNOWNS][UNKNOWNS], side[UNKNOWNS][2];
    vec8 metric[ROWS][PATHS];
    float alpha[ROWS + 1][PASTS][PASTS];
    float llr_w[ROWS], llr_s[ROWS];
};

int rival_create(struct rival **ret)
{
    struct rival *r = NULL;
    if (posix_memalign((void **)&r, 64, sizeof(*r)) != 0)
        return -ENOMEM;
    memset(r, 0, sizeof(*r));
    *ret = r;
    return 0;
}

void rival_destroy(struct rival *r)
{
    free(r);
}

/* a > b ? a : b lane by lane */
static inline vec8 max8(vec8 a, vec8 b)
{
#if defined(__SSE2__)
    union {
        vec8 all;
        __m128 half[2];
    } x = {.all = a}, y = {.all = b};
    x.half[0] = _mm_max_ps(x.half[0], y.half[0]);
    x.half[1] = _mm_max_ps(x.half[1], y.half[1]);
    return x.all;
#else
    for (int j = 0; j < 8; j++)
        a[j] = a[j] > b[j] ? a[j] : b[j];
    return a;
#endif
}

/* tanh(x / 2) within 1e-4: a Pade form, same bits everywhere. */
static float soft_symbol(float llr)
{
    float x = 0.5f * llr;
    x = x > 4.9f ? 4.9f : x < -4.9f ? -4.9f : x;
    float x2 = x * x;
    float num = x * (135135.0f + x2 * (17325.0f + x2 * (378.0f + x2)));
    return num / (135135.0f + x2 * (62370.0f + x2 * (3150.0f + x2 * 28.0f)));
}

static bool in_burst(int bit)
{
    return bit >= 0 && bit < GSM_BURST_BITS;
}

/* The knot before a row, and its weight; the next one has the rest. */
static int knot_before(int row, float *ret_weight)
{
    float x = (float)(row - ROW_FIRST) * ((float)(KNOTS - 1) / (float)(ROWS - 1));
    int m = x >= (float)(KNOTS - 1) ? KNOTS - 2 : (int)x;
    *ret_weight = 1.0f - (x - (float)m);
    return m;
}

/* The rival's channel at a row. */
static void channel_at(const struct rival *r, int row, float ret[TAPS][2])
{
    float a;
    int m = knot_before(row, &a);
    for (int i = 0; i < TAPS; i++)
        for (int c = 0; c < 2; c++)
            ret[i][c] = a * r->g[m][i][c] + (1.0f - a) * r->g[m + 1][i][c];
}

static float energy_of(const float (*h)[2], int first, int n)
{
    float sum = 0.0f;
    for (int i = first; i < first + n; i++)
        sum += h[i][0] * h[i][0] + h[i][1] * h[i][1];
    return sum;
}

/* Where the trellis loses least. */
static int strongest(const float (*h)[2])
{
    int best = 0;
    for (int i = 1; i + IN_TRELLIS <= TAPS; i++)
        if (energy_of(h, i, IN_TRELLIS) > energy_of(h, best, IN_TRELLIS))
            best = i;
    return best;
}

/* What both signals are at a row, by their soft symbols. */
static void model_at(const struct rival *r, int row, float ret_w[2], float ret_s[2])
{
    float g[TAPS][2];
    channel_at(r, row, g);
    ret_w[0] = ret_w[1] = ret_s[0] = ret_s[1] = 0.0f;
    for (int i = 0; i < TAPS; i++) {
        int bit = row - W_LATE - i;
        float w = in_burst(bit) ? r->w[bit + PAD] : 0.0f, s = r->s[row - i + PAD];
        for (int c = 0; c < 2; c++) {
            ret_w[c] += w * r->h[i][c];
            ret_s[c] += s * g[i][c];
        }
    }
}

/* Adds one row to the normal equations. The square of a symbol is 1, whatever the doubt. */
static void add_row(struct rival *r, int row, bool wanted)
{
    float v[3 * TAPS], a, b;
    int m = knot_before(row, &a), n = 2 * TAPS, at[3 * TAPS];
    b = 1.0f - a;
    for (int i = 0; i < TAPS; i++) {
        float s = r->s[row - i + PAD];
        int bit = row - W_LATE - i;
        v[i] = a * s;
        v[TAPS + i] = b * s;
        at[i] = TAPS + m * TAPS + i;
        at[TAPS + i] = at[i] + TAPS;
        r->gram[at[i]][at[i]] += a * a - v[i] * v[i];
        r->gram[at[TAPS + i]][at[i]] += a * b - v[i] * v[TAPS + i];
        r->gram[at[TAPS + i]][at[TAPS + i]] += b * b - v[TAPS + i] * v[TAPS + i];
        if (!wanted || !in_burst(bit))
            continue;
        v[n] = r->w[bit + PAD];
        r->gram[i][i] += 1.0f - v[n] * v[n];
        at[n++] = i;
    }
    for (int i = 0; i < n; i++) {
        r->side[at[i]][0] += v[i] * r->y[row - ROW_FIRST][0];
        r->side[at[i]][1] += v[i] * r->y[row - ROW_FIRST][1];
        for (int k = 0; k < n; k++)
            if (at[k] <= at[i])
                r->gram[at[i]][at[k]] += v[i] * v[k];
    }
}

/* side = gram^-1 side by Cholesky, in place; the lower triangle counts. */
static void solve(struct rival *r)
{
    float(*c)[UNKNOWNS] = r->gram;
    for (int i = 0; i < UNKNOWNS; i++) {
        for (int k = 0; k <= i; k++) {
            float sum = c[i][k];
            for (int m = 0; m < k; m++)
                sum -= c[i][m] * c[k][m];
            c[i][k] = k < i ? sum * c[k][k] : 1.0f / sqrtf(sum > 1e-6f ? sum : 1e-6f);
        }
        for (int part = 0; part < 2; part++) {
            float sum = r->side[i][part];
            for (int m = 0; m < i; m++)
                sum -= c[i][m] * r->side[m][part];
            r->side[i][part] = sum * c[i][i];
        }
    }
    for (int i = UNKNOWNS - 1; i >= 0; i--)
        for (int part = 0; part < 2; part++) {
            float sum = r->side[i][part];
            for (int m = i + 1; m < UNKNOWNS; m++)
                sum -= c[m][i] * r->side[m][part];
            r->side[i][part] = sum * c[i][i];
        }
}

enum users { RIVAL_ONLY = 0, BOTH };

/* Channels by least squares from the soft symbols of rows from..to-1; a little ridge keeps those
 * unknowns quiet that the rows do not touch. */
static void fit(struct rival *r, enum users users, int from, int to, float ridge)
{
    memset(r->gram, 0, sizeof(r->gram));
    memset(r->side, 0, sizeof(r->side));
    for (int i = 0; i < UNKNOWNS; i++)
        r->gram[i][i] = ridge;
    for (int row = from; row < to; row++)
        add_row(r, row, users == BOTH);
    solve(r);
    if (users == BOTH)
        memcpy(r->h, r->side, sizeof(r->h));
    memcpy(r->g, r->side + TAPS, sizeof(r->g));
}

/* What the model leaves on rows from..to-1, and what the doubt about the symbols adds, a row. */
static float unexplained(const struct rival *r, int from, int to, float unknowns)
{
    float sum = 0.0f;
    for (int row = from; row < to; row++) {
        float w[2], s[2], g[TAPS][2];
        const float *y = r->y[row - ROW_FIRST];
        model_at(r, row, w, s);
        channel_at(r, row, g);
        for (int c = 0; c < 2; c++)
            sum += (y[c] - w[c] - s[c]) * (y[c] - w[c] - s[c]);
        for (int i = 0; i < TAPS; i++) {
            int bit = row - W_LATE - i;
            float a = in_burst(bit) ? r->w[bit + PAD] : 1.0f, b = r->s[row - i + PAD];
            sum += (1.0f - a * a) * (r->h[i][0] * r->h[i][0] + r->h[i][1] * r->h[i][1]);
            sum += (1.0f - b * b) * (g[i][0] * g[i][0] + g[i][1] * g[i][1]);
        }
    }
    return sum / ((float)(to - from) - unknowns) + 1e-30f;
}

/* The trellis' part of a channel for each path: newest bit in bit 0, a 1 is -1. */
static void expect(const float (*h)[2], const float use[IN_TRELLIS], float ret[2][PATHS])
{
    for (int path = 0; path < PATHS; path++)
        for (int c = 0; c < 2; c++) {
            ret[c][path] = 0.0f;
            for (int i = 0; i < IN_TRELLIS; i++)
                ret[c][path] += (path >> i & 1 ? -use[i] : use[i]) * h[i][c];
        }
}

/* The received symbol without the taps that the trellis does not hold. */
static void outside_taken_out(const struct rival *r, int row, const float g[TAPS][2], float ret[2])
{
    for (int c = 0; c < 2; c++) {
        ret[c] = r->y[row - ROW_FIRST][c];
        for (int i = 0; i < TAPS; i++) {
            int bit = row - W_LATE - i;
            if ((i < r->w_at || i >= r->w_at + IN_TRELLIS) && in_burst(bit))
                ret[c] -= r->w[bit + PAD] * r->h[i][c];
            if (i < r->s_at || i >= r->s_at + IN_TRELLIS)
                ret[c] -= r->s[row - i + PAD] * g[i][c];
        }
    }
}

/* log-likelihood of each pair of paths at each row. */
static void fill_metric(struct rival *r)
{
    float scale = -1.0f / r->noise;
    for (int row = ROW_FIRST; row < ROW_END; row++) {
        float g[TAPS][2], y[2], ew[2][PATHS], es[2][PATHS], use[IN_TRELLIS];
        const float all[IN_TRELLIS] = {1.0f, 1.0f, 1.0f};
        int bit = row - W_LATE - r->w_at; /* the newest */
        channel_at(r, row, g);
        outside_taken_out(r, row, (const float(*)[2])g, y);
        for (int i = 0; i < IN_TRELLIS; i++)
            use[i] = bit - i >= 0 && bit - i < GSM_BURST_BITS + GUARD_BITS ? 1.0f : 0.0f;
        expect((const float(*)[2])r->h + r->w_at, use, ew);
        expect((const float(*)[2])g + r->s_at, all, es);
        vec8 es_re, es_im;
        memcpy(&es_re, es[0], sizeof(es_re));
        memcpy(&es_im, es[1], sizeof(es_im));
        float sure = 0.5f * SURE * r->known[bit + PAD];
        for (int x = 0; x < PATHS; x++) {
            vec8 re = (y[0] - ew[0][x]) - es_re, im = (y[1] - ew[1][x]) - es_im;
            r->metric[row - ROW_FIRST][x] = (re * re + im * im) * scale + (x & 1 ? -sure : sure);
        }
    }
}

/* A past's number for each path of the rival that continues it (path / 2) or ends in it. */
static inline vec8 from_past(const float p[PASTS])
{
    return (vec8){p[0], p[0], p[1], p[1], p[2], p[2], p[3], p[3]};
}

static inline vec8 to_past(const float p[PASTS])
{
    return (vec8){p[0], p[1], p[2], p[3], p[0], p[1], p[2], p[3]};
}

static void forward(struct rival *r)
{
    memset(r->alpha[0], 0, sizeof(r->alpha[0]));
    for (int n = 0; n < ROWS; n++) {
        const float(*now)[PASTS] = (const float(*)[PASTS])r->alpha[n];
        const vec8 *m = r->metric[n];
        float(*next)[PASTS] = r->alpha[n + 1];
        for (int t = 0; t < PASTS; t++) {
            vec8 a = from_past(now[t / 2]) + m[t];
            vec8 b = from_past(now[(t + PASTS) / 2]) + m[t + PASTS];
            a = max8(a, b);
            for (int s = 0; s < PASTS; s++)
                next[t][s] = a[s] > a[s + PASTS] ? a[s] : a[s + PASTS];
        }
        float base = next[0][0];
        for (int t = 0; t < PASTS; t++)
            for (int s = 0; s < PASTS; s++)
                next[t][s] -= base;
    }
}

static float max_of(vec8 a, int first, int step)
{
    float best = a[first];
    for (int i = first + step; i < 8; i += step)
        best = a[i] > best ? a[i] : best;
    return best;
}

static void backward(struct rival *r)
{
    float beta[PASTS][PASTS] = {{0.0f}};
    for (int n = ROWS - 1; n >= 0; n--) {
        const vec8 *m = r->metric[n];
        vec8 zero = (vec8){0} - 1e30f, one = zero, back[PASTS];
        for (int p = 0; p < PASTS; p++) { /* pasts of the wanted signal */
            vec8 a = m[2 * p] + to_past(beta[(2 * p) & (PASTS - 1)]);
            vec8 b = m[2 * p + 1] + to_past(beta[(2 * p + 1) & (PASTS - 1)]);
            vec8 alpha = from_past(r->alpha[n][p]);
            zero = max8(zero, alpha + a);
            one = max8(one, alpha + b);
            back[p] = max8(a, b);
        }
        r->llr_w[n] = max_of(zero, 0, 1) - max_of(one, 0, 1);
        zero = max8(zero, one);
        r->llr_s[n] = max_of(zero, 0, 2) - max_of(zero, 1, 2);
        float base = back[0][0];
        for (int p = 0; p < PASTS; p++)
            for (int s = 0; s < PASTS; s++) {
                float x = back[p][2 * s], y = back[p][2 * s + 1];
                beta[p][s] = (x > y ? x : y) - base;
            }
    }
}

/* Soft symbols of both from the channels and the noise. */
static void detect(struct rival *r, enum users users)
{
    float middle[TAPS][2];
    channel_at(r, GSM_BURST_BITS / 2, middle);
    r->s_at = strongest((const float(*)[2])middle);
    r->w_at = users == BOTH ? strongest((const float(*)[2])r->h) : 1;
    fill_metric(r);
    forward(r);
    backward(r);
    for (int row = ROW_FIRST; row < ROW_END; row++) {
        int bit = row - W_LATE - r->w_at;
        r->s[row - r->s_at + PAD] = soft_symbol(r->llr_s[row - ROW_FIRST]);
        if (users == BOTH && in_burst(bit) && r->known[bit + PAD] == 0.0f)
            r->w[bit + PAD] = soft_symbol(r->llr_w[row - ROW_FIRST]);
    }
}

static void load(struct rival *r, const struct burst_in *in)
{
    const int8_t *known = training_known(in->kind, in->tsc);
    memset(r->w, 0, sizeof(r->w));
    memset(r->s, 0, sizeof(r->s));
    memset(r->known, 0, sizeof(r->known));
    memset(r->h, 0, sizeof(r->h));
    memcpy(r->y, in->y[ROW_FIRST + EQUALIZER_LEAD], sizeof(r->y));
    for (int k = 0; k < GSM_BURST_BITS; k++)
        r->w[k + PAD] = r->known[k + PAD] = (float)known[k];
}

/* The wanted signal's channel by correlation with its training bits: rough, three taps. */
static void correlate_training(const struct rival *r, const struct burst_in *in, float ret[TAPS][2])
{
    int first = training_first(in->kind), count = training_count(in->kind);
    for (int i = 0; i < TAPS; i++)
        for (int c = 0; c < 2; c++) {
            float sum = 0.0f;
            for (int k = first; k < first + count; k++)
                sum += r->known[k + PAD] * r->y[k + W_LATE + i - ROW_FIRST][c];
            ret[i][c] = sum / (float)count;
        }
    int at = strongest((const float(*)[2])ret);
    for (int i = 0; i < TAPS; i++)
        if (i < at || i >= at + IN_TRELLIS)
            ret[i][0] = ret[i][1] = 0.0f;
}

/* Complex square root with a positive real part. */
static void square_root(const float in[2], float ret[2])
{
    float size = sqrtf(in[0] * in[0] + in[1] * in[1]);
    ret[0] = sqrtf(0.5f * (size + in[0] > 0.0f ? size + in[0] : 0.0f));
    ret[1] = sqrtf(0.5f * (size - in[0] > 0.0f ? size - in[0] : 0.0f));
    if (in[1] < 0.0f)
        ret[1] = -ret[1];
}

/* Mean of y^2 around a knot: of real symbols through a channel it is the sum of its squared taps,
 * of noise 0. */
static void mean_square(const struct rival *r, int knot, float ret[2])
{
    float sum[2] = {0.0f, 0.0f}, weight = 0.0f;
    for (int row = ROW_FIRST; row < ROW_END; row++) {
        float a, re = r->y[row - ROW_FIRST][0], im = r->y[row - ROW_FIRST][1];
        int m = knot_before(row, &a);
        a = m == knot ? a : m + 1 == knot ? 1.0f - a : 0.0f;
        sum[0] += a * (re * re - im * im);
        sum[1] += a * 2.0f * re * im;
        weight += a;
    }
    ret[0] = sum[0] / weight;
    ret[1] = sum[1] / weight;
}

/* First guess of the rival's channel: the GMSK pulse at one of two timings, with the phase and
 * strength that the squares tell when those of the wanted signal are taken off. */
static void guess_rival(struct rival *r, const float h[TAPS][2], int timing)
{
    /* on time, and half a symbol later; energy 1 */
    static const float pulse[2][TAPS] = {{0.2891f, 0.9126f, 0.2891f, 0.0092f, 0.0f},
                                         {0.0706f, 0.7036f, 0.7036f, 0.0706f, 0.0007f}};
    float before[2] = {0.0f, 0.0f};
    for (int m = 0; m < KNOTS; m++) {
        float square[2], root[2];
        mean_square(r, m, square);
        for (int i = 0; i < TAPS; i++) {
            square[0] -= h[i][0] * h[i][0] - h[i][1] * h[i][1];
            square[1] -= 2.0f * h[i][0] * h[i][1];
        }
        square_root(square, root);
        /* either sign is right, as long as all knots have the same */
        float sign = root[0] * before[0] + root[1] * before[1] < 0.0f ? -1.0f : 1.0f;
        for (int c = 0; c < 2; c++) {
            before[c] = sign * root[c];
            for (int i = 0; i < TAPS; i++)
                r->g[m][i][c] = before[c] * pulse[timing][i];
        }
    }
}

/* Both signals from one guess of the rival's timing. First the rival alone, the other being noise;
 * then the wanted one's channel from its training bits beside it; then both in turns. */
static void converge(struct rival *r, const struct burst_in *in, int timing)
{
    float h[TAPS][2], g[KNOTS][TAPS][2], power = 0.0f;
    int first = training_first(in->kind), end = first + training_count(in->kind);
    load(r, in);
    for (int i = 0; i < ROWS; i++)
        power += r->y[i][0] * r->y[i][0] + r->y[i][1] * r->y[i][1];
    correlate_training(r, in, h);
    guess_rival(r, (const float(*)[2])h, timing);
    r->noise = energy_of((const float(*)[2])h, 0, TAPS) + 0.05f * power / (float)ROWS + 1e-30f;
    detect(r, RIVAL_ONLY);
    fit(r, RIVAL_ONLY, ROW_FIRST, ROW_END, 1.0f);
    r->noise = unexplained(r, ROW_FIRST, ROW_END, 0.0f);
    detect(r, RIVAL_ONLY);
    memcpy(g, r->g, sizeof(g));
    fit(r, BOTH, first + 2, end, 1.0f);
    memcpy(r->g, g, sizeof(g));
    r->noise = 1.5f * unexplained(r, first + 3, end, 0.0f);
    for (int i = 0; i < ROUNDS; i++) {
        detect(r, BOTH);
        fit(r, BOTH, FIT_FIRST, FIT_END, 0.3f);
        r->noise = unexplained(r, FIT_FIRST, FIT_END, (float)UNKNOWNS);
    }
    r->energy = energy_of((const float(*)[2])r->h, 0, TAPS);
}

/* Residual frequency and phase error of the wanted signal where the rival is taken out. */
static void measure_phase(const struct rival *r, struct burst_soft *ret)
{
    float half[2][2] = {{0.0f, 0.0f}, {0.0f, 0.0f}}, across = 0.0f, along = 0.0f;
    const float distance = (float)(GSM_BURST_BITS / 2);
    for (int row = FIT_FIRST; row < FIT_END; row++) {
        float w[2], s[2], *z = half[row >= GSM_BURST_BITS / 2];
        model_at(r, row, w, s);
        float re = r->y[row - ROW_FIRST][0] - s[0], im = r->y[row - ROW_FIRST][1] - s[1];
        float in_phase = re * w[0] + im * w[1], aside = im * w[0] - re * w[1];
        z[0] += in_phase;
        z[1] += aside;
        along += in_phase * in_phase;
        across += aside * aside;
    }
    float re = half[1][0] * half[0][0] + half[1][1] * half[0][1];
    float im = half[1][1] * half[0][0] - half[1][0] * half[0][1];
    ret->ramp_sym = (float)det_phase((double)im, (double)re) / distance;
    ret->ramp_var = 1.0f / (distance * distance * distance * (ret->es_n0 + 1e-3f) * TURN2);
    ret->phase_err_rad = along > 0.0f ? sqrtf(across / along) : 0.0f;
}

static void take_result(const struct rival *r, struct burst_soft *ret)
{
    memset(ret, 0, sizeof(*ret));
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float v = r->llr_w[k + W_LATE + r->w_at - ROW_FIRST] * LLR_SCALE;
        v = v > 127.0f ? 127.0f : v < -127.0f ? -127.0f : v;
        ret->soft[k] = (int8_t)(v < 0.0f ? v - 0.5f : v + 0.5f);
    }
    memcpy(ret->tap[W_LATE - CHANNEL_FIRST], r->h, sizeof(r->h));
    ret->corr[0][0] = r->noise;
    ret->energy = ret->es = r->energy;
    ret->noise = ret->n0 = r->noise;
    ret->es_n0 = (float)burst_es_n0((double)r->energy, (double)r->noise);
    measure_phase(r, ret);
}

void rival_run(struct rival *r, const struct burst_in *in, struct burst_soft *ret)
{
    struct burst_soft other;
    converge(r, in, 0);
    detect(r, BOTH);
    take_result(r, ret);
    if (ret->es_n0 >= GOOD_ES_N0)
        return;
    converge(r, in, 1);
    detect(r, BOTH);
    take_result(r, &other);
    if (other.es_n0 > ret->es_n0)
        *ret = other;
}

float rival_share(const struct burst_in *in, const struct burst_soft *b)
{
    float power = 0.0f, share = 0.0f;
    for (int half = 0; half < 2; half++) {
        float re = 0.0f, im = 0.0f;
        int from = half ? GSM_BURST_BITS / 2 : 8;
        int to = half ? GSM_BURST_BITS - 8 : GSM_BURST_BITS / 2;
        for (int k = from; k < to; k++) {
            float x = in->y[k + EQUALIZER_LEAD][0], y = in->y[k + EQUALIZER_LEAD][1];
            for (int i = 0; i < CHANNEL_TAPS - 4; i++) {
                float a = soft_symbol((float)b->soft[k - i - CHANNEL_FIRST] / LLR_SCALE);
                x -= a * b->tap[i][0];
                y -= a * b->tap[i][1];
            }
            re += x * x - y * y;
            im += 2.0f * x * y;
            power += x * x + y * y;
        }
        share += sqrtf(re * re + im * im);
    }
    return power > 0.0f ? share / power : 0.0f;
}

bool rival_likely(const struct burst_in *in, const struct burst_soft *b)
{
    return b->es_n0 < RIVAL_ES_N0_MAX && rival_share(in, b) > SHARE_MIN;
}
