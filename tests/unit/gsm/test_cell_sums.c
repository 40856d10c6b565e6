/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "gsm/cell_sums.h"
#include "gsm_const.h"
#include "unit/gsm/hex.h"

static const struct arfcn channel = {.band = ARFCN_P900, .number = 30};

/* A burst of Es/N0 20 (ratio) at this offset. */
static struct cell_burst_stat burst_at(double offset_hz, float ramp_var)
{
    struct burst_soft b = {0};
    b.energy = 4.0f;
    b.noise = 0.2f;
    b.es = 4.0f;
    b.n0 = 0.2f;
    b.ramp_var = ramp_var;
    b.phase_err_rad = 0.1f;
    return cell_burst_stat_of(&b, offset_hz, 270833.0);
}

static void failures_count_only_between_successes(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_fail_block(&s, true); /* before the cell came on the air */
    cell_sums_count_sch(&s, false, 1, 0.0);
    assert_false(cell_sums_any(&s));
    cell_sums_count_sch(&s, true, 11, 0.05);
    cell_sums_fail_block(&s, true);
    cell_sums_fail_block(&s, false);
    cell_sums_count_sch(&s, false, 21, 0.1);
    cell_sums_count_block(&s, true, 53, 0.25);
    cell_sums_count_block(&s, false, 57, 0.27);
    cell_sums_fail_block(&s, false); /* after it went off */
    assert_true(cell_sums_any(&s));
    cell_sums_finish(&s, 4.0, &r);
    assert_int_equal(r.n_sch, 1);
    assert_int_equal(r.n_sch_failed, 1);
    assert_int_equal(r.n_bcch, 1);
    assert_int_equal(r.n_bcch_failed, 1);
    assert_int_equal(r.n_ccch, 1);
    assert_int_equal(r.n_ccch_failed, 1);
    assert_int_equal(r.fn_first, 11);
    assert_int_equal(r.fn_last, 57);
    assert_true(r.first_s == 0.05 && r.last_s == 0.27);
    assert_int_equal(r.bsic, 5);
    assert_int_equal(r.channel.number, 30);
}

/* The last open failure belongs to the next span as soon as something is heard there. */
static void the_next_report_starts_empty(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_count_block(&s, true, 2, 1.0);
    cell_sums_fail_block(&s, false);
    cell_sums_finish(&s, 4.0, &r);
    assert_false(cell_sums_any(&s));
    cell_sums_count_block(&s, false, 409, 2.9);
    cell_sums_finish(&s, 4.0, &r);
    assert_int_equal(r.n_bcch, 0);
    assert_int_equal(r.n_ccch, 1);
    assert_int_equal(r.n_ccch_failed, 1);
    assert_int_equal(r.fn_first, 409);
}

static void the_backlog_begins_without_failures(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_count_block(&s, true, 102, 1.0);
    cell_sums_fail_block(&s, true);
    cell_sums_begin_backlog(&s);
    cell_sums_fail_block(&s, true);
    cell_sums_count_block(&s, true, 51, 0.5);
    cell_sums_finish(&s, 4.0, &r);
    assert_int_equal(r.n_bcch, 2);
    assert_int_equal(r.n_bcch_failed, 0);
    assert_true(r.first_s == 0.5 && r.last_s == 1.0);
    assert_int_equal(r.fn_first, 51);
    assert_int_equal(r.fn_last, 102);
}

static void means_are_weighted_by_what_a_burst_knows(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_count_sch(&s, true, 1, 0.0);
    struct cell_burst_stat sharp = burst_at(100.0, 1e-9f), blunt = burst_at(400.0, 3e-9f);
    cell_sums_add_burst(&s, &sharp);
    cell_sums_add_burst(&s, &blunt);
    cell_sums_finish(&s, 4.0, &r);
    assert_true(fabs(r.offset_hz - 175.0) < 0.1); /* (3 * 100 + 400) / 4 */
    /* the spread of these two, 130 Hz, says more than their variances, 8.6 and 15 Hz */
    assert_true(r.offset_se_hz > 100.0 && r.offset_se_hz < 160.0);
    /* 20, less the eye gain, more by the model's own error: 4 / 1.0914 / (0.2 - 0.0075 * 4) */
    assert_true(fabs(r.snr_db - 13.34) < 0.02);
    assert_true(fabs(r.phase_error_deg - 5.73) < 0.01);
    /* 4 over 4 samples a symbol is full scale but for the eye gain of equalizer.h */
    assert_true(r.level_dbfs < 0.0 && r.level_dbfs > -1.0);
}

static void the_error_of_the_mean_falls_with_the_root_of_bursts(void **state)
{
    double se[2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct cell_sums s;
        struct cell_report r;
        cell_sums_init(&s, channel, 5);
        cell_sums_count_sch(&s, true, 1, 0.0);
        for (int i = 0; i < (k ? 400 : 100); i++) {
            struct cell_burst_stat b = burst_at(50.0, 1e-9f);
            cell_sums_add_burst(&s, &b);
        }
        cell_sums_finish(&s, 4.0, &r);
        se[k] = r.offset_se_hz;
    }
    assert_true(fabs(se[0] / se[1] - 2.0) < 0.01);
    assert_true(fabs(se[0] - sqrt(1e-9) * 270833.0 / 10.0) < 0.01);
}

/* A burst may begin a fraction of a sample before the file. */
static void no_time_before_the_start(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_count_sch(&s, true, 1, -1e-7);
    cell_sums_finish(&s, 4.0, &r);
    assert_true(r.first_s == 0.0 && r.last_s == 0.0);
    assert_true(isnan(r.snr_db) && isnan(r.offset_hz) && isnan(r.level_dbm));
}

static double uniform(uint64_t *seed)
{
    return ((double)(hex_random(seed) >> 11) + 0.5) / 9007199254740992.0;
}

/* Of variance 1. */
static double normal(uint64_t *seed)
{
    double sum = 0.0;
    for (int i = 0; i < 12; i++)
        sum += uniform(seed) - 0.5;
    return sum;
}

/* What a cell whose frames are `slow_ppm` too long and whose carrier is `offset_hz` high gives, of
 * Es/N0 10 (ratio): one SCH each ten frames. fade: spread of the carrier beyond the stated. */
static void measure_span(struct cell_sums *s, uint64_t *seed, double slow_ppm, double offset_hz,
                         double sigma_hz, double fade)
{
    const double sigma_sym = 0.02;
    for (uint32_t fn = 1; fn < 408; fn += 10) {
        struct cell_measured m = {.sym_hz = GSM_SYMBOL_RATE_HZ, .fn = fn};
        double at = 777.25 + fn * GSM_FRAME_SYM * (1.0 + slow_ppm * 1e-6);
        m.offset_hz = offset_hz + fade * sigma_hz * normal(seed);
        m.gauge.ramp_var = pow(sigma_hz / GSM_SYMBOL_RATE_HZ, 2.0);
        m.gauge.energy = 4.0 * 0.826;
        m.gauge.noise = 0.4;
        m.gauge.delay_var = sigma_sym * sigma_sym;
        m.gauge.delay_sym = 0.3;
        m.at_sym = at + fade * sigma_sym * normal(seed);
        m.gauge.tap_power[3] = 4.0;
        m.gauge.tap_power[4] = 0.4;
        m.gauge.carrier4 = 1600.0;
        m.gauge.across = 8.0;
        m.gauge.along = 4.0;
        cell_sums_count_sch(s, true, fn, m.at_sym / GSM_SYMBOL_RATE_HZ);
        cell_sums_add_measured(s, &m, 1);
    }
}

static void measured_bursts_make_the_figures(void **state)
{
    uint64_t seed = 3;
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    struct cell_burst_stat other = burst_at(9999.0, 1e-12f); /* no longer asked */
    cell_sums_add_burst(&s, &other);
    measure_span(&s, &seed, 7.5, 321.0, 40.0, 0.0);
    cell_sums_finish(&s, 4.0, &r);
    assert_true(fabs(r.snr_db - 10.0) < 0.01 && fabs(r.level_dbfs) < 0.01);
    assert_true(fabs(r.offset_hz - 321.0) < 1e-6);
    assert_true(fabs(r.offset_se_hz - 40.0 / sqrt(41.0)) < 0.01);
    assert_true(fabs(r.clock_ppm - 7.5) < 1e-6);
    assert_true(r.clock_se_ppm > 0.0 && r.clock_se_ppm < 0.1);
    /* half of what lies across is noise: (8 - 4) / (1 - 12 / 128) of 1600 */
    assert_true(fabs(r.phase_error_deg - 3.01) < 0.01);
    assert_true(r.taps_db[0] <= 0.0 && r.taps_db[CELL_REPORT_TAPS - 1] == -99.0);
    int strongest = 0;
    while (r.taps_db[strongest] < 0.0)
        strongest++;
    assert_true(fabs(r.taps_db[strongest + 1] + 10.0) < 0.01);
    assert_true(r.delay_spread_us >= 0.0 && r.delay_spread_us < 0.5);
}

/* Over many spans the errors are what the report says they are: also when the bursts scatter more
 * than their own noise explains. */
static void stated_errors_are_honest(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        uint64_t seed = 11;
        double offset2 = 0.0, clock2 = 0.0;
        const int n = 300;
        for (int i = 0; i < n; i++) {
            struct cell_sums s;
            struct cell_report r;
            cell_sums_init(&s, channel, 5);
            measure_span(&s, &seed, -20.0, -50.0, 12.0, k ? 4.0 : 1.0);
            cell_sums_finish(&s, 4.0, &r);
            offset2 += pow((r.offset_hz + 50.0) / r.offset_se_hz, 2.0) / n;
            clock2 += pow((r.clock_ppm + 20.0) / r.clock_se_ppm, 2.0) / n;
        }
        assert_true(sqrt(offset2) > 0.8 && sqrt(offset2) < 1.2);
        assert_true(sqrt(clock2) > 0.8 && sqrt(clock2) < 1.2);
    }
}

static void too_few_arrivals_tell_no_clock(void **state)
{
    struct cell_sums s;
    struct cell_report r;
    struct cell_measured m = {.gauge = {.energy = 1.0, .noise = 0.1}, .sym_hz = 270833.0};
    (void)state;
    cell_sums_init(&s, channel, 5);
    for (uint32_t i = 0; i < 3; i++) {
        m.fn = 1 + 10 * i;
        m.at_sym = m.fn * GSM_FRAME_SYM;
        cell_sums_add_measured(&s, &m, 1);
    }
    cell_sums_finish(&s, 4.0, &r);
    assert_true(isfinite(r.offset_hz) && isnan(r.clock_ppm) && isnan(r.clock_se_ppm));
}

/* What was lost between two successes was sent: its power belongs to the mean. */
static void a_fade_belongs_to_the_mean(void **state)
{
    uint64_t seed = 3;
    struct cell_sums s;
    struct cell_report r;
    (void)state;
    cell_sums_init(&s, channel, 5);
    cell_sums_add_lost(&s, 4e6, 41); /* before anything succeeded: not the cell's */
    measure_span(&s, &seed, 0.0, 0.0, 10.0, 1.0);
    cell_sums_add_lost(&s, 41 * (0.4 * 0.5017 + 2.0 * 0.826), 41); /* half the power, and noise */
    cell_sums_count_sch(&s, true, 409, 1.9);
    cell_sums_add_lost(&s, 4e6, 41); /* after it went off the air */
    cell_sums_finish(&s, 4.0, &r);
    assert_true(fabs(r.snr_db - (10.0 + 10.0 * log10(0.75))) < 0.01);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_count_only_between_successes),
        cmocka_unit_test(the_next_report_starts_empty),
        cmocka_unit_test(the_backlog_begins_without_failures),
        cmocka_unit_test(means_are_weighted_by_what_a_burst_knows),
        cmocka_unit_test(the_error_of_the_mean_falls_with_the_root_of_bursts),
        cmocka_unit_test(no_time_before_the_start),
        cmocka_unit_test(measured_bursts_make_the_figures),
        cmocka_unit_test(stated_errors_are_honest),
        cmocka_unit_test(too_few_arrivals_tell_no_clock),
        cmocka_unit_test(a_fade_belongs_to_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
