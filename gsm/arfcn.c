/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/arfcn.h"

#include <errno.h>
#include <math.h>
#include <strings.h>

#include <osmocom/gsm/gsm_utils.h>

#include "gsm_const.h"

/* Runs of consecutive channels, ascending in downlink frequency (TS 45.005 2, Table 2-2). */
struct segment {
    enum arfcn_band band;
    int first;
    int last;
};
static const struct segment segments[] = {
    {ARFCN_GSM850, 128, 251},  /* 869.2 MHz */
    {ARFCN_R900, 955, 974},    /* 921.2 MHz */
    {ARFCN_E900, 975, 1023},   /* 925.2 MHz */
    {ARFCN_E900, 0, 0},        /* 935.0 MHz */
    {ARFCN_P900, 1, 124},      /* 935.2 MHz */
    {ARFCN_DCS1800, 512, 885}, /* 1805.2 MHz */
    {ARFCN_PCS1900, 512, 810}, /* 1930.2 MHz */
};
#define SEGMENT_COUNT (sizeof(segments) / sizeof(segments[0]))

static const char *const band_names[ARFCN_BAND_COUNT] = {
    [ARFCN_BAND_UNKNOWN] = "unknown",
    [ARFCN_P900] = "P900",
    [ARFCN_E900] = "E900",
    [ARFCN_R900] = "R900",
    [ARFCN_GSM850] = "GSM850",
    [ARFCN_DCS1800] = "DCS1800",
    [ARFCN_PCS1900] = "PCS1900",
};

/* The library counts in 100 kHz and answers this for a number it does not know. */
#define OSMO_NONE 0xffff

static const struct segment *segment_of(struct arfcn ch)
{
    for (size_t i = 0; i < SEGMENT_COUNT; i++) {
        const struct segment *s = &segments[i];
        if (s->band == ch.band && ch.number >= s->first && ch.number <= s->last) {
            return s;
        }
    }
    return NULL;
}

double arfcn_downlink_hz(struct arfcn ch)
{
    if (segment_of(ch) == NULL) {
        return 0.0;
    }
    uint16_t number = (uint16_t)ch.number;
    if (ch.band == ARFCN_PCS1900) {
        number |= ARFCN_PCS;
    }
    uint16_t freq10 = gsm_arfcn2freq10(number, 0);
    return freq10 == OSMO_NONE ? 0.0 : (double)freq10 * 100e3;
}

int arfcn_find(double hz, struct arfcn *ret)
{
    /* Above 6.5 GHz the library's 16 bits wrap; a NaN fails both comparisons. */
    if (!(hz > 0.0 && hz < 6e9)) {
        return -ENOENT;
    }
    /* Every downlink carrier is a multiple of the raster. */
    double n_raster = floor(hz / GSM_RASTER_HZ + 0.5);
    uint16_t found = gsm_freq102arfcn((uint16_t)(n_raster * 2.0), 0);
    if (found == OSMO_NONE) {
        return -ENOENT;
    }
    struct arfcn ch = {.number = found & 1023};
    ch.band = arfcn_band_of(ch.number, (found & ARFCN_PCS) != 0);
    /* The library also knows bands that are not ours (GSM450, GSM750). */
    if (arfcn_downlink_hz(ch) != n_raster * GSM_RASTER_HZ) {
        return -ENOENT;
    }
    *ret = ch;
    return 0;
}

size_t arfcn_list(double lo_hz, double hi_hz, unsigned band_mask, struct arfcn *ret, size_t cap)
{
    size_t n = 0;
    for (size_t i = 0; i < SEGMENT_COUNT; i++) {
        const struct segment *s = &segments[i];
        if ((band_mask & ARFCN_BAND_BIT(s->band)) == 0) {
            continue;
        }
        for (int number = s->first; number <= s->last; number++) {
            struct arfcn ch = {s->band, number};
            double hz = arfcn_downlink_hz(ch);
            if (hz < lo_hz || hz > hi_hz) {
                continue;
            }
            if (n < cap) {
                ret[n] = ch;
            }
            n++;
        }
    }
    return n;
}

enum arfcn_band arfcn_band_of(int number, int prefer_pcs)
{
    struct arfcn pcs = {ARFCN_PCS1900, number};
    if (prefer_pcs && segment_of(pcs) != NULL) {
        return ARFCN_PCS1900;
    }
    for (size_t i = 0; i < SEGMENT_COUNT; i++) {
        if (number >= segments[i].first && number <= segments[i].last) {
            return segments[i].band;
        }
    }
    return ARFCN_BAND_UNKNOWN;
}

const char *arfcn_band_name(enum arfcn_band band)
{
    if ((unsigned)band >= ARFCN_BAND_COUNT) {
        return band_names[ARFCN_BAND_UNKNOWN];
    }
    return band_names[band];
}

enum arfcn_band arfcn_band_find(const char *name)
{
    for (int i = ARFCN_BAND_UNKNOWN + 1; i < ARFCN_BAND_COUNT; i++) {
        if (strcasecmp(name, band_names[i]) == 0) {
            return (enum arfcn_band)i;
        }
    }
    return ARFCN_BAND_UNKNOWN;
}

int arfcn_compare(struct arfcn a, struct arfcn b)
{
    if (a.band != b.band) {
        return a.band < b.band ? -1 : 1;
    }
    return (a.number > b.number) - (a.number < b.number);
}
