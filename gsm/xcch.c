/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/xcch.h"

#include <osmocom/coding/gsm0503_coding.h>
#include <osmocom/coding/gsm0503_interleaving.h>
#include <osmocom/coding/gsm0503_mapping.h>
#include <osmocom/coding/gsm0503_parity.h>
#include <osmocom/core/bits.h>
#include <osmocom/core/conv.h>
#include <osmocom/core/crcgen.h>
#include <osmocom/gsm/gsm0503.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "dsp/training.h"

/* Data and stealing bits around the training sequence: 57 + 1, 1 + 57. */
#define HALF_BITS   58
#define HALF_FIRST  3
#define HALF_SECOND 87
#define MAP_BITS    (2 * HALF_BITS)
/* 184 data bits, 40 parity bits, 4 zero bits that end the trellis in state 0. */
#define DATA_BITS   (8 * GSM_L2_OCT)
#define PARITY_BITS 40
#define STEPS       (GSM_XCCH_BITS / 2)
#define STATES      16
#define FAR_BELOW   (INT32_MIN / 2)

static void map_bursts(const int8_t soft[4][GSM_BURST_BITS], sbit_t bits[4 * MAP_BITS])
{
    for (int b = 0; b < 4; b++) {
        memcpy(bits + b * MAP_BITS, soft[b] + HALF_FIRST, HALF_BITS);
        memcpy(bits + b * MAP_BITS + HALF_BITS, soft[b] + HALF_SECOND, HALF_BITS);
    }
}

enum xcch_result xcch_decode(const int8_t soft[4][GSM_BURST_BITS], struct xcch_block *ret)
{
    sbit_t bits[4 * MAP_BITS];
    int n_errors = 0, n_bits = 0;
    map_bursts(soft, bits);
    if (gsm0503_xcch_decode(ret->l2, bits, &n_errors, &n_bits) != 0)
        return XCCH_BAD_CRC;
    ret->bit_errors = n_errors;
    return XCCH_OK;
}

void xcch_coded_of(const int8_t soft[4][GSM_BURST_BITS], struct xcch_coded *ret)
{
    sbit_t bits[4 * MAP_BITS], mixed[GSM_XCCH_BITS], plain[GSM_XCCH_BITS];
    map_bursts(soft, bits);
    for (int b = 0; b < 4; b++)
        gsm0503_xcch_burst_unmap(&mixed[b * 114], &bits[b * MAP_BITS], NULL, NULL);
    gsm0503_xcch_deinterleave(plain, mixed);
    for (int i = 0; i < GSM_XCCH_BITS; i++)
        ret->bit[i] = plain[i];
}

void xcch_coded_add(struct xcch_coded *sum, const struct xcch_coded *more)
{
    for (int i = 0; i < GSM_XCCH_BITS; i++)
        sum->bit[i] = (int16_t)(sum->bit[i] + more->bit[i]);
}

/* Forward pass: for each state after each step the better way in, and how much worse the other
 * one is. A way in is the state it comes from. */
struct survivors {
    uint8_t from[STEPS][STATES];
    int32_t loss[STEPS][STATES]; /* INT32_MAX: there is no other way in */
};

/* A path: leaves its parent (going back in time) at a step, and costs that much more. */
struct candidate {
    int32_t loss;
    int16_t parent;
    int16_t step; /* where it takes the other way in; STEPS: the best path itself */
};

static void viterbi(const struct xcch_coded *coded, struct survivors *s)
{
    const struct osmo_conv_code *code = &gsm0503_xcch;
    int32_t metric[STATES], next[STATES];
    for (int i = 0; i < STATES; i++)
        metric[i] = i ? FAR_BELOW : 0;
    for (int k = 0; k < STEPS; k++) {
        int32_t a = coded->bit[2 * k], b = coded->bit[2 * k + 1];
        bool have[STATES] = {false};
        for (int from = 0; from < STATES; from++) {
            /* the last four bits are zero */
            for (int bit = 0; bit < (k < STEPS - 4 ? 2 : 1); bit++) {
                int to = code->next_state[from][bit], out = code->next_output[from][bit];
                int32_t m = metric[from] + (out & 2 ? -a : a) + (out & 1 ? -b : b);
                if (!have[to]) {
                    have[to] = true;
                    next[to] = m;
                    s->from[k][to] = (uint8_t)from;
                    s->loss[k][to] = INT32_MAX;
                } else if (m > next[to]) {
                    s->loss[k][to] = m - next[to];
                    next[to] = m;
                    s->from[k][to] = (uint8_t)from;
                } else {
                    s->loss[k][to] = next[to] - m;
                }
            }
        }
        for (int i = 0; i < STATES; i++)
            metric[i] = have[i] ? next[i] : FAR_BELOW;
    }
}

/* The other state from which `to` can be reached, and the bit that leads from a state to `to`. */
static int other_from(int to, int from)
{
    const struct osmo_conv_code *code = &gsm0503_xcch;
    for (int i = 0; i < STATES; i++)
        if (i != from && (code->next_state[i][0] == to || code->next_state[i][1] == to))
            return i;
    return from;
}

static ubit_t bit_between(int from, int to)
{
    return gsm0503_xcch.next_state[from][1] == to;
}

struct list {
    struct survivors way;
    struct candidate found[XCCH_LIST]; /* in order of likelihood */
    int n_found;
    struct candidate open[XCCH_LIST]; /* best first */
    int n_open;
    uint8_t state[XCCH_LIST][STEPS + 1]; /* of each found path */
};

/* Keeps the list of open candidates short and sorted. */
static void open_push(struct list *l, int room, struct candidate c)
{
    if (room <= 0 || (l->n_open >= room && l->open[l->n_open - 1].loss <= c.loss))
        return;
    int i = l->n_open < room ? l->n_open++ : l->n_open - 1;
    for (; i > 0 && l->open[i - 1].loss > c.loss; i--)
        l->open[i] = l->open[i - 1];
    l->open[i] = c;
}

/* Takes the best open candidate, writes its states, and opens the paths that leave it earlier. */
static void list_next(struct list *l, int n)
{
    struct candidate c = l->open[0];
    int me = l->n_found++;
    uint8_t *state = l->state[me];
    memmove(l->open, l->open + 1, (size_t)--l->n_open * sizeof(l->open[0]));
    l->found[me] = c;
    int from_step = c.step;
    if (c.step == STEPS) {
        state[STEPS] = 0;
    } else {
        const uint8_t *parent = l->state[c.parent];
        memcpy(state + c.step, parent + c.step, (size_t)(STEPS + 1 - c.step));
        state[c.step] = (uint8_t)other_from(parent[c.step + 1], parent[c.step]);
    }
    for (int k = from_step - 1; k >= 0; k--) {
        int to = state[k + 1];
        state[k] = l->way.from[k][to];
        if (l->way.loss[k][to] != INT32_MAX)
            open_push(l, n - l->n_found,
                      (struct candidate){c.loss + l->way.loss[k][to], (int16_t)me, (int16_t)k});
    }
}

static bool check_path(const uint8_t state[STEPS + 1], const struct xcch_coded *coded,
                       struct xcch_block *ret)
{
    ubit_t bits[STEPS];
    for (int k = 0; k < STEPS; k++)
        bits[k] = bit_between(state[k], state[k + 1]);
    if (osmo_crc64gen_check_bits(&gsm0503_fire_crc40, bits, DATA_BITS, bits + DATA_BITS) != 0)
        return false;
    osmo_ubit2pbit_ext(ret->l2, 0, bits, 0, DATA_BITS, 1);
    ret->bit_errors = 0;
    for (int k = 0; k < STEPS; k++) {
        int out = gsm0503_xcch.next_output[state[k]][bits[k]];
        ret->bit_errors += (coded->bit[2 * k] < 0) != ((out & 2) != 0);
        ret->bit_errors += (coded->bit[2 * k + 1] < 0) != ((out & 1) != 0);
    }
    return true;
}

enum xcch_result xcch_decode_list(const struct xcch_coded *coded, int n, struct xcch_block *ret)
{
    struct list l;
    l.n_found = 0;
    l.n_open = 1;
    l.open[0] = (struct candidate){0, 0, STEPS};
    viterbi(coded, &l.way);
    while (l.n_open > 0 && l.n_found < n) {
        list_next(&l, n);
        if (check_path(l.state[l.n_found - 1], coded, ret))
            return XCCH_OK;
    }
    return XCCH_BAD_CRC;
}

double xcch_fit(const struct xcch_coded *coded, const uint8_t l2[GSM_L2_OCT])
{
    ubit_t bits[STEPS] = {0}, again[GSM_XCCH_BITS];
    int64_t fit = 0, all = 0;
    osmo_pbit2ubit_ext(bits, 0, l2, 0, DATA_BITS, 1);
    osmo_crc64gen_set_bits(&gsm0503_fire_crc40, bits, DATA_BITS, bits + DATA_BITS);
    osmo_conv_encode(&gsm0503_xcch, bits, again);
    for (int i = 0; i < GSM_XCCH_BITS; i++) {
        fit += again[i] ? -coded->bit[i] : coded->bit[i];
        all += abs(coded->bit[i]);
    }
    return all ? (double)fit / (double)all : 0.0;
}

void xcch_symbols(const uint8_t l2[GSM_L2_OCT], int tsc, int8_t ret[4][GSM_BURST_BITS])
{
    ubit_t bits[4 * MAP_BITS];
    gsm0503_xcch_encode(bits, l2);
    for (int b = 0; b < 4; b++) {
        memcpy(ret[b], training_known(BURST_NORMAL, tsc), GSM_BURST_BITS);
        for (int i = 0; i < MAP_BITS; i++)
            ret[b][i < HALF_BITS ? HALF_FIRST + i : HALF_SECOND - HALF_BITS + i] =
                bits[b * MAP_BITS + i] ? -1 : 1;
    }
}

void xcch_warm_up(void)
{
    static const int8_t soft[4][GSM_BURST_BITS];
    struct xcch_block block;
    (void)xcch_decode(soft, &block);
}
