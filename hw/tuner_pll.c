/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The arithmetic of the drivers, step for step: rtlsdr_get_center_freq() says what was asked for,
 * not where the oscillator is. librtlsdr 0.6.0 is off by -879 .. +605 Hz in the bands at 850 and
 * 900 MHz, a base station by no more than 0.05 ppm, 47 Hz (3GPP TS 45.010 5.1). */
#include <math.h>

#include "hw/tuner.h"

#define TWO_22        4194304.0
#define VCO_MIN_KHZ   1770000u
#define CHOICE_MAX_HZ 3000

/* Step 1 of the IF filter follows the bandwidth, the IF follows the filter. */
static const uint32_t r82xx_low_pass_hz[] = {1700000, 1600000, 1550000, 1450000, 1200000,
                                             900000,  700000,  550000,  450000,  350000};

#define N_LOW_PASS    (sizeof r82xx_low_pass_hz / sizeof r82xx_low_pass_hz[0])
#define HIGH_PASS1_HZ 350000u
#define HIGH_PASS2_HZ 380000u

/* As r82xx_set_bandwidth() for bandwidths up to 2.43 MHz, and its fixed IF above. */
static uint32_t r82xx_if_hz(uint32_t bandwidth_hz)
{
    uint32_t if_hz = 2300000, real_hz = 0;
    size_t i = 0;
    if (bandwidth_hz > r82xx_low_pass_hz[0] + HIGH_PASS1_HZ + HIGH_PASS2_HZ)
        return 3570000;
    if (bandwidth_hz > r82xx_low_pass_hz[0] + HIGH_PASS1_HZ) {
        bandwidth_hz -= HIGH_PASS2_HZ;
        if_hz += HIGH_PASS2_HZ;
        real_hz += HIGH_PASS2_HZ;
    }
    if (bandwidth_hz > r82xx_low_pass_hz[0]) {
        bandwidth_hz -= HIGH_PASS1_HZ;
        if_hz += HIGH_PASS1_HZ;
        real_hz += HIGH_PASS1_HZ;
    }
    while (i < N_LOW_PASS && bandwidth_hz <= r82xx_low_pass_hz[i])
        i++;
    real_hz += r82xx_low_pass_hz[i > 0 ? i - 1 : 0];
    return if_hz - real_hz / 2;
}

/* What the mixer of the RTL2832 makes of an IF: a whole number of xtal / 2^22. */
static double ddc_hz(uint32_t rtl_xtal_hz, uint32_t if_hz)
{
    int32_t steps = (int32_t)((double)if_hz * TWO_22 / rtl_xtal_hz * -1);
    return -(double)steps * rtl_xtal_hz / TWO_22;
}

static unsigned r82xx_mix_div(uint32_t freq_khz)
{
    for (unsigned div = 2; div <= 64; div <<= 1) {
        if (freq_khz * div >= VCO_MIN_KHZ && freq_khz * div < 2 * VCO_MIN_KHZ)
            return div;
    }
    return 0;
}

/* The fraction of the feedback divider, as the loop of 0.6.0 finds it bit by bit, in kHz. */
static uint32_t sdm_0_6(uint32_t vco_fra_khz, uint32_t pll_ref_khz)
{
    uint32_t n_sdm = 2, sdm = 0;
    while (vco_fra_khz > 1 && n_sdm <= 0x8000) {
        if (vco_fra_khz > 2 * pll_ref_khz / n_sdm) {
            sdm += 32768 / (n_sdm / 2);
            vco_fra_khz -= 2 * pll_ref_khz / n_sdm;
        }
        n_sdm <<= 1;
    }
    return sdm & 0xffff;
}

static double r82xx_lo_hz(uint32_t xtal_hz, enum tuner_library lib, uint32_t lo_hz)
{
    unsigned div = r82xx_mix_div((lo_hz + 500) / 1000);
    if (div == 0 || xtal_hz == 0)
        return 0;
    uint64_t vco_hz = (uint64_t)lo_hz * div, nint, sdm;
    if (lib == TUNER_LIBRARY_0_6) {
        nint = vco_hz / (2ull * xtal_hz);
        uint32_t fra_khz = (uint32_t)((vco_hz - 2ull * xtal_hz * nint) / 1000);
        sdm = sdm_0_6(fra_khz, (xtal_hz + 500) / 1000);
    } else {
        uint64_t both = (xtal_hz + 65536 * vco_hz) / (2ull * xtal_hz);
        nint = both / 65536;
        sdm = both % 65536;
    }
    return 2.0 * xtal_hz * ((double)nint + (double)sdm / 65536.0) / div;
}

/* Divider of the E4000 by frequency (pll_vars of its driver); GSM needs the last three only. */
static unsigned e4000_div(uint32_t lo_hz)
{
    static const struct {
        uint32_t below_hz;
        unsigned div;
    } table[] = {
        {72400000, 48},  {81200000, 40}, {108300000, 32}, {162500000, 24}, {216600000, 16},
        {325000000, 12}, {350000000, 8}, {432000000, 8},  {667000000, 6},  {1200000000, 4},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (lo_hz < table[i].below_hz)
            return table[i].div;
    }
    return 2;
}

static double e4000_lo_hz(uint32_t xtal_hz, uint32_t lo_hz)
{
    if (xtal_hz == 0)
        return 0;
    unsigned div = e4000_div(lo_hz);
    uint64_t vco_hz = (uint64_t)lo_hz * div;
    uint64_t z = vco_hz / xtal_hz;
    uint64_t x = (vco_hz - z * xtal_hz) * 65536 / xtal_hz;
    return xtal_hz * ((double)z + (double)x / 65536.0) / div;
}

double tuner_true_hz(const struct tuner_setup *s, enum tuner_library lib, uint32_t set_hz)
{
    switch (s->type) {
    case TUNER_R820T:
    case TUNER_R828D: {
        uint32_t if_hz = r82xx_if_hz(s->rate_hz);
        double lo_hz = r82xx_lo_hz(s->tuner_xtal_hz, lib, set_hz + if_hz);
        return lo_hz > 0 ? lo_hz - ddc_hz(s->rtl_xtal_hz, if_hz) : 0;
    }
    case TUNER_E4000: {
        uint32_t offset_hz = s->offset_tuning ? s->rate_hz / 2 * 170 / 100 : 0;
        double lo_hz = e4000_lo_hz(s->tuner_xtal_hz, set_hz - offset_hz);
        return lo_hz > 0 ? lo_hz + ddc_hz(s->rtl_xtal_hz, offset_hz) : 0;
    }
    case TUNER_UNKNOWN:
    case TUNER_FC0012:
    case TUNER_FC0013:
    case TUNER_FC2580:
    case N_TUNERS:
        break;
    }
    return set_hz;
}

uint32_t tuner_choose_hz(const struct tuner_setup *s, double asked_hz, double *ret_true_hz)
{
    int64_t middle = llrint(asked_hz);
    for (int64_t k = 0; k <= 2 * CHOICE_MAX_HZ; k++) { /* 0, -1, 1, -2, 2 ... Hz away */
        uint32_t set_hz = (uint32_t)(middle + (k % 2 ? -(k + 1) / 2 : k / 2));
        double old_hz = tuner_true_hz(s, TUNER_LIBRARY_0_6, set_hz);
        if (fabs(old_hz - tuner_true_hz(s, TUNER_LIBRARY_2_0, set_hz)) < 0.5) {
            *ret_true_hz = old_hz;
            return set_hz;
        }
    }
    *ret_true_hz = tuner_true_hz(s, TUNER_LIBRARY_0_6, (uint32_t)middle);
    return (uint32_t)middle;
}

double tuner_true_rate_hz(uint32_t rtl_xtal_hz, uint32_t rate_hz)
{
    if (rate_hz <= 225000 || rate_hz > 3200000 || (rate_hz > 300000 && rate_hz <= 900000))
        return 0;
    uint32_t ratio = (uint32_t)(rtl_xtal_hz * TWO_22 / rate_hz) & 0x0ffffffcu;
    ratio |= (ratio & 0x08000000u) << 1;
    return rtl_xtal_hz * TWO_22 / ratio;
}
