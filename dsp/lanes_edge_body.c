/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Into the lanes of dsp/lanes.h and out again, compiled once per instruction set: the build defines
 * LANES_EDGE_TABLE (the table's name). */
#include <string.h>

#include "dsp/lanes.h"

/* |LLR| 20 is sure: clipping between 8 and 40 costs nothing (simulation). */
#define LLR_FULL 20.0f

#define AT(k) ((k) + LANES_LEAD)

/* Eight rows of eight, rows and columns swapped. */
static inline void transpose(lane_row r[8])
{
    lane_row a[8], b[8];
    for (int i = 0; i < 8; i += 2) {
        a[i] = __builtin_shufflevector(r[i], r[i + 1], 0, 8, 2, 10, 4, 12, 6, 14);
        a[i + 1] = __builtin_shufflevector(r[i], r[i + 1], 1, 9, 3, 11, 5, 13, 7, 15);
    }
    for (int i = 0; i < 8; i += 4)
        for (int k = 0; k < 2; k++) {
            b[i + k] = __builtin_shufflevector(a[i + k], a[i + k + 2], 0, 1, 8, 9, 4, 5, 12, 13);
            b[i + k + 2] =
                __builtin_shufflevector(a[i + k], a[i + k + 2], 2, 3, 10, 11, 6, 7, 14, 15);
        }
    for (int i = 0; i < 4; i++) {
        r[i] = __builtin_shufflevector(b[i], b[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
        r[i + 4] = __builtin_shufflevector(b[i], b[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
    }
}

/* Symbols to lanes, four at a time; the last four may overlap those before. */
static void load(struct lanes *l, const struct burst_in *const in[LANES])
{
    lane_row power = {0};
    for (int i = 0; i < EQUALIZER_SYMS; i += 4) {
        int at = i + 4 <= EQUALIZER_SYMS ? i : EQUALIZER_SYMS - 4;
        lane_row r[8];
        for (int j = 0; j < LANES; j++)
            memcpy(&r[j], in[j]->y[at], sizeof(r[j]));
        transpose(r);
        for (int k = 0; k < 4; k++) {
            l->raw_re[CHANNEL_TAPS + at + k] = r[2 * k];
            l->raw_im[CHANNEL_TAPS + at + k] = r[2 * k + 1];
        }
    }
    for (int k = 0; k < GSM_BURST_BITS; k++)
        power += l->raw_re[AT(k)] * l->raw_re[AT(k)] + l->raw_im[AT(k)] * l->raw_im[AT(k)];
    l->power = power / (float)GSM_BURST_BITS;
}

/* Eight octets of each of eight words, rows and columns swapped: blocks of 4, of 2, of 1. */
static inline void transpose_octets(uint64_t w[8])
{
    static const uint64_t keep[3] = {0x00000000ffffffff, 0x0000ffff0000ffff, 0x00ff00ff00ff00ff};
    for (int b = 0, far = 4; b < 3; b++, far /= 2)
        for (int i = 0; i < 8; i++)
            if (!(i & far)) {
                uint64_t swap = ((w[i] >> 8 * far) ^ w[i + far]) & keep[b];
                w[i + far] ^= swap;
                w[i] ^= swap << 8 * far;
            }
}

static void take_soft(const struct lanes *l, int8_t ret[LANES][GSM_BURST_BITS])
{
    float llr[GSM_BURST_BITS * LANES];
    int8_t bit[GSM_BURST_BITS * LANES];
    memcpy(llr, l->llr, sizeof(llr));
    for (int i = 0; i < GSM_BURST_BITS * LANES; i++) {
        float v = llr[i] * (127.0f / LLR_FULL);
        v = v > 127.0f ? 127.0f : v;
        v = v < -127.0f ? -127.0f : v;
        bit[i] = (int8_t)((int)(v + 128.5f) - 128); /* to the nearest: cut what is positive */
    }
    for (int i = 0; i < GSM_BURST_BITS; i += 8) {
        int at = i + 8 <= GSM_BURST_BITS ? i : GSM_BURST_BITS - 8;
        uint64_t w[8];
        memcpy(w, bit + at * LANES, sizeof(w));
        transpose_octets(w);
        for (int j = 0; j < LANES; j++)
            memcpy(&ret[j][at], &w[j], sizeof(w[j]));
    }
}

/* Every soft bit of lanes 0..n-1 stands at its limit already. */
static bool all_sure(const struct lanes *l, int n)
{
    float least[LANES] = {0};
    for (int j = 0; j < LANES; j++)
        least[j] = LLR_FULL;
    for (int k = 0; k < GSM_BURST_BITS; k++) {
        float row[LANES];
        memcpy(row, &l->llr[k], sizeof(row));
        for (int j = 0; j < LANES; j++) {
            float size = row[j] < 0.0f ? -row[j] : row[j];
            least[j] = size < least[j] ? size : least[j];
        }
    }
    bool sure = true;
    for (int j = 0; j < n; j++)
        sure &= least[j] >= LLR_FULL;
    return sure;
}

extern const struct lanes_edge LANES_EDGE_TABLE;
const struct lanes_edge LANES_EDGE_TABLE = {
    .load = load,
    .take_soft = take_soft,
    .all_sure = all_sure,
};
