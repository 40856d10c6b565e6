/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fading - multipath channels that change while a burst passes.
 *
 * in   a profile: TU, HT, RA, EQ, TI and a speed in km/h (TU50), and the carrier
 * out  delay and complex gain of each path, at points in time
 * ref  3GPP TS 45.005 C.3 (six-tap settings); classical Doppler by a sum of sinusoids
 * cost 16 rotations a path and segment
 * thread one object, one caller
 */
#ifndef SYNTH_FADING_H
#define SYNTH_FADING_H

#include <stdint.h>

#define FADING_PATH_CAP 6
#define FADING_WAVES    16

struct fading_path {
    double delay_sym;
    double gain_i, gain_q; /* now */
    int n_waves;           /* 0: constant */
    double re[FADING_WAVES], im[FADING_WAVES];
    double turn_re[FADING_WAVES], turn_im[FADING_WAVES]; /* rotation of one segment */
};

struct fading {
    int n_paths;
    struct fading_path path[FADING_PATH_CAP];
};

/* "none" or "static": one path of gain 1. Mean power is 1 in all. 0, or -EINVAL for a profile
 * that is not known. name makes the random stream. */
int fading_init(struct fading *f, const char *profile, double carrier_hz, double segment_s,
                uint64_t seed, const char *name);
/* Moves on by one segment. */
void fading_advance(struct fading *f);
double fading_max_delay_sym(const struct fading *f);

#endif
