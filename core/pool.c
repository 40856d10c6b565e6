/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/pool.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>

#define POOL_JOBS_MAX 64

struct pool_worker {
    struct pool *pool;
    pthread_t thread;
    int number;
};

struct pool {
    int jobs;
    int n_threads;
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    bool stop;
    unsigned long round; /* counts calls of pool_run, so that a worker sees a new one */
    size_t n_tasks, next, n_finished;
    void (*task)(void *ctx, size_t i, int worker);
    void *ctx;
    struct pool_worker worker[POOL_JOBS_MAX];
};

/* Takes tasks until none is left. Called with the lock held, returns with it held. */
static void pool_drain(struct pool *p, int number)
{
    while (p->next < p->n_tasks) {
        size_t i = p->next++;
        pthread_mutex_unlock(&p->lock);
        p->task(p->ctx, i, number);
        pthread_mutex_lock(&p->lock);
        if (++p->n_finished == p->n_tasks)
            pthread_cond_signal(&p->done);
    }
}

static void *pool_thread(void *arg)
{
    struct pool_worker *w = arg;
    struct pool *p = w->pool;
    unsigned long seen = 0;
    pthread_mutex_lock(&p->lock);
    while (!p->stop) {
        if (p->round == seen) {
            pthread_cond_wait(&p->work, &p->lock);
            continue;
        }
        seen = p->round;
        pool_drain(p, w->number);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

/* Workers leave signals to the main thread. */
static int pool_start(struct pool *p)
{
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    int err = 0;
    for (int i = 1; i < p->jobs && !err; i++) {
        p->worker[i] = (struct pool_worker){.pool = p, .number = i};
        err = pthread_create(&p->worker[i].thread, NULL, pool_thread, &p->worker[i]);
        if (!err)
            p->n_threads++;
    }
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    return -err;
}

int pool_create(struct pool **ret, int jobs)
{
    if (jobs < 1 || jobs > POOL_JOBS_MAX)
        return -EINVAL;
    struct pool *p = calloc(1, sizeof(*p));
    if (!p)
        return -ENOMEM;
    p->jobs = jobs;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work, NULL);
    pthread_cond_init(&p->done, NULL);
    int err = pool_start(p);
    if (err) {
        pool_destroy(p);
        return err;
    }
    *ret = p;
    return 0;
}

void pool_destroy(struct pool *p)
{
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->work);
    pthread_mutex_unlock(&p->lock);
    for (int i = 1; i <= p->n_threads; i++)
        pthread_join(p->worker[i].thread, NULL);
    pthread_cond_destroy(&p->done);
    pthread_cond_destroy(&p->work);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

int pool_jobs(const struct pool *p)
{
    return p->jobs;
}

void pool_run(struct pool *p, size_t n_tasks, void (*task)(void *ctx, size_t i, int worker),
              void *ctx)
{
    if (n_tasks == 0)
        return;
    pthread_mutex_lock(&p->lock);
    p->task = task;
    p->ctx = ctx;
    p->n_tasks = n_tasks;
    p->next = 0;
    p->n_finished = 0;
    p->round++;
    if (p->jobs > 1 && n_tasks > 1)
        pthread_cond_broadcast(&p->work);
    pool_drain(p, 0);
    while (p->n_finished < p->n_tasks)
        pthread_cond_wait(&p->done, &p->lock);
    pthread_mutex_unlock(&p->lock);
}
