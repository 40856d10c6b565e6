/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/fcch.h"

#include <errno.h>
#include <fftw3.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "dsp/kernels.h"
#include "dsp/tone.h"
#include "gsm_const.h"

/* Half of a burst: windows side by side, without a gap or an overlap, so that wherever a burst of
 * 148 symbols lies one of them is full of it. */
#define WINDOW_SYM 74.0
/* Of all lengths down to this share of it the one with most factors of 2: 640 of 655 at 2.4 MS/s,
 * twice as quick as 648. */
#define WINDOW_LEAST 0.9
/* Share of the window at each end over which it rises and falls: costs 0.4 dB, and a carrier 40 dB
 * stronger 400 kHz away leaves nothing here. */
#define RISE 0.125
/* Longest scan, in seconds of signal. */
#define SCAN_MAX_S 0.2
/* The spectrum is a ring: so many bins of its other end are put to each end. */
#define RING_BINS 64
/* A pair of bins holds the tone; it is compared with twice the quieter of its two sides (45 kHz
 * each), so that what a stronger neighbour spills counts little. So much of both together is worth
 * a closer look: a tone at Es/N0 -6 dB has 0.53 on average and
 * 0.40 or more in nine windows of ten. */
#define WORTH_WEAK 0.38f
/* At 0 dB it has 0.7, and 6 dB below another cell on its carrier 0.6; that cell's own data come to
 * so much ten times less often than to 0.40. */
#define WORTH_CLEAR 0.50f
/* Beside a neighbour 18 dB stronger nine tones of ten are 1.25 times what is next to them, seven of
 * ten are twice that; data are so half as often. */
#define PEAK_WEAK  1.25f
#define PEAK_CLEAR 2.0f
/* The windows beside one that a burst fills hold half of its power on the average, noise and data
 * a quarter of what makes a pair worth a look. */
#define BESIDE 0.3f
/* Share that the tone has on the closer look (tone.h) at Es/N0 -6 dB: 0.60, 0.40 or more in
 * nineteen of twenty. Beside a neighbour 18 dB stronger it is 0.48. */
#define PURITY_MIN 0.40
/* Two looks at one burst. */
#define SAME_SYM 74.0
/* An FCCH comes at most every 46 ms: a scan of 0.2 s holds 5 of one cell, and some of others. */
#define HITS_PER_CHANNEL 16

/* What one window found in one channel; purity 0: nothing. */
struct found {
    double start_samp;
    float purity;
    float offset_hz;
};

/* One window as bins: RING_BINS, n_window values from -rate/2 up, RING_BINS. */
struct spectrum {
    float *power;
    float *side;   /* sum of KERNEL_SIDE bins from here on */
    float *excess; /* by which the pair that begins here is worth a look */
};

struct work {
    fftwf_complex *in, *out;
    struct spectrum at[3]; /* of three windows in a row; window i is in i % 3 */
    struct tone_scratch *tone;
};

struct fcch {
    double rate_hz;
    size_t n_window, n_channels, hops_max, n_hops, margin;
    int64_t from;
    float worth, peak;
    double *carrier_hz;
    struct found *found; /* [hop][channel] */
    float *rise;         /* window, each value twice */
    struct tone *tone;
    struct work *work;
    int n_work;
    fftwf_plan plan;
    const struct kernels *kernels;
};

/* How often 2 divides n; -1: n has a prime factor above 7. */
static int evenness(size_t n)
{
    static const size_t prime[] = {3, 5, 7};
    int twos = 0;
    for (; n % 2 == 0; n /= 2)
        twos++;
    for (size_t i = 0; i < 3; i++)
        while (n % prime[i] == 0)
            n /= prime[i];
    return n == 1 ? twos : -1;
}

/* A length of at most `limit` and not much less on which FFTW is quick. */
static size_t smooth_below(size_t limit)
{
    size_t best = 4;
    for (size_t n = limit / 4 * 4; n >= 4 && (double)n >= WINDOW_LEAST * (double)limit; n -= 4)
        if (evenness(n) > evenness(best))
            best = n;
    return best;
}

static int work_create(struct fcch *f, struct work *w)
{
    size_t n = f->n_window + 2 * RING_BINS + 2 * KERNEL_SIDE;
    w->in = fftwf_alloc_complex(f->n_window);
    w->out = fftwf_alloc_complex(f->n_window);
    if (!w->in || !w->out)
        return -ENOMEM;
    for (int i = 0; i < 3; i++) {
        struct spectrum *s = &w->at[i];
        s->power = calloc(n, sizeof(float));
        s->side = calloc(n, sizeof(float));
        s->excess = calloc(n, sizeof(float));
        if (!s->power || !s->side || !s->excess)
            return -ENOMEM;
    }
    return tone_scratch_create(&w->tone, f->tone);
}

static void work_destroy(struct work *w)
{
    fftwf_free(w->in);
    fftwf_free(w->out);
    for (int i = 0; i < 3; i++) {
        free(w->at[i].power);
        free(w->at[i].side);
        free(w->at[i].excess);
    }
    tone_scratch_destroy(w->tone);
}

static int all_work_create(struct fcch *f, int jobs)
{
    f->work = calloc((size_t)jobs, sizeof(*f->work));
    if (!f->work)
        return -ENOMEM;
    for (; f->n_work < jobs; f->n_work++) {
        int err = work_create(f, &f->work[f->n_work]);
        if (err) {
            work_destroy(&f->work[f->n_work]);
            return err;
        }
    }
    f->plan = fftwf_plan_dft_1d((int)f->n_window, f->work[0].in, f->work[0].out, FFTW_FORWARD,
                                FFTW_ESTIMATE);
    return f->plan ? 0 : -ENOMEM;
}

/* Raised cosines at both ends. */
static void fill_rise(struct fcch *f)
{
    double n_rise = RISE * (double)f->n_window, c, s;
    for (size_t i = 0; i < f->n_window; i++) {
        size_t end = i < f->n_window - 1 - i ? i : f->n_window - 1 - i;
        double at = ((double)end + 0.5) / n_rise;
        det_sincos(at < 1.0 ? 0.5 * at : 0.5, &c, &s);
        f->rise[2 * i] = f->rise[2 * i + 1] = (float)(0.5 - 0.5 * c);
    }
}

int fcch_create(struct fcch **ret, double rate_hz, const double *carrier_hz, size_t n, int jobs)
{
    if (n == 0 || jobs < 1 || !(rate_hz > 2e5))
        return -EINVAL;
    struct fcch *f = calloc(1, sizeof(*f));
    if (!f)
        return -ENOMEM;
    f->rate_hz = rate_hz;
    f->kernels = kernels_get();
    f->n_channels = n;
    f->n_window = smooth_below((size_t)(WINDOW_SYM * rate_hz / GSM_SYMBOL_RATE_HZ));
    f->margin = (size_t)(TONE_MARGIN_SYM * rate_hz / GSM_SYMBOL_RATE_HZ);
    f->hops_max = (size_t)(SCAN_MAX_S * rate_hz) / f->n_window + 1;
    f->carrier_hz = calloc(n, sizeof(*f->carrier_hz));
    f->found = calloc(f->hops_max * n, sizeof(*f->found));
    f->rise = calloc(2 * f->n_window, sizeof(*f->rise));
    int err = f->carrier_hz && f->found && f->rise ? 0 : -ENOMEM;
    if (!err)
        err = tone_create(&f->tone, rate_hz, f->n_window);
    if (!err)
        err = all_work_create(f, jobs);
    if (err) {
        fcch_destroy(f);
        return err;
    }
    fill_rise(f);
    memcpy(f->carrier_hz, carrier_hz, n * sizeof(*carrier_hz));
    *ret = f;
    return 0;
}

void fcch_destroy(struct fcch *f)
{
    if (!f)
        return;
    for (int i = 0; i < f->n_work; i++)
        work_destroy(&f->work[i]);
    if (f->plan)
        fftwf_destroy_plan(f->plan);
    tone_destroy(f->tone);
    free(f->work);
    free(f->found);
    free(f->rise);
    free(f->carrier_hz);
    free(f);
}

size_t fcch_window_samp(const struct fcch *f)
{
    return f->n_window;
}

size_t fcch_margin_samp(const struct fcch *f)
{
    return f->margin;
}

size_t fcch_hops_max(const struct fcch *f)
{
    return f->hops_max;
}

size_t fcch_scan_begin(struct fcch *f, int64_t from, int64_t end, enum fcch_depth depth)
{
    f->from = from;
    f->worth = depth == FCCH_WEAK ? WORTH_WEAK : WORTH_CLEAR;
    f->peak = depth == FCCH_WEAK ? PEAK_WEAK : PEAK_CLEAR;
    f->n_hops = 0;
    if (end - from > (int64_t)f->margin)
        f->n_hops = (size_t)(end - from - (int64_t)f->margin) / f->n_window;
    if (f->n_hops > f->hops_max)
        f->n_hops = f->hops_max;
    return f->n_hops;
}

/* Place in work.power of a frequency. */
static size_t bin_of(const struct fcch *f, double hz)
{
    double bin = (hz / f->rate_hz + 0.5) * (double)f->n_window + RING_BINS;
    double least = KERNEL_SIDE, most = (double)f->n_window + 2.0 * RING_BINS - KERNEL_SIDE - 2.0;
    return (size_t)(bin < least ? least : bin > most ? most : bin);
}

static void fill_spectrum(const struct fcch *f, struct work *w, const struct history *h,
                          int64_t from, struct spectrum *ret)
{
    size_t low = f->n_window / 2, high = f->n_window - low; /* bins below and from zero up */
    size_t ring = f->n_window < RING_BINS ? f->n_window : RING_BINS;
    float *in = (float *)(void *)w->in, *out = (float *)(void *)w->out;
    float *first = ret->power + RING_BINS;
    history_read(h, from, f->n_window, in);
    f->kernels->weigh(in, f->rise, 2 * f->n_window);
    fftwf_execute_dft(f->plan, w->in, w->out);
    f->kernels->power(out + 2 * high, low, first);
    f->kernels->power(out, high, first + low);
    memcpy(first - ring, first + f->n_window - ring, ring * sizeof(float));
    memcpy(first + f->n_window, first, ring * sizeof(float));
    f->kernels->stand_out(ret->power, f->n_window + 2 * RING_BINS, f->worth, ret->side,
                          ret->excess);
}

static bool any_above_zero(const float *x, size_t n)
{
    float top[8] = {0};
    size_t i = 0;
    for (; i + 8 <= n; i += 8)
        for (size_t j = 0; j < 8; j++)
            top[j] = top[j] > x[i + j] ? top[j] : x[i + j];
    for (; i < n; i++)
        top[0] = top[0] > x[i] ? top[0] : x[i];
    return ((top[0] + top[1]) + (top[2] + top[3])) + ((top[4] + top[5]) + (top[6] + top[7])) > 0.0f;
}

/* Louder than `least` times the four bins next to it on either side: else it is the slope of a
 * carrier, whose far side is quiet. */
static bool is_peak(const float *power, size_t k, float least)
{
    const float *p = power + k;
    float pair = (p[0] + p[1]) / least;
    return pair > (p[-5] + p[-4]) + (p[-3] + p[-2]) && pair > (p[3] + p[4]) + (p[5] + p[6]);
}

static float pair_at(const struct spectrum *s, size_t k)
{
    return s->power[k] + s->power[k + 1];
}

/* Does the burst go on in the windows before and after this one? */
static bool goes_on(const struct work *w, size_t window, size_t k)
{
    float beside = pair_at(&w->at[(window + 1) % 3], k) + pair_at(&w->at[(window + 2) % 3], k);
    return beside > BESIDE * pair_at(&w->at[window % 3], k);
}

/* Purest pair of bins within the channel's reach, as a frequency; false: none worth a look. */
static bool purest_pair(const struct fcch *f, const struct work *w, size_t window, size_t channel,
                        double *ret_hz)
{
    const struct spectrum *s = &w->at[window % 3];
    double tone_hz = f->carrier_hz[channel] + GSM_FCCH_TONE_HZ;
    size_t lo = bin_of(f, tone_hz - FCCH_REACH_HZ), hi = bin_of(f, tone_hz + FCCH_REACH_HZ);
    if (lo >= hi || !any_above_zero(s->excess + lo, hi - lo))
        return false;
    float best = 0.0f;
    size_t at = lo;
    for (size_t k = lo; k < hi; k++) {
        if (!(s->excess[k] > 0.0f) || !is_peak(s->power, k, f->peak) || !goes_on(w, window, k))
            continue;
        float below = s->side[k - KERNEL_SIDE], above = s->side[k + 2];
        float share = pair_at(s, k) / (pair_at(s, k) + (below < above ? below : above));
        if (share > best) {
            best = share;
            at = k;
        }
    }
    double a = sqrt((double)s->power[at]), b = sqrt((double)s->power[at + 1]);
    double bin = (double)at - RING_BINS + b / (a + b);
    *ret_hz = (bin / (double)f->n_window - 0.5) * f->rate_hz;
    return best > 0.0f;
}

static void look_closer(const struct fcch *f, struct work *w, const struct history *h,
                        size_t window, size_t channel, struct found *ret)
{
    struct tone_burst burst;
    double tone_hz;
    int64_t from = f->from + (int64_t)(window * f->n_window);
    *ret = (struct found){0};
    if (!purest_pair(f, w, window, channel, &tone_hz) ||
        !tone_find(f->tone, w->tone, h, from, tone_hz, &burst) || burst.purity < PURITY_MIN)
        return;
    *ret = (struct found){
        .start_samp = burst.start_samp,
        .purity = (float)burst.purity,
        .offset_hz = (float)(burst.tone_hz - GSM_FCCH_TONE_HZ),
    };
}

void fcch_scan_run(struct fcch *f, const struct history *h, size_t first, size_t n, int worker)
{
    struct work *w = &f->work[worker];
    size_t end = first + n < f->n_hops ? first + n : f->n_hops;
    if (first >= end)
        return;
    /* one window more at each end: whether a burst goes on there */
    for (size_t i = first; i < end + 2; i++) {
        int64_t from = f->from + ((int64_t)i - 1) * (int64_t)f->n_window;
        fill_spectrum(f, w, h, from, &w->at[(i + 2) % 3]);
        for (size_t c = 0; c < f->n_channels && i >= first + 2; c++)
            look_closer(f, w, h, i - 2, c, &f->found[(i - 2) * f->n_channels + c]);
    }
}

/* Keeps the purest hits of one channel in order of time. */
static size_t keep_purest(struct fcch_hit *hit, size_t n, struct fcch_hit next)
{
    if (n < HITS_PER_CHANNEL) {
        hit[n] = next;
        return n + 1;
    }
    size_t worst = 0;
    for (size_t i = 1; i < n; i++)
        if (hit[i].purity < hit[worst].purity)
            worst = i;
    if (hit[worst].purity >= next.purity)
        return n;
    memmove(hit + worst, hit + worst + 1, (n - 1 - worst) * sizeof(*hit));
    hit[n - 1] = next;
    return n;
}

/* One burst may show in three windows: the purest look at it stays. */
static size_t add_hit(const struct fcch *f, struct fcch_hit *hit, size_t n, struct fcch_hit next)
{
    double same = SAME_SYM * f->rate_hz / GSM_SYMBOL_RATE_HZ;
    if (n == 0 || next.start_samp - hit[n - 1].start_samp > same)
        return keep_purest(hit, n, next);
    if (hit[n - 1].purity < next.purity)
        hit[n - 1] = next;
    return n;
}

size_t fcch_scan_hits(struct fcch *f, struct fcch_hit *ret, size_t cap)
{
    double sym = f->rate_hz / GSM_SYMBOL_RATE_HZ;
    size_t n = 0;
    for (size_t c = 0; c < f->n_channels; c++) {
        struct fcch_hit best[HITS_PER_CHANNEL];
        size_t n_best = 0;
        for (size_t hop = 0; hop < f->n_hops; hop++) {
            const struct found *at = &f->found[hop * f->n_channels + c];
            if (!(at->purity > 0.0f))
                continue;
            struct fcch_hit next = {
                .channel = c,
                .start_samp = det_round(at->start_samp, 0.25 * sym),
                .offset_hz = det_round((double)at->offset_hz, 1.0),
                .purity = det_round((double)at->purity, 0.01),
            };
            n_best = add_hit(f, best, n_best, next);
        }
        for (size_t i = 0; i < n_best && n < cap; i++)
            ret[n++] = best[i];
    }
    return n;
}
