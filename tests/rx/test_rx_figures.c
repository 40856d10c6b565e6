/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the receiver says of a cell, against what was sent: Es/N0, level, carrier, symbol clock,
 * echoes, and the errors that it states. */
#include "air.h"

#include <math.h>
#include <stdio.h>

/* 200 kHz beside the centre, where the receiver takes out the mean. */
#define BESIDE AIR_FOUR "center 945.0MHz\n"
#define HZ     945.2e6

/* Means over the reports of one recording. */
struct figures {
    int n;
    double snr_db, level_dbfs, offset_hz, clock_ppm, delay_spread_us, phase_error_deg;
    double offset_z2, clock_z2; /* mean squares of errors over stated errors */
};

static void hear_figures(const char *text, double offset_hz, double clock_ppm, struct figures *f)
{
    struct air a;
    struct heard h;
    air_make(&a, "%s", text);
    air_hear(&a, NULL, &h);
    for (size_t i = 0; i < h.n_reports; i++) {
        const struct cell_report *r = &h.report[i];
        if (r->n_sch < 10 || r->last_s - r->first_s < 0.5)
            continue; /* the rest of a file */
        f->n++;
        f->snr_db += r->snr_db;
        f->level_dbfs += r->level_dbfs;
        f->offset_hz += r->offset_hz;
        f->clock_ppm += r->clock_ppm;
        f->delay_spread_us += r->delay_spread_us;
        f->phase_error_deg += r->phase_error_deg;
        f->offset_z2 += pow((r->offset_hz - offset_hz) / r->offset_se_hz, 2.0);
        f->clock_z2 += pow((r->clock_ppm - clock_ppm) / r->clock_se_ppm, 2.0);
    }
    heard_clear(&h);
    air_clear(&a);
}

static void end_figures(struct figures *f, const char *what)
{
    assert_true(f->n > 0);
    double *const mean[] = {&f->snr_db,          &f->level_dbfs,      &f->offset_hz, &f->clock_ppm,
                            &f->delay_spread_us, &f->phase_error_deg, &f->offset_z2, &f->clock_z2};
    for (size_t i = 0; i < sizeof(mean) / sizeof(mean[0]); i++)
        *mean[i] /= f->n;
    print_message("%s: %d reports, Es/N0 %.2f dB, %.2f dBFS, %.2f Hz (ratio %.2f), clock %.4f ppm "
                  "(ratio %.2f), echoes %.2f us, phase %.2f deg\n",
                  what, f->n, f->snr_db, f->level_dbfs, f->offset_hz, sqrt(f->offset_z2),
                  f->clock_ppm, sqrt(f->clock_z2), f->delay_spread_us, f->phase_error_deg);
}

/* In plain noise, float samples and 8 bit. */
static void es_n0_is_what_was_sent(void **state)
{
    static const double esn0_db[] = {0.0, 10.0, 20.0, 30.0};
    char text[1024], what[64];
    (void)state;
    for (int wide = 0; wide < 2; wide++) {
        for (size_t i = 0; i < 4; i++) {
            struct figures f = {0};
            snprintf(text, sizeof(text), "%sduration_s 2\n" AIR_CELL "esn0_db %.0f\n",
                     wide ? "rate 2.4MS/s\ncenter 945.5MHz\nformat cu8\nreceiver_ppm 27\n" : BESIDE,
                     esn0_db[i]);
            snprintf(what, sizeof(what), "%.0f dB%s", esn0_db[i], wide ? ", 8 bit" : "");
            hear_figures(text, 0.0, 0.0, &f);
            end_figures(&f, what);
            assert_true(fabs(f.snr_db - esn0_db[i]) < 0.6);
            assert_true(f.phase_error_deg < 2.5);
        }
    }
}

/* Many seeds: no bias, and errors of the size that is stated. Carrier and symbol clock are told
 * apart: the carrier stands 4 or 8 ppm from where the clock would have it. */
static void errors_are_those_that_are_stated(void **state)
{
    static const double esn0_db[] = {1.0, 15.0}, apart_ppm[] = {4.0, 8.0};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        double offset_hz = (apart_ppm[i] - 2.0) * 1e-6 * HZ;
        struct figures f = {0};
        for (int seed = 1; seed <= 12; seed++) {
            char text[1024];
            snprintf(text, sizeof(text),
                     BESIDE "seed %d\nduration_s 2.6\n" AIR_CELL
                            "esn0_db %.0f\nppm -2\ncarrier_ppm %.0f\ndelay_sym %d.3\n",
                     seed, esn0_db[i], apart_ppm[i], 37 * seed);
            hear_figures(text, offset_hz, 2.0, &f);
        }
        end_figures(&f, i ? "15 dB" : "1 dB");
        assert_true(fabs(f.offset_hz - offset_hz) < (i ? 1.0 : 6.0));
        assert_true(fabs(f.clock_ppm - 2.0) < (i ? 0.01 : 0.05));
        assert_true(sqrt(f.offset_z2) > 0.5 && sqrt(f.offset_z2) < 1.6);
        assert_true(sqrt(f.clock_z2) > 0.5 && sqrt(f.clock_z2) < 1.6);
    }
}

/* rms delay of the profiles of TS 45.005 C.3; Es/N0 and level are the means over the fades. */
static void echoes_are_those_of_the_profile(void **state)
{
    static const struct {
        const char *fading;
        double spread_us, within_us;
    } list[] = {
        {"none", 0.0, 0.3}, {"TU50", 1.06, 0.25}, {"HT100", 3.92, 0.5}, {"EQ50", 5.46, 0.5}};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct figures f = {0};
        char text[1024];
        snprintf(text, sizeof(text), BESIDE "duration_s 12\n" AIR_CELL "esn0_db 16\nfading %s\n",
                 list[i].fading);
        hear_figures(text, 0.0, 0.0, &f);
        end_figures(&f, list[i].fading);
        assert_true(fabs(f.delay_spread_us - list[i].spread_us) < list[i].within_us);
        assert_true(fabs(f.snr_db - 16.0) < 1.6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(es_n0_is_what_was_sent),
        cmocka_unit_test(errors_are_those_that_are_stated),
        cmocka_unit_test(echoes_are_those_of_the_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
