/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "oscillator.h"

#include <math.h>

#include <rtl-sdr.h>

#define RTL_XTAL_HZ 28800000u
#define TWO_22      4194304.0

/* The IF of an R82xx at rates up to 2.4 MS/s and above, in the driver's own steps. */
static uint32_t if_hz(uint32_t bw)
{
    static const uint32_t low_pass[] = {1700000, 1600000, 1550000, 1450000, 1200000,
                                        900000,  700000,  550000,  450000,  350000};
    uint32_t hz = 2300000, real = 0;
    unsigned i;
    if (bw > 2430000)
        return 3570000;
    if (bw > 2050000) {
        bw -= 380000;
        hz += 380000;
        real += 380000;
    }
    if (bw > 1700000) {
        bw -= 350000;
        hz += 350000;
        real += 350000;
    }
    for (i = 0; i < 10 && bw <= low_pass[i]; i++)
        ;
    return hz - (real + low_pass[i ? i - 1 : 0]) / 2;
}

/* r82xx_set_pll() of 0.6.0, from registers back to Hz by the crystal that is really there. */
static double r82xx_hz(const struct oscillator *o, uint32_t lo_hz)
{
    uint32_t khz = (lo_hz + 500) / 1000, ref = o->said_xtal_hz, ref_khz = (ref + 500) / 1000;
    uint8_t div = 2, nint;
    uint16_t n_sdm = 2, sdm = 0;
    while (div <= 64 && !(khz * div >= 1770000 && khz * div < 3540000))
        div = (uint8_t)(div << 1);
    if (div > 64)
        return 0;
    uint64_t vco = (uint64_t)lo_hz * div;
    nint = (uint8_t)(vco / (2 * ref));
    uint32_t fra = (uint32_t)((vco - 2ull * ref * nint) / 1000);
    while (fra > 1) {
        if (fra > 2 * ref_khz / n_sdm) {
            sdm = (uint16_t)(sdm + 32768 / (n_sdm / 2));
            fra -= 2 * ref_khz / n_sdm;
            if (n_sdm >= 0x8000)
                break;
        }
        n_sdm = (uint16_t)(n_sdm << 1);
    }
    return 2.0 * o->real_xtal_hz * (nint + sdm / 65536.0) / div;
}

static double e4000_hz(const struct oscillator *o, uint32_t lo_hz)
{
    unsigned r = lo_hz < 432000000 ? 8 : lo_hz < 667000000 ? 6 : lo_hz < 1200000000 ? 4 : 2;
    uint64_t vco = (uint64_t)lo_hz * r, z = vco / o->said_xtal_hz;
    uint64_t x = (vco - z * o->said_xtal_hz) * 65536 / o->said_xtal_hz;
    return o->real_xtal_hz * ((double)z + (double)x / 65536.0) / r;
}

double oscillator_hz(const struct oscillator *o, uint32_t hz)
{
    static const double range[7][2] = {{0, 0},         {52e6, 2200e6}, {22e6, 948.6e6},
                                       {22e6, 1100e6}, {146e6, 924e6}, {24e6, 1766e6},
                                       {24e6, 1766e6}};
    int t = o->tuner;
    if (hz < range[t][0] || hz > range[t][1])
        return 0;
    if (t == RTLSDR_TUNER_E4000) {
        if (hz > 1100000000 && hz < 1250000000)
            return 0;
        double steps = trunc(o->offset_hz * TWO_22 / RTL_XTAL_HZ);
        return e4000_hz(o, hz - o->offset_hz) + steps * RTL_XTAL_HZ / TWO_22;
    }
    if (t < RTLSDR_TUNER_R820T)
        return hz;
    double steps = trunc(if_hz(o->rate_hz) * TWO_22 / RTL_XTAL_HZ);
    return r82xx_hz(o, hz + if_hz(o->rate_hz)) - steps * RTL_XTAL_HZ / TWO_22;
}
