/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/event_queue.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Room from the start: the hold time of a busy cell. */
#define EVENTS_FIRST 256

/* Events lie in slots and do not move; a heap of slot numbers puts them in order. */
struct entry {
    uint32_t slot;
    uint64_t number; /* in order of arrival: decides between equal events */
};

struct event_queue {
    struct gsm_event *event; /* [cap] slots */
    struct entry *heap;      /* [n_events] first, then the free slots */
    size_t n_events, cap;
    uint64_t n_pushed;
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
    free(q->heap);
    free(q->report);
    free(q);
}

static int reserve_events(struct event_queue *q, size_t need)
{
    size_t cap = q->cap ? q->cap : EVENTS_FIRST;
    if (need <= q->cap)
        return 0;
    while (cap < need)
        cap *= 2;
    struct gsm_event *event = realloc(q->event, cap * sizeof(*event));
    if (!event)
        return -ENOMEM;
    q->event = event;
    struct entry *heap = realloc(q->heap, cap * sizeof(*heap));
    if (!heap)
        return -ENOMEM;
    q->heap = heap;
    for (size_t i = q->cap; i < cap; i++)
        heap[i].slot = (uint32_t)i;
    q->cap = cap;
    return 0;
}

static bool earlier(const struct event_queue *q, size_t a, size_t b)
{
    const struct entry *x = &q->heap[a], *y = &q->heap[b];
    int c = gsm_event_compare(&q->event[x->slot], &q->event[y->slot]);
    return c ? c < 0 : x->number < y->number;
}

static void swap(struct event_queue *q, size_t a, size_t b)
{
    struct entry e = q->heap[a];
    q->heap[a] = q->heap[b];
    q->heap[b] = e;
}

int event_queue_push_events(struct event_queue *q, const struct gsm_event *e, size_t n)
{
    int err = reserve_events(q, q->n_events + n);
    for (size_t k = 0; k < n && !err; k++) {
        size_t i = q->n_events++;
        q->event[q->heap[i].slot] = e[k];
        q->heap[i].number = q->n_pushed++;
        for (; i > 0 && earlier(q, i, (i - 1) / 2); i = (i - 1) / 2)
            swap(q, i, (i - 1) / 2);
    }
    return err;
}

/* Takes the first event out; its slot is free, its octets stay until the next push. */
static const struct gsm_event *pop_event(struct event_queue *q)
{
    size_t n = --q->n_events, i = 0;
    swap(q, 0, n);
    for (;;) {
        size_t least = i, child = 2 * i + 1;
        if (child < n && earlier(q, child, least))
            least = child;
        if (child + 1 < n && earlier(q, child + 1, least))
            least = child + 1;
        if (least == i)
            break;
        swap(q, i, least);
        i = least;
    }
    return &q->event[q->heap[n].slot];
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

static int compare_reports(const struct cell_report *x, const struct cell_report *y)
{
    if (x->last_s < y->last_s || x->last_s > y->last_s)
        return x->last_s < y->last_s ? -1 : 1;
    int c = arfcn_compare(x->channel, y->channel);
    return c ? c : (x->tx > y->tx) - (x->tx < y->tx);
}

/* A cell speaks once in two seconds: there are few. */
static size_t first_report(const struct event_queue *q)
{
    size_t first = 0;
    for (size_t i = 1; i < q->n_reports; i++)
        if (compare_reports(&q->report[i], &q->report[first]) < 0)
            first = i;
    return first;
}

void event_queue_emit(struct event_queue *q, double before_samp,
                      void (*on_event)(void *ctx, const struct gsm_event *event),
                      void (*on_report)(void *ctx, const struct cell_report *report), void *ctx)
{
    while (q->n_events && q->event[q->heap[0].slot].samp < before_samp) {
        const struct gsm_event *e = pop_event(q);
        if (on_event)
            on_event(ctx, e);
    }
    while (q->n_reports) {
        size_t i = first_report(q);
        if (on_report)
            on_report(ctx, &q->report[i]);
        /* equal ones keep their order */
        memmove(&q->report[i], &q->report[i + 1], (--q->n_reports - i) * sizeof(*q->report));
    }
}
