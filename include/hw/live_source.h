/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_source - receivers that can be tuned: a dongle, a dongle behind rtl_tcp, a file at its pace.
 *
 * in   "rtlsdr", "rtlsdr:INDEX", "rtlsdr:serial=S", "rtl_tcp:HOST:PORT", "file:PATH"
 * out  iq_block after iq_block, cu8 (file: as it is); what was lost is counted and marked by gap
 * cost one copy a sample on the capture thread; a ring of config.ring_s seconds
 * thread open, tune, next, close: one caller; the capture thread is the source's own
 */
#ifndef HW_LIVE_SOURCE_H
#define HW_LIVE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"

#define LIVE_RANGE_CAP 4

struct live_source;

struct live_source_config {
    const char *spec;
    double rate_hz;    /* 0: 2.4 MS/s */
    double gain_db;    /* NAN: chosen by measuring clipping and noise, fixed during a dwell */
    bool bias_tee;     /* switched off again at close */
    double ring_s;     /* seconds of signal the ring holds; 0: 4 s */
    double file_speed; /* file: only, 1: real time, 0: as fast as it is read */
    bool wait_device;  /* a source that is lost is waited for instead of -ENODEV */
};

/* From hz to hz, both included. */
struct live_range {
    double from_hz, to_hz;
};

/* What is at the other end. */
struct live_source_info {
    char name[64];   /* "RTL-SDR R820T", "rtl_tcp 127.0.0.1:1234 (E4000)" */
    char serial[64]; /* "": none */
    enum iq_format format;
    double rate_hz;   /* as it really is, not as it was asked for */
    double usable_hz; /* inner part of the window that is flat enough */
    double settle_s;  /* after a tune until samples are good */
    size_t n_ranges;  /* what the tuner can be set to */
    struct live_range ranges[LIVE_RANGE_CAP];
    bool tunable; /* false: file, it has one centre frequency */
};

/* What a tune led to. */
struct live_tuning {
    double asked_hz;
    double center_hz; /* where the oscillator really is, from the arithmetic of its divider */
    double gain_db;   /* NAN: not known */
};

struct live_source_stats {
    uint64_t n_samp;       /* taken in, those discarded while settling included */
    uint64_t n_dropped;    /* known to be lost: ring full, count against the clock, disconnected */
    uint64_t n_overflows;  /* times the ring was full */
    uint64_t n_stalls;     /* times nothing came for 2 s */
    uint64_t n_reconnects; /* came back after it was lost */
    uint64_t n_pll_failures; /* tunes that had to be repeated */
    double clipped_ratio;    /* of the samples since the last tune */
    double noise_dbfs;       /* lowest 0.1 s mean power since the last tune; NAN: none yet */
};

enum live_result {
    LIVE_TIMEOUT = 0, /* nothing within the time given */
    LIVE_BLOCK = 1
};

/* 0, or negative errno with one sentence that says what to do: no dongle (-ENODEV), busy (-EBUSY),
 * no permission (-EACCES), refused (-ECONNREFUSED), not an rtl_tcp server (-EPROTO), a bad spec
 * (-EINVAL). */
int live_source_open(struct live_source **ret, const struct live_source_config *cfg, char *err,
                     size_t err_cap);
void live_source_close(struct live_source *src);
void live_source_info(const struct live_source *src, struct live_source_info *ret);

/* Tunes, waits until it has settled, throws away what is older. The next block begins a new
 * stretch: samp goes on counting, gap is set. 0; -ERANGE: outside what the tuner can do; -EIO: the
 * oscillator does not lock there; -ENODEV: lost. err gets a sentence. */
int live_source_tune(struct live_source *src, double center_hz, struct live_tuning *ret, char *err,
                     size_t err_cap);

/* LIVE_BLOCK and *ret, borrowed until the next call; LIVE_TIMEOUT; -EINTR: a signal, nothing is
 * lost; -ENODEV: the source is gone; -ENODATA: a file has ended. */
int live_source_next(struct live_source *src, int timeout_ms, struct iq_block *ret, char *err,
                     size_t err_cap);

void live_source_get_stats(const struct live_source *src, struct live_source_stats *ret);
/* Sentences for the user that came up ("PLL did not lock at 960 MHz, tuned again"): the i-th, or
 * NULL. */
const char *live_source_note(const struct live_source *src, size_t i);

#endif
