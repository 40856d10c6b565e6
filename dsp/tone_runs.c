/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/tone_runs.h"

#include <errno.h>
#include <fftw3.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "gsm_const.h"

#define WINDOW_SYM 48.0
/* A tone holds this share of the power within so much to both sides of it. */
#define PURITY_MIN 0.7f
#define BESIDE_HZ  50e3
/* The same tone in the next window, and no longer. */
#define SAME_BINS 1.2
#define OPEN_MAX  64

struct open_run {
    double first_hop, n_hops, sum_bins, last_bins;
    bool seen; /* in the present window */
};

struct search {
    size_t n, hop, beside;
    double rate_hz;
    float *window, *power; /* power from -rate/2 up */
    fftwf_complex *in, *out;
    fftwf_plan plan;
    struct open_run open[OPEN_MAX];
    size_t n_open;
    struct tone_run *ret;
    size_t n_ret, cap;
    int64_t from;
};

static size_t power_of_two_near(double n)
{
    size_t ret = 16;
    while ((double)ret * 1.4142 < n)
        ret *= 2;
    return ret;
}

static int search_init(struct search *s, double rate_hz)
{
    s->rate_hz = rate_hz;
    s->n = power_of_two_near(WINDOW_SYM * rate_hz / GSM_SYMBOL_RATE_HZ);
    s->hop = s->n / 2;
    s->beside = (size_t)(BESIDE_HZ / rate_hz * (double)s->n) + 1;
    s->window = calloc(s->n, sizeof(float));
    s->power = calloc(s->n, sizeof(float));
    s->in = fftwf_alloc_complex(s->n);
    s->out = fftwf_alloc_complex(s->n);
    if (!s->window || !s->power || !s->in || !s->out)
        return -ENOMEM;
    s->plan = fftwf_plan_dft_1d((int)s->n, s->in, s->out, FFTW_FORWARD, FFTW_ESTIMATE);
    for (size_t i = 0; i < s->n; i++) {
        double cosine, sine;
        det_sincos(((double)i + 0.5) / (double)s->n, &cosine, &sine);
        s->window[i] = (float)(0.5 - 0.5 * cosine);
    }
    return s->plan ? 0 : -ENOMEM;
}

static void search_clear(struct search *s)
{
    if (s->plan)
        fftwf_destroy_plan(s->plan);
    fftwf_free(s->in);
    fftwf_free(s->out);
    free(s->window);
    free(s->power);
}

static void take_spectrum(struct search *s, const struct history *h, int64_t at)
{
    history_read(h, at, s->n, (float *)s->in);
    for (size_t i = 0; i < s->n; i++) {
        s->in[i][0] *= s->window[i];
        s->in[i][1] *= s->window[i];
    }
    fftwf_execute(s->plan);
    for (size_t i = 0; i < s->n; i++) {
        const float *x = s->out[(i + s->n / 2) % s->n];
        s->power[i] = x[0] * x[0] + x[1] * x[1];
    }
}

/* Does the peak at bin i hold nearly all that is around it? Then where exactly, in bins. */
static bool is_tone(const struct search *s, size_t i, double *ret_bins)
{
    const float *p = s->power;
    float three = p[i - 1] + p[i] + p[i + 1], all = 0.0f;
    size_t lo = i > s->beside ? i - s->beside : 0;
    size_t hi = i + s->beside < s->n - 1 ? i + s->beside : s->n - 1;
    for (size_t k = lo; k <= hi; k++)
        all += p[k];
    *ret_bins = (double)i + (double)(p[i + 1] - p[i - 1]) / (double)three;
    return three > PURITY_MIN * all;
}

static void take_tone(struct search *s, double hop, double bins)
{
    for (size_t k = 0; k < s->n_open; k++) {
        struct open_run *o = &s->open[k];
        if (fabs(o->last_bins - bins) > SAME_BINS)
            continue;
        o->n_hops += 1.0;
        o->sum_bins += bins;
        o->last_bins = bins;
        o->seen = true;
        return;
    }
    if (s->n_open < OPEN_MAX)
        s->open[s->n_open++] = (struct open_run){hop, 1.0, bins, bins, true};
}

/* Runs that the present window does not continue are over. */
static void end_runs(struct search *s)
{
    size_t kept = 0;
    for (size_t k = 0; k < s->n_open; k++) {
        struct open_run *o = &s->open[k];
        if (o->seen) {
            o->seen = false;
            s->open[kept++] = *o;
            continue;
        }
        if (o->n_hops < 2.0 || s->n_ret == s->cap || o->first_hop < 1.0)
            continue;
        double bins = o->sum_bins / o->n_hops - (double)(s->n / 2);
        /* the outer windows hold about half of the tone */
        s->ret[s->n_ret++] = (struct tone_run){
            .start_samp = (double)s->from + (o->first_hop + 0.5) * (double)s->hop,
            .n_samp = o->n_hops * (double)s->hop,
            .offset_hz = bins * s->rate_hz / (double)s->n,
        };
    }
    s->n_open = kept;
}

long tone_runs_find(const struct history *h, double rate_hz, int64_t from, int64_t end,
                    struct tone_run *ret, size_t cap)
{
    struct search s = {.ret = ret, .cap = cap, .from = from};
    int err = search_init(&s, rate_hz);
    int64_t at = from;
    for (double hop = 0.0; !err && at + (int64_t)s.n <= end; hop += 1.0, at += (int64_t)s.hop) {
        take_spectrum(&s, h, at);
        for (size_t i = 1; i + 1 < s.n; i++) {
            double bins;
            if (s.power[i] > s.power[i - 1] && s.power[i] >= s.power[i + 1] &&
                is_tone(&s, i, &bins))
                take_tone(&s, hop, bins);
        }
        end_runs(&s);
    }
    search_clear(&s);
    return err ? err : (long)s.n_ret;
}
