/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scene_table.h"

#include <stddef.h>
#include <string.h>

#define ONE      "tests/synth/scenarios/one.scn"
#define ADJACENT "tests/synth/scenarios/adjacent.scn"
#define CITY     "tests/synth/scenarios/city.scn"
#define NOISE    "tests/synth/scenarios/noise.scn"
#define WIDE8    "bench/scenes/wide8.scn"
#define ELEVEN   "bench/scenes/eleven.scn"
#define SWEEP    "noise_esn0_db"
#define END      SCENE_END
/* around 10 % FER in plain noise: enough to read a shift of the threshold from */
#define NEAR_AWGN                                                                                  \
    {                                                                                              \
        -1.5, -1, -0.5, 0, 0.5, 1, 1.5, END                                                        \
    }

/* 40 kHz and 75 kHz at 945.2 MHz are 42.32 and 79.35 ppm: carrier and sample clock together. */
static const struct scene table[] = {
    // clang-format off
    {"awgn", "plain noise, 1.0833 MS/s cf32", ONE, NULL, SWEEP, 60, 3, false, true,
     {-4, -3, -2.5, -2, -1.5, -1, -0.5, 0, 0.5, 1, 2, END}},
    {"tu50", "TU50, 1.0833 MS/s cf32", ONE, "cell.A.fading=TU50", SWEEP, 60, 3, false, true,
     {0, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, END}},
    {"wide8", "8 bit at 2.4 MS/s, crystal 27 ppm off", WIDE8, NULL, SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"dc_beside", "the same, spike at the centre as strong as the carrier, 200 kHz away", WIDE8,
     "dc_dbfs=-24", SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"dc_under", "the same spike under the carrier", WIDE8,
     "dc_dbfs=-24 receiver_ppm=0 center=945.2MHz", SWEEP, 30, 2, false, true,
     {0, 2, 4, 6, 8, 10, END}},
    {"weak8", "8 bit at 2.4 MS/s, carrier at -40 dBFS", WIDE8, "cell.A.level_dbfs=-40", SWEEP, 60, 2,
     false, true, NEAR_AWGN},
    {"ht100", "HT100", ONE, "cell.A.fading=HT100", SWEEP, 60, 2, false, true, {2, 4, 6, 8, 12, 20, 30, END}},
    {"eq50", "EQ50", ONE, "cell.A.fading=EQ50", SWEEP, 60, 2, false, true, {2, 4, 6, 8, 12, 20, 30, END}},
    {"ra250", "RA250", ONE, "cell.A.fading=RA250", SWEEP, 60, 2, false, true, {2, 4, 6, 8, 12, 20, 30, END}},
    {"offset+40k", "carrier 40 kHz high", ONE, "receiver_ppm=-42.32", SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"offset-40k", "carrier 40 kHz low", ONE, "receiver_ppm=42.32", SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"offset+75k", "carrier 75 kHz high", ONE, "receiver_ppm=-79.35", SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"offset-75k", "carrier 75 kHz low", ONE, "receiver_ppm=79.35", SWEEP, 60, 2, false, true, NEAR_AWGN},
    {"drift", "crystal drifts 1 ppm a minute", ONE, "receiver_drift_ppm_per_min=1", SWEEP, 60, 2,
     false, true, NEAR_AWGN},
    {"neighbour200+9", "neighbour at +200 kHz, 9 dB stronger than 20 dB", ADJACENT,
     "cell.N.esn0_db=29", "cell.W.esn0_db", 60, 2, false, true, {20, END}},
    {"neighbour200+18", "neighbour at +200 kHz, 18 dB stronger than 20 dB", ADJACENT,
     "cell.N.esn0_db=38", "cell.W.esn0_db", 60, 2, false, true, {20, END}},
    {"neighbour400+35", "neighbour at +400 kHz, 47 dB", ADJACENT,
     "cell.N.arfcn=53 cell.N.esn0_db=47", "cell.W.esn0_db", 60, 2, false, true, {8, 12, 16, END}},
    {"start", "short files that begin anywhere", ONE, NULL, SWEEP, 4, 20, false, true,
     {0, 2, 8, 20, END}},
    {"identity15", "is the CGI read within 15 s?", ONE, NULL, SWEEP, 15, 8, false, true,
     {-5, -4, -3, END}},
    {"identity30", "is the CGI read within 30 s?", ONE, NULL, SWEEP, 30, 8, false, true,
     {-7, -6, -5, END}},
    {"estimate", "what the program says of Es/N0 and frequency", ONE, "center=945MHz", SWEEP, 10, 3, false, true,
     {-5, -3, -2, -1, 0, 2, 5, 10, 15, 20, 25, 30, END}},
    {"eleven", "eleven cells 200 kHz apart for 2 s", ELEVEN, NULL, NULL, 2, 12, true, false, {20, END}},
    {"city", "the demonstration: seven cells", CITY, NULL, NULL, 30, 1, true, false, {0, END}},
    {"failing", "blocks that must fail: are wrong ones accepted?", ONE, NULL, SWEEP, 600, 4, false, true,
     {-3, END}},
    {"noise", "no cell in noise", NOISE, NULL, NULL, 300, 12, false, false, {0, END}},
    // clang-format on
};

const struct scene *scene_at(int i)
{
    return i >= 0 && (size_t)i < sizeof(table) / sizeof(table[0]) ? &table[i] : NULL;
}

const struct scene *scene_find(const char *name)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strcmp(table[i].name, name) == 0)
            return &table[i];
    }
    return NULL;
}
