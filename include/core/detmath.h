/* SPDX-License-Identifier: GPL-3.0-or-later */
/* detmath - sine, phase, logarithm and exponential that give the same bits on every machine.
 *
 * The C library's differ between processors (it picks code with and without fused multiply-add);
 * these use only + - * / and sqrt of IEEE 754 double, in a fixed order.
 *
 * in   finite doubles; NaN gives NaN
 * out  within 1e-11 of the exact value (relative for log and exp)
 * cost 5-20 ns a call
 * thread pure functions
 */
#ifndef CORE_DETMATH_H
#define CORE_DETMATH_H

/* cos and sin of an angle in turns (1.0 is a full circle). */
void det_sincos(double turns, double *ret_cos, double *ret_sin);
/* Angle of the point (x, y) in turns, -0.5 < result <= 0.5; 0 for the origin. */
double det_phase(double y, double x);
/* Logarithm to base 2 and 2 to a power, for positive x and |x| < 1000. */
double det_log2(double x);
double det_exp2(double x);
/* 10 log10(ratio), and back; ratio <= 0 gives -300 dB. */
double det_db(double ratio);
double det_from_db(double db);
/* Nearest multiple of step, halves away from zero. */
double det_round(double x, double step);

#endif
