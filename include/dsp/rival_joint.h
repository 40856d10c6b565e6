/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rival_joint - two GMSK signals at once: symbols of both from their channels, channels of both
 * from their symbols. The halves of one step of dsp/rival.c.
 *
 * ref  Bahl, Cocke, Jelinek, Raviv 1974, max-log, with the pasts of both signals as states
 * cost 20 us each
 * thread one struct rival per worker; inside dsp only
 */
#ifndef DSP_RIVAL_JOINT_H
#define DSP_RIVAL_JOINT_H

#include <stdbool.h>

#include "dsp/rival.h"

/* Delays of the wanted signal -1 .. 3; the rival's begin anywhere: its bits have no numbers. */
#define RIVAL_TAPS   5
#define RIVAL_W_LATE (-1)
/* The rival's channel moves in straight lines between so many points: its oscillator is another
 * one, and where its next timeslot begins its symbols come a quarter of a symbol later. */
#define RIVAL_KNOTS    3
#define RIVAL_UNKNOWNS (RIVAL_TAPS + RIVAL_KNOTS * RIVAL_TAPS)
/* Taps in the trellis, of each; the others are taken out with the soft symbols. */
#define RIVAL_IN_TRELLIS 3
#define RIVAL_PATHS      (1 << RIVAL_IN_TRELLIS)
#define RIVAL_PASTS      (RIVAL_PATHS / 2)
/* Symbols worked on, from this one on. */
#define RIVAL_ROW_FIRST (-2)
#define RIVAL_ROWS      (GSM_BURST_BITS + 6)
#define RIVAL_ROW_END   (RIVAL_ROW_FIRST + RIVAL_ROWS)
#define RIVAL_PAD       16

/* A number for each path of the rival. */
typedef float vec8 __attribute__((vector_size(32)));

struct rival {
    float y[RIVAL_ROWS][2];
    float w[RIVAL_ROWS + 2 * RIVAL_PAD]; /* soft symbols of the wanted signal, bit 0 at RIVAL_PAD */
    float s[RIVAL_ROWS + 2 * RIVAL_PAD]; /* of the rival, symbol of row t at t + RIVAL_PAD */
    float known[RIVAL_ROWS + 2 * RIVAL_PAD];
    float h[RIVAL_TAPS][2], g[RIVAL_KNOTS][RIVAL_TAPS][2];
    int w_at, s_at; /* first tap in the trellis */
    float power;    /* of the burst as it came; here it is 1 */
    float noise, energy;
    float gram[RIVAL_UNKNOWNS][RIVAL_UNKNOWNS], side[RIVAL_UNKNOWNS][2];
    vec8 metric[RIVAL_ROWS][RIVAL_PATHS];
    float alpha[RIVAL_ROWS + 1][RIVAL_PASTS][RIVAL_PASTS];
    float llr_w[RIVAL_ROWS], llr_s[RIVAL_ROWS];
};

enum rival_users { RIVAL_ONLY = 0, RIVAL_BOTH };

/* Soft symbols of both (RIVAL_BOTH), or of the rival alone, from channels and noise. */
void rival_detect(struct rival *r, enum rival_users users);
/* Channels by least squares from the soft symbols of rows from..to-1; a little ridge keeps those
 * unknowns quiet that the rows do not touch. */
void rival_fit(struct rival *r, enum rival_users users, int from, int to, float ridge);
/* What the model leaves on rows from..to-1, and what the doubt about the symbols adds, a row. */
float rival_unexplained(const struct rival *r, int from, int to, float unknowns);
/* What both signals are at a row, by their soft symbols. */
void rival_model(const struct rival *r, int row, float ret_w[2], float ret_s[2]);

/* The knot before a row, and its weight; the next one has the rest. */
int rival_knot(int row, float *ret_weight);
/* Energy of n taps; the first of the RIVAL_IN_TRELLIS that hold most. */
float rival_energy(const float (*h)[2], int first, int n);
int rival_strongest(const float (*h)[2]);
/* tanh(llr / 2) within 1e-4: a Pade form, same bits everywhere. */
float rival_soft_symbol(float llr);

#endif
