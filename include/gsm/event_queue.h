/* SPDX-License-Identifier: GPL-3.0-or-later */
/* event_queue - puts what several cells said into one order.
 *
 * in   events and reports of cells, each list ascending or not
 * out  the same by gsm_event_compare, held until nothing older can come
 * cost log n an event; memory bounded by the hold time, none taken once it has been reached
 * thread one object, one thread
 */
#ifndef GSM_EVENT_QUEUE_H
#define GSM_EVENT_QUEUE_H

#include <stddef.h>
#include <stdint.h>

#include "gsm/cell_report.h"
#include "gsm/gsm_event.h"

struct event_queue;

int event_queue_create(struct event_queue **ret);
void event_queue_destroy(struct event_queue *q);
int event_queue_push_events(struct event_queue *q, const struct gsm_event *e, size_t n);
int event_queue_push_reports(struct event_queue *q, const struct cell_report *r, size_t n,
                             uint64_t tx);
/* Hands out all events that start before this sample, and all reports. */
void event_queue_emit(struct event_queue *q, double before_samp,
                      void (*on_event)(void *ctx, const struct gsm_event *event),
                      void (*on_report)(void *ctx, const struct cell_report *report), void *ctx);

#endif
