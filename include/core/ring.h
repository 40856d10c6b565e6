/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ring - runs of samples from one thread to another, without a lock.
 *
 * in   octets written into a reserved slot, committed with what is known of them
 * out  slots in the same order, borrowed until released; the reader may look ahead
 * cost two atomic loads and a store a slot; one write(2) on an eventfd a commit
 * thread one producer (reserve, commit), one consumer (peek, release, wait); ring_wake() from any
 */
#ifndef CORE_RING_H
#define CORE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ring_slot {
    uint8_t *data; /* of slot_oct octets, aligned to 64 */
    size_t n_oct;  /* octets in it: the producer's to set */
    uint64_t samp; /* index of its first sample */
    bool gap;      /* samples before it were lost */
};

struct ring;

/* n_slots >= 2 slots of slot_oct octets each. 0, -EINVAL, -ENOMEM, or why no eventfd was had. */
int ring_create(struct ring **ret, size_t n_slots, size_t slot_oct);
void ring_destroy(struct ring *r);

size_t ring_slots(const struct ring *r);
size_t ring_slot_oct(const struct ring *r);
/* Committed and not yet released. */
size_t ring_count(const struct ring *r);

/* The next free slot, the same one until it is committed; NULL: full. */
struct ring_slot *ring_reserve(struct ring *r);
void ring_commit(struct ring *r);

/* The i-th slot that can be read, 0 the oldest; NULL: there are not as many. */
const struct ring_slot *ring_peek(const struct ring *r, size_t i);
/* Gives the oldest back. */
void ring_release(struct ring *r);

/* Waits until something was committed or somebody woke it since the last wait: 1; 0 after
 * timeout_ms (-1: for ever); -EINTR after a signal. */
int ring_wait(struct ring *r, int timeout_ms);
void ring_wake(struct ring *r);

#endif
