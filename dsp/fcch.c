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
#include "gsm_const.h"

/* Window: what a burst holds for certain, so that one window in four lies well inside it. */
#define WINDOW_SYM      142.0
#define HOPS_PER_WINDOW 4
/* Longest scan, in seconds of signal. */
#define SCAN_MAX_S 0.2
/* Power of the channel is taken this far to both sides of the carrier. */
#define CHANNEL_HALF_HZ 110e3
/* A tone at Es/N0 -6 dB holds 0.2 of the channel's power; 142 symbols of random data reach 0.2
 * about once in 1000 windows, and then the SCH behind it does not decode. */
#define PURITY_MIN 0.2
/* An FCCH comes at most every 46 ms: a scan of 0.2 s holds 5 of one cell, and some of another. */
#define HITS_PER_CHANNEL 8
/* The burst's tone stands at the same place in the windows beside it, within this many bins. */
#define SAME_TONE_BINS 1.5f

/* Loudest tone of one channel in one window. */
struct tone {
    float power;
    float purity;
    float offset_bins; /* of the tone from the centre of the stream */
};

struct work {
    fftwf_complex *in, *out;
    float *power; /* n_window values, from -rate/2 up, and one zero */
};

struct fcch {
    double rate_hz;
    size_t n_window, hop, n_channels, hops_max, n_hops;
    int64_t from;
    double *carrier_hz;
    struct tone *tone; /* [hop][channel] */
    struct work *work;
    int n_work;
    fftwf_plan plan;
    const struct kernels *kernels;
};

/* Largest n <= limit with no prime factor above 5 and divisible by 4: FFTW is quick on those. */
static size_t smooth_below(size_t limit)
{
    for (size_t n = limit / 4 * 4; n >= 4; n -= 4) {
        size_t rest = n;
        while (rest % 2 == 0)
            rest /= 2;
        while (rest % 3 == 0)
            rest /= 3;
        while (rest % 5 == 0)
            rest /= 5;
        if (rest == 1)
            return n;
    }
    return 4;
}

static int work_create(struct fcch *f, int jobs)
{
    f->work = calloc((size_t)jobs, sizeof(*f->work));
    if (!f->work)
        return -ENOMEM;
    f->n_work = jobs;
    for (int i = 0; i < jobs; i++) {
        f->work[i].in = fftwf_alloc_complex(f->n_window);
        f->work[i].out = fftwf_alloc_complex(f->n_window);
        f->work[i].power = calloc(f->n_window + 1, sizeof(float));
        if (!f->work[i].in || !f->work[i].out || !f->work[i].power)
            return -ENOMEM;
    }
    f->plan = fftwf_plan_dft_1d((int)f->n_window, f->work[0].in, f->work[0].out, FFTW_FORWARD,
                                FFTW_ESTIMATE);
    return f->plan ? 0 : -ENOMEM;
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
    f->hop = f->n_window / HOPS_PER_WINDOW;
    f->hops_max = (size_t)(SCAN_MAX_S * rate_hz) / f->hop + 1;
    f->carrier_hz = calloc(n, sizeof(*f->carrier_hz));
    f->tone = calloc(f->hops_max * n, sizeof(*f->tone));
    int err = f->carrier_hz && f->tone ? work_create(f, jobs) : -ENOMEM;
    if (err) {
        fcch_destroy(f);
        return err;
    }
    memcpy(f->carrier_hz, carrier_hz, n * sizeof(*carrier_hz));
    *ret = f;
    return 0;
}

void fcch_destroy(struct fcch *f)
{
    if (!f)
        return;
    for (int i = 0; i < f->n_work; i++) {
        fftwf_free(f->work[i].in);
        fftwf_free(f->work[i].out);
        free(f->work[i].power);
    }
    if (f->plan)
        fftwf_destroy_plan(f->plan);
    free(f->work);
    free(f->tone);
    free(f->carrier_hz);
    free(f);
}

size_t fcch_window_samp(const struct fcch *f)
{
    return f->n_window;
}

size_t fcch_hop_samp(const struct fcch *f)
{
    return f->hop;
}

size_t fcch_hops_max(const struct fcch *f)
{
    return f->hops_max;
}

size_t fcch_scan_begin(struct fcch *f, int64_t from, int64_t end)
{
    f->from = from;
    f->n_hops = 0;
    if (end - from >= (int64_t)f->n_window)
        f->n_hops = (size_t)(end - from - (int64_t)f->n_window) / f->hop + 1;
    if (f->n_hops > f->hops_max)
        f->n_hops = f->hops_max;
    return f->n_hops;
}

/* Spectrum index of a frequency, counted from -rate/2. */
static double bin_of(const struct fcch *f, double hz)
{
    return (hz / f->rate_hz + 0.5) * (double)f->n_window;
}

static size_t clamp_bin(const struct fcch *f, double bin)
{
    if (bin < 0.0)
        return 0;
    if (bin > (double)f->n_window)
        return f->n_window;
    return (size_t)bin;
}

/* Loudest pair of bins in the channel's reach; where between the two the tone lies. */
static struct tone find_tone(const struct fcch *f, const float *power, size_t channel)
{
    double tone_hz = f->carrier_hz[channel] + GSM_FCCH_TONE_HZ;
    size_t lo = clamp_bin(f, bin_of(f, tone_hz - FCCH_REACH_HZ));
    size_t hi = clamp_bin(f, bin_of(f, tone_hz + FCCH_REACH_HZ));
    struct tone t = {0};
    if (lo + 1 >= hi)
        return t;
    t.power = f->kernels->peak_pair(power + lo, hi - lo - 1);
    if (t.power <= 0.0f)
        return t;
    size_t best = lo;
    while (best + 2 < hi && power[best] + power[best + 1] < t.power)
        best++;
    double a = sqrt((double)power[best]), b = sqrt((double)power[best + 1]);
    double tone_bin = (double)best + b / (a + b);
    t.offset_bins = (float)(tone_bin - 0.5 * (double)f->n_window);
    double carrier = ((double)t.offset_bins / (double)f->n_window) * f->rate_hz - GSM_FCCH_TONE_HZ;
    size_t from = clamp_bin(f, bin_of(f, carrier - CHANNEL_HALF_HZ));
    size_t to = clamp_bin(f, bin_of(f, carrier + CHANNEL_HALF_HZ));
    float total = to > from ? f->kernels->sum(power + from, to - from) : 0.0f;
    t.purity = total > 0.0f ? t.power / total : 0.0f;
    return t;
}

void fcch_scan_run(struct fcch *f, const struct history *h, size_t first, size_t n, int worker)
{
    struct work *w = &f->work[worker];
    size_t low = f->n_window / 2, high = f->n_window - low; /* bins below and from zero up */
    for (size_t hop = first; hop < first + n && hop < f->n_hops; hop++) {
        float *out = (float *)(void *)w->out;
        history_read(h, f->from + (int64_t)(hop * f->hop), f->n_window, (float *)(void *)w->in);
        fftwf_execute_dft(f->plan, w->in, w->out);
        f->kernels->power(out + 2 * high, low, w->power);
        f->kernels->power(out, high, w->power + low);
        for (size_t c = 0; c < f->n_channels; c++)
            f->tone[hop * f->n_channels + c] = find_tone(f, w->power, c);
    }
}

static const struct tone *tone_at(const struct fcch *f, size_t hop, size_t channel)
{
    return &f->tone[hop * f->n_channels + channel];
}

/* Is this window the loudest of those that can hold the same burst, and a tone of the same
 * frequency in its neighbours? */
static bool is_peak(const struct fcch *f, size_t hop, size_t c)
{
    const struct tone *t = tone_at(f, hop, c);
    if (t->purity < (float)PURITY_MIN)
        return false;
    for (int d = -2; d <= 2; d++) {
        const struct tone *o = tone_at(f, (size_t)((int64_t)hop + d), c);
        if (d < 0 ? o->power >= t->power : d > 0 && o->power > t->power)
            return false;
        if ((d == 1 || d == -1) && fabsf(o->offset_bins - t->offset_bins) > SAME_TONE_BINS)
            return false;
    }
    return true;
}

/* The amplitude of the tone falls linearly on both sides of the burst's place. */
static struct fcch_hit make_hit(const struct fcch *f, size_t hop, size_t c)
{
    const struct tone *t = tone_at(f, hop, c);
    double a = sqrt((double)tone_at(f, hop - 1, c)->power);
    double b = sqrt((double)tone_at(f, hop + 1, c)->power);
    double window = (double)f->n_window, sym = f->rate_hz / GSM_SYMBOL_RATE_HZ;
    double late = 0.5 * window * (b - a) / sqrt((double)t->power);
    if (late > 0.5 * (double)f->hop)
        late = 0.5 * (double)f->hop;
    if (late < -0.5 * (double)f->hop)
        late = -0.5 * (double)f->hop;
    double middle = (double)f->from + (double)hop * (double)f->hop + 0.5 * window + late;
    double carrier = (double)t->offset_bins / window * f->rate_hz - GSM_FCCH_TONE_HZ;
    /* rounded well above the FFT's rounding, which differs between processors */
    return (struct fcch_hit){
        .channel = c,
        .start_samp = det_round(middle - 74.5 * sym, 0.25 * sym),
        .offset_hz = det_round(carrier, 10.0),
        .purity = det_round((double)t->purity, 0.01),
    };
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

size_t fcch_scan_hits(struct fcch *f, struct fcch_hit *ret, size_t cap)
{
    size_t n = 0;
    for (size_t c = 0; c < f->n_channels; c++) {
        struct fcch_hit best[HITS_PER_CHANNEL];
        size_t n_best = 0;
        for (size_t hop = 2; hop + 2 < f->n_hops; hop++)
            if (is_peak(f, hop, c))
                n_best = keep_purest(best, n_best, make_hit(f, hop, c));
        for (size_t i = 0; i < n_best && n < cap; i++)
            ret[n++] = best[i];
    }
    return n;
}
