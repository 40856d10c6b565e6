/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tuner - the tuners of RTL-SDR receivers: what they can be set to, and where they then really are.
 *
 * in   a tuner type as librtlsdr and rtl_tcp number it, a frequency
 * out  ranges, gain steps, the true frequency of the oscillator
 * ref  librtlsdr 0.6.0 and 2.0.2, tuner_r82xx.c, tuner_e4k.c, librtlsdr.c (rtlsdr_set_if_freq)
 * thread pure functions
 */
#ifndef HW_TUNER_H
#define HW_TUNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hw/live_source.h"

/* As enum rtlsdr_tuner, and as rtl_tcp sends it. */
enum tuner_type {
    TUNER_UNKNOWN = 0,
    TUNER_E4000,
    TUNER_FC0012,
    TUNER_FC0013,
    TUNER_FC2580,
    TUNER_R820T,
    TUNER_R828D,
    N_TUNERS
};

#define TUNER_RTL_XTAL_HZ     28800000u /* RTL2832; most tuners share it */
#define TUNER_R828D_XTAL_HZ   16000000u /* R828D, but for the RTL-SDR Blog V4 */
#define TUNER_BLOG_V4_XTAL_HZ 28800000u

struct tuner {
    const char *name;
    size_t n_ranges;
    struct live_range ranges[LIVE_RANGE_CAP];
    size_t n_gains;
    const int *gains_tenth_db; /* rising */
};

/* Any number is allowed: what is not known has no range and no gain. */
const struct tuner *tuner_find(uint32_t type);
bool tuner_reaches(const struct live_range *ranges, size_t n, double hz);

/* How a receiver is set up. */
struct tuner_setup {
    enum tuner_type type;
    uint32_t tuner_xtal_hz, rtl_xtal_hz;
    uint32_t rate_hz;   /* the IF filter, and with it the IF, follow the rate */
    bool offset_tuning; /* E4000 only */
};

enum tuner_library {
    TUNER_LIBRARY_0_6, /* R82xx: VCO in whole kHz, cut off */
    TUNER_LIBRARY_2_0  /* R82xx: VCO in steps of 2 xtal / 65536, rounded */
};

/* Where the middle of the window really is after rtlsdr_set_center_freq(set_hz), by the arithmetic
 * of that library: within 1 Hz for R82xx and E4000. Tuners whose arithmetic is not known: set_hz.
 * 0 when the oscillator cannot be set there. */
double tuner_true_hz(const struct tuner_setup *setup, enum tuner_library lib, uint32_t set_hz);

/* The frequency next to asked_hz (at most 3 kHz away) at which every version of the library comes
 * out alike, so that the true one, *ret_true_hz, is known whichever is at the other end. Returns
 * what to set; when there is none asked_hz, with the older arithmetic. */
uint32_t tuner_choose_hz(const struct tuner_setup *setup, double asked_hz, double *ret_true_hz);

/* Samples a second that come of rtlsdr_set_sample_rate(rate_hz), exact; 0: it refuses that rate. */
double tuner_true_rate_hz(uint32_t rtl_xtal_hz, uint32_t rate_hz);

#endif
