/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/freq_list.h"

#include <errno.h>
#include <string.h>

#include <osmocom/gsm/gsm48_ie.h>

#define DESCRIPTION_OCT 16
#define ARFCN_COUNT     1024
/* Any one bit: the library marks members of a list in an array by it. */
#define MEMBER 0x01

/* 10.5.2.13.1: bits 8 7 4 3 2 of the first octet */
static enum si_freq_format format_of(uint8_t first, unsigned mask)
{
    if ((first & 0xc0 & mask) == 0x00) {
        return SI_FREQ_BITMAP_0;
    }
    if ((first & 0xc0 & mask) != (0x80 & mask)) {
        return SI_FREQ_RESERVED; /* 01 and 11 */
    }
    if ((first & 0x08) == 0) {
        return SI_FREQ_RANGE_1024;
    }
    switch (first & 0x06) {
    case 0x00:
        return SI_FREQ_RANGE_512;
    case 0x02:
        return SI_FREQ_RANGE_256;
    case 0x04:
        return SI_FREQ_RANGE_128;
    default:
        return SI_FREQ_BITMAP_VARIABLE;
    }
}

static void add(struct si_freq_list *list, int number)
{
    if (list->n < SI_FREQ_CAP) {
        list->arfcn[list->n++] = (uint16_t)number;
    }
}

int freq_list_parse(const uint8_t *data, size_t n_oct, enum freq_list_kind kind,
                    struct si_freq_list *ret)
{
    struct gsm_sysinfo_freq member[ARFCN_COUNT];
    uint8_t copy[DESCRIPTION_OCT]; /* the library casts structures onto it, and takes no const */
    memset(ret, 0, sizeof(*ret));
    ret->format = SI_FREQ_RESERVED;
    if (n_oct == 0) {
        return -EINVAL;
    }
    if (n_oct > DESCRIPTION_OCT) {
        n_oct = DESCRIPTION_OCT;
    }
    enum si_freq_format format = format_of(data[0], (unsigned)kind);
    if (format == SI_FREQ_RESERVED) {
        return -EINVAL;
    }
    memset(copy, 0, sizeof(copy));
    memcpy(copy, data, n_oct);
    memset(member, 0, sizeof(member));
    if (gsm48_decode_freq_list(member, copy, (uint8_t)n_oct, (uint8_t)kind, MEMBER) != 0) {
        return -EINVAL;
    }
    ret->format = format;
    for (int number = 1; number < ARFCN_COUNT; number++) {
        if (member[number].mask & MEMBER) {
            add(ret, number);
        }
    }
    if (member[0].mask & MEMBER) {
        add(ret, 0);
    }
    return 0;
}
