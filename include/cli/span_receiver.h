/* SPDX-License-Identifier: GPL-3.0-or-later */
/* span_receiver - a receiver for a recording in pieces: one gsm/receiver.h after another.
 *
 * A gap in time or another centre frequency ends a span: what was heard is brought to its end, and
 * a new receiver listens on. Transmitters have numbers of their own in each span; their clocks go
 * on, so that the detector knows a cell again.
 *
 * in   blocks in the order of time
 * out  events and reports in samples and seconds of the whole recording
 * cost that of the receiver; a few milliseconds a span
 * thread main thread, as the receiver
 */
#ifndef CLI_SPAN_RECEIVER_H
#define CLI_SPAN_RECEIVER_H

#include <stdbool.h>

#include "gsm/receiver.h"

/* A span that has ended. */
struct span {
    double center_hz;
    double from_s, heard_s;
    uint32_t n_channels; /* raster channels in view; 0: none, nothing was listened to */
};

struct span_receiver_config {
    struct receiver_config receiver;                     /* of the first span */
    void (*on_span)(void *ctx, const struct span *span); /* may be NULL; ctx of the receiver */
};

struct span_receiver;

/* As receiver_create(): the first span must have a channel in view, later ones may have none. */
int span_receiver_create(struct span_receiver **ret, const struct span_receiver_config *cfg,
                         char *err, size_t err_cap);
void span_receiver_destroy(struct span_receiver *s);
/* Ends the span now, before the receiver is tuned elsewhere: all that was heard comes out. The next
 * block begins another. */
int span_receiver_end_span(struct span_receiver *s);
int span_receiver_push(struct span_receiver *s, const struct iq_block *block);
int span_receiver_finish(struct span_receiver *s);
/* Sums over all spans; ppm_estimate is that of the span with the most transmitters. */
void span_receiver_get_stats(struct span_receiver *s, struct receiver_stats *ret);

#endif
