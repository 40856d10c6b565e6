/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/sch.h"

#include <osmocom/coding/gsm0503_coding.h>
#include <osmocom/core/bits.h>
#include <string.h>

#include "dsp/training.h"

#define SCH_BITS   78
#define SCH_HALF   39
#define SCH_SECOND 106 /* 3 tail + 39 data + 64 training */

/* TS 44.018 9.1.30: 25 bits, least significant first in each octet as the coder delivers them.
 *
 *   bit  7..2 BSIC   1..0 T1 (high)   15..8 T1 (middle)   23 T1 (low) 22..18 T2 17..16 T3' (high)
 *   24   T3' (low)
 */
static void sch_unpack(const uint8_t sb[4], int *ret_bsic, int *ret_t1, int *ret_t2, int *ret_t3)
{
    uint32_t w =
        (uint32_t)sb[0] | (uint32_t)sb[1] << 8 | (uint32_t)sb[2] << 16 | (uint32_t)sb[3] << 24;
    *ret_bsic = (int)(w >> 2 & 0x3f);
    *ret_t1 = (int)((w >> 23 & 0x01) | (w >> 7 & 0x1fe) | (w << 9 & 0x600));
    *ret_t2 = (int)(w >> 18 & 0x1f);
    *ret_t3 = (int)((w >> 24 & 0x01) | (w >> 15 & 0x06)) * 10 + 1;
}

/* The inverse of sch_unpack. */
static void sch_pack(int bsic, uint32_t fn, uint8_t sb[4])
{
    uint32_t t1 = fn / (26 * 51), t2 = fn % 26, t3 = (fn % 51 - 1) / 10;
    uint32_t w = (uint32_t)bsic << 2 | (t1 & 0x600) >> 9 | (t1 & 0x1fe) << 7 | (t1 & 1) << 23 |
                 t2 << 18 | (t3 & 6) << 15 | (t3 & 1) << 24;
    for (int i = 0; i < 4; i++)
        sb[i] = (uint8_t)(w >> 8 * i);
}

static int count_errors(const uint8_t sb[4], const sbit_t soft[SCH_BITS])
{
    ubit_t again[SCH_BITS];
    int n = 0;
    gsm0503_sch_encode(again, sb);
    for (int i = 0; i < SCH_BITS; i++)
        n += again[i] != (soft[i] < 0);
    return n;
}

enum sch_result sch_decode(const int8_t soft[GSM_BURST_BITS], struct sch_info *ret)
{
    uint8_t sb[4] = {0};
    sbit_t data[SCH_BITS];
    memcpy(data, soft + 3, SCH_HALF);
    memcpy(data + SCH_HALF, soft + SCH_SECOND, SCH_HALF);
    if (gsm0503_sch_decode(sb, data) != 0)
        return SCH_BAD_CRC;
    int t1, t2, t3;
    sch_unpack(sb, &ret->bsic, &t1, &t2, &t3);
    if (t2 >= 26 || t3 >= GSM_MULTIFRAME)
        return SCH_INSANE;
    ret->fn = (uint32_t)(51 * ((t3 - t2 + 52) % 26) + t3 + 51 * 26 * t1);
    ret->bit_errors = count_errors(sb, data);
    return SCH_OK;
}

double sch_fit(const int8_t soft[GSM_BURST_BITS], int bsic, uint32_t fn)
{
    uint8_t sb[4];
    ubit_t bits[SCH_BITS];
    int fit = 0, all = 0;
    sch_pack(bsic, fn, sb);
    gsm0503_sch_encode(bits, sb);
    for (int i = 0; i < SCH_BITS; i++) {
        int v = soft[i < SCH_HALF ? 3 + i : SCH_SECOND - SCH_HALF + i];
        fit += bits[i] ? -v : v;
        all += v < 0 ? -v : v;
    }
    return all ? (double)fit / all : 0.0;
}

void sch_symbols(int bsic, uint32_t fn, int8_t ret[GSM_BURST_BITS])
{
    uint8_t sb[4];
    ubit_t bits[SCH_BITS];
    memcpy(ret, training_known(BURST_SYNC, 0), GSM_BURST_BITS);
    sch_pack(bsic, fn, sb);
    gsm0503_sch_encode(bits, sb);
    for (int i = 0; i < SCH_BITS; i++)
        ret[i < SCH_HALF ? 3 + i : SCH_SECOND - SCH_HALF + i] = bits[i] ? -1 : 1;
}

const char *sch_result_name(enum sch_result r)
{
    switch (r) {
    case SCH_OK:
        return "ok";
    case SCH_BAD_CRC:
        return "bad CRC";
    case SCH_INSANE:
        return "impossible frame number";
    }
    return "?";
}

void sch_warm_up(void)
{
    int8_t soft[GSM_BURST_BITS] = {0};
    struct sch_info info;
    (void)sch_decode(soft, &info);
}
