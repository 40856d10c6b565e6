/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The capture thread of sources that stream: octets into the ring, what is lost, coming back. */
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "live_kind.h"

#define SLOT_OCT        32768 /* 6.8 ms at 2.4 MS/s */
#define DEFAULT_RING_S  4.0
#define RING_SLOTS_MIN  16
#define LEAST_LOSS_S    0.010 /* a span's least lateness stays within a transfer or two */
#define BACK_OFF_MIN_MS 250
#define BACK_OFF_MAX_MS 8000
#define NAP_MS          20

int64_t live_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void live_add_note(struct live_source *src, const char *fmt, ...)
{
    char note[LIVE_NOTE_CAP];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(note, sizeof note, fmt, ap);
    va_end(ap);
    (void)pthread_mutex_lock(&src->words);
    bool known = false;
    for (size_t i = 0; i < src->n_notes; i++)
        known = known || strcmp(src->note[i], note) == 0;
    if (!known && src->n_notes < LIVE_NOTES_CAP)
        memcpy(src->note[src->n_notes++], note, sizeof note);
    (void)pthread_mutex_unlock(&src->words);
}

int stream_say_lost(struct live_source *src, int rc, const char *fmt, ...)
{
    va_list ap;
    (void)pthread_mutex_lock(&src->words);
    va_start(ap, fmt);
    (void)vsnprintf(src->lost_text, sizeof src->lost_text, fmt, ap);
    va_end(ap);
    src->lost_rc = rc;
    (void)pthread_mutex_unlock(&src->words);
    return rc;
}

bool stream_stopping(const struct live_source *src)
{
    return atomic_load(&src->stopping);
}

/* Octets that find no place. A sample that loses one half loses the other, too. */
static void drop(struct live_source *src, size_t n_oct)
{
    struct stream_feed *f = &src->feed;
    size_t n_samp = (n_oct + !f->odd) / 2; /* the half before is counted already */
    f->odd = (n_oct % 2 != 0) != f->odd;
    f->samp += n_samp;
    if (atomic_load(&src->collecting)) {
        f->gap = true;
        atomic_fetch_add(&src->n_dropped, n_samp);
    }
}

/* A slot to write to, or NULL: the ring is full, or not half empty again after it was. */
static struct ring_slot *begin_slot(struct live_source *src)
{
    struct stream_feed *f = &src->feed;
    if (f->dropping && ring_count(src->ring) > ring_slots(src->ring) / 2)
        return NULL;
    struct ring_slot *slot = ring_reserve(src->ring);
    if (!slot) {
        if (!f->dropping)
            atomic_fetch_add(&src->n_overflows, 1);
        f->dropping = true;
        return NULL;
    }
    f->dropping = false;
    f->samp += f->jump;
    f->jump = 0;
    slot->samp = f->samp;
    slot->gap = f->gap;
    slot->n_oct = 0;
    f->gap = false;
    return slot;
}

static void end_slot(struct live_source *src)
{
    struct stream_feed *f = &src->feed;
    f->samp += f->slot->n_oct / 2;
    ring_commit(src->ring);
    f->slot = NULL;
}

static void keep(struct live_source *src, const uint8_t *data, size_t n_oct)
{
    struct stream_feed *f = &src->feed;
    size_t cap = ring_slot_oct(src->ring);
    while (n_oct > 0) {
        if (!f->slot && f->odd) { /* whole samples only */
            drop(src, 1);
            data++;
            n_oct--;
            continue;
        }
        if (!f->slot)
            f->slot = begin_slot(src);
        if (!f->slot) {
            drop(src, n_oct);
            return;
        }
        size_t n = cap - f->slot->n_oct < n_oct ? cap - f->slot->n_oct : n_oct;
        memcpy(f->slot->data + f->slot->n_oct, data, n);
        f->slot->n_oct += n;
        data += n;
        n_oct -= n;
        if (f->slot->n_oct == cap)
            end_slot(src);
    }
}

static void publish_clock(struct live_source *src)
{
    (void)pthread_mutex_lock(&src->words);
    src->clock = src->feed.clock;
    (void)pthread_mutex_unlock(&src->words);
}

void stream_push(struct live_source *src, const uint8_t *data, size_t n_oct)
{
    struct stream_feed *f = &src->feed;
    int64_t now_ns = live_now_ns();
    if (atomic_load(&src->collecting))
        keep(src, data, n_oct);
    else
        drop(src, n_oct);
    atomic_fetch_add(&src->n_samp, n_oct / 2);
    uint64_t samp_end = f->samp + f->jump + (f->slot ? f->slot->n_oct / 2 : 0);
    uint64_t n_lost = stream_clock_push(&f->clock, now_ns, samp_end);
    publish_clock(src);
    if (n_lost == 0)
        return;
    f->jump += n_lost;
    if (atomic_load(&src->collecting)) {
        f->gap = true;
        atomic_fetch_add(&src->n_dropped, n_lost);
    }
}

/* The stream has broken off: what was begun is handed on, time goes on. */
static void end_stretch(struct live_source *src)
{
    struct stream_feed *f = &src->feed;
    if (f->slot) {
        f->slot->n_oct &= ~(size_t)1;
        end_slot(src);
    }
    f->odd = false;
    f->gap = true;
}

/* Samples that would have come meanwhile are lost ones. */
static void begin_stretch(struct live_source *src)
{
    struct stream_feed *f = &src->feed;
    int64_t now_ns = live_now_ns();
    uint64_t samp = stream_clock_samp(&f->clock, now_ns), had = f->samp + f->jump;
    if (samp > had) {
        f->jump += samp - had;
        if (atomic_load(&src->collecting))
            atomic_fetch_add(&src->n_dropped, samp - had);
    }
    stream_clock_start(&f->clock, now_ns, f->samp + f->jump);
    publish_clock(src);
}

static bool nap(const struct live_source *src, int ms)
{
    struct timespec t = {.tv_nsec = NAP_MS * 1000000};
    for (; ms > 0 && !stream_stopping(src); ms -= NAP_MS)
        (void)nanosleep(&t, NULL);
    return !stream_stopping(src);
}

/* One try to get the receiver back as it was set. */
static int try_again(struct live_source *src)
{
    double center_hz;
    (void)pthread_mutex_lock(&src->control);
    int rc = src->kind->reopen(src);
    if (rc == 0 && src->want_gain)
        rc = src->kind->set_gain(src, src->want_gain_tenth_db);
    if (rc == 0 && src->want_hz > 0)
        rc = src->kind->set_freq(src, src->want_hz, &center_hz);
    if (rc == 0) {
        atomic_fetch_add(&src->n_reconnects, 1);
        atomic_store(&src->connected, true);
        begin_stretch(src);
    }
    (void)pthread_mutex_unlock(&src->control);
    return rc;
}

/* False when told to stop first. */
static bool come_back(struct live_source *src)
{
    live_add_note(src, "the receiver was lost and is waited for: %.180s", src->lost_text);
    for (int ms = BACK_OFF_MIN_MS; nap(src, ms);) {
        if (try_again(src) == 0)
            return true;
        ms = 2 * ms < BACK_OFF_MAX_MS ? 2 * ms : BACK_OFF_MAX_MS;
    }
    return false;
}

static void *capture_main(void *ctx)
{
    struct live_source *src = ctx;
    for (;;) {
        int rc = src->kind->run(src);
        atomic_store(&src->connected, false);
        if (stream_stopping(src))
            break;
        if (rc != -ENOTRECOVERABLE)
            end_stretch(src);
        ring_wake(src->ring);
        if (rc == -ENOTRECOVERABLE || !src->config.wait_device || !come_back(src))
            break;
        ring_wake(src->ring);
    }
    atomic_store(&src->gone, true);
    ring_wake(src->ring);
    return NULL;
}

int stream_start(struct live_source *src, char *err, size_t err_cap)
{
    double ring_s = src->config.ring_s > 0 ? src->config.ring_s : DEFAULT_RING_S;
    size_t n_slots = (size_t)(ring_s * src->info.rate_hz * 2 / SLOT_OCT) + 1;
    n_slots = n_slots < RING_SLOTS_MIN ? RING_SLOTS_MIN : n_slots;
    int rc = ring_create(&src->ring, n_slots, SLOT_OCT);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "cannot make room for %.3g s of samples: %s", ring_s,
                       strerror(-rc));
        return rc;
    }
    stream_clock_init(&src->feed.clock, src->info.rate_hz, src->kind->loss_s, LEAST_LOSS_S);
    stream_clock_start(&src->feed.clock, live_now_ns(), 0);
    src->clock = src->feed.clock;
    atomic_store(&src->connected, true);
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    rc = -pthread_create(&src->capture, NULL, capture_main, src);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    src->capture_runs = rc == 0;
    if (rc < 0)
        (void)snprintf(err, err_cap, "cannot start the thread that reads the receiver: %s",
                       strerror(-rc));
    return rc;
}

void stream_stop(struct live_source *src)
{
    if (!src->capture_runs)
        return;
    atomic_store(&src->stopping, true);
    if (src->kind->cancel)
        src->kind->cancel(src);
    (void)pthread_join(src->capture, NULL);
    src->capture_runs = false;
}
