/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an rtl_tcp server sends: a greeting, then octets cut anywhere, while the reader takes some
 * slots or none. Every octet that comes out stands where its index says. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../../hw/live_kind.h"
#include "../../hw/rtltcp_greeting.h"

#define SLOT_OCT 64
#define N_SLOTS  4

static uint8_t octet_at(uint64_t k)
{
    return (uint8_t)(k * 2654435761u >> 11);
}

static void check_greeting(const uint8_t *data)
{
    struct rtltcp_greeting g;
    if (rtltcp_greeting_parse(data, &g) < 0)
        return;
    const struct tuner *t = tuner_find(g.tuner);
    assert(t->name && t->n_ranges <= LIVE_RANGE_CAP);
    struct tuner_setup setup = {.type =
                                    g.tuner < N_TUNERS ? (enum tuner_type)g.tuner : TUNER_UNKNOWN,
                                .tuner_xtal_hz = g.n_gains, /* any number */
                                .rtl_xtal_hz = TUNER_RTL_XTAL_HZ,
                                .rate_hz = 2400000};
    assert(isfinite(tuner_true_hz(&setup, TUNER_LIBRARY_0_6, g.tuner ^ g.n_gains)));
    assert(isfinite(tuner_true_hz(&setup, TUNER_LIBRARY_2_0, g.tuner ^ g.n_gains)));
}

static void take(struct live_source *src, unsigned n, uint64_t *samp)
{
    const struct ring_slot *s;
    while (n-- > 0 && (s = ring_peek(src->ring, 0)) != NULL) {
        assert(s->n_oct % 2 == 0 && s->samp >= *samp);
        assert(s->gap || s->samp == *samp);
        for (size_t i = 0; i < s->n_oct; i++)
            assert(s->data[i] == octet_at(2 * s->samp + i));
        *samp = s->samp + s->n_oct / 2;
        ring_release(src->ring);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t piece[256];
    uint64_t n_sent = 0, samp = 0;
    if (size < RTLTCP_GREETING_OCT || size > 4096)
        return 0;
    check_greeting(data);
    struct live_source *src = calloc(1, sizeof *src);
    if (!src || ring_create(&src->ring, N_SLOTS, SLOT_OCT) < 0)
        abort();
    (void)pthread_mutex_init(&src->words, NULL);
    stream_clock_init(&src->feed.clock, 2.4e6, 1000, 1000);
    stream_clock_start(&src->feed.clock, live_now_ns(), 0);
    atomic_store(&src->collecting, true);
    for (size_t k = RTLTCP_GREETING_OCT; k + 1 < size; k += 2) { /* how much comes, is taken */
        for (size_t i = 0; i < data[k]; i++)
            piece[i] = octet_at(n_sent + i);
        stream_push(src, piece, data[k]);
        n_sent += data[k];
        take(src, data[k + 1] % (N_SLOTS + 1), &samp);
    }
    take(src, N_SLOTS, &samp);
    assert(2 * samp <= n_sent);
    (void)pthread_mutex_destroy(&src->words);
    ring_destroy(src->ring);
    free(src);
    return 0;
}
