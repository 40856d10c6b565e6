/* SPDX-License-Identifier: GPL-3.0-or-later */
/* oscillator - what the driver of librtlsdr 0.6.0 writes into a tuner, and where that then is.
 * Written from the driver, apart from hw/tuner_pll.c, which is tested with it.
 *
 * thread pure functions
 */
#ifndef STANDIN_OSCILLATOR_H
#define STANDIN_OSCILLATOR_H

#include <stdint.h>

struct oscillator {
    int tuner;                           /* enum rtlsdr_tuner */
    uint32_t real_xtal_hz, said_xtal_hz; /* which is there, and which the driver counts with */
    uint32_t rate_hz, offset_hz;
};

/* Middle of the window after rtlsdr_set_center_freq(hz); 0 when the tuner cannot go there. */
double oscillator_hz(const struct oscillator *o, uint32_t hz);

#endif
