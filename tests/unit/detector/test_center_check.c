/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A wrong centre frequency shifts every channel number alike, an impostor only its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detector/center_check.h"
#include "scene.h"

static const char BECAUSE[] = "the centre is doubted";

/* Operator cells 0..n-1; those of the first n_shifted stand shift channels above their list. */
static void push_shifted(struct scene *s, int n, int n_shifted, int shift)
{
    scene_init(s);
    for (int i = 0; i < n; i++) {
        struct scene_cell c = scene_operator(i), listed = c;
        c.arfcn += i < n_shifted ? shift : 0;
        scene_push(s, &c);
        scene_list(s, (size_t)i, &listed);
    }
}

/* n cells whose carriers stand apart from their clocks by so much, with one crystal error. */
static void push_apart(struct scene *s, int n, double apart_ppm, uint32_t n_sch)
{
    scene_init(s);
    for (int i = 0; i < n; i++) {
        struct scene_cell c = scene_operator(i);
        struct cell_report rep = scene_report(&c);
        rep.offset_hz = (apart_ppm - 27.0) * 1e-6 * arfcn_downlink_hz(rep.channel);
        rep.clock_ppm = 27.0;
        rep.n_sch = n_sch;
        assert_int_equal(cell_table_push(s->table, &rep), 0);
    }
}

static struct center_check check(struct scene *s)
{
    struct center_check ret;
    double scratch[SCENE_CELLS];
    struct rule_context ctx = scene_context(s, 0);
    center_check_run(ctx.cells, ctx.n, scratch, &ret);
    return ret;
}

static struct rule_result run_doubting(struct scene *s, size_t i, const char *id)
{
    struct rule_result r;
    struct rule_context ctx = scene_context(s, i);
    for (size_t k = 0; k < ctx.n; k++)
        s->view[k].channel_doubt = BECAUSE;
    rules_run(scene_rule(id), &ctx, &r);
    return r;
}

/* All listed cells one or two channels off: the centre is wrong by as much. */
static void doubts_when_all_are_shifted(void **state)
{
    (void)state;
    struct scene s;
    static const int shift[] = {1, -1, 2};
    for (size_t i = 0; i < sizeof shift / sizeof shift[0]; i++) {
        push_shifted(&s, 5, 5, shift[i]);
        struct center_check c = check(&s);
        assert_true(c.doubt && c.sure);
        assert_near(c.error_hz, 200e3 * shift[i], 1.0);
        scene_clear(&s);
    }
}

/* One that was retuned since, among many, does not hide it. */
static void doubts_when_nearly_all_are_shifted(void **state)
{
    (void)state;
    struct scene s;
    push_shifted(&s, 8, 7, 1);
    assert_true(check(&s).doubt);
    scene_clear(&s);
}

/* An impostor is alone with its shift: alone, one of two, one of five. */
static void believes_beside_an_impostor(void **state)
{
    (void)state;
    struct scene s;
    for (int n = 1; n <= 5; n++) {
        push_shifted(&s, n, 1, 1);
        struct center_check c = check(&s);
        assert_false(c.doubt);
        assert_near(c.error_hz, 0.0, 0.0);
        scene_expect(scene_run(&s, 0, "ID-03"), RULE_FIRED);
        scene_clear(&s);
    }
}

/* Two impostors on the channel above their victims' are more than half of the listed cells, but
 * one that stands in place speaks for the centre. */
static void believes_beside_two_impostors(void **state)
{
    (void)state;
    struct scene s;
    push_shifted(&s, 3, 2, 1);
    assert_false(check(&s).doubt);
    scene_clear(&s);
}

/* Impostors by themselves have each their own distance to their victims' channels; that half of
 * them have it in common is not enough. */
static void believes_when_shifts_differ(void **state)
{
    (void)state;
    struct scene s;
    static const int shift[] = {1, 2, 2, 3};
    scene_init(&s);
    for (int i = 0; i < 4; i++) {
        struct scene_cell c = scene_operator(i), listed = c;
        c.arfcn += shift[i];
        scene_push(&s, &c);
        scene_list(&s, (size_t)i, &listed);
    }
    assert_false(check(&s).doubt);
    scene_clear(&s);
}

/* Carriers that stand 100 kHz off with clocks that say nothing of it. */
static void doubts_when_clocks_contradict(void **state)
{
    (void)state;
    struct scene s;
    push_apart(&s, 5, 106.0, 10);
    struct center_check c = check(&s);
    assert_true(c.doubt);
    assert_false(c.sure);
    assert_near(c.error_hz, 100e3, 1.0);
    scene_clear(&s);
}

/* A cheap crystal of 27 ppm is in carrier and clock alike; 5 ppm beside it are no reason. */
static void believes_within_five_ppm(void **state)
{
    (void)state;
    struct scene s;
    static const double apart_ppm[] = {0.0, 5.0, -5.0, 14.9, -14.9};
    for (size_t i = 0; i < sizeof apart_ppm / sizeof apart_ppm[0]; i++) {
        push_apart(&s, 5, apart_ppm[i], 10);
        struct center_check c = check(&s);
        assert_near(c.clock_ppm, apart_ppm[i], 1e-6);
        assert_false(c.doubt);
        assert_near(c.error_hz, 0.0, 0.0);
        scene_clear(&s);
    }
}

/* A clock of a few bursts has not settled. */
static void asks_settled_clocks_only(void **state)
{
    (void)state;
    struct scene s;
    push_apart(&s, 5, 106.0, CENTER_SCH_MIN - 1);
    assert_false(check(&s).doubt);
    scene_clear(&s);
}

/* A clock that is not known well contradicts nothing. */
static void asks_well_known_clocks_only(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct scene s;
        scene_init(&s);
        for (int i = 0; i < 5; i++) {
            struct scene_cell c = scene_operator(i);
            struct cell_report rep = scene_report(&c);
            rep.offset_hz = 79.0 * 1e-6 * arfcn_downlink_hz(rep.channel);
            rep.clock_ppm = 27.0;
            rep.clock_se_ppm = k ? 1.01 * CENTER_CLOCK_SE_PPM : 0.99 * CENTER_CLOCK_SE_PPM;
            rep.n_sch = CENTER_SCH_MIN;
            assert_int_equal(cell_table_push(s.table, &rep), 0);
        }
        assert_true(check(&s).doubt == (k == 0));
        scene_clear(&s);
    }
}

/* Off by 20 kHz and every cell where the list has it: told, but the numbers are right. */
static void lists_confirm_the_numbers(void **state)
{
    (void)state;
    struct scene s;
    push_apart(&s, 3, 21.0, 10);
    for (int i = 0; i < 3; i++) {
        struct scene_cell c = scene_operator(i);
        scene_list(&s, (size_t)i, &c);
    }
    struct center_check c = check(&s);
    assert_false(c.doubt);
    assert_true(c.sure);
    assert_near(c.error_hz, 20e3, 1.0);
    scene_clear(&s);
}

/* With doubt, what rests on channel numbers is not asked, and says why. */
static void doubt_silences_channel_numbers(void **state)
{
    (void)state;
    struct scene s;
    static const char *const id[] = {"ID-03", "RF-01", "NB-02"};
    push_shifted(&s, 5, 5, 1);
    s.known[0].n_allocation = 1;
    s.known[0].allocation[0] =
        (struct known_allocation){.band = ARFCN_P900, .arfcn_lo = 100, .arfcn_hi = 110};
    for (size_t i = 0; i < sizeof id / sizeof id[0]; i++) {
        scene_expect(scene_run(&s, 0, id[i]), RULE_FIRED);
        struct rule_result r = run_doubting(&s, 0, id[i]);
        scene_expect(r, RULE_NOT_EVALUABLE);
        assert_ptr_equal(r.reason, BECAUSE);
    }
    scene_clear(&s);
}

/* Three neighbours may be two and the own carrier; none are none on any channel. */
static void doubt_leaves_the_empty_list(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), box = scene_pseudo(), own = scene_pseudo();
    c.n_ba = 3;
    own.arfcn = own.ba[0] = 70;
    own.n_ba = 1;
    own.tx = 998;
    scene_push(&s, &c);
    scene_push(&s, &box);
    scene_push(&s, &own);
    scene_expect(run_doubting(&s, 0, "NB-01"), RULE_NOT_EVALUABLE);
    scene_expect(run_doubting(&s, 1, "NB-01"), RULE_FIRED);
    scene_expect(run_doubting(&s, 2, "NB-01"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

/* Two transmitters stay two wherever they are; which is the original, only a list could say. */
static void doubt_on_two_transmitters(void **state)
{
    (void)state;
    struct scene s;
    scene_init(&s);
    struct scene_cell c = scene_operator(0), copy = c;
    copy.arfcn = 60;
    copy.tx = 999;
    scene_push(&s, &c);
    scene_push(&s, &copy);
    scene_expect(run_doubting(&s, 0, "ID-05"), RULE_FIRED);
    scene_list(&s, 0, &c);
    scene_list(&s, 1, &c);
    scene_expect(run_doubting(&s, 0, "ID-05"), RULE_NOT_EVALUABLE);
    scene_expect(run_doubting(&s, 1, "ID-05"), RULE_NOT_EVALUABLE);
    scene_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doubts_when_all_are_shifted),
        cmocka_unit_test(doubts_when_nearly_all_are_shifted),
        cmocka_unit_test(believes_beside_an_impostor),
        cmocka_unit_test(believes_beside_two_impostors),
        cmocka_unit_test(believes_when_shifts_differ),
        cmocka_unit_test(doubts_when_clocks_contradict),
        cmocka_unit_test(believes_within_five_ppm),
        cmocka_unit_test(asks_settled_clocks_only),
        cmocka_unit_test(asks_well_known_clocks_only),
        cmocka_unit_test(lists_confirm_the_numbers),
        cmocka_unit_test(doubt_silences_channel_numbers),
        cmocka_unit_test(doubt_leaves_the_empty_list),
        cmocka_unit_test(doubt_on_two_transmitters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
