/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/si.h"

/* TS 44.018 10.4: message type octets of protocol discriminator RR (TS 24.007 11.2.3.1.1) */
#define PD_RR 0x06

static const uint8_t type_octets[SI_TYPE_COUNT] = {
    [SI_1] = 0x19,  [SI_2] = 0x1a,  [SI_2BIS] = 0x02, [SI_2TER] = 0x03, [SI_2QUATER] = 0x07,
    [SI_3] = 0x1b,  [SI_4] = 0x1c,  [SI_7] = 0x1f,    [SI_8] = 0x18,    [SI_9] = 0x04,
    [SI_13] = 0x00, [SI_16] = 0x3d, [SI_17] = 0x3e,
};

static const char *const type_names[SI_TYPE_COUNT] = {
    [SI_UNKNOWN] = "?", [SI_1] = "1",       [SI_2] = "2",
    [SI_2BIS] = "2bis", [SI_2TER] = "2ter", [SI_2QUATER] = "2quater",
    [SI_3] = "3",       [SI_4] = "4",       [SI_7] = "7",
    [SI_8] = "8",       [SI_9] = "9",       [SI_13] = "13",
    [SI_16] = "16",     [SI_17] = "17",
};

enum si_type si_type_of(const uint8_t *l2, size_t n_oct)
{
    /* The whole octet: a skip indicator other than 0 makes a phone ignore the message
     * (TS 24.007 11.2.3.1.2), so it says nothing to it either. */
    if (n_oct < 3 || l2[1] != PD_RR) {
        return SI_UNKNOWN;
    }
    for (int type = SI_UNKNOWN + 1; type < SI_TYPE_COUNT; type++) {
        if (l2[2] == type_octets[type]) {
            return (enum si_type)type;
        }
    }
    return SI_UNKNOWN;
}

const char *si_type_name(enum si_type type)
{
    if ((unsigned)type >= SI_TYPE_COUNT) {
        return "?";
    }
    return type_names[type];
}
