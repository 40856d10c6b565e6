/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include "rtltcp_server.h"

#include <cmocka.h>

#include "hw/live_source.h"

/* No case asks how long something took: waits are as long as a busy machine may need. */
#define PATIENCE_MS 60000

static char err[400];
static char spec[80];

static struct live_source_config config(const struct rtltcp_server *s)
{
    (void)snprintf(spec, sizeof spec, "rtl_tcp:127.0.0.1:%d", s->port);
    return (struct live_source_config){.spec = spec, .rate_hz = 1.2e6, .gain_db = (double)NAN};
}

static struct live_source *opened(const struct live_source_config *cfg)
{
    struct live_source *src = NULL;
    int rc = live_source_open(&src, cfg, err, sizeof err);
    if (rc < 0)
        fail_msg("open: %d %s", rc, err);
    return src;
}

static struct live_tuning tuned(struct live_source *src, double hz)
{
    struct live_tuning t;
    int rc = live_source_tune(src, hz, &t, err, sizeof err);
    if (rc < 0)
        fail_msg("tune: %d %s", rc, err);
    return t;
}

static bool noted(const struct live_source *src, const char *word)
{
    const char *note;
    for (size_t i = 0; (note = live_source_note(src, i)) != NULL; i++) {
        if (strstr(note, word))
            return true;
    }
    return false;
}

static void refused(const struct live_source_config *cfg, int rc, const char *word)
{
    struct live_source *src = NULL;
    err[0] = '\0';
    assert_int_equal(live_source_open(&src, cfg, err, sizeof err), rc);
    assert_null(src);
    if (!strstr(err, word))
        fail_msg("'%s' does not say '%s'", err, word);
}

static void the_tuner_of_the_greeting_gives_the_ranges(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.tuner = 1, .octets_per_s = 2.4e6, .sigma = 10};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    struct live_source *src = opened(&cfg);
    struct live_source_info info;
    live_source_info(src, &info);
    assert_non_null(strstr(info.name, "E4000"));
    assert_int_equal(info.n_ranges, 2);
    assert_true(info.tunable);
    struct live_tuning t;
    assert_int_equal(live_source_tune(src, 1200e6, &t, err, sizeof err), -ERANGE);
    assert_non_null(strstr(err, "52 to 1100 MHz and 1250 to 2200 MHz"));
    live_source_close(src);
    server_stop(&s);
}

static void samples_come_in_order_after_a_tune(void **state)
{
    (void)state;
    static struct rtltcp_server s = {
        .tuner = 5, .octets_per_s = 2.4e6, .sigma = 10, .piece_oct = 10001};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    struct live_source *src = opened(&cfg);
    struct iq_block b;
    assert_int_equal(live_source_next(src, 0, &b, err, sizeof err), -EINVAL); /* not tuned */
    struct live_tuning t = tuned(src, 941e6);
    assert_true(fabs(t.center_hz - 941e6) < 4000);
    uint64_t samp = 0;
    for (int n = 0; n < 20; n++) {
        assert_int_equal(live_source_next(src, PATIENCE_MS, &b, err, sizeof err), LIVE_BLOCK);
        assert_int_equal(b.gap, n == 0);
        assert_true(n == 0 || b.samp == samp);
        assert_true(b.center_hz == t.center_hz);
        samp = b.samp + b.n_samp;
    }
    struct live_source_stats stats;
    live_source_get_stats(src, &stats);
    assert_true(stats.noise_dbfs < -5 && stats.noise_dbfs > -40);
    assert_int_equal(stats.n_dropped, 0);
    live_source_close(src);
    server_stop(&s);
}

/* What is read from a file is what was sent; so it is here, wherever the network cuts it, and
 * wherever the ring was full. */
static void every_sample_is_the_one_that_its_index_says(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.tuner = 5, .counted = true, .piece_oct = 10007};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    cfg.ring_s = 0.3;
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    struct live_source_stats stats = {0};
    while (stats.n_overflows < 2) {
        struct iq_block b;
        for (int n = 0; n < 30; n++) {
            assert_int_equal(live_source_next(src, PATIENCE_MS, &b, err, sizeof err), LIVE_BLOCK);
            const uint8_t *x = b.data;
            for (size_t i = 0; i < 2 * b.n_samp; i++) {
                if (x[i] != server_counted(2 * b.samp + i))
                    fail_msg("octet %zu of the block at %llu", i, (unsigned long long)b.samp);
            }
        }
        for (int n = 0; n < 50; n++) /* long enough for the ring to run over */
            server_nap();
        live_source_get_stats(src, &stats);
    }
    live_source_close(src);
    server_stop(&s);
}

static void commands_are_those_of_the_protocol(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.tuner = 6, .octets_per_s = 2.4e6, .sigma = 10};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    cfg.gain_db = 29.7;
    (void)strcat(spec, ",v4");
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    static const uint8_t want[][5] = {
        {0x03, 0, 0, 0, 1},          /* gain by hand */
        {0x08, 0, 0, 0, 0},          /* no AGC */
        {0x0c, 0x01, 0xb7, 0x74, 0}, /* 28.8 MHz */
        {0x02, 0, 0x12, 0x4f, 0x80}, /* 1.2 MS/s */
        {0x04, 0, 0, 0x01, 0x29},    /* 29.7 dB */
    };
    for (size_t i = 0; i < 5; i++)
        assert_memory_equal(s.command[i], want[i], 5);
    assert_int_equal(s.command[5][0], 0x01);
    live_source_close(src);
    server_stop(&s);
}

static void what_is_no_rtl_tcp_server_is_said(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.magic = "HTTP"};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    refused(&cfg, -EPROTO, "is no rtl_tcp server");
    server_stop(&s);
    cfg.spec = spec; /* nobody listens there any more */
    refused(&cfg, -ECONNREFUSED, "is rtl_tcp running there");
    cfg.spec = "rtl_tcp:no.such.host.invalid:1234";
    refused(&cfg, -ENOENT, "is not known");
}

static void a_server_that_is_taken_is_said(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.mute = true};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    refused(&cfg, -EBUSY, "is another one connected?");
    server_stop(&s);
}

static int read_on(struct live_source *src, uint64_t *ret_n_gaps, int n_blocks)
{
    struct iq_block b;
    for (int n = 0; n < n_blocks; n++) {
        int rc = live_source_next(src, PATIENCE_MS, &b, err, sizeof err);
        if (rc != LIVE_BLOCK)
            return rc;
        *ret_n_gaps += b.gap;
    }
    return LIVE_BLOCK;
}

static void a_server_that_stops_sending_is_lost(void **state)
{
    (void)state;
    static struct rtltcp_server s = {
        .tuner = 5, .octets_per_s = 2.4e6, .sigma = 10, .stop_after_oct = 3000000};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    uint64_t n_gaps = 0;
    assert_int_equal(read_on(src, &n_gaps, 100000), -ENODEV);
    assert_non_null(strstr(err, "has stopped sending"));
    struct live_source_stats stats;
    live_source_get_stats(src, &stats);
    assert_int_equal(stats.n_stalls, 2);
    live_source_close(src);
    server_stop(&s);
}

static void a_server_that_hangs_up_is_waited_for(void **state)
{
    (void)state;
    /* an odd number of octets: half a sample is left when the line breaks */
    static struct rtltcp_server s = {.tuner = 5,
                                     .octets_per_s = 2.4e6,
                                     .sigma = 10,
                                     .piece_oct = 10001,
                                     .hang_up_after_oct = 3000001};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    cfg.wait_device = true;
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    uint64_t n_gaps = 0, samp = 0, n_jumped = 0;
    struct live_source_stats stats = {0};
    for (int n = 0; n < 100000 && (stats.n_reconnects == 0 || n_gaps < 2); n++) {
        struct iq_block b;
        assert_int_equal(live_source_next(src, PATIENCE_MS, &b, err, sizeof err), LIVE_BLOCK);
        if (n > 0 && b.gap)
            n_jumped += b.samp - samp;
        else if (n > 0)
            assert_int_equal(b.samp, samp);
        n_gaps += b.gap;
        samp = b.samp + b.n_samp;
        live_source_get_stats(src, &stats);
    }
    assert_int_equal(stats.n_reconnects, 1);
    assert_true(stats.n_dropped > 0);
    assert_int_equal(stats.n_dropped, n_jumped); /* time went on while nothing came */
    assert_true(noted(src, "has hung up"));
    assert_int_equal(atomic_load(&s.n_calls), 2);
    live_source_close(src);
    server_stop(&s);
}

static void another_tuner_is_not_taken_for_the_one_that_was_lost(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.tuner = 5,
                                     .other_tuner = 1,
                                     .octets_per_s = 2.4e6,
                                     .sigma = 10,
                                     .hang_up_after_oct = 2000000};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    cfg.wait_device = true;
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    struct live_source_stats stats = {0};
    while (stats.n_reconnects == 0) {
        uint64_t n_gaps = 0;
        assert_int_equal(read_on(src, &n_gaps, 1), LIVE_BLOCK);
        live_source_get_stats(src, &stats);
    }
    assert_int_equal(atomic_load(&s.n_calls), 3); /* the second was an E4000 */
    live_source_close(src);
    server_stop(&s);
}

static void without_waiting_a_hang_up_ends_it(void **state)
{
    (void)state;
    static struct rtltcp_server s = {
        .tuner = 5, .octets_per_s = 2.4e6, .sigma = 10, .hang_up_after_oct = 3000001};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    uint64_t n_gaps = 0;
    assert_int_equal(read_on(src, &n_gaps, 100000), -ENODEV);
    assert_non_null(strstr(err, "has hung up"));
    struct live_tuning t;
    assert_int_equal(live_source_tune(src, 942e6, &t, err, sizeof err), -ENODEV);
    live_source_close(src);
    server_stop(&s);
}

static void a_full_ring_drops_counts_and_marks(void **state)
{
    (void)state;
    static struct rtltcp_server s = {.tuner = 5, .octets_per_s = 0, .sigma = 10};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    cfg.ring_s = 0.3;
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 941e6);
    struct live_source_stats stats = {0};
    while (stats.n_overflows == 0 || stats.n_dropped == 0) {
        server_nap();
        live_source_get_stats(src, &stats);
    }
    struct iq_block b;
    uint64_t samp = 0, n_jumped = 0, n_overflows = stats.n_overflows;
    for (int n = 0; n < 8; n++) { /* it holds 23: not half empty yet, so it stays shut */
        assert_int_equal(live_source_next(src, PATIENCE_MS, &b, err, sizeof err), LIVE_BLOCK);
        samp = b.samp + b.n_samp;
        server_nap();
    }
    live_source_get_stats(src, &stats);
    assert_int_equal(stats.n_overflows, n_overflows);
    for (int n = 0; n < 200 && n_jumped == 0; n++) {
        assert_int_equal(live_source_next(src, PATIENCE_MS, &b, err, sizeof err), LIVE_BLOCK);
        if (b.gap)
            n_jumped = b.samp - samp;
        samp = b.samp + b.n_samp;
    }
    assert_true(n_jumped > 0);
    live_source_close(src);
    server_stop(&s);
}

static void the_gain_is_chosen_by_clipping_and_noise(void **state)
{
    (void)state;
    static struct rtltcp_server loud = {.tuner = 5, .octets_per_s = 2.4e6, .sigma = 400};
    assert_true(server_start(&loud) > 0);
    struct live_source_config cfg = config(&loud);
    struct live_source *src = opened(&cfg);
    struct live_tuning t = tuned(src, 941e6);
    assert_true(t.gain_db < 20);
    uint64_t n_gaps = 0;
    assert_int_equal(read_on(src, &n_gaps, 30), LIVE_BLOCK);
    struct live_source_stats stats;
    live_source_get_stats(src, &stats);
    assert_true(stats.clipped_ratio < 0.001);
    live_source_close(src);
    server_stop(&loud);
    static struct rtltcp_server faint = {.tuner = 5, .octets_per_s = 2.4e6, .sigma = 0.6};
    assert_true(server_start(&faint) > 0);
    cfg = config(&faint);
    src = opened(&cfg);
    t = tuned(src, 941e6);
    assert_true(t.gain_db > 33);
    live_source_close(src);
    server_stop(&faint);
}

static void an_oscillator_that_does_not_lock_is_set_again(void **state)
{
    (void)state;
    static struct rtltcp_server s = {
        .tuner = 5, .octets_per_s = 2.4e6, .sigma = 10, .unlocked_hz = 941e6};
    assert_true(server_start(&s) > 0);
    struct live_source_config cfg = config(&s);
    struct live_source *src = opened(&cfg);
    (void)tuned(src, 950e6);
    struct live_tuning t = tuned(src, 941e6);
    assert_true(fabs(t.center_hz - 941e6) < 4000);
    struct live_source_stats stats;
    live_source_get_stats(src, &stats);
    assert_int_equal(stats.n_pll_failures, 1);
    assert_true(noted(src, "did not lock at 941 MHz"));
    live_source_close(src);
    server_stop(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_tuner_of_the_greeting_gives_the_ranges),
        cmocka_unit_test(samples_come_in_order_after_a_tune),
        cmocka_unit_test(every_sample_is_the_one_that_its_index_says),
        cmocka_unit_test(commands_are_those_of_the_protocol),
        cmocka_unit_test(what_is_no_rtl_tcp_server_is_said),
        cmocka_unit_test(a_server_that_is_taken_is_said),
        cmocka_unit_test(a_server_that_stops_sending_is_lost),
        cmocka_unit_test(a_server_that_hangs_up_is_waited_for),
        cmocka_unit_test(another_tuner_is_not_taken_for_the_one_that_was_lost),
        cmocka_unit_test(without_waiting_a_hang_up_ends_it),
        cmocka_unit_test(a_full_ring_drops_counts_and_marks),
        cmocka_unit_test(the_gain_is_chosen_by_clipping_and_noise),
        cmocka_unit_test(an_oscillator_that_does_not_lock_is_set_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
