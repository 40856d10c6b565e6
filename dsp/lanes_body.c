/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of dsp/lanes.h, compiled once per instruction set: the build defines LANES_TABLE
 * (the table's name) and LANES_NAME (its text). */
#include <math.h>
#include <string.h>
#ifdef __SSE2__
#include <immintrin.h>
#endif

#include "core/detmath.h"
#include "dsp/lanes.h"

/* Weight of the transmitter's long-term noise against one training sequence, in symbols. */
#define NOISE_PRIOR_SYM 20.0f
/* Es/N0 beyond this is the receiver's own distortion; it also keeps the metrics within float. */
#define ES_N0_MAX 1000.0f
/* Rows of the second pass whose taps all lie inside the burst. */
#define ROW_FIRST 8
#define ROW_END   140
/* log P(0) - log P(1) of a bit that is known */
#define SURE 1e5f

#define AT(k) ((k) + LANES_LEAD)

/* a > b ? a : b lane by lane; the instructions do just that. */
static inline lane_row max2(lane_row a, lane_row b)
{
#if defined(__AVX__)
    return (lane_row)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    union {
        lane_row row;
        __m128 half[2];
    } x = {.row = a}, y = {.row = b};
    x.half[0] = _mm_max_ps(x.half[0], y.half[0]);
    x.half[1] = _mm_max_ps(x.half[1], y.half[1]);
    return x.row;
#else
    for (int j = 0; j < LANES; j++)
        a[j] = a[j] > b[j] ? a[j] : b[j];
    return a;
#endif
}

static inline lane_row all(float x)
{
    return (lane_row){0} + x;
}

/* Rows that the long loops work on at once: so many sums are under way that none waits for its own
 * last addition, and each keeps its order. */
#define ROWS 4

static void whiten(struct lanes *l, const struct whitener *f)
{
    if (f->idle) {
        memcpy(l->y_re, l->raw_re, sizeof(l->y_re));
        memcpy(l->y_im, l->raw_im, sizeof(l->y_im));
        return;
    }
    /* the first rows have fewer samples before them; nothing that is used depends on them */
    memset(l->y_re, 0, WHITEN_ORDER * sizeof(l->y_re[0]));
    memset(l->y_im, 0, WHITEN_ORDER * sizeof(l->y_im[0]));
    for (int i = WHITEN_ORDER; i + ROWS <= LANES_SYMS; i += ROWS) {
        lane_row re[ROWS] = {{0}}, im[ROWS] = {{0}};
        for (int p = 0; p <= WHITEN_ORDER; p++) {
            float wr = f->w[p][0], wi = f->w[p][1];
            for (int r = 0; r < ROWS; r++) {
                lane_row a = l->raw_re[i + r - p], b = l->raw_im[i + r - p];
                re[r] += wr * a - wi * b;
                im[r] += wr * b + wi * a;
            }
        }
        for (int r = 0; r < ROWS; r++) {
            l->y_re[i + r] = re[r];
            l->y_im[i + r] = im[r];
        }
    }
}

static inline lane_row root(lane_row x)
{
#if defined(__AVX__)
    return (lane_row)_mm256_sqrt_ps((__m256)x);
#else
    for (int j = 0; j < LANES; j++)
        x[j] = sqrtf(x[j]);
    return x;
#endif
}

static lane_row inverse_root(lane_row x)
{
    return 1.0f / root(max2(x, all(1e-3f)));
}

/* ret = gram^-1 b for taps lo..hi-1: Cholesky, real matrix, complex right side. */
static void solve(const struct lanes *l, int lo, int hi, lane_row *ret_re, lane_row *ret_im)
{
    lane_row c[CHANNEL_TAPS][CHANNEL_TAPS], inv[CHANNEL_TAPS];
    for (int i = lo; i < hi; i++) {
        lane_row re = l->b_re[i], im = l->b_im[i];
        for (int k = lo; k <= i; k++) {
            lane_row sum = l->gram[i][k];
            for (int m = lo; m < k; m++)
                sum -= c[i][m] * c[k][m];
            if (k < i)
                c[i][k] = sum * inv[k];
            else
                inv[i] = inverse_root(sum);
        }
        for (int m = lo; m < i; m++) {
            re -= c[i][m] * ret_re[m];
            im -= c[i][m] * ret_im[m];
        }
        ret_re[i] = re * inv[i];
        ret_im[i] = im * inv[i];
    }
    for (int i = hi - 1; i >= lo; i--) {
        lane_row re = ret_re[i], im = ret_im[i];
        for (int m = i + 1; m < hi; m++) {
            re -= c[m][i] * ret_re[m];
            im -= c[m][i] * ret_im[m];
        }
        ret_re[i] = re * inv[i];
        ret_im[i] = im * inv[i];
    }
}

/* ret = shrink * ls, taps lo..hi-1. */
static void shrink(const prior_matrix by, int lo, int hi, const lane_row *ls_re,
                   const lane_row *ls_im, lane_row *ret_re, lane_row *ret_im)
{
    for (int i = lo; i < hi; i++) {
        lane_row re = {0}, im = {0};
        for (int k = lo; k < hi; k++) {
            float fr = by[i][k][0], fi = by[i][k][1];
            re += fr * ls_re[k] - fi * ls_im[k];
            im += fr * ls_im[k] + fi * ls_re[k];
        }
        ret_re[i] = re;
        ret_im[i] = im;
    }
}

/* model = taps lo..hi-1 of h applied to s, for symbols first..end-1 and up to three beyond. */
static inline void model(struct lanes *l, const lane_row *s, const lane_row *h_re,
                         const lane_row *h_im, int lo, int hi, int first, int end)
{
    for (int k = first; k < end; k += ROWS) {
        lane_row re[ROWS] = {{0}}, im[ROWS] = {{0}};
        for (int i = lo; i < hi; i++) {
            lane_row hr = h_re[i], hq = h_im[i];
            for (int r = 0; r < ROWS; r++) {
                lane_row a = s[AT(k + r - i - CHANNEL_FIRST)];
                re[r] += a * hr;
                im[r] += a * hq;
            }
        }
        for (int r = 0; r < ROWS; r++) {
            l->model_re[AT(k + r)] = re[r];
            l->model_im[AT(k + r)] = im[r];
        }
    }
}

/* Correlation of what stands in model, symbols first..end-1, lags d and d + 1. */
static inline void correlate_pair(struct lanes *l, int d, int first, int end)
{
    const lane_row *m_re = l->model_re + AT(0), *m_im = l->model_im + AT(0);
    int k = first + d; /* lag d + 1 begins a symbol later */
    lane_row re0 = m_re[k] * m_re[first] + m_im[k] * m_im[first], re1 = {0};
    lane_row im0 = m_im[k] * m_re[first] - m_re[k] * m_im[first], im1 = {0};
    for (k++; k < end; k++) {
        lane_row ar = m_re[k], ai = m_im[k], br = m_re[k - d], bi = m_im[k - d];
        re0 += ar * br + ai * bi;
        im0 += ai * br - ar * bi;
        br = m_re[k - d - 1];
        bi = m_im[k - d - 1];
        re1 += ar * br + ai * bi;
        im1 += ai * br - ar * bi;
    }
    l->corr_re[d] = re0;
    l->corr_im[d] = im0;
    l->corr_re[d + 1] = re1;
    l->corr_im[d + 1] = im1;
}

/* Power of what stands in model, and its correlation at lags up to WHITEN_ORDER. */
static void correlate(struct lanes *l, int first, int end)
{
    for (int d = 0; d <= WHITEN_ORDER; d += 2)
        correlate_pair(l, d, first, end);
}

/* Normal equations of the training rows. */
static void training_equations(struct lanes *l, int lo, int hi)
{
    for (int i = lo; i < hi; i++) {
        lane_row re = {0}, im = {0}, gram[PRIOR_TAPS_MAX] = {{0}};
        for (int k = l->first_row; k < l->end_row; k++) {
            const lane_row *s = &l->training[AT(k - lo - CHANNEL_FIRST)];
            lane_row a = l->rows[AT(k)] * s[lo - i];
            re += a * l->y_re[AT(k)];
            im += a * l->y_im[AT(k)];
            for (int m = 0; m < PRIOR_TAPS_MAX; m++)
                gram[m] += a * s[-m];
        }
        for (int m = lo; m <= i; m++)
            l->gram[i][m] = gram[m - lo];
        l->b_re[i] = re;
        l->b_im[i] = im;
    }
}

/* Noise on the training rows, with the transmitter's long-term noise. */
static void training_noise(struct lanes *l, const struct prior_view *v)
{
    lane_row left = {0};
    for (int k = l->first_row; k < l->end_row; k++) {
        lane_row w = l->rows[AT(k)];
        lane_row re = w * (l->y_re[AT(k)] - l->model_re[AT(k)]);
        lane_row im = w * (l->y_im[AT(k)] - l->model_im[AT(k)]);
        left += re * re + im * im;
        l->model_re[AT(k)] = re;
        l->model_im[AT(k)] = im;
    }
    if (v->fresh)
        correlate(l, l->first_row, l->end_row);
    float weight = v->fresh ? 0.0f : NOISE_PRIOR_SYM;
    float dof = v->fresh ? (float)v->n_taps : 2.0f;
    lane_row n = l->n_rows - dof + weight;
    l->noise = max2((left + weight * v->noise) / n, l->power / ES_N0_MAX + 1e-30f);
}

static void estimate_training(struct lanes *l, const struct prior_view *v)
{
    int lo = v->first_tap, hi = lo + v->n_taps;
    lane_row ls_re[CHANNEL_TAPS], ls_im[CHANNEL_TAPS], sync_re[CHANNEL_TAPS], sync_im[CHANNEL_TAPS];
    training_equations(l, lo, hi);
    solve(l, lo, hi, ls_re, ls_im);
    shrink(v->shrink_sync, lo, hi, ls_re, ls_im, sync_re, sync_im);
    shrink(v->shrink_normal, lo, hi, ls_re, ls_im, l->h_re, l->h_im);
    lane_row sync;
    for (int j = 0; j < LANES; j++)
        sync[j] = l->n_rows[j] > TRAINING_NORMAL_BITS + 2 ? 1.0f : 0.0f;
    for (int i = lo; i < hi; i++) {
        l->h_re[i] = sync * sync_re[i] + (1.0f - sync) * l->h_re[i];
        l->h_im[i] = sync * sync_im[i] + (1.0f - sync) * l->h_im[i];
    }
    model(l, l->training, l->h_re, l->h_im, lo, hi, l->first_row, l->end_row);
    training_noise(l, v);
}

/* Expected symbol for newest bit 0 and each past, and its energy. */
static void trellis_expect(struct lanes *l, int first_tap, int n_taps)
{
    for (int s = 0; s < 1 << (n_taps - 1); s++) {
        lane_row re = l->h_re[first_tap], im = l->h_im[first_tap];
        for (int i = 1; i < n_taps; i++) {
            float a = (s >> (i - 1)) & 1 ? -1.0f : 1.0f;
            re += a * l->h_re[first_tap + i];
            im += a * l->h_im[first_tap + i];
        }
        l->expect_re[s] = 2.0f * re / l->noise;
        l->expect_im[s] = 2.0f * im / l->noise;
        l->expect_energy[s] = (re * re + im * im) / l->noise;
    }
}

/* A state holds the last taps-1 bits, newest in bit 0. From state s with new bit b comes state
 * ((s << 1) | b) mod n. The expected symbol for past s and new bit 0 is expect[s]; for new bit 1
 * it is -expect[n-1-s], the negative of the mirrored one. */
static inline void step_metric(const struct lanes *l, int at, int n, lane_row *zero, lane_row *one)
{
    lane_row re = l->y_re[at], im = l->y_im[at];
    for (int s = 0; s < n; s++) {
        lane_row c = re * l->expect_re[s] + im * l->expect_im[s];
        zero[s] = c - l->expect_energy[s];
        one[n - 1 - s] = -c - l->expect_energy[s];
    }
}

static inline void forward(struct lanes *l, int n, int n_steps, int shift)
{
    lane_row zero[LANES_STATES], one[LANES_STATES];
    memset(l->alpha[0], 0, sizeof(l->alpha[0]));
    for (int k = 0; k < n_steps; k++) {
        lane_row *now = l->alpha[k], *next = l->alpha[k + 1];
        lane_row p = 0.5f * SURE * l->known[AT(k)];
        step_metric(l, AT(k + shift), n, zero, one);
        /* s and s + n/2 are the two pasts that lead to the same next states */
        for (int s = 0; s < n / 2; s++) {
            lane_row a = now[s], b = now[s + n / 2];
            next[2 * s] = max2(a + zero[s], b + zero[s + n / 2]) + p;
            next[2 * s + 1] = max2(a + one[s], b + one[s + n / 2]) - p;
        }
        lane_row base = next[0];
        for (int s = 0; s < n; s++)
            next[s] -= base;
    }
}

static inline void backward(struct lanes *l, int n, int n_steps, int shift)
{
    lane_row zero[LANES_STATES], one[LANES_STATES], beta[LANES_STATES], next[LANES_STATES];
    memset(beta, 0, sizeof(beta));
    for (int k = n_steps - 1; k >= 0; k--) {
        lane_row best0 = all(-1e30f), best1 = best0, p = 0.5f * SURE * l->known[AT(k)];
        step_metric(l, AT(k + shift), n, zero, one);
        for (int s = 0; s < n; s++) {
            int to = (2 * s) & (n - 1);
            lane_row z = zero[s] + beta[to] + p, o = one[s] + beta[to + 1] - p;
            best0 = max2(best0, l->alpha[k][s] + z);
            best1 = max2(best1, l->alpha[k][s] + o);
            next[s] = max2(z, o);
        }
        l->llr[k] = best0 - best1;
        for (int s = 0; s < n; s++)
            beta[s] = next[s] - next[0];
    }
}

/* One copy per number of states, so that the compiler knows the loop lengths. */
#define TRELLIS(states)                                                                            \
    static void trellis_##states(struct lanes *l, int n_steps, int shift)                          \
    {                                                                                              \
        forward(l, states, n_steps, shift);                                                        \
        backward(l, states, n_steps, shift);                                                       \
    }
TRELLIS(4)
TRELLIS(8)
TRELLIS(16)
TRELLIS(32)

static void trellis(struct lanes *l, const struct prior_view *v)
{
    int n_steps = GSM_BURST_BITS + v->n_taps - 1, shift = v->first_tap + CHANNEL_FIRST;
    trellis_expect(l, v->first_tap, v->n_taps);
    switch (v->n_taps) {
    case 3:
        trellis_4(l, n_steps, shift);
        break;
    case 4:
        trellis_8(l, n_steps, shift);
        break;
    case 5:
        trellis_16(l, n_steps, shift);
        break;
    default:
        trellis_32(l, n_steps, shift);
        break;
    }
}

/* tanh(x / 2) within 1e-4: a Pade form, same bits everywhere. */
static inline lane_row soft_symbol(lane_row llr)
{
    lane_row x = max2(-max2(-0.5f * llr, all(-4.9f)), all(-4.9f)), x2 = x * x;
    lane_row num = x * (135135.0f + x2 * (17325.0f + x2 * (378.0f + x2)));
    return num / (135135.0f + x2 * (62370.0f + x2 * (3150.0f + x2 * 28.0f)));
}

static void soften(struct lanes *l, const struct prior_view *v)
{
    memset(l->sym, 0, sizeof(l->sym));
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        lane_row sure = l->known[AT(k)];
        l->sym[AT(k)] = sure + (1.0f - sure * sure) * soft_symbol(l->llr[k]);
    }
    model(l, l->sym, l->h_re, l->h_im, v->first_tap, v->first_tap + v->n_taps, 0, GSM_BURST_BITS);
    l->ramp_energy = all(0.0f);
    for (int half = 0; half < 2; half++) {
        lane_row re = {0}, im = {0}, energy = {0};
        int from = half * GSM_BURST_BITS / 2;
        for (int k = from; k < from + GSM_BURST_BITS / 2; k++) {
            lane_row mr = l->model_re[AT(k)], mi = l->model_im[AT(k)];
            lane_row yr = l->y_re[AT(k)], yi = l->y_im[AT(k)];
            re += yr * mr + yi * mi;
            im += yi * mr - yr * mi;
            energy += mr * mr + mi * mi;
        }
        l->half_re[half] = re;
        l->half_im[half] = im;
        l->ramp_energy += energy;
    }
}

/* Turns every burst back by its own ramp, phase 0 at its middle. */
static void turn_back(struct lanes *l, const float ramp_sym[LANES])
{
    lane_row step_re, step_im, at_re[ROWS], at_im[ROWS];
    for (int j = 0; j < LANES; j++) {
        double c, s;
        det_sincos(-(double)ramp_sym[j], &c, &s);
        step_re[j] = (float)c;
        step_im[j] = (float)s;
        det_sincos((double)ramp_sym[j] * (LANES_LEAD + 73.5), &c, &s);
        at_re[0][j] = (float)c;
        at_im[0][j] = (float)s;
    }
    for (int r = 1; r < ROWS; r++) {
        at_re[r] = at_re[r - 1] * step_re - at_im[r - 1] * step_im;
        at_im[r] = at_re[r - 1] * step_im + at_im[r - 1] * step_re;
    }
    for (int r = 1; r < ROWS; r *= 2) {
        lane_row re = step_re * step_re - step_im * step_im;
        step_im = 2.0f * step_re * step_im;
        step_re = re;
    }
    for (int i = 0; i < LANES_SYMS; i += ROWS) {
        for (int r = 0; r < ROWS && i + r < LANES_SYMS; r++) {
            lane_row re = l->raw_re[i + r], im = l->raw_im[i + r], c = at_re[r], s = at_im[r];
            l->raw_re[i + r] = re * c - im * s;
            l->raw_im[i + r] = re * s + im * c;
            at_re[r] = c * step_re - s * step_im;
            at_im[r] = c * step_im + s * step_re;
        }
    }
}

/* Correlation of received and soft symbols at each delay. */
static void receive_side(struct lanes *l, const lane_row *y_re, const lane_row *y_im)
{
    for (int i = 0; i < CHANNEL_TAPS; i += ROWS) {
        lane_row re[ROWS] = {{0}}, im[ROWS] = {{0}};
        for (int k = 0; k < GSM_BURST_BITS; k++) {
            lane_row a = l->sym[AT(k)];
            for (int r = 0; r < ROWS; r++) {
                re[r] += a * y_re[AT(k + i + r + CHANNEL_FIRST)];
                im[r] += a * y_im[AT(k + i + r + CHANNEL_FIRST)];
            }
        }
        for (int r = 0; r < ROWS; r++) {
            l->b_re[i + r] = re[r];
            l->b_im[i + r] = im[r];
        }
    }
}

/* Correlation of the soft symbols with themselves; their square is 1, whatever the doubt. */
static void symbol_side(struct lanes *l)
{
    lane_row lag[CHANNEL_TAPS];
    for (int d = 0; d < CHANNEL_TAPS; d += ROWS) {
        lane_row sum[ROWS] = {{0}};
        for (int k = 0; k < GSM_BURST_BITS; k++) /* behind the burst all are 0 */
            for (int r = 0; r < ROWS; r++)
                sum[r] += l->sym[AT(k)] * l->sym[AT(k + d + r)];
        for (int r = 0; r < ROWS; r++)
            lag[d + r] = sum[r];
    }
    lag[0] = all((float)GSM_BURST_BITS);
    for (int i = 0; i < CHANNEL_TAPS; i++)
        for (int m = 0; m <= i; m++)
            l->gram[i][m] = lag[i - m];
}

/* Share of doubt that remains in the symbols of the rows that are measured on. */
static lane_row mean_doubt(const struct lanes *l)
{
    lane_row sum = {0};
    for (int k = ROW_FIRST; k < ROW_END; k++)
        sum += 1.0f - l->sym[AT(k)] * l->sym[AT(k)];
    return sum / (float)(ROW_END - ROW_FIRST);
}

/* Noise behind the filter, with the doubt that remains in the symbols; phase error. */
static void measure_filtered(struct lanes *l, lane_row doubt)
{
    const float rows = (float)(ROW_END - ROW_FIRST);
    lane_row left = {0}, across = {0}, along = {0}, energy = {0};
    for (int i = 0; i < CHANNEL_TAPS; i++)
        energy += l->h_re[i] * l->h_re[i] + l->h_im[i] * l->h_im[i];
    model(l, l->sym, l->h_re, l->h_im, 0, CHANNEL_TAPS, ROW_FIRST, ROW_END);
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        lane_row mr = l->model_re[AT(k)], mi = l->model_im[AT(k)];
        lane_row yr = l->y_re[AT(k)], yi = l->y_im[AT(k)];
        lane_row im_z = yi * mr - yr * mi, re_z = yr * mr + yi * mi;
        left += (yr - mr) * (yr - mr) + (yi - mi) * (yi - mi);
        across += im_z * im_z;
        along += re_z * re_z;
    }
    l->across = across;
    l->along = along;
    l->h_energy = energy;
    l->noise = max2((left + doubt * energy * rows) / (rows - 3.0f), energy / ES_N0_MAX + 1e-30f);
}

/* Energy and noise before the filter, and how the noise is coloured. Where there is no filter the
 * shrunk channel is the better one. What the doubtful symbols would have explained is no noise. */
static void measure_raw(struct lanes *l, bool idle, lane_row doubt)
{
    const lane_row *h_re = idle ? l->h_re : l->ls_re, *h_im = idle ? l->h_im : l->ls_im;
    const float n = (float)(ROW_END - ROW_FIRST) - (idle ? 3.0f : (float)CHANNEL_TAPS);
    if (!idle) /* else it stands there */
        model(l, l->sym, h_re, h_im, 0, CHANNEL_TAPS, ROW_FIRST, ROW_END);
    for (int k = ROW_FIRST; k < ROW_END; k++) {
        l->model_re[AT(k)] = l->raw_re[AT(k)] - l->model_re[AT(k)];
        l->model_im[AT(k)] = l->raw_im[AT(k)] - l->model_im[AT(k)];
    }
    correlate(l, ROW_FIRST, ROW_END);
    for (int d = WHITEN_ORDER; d >= 0; d--) {
        lane_row re = {0}, im = {0};
        for (int i = d; i < CHANNEL_TAPS; i++) {
            re += h_re[i] * h_re[i - d] + h_im[i] * h_im[i - d];
            im += h_im[i] * h_re[i - d] - h_re[i] * h_im[i - d];
        }
        l->corr_re[d] = l->corr_re[d] / n + doubt * re;
        l->corr_im[d] = l->corr_im[d] / n + doubt * im;
        l->energy = re; /* lag 0 comes last */
    }
    float bias = idle ? 0.0f : (float)CHANNEL_TAPS / (float)GSM_BURST_BITS;
    l->energy = max2(l->energy - bias * l->corr_re[0], all(0.0f));
}

/* Echoes that the trellis does not hold. */
static void cancel(struct lanes *l, int lo, int hi)
{
    const int first = -2, end = GSM_BURST_BITS + 8;
    if (lo >= hi)
        return;
    model(l, l->sym, l->h_re, l->h_im, lo, hi, first, end);
    for (int k = first; k < end; k++) {
        l->y_re[AT(k)] -= l->model_re[AT(k)];
        l->y_im[AT(k)] -= l->model_im[AT(k)];
    }
}

static void refine(struct lanes *l, const struct prior_view *v, const float ramp_sym[LANES])
{
    turn_back(l, ramp_sym);
    whiten(l, &v->whitener);
    symbol_side(l);
    receive_side(l, l->raw_re, l->raw_im);
    solve(l, 0, CHANNEL_TAPS, l->ls_re, l->ls_im);
    if (v->whitener.idle) {
        shrink(v->shrink_all, 0, CHANNEL_TAPS, l->ls_re, l->ls_im, l->h_re, l->h_im);
    } else {
        lane_row re[CHANNEL_TAPS], im[CHANNEL_TAPS];
        receive_side(l, l->y_re, l->y_im);
        solve(l, 0, CHANNEL_TAPS, re, im);
        shrink(v->shrink_all, 0, CHANNEL_TAPS, re, im, l->h_re, l->h_im);
    }
    lane_row doubt = mean_doubt(l);
    measure_filtered(l, doubt);
    measure_raw(l, v->whitener.idle, doubt);
}

static void cancel_echoes(struct lanes *l, const struct prior_view *v)
{
    cancel(l, 0, v->first_tap);
    cancel(l, v->first_tap + v->n_taps, CHANNEL_TAPS);
}

extern const struct lanes_edge LANES_EDGE_TABLE;
extern const struct lanes_set LANES_TABLE;
const struct lanes_set LANES_TABLE = {
    .name = LANES_NAME,
    .whiten = whiten,
    .estimate_training = estimate_training,
    .trellis = trellis,
    .soften = soften,
    .refine = refine,
    .cancel_echoes = cancel_echoes,
    .edge = &LANES_EDGE_TABLE,
};
