/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "core/ring.h"

#define SLOT_OCT 96
#define N_RUNS   20000

static void sizes_that_make_no_sense_are_refused(void **state)
{
    (void)state;
    struct ring *r = NULL;
    assert_int_equal(ring_create(&r, 1, 64), -EINVAL);
    assert_int_equal(ring_create(&r, 4, 0), -EINVAL);
    assert_int_equal(ring_create(&r, SIZE_MAX, 1 << 20), -EINVAL);
    assert_null(r);
    ring_destroy(NULL);
}

static void a_full_ring_gives_no_slot_until_one_is_released(void **state)
{
    (void)state;
    struct ring *r = NULL;
    assert_int_equal(ring_create(&r, 3, SLOT_OCT), 0);
    assert_int_equal(ring_slots(r), 3);
    assert_int_equal(ring_slot_oct(r), SLOT_OCT);
    assert_null(ring_peek(r, 0));
    for (uint64_t i = 0; i < 3; i++) {
        struct ring_slot *s = ring_reserve(r);
        assert_non_null(s);
        assert_ptr_equal(ring_reserve(r), s); /* the same one until it is committed */
        assert_int_equal((uintptr_t)s->data % 64, 0);
        memset(s->data, (int)i, SLOT_OCT);
        s->samp = i;
        assert_int_equal(ring_count(r), i);
        ring_commit(r);
    }
    assert_null(ring_reserve(r));
    assert_int_equal(ring_count(r), 3);
    for (uint64_t i = 0; i < 3; i++) { /* looking ahead takes nothing */
        assert_int_equal(ring_peek(r, i)->samp, i);
        assert_int_equal(ring_peek(r, i)->data[SLOT_OCT - 1], i);
    }
    assert_null(ring_peek(r, 3));
    ring_release(r);
    assert_int_equal(ring_peek(r, 0)->samp, 1);
    assert_non_null(ring_reserve(r));
    ring_destroy(r);
}

static void a_wait_ends_by_commit_wake_and_time(void **state)
{
    (void)state;
    struct ring *r = NULL;
    assert_int_equal(ring_create(&r, 2, SLOT_OCT), 0);
    assert_int_equal(ring_wait(r, 0), 0);
    assert_non_null(ring_reserve(r));
    ring_commit(r);
    assert_int_equal(ring_wait(r, 0), 1);
    assert_int_equal(ring_wait(r, 0), 0);
    ring_wake(r);
    assert_int_equal(ring_wait(r, -1), 1);
    ring_destroy(r);
}

static void on_signal(int number)
{
    (void)number;
}

static void *signal_main(void *ctx)
{
    struct timespec t = {.tv_nsec = 1000000};
    for (int i = 0; i < 10000; i++) { /* until the wait has begun and was ended */
        (void)pthread_kill(*(pthread_t *)ctx, SIGUSR1);
        (void)nanosleep(&t, NULL);
        pthread_testcancel();
    }
    return NULL;
}

static void a_signal_ends_a_wait(void **state)
{
    (void)state;
    struct ring *r = NULL;
    struct sigaction action = {.sa_handler = on_signal};
    pthread_t self = pthread_self(), thread;
    assert_int_equal(ring_create(&r, 2, SLOT_OCT), 0);
    assert_int_equal(sigaction(SIGUSR1, &action, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, signal_main, &self), 0);
    assert_int_equal(ring_wait(r, 60000), -EINTR);
    assert_int_equal(pthread_cancel(thread), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    ring_destroy(r);
}

static void *produce(void *ctx)
{
    struct ring *r = ctx;
    for (uint64_t i = 0; i < N_RUNS;) {
        struct ring_slot *s = ring_reserve(r);
        if (!s)
            continue;
        s->samp = i;
        s->n_oct = SLOT_OCT;
        memset(s->data, (int)(i % 251), SLOT_OCT);
        ring_commit(r);
        i++;
    }
    return NULL;
}

static void two_threads_lose_and_mix_nothing(void **state)
{
    (void)state;
    struct ring *r = NULL;
    pthread_t thread;
    assert_int_equal(ring_create(&r, 5, SLOT_OCT), 0);
    assert_int_equal(pthread_create(&thread, NULL, produce, r), 0);
    for (uint64_t i = 0; i < N_RUNS;) {
        const struct ring_slot *s = ring_peek(r, 0);
        if (!s) {
            assert_true(ring_wait(r, 60000) >= 0);
            continue;
        }
        assert_int_equal(s->samp, i);
        assert_int_equal(s->data[0], i % 251);
        assert_int_equal(s->data[SLOT_OCT - 1], i % 251);
        ring_release(r);
        i++;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_null(ring_peek(r, 0));
    ring_destroy(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_that_make_no_sense_are_refused),
        cmocka_unit_test(a_full_ring_gives_no_slot_until_one_is_released),
        cmocka_unit_test(a_wait_ends_by_commit_wake_and_time),
        cmocka_unit_test(a_signal_ends_a_wait),
        cmocka_unit_test(two_threads_lose_and_mix_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
