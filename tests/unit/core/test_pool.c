/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/pool.h"

#define TASKS 1000

struct tally {
    pthread_mutex_t lock;
    int jobs;
    int n_bad_worker;
    int n_inside, n_inside_most;
    int times[TASKS];
    int on[64]; /* a worker runs one task at a time */
};

static void count(void *ctx, size_t i, int worker)
{
    struct tally *t = ctx;
    pthread_mutex_lock(&t->lock);
    t->n_bad_worker += worker < 0 || worker >= t->jobs || t->on[worker & 63]++ != 0;
    t->times[i]++;
    pthread_mutex_unlock(&t->lock);
    pthread_mutex_lock(&t->lock);
    t->on[worker & 63]--;
    pthread_mutex_unlock(&t->lock);
}

static void every_task_runs_once_on_a_worker_of_its_own(void **state)
{
    static const int jobs[] = {1, 2, 8, 64};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct pool *p = NULL;
        struct tally t = {.lock = PTHREAD_MUTEX_INITIALIZER, .jobs = jobs[k]};
        assert_int_equal(pool_create(&p, jobs[k]), 0);
        assert_int_equal(pool_jobs(p), jobs[k]);
        pool_run(p, TASKS, count, &t);
        for (size_t i = 0; i < TASKS; i++)
            assert_int_equal(t.times[i], 1);
        assert_int_equal(t.n_bad_worker, 0);
        pool_destroy(p);
    }
}

/* Many short rounds: a worker that wakes late must not take from the next round what is not there.
 */
static void rounds_do_not_mix(void **state)
{
    struct pool *p = NULL;
    struct tally t = {.lock = PTHREAD_MUTEX_INITIALIZER, .jobs = 4};
    (void)state;
    assert_int_equal(pool_create(&p, 4), 0);
    for (int round = 0; round < 2000; round++) {
        size_t n = (size_t)round % 4;
        memset(t.times, 0, sizeof(t.times));
        pool_run(p, n, count, &t);
        for (size_t i = 0; i < 5; i++)
            assert_int_equal(t.times[i], i < n);
    }
    assert_int_equal(t.n_bad_worker, 0);
    pool_destroy(p);
}

static void two_meet(void *ctx, size_t i, int worker)
{
    (void)i;
    (void)worker;
    (void)pthread_barrier_wait(ctx);
}

/* Each task waits for the other: one worker alone would wait for ever. */
static void tasks_run_at_the_same_time(void **state)
{
    struct pool *p = NULL;
    pthread_barrier_t both;
    (void)state;
    pthread_barrier_init(&both, NULL, 2);
    assert_int_equal(pool_create(&p, 2), 0);
    pool_run(p, 2, two_meet, &both);
    pool_destroy(p);
    pthread_barrier_destroy(&both);
}

static void finish_late(void *ctx, size_t i, int worker)
{
    (void)worker;
    usleep(2000u * (unsigned)i);
    ((volatile int *)ctx)[i] = 1;
}

static void it_returns_when_the_last_task_is_done(void **state)
{
    struct pool *p = NULL;
    volatile int done[8] = {0};
    (void)state;
    assert_int_equal(pool_create(&p, 8), 0);
    pool_run(p, 8, finish_late, (void *)(uintptr_t)done);
    for (int i = 0; i < 8; i++)
        assert_int_equal(done[i], 1);
    pool_destroy(p);
}

static void a_number_of_jobs_out_of_range_is_refused(void **state)
{
    struct pool *p = NULL;
    (void)state;
    assert_int_equal(pool_create(&p, 0), -EINVAL);
    assert_int_equal(pool_create(&p, 65), -EINVAL);
    assert_null(p);
    pool_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_runs_once_on_a_worker_of_its_own),
        cmocka_unit_test(rounds_do_not_mix),
        cmocka_unit_test(tasks_run_at_the_same_time),
        cmocka_unit_test(it_returns_when_the_last_task_is_done),
        cmocka_unit_test(a_number_of_jobs_out_of_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
