/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan's decisions one by one; how long a survey takes as a whole is the bench's to say. */
#include "detector/scan_plan.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define BLOCK_S  0.0137
#define SETTLE_S 0.04
#define MHZ      1e6
#define P900     ARFCN_BAND_BIT(ARFCN_P900)

static struct scan_plan *plan;

static int set_up(void **state)
{
    (void)state;
    plan = calloc(1, sizeof *plan);
    return plan ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    free(plan);
    return 0;
}

static struct scan_plan_config config(unsigned bands)
{
    return (struct scan_plan_config){.band_mask = bands, .tuner.reach_hz = 1.0e6};
}

static void see(int number, int bsic, const char *text, uint32_t fn, double at_s, double now_s)
{
    uint8_t l2[GSM_L2_OCT];
    if (text)
        hex_block(text, l2);
    const struct scan_sight sight = {.channel = {arfcn_band_of(number, 0), number},
                                     .bsic = bsic,
                                     .fn = fn,
                                     .at_s = at_s,
                                     .snr_db = 20,
                                     .l2 = text ? l2 : NULL};
    scan_plan_saw(plan, &sight, now_s);
}

/* All that a plain cell says, the first frame number being that of a TC 0. */
static void see_set(int number, int bsic, double now_s)
{
    see(number, bsic, "55061900000000000000000000000020000000a504002b", 2, now_s, now_s);
    see(number, bsic, "59061a00000000000000000000080808000000ffa50400", 53, now_s, now_s);
    see(number, bsic, "49061b000199f9070064c8030a156504a50400392b2b2b", 104, now_s, now_s);
    see(number, bsic, "31061c99f90700646504a504002b2b2b2b2b2b2b2b2b2b", 155, now_s, now_s);
}

/* Listens until the plan asks for something else; returns that, *now_s is then. */
static struct scan_step listen(double *now_s)
{
    struct scan_step step;
    while ((step = scan_plan_next(plan, *now_s)).action == SCAN_STAY) {
        *now_s += BLOCK_S;
        scan_plan_heard(plan, BLOCK_S, 0, *now_s);
    }
    scan_plan_leave(plan, *now_s);
    return scan_plan_next(plan, *now_s);
}

static void go(const struct scan_step *step, double *now_s)
{
    *now_s += SETTLE_S;
    scan_plan_tuned(plan, step, step->center_hz, *now_s);
}

static void asking_changes_nothing_and_gives_the_same_answer(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900);
    struct scan_plan *before = malloc(sizeof *before);
    assert_non_null(before);
    assert_int_equal(scan_plan_init(plan, &cfg), 12);
    for (int i = 0; i < 3; i++) {
        memcpy(before, plan, sizeof *plan);
        struct scan_step a = scan_plan_next(plan, 1.5 * i), b = scan_plan_next(plan, 1.5 * i);
        assert_memory_equal(before, plan, sizeof *plan);
        assert_int_equal(a.action, b.action);
        assert_true(fabs(a.center_hz - b.center_hz) < 1e-9);
        scan_plan_tuned(plan, &a, a.center_hz, 1.5 * i);
        scan_plan_heard(plan, 0.2, 0, 1.5 * i + 0.2);
    }
    free(before);
}

static void a_search_goes_once_through_every_window(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900 | ARFCN_BAND_BIT(ARFCN_E900));
    cfg.mode = SCAN_SEARCH_ONLY;
    assert_int_equal(scan_plan_init(plan, &cfg), 16);
    double now_s = 0, last_hz = 0;
    int n = 0;
    for (struct scan_step s = listen(&now_s); s.action == SCAN_TUNE; s = listen(&now_s)) {
        assert_int_equal(s.purpose, SCAN_SEARCH);
        assert_true(s.center_hz > last_hz);
        last_hz = s.center_hz;
        go(&s, &now_s);
        n++;
    }
    assert_int_equal(n, 16);
    assert_true(now_s < 2.5 && now_s > 16 * (0.056 + SETTLE_S));
    for (size_t i = 0; i < plan->n_channels; i++) {
        enum arfcn_band band = plan->channel[i].arfcn.band;
        bool wanted = band == ARFCN_P900 || band == ARFCN_E900;
        assert_int_equal(scan_plan_miss(plan, i), wanted ? SCAN_MISS_NONE : SCAN_MISS_BAND);
        assert_true(!wanted || plan->channel[i].heard_s > 0.1);
    }
}

static void what_cannot_be_heard_is_said_with_the_reason(void **state)
{
    (void)state;
    const struct arfcn only[] = {{ARFCN_P900, 30}, {ARFCN_DCS1800, 600}, {ARFCN_P900, 124}};
    struct scan_plan_config cfg = config(0);
    cfg.tuner.n_ranges = 1;
    cfg.tuner.range[0] = (struct scan_range){24 * MHZ, 1766 * MHZ};
    cfg.only = only;
    cfg.n_only = 3;
    assert_int_equal(scan_plan_init(plan, &cfg), 2);
    for (size_t i = 0; i < plan->n_channels; i++) {
        struct arfcn a = plan->channel[i].arfcn;
        enum scan_miss want = SCAN_MISS_CHANNEL;
        if (a.number == 600)
            want = SCAN_MISS_RANGE;
        else if (a.band == ARFCN_P900 && (a.number == 30 || a.number == 124))
            want = SCAN_MISS_LATER;
        if (a.band == ARFCN_PCS1900 && a.number == 600)
            want = SCAN_MISS_CHANNEL;
        assert_int_equal(scan_plan_miss(plan, i), want);
    }
    for (int miss = SCAN_MISS_BAND; miss <= SCAN_MISS_LATER; miss++)
        assert_true(strlen(scan_miss_text((enum scan_miss)miss)) > 10);
    assert_string_equal(scan_miss_text(SCAN_MISS_NONE), "");

    cfg.n_only = 0; /* bands that no tuner of that kind reaches: nothing to do, and said */
    cfg.band_mask = ARFCN_BAND_BIT(ARFCN_DCS1800) | ARFCN_BAND_BIT(ARFCN_PCS1900);
    assert_int_equal(scan_plan_init(plan, &cfg), 0);
    assert_int_equal(scan_plan_next(plan, 0).action, SCAN_DONE);
    cfg.tuner.reach_hz = 0;
    assert_int_equal(scan_plan_init(plan, &cfg), -EINVAL);
}

/* Three found carriers 3.6 MHz apart from first to last take two windows, whatever the grid. */
static void the_second_pass_covers_what_was_found_with_the_fewest_windows(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900);
    assert_int_equal(scan_plan_init(plan, &cfg), 12);
    double now_s = 0;
    struct scan_step s = listen(&now_s);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(s.purpose, SCAN_SEARCH);
        go(&s, &now_s);
        if (i == 4)
            see(50, 1, NULL, 11, now_s, now_s);
        if (i == 5) {
            see(59, 2, NULL, 11, now_s, now_s);
            see(65, 3, NULL, 11, now_s, now_s);
        }
        s = listen(&now_s);
    }
    assert_int_equal(s.action, SCAN_TUNE);
    assert_int_equal(s.purpose, SCAN_READ);
    int n = 0;
    for (; s.action == SCAN_TUNE && n < 10; s = listen(&now_s), n++) {
        double reach_hz = cfg.tuner.reach_hz;
        go(&s, &now_s);
        const int number[] = {50, 59, 65};
        for (int i = 0; i < 3; i++)
            if (fabs(935e6 + 0.2e6 * number[i] - s.center_hz) <= reach_hz)
                see_set(number[i], i + 1, now_s);
    }
    assert_int_equal(n, 2);
    assert_int_equal(s.action, SCAN_DONE);
    assert_int_equal(scan_plan_complete(plan), 3);
}

/* Begins a reading dwell on one cell of channel 50. */
static struct scan_step read_one(double *now_s)
{
    const struct arfcn only = {ARFCN_P900, 50};
    struct scan_plan_config cfg = config(P900);
    cfg.only = &only;
    cfg.n_only = 1;
    assert_int_equal(scan_plan_init(plan, &cfg), 1);
    struct scan_step s = listen(now_s);
    go(&s, now_s);
    see(50, 1, NULL, 11, *now_s, *now_s);
    s = listen(now_s);
    assert_int_equal(s.purpose, SCAN_READ);
    go(&s, now_s);
    return s;
}

static void a_dwell_ends_as_soon_as_the_set_is_complete(void **state)
{
    (void)state;
    double now_s = 0;
    (void)read_one(&now_s);
    double began_s = now_s;
    for (int i = 0; i < 60; i++) {
        assert_int_equal(scan_plan_next(plan, now_s).action, SCAN_STAY);
        now_s += BLOCK_S;
        scan_plan_heard(plan, BLOCK_S, 0, now_s);
        see(50, 1, NULL, 11, now_s, now_s);
    }
    see_set(50, 1, now_s);
    assert_int_equal(scan_plan_next(plan, now_s).action, SCAN_DONE);
    assert_true(now_s - began_s < 0.9);
}

/* One block of the BCCH a multiframe, all but SI4. */
static double keep_reading(double now_s, bool decodes)
{
    double began_s = now_s, next_s = now_s;
    uint32_t fn = 0;
    while (scan_plan_next(plan, now_s).action == SCAN_STAY) {
        now_s += BLOCK_S;
        scan_plan_heard(plan, BLOCK_S, 0, now_s);
        if (now_s < next_s)
            continue;
        next_s += GSM_MULTIFRAME * GSM_FRAME_S;
        uint32_t tc = fn / GSM_MULTIFRAME % 8;
        if (decodes && tc != 3 && tc != 7)
            see(50, 1, "59061a00000000000000000000080808000000ffa50400", fn + 2, now_s, now_s);
        else
            see(50, 1, NULL, fn + 1, now_s, now_s);
        fn += GSM_MULTIFRAME;
    }
    return now_s - began_s;
}

static void
a_dwell_is_made_longer_for_a_set_that_is_nearly_there_but_not_beyond_the_cap(void **state)
{
    (void)state;
    double now_s = 0;
    (void)read_one(&now_s);
    plan->read_s = 40; /* saved up: a tenth of that */
    double took_s = keep_reading(now_s, true);
    assert_true(took_s > plan->cfg.read_s + 0.1);
    assert_true(took_s <= plan->cfg.read_cap_s + 0.02);

    now_s = 0; /* nothing saved: no longer than any other */
    (void)read_one(&now_s);
    took_s = keep_reading(now_s, true);
    assert_true(fabs(took_s - plan->cfg.read_s) < 0.25);

    now_s = 0; /* nothing decodes: waiting does not help */
    (void)read_one(&now_s);
    plan->read_s = 40;
    took_s = keep_reading(now_s, false);
    assert_true(fabs(took_s - plan->cfg.read_s) < 0.02);
}

static void an_incomplete_cell_is_visited_again_and_then_left_alone(void **state)
{
    (void)state;
    double now_s = 0;
    struct scan_step s = read_one(&now_s);
    int visits = 0;
    for (; s.action == SCAN_TUNE && visits < 20; visits++) {
        if (visits > 0)
            go(&s, &now_s);
        now_s += keep_reading(now_s, true);
        scan_plan_leave(plan, now_s);
        s = scan_plan_next(plan, now_s);
    }
    assert_int_equal(visits, plan->cfg.reads);
    assert_int_equal(s.action, SCAN_DONE);
}

static void a_cell_that_could_not_be_judged_is_visited_again(void **state)
{
    (void)state;
    double now_s = 0;
    (void)read_one(&now_s);
    see_set(50, 1, now_s);
    scan_plan_judged(plan, (struct arfcn){ARFCN_P900, 50}, 1, 0);
    struct scan_step s = listen(&now_s);
    assert_int_equal(s.action, SCAN_TUNE);
    assert_int_equal(s.purpose, SCAN_READ);
    go(&s, &now_s);
    double began_s = now_s;
    see_set(50, 1, now_s);
    for (int i = 0; i < 70; i++) { /* a whole cycle, though the set is complete */
        assert_int_equal(scan_plan_next(plan, now_s).action, SCAN_STAY);
        now_s += BLOCK_S;
        scan_plan_heard(plan, BLOCK_S, 0, now_s);
        see(50, 1, NULL, 11, now_s, now_s);
    }
    (void)listen(&now_s);
    assert_true(now_s - began_s < plan->cfg.read_s + 0.05);
    scan_plan_judged(plan, (struct arfcn){ARFCN_P900, 50}, 1, 1);
    assert_int_equal(scan_plan_next(plan, now_s).action, SCAN_DONE);
}

static void a_cell_that_is_gone_costs_half_a_second_not_a_cycle(void **state)
{
    (void)state;
    double now_s = 0;
    (void)read_one(&now_s);
    double began_s = now_s;
    (void)listen(&now_s);
    assert_true(now_s - began_s < 0.7);
}

static void a_window_that_cannot_be_tuned_is_tried_twice_and_reported(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900);
    assert_int_equal(scan_plan_init(plan, &cfg), 12);
    double now_s = 0, bad_hz = plan->window[3].center_hz;
    int n_bad = 0, n = 0;
    for (struct scan_step s = listen(&now_s); s.action == SCAN_TUNE && n < 50; n++) {
        if (fabs(s.center_hz - bad_hz) < 1) {
            scan_plan_tune_failed(plan, &s, now_s += SETTLE_S);
            n_bad++;
        } else {
            go(&s, &now_s);
        }
        s = listen(&now_s);
    }
    assert_int_equal(n_bad, 2);
    assert_int_equal(n, 13);
    for (size_t i = 0; i < plan->n_channels; i++) {
        const struct scan_window *w = &plan->window[3];
        bool lost = i >= w->first && i < w->first + w->n;
        if (plan->channel[i].arfcn.band == ARFCN_P900)
            assert_int_equal(scan_plan_miss(plan, i), lost ? SCAN_MISS_TUNE : SCAN_MISS_NONE);
    }
}

static void a_window_without_samples_is_given_up_and_is_not_called_heard(void **state)
{
    (void)state;
    const struct arfcn only = {ARFCN_P900, 50};
    struct scan_plan_config cfg = config(P900);
    cfg.only = &only;
    cfg.n_only = 1;
    assert_int_equal(scan_plan_init(plan, &cfg), 1);
    double now_s = 0;
    struct scan_step s = listen(&now_s);
    for (int i = 0; i < 2; i++) {
        go(&s, &now_s);
        scan_plan_heard(plan, 0.01, 0.5, now_s);
        assert_int_equal(scan_plan_next(plan, now_s + 1).action, SCAN_STAY);
        now_s += 10;
        assert_int_not_equal(scan_plan_next(plan, now_s).action, SCAN_STAY);
        scan_plan_leave(plan, now_s);
        s = scan_plan_next(plan, now_s);
    }
    assert_int_equal(s.action, SCAN_DONE);
    for (size_t i = 0; i < plan->n_channels; i++)
        if (plan->channel[i].left_out == SCAN_MISS_NONE) {
            assert_int_equal(scan_plan_miss(plan, i), SCAN_MISS_LOST);
            assert_true(plan->channel[i].lost_s > 0.9);
        }
}

/* ---- watching ----------------------------------------------------------------------------- */

struct watch {
    double gap_s;     /* longest between two searches of a channel */
    double visits[2]; /* a cell: 0 normal, 1 suspected */
};

/* An hour of it over every band, 300 cells of which some never have a complete set: all that can
 * keep the plan busy. */
static struct watch watch_for(double until_s, const struct scan_plan_config *cfg)
{
    static double last_s[SCAN_CHANNELS_CAP];
    struct watch ret = {0};
    double now_s = 0;
    uint32_t n_cell[2] = {0};
    memset(last_s, 0, sizeof last_s);
    assert_true(scan_plan_init(plan, cfg) > 0);
    while (now_s < until_s) {
        struct scan_step s = listen(&now_s);
        assert_int_equal(s.action, SCAN_TUNE);
        for (size_t i = 0; i < plan->n_channels; i++) {
            const struct scan_channel *ch = &plan->channel[i];
            if (ch->left_out != SCAN_MISS_NONE)
                continue;
            double from = last_s[i], to = ch->last_s > from ? ch->last_s : now_s;
            ret.gap_s = fmax(ret.gap_s, to - from);
            if (ch->last_s > from)
                last_s[i] = ch->last_s;
        }
        go(&s, &now_s);
        for (size_t i = plan->dwell.first; i < plan->dwell.first + plan->dwell.n; i++) {
            struct arfcn a = plan->channel[i].arfcn;
            if (i % 3 != 0)
                continue;
            const struct scan_sight sight = {
                .channel = a, .bsic = 5, .fn = 11, .at_s = now_s, .snr_db = (double)(i % 30)};
            scan_plan_saw(plan, &sight, now_s);
            if (i % 7 != 0)
                plan->cell[plan->n_cells - 1].set.tc = 0xff;
            int suspected = i % 120 == 0;
            scan_plan_judged(plan, a, 5, suspected ? 5 : 1);
            ret.visits[suspected]++;
            n_cell[suspected] += now_s < 30;
        }
    }
    for (int k = 0; k < 2; k++)
        ret.visits[k] /= n_cell[k] > 0 ? n_cell[k] : 1;
    return ret;
}

static void watching_forgets_no_channel(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(0);
    cfg.watch = true;
    struct watch w = watch_for(3600, &cfg);
    assert_true(w.gap_s <= scan_plan_bound_s(plan));
    assert_true(scan_plan_bound_s(plan) < 120);
    assert_true(w.visits[1] > 2 * w.visits[0]);

    cfg.revisit_s = 300; /* more time for what is known */
    struct watch slow = watch_for(3600, &cfg);
    assert_true(slow.gap_s <= scan_plan_bound_s(plan));
    assert_true(slow.gap_s > 100);

    cfg.revisit_s = 0.5; /* cannot be kept: the plan says what can, and still watches */
    w = watch_for(1800, &cfg);
    assert_true(w.gap_s <= scan_plan_bound_s(plan));
    assert_true(plan->n_watches > 50);
}

static void watching_an_empty_band_goes_round(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900);
    cfg.watch = true;
    double now_s = 0;
    assert_int_equal(scan_plan_init(plan, &cfg), 12);
    while (now_s < 120) {
        struct scan_step s = listen(&now_s);
        assert_int_equal(s.action, SCAN_TUNE);
        go(&s, &now_s);
    }
    for (size_t i = 0; i < plan->n_channels; i++)
        if (plan->channel[i].arfcn.band == ARFCN_P900)
            assert_true(plan->channel[i].last_s > 120 - 12 * 2.0 - 2);
}

static void standing_never_leaves_its_window(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(P900);
    cfg.mode = SCAN_STAND;
    cfg.tuner.n_ranges = 1;
    cfg.tuner.range[0] = (struct scan_range){945.2 * MHZ, 945.2 * MHZ};
    assert_int_equal(scan_plan_init(plan, &cfg), 1);
    struct scan_step s = scan_plan_next(plan, 0);
    assert_int_equal(s.action, SCAN_TUNE);
    assert_true(fabs(s.center_hz - 945.2 * MHZ) < 1);
    scan_plan_tuned(plan, &s, s.center_hz, 0);
    for (double now_s = 0; now_s < 100; now_s += 1) {
        assert_int_equal(scan_plan_next(plan, now_s).action, SCAN_STAY);
        scan_plan_heard(plan, now_s < 10 ? 1 : 0, 0, now_s); /* not even when nothing comes */
    }
    scan_plan_leave(plan, 100); /* lost and found: there again */
    assert_int_equal(scan_plan_next(plan, 100).action, SCAN_TUNE);
}

static void a_full_list_of_cells_gives_up_the_oldest_that_nobody_suspects(void **state)
{
    (void)state;
    struct scan_plan_config cfg = config(0);
    assert_true(scan_plan_init(plan, &cfg) > 0);
    for (int i = 0; i < SCAN_CELLS_CAP + 5; i++) {
        see(1 + i % 124, i / 124, NULL, 11, i, i);
        if (i < 3)
            scan_plan_judged(plan, (struct arfcn){ARFCN_P900, 1 + i}, 0, 5);
    }
    assert_int_equal(plan->n_cells, SCAN_CELLS_CAP);
    int kept = 0;
    for (size_t i = 0; i < plan->n_cells; i++) {
        kept += plan->cell[i].rank == 5;
        assert_true(plan->cell[i].rank == 5 || plan->cell[i].last_s > 7);
    }
    assert_int_equal(kept, 3);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        CASE(asking_changes_nothing_and_gives_the_same_answer),
        CASE(a_search_goes_once_through_every_window),
        CASE(what_cannot_be_heard_is_said_with_the_reason),
        CASE(the_second_pass_covers_what_was_found_with_the_fewest_windows),
        CASE(a_dwell_ends_as_soon_as_the_set_is_complete),
        CASE(a_dwell_is_made_longer_for_a_set_that_is_nearly_there_but_not_beyond_the_cap),
        CASE(an_incomplete_cell_is_visited_again_and_then_left_alone),
        CASE(a_cell_that_could_not_be_judged_is_visited_again),
        CASE(a_cell_that_is_gone_costs_half_a_second_not_a_cycle),
        CASE(a_window_that_cannot_be_tuned_is_tried_twice_and_reported),
        CASE(a_window_without_samples_is_given_up_and_is_not_called_heard),
        CASE(watching_forgets_no_channel),
        CASE(watching_an_empty_band_goes_round),
        CASE(standing_never_leaves_its_window),
        CASE(a_full_list_of_cells_gives_up_the_oldest_that_nobody_suspects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
