/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SI 2quater Rest Octets, TS 44.018 10.5.2.33b: read for the frequencies they name; all else is
 * stepped over. The functions follow the table from top to bottom. */
#include <string.h>

#include "gsm/octets.h"
#include "gsm/rest_octets.h"

/* Bits of n cells of one frequency (Table 9.1.54.1a and b); more cells than listed take none. */
static const uint8_t fdd_cell_bits[] = {0,  10, 19, 28, 36,  44,  52,  60, 67,
                                        74, 81, 88, 95, 102, 109, 116, 122};
static const uint8_t tdd_cell_bits[] = {0,  9,  17, 25, 32,  39,  46,  53,  59,  65, 71,
                                        77, 83, 89, 95, 101, 106, 111, 116, 121, 126};

static bool flag(struct octets *o)
{
    return octets_next(o, 1) != 0;
}

static void skip(struct octets *o, unsigned n_bits)
{
    while (n_bits > 32) {
        (void)octets_next(o, 32);
        n_bits -= 32;
    }
    (void)octets_next(o, n_bits);
}

/* { 0 | 1 < field : bit (n) > } */
static void skip_optional(struct octets *o, unsigned n_bits)
{
    if (flag(o)) {
        skip(o, n_bits);
    }
}

/* { 1 < field : bit (n) > } ** 0 */
static void skip_list(struct octets *o, unsigned n_bits)
{
    while (flag(o)) {
        skip(o, n_bits);
    }
}

/* { 0 < RTD : bit (n) > } ** 1, repeated for each further frequency */
static void skip_time_differences(struct octets *o, unsigned n_bits)
{
    skip_optional(o, 5);
    do {
        while (!flag(o) && !o->over) {
            skip(o, n_bits);
        }
    } while (!flag(o) && !o->over);
}

static void skip_real_time_difference(struct octets *o)
{
    if (flag(o)) {
        skip_time_differences(o, 6);
    }
    if (flag(o)) {
        skip_time_differences(o, 12);
    }
}

static void skip_bsic_description(struct octets *o)
{
    skip_optional(o, 5);
    skip(o, 6);
    skip(o, 7 * octets_next(o, 7));
}

static void skip_gprs_measurement(struct octets *o)
{
    skip(o, 3);
    skip_optional(o, 2);
    skip_optional(o, 2);
    skip(o, 2);
    for (int band = 0; band < 5; band++) {
        skip_optional(o, 6);
    }
}

/* From Measurement Parameters to the extension information */
static void skip_2g_part(struct octets *o)
{
    skip_optional(o, 3);
    if (flag(o)) {
        skip_real_time_difference(o);
    }
    if (flag(o)) {
        skip_bsic_description(o);
    }
    if (flag(o)) {
        skip(o, octets_next(o, 7));
    }
    if (flag(o)) {
        skip_gprs_measurement(o);
    }
    if (flag(o)) {
        skip(o, 2);
        skip_optional(o, 9);
    }
    if (flag(o)) {
        skip(o, octets_next(o, 8) + 1);
    }
}

struct utran_list {
    const uint8_t *cell_bits;
    size_t n_cell_bits;
    uint16_t *arfcn;
    uint8_t *n;
};

/* Returns false when the rest is of an earlier version that nobody can read. */
static bool take_utran(struct octets *o, const struct utran_list *list, bool *truncated)
{
    skip_optional(o, 3);
    while (flag(o)) {
        if (flag(o)) {
            return false;
        }
        uint16_t arfcn = (uint16_t)octets_next(o, 14);
        skip(o, 1);
        uint32_t n_cells = octets_next(o, 5);
        if (o->over) {
            break;
        }
        if (*list->n < SI_UARFCN_CAP) {
            list->arfcn[(*list->n)++] = arfcn;
        } else {
            *truncated = true;
        }
        skip(o, n_cells < list->n_cell_bits ? list->cell_bits[n_cells] : 0);
    }
    return true;
}

static bool take_3g_neighbours(struct octets *o, struct si2quater *ret)
{
    struct utran_list fdd = {fdd_cell_bits, sizeof(fdd_cell_bits), ret->uarfcn_fdd,
                             &ret->n_uarfcn_fdd};
    struct utran_list tdd = {tdd_cell_bits, sizeof(tdd_cell_bits), ret->uarfcn_tdd,
                             &ret->n_uarfcn_tdd};
    skip_optional(o, 7);
    skip_optional(o, 7);
    if (flag(o) && !take_utran(o, &fdd, &ret->truncated)) {
        return false;
    }
    return !flag(o) || take_utran(o, &tdd, &ret->truncated);
}

static void skip_3g_measurement(struct octets *o)
{
    if (flag(o)) {
        skip(o, 5);
        skip_optional(o, 10);
        skip_optional(o, 6);
    }
    if (flag(o)) { /* GPRS 3G measurement parameters */
        skip(o, 5);
        skip_optional(o, 3);
        skip_optional(o, 6);
        skip_optional(o, 2);
        skip_optional(o, 6);
    }
}

/* Additions of Releases 5 to 7. Returns whether those of Release 8 follow. */
static bool skip_to_release_8(struct octets *o)
{
    if (!octets_next_high(o)) {
        return false;
    }
    skip_optional(o, 7);
    if (flag(o)) {
        skip_optional(o, 6);
    }
    if (!octets_next_high(o)) {
        return false;
    }
    skip(o, 1);
    if (!octets_next_high(o)) {
        return false;
    }
    skip_optional(o, 6);
    skip_optional(o, 6);
    return octets_next_high(o);
}

static void skip_3g_priorities(struct octets *o)
{
    skip(o, 2);
    skip_optional(o, 13);
    while (flag(o)) {
        skip_list(o, 5);
        skip_optional(o, 3);
        skip(o, 5);
        skip_optional(o, 5);
        skip_optional(o, 5);
    }
}

/* Thresholds of FDD, then of TDD: { 0 | 1 <n> { 0 | 1 <6> } { 0 | 1 <3> } } */
static void skip_eutran_thresholds(struct octets *o, unsigned n_bits)
{
    for (int duplex = 0; duplex < 2; duplex++) {
        if (flag(o)) {
            skip(o, n_bits);
            skip_optional(o, 6);
            skip_optional(o, 3);
        }
    }
}

static void skip_eutran_measurement(struct octets *o)
{
    if (flag(o)) {
        skip(o, 7);
        if (flag(o)) {
            skip_eutran_thresholds(o, 6);
            skip(o, 1);
        } else {
            skip_eutran_thresholds(o, 3);
        }
    }
    if (flag(o)) { /* GPRS E-UTRAN measurement parameters */
        skip(o, 7);
        skip_eutran_thresholds(o, 3);
    }
}

static void take_eutran_neighbours(struct octets *o, struct si2quater *ret)
{
    while (flag(o)) {
        while (flag(o)) {
            uint16_t earfcn = (uint16_t)octets_next(o, 16);
            skip_optional(o, 3);
            if (o->over) {
                return;
            }
            if (ret->n_earfcn < SI_EARFCN_CAP) {
                ret->earfcn[ret->n_earfcn++] = earfcn;
            } else {
                ret->truncated = true;
            }
        }
        skip_optional(o, 3);
        skip(o, 5);
        skip_optional(o, 5);
        skip_optional(o, 5);
    }
}

static void take_release_8(struct octets *o, struct si2quater *ret)
{
    if (!flag(o)) {
        return;
    }
    skip_optional(o, 15);
    if (flag(o)) {
        skip_3g_priorities(o);
    }
    if (flag(o)) {
        skip(o, 3);
        skip_eutran_measurement(o);
        take_eutran_neighbours(o, ret);
    }
}

void rest_octets_parse_si2quater(const uint8_t *data, size_t n_oct, struct si2quater *ret)
{
    struct octets o;
    memset(ret, 0, sizeof(*ret));
    octets_init(&o, data, n_oct < REST_OCTETS_SI2QUATER_OCT ? n_oct : REST_OCTETS_SI2QUATER_OCT);
    ret->ba_ind = flag(&o);
    ret->ba3g_ind = flag(&o);
    ret->mp_change_mark = flag(&o);
    ret->index = (uint8_t)octets_next(&o, 4);
    ret->count = (uint8_t)octets_next(&o, 4);
    skip_2g_part(&o);
    if (flag(&o) && !take_3g_neighbours(&o, ret)) {
        ret->truncated = true;
        return;
    }
    skip_3g_measurement(&o);
    if (skip_to_release_8(&o)) {
        take_release_8(&o, ret);
    }
    ret->truncated = ret->truncated || o.over;
    ret->rest_decoded = !o.over;
}
