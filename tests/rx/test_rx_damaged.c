/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A good cell, badly recorded: it is read, or it is said what is wrong. Nothing is made up. */
#include "air.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define WIDE "rate 2.4MS/s\ncenter 945.3MHz\nformat cu8\n"
/* At another centre the cell stands 200 kHz above the middle. */
#define BESIDE "rate 1083333.3333333\ncenter 945.0MHz\nformat cf32\n"

static float *floats_of(struct air *a)
{
    return (float *)(void *)a->octets;
}

/* Samples from .. from+lost-1 are missing; what was sent later comes earlier. A block of which a
 * part is left may still be read. Returns how many of these there are. */
static int cut_out(struct air *a, size_t from, size_t lost)
{
    size_t oct = iq_format_oct(a->format), kept = 0;
    int n_cut = 0;
    memmove(a->octets + from * oct, a->octets + (from + lost) * oct,
            (a->n_samp - from - lost) * oct);
    a->n_samp -= lost;
    for (size_t i = 0; i < a->n_sent; i++) {
        struct air_sent s = a->sent[i];
        double end = s.samp + (s.kind == GSM_EVENT_SCH ? 0.001 : 0.0155) * a->rate_hz;
        bool late = s.samp >= (double)(from + lost), early = end <= (double)from;
        if (s.samp >= (double)from && end < (double)(from + lost))
            continue;
        n_cut += !late && !early;
        if (s.samp >= (double)from)
            s.samp -= (double)lost;
        a->sent[kept++] = s;
    }
    a->n_sent = kept;
    return n_cut;
}

/* Seconds behind the gap after which something of the cell was read. */
static double silence_s(const struct air *a, const struct heard *h, size_t gap)
{
    double first = (double)a->n_samp;
    for (size_t i = 0; i < h->n_events; i++) {
        double samp = h->event[i].samp;
        if (samp > (double)gap && samp < first && !h->event[i].assumed)
            first = samp;
    }
    return (first - (double)gap) / a->rate_hz;
}

/* Losses of part of a symbol up to seconds: the cell goes on at once and stays one. */
static void lost_samples(void **state)
{
    static const double lost_s[] = {1e-6, 4e-6, 5e-5, 11e-5, 14e-5, 0.0012, 0.0547, 0.2501, 2.35};
    (void)state;
    for (size_t k = 0; k < 2 * sizeof(lost_s) / sizeof(lost_s[0]); k++) {
        struct air a;
        struct heard h;
        char what[64];
        bool marked = k & 1;
        air_make(&a, AIR_FOUR "duration_s 8\n" AIR_CELL "esn0_db 12\n");
        size_t from = 3000017, lost = (size_t)(lost_s[k / 2] * a.rate_hz + 0.5);
        int n_cut = cut_out(&a, from, lost);
        struct air_how how = {.gap_samp = marked ? from : 0};
        air_hear(&a, &how, &h);
        snprintf(what, sizeof(what), "%s gap of %zu samples", marked ? "told" : "untold", lost);
        struct score s = air_score(&a, &h, NULL, what);
        print_message("  silent for %.3f s, %u transmitters, %zu reports\n",
                      silence_s(&a, &h, from), h.stats.n_transmitters, h.n_reports);
        assert_int_equal(s.n_wrong, 0);
        assert_true(silence_s(&a, &h, from) < 0.15);
        assert_true(s.n_block_got >= s.n_block - n_cut - 6);
        assert_int_equal(h.stats.n_gaps, marked);
        assert_int_equal(h.stats.n_transmitters, 1);
        for (size_t i = 0; i < h.n_reports; i++)
            assert_int_equal(h.report[i].tx, h.report[0].tx);
        heard_clear(&h);
        air_clear(&a);
    }
}

static void assert_misfit(struct air *a, const struct air_how *how, const char *what,
                          enum misfit_kind kind, struct misfit *ret)
{
    struct heard h;
    air_hear(a, how, &h);
    *ret = h.stats.misfit;
    print_message("%-34s kind %d, %.0f Hz, %+.1f ppm, %+.0f Hz beside; rate %.0f, %u cells\n", what,
                  (int)ret->kind, ret->rate_hz, ret->ppm, ret->center_off_hz,
                  h.stats.looks_like_rate_hz, h.stats.n_transmitters);
    assert_int_equal(ret->kind, kind);
    if (kind != MISFIT_CRYSTAL) { /* it may be read all the same, 200 kHz beside its channel */
        assert_int_equal(h.stats.n_transmitters, 0);
        assert_int_equal(h.n_events, 0);
    }
    heard_clear(&h);
}

/* At any centre, also off the raster, and with a crystal that is off, too. */
static void i_and_q_swapped(void **state)
{
    static const double center_mhz[] = {945.2, 945.0, 945.3, 945.37};
    static const double ppm[] = {0.0, 27.0, -38.0, 9.0};
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        struct air a;
        struct misfit m;
        air_make(
            &a,
            "rate 1.4MS/s\ncenter %.2fMHz\nformat cf32\nduration_s 3\nreceiver_ppm %g\n" AIR_CELL
            "esn0_db 20\n",
            center_mhz[k], ppm[k]);
        float *x = floats_of(&a);
        for (size_t i = 0; i < a.n_samp; i++) {
            float swap = x[2 * i];
            x[2 * i] = x[2 * i + 1];
            x[2 * i + 1] = swap;
        }
        assert_misfit(&a, NULL, "I and Q swapped", MISFIT_SWAPPED, &m);
        air_clear(&a);
    }
}

static void a_crystal_beyond_the_search(void **state)
{
    static const double ppm[] = {-140.0, -118.0, -105.0, -95.0, 98.0, 112.0, 130.0, 150.0};
    (void)state;
    for (size_t k = 0; k < 8; k++) {
        struct air a;
        struct misfit m;
        air_make(&a, WIDE "duration_s 3\nreceiver_ppm %g\n" AIR_CELL "esn0_db 20\n", ppm[k]);
        assert_misfit(&a, NULL, "a crystal far off", MISFIT_CRYSTAL, &m);
        assert_true(fabs(m.ppm - ppm[k]) < 3.0);
        air_clear(&a);
    }
}

static void a_rate_that_is_another(void **state)
{
    static const double share[] = {0.5, 2.0, 0.8, 1.25, 1.5, 0.7};
    (void)state;
    for (size_t k = 0; k < sizeof(share) / sizeof(share[0]); k++) {
        struct air a;
        struct misfit m;
        air_make(&a, WIDE "duration_s 4\n" AIR_CELL "esn0_db 20\n"
                          "cell B\narfcn 47\nbsic 8\ndelay_sym 99\nstart_fn 77\nesn0_db 15\n");
        struct air_how how = {.rate_hz = a.rate_hz * share[k]};
        assert_misfit(&a, &how, "another rate", MISFIT_RATE, &m);
        assert_true(fabs(m.rate_hz / a.rate_hz - 1.0) < 1e-6);
        air_clear(&a);
    }
}

static void a_center_beside_the_raster(void **state)
{
    struct air a;
    struct misfit m;
    (void)state;
    air_make(&a, WIDE "duration_s 3\n" AIR_CELL "esn0_db 20\n");
    a.center_hz += 95e3;
    assert_misfit(&a, NULL, "a centre 95 kHz beside", MISFIT_CENTER, &m);
    assert_true(fabs(m.center_off_hz - 95e3) < 2e3);
    air_clear(&a);
}

/* Only one of I and Q: each carrier stands on both sides; the true one is read, the other not. */
static void real_samples(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, BESIDE "duration_s 3\n" AIR_CELL "esn0_db 20\n");
    float *x = floats_of(&a);
    for (size_t i = 0; i < a.n_samp; i++)
        x[2 * i + 1] = 0.0f;
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "Q is zero, 20 dB");
    assert_int_equal(s.n_block_got, s.n_block);
    assert_int_equal(s.n_wrong, 0);
    assert_int_equal(h.stats.n_transmitters, 1);
    heard_clear(&h);
    air_clear(&a);
}

/* Twenty decibels above full scale, in eight bits. */
static void a_receiver_driven_hard(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, WIDE "duration_s 3\nnoise_dbfs -20\n" AIR_CELL "level_dbfs 20\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, NULL, "20 dB over full scale, 8 bit");
    print_message("  %u transmitters, %llu of %llu samples clipped\n", h.stats.n_transmitters,
                  (unsigned long long)h.stats.n_clipped, (unsigned long long)h.stats.n_samp);
    assert_int_equal(s.n_block_got, s.n_block);
    assert_true(h.stats.n_clipped > h.stats.n_samp / 2);
    assert_int_equal(h.stats.n_transmitters, 1);
    assert_int_equal(s.n_wrong, 0);
    heard_clear(&h);
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lost_samples),
        cmocka_unit_test(i_and_q_swapped),
        cmocka_unit_test(a_crystal_beyond_the_search),
        cmocka_unit_test(a_rate_that_is_another),
        cmocka_unit_test(a_center_beside_the_raster),
        cmocka_unit_test(real_samples),
        cmocka_unit_test(a_receiver_driven_hard),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
