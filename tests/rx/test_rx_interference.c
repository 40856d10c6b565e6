/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stronger carriers beside the wanted one, and on it. Bounds have two sides where a receiver could
 * be said to measure nothing. Figures of a run are printed. */
#include "air.h"

static void assert_share(int got, int of, double least, double most)
{
    double share = (double)got / of;
    if (share < least || share > most)
        fail_msg("%d of %d: %.4f is not within %.4f .. %.4f", got, of, share, least, most);
}

/* Reports of a cell that name its identity. */
static int count_identities(const struct heard *h, int bsic, int lac, int ci)
{
    int n = 0;
    for (size_t i = 0; i < h->n_reports; i++) {
        const struct cell_report *r = &h->report[i];
        for (uint32_t k = 0; k < r->n_si && r->bsic == bsic; k++) {
            struct si_message m;
            n += si_parse(r->si[k].l2, GSM_L2_OCT, &m) == SI_OK && m.type == SI_3 &&
                 m.u.si3.lai.lac == lac && m.u.si3.cell_identity == ci;
        }
    }
    return n;
}

/* A cell, and another one of the same carrier: level, ppm, timing and fading of that one. */
#define SHARED                                                                                     \
    AIR_FOUR "duration_s %d\n"                                                                     \
             "cell W\narfcn 51\nbsic 12\nesn0_db 20\nstart_fn 88000\ndelay_sym 310.4\nlac 2101\n"  \
             "ci 11\ncell_allocation 51\nneighbours 40 44 47\npaging_per_s 8\n%s"                  \
             "cell S\narfcn 51\nbsic 43\nesn0_db %.1f\nppm %.3f\nstart_fn 1501999\n"               \
             "delay_sym %.2f\nmnc 71\nlac 200\nci 22\ncell_allocation 51\npaging_per_s 8\n%s"

struct shared {
    double stronger_db, ppm, delay_sym;
    const char *fading; /* a line of the scenario, or nothing */
    double least;       /* share of the weaker one's blocks */
};

static void hear_shared(const struct shared *c, int duration_s, int jobs)
{
    struct air a;
    struct heard h;
    struct air_how how = {.jobs = jobs};
    air_make(&a, SHARED, duration_s, c->fading, 20.0 + c->stronger_db, c->ppm, c->delay_sym,
             c->fading);
    air_hear(&a, &how, &h);
    print_message("%.0f dB above, %.3f ppm, %.2f symbols late %s", c->stronger_db, c->ppm,
                  c->delay_sym, *c->fading ? c->fading : "\n");
    struct score w = air_score(&a, &h, "W", "  the weaker");
    struct score s = air_score(&a, &h, "S", "  the stronger");
    assert_share(w.n_block_got, w.n_block, c->least, 1.0);
    assert_share(s.n_block_got, s.n_block, 0.97, 1.0);
    assert_int_equal(w.n_wrong, 0);
    assert_int_equal(h.stats.n_transmitters, 2);
    assert_int_equal(h.stats.n_carriers, 1);
    assert_true(count_identities(&h, 12, 2101, 11) > 0);
    assert_true(count_identities(&h, 43, 200, 22) > 0);
    heard_clear(&h);
    air_clear(&a);
}

/* Both are there with their identity, whatever the timing between them. */
static void two_cells_of_one_carrier_are_both_read(void **state)
{
    static const struct shared cases[] = {
        {6, 0.02, 403.6, "", 0.97}, {6, 0.05, 620.3, "", 0.97}, {6, -0.1, 870.15, "", 0.97},
        {3, 0.02, 403.6, "", 0.97}, {3, 0.05, 500.1, "", 0.97}, {0, 0.02, 403.6, "", 0.97},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        hear_shared(&cases[i], 4, 1);
}

/* Carriers of exactly the same frequency: their phases stay as they are, good or bad. */
static void they_need_not_drift_apart(void **state)
{
    static const struct shared cases[] = {
        {6, 0, 500.1, "", 0.9}, {6, 0, 870.15, "", 0.9}, {3, 0, 870.15, "", 0.8}};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        hear_shared(&cases[i], 4, 1);
}

static void both_may_fade(void **state)
{
    (void)state;
    hear_shared(&(struct shared){6, 0.1, 620.3, "fading TU50\n", 0.85}, 6, 1);
}

/* 8 bits at 2.4 MS/s, as bench/ has it. */
#define BESIDE                                                                                     \
    "rate 2.4MS/s\ncenter 945.5MHz\nformat cu8\nduration_s %d\nseed 7\nreceiver_ppm -12\n"         \
    "cell W\narfcn 51\nbsic 12\nesn0_db %.1f\nstart_fn 88000\ndelay_sym 310.4\n"                   \
    "cell_allocation 51\ngprs 1\npaging_per_s 4\n%s"                                               \
    "cell N\narfcn 52\nbsic 43\nesn0_db %.1f\nstart_fn 1501999\ndelay_sym 870.15\nmnc 71\n"        \
    "lac 200\ncell_allocation 52\ngprs 1\npaging_per_s 4\n%s"

static void stronger_neighbour_is_borne(void **state)
{
    (void)state;
    for (int db = 9; db <= 18; db += 9) {
        print_message("neighbour %d dB above\n", db);
        struct score s = air_run("  20 dB, wanted", "W", NULL, BESIDE, 4, 20.0, "", 20.0 + db, "");
        assert_share(s.n_block_got, s.n_block, 0.98, 1.0);
        assert_share(s.n_sch_got, s.n_sch, 0.95, 1.0);
        assert_int_equal(s.n_wrong, 0);
    }
}

static void neighbour_is_borne_in_fading(void **state)
{
    (void)state;
    struct score s = air_run("TU50, 16 dB, neighbour +8 dB", "W", NULL, BESIDE, 6, 16.0,
                             "fading TU50\n", 24.0, "fading TU50\n");
    assert_share(s.n_block_got, s.n_block, 0.95, 1.0);
    assert_int_equal(s.n_wrong, 0);
}

/* What nobody can read: the weaker cell's noise alone is too much for it. */
static void nothing_is_made_up(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 4\ncell W\narfcn 51\nbsic 12\nesn0_db -12\n"
                          "cell S\narfcn 51\nbsic 43\nesn0_db 2\nppm 0.05\ndelay_sym 403.6\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, "W", "-12 dB beneath 2 dB");
    assert_share(s.n_block_got, s.n_block, 0.0, 0.05);
    assert_int_equal(s.n_wrong, 0);
    assert_int_equal(h.stats.n_transmitters, 1);
    heard_clear(&h);
    air_clear(&a);
}

/* The same events from one worker and from three. */
static void workers_do_not_change_it(void **state)
{
    struct air a;
    struct heard one, three;
    (void)state;
    air_make(&a, SHARED, 2, "", 26.0, 0.02, 403.6, "");
    air_hear(&a, &(struct air_how){.jobs = 1}, &one);
    air_hear(&a, &(struct air_how){.jobs = 3}, &three);
    assert_true(one.n_events > 200);
    assert_int_equal(one.n_events, three.n_events);
    assert_memory_equal(one.event, three.event, one.n_events * sizeof(*one.event));
    heard_clear(&one);
    heard_clear(&three);
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cells_of_one_carrier_are_both_read),
        cmocka_unit_test(they_need_not_drift_apart),
        cmocka_unit_test(both_may_fade),
        cmocka_unit_test(stronger_neighbour_is_borne),
        cmocka_unit_test(neighbour_is_borne_in_fading),
        cmocka_unit_test(nothing_is_made_up),
        cmocka_unit_test(workers_do_not_change_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
