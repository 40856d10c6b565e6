/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <math.h>
#include <string.h>

#include "gsm/cell_sums.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failures_count_only_between_successes),
        cmocka_unit_test(the_next_report_starts_empty),
        cmocka_unit_test(the_backlog_begins_without_failures),
        cmocka_unit_test(means_are_weighted_by_what_a_burst_knows),
        cmocka_unit_test(the_error_of_the_mean_falls_with_the_root_of_bursts),
        cmocka_unit_test(no_time_before_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
