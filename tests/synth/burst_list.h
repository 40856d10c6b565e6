/* SPDX-License-Identifier: GPL-3.0-or-later */
/* burst_list - recorded bursts of a base station as the content of a cell.
 *
 * in   text lines `FN TN bits`, 148 bits; `#` lines are notes
 * out  bits by frame and timeslot
 * cost 160 octets of memory a burst
 * thread read-only after reading
 */
#ifndef SYNTH_BURST_LIST_H
#define SYNTH_BURST_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "gsm_const.h"

struct burst_list {
    size_t n, cap;
    struct burst_line {
        uint32_t fn;
        uint8_t tn;
        uint8_t bits[GSM_BURST_BITS];
    } * line;
};

/* 0 or -errno with a sentence; lines may come in any order. */
int burst_list_read(struct burst_list *l, const char *path, char *err, size_t err_cap);
void burst_list_clear(struct burst_list *l);
/* NULL when the list has none. */
const uint8_t *burst_list_find(const struct burst_list *l, uint32_t fn, int tn);

#endif
