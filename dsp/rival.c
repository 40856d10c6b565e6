/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/rival.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/rival_joint.h"

/* Rows whose taps all lie in the burst, but for two bits. */
#define FIT_FIRST (RIVAL_ROW_FIRST + 4)
#define FIT_END   (RIVAL_ROW_END - 4)
/* Rounds of detection and estimation. Two more would bring 1.5 dB where the two are equally strong,
 * and cost half as much again (measured). */
#define ROUNDS 3
/* The second way to begin is not needed where the first one gave this. */
#define GOOD_ES_N0  RIVAL_ES_N0_MAX
#define POWER_LEAST 1e-20f
/* |LLR| 20 is sure, as in the equaliser. */
#define LLR_SCALE (127.0f / 20.0f)
/* turns^2 to radians^2 */
#define TURN2 39.478f
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

/* The burst at power 1, so that fourth powers of anything stay within float. */
static void load(struct rival *r, const struct burst_in *in)
{
    const int8_t *known = training_known(in->kind, in->tsc);
    memset(r->w, 0, sizeof(r->w));
    memset(r->s, 0, sizeof(r->s));
    memset(r->known, 0, sizeof(r->known));
    memset(r->h, 0, sizeof(r->h));
    memcpy(r->y, in->y[RIVAL_ROW_FIRST + EQUALIZER_LEAD], sizeof(r->y));
    r->power = 0.0f;
    for (int i = 0; i < RIVAL_ROWS; i++)
        r->power += (r->y[i][0] * r->y[i][0] + r->y[i][1] * r->y[i][1]) / (float)RIVAL_ROWS;
    r->power = r->power > POWER_LEAST ? r->power : POWER_LEAST;
    float scale = 1.0f / sqrtf(r->power);
    for (int i = 0; i < RIVAL_ROWS; i++)
        for (int c = 0; c < 2; c++)
            r->y[i][c] *= scale;
    for (int k = 0; k < GSM_BURST_BITS; k++)
        r->w[k + RIVAL_PAD] = r->known[k + RIVAL_PAD] = (float)known[k];
}

/* The wanted signal's channel by correlation with its training bits: rough, three taps. */
static void correlate_training(const struct rival *r, const struct burst_in *in,
                               float ret[RIVAL_TAPS][2])
{
    int first = training_first(in->kind), count = training_count(in->kind);
    for (int i = 0; i < RIVAL_TAPS; i++)
        for (int c = 0; c < 2; c++) {
            float sum = 0.0f;
            for (int k = first; k < first + count; k++)
                sum += r->known[k + RIVAL_PAD] * r->y[k + RIVAL_W_LATE + i - RIVAL_ROW_FIRST][c];
            ret[i][c] = sum / (float)count;
        }
    int at = rival_strongest((const float(*)[2])ret);
    for (int i = 0; i < RIVAL_TAPS; i++)
        if (i < at || i >= at + RIVAL_IN_TRELLIS)
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
    for (int i = 1; i < RIVAL_ROWS; i++) {
        float a;
        int m = rival_knot(i + RIVAL_ROW_FIRST, &a);
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
static void squares_without(struct squares *q, const float h[RIVAL_TAPS][2])
{
    for (int i = 0; i < RIVAL_TAPS; i++) {
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
static void put_pulse(struct rival *r, int quarter, float size, const float turn[RIVAL_KNOTS][2])
{
    static const float pulse[4][RIVAL_TAPS] = {{0.2891f, 0.9125f, 0.2891f, 0.0092f, 0.0000f},
                                               {0.1535f, 0.8608f, 0.4845f, 0.0274f, 0.0002f},
                                               {0.0706f, 0.7036f, 0.7036f, 0.0706f, 0.0007f},
                                               {0.0274f, 0.4845f, 0.8608f, 0.1535f, 0.0027f}};
    for (int m = 0; m < RIVAL_KNOTS; m++)
        for (int i = 0; i < RIVAL_TAPS; i++) {
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
static void guess_rival(struct rival *r, const float h[RIVAL_TAPS][2])
{
    const float a_full = 0.666f, b_full = 0.396f;
    float side[2] = {1.0f, 0.0f}, near[2] = {1.0f, 0.0f}, turn[RIVAL_KNOTS][2], a = 0.0f, b = 0.0f;
    float axis[RIVAL_KNOTS][2];
    for (int m = 0; m < RIVAL_KNOTS; m++) {
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
    for (int m = 0; m < RIVAL_KNOTS; m++) {
        if (behind) {
            axis[m][0] = -axis[m][0];
            axis[m][1] = -axis[m][1];
        }
        square_root(axis[m], near, turn[m]);
        memcpy(near, turn[m], sizeof(near));
    }
    put_pulse(r, quarter, sqrtf(sqrtf(a * a + b * b) / (float)RIVAL_KNOTS),
              (const float(*)[2])turn);
}

/* What to begin with: both channels as guessed; or first the rival alone, the other being noise,
 * and then the wanted signal's channel from its training bits beside it. The first is better for
 * equals, the second where the rival is much stronger (measured). */
enum start { START_BOTH = 0, START_RIVAL };

static void begin(struct rival *r, const struct burst_in *in, enum start start)
{
    float h[RIVAL_TAPS][2], g[RIVAL_KNOTS][RIVAL_TAPS][2];
    int first = training_first(in->kind), end = first + training_count(in->kind);
    load(r, in);
    correlate_training(r, in, h);
    guess_rival(r, (const float(*)[2])h);
    if (start == START_BOTH) {
        memcpy(r->h, h, sizeof(r->h));
        r->noise = 0.1f;
        return;
    }
    r->noise = rival_energy((const float(*)[2])h, 0, RIVAL_TAPS) + 0.05f;
    rival_detect(r, RIVAL_ONLY);
    rival_fit(r, RIVAL_ONLY, RIVAL_ROW_FIRST, RIVAL_ROW_END, 1.0f);
    r->noise = rival_unexplained(r, RIVAL_ROW_FIRST, RIVAL_ROW_END, 0.0f);
    rival_detect(r, RIVAL_ONLY);
    memcpy(g, r->g, sizeof(g));
    rival_fit(r, RIVAL_BOTH, first + 2, end, 1.0f);
    memcpy(r->g, g, sizeof(g));
    r->noise = 1.5f * rival_unexplained(r, first + 3, end, 0.0f);
}

/* Both signals in turns: symbols from channels, channels from symbols. */
static void converge(struct rival *r)
{
    for (int i = 0; i < ROUNDS; i++) {
        rival_detect(r, RIVAL_BOTH);
        rival_fit(r, RIVAL_BOTH, FIT_FIRST, FIT_END, 0.3f);
        r->noise = rival_unexplained(r, FIT_FIRST, FIT_END, (float)RIVAL_UNKNOWNS);
    }
    r->energy = rival_energy((const float(*)[2])r->h, 0, RIVAL_TAPS);
    rival_detect(r, RIVAL_BOTH);
}

/* Residual frequency and phase error of the wanted signal where the rival is taken out. */
static void measure_phase(const struct rival *r, struct burst_soft *ret)
{
    float half[2][2] = {{0.0f, 0.0f}, {0.0f, 0.0f}}, across = 0.0f, along = 0.0f;
    const float distance = (float)(GSM_BURST_BITS / 2);
    for (int row = FIT_FIRST; row < FIT_END; row++) {
        float w[2], s[2], *z = half[row >= GSM_BURST_BITS / 2];
        rival_model(r, row, w, s);
        float re = r->y[row - RIVAL_ROW_FIRST][0] - s[0],
              im = r->y[row - RIVAL_ROW_FIRST][1] - s[1];
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
        float v = r->llr_w[k + RIVAL_W_LATE + r->w_at - RIVAL_ROW_FIRST] * LLR_SCALE;
        v = v > 127.0f ? 127.0f : v < -127.0f ? -127.0f : v;
        ret->soft[k] = (int8_t)(v < 0.0f ? v - 0.5f : v + 0.5f);
    }
    for (int i = 0; i < RIVAL_TAPS; i++)
        for (int c = 0; c < 2; c++)
            ret->tap[i + RIVAL_W_LATE - CHANNEL_FIRST][c] = r->h[i][c] * sqrtf(r->power);
    ret->energy = ret->es = r->energy * r->power;
    ret->noise = ret->n0 = ret->corr[0][0] = r->noise * r->power;
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

/* What the taps leave of the symbols within the edges. */
static void residual_of(const struct burst_in *in, const struct burst_soft *b,
                        float ret_re[GSM_BURST_BITS], float ret_im[GSM_BURST_BITS])
{
    float sym[GSM_BURST_BITS];
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        sym[k] = rival_soft_symbol((float)b->soft[k] / LLR_SCALE);
        ret_re[k] = in->y[k + EQUALIZER_LEAD][0];
        ret_im[k] = in->y[k + EQUALIZER_LEAD][1];
    }
    for (int i = 0; i < SHARE_TAPS; i++)
        for (int k = SHARE_EDGE; k < GSM_BURST_BITS - SHARE_EDGE; k++) {
            ret_re[k] -= sym[k - i - CHANNEL_FIRST] * b->tap[i][0];
            ret_im[k] -= sym[k - i - CHANNEL_FIRST] * b->tap[i][1];
        }
}

/* The squares and products of neighbours of a rival have fixed phases, see guess_rival. The latter
 * count double: they are the smaller, and of noise their mean has half the power. */
float rival_share(const struct burst_in *in, const struct burst_soft *b)
{
    float x[GSM_BURST_BITS], y[GSM_BURST_BITS], power = 0.0f, share = 0.0f;
    residual_of(in, b, x, y);
    for (int half = 0; half < 2; half++) {
        float same[2] = {0.0f, 0.0f}, next[2] = {0.0f, 0.0f};
        int from = half ? GSM_BURST_BITS / 2 : SHARE_EDGE + 1;
        int to = half ? GSM_BURST_BITS - SHARE_EDGE : GSM_BURST_BITS / 2;
        for (int k = from; k < to; k++) {
            same[0] += x[k] * x[k] - y[k] * y[k];
            same[1] += 2.0f * x[k] * y[k];
            next[0] += x[k] * x[k - 1] - y[k] * y[k - 1];
            next[1] += x[k] * y[k - 1] + y[k] * x[k - 1];
            power += x[k] * x[k] + y[k] * y[k];
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
