/* SPDX-License-Identifier: GPL-3.0-or-later */
/* receiver - every GSM cell of one wide stream of samples, unasked.
 *
 * in   iq_block after iq_block of one recording (any format, 300 kS/s .. 20 MS/s)
 * out  gsm_event per decoded SCH and block, in the order of gsm_event_compare; cell_report per
 *      transmitter and span, in the order of (last_s, channel)
 * ref  3GPP TS 45.002, 45.003, 45.008; docs/receiver.md
 * cost see bench_receiver
 * thread one object, one caller; it keeps `jobs` workers of its own. The number of workers never
 *      changes what comes out. Callbacks come on the caller's thread.
 */
#ifndef GSM_RECEIVER_H
#define GSM_RECEIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"
#include "gsm/arfcn.h"
#include "gsm/cell_report.h"
#include "gsm/gsm_event.h"
#include "gsm/misfit.h"

struct receiver_config {
    enum iq_format format;
    double rate_hz;
    double center_hz;
    double ppm;               /* crystal of the receiver: positive runs fast, carriers low */
    unsigned band_mask;       /* ARFCN_ALL_BANDS */
    const struct arfcn *only; /* look at these channels only; NULL: every channel in view */
    size_t n_only;
    int jobs;                /* 1.. */
    bool live;               /* events come as soon as they are known, in order per chunk only */
    const uint8_t *key_seed; /* for the tags of paging.h */
    size_t n_key_seed_oct;
    void (*on_event)(void *ctx, const struct gsm_event *event); /* may be NULL */
    void (*on_report)(void *ctx, const struct cell_report *report);
    void *ctx;
};

/* Counters of the whole run; outcome counts are per stage, so one sees where signal is lost. */
struct receiver_stats {
    uint64_t n_samp;
    uint64_t n_clipped; /* samples with a component at the format's limit */
    uint64_t n_bad;     /* NaN or infinite; taken as zero */
    uint64_t n_gaps;
    uint64_t n_slips; /* cells that went on with another clock: samples are missing */
    double mean_power_dbfs;
    uint32_t n_channels; /* raster channels in view */
    uint32_t n_carriers; /* channels with at least one transmitter */
    uint32_t n_transmitters;
    uint64_t n_fcch_hits, n_sch, n_sch_failed;
    uint64_t n_blocks, n_blocks_failed, n_blocks_repaired;
    double ppm_estimate;       /* median offset of the carriers, ppm; NAN with none */
    double looks_like_rate_hz; /* GSM seems present at another rate than stated; 0: no */
    struct misfit misfit;      /* with no cell: what seems to be wrong instead */
};

struct receiver;

/* 0, -ENOMEM, or -EINVAL with a sentence (rate out of range, no channel of the bands in view). */
int receiver_create(struct receiver **ret, const struct receiver_config *cfg, char *err,
                    size_t err_cap);
void receiver_destroy(struct receiver *r);
/* Takes one block; callbacks may come, for signal up to about 2 s older. */
int receiver_push(struct receiver *r, const struct iq_block *block);
/* End of signal: all remaining events and reports. */
int receiver_finish(struct receiver *r);
void receiver_get_stats(const struct receiver *r, struct receiver_stats *ret);

#endif
