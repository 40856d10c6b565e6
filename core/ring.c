/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ring.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CACHE_LINE_OCT 64

/* Both counters only grow; their difference is what can be read. */
struct ring {
    size_t n_slots, slot_oct;
    struct ring_slot *slot;
    uint8_t *memory;
    int event_fd;
    _Alignas(CACHE_LINE_OCT) atomic_size_t n_written; /* by the producer */
    _Alignas(CACHE_LINE_OCT) atomic_size_t n_read;    /* by the consumer */
};

int ring_create(struct ring **ret, size_t n_slots, size_t slot_oct)
{
    size_t stride = (slot_oct + CACHE_LINE_OCT - 1) / CACHE_LINE_OCT * CACHE_LINE_OCT;
    if (n_slots < 2 || slot_oct == 0 || stride > SIZE_MAX / n_slots)
        return -EINVAL;
    struct ring *r = aligned_alloc(CACHE_LINE_OCT, sizeof *r);
    if (!r)
        return -ENOMEM;
    *r = (struct ring){.n_slots = n_slots, .slot_oct = slot_oct, .event_fd = -1};
    r->slot = calloc(n_slots, sizeof *r->slot);
    r->memory = aligned_alloc(CACHE_LINE_OCT, n_slots * stride);
    int rc = r->slot && r->memory ? 0 : -ENOMEM;
    if (rc == 0) {
        r->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        rc = r->event_fd < 0 ? -errno : 0;
    }
    if (rc < 0) {
        ring_destroy(r);
        return rc;
    }
    for (size_t i = 0; i < n_slots; i++)
        r->slot[i].data = r->memory + i * stride;
    *ret = r;
    return 0;
}

void ring_destroy(struct ring *r)
{
    if (!r)
        return;
    if (r->event_fd >= 0)
        (void)close(r->event_fd);
    free(r->slot);
    free(r->memory);
    free(r);
}

size_t ring_slots(const struct ring *r)
{
    return r->n_slots;
}

size_t ring_slot_oct(const struct ring *r)
{
    return r->slot_oct;
}

size_t ring_count(const struct ring *r)
{
    size_t n_read = atomic_load_explicit(&r->n_read, memory_order_acquire);
    return atomic_load_explicit(&r->n_written, memory_order_acquire) - n_read;
}

struct ring_slot *ring_reserve(struct ring *r)
{
    size_t at = atomic_load_explicit(&r->n_written, memory_order_relaxed);
    if (at - atomic_load_explicit(&r->n_read, memory_order_acquire) == r->n_slots)
        return NULL;
    return &r->slot[at % r->n_slots];
}

void ring_commit(struct ring *r)
{
    size_t at = atomic_load_explicit(&r->n_written, memory_order_relaxed);
    atomic_store_explicit(&r->n_written, at + 1, memory_order_release);
    ring_wake(r);
}

const struct ring_slot *ring_peek(const struct ring *r, size_t i)
{
    size_t at = atomic_load_explicit(&r->n_read, memory_order_relaxed);
    if (atomic_load_explicit(&r->n_written, memory_order_acquire) - at <= i)
        return NULL;
    return &r->slot[(at + i) % r->n_slots];
}

void ring_release(struct ring *r)
{
    size_t at = atomic_load_explicit(&r->n_read, memory_order_relaxed);
    atomic_store_explicit(&r->n_read, at + 1, memory_order_release);
}

int ring_wait(struct ring *r, int timeout_ms)
{
    struct pollfd p = {.fd = r->event_fd, .events = POLLIN};
    int rc = poll(&p, 1, timeout_ms);
    if (rc < 0)
        return -errno;
    if (rc == 0)
        return 0;
    uint64_t n;
    (void)!read(r->event_fd, &n, sizeof n); /* only sets it back; somebody may have been faster */
    return 1;
}

void ring_wake(struct ring *r)
{
    uint64_t one = 1;
    (void)!write(r->event_fd, &one, sizeof one); /* fails only when it is set 2^64 times */
}
