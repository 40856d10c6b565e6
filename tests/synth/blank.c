/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "blank.h"

#include <stdbool.h>
#include <string.h>

/* Length octet and value at l2[at]; returns the place after it, or -1 when it does not fit and
 * the rest was wiped. */
static int blank_identity(uint8_t *l2, int at)
{
    if (at >= GSM_L2_OCT)
        return -1;
    int n = l2[at];
    if (at + 1 + n > GSM_L2_OCT) {
        memset(l2 + at, 0, (size_t)(GSM_L2_OCT - at));
        return -1;
    }
    if (n == 0)
        return at + 1;
    uint8_t *v = l2 + at + 1;
    int kind = v[0] & 7;
    bool even = (v[0] & 8) == 0;
    if (kind == 4) { /* TMSI: f4 stays */
        memset(v + 1, 0, (size_t)n - 1);
    } else if (kind != 0) { /* digits: low nibble of the first octet stays, and the filler */
        v[0] &= 0x0f;
        for (int i = 1; i < n; i++)
            v[i] = (even && i == n - 1) ? 0xf0 : 0x00;
    }
    return at + 1 + n;
}

static void blank_optional(uint8_t *l2, int at)
{
    if (at >= 0 && at < GSM_L2_OCT && l2[at] == 0x17)
        blank_identity(l2, at + 1);
}

static bool bit_at(const uint8_t *l2, int i)
{
    return (l2[i / 8] >> (7 - i % 8)) & 1;
}

/* IA rest octets: H H 0 1 is a packet downlink assignment, and 32 bits of TLLI follow. H means
 * "differs from the padding 2b". */
static void blank_tlli(uint8_t *l2, int at_oct)
{
    int at = at_oct * 8;
    if (at + 36 > GSM_L2_OCT * 8)
        return;
    bool h0 = bit_at(l2, at) != 0, h1 = bit_at(l2, at + 1) != 0; /* padding 2b starts 0 0 */
    if (!h0 || !h1 || bit_at(l2, at + 2) || !bit_at(l2, at + 3))
        return;
    for (int i = at + 4; i < at + 36; i++)
        l2[i / 8] &= (uint8_t) ~(0x80 >> (i % 8));
}

void blank_identities(uint8_t l2[GSM_L2_OCT])
{
    if ((l2[1] & 0x0f) != 0x06)
        return;
    switch (l2[2]) {
    case 0x21:
        blank_optional(l2, blank_identity(l2, 4));
        break;
    case 0x22:
        memset(l2 + 4, 0, 8);
        blank_optional(l2, 12);
        break;
    case 0x24:
        memset(l2 + 4, 0, 16);
        break;
    case 0x3f:
        if ((l2[3] & 0x10) && l2[11] <= 8)
            blank_tlli(l2, 12 + l2[11]);
        break;
    default:
        break;
    }
}
