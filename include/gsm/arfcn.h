/* SPDX-License-Identifier: GPL-3.0-or-later */
/* arfcn - bands, channel numbers and their downlink frequencies.
 *
 * in   band and ARFCN, or a frequency in Hz
 * out  the other one; lists of the raster inside a window
 * ref  3GPP TS 45.005 2
 * cost a table look-up
 * thread pure functions
 */
#ifndef GSM_ARFCN_H
#define GSM_ARFCN_H

#include <stddef.h>
#include <stdint.h>

enum arfcn_band {
    ARFCN_BAND_UNKNOWN = 0,
    ARFCN_P900,    /* 1..124: always reported as P900 */
    ARFCN_E900,    /* 0, 975..1023 */
    ARFCN_R900,    /* 955..974 */
    ARFCN_GSM850,  /* 128..251 */
    ARFCN_DCS1800, /* 512..885 */
    ARFCN_PCS1900, /* 512..810 */
    ARFCN_BAND_COUNT
};

/* A channel; plain value, compared field by field. */
struct arfcn {
    enum arfcn_band band;
    int number; /* 0..1023 */
};

/* Bit of a band in a mask of bands; ARFCN_ALL_BANDS has every one. */
#define ARFCN_BAND_BIT(band) (1u << (band))
#define ARFCN_ALL_BANDS                                                                            \
    ((1u << ARFCN_P900) | (1u << ARFCN_E900) | (1u << ARFCN_R900) | (1u << ARFCN_GSM850) |         \
     (1u << ARFCN_DCS1800) | (1u << ARFCN_PCS1900))

/* Downlink carrier in Hz, or 0 when the number is not of the band. */
double arfcn_downlink_hz(struct arfcn ch);

/* Finds the channel whose carrier is nearest to hz. Returns 0 and writes *ret when it is within
 * 100 kHz, else -ENOENT. Downlink ranges do not overlap, so the answer is unique. */
int arfcn_find(double hz, struct arfcn *ret);

/* Lists the channels of the bands in mask with lo_hz <= carrier <= hi_hz, ascending in
 * frequency. Writes at most cap; returns how many there are (may exceed cap). */
size_t arfcn_list(double lo_hz, double hi_hz, unsigned band_mask, struct arfcn *ret, size_t cap);

/* Band of a bare number as broadcast or typed; 512..810 is DCS1800 unless prefer_pcs is 1. */
enum arfcn_band arfcn_band_of(int number, int prefer_pcs);

/* "P900", "E900", ... never NULL; the band of a name (case ignored), or ARFCN_BAND_UNKNOWN. */
const char *arfcn_band_name(enum arfcn_band band);
enum arfcn_band arfcn_band_find(const char *name);

/* Order for reports: by band, then number. Like strcmp. */
int arfcn_compare(struct arfcn a, struct arfcn b);

#endif
