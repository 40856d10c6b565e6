/* SPDX-License-Identifier: GPL-3.0-or-later */
/* content - the bits of every burst of one C0 carrier.
 *
 * in   frame number, timeslot, time
 * out  148 bits, and what they carry
 * ref  3GPP TS 45.002 5.2 (bursts), 6.3.1.3 (SI schedule), clause 7 (mapping), TS 45.003 4.1, 4.7
 * cost about 10 us a block
 * thread one object, one caller; slots are asked for in order
 */
#ifndef SYNTH_CONTENT_H
#define SYNTH_CONTENT_H

#include "gsm_const.h"
#include "scenario.h"

enum content_kind { CONTENT_OTHER, CONTENT_SCH, CONTENT_BLOCK };

/* What one burst carries. */
struct content_burst {
    enum content_kind kind;
    const char *channel; /* "BCCH", "CCCH", "SDCCH", "SACCH"; "SCH" */
    int i_burst;         /* of a block: 0..3 */
    uint32_t fn;
    uint8_t l2[GSM_L2_OCT];
};

struct content;

/* 0 or -errno with a sentence. cfg stays borrowed. */
int content_create(struct content **ret, const struct scenario *s, const struct cell_config *cfg,
                   char *err, size_t err_cap);
void content_destroy(struct content *c);

/* Frame number to start with when the scenario names none. */
uint32_t content_first_fn(const struct content *c);

/* Bits of one slot; time_s is its start in seconds of signal. */
void content_next(struct content *c, uint32_t fn, int tn, double time_s,
                  uint8_t bits[GSM_BURST_BITS], struct content_burst *ret);

/* Parts, for tests. */
void content_dummy_burst(uint8_t bits[GSM_BURST_BITS]);
void content_encode_sch(uint32_t fn, int bsic, uint8_t bits[GSM_BURST_BITS]);
void content_encode_block(const uint8_t l2[GSM_L2_OCT], int tsc, int i_burst,
                          uint8_t bits[GSM_BURST_BITS]);
/* Which block of TN0 holds this frame: start frame in the multiframe (2, 6, 12, ...), or -1 for
 * FCCH, SCH and idle. */
int content_block_start(uint32_t fn);
const char *content_channel_name(uint32_t fn, bool combined);

#endif
