/* SPDX-License-Identifier: GPL-3.0-or-later */
/* pool - a few worker threads that share the tasks 0..n-1 of one call.
 *
 * out  every task run exactly once; pool_run returns when all are done
 * cost about 5 us a call with idle workers
 * thread one caller; tasks run on any worker and must not share state but what they only read
 *
 * Results must not depend on which worker ran a task: `worker` (0..jobs-1) may choose scratch
 * memory, nothing else.
 */
#ifndef CORE_POOL_H
#define CORE_POOL_H

#include <stddef.h>

struct pool;

/* jobs 1..64; with 1 no thread is made. 0, -EINVAL, -ENOMEM, -EAGAIN (no thread to be had). */
int pool_create(struct pool **ret, int jobs);
void pool_destroy(struct pool *p);
int pool_jobs(const struct pool *p);
void pool_run(struct pool *p, size_t n_tasks, void (*task)(void *ctx, size_t i, int worker),
              void *ctx);

#endif
