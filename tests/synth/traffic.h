/* SPDX-License-Identifier: GPL-3.0-or-later */
/* traffic - what a cell sends on PCH and AGCH: paging and assignments with invented identities.
 *
 * in   rates of the scenario, time
 * out  23 octets a block
 * ref  3GPP TS 44.018 9.1.18-9.1.24, 9.1.8 (causes), TS 24.008 10.5.1.4
 * thread one object, one caller
 */
#ifndef SYNTH_TRAFFIC_H
#define SYNTH_TRAFFIC_H

#include "gsm_const.h"
#include "rng.h"
#include "scenario.h"

#define TRAFFIC_QUEUE_CAP 64

struct page {
    bool imsi;
    uint8_t oct[8]; /* TMSI: four octets; IMSI: eight octets as in the mobile identity */
    int left;       /* times still to be sent */
};

struct traffic {
    const struct cell_config *cfg;
    struct rng paging, assign;
    double next_page_s, next_assign_s;
    int n_pages;
    struct page page[TRAFFIC_QUEUE_CAP];
    int n_assigns; /* waiting */
};

void traffic_init(struct traffic *t, uint64_t seed, const struct cell_config *cfg);

enum traffic_block { TRAFFIC_AGCH, TRAFFIC_PCH };
/* Writes the block that starts in frame fn at time_s. si holds what the cell broadcasts now. */
void traffic_next(struct traffic *t, enum traffic_block kind, const struct si_fields *si,
                  uint32_t fn, double time_s, uint8_t l2[GSM_L2_OCT]);

#endif
