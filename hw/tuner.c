/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/tuner.h"

/* As rtlsdr_get_tuner_gains() lists them; needed where there is no library to ask (rtl_tcp). */
static const int e4000_gains[] = {-10, 15, 40, 65, 90, 115, 140, 165, 190, 215, 240, 290, 340, 420};
static const int fc0012_gains[] = {-99, -40, 71, 179, 192};
static const int fc0013_gains[] = {-99, -73, -65, -63, -60, -58, -54, 58,  61,  63,  65, 67,
                                   68,  70,  71,  179, 181, 182, 184, 186, 188, 191, 197};
static const int r82xx_gains[] = {0,   9,   14,  27,  37,  77,  87,  125, 144, 157,
                                  166, 197, 207, 229, 254, 280, 297, 328, 338, 364,
                                  372, 386, 402, 421, 434, 439, 445, 480, 496};

#define GAINS(a) .n_gains = sizeof(a) / sizeof((a)[0]), .gains_tenth_db = (a)

/* The R82xx divider ends at a VCO of 3.54 GHz, which is 1770 MHz less the IF; the gap of the E4000
 * differs from one to the next, these are its outer edges. */
static const struct tuner tuner_table[N_TUNERS] = {
    [TUNER_UNKNOWN] = {.name = "unknown tuner"},
    [TUNER_E4000] = {.name = "E4000",
                     .n_ranges = 2,
                     .ranges = {{52e6, 1100e6}, {1250e6, 2200e6}},
                     GAINS(e4000_gains)},
    [TUNER_FC0012] = {.name = "FC0012",
                      .n_ranges = 1,
                      .ranges = {{22e6, 948.6e6}},
                      GAINS(fc0012_gains)},
    [TUNER_FC0013] = {.name = "FC0013",
                      .n_ranges = 1,
                      .ranges = {{22e6, 1100e6}},
                      GAINS(fc0013_gains)},
    [TUNER_FC2580] = {.name = "FC2580", .n_ranges = 2, .ranges = {{146e6, 308e6}, {438e6, 924e6}}},
    [TUNER_R820T] = {.name = "R820T",
                     .n_ranges = 1,
                     .ranges = {{24e6, 1766e6}},
                     GAINS(r82xx_gains)},
    [TUNER_R828D] = {.name = "R828D",
                     .n_ranges = 1,
                     .ranges = {{24e6, 1766e6}},
                     GAINS(r82xx_gains)},
};

const struct tuner *tuner_find(uint32_t type)
{
    return &tuner_table[type < N_TUNERS ? type : TUNER_UNKNOWN];
}

bool tuner_reaches(const struct live_range *ranges, size_t n, double hz)
{
    for (size_t i = 0; i < n; i++) {
        if (hz >= ranges[i].from_hz && hz <= ranges[i].to_hz)
            return true;
    }
    return false;
}
