/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/event_queue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct event_queue {
    struct gsm_event *event;
    size_t n_events, cap_events;
    struct cell_report *report;
    size_t n_reports, cap_reports;
};

int event_queue_create(struct event_queue **ret)
{
    struct event_queue *q = calloc(1, sizeof(*q));
    if (!q)
        return -ENOMEM;
    *ret = q;
    return 0;
}

void event_queue_destroy(struct event_queue *q)
{
    if (!q)
        return;
    free(q->event);
    free(q->report);
    free(q);
}

/* Grows an array to hold need elements. */
static int reserve(void **array, size_t *cap, size_t need, size_t size)
{
    if (need <= *cap)
        return 0;
    size_t more = *cap ? *cap : 64;
    while (more < need)
        more *= 2;
    void *p = realloc(*array, more * size);
    if (!p)
        return -ENOMEM;
    *array = p;
    *cap = more;
    return 0;
}

int event_queue_push_events(struct event_queue *q, const struct gsm_event *e, size_t n)
{
    void *array = q->event;
    int err = reserve(&array, &q->cap_events, q->n_events + n, sizeof(*e));
    q->event = array;
    if (err || n == 0)
        return err;
    memcpy(q->event + q->n_events, e, n * sizeof(*e));
    q->n_events += n;
    return 0;
}

int event_queue_push_reports(struct event_queue *q, const struct cell_report *r, size_t n,
                             uint64_t tx)
{
    void *array = q->report;
    int err = reserve(&array, &q->cap_reports, q->n_reports + n, sizeof(*r));
    q->report = array;
    if (err)
        return err;
    for (size_t i = 0; i < n; i++) {
        q->report[q->n_reports] = r[i];
        q->report[q->n_reports++].tx = tx;
    }
    return 0;
}

static int compare_events(const void *a, const void *b)
{
    return gsm_event_compare(a, b);
}

static int compare_reports(const void *a, const void *b)
{
    const struct cell_report *x = a, *y = b;
    if (x->last_s < y->last_s || x->last_s > y->last_s)
        return x->last_s < y->last_s ? -1 : 1;
    int c = arfcn_compare(x->channel, y->channel);
    return c ? c : (x->tx > y->tx) - (x->tx < y->tx);
}

void event_queue_emit(struct event_queue *q, double before_samp,
                      void (*on_event)(void *ctx, const struct gsm_event *event),
                      void (*on_report)(void *ctx, const struct cell_report *report), void *ctx)
{
    size_t n = 0;
    if (q->n_events)
        qsort(q->event, q->n_events, sizeof(*q->event), compare_events);
    for (; n < q->n_events && q->event[n].samp < before_samp; n++)
        if (on_event)
            on_event(ctx, &q->event[n]);
    q->n_events -= n;
    if (n > 0)
        memmove(q->event, q->event + n, q->n_events * sizeof(*q->event));
    if (q->n_reports)
        qsort(q->report, q->n_reports, sizeof(*q->report), compare_reports);
    for (size_t i = 0; i < q->n_reports; i++)
        if (on_report)
            on_report(ctx, &q->report[i]);
    q->n_reports = 0;
}
