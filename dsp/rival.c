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
/* Those of them that a row between two knots has to do with; room for whole vectors. */
#define STRETCH     (3 * TAPS)
#define STRETCH_CAP 16
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
/* The second way to begin is not needed where the first one gave this. */
#define GOOD_ES_N0 RIVAL_ES_N0_MAX
/* log P(0) - log P(1) of a bit that is known */
#define SURE 1e5f
/* |LLR| 20 is sure, as in the equaliser. */
#define LLR_SCALE (127.0f / 20.0f)
#define TURN2     39.478f
/* In plain noise 1 to 4 bursts in 1000 have that much of one phase (measured at -4 to 5 dB). */
#define SHARE_MIN 0.45f
/* A rival that is there takes 1.8 dB and more with it, one that is none never 1.3 (measured, -3 to
 * 4 dB). Es/N0 says less: beside a rival of the same phase, wrong decisions look convincing. */
#define NOISE_GAIN 1.4f
#define ES_N0_KEPT 0.5f
/* Taps that are taken out to see what is left: delays -3 .. 4, whose symbols all lie in the burst
 * for rows this far from its ends. */
#define SHARE_TAPS 8
#define SHARE_EDGE 8
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

enum users { RIVAL_ONLY = 0, BOTH };

/* What the unknowns of one stretch are multiplied with in a row: rival at the knot before, at the
 * knot behind, wanted signal. ret_own: what the square of each would be without any doubt. */
static void row_weights(const struct rival *r, enum users users, int row, float ret[STRETCH_CAP],
                        float ret_own[STRETCH_CAP])
{
    float a;
    (void)knot_before(row, &a);
    float b = 1.0f - a;
    for (int i = 0; i < TAPS; i++) {
        float s = r->s[row - i + PAD];
        int bit = row - W_LATE - i;
        bool wanted = users == BOTH && in_burst(bit);
        ret[i] = a * s;
        ret[TAPS + i] = b * s;
        ret[2 * TAPS + i] = wanted ? r->w[bit + PAD] : 0.0f;
        ret_own[i] = a * a;
        ret_own[TAPS + i] = b * b;
        ret_own[2 * TAPS + i] = wanted ? 1.0f : 0.0f;
    }
}

/* Which unknown that is. */
static int unknown_of(int knot, int i)
{
    return i < 2 * TAPS ? TAPS + knot * TAPS + i : i - 2 * TAPS;
}

/* Adds the rows between two knots to the normal equations. The square of a symbol is 1, whatever
 * the doubt, also where it is a product of the two knots' shares. */
static void add_stretch(struct rival *r, enum users users, int knot, int from, int to)
{
    float sum[STRETCH][STRETCH_CAP] = {{0.0f}}, side[STRETCH_CAP][2] = {{0.0f}};
    for (int row = from; row < to; row++) {
        float v[STRETCH_CAP] = {0.0f}, own[STRETCH_CAP] = {0.0f};
        row_weights(r, users, row, v, own);
        const float *y = r->y[row - ROW_FIRST];
        for (int i = 0; i < STRETCH; i++) {
            for (int k = 0; k < STRETCH_CAP; k++)
                sum[i][k] += v[i] * v[k];
            sum[i][i] += own[i] - v[i] * v[i];
            side[i][0] += v[i] * y[0];
            side[i][1] += v[i] * y[1];
        }
        for (int i = 0; i < TAPS; i++) {
            float s2 = r->s[row - i + PAD] * r->s[row - i + PAD];
            sum[TAPS + i][i] += (1.0f - s2) * sqrtf(own[i] * own[TAPS + i]);
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

/* Channels by least squares from the soft symbols of rows from..to-1; a little ridge keeps those
 * unknowns quiet that the rows do not touch. */
static void fit(struct rival *r, enum users users, int from, int to, float ridge)
{
    memset(r->gram, 0, sizeof(r->gram));
    memset(r->side, 0, sizeof(r->side));
    for (int i = 0; i < UNKNOWNS; i++)
        r->gram[i][i] = ridge;
    for (int knot = 0, row = from; row < to; knot++) {
        float weight;
        int first = row;
        while (row < to && knot_before(row, &weight) <= knot)
            row++;
        add_stretch(r, users, knot, first, row);
    }
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
static void expect(const float (*h)[2], const float use[IN_TRELLIS], vec8 ret[2])
{
    static const vec8 sign[IN_TRELLIS] = {
        {1, -1, 1, -1, 1, -1, 1, -1}, {1, 1, -1, -1, 1, 1, -1, -1}, {1, 1, 1, 1, -1, -1, -1, -1}};
    for (int c = 0; c < 2; c++)
        ret[c] = sign[0] * (use[0] * h[0][c]) + sign[1] * (use[1] * h[1][c]) +
                 sign[2] * (use[2] * h[2][c]);
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
        float g[TAPS][2], y[2], use[IN_TRELLIS];
        vec8 ew[2], es[2];
        const float all[IN_TRELLIS] = {1.0f, 1.0f, 1.0f};
        int bit = row - W_LATE - r->w_at; /* the newest */
        channel_at(r, row, g);
        outside_taken_out(r, row, (const float(*)[2])g, y);
        for (int i = 0; i < IN_TRELLIS; i++)
            use[i] = bit - i >= 0 && bit - i < GSM_BURST_BITS + GUARD_BITS ? 1.0f : 0.0f;
        expect((const float(*)[2])r->h + r->w_at, use, ew);
        expect((const float(*)[2])g + r->s_at, all, es);
        float sure = 0.5f * SURE * r->known[bit + PAD];
        for (int x = 0; x < PATHS; x++) {
            vec8 re = (y[0] - ew[0][x]) - es[0], im = (y[1] - ew[1][x]) - es[1];
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

/* What two squares, or neighbours multiplied, are on average near a knot: of real symbols through a
 * channel it is the sum of g[i]^2, of g[i] g[i - 1]; of noise and of neighbours it is 0. */
struct squares {
    float same[2], next[2];
};

static void multiply(const float a[2], const float b[2], float scale, float ret[2])
{
    ret[0] += scale * (a[0] * b[0] - a[1] * b[1]);
    ret[1] += scale * (a[0] * b[1] + a[1] * b[0]);
}

static struct squares squares_of(const struct rival *r, int knot)
{
    struct squares ret = {{0.0f, 0.0f}, {0.0f, 0.0f}};
    float weight = 1e-30f;
    for (int i = 1; i < ROWS; i++) {
        float a;
        int m = knot_before(i + ROW_FIRST, &a);
        a = m == knot ? a : m + 1 == knot ? 1.0f - a : 0.0f;
        multiply(r->y[i], r->y[i], a, ret.same);
        multiply(r->y[i], r->y[i - 1], a, ret.next);
        weight += a;
    }
    for (int c = 0; c < 2; c++) {
        ret.same[c] /= weight;
        ret.next[c] /= weight;
    }
    return ret;
}

/* Takes out what the wanted signal has of it. */
static void squares_without(struct squares *q, const float h[TAPS][2])
{
    for (int i = 0; i < TAPS; i++) {
        multiply(h[i], h[i], -1.0f, q->same);
        if (i > 0)
            multiply(h[i], h[i - 1], -1.0f, q->next);
    }
}

/* Complex square root, on the same side as `near`. */
static void square_root(const float in[2], const float near[2], float ret[2])
{
    float size = sqrtf(in[0] * in[0] + in[1] * in[1]);
    ret[0] = sqrtf(0.5f * (size + in[0] > 0.0f ? size + in[0] : 0.0f));
    ret[1] = sqrtf(0.5f * (size - in[0] > 0.0f ? size - in[0] : 0.0f));
    if (in[1] < 0.0f)
        ret[1] = -ret[1];
    if (ret[0] * near[0] + ret[1] * near[1] < 0.0f) {
        ret[0] = -ret[0];
        ret[1] = -ret[1];
    }
}

/* The rival's channel at each knot: its pulse at a timing (quarters of a symbol), turned. */
static void put_pulse(struct rival *r, int quarter, float size, const float turn[KNOTS][2])
{
    static const float pulse[4][TAPS] = {{0.2891f, 0.9125f, 0.2891f, 0.0092f, 0.0000f},
                                         {0.1535f, 0.8608f, 0.4845f, 0.0274f, 0.0002f},
                                         {0.0706f, 0.7036f, 0.7036f, 0.0706f, 0.0007f},
                                         {0.0274f, 0.4845f, 0.8608f, 0.1535f, 0.0027f}};
    for (int m = 0; m < KNOTS; m++)
        for (int i = 0; i < TAPS; i++) {
            float v = size * pulse[quarter][i];
            /* times (-j)^i */
            float re = i & 1 ? turn[m][1] : turn[m][0], im = i & 1 ? -turn[m][0] : turn[m][1];
            r->g[m][i][0] = i & 2 ? -v * re : v * re;
            r->g[m][i][1] = i & 2 ? -v * im : v * im;
        }
}

/* First guess of the rival's channel. A GMSK pulse c(t) sampled at i - 1 - late, derotated, is
 * phase (-j)^i c: then -same is phase^2 A cos(pi late) and -j next is phase^2 B sin(pi late). Both
 * tell the phase, modulo a quarter turn that goes with a whole symbol, and together the timing. */
static void guess_rival(struct rival *r, const float h[TAPS][2])
{
    const float a_full = 0.666f, b_full = 0.396f;
    float side[2] = {1.0f, 0.0f}, near[2] = {1.0f, 0.0f}, turn[KNOTS][2], a = 0.0f, b = 0.0f;
    float axis[KNOTS][2];
    for (int m = 0; m < KNOTS; m++) {
        struct squares q = squares_of(r, m);
        squares_without(&q, h);
        float u[2] = {-q.same[0] / a_full, -q.same[1] / a_full};
        float v[2] = {q.next[1] / b_full, -q.next[0] / b_full}, sum[2] = {0.0f, 0.0f};
        multiply(u, u, 1.0f, sum);
        multiply(v, v, 0.35f, sum); /* b is the less certain by its square */
        square_root(sum, side, axis[m]);
        float size = sqrtf(axis[m][0] * axis[m][0] + axis[m][1] * axis[m][1]) + 1e-30f;
        for (int c = 0; c < 2; c++)
            side[c] = axis[m][c] /= size;
        a += u[0] * axis[m][0] + u[1] * axis[m][1];
        b += v[0] * axis[m][0] + v[1] * axis[m][1];
    }
    /* half turns are whole symbols */
    int quarter = (int)floor(8.0 * det_phase((double)b, (double)a) + 0.5);
    bool behind = quarter < 0 || quarter == 4;
    quarter = (quarter + 8) % 4;
    for (int m = 0; m < KNOTS; m++) {
        if (behind) {
            axis[m][0] = -axis[m][0];
            axis[m][1] = -axis[m][1];
        }
        square_root(axis[m], near, turn[m]);
        memcpy(near, turn[m], sizeof(near));
    }
    put_pulse(r, quarter, sqrtf(sqrtf(a * a + b * b) / (float)KNOTS), (const float(*)[2])turn);
}

/* What to begin with: both channels as guessed; or first the rival alone, the other being noise,
 * and then the wanted signal's channel from its training bits beside it. The first is better for
 * equals, the second where the rival is much stronger (measured). */
enum start { START_BOTH = 0, START_RIVAL };

static void begin(struct rival *r, const struct burst_in *in, enum start start)
{
    float h[TAPS][2], g[KNOTS][TAPS][2], power = 0.0f;
    int first = training_first(in->kind), end = first + training_count(in->kind);
    load(r, in);
    for (int i = 0; i < ROWS; i++)
        power += (r->y[i][0] * r->y[i][0] + r->y[i][1] * r->y[i][1]) / (float)ROWS;
    correlate_training(r, in, h);
    guess_rival(r, (const float(*)[2])h);
    if (start == START_BOTH) {
        memcpy(r->h, h, sizeof(r->h));
        r->noise = 0.1f * power + 1e-30f;
        return;
    }
    r->noise = energy_of((const float(*)[2])h, 0, TAPS) + 0.05f * power + 1e-30f;
    detect(r, RIVAL_ONLY);
    fit(r, RIVAL_ONLY, ROW_FIRST, ROW_END, 1.0f);
    r->noise = unexplained(r, ROW_FIRST, ROW_END, 0.0f);
    detect(r, RIVAL_ONLY);
    memcpy(g, r->g, sizeof(g));
    fit(r, BOTH, first + 2, end, 1.0f);
    memcpy(r->g, g, sizeof(g));
    r->noise = 1.5f * unexplained(r, first + 3, end, 0.0f);
}

/* Both signals in turns: symbols from channels, channels from symbols. */
static void converge(struct rival *r)
{
    for (int i = 0; i < ROUNDS; i++) {
        detect(r, BOTH);
        fit(r, BOTH, FIT_FIRST, FIT_END, 0.3f);
        r->noise = unexplained(r, FIT_FIRST, FIT_END, (float)UNKNOWNS);
    }
    r->energy = energy_of((const float(*)[2])r->h, 0, TAPS);
    detect(r, BOTH);
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
    begin(r, in, START_BOTH);
    converge(r);
    take_result(r, ret);
    if (ret->es_n0 >= GOOD_ES_N0)
        return;
    begin(r, in, START_RIVAL);
    converge(r);
    take_result(r, &other);
    if (other.n0 < ret->n0)
        *ret = other;
}

/* What the taps leave of each symbol. */
static void residual_of(const struct burst_in *in, const struct burst_soft *b,
                        float ret[GSM_BURST_BITS][2])
{
    float sym[GSM_BURST_BITS];
    for (int k = 0; k < GSM_BURST_BITS; k++)
        sym[k] = soft_symbol((float)b->soft[k] / LLR_SCALE);
    for (int k = SHARE_EDGE; k < GSM_BURST_BITS - SHARE_EDGE; k++)
        for (int c = 0; c < 2; c++) {
            ret[k][c] = in->y[k + EQUALIZER_LEAD][c];
            for (int i = 0; i < SHARE_TAPS; i++)
                ret[k][c] -= sym[k - i - CHANNEL_FIRST] * b->tap[i][c];
        }
}

/* The squares and products of neighbours of a rival have fixed phases, see guess_rival. The latter
 * count double: they are the smaller, and of noise their mean has half the power. */
float rival_share(const struct burst_in *in, const struct burst_soft *b)
{
    float left[GSM_BURST_BITS][2], power = 0.0f, share = 0.0f;
    residual_of(in, b, left);
    for (int half = 0; half < 2; half++) {
        float same[2] = {0.0f, 0.0f}, next[2] = {0.0f, 0.0f};
        int from = half ? GSM_BURST_BITS / 2 : SHARE_EDGE + 1;
        int to = half ? GSM_BURST_BITS - SHARE_EDGE : GSM_BURST_BITS / 2;
        for (int k = from; k < to; k++) {
            multiply(left[k], left[k], 1.0f, same);
            multiply(left[k], left[k - 1], 1.0f, next);
            power += left[k][0] * left[k][0] + left[k][1] * left[k][1];
        }
        share += sqrtf(same[0] * same[0] + same[1] * same[1] +
                       2.0f * (next[0] * next[0] + next[1] * next[1]));
    }
    return power > 0.0f ? share / power : 0.0f;
}

bool rival_likely(const struct burst_in *in, const struct burst_soft *b)
{
    return b->es_n0 < RIVAL_ES_N0_MAX && rival_share(in, b) > SHARE_MIN;
}

bool rival_better(const struct burst_soft *alone, const struct burst_soft *before)
{
    return before->noise > NOISE_GAIN * alone->noise && alone->es_n0 > ES_N0_KEPT * before->es_n0;
}
