/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Hearing takes no memory: every malloc of the process, those of libraries included, is counted
 * while a second of signal is pushed. */
#include "air.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if !defined(SANITIZED) && defined(__GLIBC__)

static atomic_bool counting;
static atomic_size_t n_taken;

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);
extern void *__libc_memalign(size_t align, size_t n);

void *malloc(size_t n)
{
    n_taken += counting;
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    n_taken += counting;
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    n_taken += counting;
    return __libc_realloc(p, n);
}

int posix_memalign(void **ret, size_t align, size_t n)
{
    n_taken += counting;
    *ret = __libc_memalign(align, n);
    return *ret ? 0 : ENOMEM;
}

void *aligned_alloc(size_t align, size_t n)
{
    n_taken += counting;
    return __libc_memalign(align, n);
}

/* Seconds that lists may take to grow to their size: two SI cycles and the history. */
#define WARM_UP_S 6.0
#define COUNT_S   2.5

struct told {
    size_t n_events, n_reports;
};

static void on_event(void *ctx, const struct gsm_event *event)
{
    struct told *t = ctx;
    (void)event;
    t->n_events += counting;
}

static void on_report(void *ctx, const struct cell_report *report)
{
    struct told *t = ctx;
    (void)report;
    t->n_reports += counting;
}

static size_t count_while_hearing(const struct air *a, int jobs, struct told *told)
{
    static const uint8_t seed[] = "a test";
    struct receiver *r = NULL;
    char err[200] = "";
    struct receiver_config cfg = {.format = a->format,
                                  .rate_hz = a->rate_hz,
                                  .center_hz = a->center_hz,
                                  .band_mask = ARFCN_ALL_BANDS,
                                  .jobs = jobs,
                                  .key_seed = seed,
                                  .n_key_seed_oct = sizeof(seed),
                                  .on_event = on_event,
                                  .on_report = on_report,
                                  .ctx = told};
    if (receiver_create(&r, &cfg, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    const size_t step = 8192, oct = iq_format_oct(a->format);
    n_taken = 0;
    for (size_t at = 0; at + step <= a->n_samp; at += step) {
        struct iq_block block = {.data = a->octets + at * oct,
                                 .n_samp = step,
                                 .format = a->format,
                                 .samp = at,
                                 .rate_hz = a->rate_hz,
                                 .center_hz = a->center_hz};
        double at_s = (double)at / a->rate_hz;
        counting = at_s >= WARM_UP_S && at_s < WARM_UP_S + COUNT_S;
        int rc = receiver_push(r, &block);
        counting = false;
        assert_int_equal(rc, 0);
    }
    assert_int_equal(receiver_finish(r), 0);
    receiver_destroy(r);
    return n_taken;
}

/* Three cells, one of them weak enough for list decoding and sums of repeats. */
static void a_second_of_signal_takes_no_memory(void **state)
{
    struct air air;
    (void)state;
    air_make(&air,
             "rate 1083333.3333333\ncenter 945.2MHz\nformat cu8\nduration_s 9\n" AIR_CELL
             "esn0_db 18\ncell B\narfcn 53\nbsic 9\nstart_fn 777\ndelay_sym 611.3\nesn0_db -1\n"
             "paging_per_s 5\ncell C\narfcn 49\nbsic 17\nstart_fn 99000\ndelay_sym 100.7\n"
             "esn0_db 12\nfading TU50\npaging_per_s 5\n");
    for (int jobs = 1; jobs <= 2; jobs++) {
        struct told told = {0};
        assert_int_equal(count_while_hearing(&air, jobs, &told), 0);
        print_message("%d jobs: %zu events and %zu reports told while counting\n", jobs,
                      told.n_events, told.n_reports);
        assert_true(told.n_events > 100 && told.n_reports >= 3);
    }
    air_clear(&air);
}

static void the_counter_counts(void **state)
{
    (void)state;
    n_taken = 0;
    counting = true;
    void *volatile p = malloc(10);
    void *volatile q = calloc(3, 4);
    counting = false;
    free(p);
    free(q);
    assert_int_equal(n_taken, 2);
}

#else

static void a_second_of_signal_takes_no_memory(void **state)
{
    (void)state;
    print_message("skipped: a sanitizer or another C library keeps the memory here\n");
    skip();
}

static void the_counter_counts(void **state)
{
    (void)state;
    skip();
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_counts),
        cmocka_unit_test(a_second_of_signal_takes_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
