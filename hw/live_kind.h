/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_kind - what the kinds of live sources share; private to this layer.
 *
 * A source is a file at its pace, which has next() of its own, or a stream: a capture thread that
 * belongs to the source calls run() of the kind, which hands octets to stream_push() until it is
 * told to stop or the receiver is lost; the caller takes them out of the ring.
 */
#ifndef HW_LIVE_KIND_PRIVATE_H
#define HW_LIVE_KIND_PRIVATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "core/ring.h"
#include "hw/live_source.h"
#include "hw/live_spec.h"
#include "hw/tuner.h"
#include "iq_level.h"
#include "stream_clock.h"

#define LIVE_NOTES_CAP 16
#define LIVE_NOTE_CAP  240
#define LIVE_ERR_CAP   400

/* One row of functions per kind. Those that a file does not need are NULL for it. */
struct live_kind {
    const char *name;
    double settle_s; /* after the oscillator was set until samples are good */
    int loss_s;      /* how long samples must be late to be lost */
    /* Finds the receiver, sets its rate, fills info. */
    int (*open)(struct live_source *src, char *err, size_t err_cap);
    /* Sets the oscillator, *ret_center_hz is where it then is. -EAGAIN: it did not lock. */
    int (*set_freq)(struct live_source *src, double hz, double *ret_center_hz);
    int (*set_gain)(struct live_source *src, int gain_tenth_db);
    /* On the capture thread: reads until stream_stopping() (0) or until it is lost: negative errno
     * with a sentence left by stream_say_lost(). -ENOTRECOVERABLE: do not try again. */
    int (*run)(struct live_source *src);
    /* On the capture thread, after run() failed: once, to get it back, as open() had it. */
    int (*reopen)(struct live_source *src);
    /* From another thread: run() shall look at stream_stopping(). */
    void (*cancel)(struct live_source *src);
    /* Files only. */
    int (*next)(struct live_source *src, int timeout_ms, struct iq_block *ret, char *err,
                size_t err_cap);
    void (*close)(struct live_source *src);
};

extern const struct live_kind live_kind_file, live_kind_rtltcp, live_kind_rtlsdr;

/* What the capture thread owns. */
struct stream_feed {
    struct stream_clock clock;
    struct ring_slot *slot; /* being filled; NULL: none */
    uint64_t samp;          /* next sample's index */
    uint64_t jump;          /* samples that were lost and are not in samp yet */
    bool odd;               /* the next octet is the second half of a sample left out */
    bool gap;               /* the next slot begins after a loss */
    bool dropping;          /* the ring was full and is not half empty yet */
};

struct live_source {
    const struct live_kind *kind;
    void *state; /* of the kind */
    struct live_source_config config;
    struct live_spec spec;
    struct live_source_info info;
    char text[600]; /* of the spec, which config and spec point into */

    /* Of the caller's thread. */
    struct live_tuning tuning;
    bool tuned, held, first_after_tune;
    uint64_t good_from_samp;
    const int *gains_tenth_db;
    size_t n_gains, i_gain;
    double usual_floor; /* of settled windows at usual_gain, for the check of the PLL */
    size_t i_usual_gain;
    struct iq_level level, span_level; /* since the tune; of the 0.1 s under way */
    double noise_power;                /* least mean of such a span; INFINITY: none yet */

    /* Shared. */
    struct ring *ring;
    pthread_t capture;
    bool capture_runs;
    atomic_bool stopping, collecting, connected, gone;
    atomic_ullong n_samp, n_dropped, n_overflows, n_stalls, n_reconnects, n_pll_failures;
    pthread_mutex_t control; /* held around set_freq, set_gain, reopen and what they need */
    double want_hz;          /* 0: not tuned yet */
    int want_gain_tenth_db;
    bool want_gain;
    pthread_mutex_t words; /* notes, lost_text, and clock for those who do not own it */
    char note[LIVE_NOTES_CAP][LIVE_NOTE_CAP];
    size_t n_notes;
    int lost_rc;
    char lost_text[LIVE_ERR_CAP];
    struct stream_clock clock; /* a copy of feed.clock as of the last push */

    struct stream_feed feed;
};

/* live_stream.c: octets in, and the life of the capture thread. */
int stream_start(struct live_source *src, char *err, size_t err_cap);
void stream_stop(struct live_source *src);
bool stream_stopping(const struct live_source *src);
/* On the capture thread, or one thread that stands in for it: n_oct octets that came now. */
void stream_push(struct live_source *src, const uint8_t *data, size_t n_oct);
__attribute__((format(printf, 3, 4))) int stream_say_lost(struct live_source *src, int rc,
                                                          const char *fmt, ...);
__attribute__((format(printf, 2, 3))) void live_add_note(struct live_source *src, const char *fmt,
                                                         ...);
int64_t live_now_ns(void);

/* live_tune.c: what a stream of a dongle can be set to, gain and settling. */
int stream_set_rate(struct live_source *src, uint32_t rtl_xtal_hz, char *err, size_t err_cap);
void stream_set_tuner(struct live_source *src, const struct tuner *tuner);
int stream_tune(struct live_source *src, double center_hz, char *err, size_t err_cap);

#endif
