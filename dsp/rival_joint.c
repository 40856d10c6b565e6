/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rival_joint.h"

#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

/* Unknowns that a row between two knots has to do with; room for whole vectors. */
#define STRETCH     (3 * RIVAL_TAPS)
#define STRETCH_CAP 16
/* Bits of the guard period that may still be on the air. */
#define GUARD_BITS 3
/* Noise 40 dB below the burst is less than the receiver's own; keeps the metrics within float. */
#define NOISE_LEAST 1e-4f
/* log P(0) - log P(1) of a bit that is known */
#define SURE 1e5f

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

float rival_soft_symbol(float llr)
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

int rival_knot(int row, float *ret_weight)
{
    float x = (float)(row - RIVAL_ROW_FIRST) * ((float)(RIVAL_KNOTS - 1) / (float)(RIVAL_ROWS - 1));
    int m = x >= (float)(RIVAL_KNOTS - 1) ? RIVAL_KNOTS - 2 : (int)x;
    *ret_weight = 1.0f - (x - (float)m);
    return m;
}

/* The rival's channel at a row. */
static void channel_at(const struct rival *r, int row, float ret[RIVAL_TAPS][2])
{
    float a;
    int m = rival_knot(row, &a);
    for (int i = 0; i < RIVAL_TAPS; i++)
        for (int c = 0; c < 2; c++)
            ret[i][c] = a * r->g[m][i][c] + (1.0f - a) * r->g[m + 1][i][c];
}

float rival_energy(const float (*h)[2], int first, int n)
{
    float sum = 0.0f;
    for (int i = first; i < first + n; i++)
        sum += h[i][0] * h[i][0] + h[i][1] * h[i][1];
    return sum;
}

int rival_strongest(const float (*h)[2])
{
    int best = 0;
    for (int i = 1; i + RIVAL_IN_TRELLIS <= RIVAL_TAPS; i++)
        if (rival_energy(h, i, RIVAL_IN_TRELLIS) > rival_energy(h, best, RIVAL_IN_TRELLIS))
            best = i;
    return best;
}

void rival_model(const struct rival *r, int row, float ret_w[2], float ret_s[2])
{
    float g[RIVAL_TAPS][2];
    channel_at(r, row, g);
    ret_w[0] = ret_w[1] = ret_s[0] = ret_s[1] = 0.0f;
    for (int i = 0; i < RIVAL_TAPS; i++) {
        int bit = row - RIVAL_W_LATE - i;
        float w = in_burst(bit) ? r->w[bit + RIVAL_PAD] : 0.0f, s = r->s[row - i + RIVAL_PAD];
        for (int c = 0; c < 2; c++) {
            ret_w[c] += w * r->h[i][c];
            ret_s[c] += s * g[i][c];
        }
    }
}

/* What the unknowns of one stretch are multiplied with in a row: rival at the knot before, at the
 * knot behind, wanted signal. ret_own: what the square of each would be without any doubt. */
static void row_weights(const struct rival *r, enum rival_users users, int row,
                        float ret[STRETCH_CAP], float ret_own[STRETCH_CAP])
{
    float a;
    (void)rival_knot(row, &a);
    float b = 1.0f - a;
    for (int i = 0; i < RIVAL_TAPS; i++) {
        float s = r->s[row - i + RIVAL_PAD];
        int bit = row - RIVAL_W_LATE - i;
        bool wanted = users == RIVAL_BOTH && in_burst(bit);
        ret[i] = a * s;
        ret[RIVAL_TAPS + i] = b * s;
        ret[2 * RIVAL_TAPS + i] = wanted ? r->w[bit + RIVAL_PAD] : 0.0f;
        ret_own[i] = a * a;
        ret_own[RIVAL_TAPS + i] = b * b;
        ret_own[2 * RIVAL_TAPS + i] = wanted ? 1.0f : 0.0f;
    }
}

/* Which unknown that is. */
static int unknown_of(int knot, int i)
{
    return i < 2 * RIVAL_TAPS ? RIVAL_TAPS + knot * RIVAL_TAPS + i : i - 2 * RIVAL_TAPS;
}

/* Adds the rows between two knots to the normal equations. The square of a symbol is 1, whatever
 * the doubt, also where it is a product of the two knots' shares. */
static void add_stretch(struct rival *r, enum rival_users users, int knot, int from, int to)
{
    float sum[STRETCH][STRETCH_CAP] = {{0.0f}}, side[STRETCH_CAP][2] = {{0.0f}};
    for (int row = from; row < to; row++) {
        float v[STRETCH_CAP] = {0.0f}, own[STRETCH_CAP] = {0.0f};
        row_weights(r, users, row, v, own);
        const float *y = r->y[row - RIVAL_ROW_FIRST];
        for (int i = 0; i < STRETCH; i++) {
            for (int k = 0; k < STRETCH_CAP; k++)
                sum[i][k] += v[i] * v[k];
            sum[i][i] += own[i] - v[i] * v[i];
            side[i][0] += v[i] * y[0];
            side[i][1] += v[i] * y[1];
        }
        for (int i = 0; i < RIVAL_TAPS; i++) {
            float s2 = r->s[row - i + RIVAL_PAD] * r->s[row - i + RIVAL_PAD];
            sum[RIVAL_TAPS + i][i] += (1.0f - s2) * sqrtf(own[i] * own[RIVAL_TAPS + i]);
        }
    }
    for (int i = 0; i < STRETCH; i++) {
        int at = unknown_of(knot, i);
        r->side[at][0] += side[i][0];
        r->side[at][1] += side[i][1];
        for (int k = 0; k < STRETCH; k++)
            if (unknown_of(knot, k) < at)
                r->gram[at][unknown_of(knot, k)] += k < i ? sum[i][k] : sum[k][i];
        r->gram[at][at] += sum[i][i];
    }
}

/* side = gram^-1 side by Cholesky, in place; the lower triangle counts. */
static void solve(struct rival *r)
{
    float(*c)[RIVAL_UNKNOWNS] = r->gram;
    for (int i = 0; i < RIVAL_UNKNOWNS; i++) {
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
    for (int i = RIVAL_UNKNOWNS - 1; i >= 0; i--)
        for (int part = 0; part < 2; part++) {
            float sum = r->side[i][part];
            for (int m = i + 1; m < RIVAL_UNKNOWNS; m++)
                sum -= c[m][i] * r->side[m][part];
            r->side[i][part] = sum * c[i][i];
        }
}

void rival_fit(struct rival *r, enum rival_users users, int from, int to, float ridge)
{
    memset(r->gram, 0, sizeof(r->gram));
    memset(r->side, 0, sizeof(r->side));
    for (int i = 0; i < RIVAL_UNKNOWNS; i++)
        r->gram[i][i] = ridge;
    for (int knot = 0, row = from; row < to; knot++) {
        float weight;
        int first = row;
        while (row < to && rival_knot(row, &weight) <= knot)
            row++;
        add_stretch(r, users, knot, first, row);
    }
    solve(r);
    if (users == RIVAL_BOTH)
        memcpy(r->h, r->side, sizeof(r->h));
    memcpy(r->g, r->side + RIVAL_TAPS, sizeof(r->g));
}

float rival_unexplained(const struct rival *r, int from, int to, float unknowns)
{
    float sum = 0.0f;
    for (int row = from; row < to; row++) {
        float w[2], s[2], g[RIVAL_TAPS][2];
        const float *y = r->y[row - RIVAL_ROW_FIRST];
        rival_model(r, row, w, s);
        channel_at(r, row, g);
        for (int c = 0; c < 2; c++)
            sum += (y[c] - w[c] - s[c]) * (y[c] - w[c] - s[c]);
        for (int i = 0; i < RIVAL_TAPS; i++) {
            int bit = row - RIVAL_W_LATE - i;
            float a = in_burst(bit) ? r->w[bit + RIVAL_PAD] : 1.0f, b = r->s[row - i + RIVAL_PAD];
            sum += (1.0f - a * a) * (r->h[i][0] * r->h[i][0] + r->h[i][1] * r->h[i][1]);
            sum += (1.0f - b * b) * (g[i][0] * g[i][0] + g[i][1] * g[i][1]);
        }
    }
    return sum / ((float)(to - from) - unknowns) + NOISE_LEAST;
}

/* The trellis' part of a channel for each path: newest bit in bit 0, a 1 is -1. */
static void expect(const float (*h)[2], const float use[RIVAL_IN_TRELLIS], vec8 ret[2])
{
    static const vec8 sign[RIVAL_IN_TRELLIS] = {
        {1, -1, 1, -1, 1, -1, 1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}, {1, 1, 1, 1, -1, -1, -1, -1}};
    for (int c = 0; c < 2; c++)
        ret[c] = sign[0] * (use[0] * h[0][c]) + sign[1] * (use[1] * h[1][c]) +
                 sign[2] * (use[2] * h[2][c]);
}

/* The received symbol without the taps that the trellis does not hold. */
static void outside_taken_out(const struct rival *r, int row, const float g[RIVAL_TAPS][2],
                              float ret[2])
{
    for (int c = 0; c < 2; c++) {
        ret[c] = r->y[row - RIVAL_ROW_FIRST][c];
        for (int i = 0; i < RIVAL_TAPS; i++) {
            int bit = row - RIVAL_W_LATE - i;
            if ((i < r->w_at || i >= r->w_at + RIVAL_IN_TRELLIS) && in_burst(bit))
                ret[c] -= r->w[bit + RIVAL_PAD] * r->h[i][c];
            if (i < r->s_at || i >= r->s_at + RIVAL_IN_TRELLIS)
                ret[c] -= r->s[row - i + RIVAL_PAD] * g[i][c];
        }
    }
}

/* log-likelihood of each pair of paths at each row. */
static void fill_metric(struct rival *r)
{
    float scale = -1.0f / r->noise;
    for (int row = RIVAL_ROW_FIRST; row < RIVAL_ROW_END; row++) {
        float g[RIVAL_TAPS][2], y[2], use[RIVAL_IN_TRELLIS];
        vec8 ew[2], es[2];
        const float all[RIVAL_IN_TRELLIS] = {1.0f, 1.0f, 1.0f};
        int bit = row - RIVAL_W_LATE - r->w_at; /* the newest */
        channel_at(r, row, g);
        outside_taken_out(r, row, (const float(*)[2])g, y);
        for (int i = 0; i < RIVAL_IN_TRELLIS; i++)
            use[i] = bit - i >= 0 && bit - i < GSM_BURST_BITS + GUARD_BITS ? 1.0f : 0.0f;
        expect((const float(*)[2])r->h + r->w_at, use, ew);
        expect((const float(*)[2])g + r->s_at, all, es);
        float sure = 0.5f * SURE * r->known[bit + RIVAL_PAD];
        for (int x = 0; x < RIVAL_PATHS; x++) {
            vec8 re = (y[0] - ew[0][x]) - es[0], im = (y[1] - ew[1][x]) - es[1];
            r->metric[row - RIVAL_ROW_FIRST][x] =
                (re * re + im * im) * scale + (x & 1 ? -sure : sure);
        }
    }
}

/* A past's number for each path of the rival that continues it (path / 2) or ends in it. */
static inline vec8 from_past(const float p[RIVAL_PASTS])
{
    return (vec8){p[0], p[0], p[1], p[1], p[2], p[2], p[3], p[3]};
}

static inline vec8 to_past(const float p[RIVAL_PASTS])
{
    return (vec8){p[0], p[1], p[2], p[3], p[0], p[1], p[2], p[3]};
}

static void forward(struct rival *r)
{
    memset(r->alpha[0], 0, sizeof(r->alpha[0]));
    for (int n = 0; n < RIVAL_ROWS; n++) {
        const float(*now)[RIVAL_PASTS] = (const float(*)[RIVAL_PASTS])r->alpha[n];
        const vec8 *m = r->metric[n];
        float(*next)[RIVAL_PASTS] = r->alpha[n + 1];
        for (int t = 0; t < RIVAL_PASTS; t++) {
            vec8 a = from_past(now[t / 2]) + m[t];
            vec8 b = from_past(now[(t + RIVAL_PASTS) / 2]) + m[t + RIVAL_PASTS];
            a = max8(a, b);
            for (int s = 0; s < RIVAL_PASTS; s++)
                next[t][s] = a[s] > a[s + RIVAL_PASTS] ? a[s] : a[s + RIVAL_PASTS];
        }
        float base = next[0][0];
        for (int t = 0; t < RIVAL_PASTS; t++)
            for (int s = 0; s < RIVAL_PASTS; s++)
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
    float beta[RIVAL_PASTS][RIVAL_PASTS] = {{0.0f}};
    for (int n = RIVAL_ROWS - 1; n >= 0; n--) {
        const vec8 *m = r->metric[n];
        vec8 zero = (vec8){0} - 1e30f, one = zero, back[RIVAL_PASTS];
        for (int p = 0; p < RIVAL_PASTS; p++) { /* pasts of the wanted signal */
            vec8 a = m[2 * p] + to_past(beta[(2 * p) & (RIVAL_PASTS - 1)]);
            vec8 b = m[2 * p + 1] + to_past(beta[(2 * p + 1) & (RIVAL_PASTS - 1)]);
            vec8 alpha = from_past(r->alpha[n][p]);
            zero = max8(zero, alpha + a);
            one = max8(one, alpha + b);
            back[p] = max8(a, b);
        }
        r->llr_w[n] = max_of(zero, 0, 1) - max_of(one, 0, 1);
        zero = max8(zero, one);
        r->llr_s[n] = max_of(zero, 0, 2) - max_of(zero, 1, 2);
        float base = back[0][0];
        for (int p = 0; p < RIVAL_PASTS; p++)
            for (int s = 0; s < RIVAL_PASTS; s++) {
                float x = back[p][2 * s], y = back[p][2 * s + 1];
                beta[p][s] = (x > y ? x : y) - base;
            }
    }
}

void rival_detect(struct rival *r, enum rival_users users)
{
    float middle[RIVAL_TAPS][2];
    channel_at(r, GSM_BURST_BITS / 2, middle);
    r->s_at = rival_strongest((const float(*)[2])middle);
    r->w_at = users == RIVAL_BOTH ? rival_strongest((const float(*)[2])r->h) : 1;
    fill_metric(r);
    forward(r);
    backward(r);
    for (int row = RIVAL_ROW_FIRST; row < RIVAL_ROW_END; row++) {
        int bit = row - RIVAL_W_LATE - r->w_at;
        r->s[row - r->s_at + RIVAL_PAD] = rival_soft_symbol(r->llr_s[row - RIVAL_ROW_FIRST]);
        if (users == RIVAL_BOTH && in_burst(bit) && r->known[bit + RIVAL_PAD] == 0.0f)
            r->w[bit + RIVAL_PAD] = rival_soft_symbol(r->llr_w[row - RIVAL_ROW_FIRST]);
    }
}
