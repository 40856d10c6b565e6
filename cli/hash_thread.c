/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hash_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Large enough that waking the thread costs nothing, small enough to stay in a cache. */
#define SLOT_OCT 262144
#define SLOTS    4

struct hash_thread {
    pthread_t thread;
    bool running;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct digest *digest;
    struct sha512 *sha512; /* NULL: not asked for */
    size_t n_put, n_taken; /* slots, ever */
    size_t n_open;         /* octets in the slot that is being filled */
    bool closing;
    int error;
    size_t n_oct[SLOTS];
    uint8_t *slot[SLOTS];
};

static void *run(void *arg)
{
    struct hash_thread *h = arg;
    (void)pthread_mutex_lock(&h->lock);
    for (;;) {
        while (h->n_taken == h->n_put && !h->closing)
            (void)pthread_cond_wait(&h->changed, &h->lock);
        if (h->n_taken == h->n_put)
            break;
        size_t i = h->n_taken % SLOTS;
        (void)pthread_mutex_unlock(&h->lock);
        int rc = digest_push(h->digest, h->slot[i], h->n_oct[i]);
        if (rc == 0 && h->sha512)
            rc = sha512_push(h->sha512, h->slot[i], h->n_oct[i]);
        (void)pthread_mutex_lock(&h->lock);
        if (rc < 0)
            h->error = rc;
        h->n_taken++;
        (void)pthread_cond_broadcast(&h->changed);
    }
    (void)pthread_mutex_unlock(&h->lock);
    return NULL;
}

int hash_thread_create(struct hash_thread **ret)
{
    struct hash_thread *h = calloc(1, sizeof *h);
    if (!h)
        return -ENOMEM;
    (void)pthread_mutex_init(&h->lock, NULL);
    (void)pthread_cond_init(&h->changed, NULL);
    int rc = digest_create(&h->digest);
    for (size_t i = 0; i < SLOTS && rc == 0; i++) {
        h->slot[i] = malloc(SLOT_OCT);
        rc = h->slot[i] ? 0 : -ENOMEM;
    }
    if (rc == 0)
        rc = -pthread_create(&h->thread, NULL, run, h);
    h->running = rc == 0;
    if (rc < 0) {
        hash_thread_destroy(h);
        return rc;
    }
    *ret = h;
    return 0;
}

void hash_thread_destroy(struct hash_thread *h)
{
    if (!h)
        return;
    if (h->running) {
        (void)pthread_mutex_lock(&h->lock);
        h->closing = true;
        (void)pthread_cond_broadcast(&h->changed);
        (void)pthread_mutex_unlock(&h->lock);
        (void)pthread_join(h->thread, NULL);
    }
    for (size_t i = 0; i < SLOTS; i++)
        free(h->slot[i]);
    digest_destroy(h->digest);
    sha512_destroy(h->sha512);
    (void)pthread_cond_destroy(&h->changed);
    (void)pthread_mutex_destroy(&h->lock);
    free(h);
}

/* The slot under way, once the thread has let go of it. */
static uint8_t *open_slot(struct hash_thread *h)
{
    if (h->n_open == 0) {
        (void)pthread_mutex_lock(&h->lock);
        while (h->n_put - h->n_taken == SLOTS)
            (void)pthread_cond_wait(&h->changed, &h->lock);
        (void)pthread_mutex_unlock(&h->lock);
    }
    return h->slot[h->n_put % SLOTS]; /* n_put moves in this thread only */
}

/* Hands the slot under way over: the thread looks at it only from now on. */
static void close_slot(struct hash_thread *h)
{
    if (h->n_open == 0)
        return;
    (void)pthread_mutex_lock(&h->lock);
    h->n_oct[h->n_put % SLOTS] = h->n_open;
    h->n_put++;
    h->n_open = 0;
    (void)pthread_cond_broadcast(&h->changed);
    (void)pthread_mutex_unlock(&h->lock);
}

void hash_thread_push(void *ctx, const void *data, size_t n_oct)
{
    struct hash_thread *h = ctx;
    const uint8_t *p = data;
    while (n_oct > 0) {
        uint8_t *slot = open_slot(h);
        size_t room = SLOT_OCT - h->n_open, n = n_oct < room ? n_oct : room;
        memcpy(slot + h->n_open, p, n);
        h->n_open += n;
        p += n;
        n_oct -= n;
        if (h->n_open == SLOT_OCT)
            close_slot(h);
    }
}

int hash_thread_want_sha512(struct hash_thread *h)
{
    (void)pthread_mutex_lock(&h->lock);
    int rc = h->sha512 ? 0 : sha512_create(&h->sha512);
    (void)pthread_mutex_unlock(&h->lock);
    return rc;
}

int hash_thread_get_sha512(struct hash_thread *h, uint8_t ret[SHA512_OCT])
{
    close_slot(h);
    (void)pthread_mutex_lock(&h->lock);
    while (h->n_taken != h->n_put)
        (void)pthread_cond_wait(&h->changed, &h->lock);
    int rc = h->error ? h->error : h->sha512 ? sha512_get(h->sha512, ret) : -EINVAL;
    (void)pthread_mutex_unlock(&h->lock);
    return rc;
}

int hash_thread_get(struct hash_thread *h, uint8_t ret[DIGEST_OCT])
{
    close_slot(h);
    (void)pthread_mutex_lock(&h->lock);
    while (h->n_taken != h->n_put)
        (void)pthread_cond_wait(&h->changed, &h->lock);
    int rc = h->error ? h->error : digest_get(h->digest, ret);
    (void)pthread_mutex_unlock(&h->lock);
    return rc;
}
