/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Octets as samples of any format and rate, in blocks of any size: what is told must make sense,
 * and its counts must agree. Octet 0 picks rate and format, octet 1 the size of blocks. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "gsm/receiver.h"

#define SAMPLES_MAX 65536

struct sums {
    uint64_t n_sch, n_blocks, rep_sch, rep_blocks;
};

static void on_event(void *ctx, const struct gsm_event *e)
{
    struct sums *s = ctx;
    assert(e->fn < GSM_HYPERFRAME && e->bsic >= 0 && e->bsic < 64);
    assert(isfinite(e->samp) && isfinite(e->offset_hz) && !isnan(e->snr_db));
    s->n_sch += e->kind == GSM_EVENT_SCH && !e->assumed;
    s->n_blocks += e->kind != GSM_EVENT_SCH;
}

static void on_report(void *ctx, const struct cell_report *r)
{
    struct sums *s = ctx;
    assert(r->first_s >= 0.0 && r->last_s >= r->first_s && r->n_si <= CELL_REPORT_SI_CAP);
    assert(r->fn_epoch_frames >= 0.0 && r->fn_epoch_frames < GSM_HYPERFRAME);
    s->rep_sch += r->n_sch;
    s->rep_blocks += r->n_bcch + r->n_ccch;
}

/* An array of its own, so that samples lie as their type wants. */
static void run(struct receiver *r, const uint8_t *data, size_t n_samp, enum iq_format format,
                size_t step)
{
    static float aligned[2 * SAMPLES_MAX];
    size_t oct = iq_format_oct(format);
    memcpy(aligned, data, n_samp * oct);
    for (size_t at = 0; at < n_samp; at += step) {
        struct iq_block block = {.data = (const uint8_t *)aligned + at * oct,
                                 .n_samp = n_samp - at < step ? n_samp - at : step,
                                 .format = format,
                                 .samp = at,
                                 .gap = at % 3 == 1};
        assert(receiver_push(r, &block) == 0);
    }
    assert(receiver_finish(r) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const double rate_hz[] = {300e3, 541666.6667, 1083333.3333, 2.4e6};
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32};
    struct receiver *r = NULL;
    struct receiver_stats stats;
    struct sums s = {0};
    char err[200];
    if (size < 2)
        return 0;
    struct receiver_config cfg = {.format = format[data[0] >> 2 & 3],
                                  .rate_hz = rate_hz[data[0] & 3],
                                  .center_hz = 945.2e6,
                                  .ppm = data[0] >> 4,
                                  .band_mask = ARFCN_ALL_BANDS,
                                  .jobs = 1 + (data[0] >> 7),
                                  .on_event = on_event,
                                  .on_report = on_report,
                                  .ctx = &s};
    size_t n_samp = (size - 2) / iq_format_oct(cfg.format);
    n_samp = n_samp < SAMPLES_MAX ? n_samp : SAMPLES_MAX;
    if (receiver_create(&r, &cfg, err, sizeof(err)) != 0)
        return 0;
    run(r, data + 2, n_samp, cfg.format, 1 + 97 * (size_t)data[1]);
    receiver_get_stats(r, &stats);
    assert(stats.n_samp == n_samp);
    assert(stats.n_sch == s.n_sch && stats.n_blocks == s.n_blocks);
    assert(s.rep_sch == s.n_sch && s.rep_blocks == s.n_blocks);
    receiver_destroy(r);
    return 0;
}
