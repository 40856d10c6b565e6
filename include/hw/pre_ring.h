/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pre_ring - the last seconds of samples in memory, for what is only known to matter later.
 *
 * in   iq_block after iq_block with their stamps
 * out  the newest samples, oldest first, as blocks
 * cost one copy a sample; memory as asked for at the start, nothing is allocated later
 * thread one object, one thread
 */
#ifndef HW_PRE_RING_H
#define HW_PRE_RING_H

#include "hw/sigmf_write.h"

struct pre_ring;

/* Keeps at least the newest `seconds` of signal (0: nothing). 0, -EINVAL, -ENOMEM. */
int pre_ring_create(struct pre_ring **ret, enum iq_format format, double rate_hz, double seconds);
void pre_ring_destroy(struct pre_ring *p);
void pre_ring_push(struct pre_ring *p, const struct iq_block *block,
                   const struct sigmf_stamp *stamp);
/* Gives all that is kept to take, oldest first, and forgets it. Stops at the first result that is
 * not 0 and returns it; what was not given is forgotten, too. */
int pre_ring_drain(struct pre_ring *p,
                   int (*take)(void *ctx, const struct iq_block *block,
                               const struct sigmf_stamp *stamp),
                   void *ctx);
uint64_t pre_ring_count(const struct pre_ring *p);

#endif
