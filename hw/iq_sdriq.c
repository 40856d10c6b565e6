/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SDRangel's .sdriq: 32 octets, then samples of 16 bits, or of 24 in words of 32.
 *
 *   0 rate S/s (u32)  4 centre Hz (u64)  12 start ms since 1970 (u64)  20 bits (u32)
 *   24 zero (u32)     28 CRC-32 of octets 0..27 (u32)                  all little-endian
 */
#include <errno.h>
#include <stdio.h>
#include <zlib.h>

#include "core/utc.h"
#include "hw/iq_layout.h"

#define HEADER_OCT 32
#define CRC_AT     28
/* Old versions counted seconds: as milliseconds these would lie in 1970. */
#define START_MS_FROM UINT64_C(100000000000)
#define START_MS_TO   UINT64_C(253402300800000)

static uint64_t get(const uint8_t *p, int n_oct)
{
    uint64_t value = 0;
    for (int i = n_oct - 1; i >= 0; i--)
        value = value << 8 | p[i];
    return value;
}

bool iq_layout_is_sdriq(const uint8_t *head, size_t n_oct)
{
    return n_oct >= HEADER_OCT && get(head, 4) > 0 &&
           crc32(crc32(0, NULL, 0), head, CRC_AT) == get(head + CRC_AT, 4);
}

static int64_t start_us(uint64_t value)
{
    uint64_t ms = value < START_MS_FROM ? value * 1000 : value;
    return ms >= START_MS_FROM && ms < START_MS_TO ? (int64_t)ms * 1000 : UTC_UNKNOWN;
}

int iq_layout_sdriq(struct iq_layout *ret, const uint8_t *head, size_t n_oct, const char *name,
                    char *err, size_t err_cap)
{
    if (!iq_layout_is_sdriq(head, n_oct)) {
        (void)snprintf(err, err_cap,
                       "'%s' is no sdriq recording: the checksum of its first 32 octets is wrong; "
                       "if they are damaged, say --format cs16, --rate and --freq",
                       name);
        return -EINVAL;
    }
    uint64_t bits = get(head + 20, 4);
    if (bits != 16) {
        (void)snprintf(err, err_cap,
                       "'%s' is an sdriq recording of %llu bits: only those of 16 bits are read",
                       name, (unsigned long long)bits);
        return -EINVAL;
    }
    int rc = iq_layout_raw(ret);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "out of memory");
        return rc;
    }
    ret->container = IQ_SDRIQ;
    ret->format = IQ_CS16;
    ret->rate_hz = (double)get(head, 4);
    ret->start_utc_us = start_us(get(head + 12, 8));
    ret->stretch[0].at_oct = HEADER_OCT;
    ret->stretch[0].center_hz = (double)get(head + 4, 8);
    return 0;
}
