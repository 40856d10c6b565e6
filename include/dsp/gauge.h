/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gauge - measures one burst all of whose bits are known, as those of a decoded block are.
 *
 * in   symbols of burst_cut around the burst, before any whitening; its 148 bits
 * out  channel, energy, what is not the carrier, residual frequency, delay, phase error: each free
 *      of bias, because nothing is decided from the noise that is to be measured
 * ref  TS 45.004 2; Laurent 1986: GMSK is the linear pulse C0 and, 24 dB below it, C1, whose
 *      symbols are products of three. Without C1 a burst's own data look like a noise floor at
 *      24 dB and like a frequency error of some hertz; with it 0.002 % is left.
 * Noise is looked at within 70 kHz of the carrier, where it hurts: a neighbour 200 kHz away hardly
 * counts.
 * cost 2 us
 * thread pure
 */
#ifndef DSP_GAUGE_H
#define DSP_GAUGE_H

#include <stdint.h>

#include "dsp/equalizer.h"

/* Delays looked at: CHANNEL_TAPS from here on. */
#define GAUGE_FIRST (-5)

/* Energy behind the filters of both; white noise of variance v per sample has noise v. */
struct gauge {
    double tap_power[CHANNEL_TAPS]; /* at delays GAUGE_FIRST.., noise taken out: may be < 0 */
    double energy;                  /* of the carrier, mean over the symbols; noise taken out */
    double noise;                   /* everything else where the carrier is, as if white */
    double ramp_sym;                /* residual frequency, turns per symbol */
    double ramp_var;                /* its variance in white noise */
    double delay_sym;     /* centre of the power within two symbols of the strongest tap */
    double delay_var;     /* its variance in white noise */
    double across, along; /* what is left at right angles to the carrier, and along it: */
    double carrier4;      /* sums of products with the carrier; sum of its power squared */
};

/* y[k + EQUALIZER_LEAD] is symbol k; sym: +1 for bit 0, -1 for bit 1. */
void gauge_run(const float y[EQUALIZER_SYMS][2], const int8_t sym[GSM_BURST_BITS],
               struct gauge *ret);

/* Energy and noise together, of a burst whose bits are not known; and the energy in that. */
double gauge_total(const float y[EQUALIZER_SYMS][2]);
double gauge_energy(double total, double noise);
/* Es/N0 as a ratio from energy and noise, sums over bursts or one. */
double gauge_es_n0(double energy, double noise);
/* The carrier's power (full scale 1) from its energy. */
double gauge_power(double energy, double samples_per_sym);
/* Delay spread (rms, symbols) of the channel alone from the mean power of its taps. */
double gauge_spread_sym(const double tap_power[CHANNEL_TAPS]);
/* rms phase error in radians that noise does not explain, from sums over bursts. */
double gauge_phase_error_rad(double across, double along, double carrier4);

#endif
