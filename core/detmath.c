/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/detmath.h"

#include <math.h>

static const double two_pi = 6.283185307179586476925;

/* Taylor series on |x| <= pi/4: the first term left out is below 5e-17. */
static double sin_small(double x)
{
    double x2 = x * x;
    double s = -1.0 / 1307674368000.0;
    s = s * x2 + 1.0 / 6227020800.0;
    s = s * x2 - 1.0 / 39916800.0;
    s = s * x2 + 1.0 / 362880.0;
    s = s * x2 - 1.0 / 5040.0;
    s = s * x2 + 1.0 / 120.0;
    s = s * x2 - 1.0 / 6.0;
    return x + x * x2 * s;
}

static double cos_small(double x)
{
    double x2 = x * x;
    double c = 1.0 / 20922789888000.0;
    c = c * x2 - 1.0 / 87178291200.0;
    c = c * x2 + 1.0 / 479001600.0;
    c = c * x2 - 1.0 / 3628800.0;
    c = c * x2 + 1.0 / 40320.0;
    c = c * x2 - 1.0 / 720.0;
    c = c * x2 + 1.0 / 24.0;
    c = c * x2 - 0.5;
    return 1.0 + x2 * c;
}

void det_sincos(double turns, double *ret_cos, double *ret_sin)
{
    double t = turns - floor(turns + 0.5); /* -0.5 .. 0.5 */
    double q = floor(4.0 * t + 0.5);       /* nearest quarter turn, -2 .. 2 */
    double x = (t - 0.25 * q) * two_pi;
    double s = sin_small(x), c = cos_small(x);
    switch ((int)q & 3) {
    case 0:
        *ret_cos = c;
        *ret_sin = s;
        break;
    case 1:
        *ret_cos = -s;
        *ret_sin = c;
        break;
    case 2:
        *ret_cos = -c;
        *ret_sin = -s;
        break;
    default:
        *ret_cos = s;
        *ret_sin = -c;
        break;
    }
}

/* Arc tangent for |t| <= tan(pi/8) in radians: 17 terms leave less than 1e-14. */
static double atan_small(double t)
{
    double t2 = t * t, sum = 0.0;
    for (int n = 33; n >= 1; n -= 2)
        sum = sum * -t2 + 1.0 / (double)n;
    return t * sum;
}

double det_phase(double y, double x)
{
    double ax = fabs(x), ay = fabs(y);
    if (isnan(x) || isnan(y))
        return NAN;
    if (ax == 0.0 && ay == 0.0)
        return 0.0;
    double lo = ax < ay ? ax : ay, hi = ax < ay ? ay : ax;
    double t = lo / hi; /* 0 .. 1 */
    double a = t > 0.41421356237309503 ? atan_small((t - 1.0) / (t + 1.0)) / two_pi + 0.125
                                       : atan_small(t) / two_pi;
    if (ay > ax)
        a = 0.25 - a;
    if (x < 0.0)
        a = 0.5 - a;
    return y < 0.0 ? -a : a;
}

double det_log2(double x)
{
    int e;
    double m = frexp(x, &e); /* 0.5 .. 1 */
    if (m < 0.70710678118654752) {
        m *= 2.0;
        e--;
    }
    double s = (m - 1.0) / (m + 1.0), s2 = s * s, sum = 0.0;
    for (int n = 21; n >= 1; n -= 2)
        sum = sum * s2 + 1.0 / (double)n;
    return (double)e + 2.0 * s * sum * 1.4426950408889634074;
}

double det_exp2(double x)
{
    double n = floor(x + 0.5);
    double r = (x - n) * 0.69314718055994530942; /* |r| <= 0.347 */
    double sum = 1.0;
    for (int k = 14; k >= 1; k--)
        sum = 1.0 + sum * r / (double)k;
    return ldexp(sum, (int)n);
}

double det_db(double ratio)
{
    if (isnan(ratio))
        return NAN;
    if (ratio <= 1e-30)
        return -300.0;
    return 3.0102999566398119521 * det_log2(ratio);
}

double det_from_db(double db)
{
    return det_exp2(db * 0.33219280948873623479);
}

double det_round(double x, double step)
{
    double q = floor(fabs(x) / step + 0.5) * step;
    return x < 0.0 ? -q : q;
}
