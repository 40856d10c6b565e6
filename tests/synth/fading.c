/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fading.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/detmath.h"
#include "gsm_const.h"
#include "rng.h"

/* TS 45.005 C.3, six-tap settings (1); TI has two. */
static const struct profile {
    const char *name;
    int n;
    double delay_us[FADING_PATH_CAP], power_db[FADING_PATH_CAP];
    bool rice; /* first path has a direct wave */
} profiles[] = {
    {"RA", 6, {0.0, 0.1, 0.2, 0.3, 0.4, 0.5}, {0, -4, -8, -12, -16, -20}, true},
    {"HT", 6, {0.0, 0.1, 0.3, 0.5, 15.0, 17.2}, {0, -1.5, -4.5, -7.5, -8.0, -17.7}, false},
    {"TU", 6, {0.0, 0.2, 0.5, 1.6, 2.3, 5.0}, {-3, 0, -2, -6, -8, -10}, false},
    {"EQ", 6, {0.0, 3.2, 6.4, 9.6, 12.8, 16.0}, {0, 0, 0, 0, 0, 0}, false},
    {"TI", 2, {0.0, 0.4}, {0, 0}, false},
};

static const double light_m_per_s = 299792458.0;
/* C.3.1: amplitudes 0.41 (scattered) and 0.91 (direct, at 0.7 of the Doppler frequency) */
static const double rice_scattered = 0.41, rice_direct = 0.91, rice_doppler = 0.7;

static void add_wave(struct fading_path *p, double amplitude, double phase, double turns)
{
    double c, s;
    int i = p->n_waves++;
    det_sincos(phase, &c, &s);
    p->re[i] = amplitude * c;
    p->im[i] = amplitude * s;
    det_sincos(turns, &p->turn_re[i], &p->turn_im[i]);
}

static void path_sum(struct fading_path *p)
{
    double re = 0.0, im = 0.0;
    for (int i = 0; i < p->n_waves; i++) {
        re += p->re[i];
        im += p->im[i];
    }
    p->gain_i = re;
    p->gain_q = im;
}

static void path_init(struct fading_path *p, double power, bool rice, double segment_turns,
                      struct rng *r)
{
    double scattered = sqrt(power), c, s;
    int n = FADING_WAVES;
    if (rice) {
        double norm = sqrt(rice_scattered * rice_scattered + rice_direct * rice_direct);
        n--;
        add_wave(p, sqrt(power) * rice_direct / norm, rng_unit(r), rice_doppler * segment_turns);
        scattered *= rice_scattered / norm;
    }
    double offset = rng_unit(r);
    for (int i = 0; i < n; i++) {
        det_sincos((i + offset) / n, &c, &s);
        add_wave(p, scattered / sqrt(n), rng_unit(r), c * segment_turns);
    }
    path_sum(p);
}

static const struct profile *find_profile(const char *name)
{
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++)
        if (strncasecmp(name, profiles[i].name, 2) == 0)
            return &profiles[i];
    return NULL;
}

int fading_init(struct fading *f, const char *profile, double carrier_hz, double segment_s,
                uint64_t seed, const char *name)
{
    memset(f, 0, sizeof(*f));
    if (profile[0] == '\0' || strcasecmp(profile, "none") == 0 ||
        strcasecmp(profile, "static") == 0) {
        f->n_paths = 1;
        f->path[0].gain_i = 1.0;
        return 0;
    }
    const struct profile *p = find_profile(profile);
    char *end = NULL, stream[80];
    double speed_kmh = p ? strtod(profile + 2, &end) : -1.0;
    if (!p || end == profile + 2 || *end != '\0' || !(speed_kmh >= 0.0 && speed_kmh <= 1000.0))
        return -EINVAL;
    struct rng r;
    snprintf(stream, sizeof(stream), "fading %s", name);
    rng_init(&r, seed, stream);
    double segment_turns = speed_kmh / 3.6 / light_m_per_s * carrier_hz * segment_s, sum = 0.0;
    for (int i = 0; i < p->n; i++)
        sum += det_from_db(p->power_db[i]);
    f->n_paths = p->n;
    for (int i = 0; i < p->n; i++) {
        f->path[i].delay_sym = p->delay_us[i] * 1e-6 * GSM_SYMBOL_RATE_HZ;
        path_init(&f->path[i], det_from_db(p->power_db[i]) / sum, p->rice && i == 0, segment_turns,
                  &r);
    }
    return 0;
}

void fading_advance(struct fading *f)
{
    for (int k = 0; k < f->n_paths; k++) {
        struct fading_path *p = &f->path[k];
        if (p->n_waves == 0)
            continue;
        for (int i = 0; i < p->n_waves; i++) {
            double re = p->re[i] * p->turn_re[i] - p->im[i] * p->turn_im[i];
            p->im[i] = p->re[i] * p->turn_im[i] + p->im[i] * p->turn_re[i];
            p->re[i] = re;
        }
        path_sum(p);
    }
}

double fading_max_delay_sym(const struct fading *f)
{
    double max = 0.0;
    for (int i = 0; i < f->n_paths; i++)
        max = fmax(max, f->path[i].delay_sym);
    return max;
}
