/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rules on cells that were really on the air (CELLWARDEN_RECORDINGS; skipped without it). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "detector/detector.h"
#include "detector/rules.h"
#include "detector/score.h"
#include "gsm/gsmtap_cells.h"
#include "scene.h"

/* First in every case: skipping does not come back. */
static void need_recordings(void)
{
    if (!getenv("CELLWARDEN_RECORDINGS")) {
        print_message("skipped: CELLWARDEN_RECORDINGS is not set, no real signals to judge\n");
        skip();
    }
}

static FILE *open_recording(const char *name)
{
    const char *folder = getenv("CELLWARDEN_RECORDINGS");
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "rb");
    if (!f)
        fail_msg("no %s", path);
    return f;
}

/* One packet of a little-endian pcap with link type IPv4; false at the end. */
static bool next_packet(FILE *f, uint8_t *data, size_t cap, size_t *ret_n_oct)
{
    uint8_t head[16];
    if (fread(head, 1, sizeof head, f) != sizeof head)
        return false;
    *ret_n_oct = (size_t)head[8] | (size_t)head[9] << 8;
    assert_true(*ret_n_oct <= cap);
    return fread(data, 1, *ret_n_oct, f) == *ret_n_oct;
}

/* Pushes every report of a GSMTAP capture. */
static void push_capture(struct detector *d, const char *name)
{
    FILE *f = open_recording(name);
    uint8_t data[256], seed[4] = {1, 2, 3, 4};
    struct gsmtap_cells *cells = NULL;
    size_t n_oct = 0;
    double at_s = 0.0;
    assert_int_equal(fread(data, 1, 24, f), 24);
    assert_int_equal(data[20], 228);
    assert_int_equal(gsmtap_cells_create(&cells, seed, sizeof seed), 0);
    while (next_packet(f, data, sizeof data, &n_oct)) {
        if (n_oct < 20 + 8 + 16 + GSM_L2_OCT)
            continue;
        const uint8_t *tap = data + 28;
        int arfcn = (tap[4] << 8 | tap[5]) & 0x3fff;
        struct gsm_event event;
        struct gsmtap_cells_frame frame = {.channel = {arfcn_band_of(arfcn, 0), arfcn},
                                           .at_s = at_s,
                                           .level_dbm = (double)NAN,
                                           .is_bcch = true,
                                           .l2 = tap + 16,
                                           .n_oct = GSM_L2_OCT};
        assert_int_equal(gsmtap_cells_push(cells, &frame, &event), 0);
        at_s += 0.235;
    }
    const struct cell_report *reports = NULL;
    size_t n = gsmtap_cells_finish(cells, &reports);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(detector_push(d, &reports[i]), 0);
    gsmtap_cells_destroy(cells);
    fclose(f);
}

/* What the list beside the capture says of the cell with this CGI. */
static bool is_operator(const char *name, const struct judged_cell *c)
{
    FILE *f = open_recording(name);
    int arfcn, mcc, mnc, lac, ci;
    char line[200], label[40];
    bool found = false;
    while (!found && fgets(line, sizeof line, f)) {
        if (sscanf(line, "%d %d %d %d %d %39s", &arfcn, &mcc, &mnc, &lac, &ci, label) == 6 &&
            arfcn == c->channel.number && lac == c->lac && ci == c->ci)
            found = strcmp(label, "operator") == 0;
    }
    fclose(f);
    return found;
}

/* Judges a sweep of 2012 without any database: no operator cell may be flagged. */
static void judge_sweep(const char *pcap, const char *list, size_t n_wanted)
{
    struct detector *d = NULL;
    struct detector_config cfg = {NULL, NULL, UTC_UNKNOWN, true};
    const struct judged_cell *cells = NULL;
    size_t n_operator = 0, n_judged = 0, n_hits = 0;
    double worst_db = -1000.0;
    assert_int_equal(detector_create(&d, &cfg), 0);
    push_capture(d, pcap);
    size_t n = detector_judge(d, &cells);
    for (size_t i = 0; i < n; i++) {
        const struct judged_cell *c = &cells[i];
        if (!is_operator(list, c)) {
            print_message("%s-%s %d-%d: %s %.2f dB, %zu findings\n", c->mcc, c->mnc, c->lac, c->ci,
                          verdict_name(c->verdict), c->score_db, c->n_findings);
            continue;
        }
        n_operator++;
        n_judged += c->verdict != VERDICT_UNJUDGED;
        n_hits += c->n_findings;
        worst_db = fmax(worst_db, c->score_db);
        for (size_t k = 0; k < c->n_findings; k++)
            print_message("%s-%s %d-%d ARFCN %d: %s %s\n", c->mcc, c->mnc, c->lac, c->ci,
                          c->channel.number, c->findings[k].rule, c->findings[k].observed);
        if (judged_cell_flagged(c))
            fail_msg("flagged: ARFCN %d, %s", c->channel.number, c->alert_text);
    }
    print_message("%zu operator cells, %zu judged, %zu findings, highest score %.2f dB\n",
                  n_operator, n_judged, n_hits, worst_db);
    assert_int_equal(n_operator, n_wanted);
    assert_true(10 * n_judged >=
                9 * n_operator); /* silence for lack of rules would prove nothing */
    assert_true(worst_db < SCORE_WATCH_DB);
    detector_destroy(d);
}

/* 53 cells of four operators in a town centre. */
static void spares_operators_of_the_town(void **state)
{
    (void)state;
    need_recordings();
    judge_sweep("field/germany2012_cbd.pcap", "field/germany2012_cbd.txt", 53);
}

/* 66 cells of four operators at an airport. */
static void spares_operators_of_the_airport(void **state)
{
    (void)state;
    need_recordings();
    judge_sweep("field/germany2012_airport.pcap", "field/germany2012_airport.txt", 66);
}

/* A minute of a real base station stack as the receiver would report it, from its blocks. */
static void push_stack(struct scene *s, const char *name, int arfcn, uint64_t tx)
{
    const char *folder = getenv("CELLWARDEN_RECORDINGS");
    char command[600], line[200], hex[64];
    struct cell_report rep;
    unsigned fn = 0;
    snprintf(command, sizeof command, "xz -dc %s/realbts/%s.blocks.txt.xz", folder, name);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    memset(&rep, 0, sizeof rep);
    rep.tx = tx;
    rep.channel = (struct arfcn){arfcn_band_of(arfcn, 0), arfcn};
    rep.bsic = -1;
    rep.last_s = 60.0;
    rep.fn_known = true;
    rep.fn_epoch_frames = -1.0;
    rep.offset_hz = rep.level_dbm = (double)NAN;
    while (fgets(line, sizeof line, f)) {
        uint8_t l2[GSM_L2_OCT];
        unsigned bsic = 0;
        if (sscanf(line, "SCH %u %u", &fn, &bsic) == 2)
            rep.bsic = (int)bsic;
        if (rep.fn_epoch_frames < 0.0)
            rep.fn_epoch_frames = fn;
        if (sscanf(line, "L2 %u BCCH %46s", &fn, hex) != 2 || strlen(hex) != 46)
            continue;
        for (size_t i = 0; i < GSM_L2_OCT; i++) {
            char pair[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
            l2[i] = (uint8_t)strtoul(pair, NULL, 16);
        }
        cell_report_add_si(&rep, l2, fn, 1.0, false);
    }
    assert_int_equal(pclose(f), 0);
    assert_int_equal(cell_table_push(s->table, &rep), 0);
}

static size_t count_hits(struct scene *s, size_t i, struct score *ret)
{
    struct rule_context ctx = scene_context(s, i);
    static struct rule_result result[32];
    size_t n = 0;
    for (size_t k = 0; k < rules_count(); k++) {
        rules_run(k, &ctx, &result[k]);
        n += result[k].outcome == RULE_FIRED;
        if (result[k].outcome == RULE_FIRED)
            print_message("%s %.0f dB: %s\n", result[k].finding.rule, result[k].finding.weight_db,
                          result[k].finding.text);
    }
    bool matches = rule_is_confirmed(&s->view[i]) && s->known[i].n_cell > 0;
    struct score_input in = {result, matches, s->known[i].network.operator_list};
    score_run(&in, ret);
    print_message("cell %zu: %s %.2f dB, %d rules asked\n", i, verdict_name(ret->verdict),
                  ret->score_db, ret->evaluable);
    return n;
}

/* A fake of a real stack beside two honest cells of the same stack: the operator's list and an
 * allocation tell them apart, though all three carry the stack's defaults. */
static void tells_a_fake_from_honest_cells_of_its_stack(void **state)
{
    (void)state;
    need_recordings();
    struct scene s;
    struct score score;
    scene_init(&s);
    push_stack(&s, "legit-A", 20, 1);
    push_stack(&s, "legit-C", 36, 2);
    push_stack(&s, "pseudo-1", 60, 3);
    struct scene_cell a = {.lac = 1234, .ci = 1001, .arfcn = 20, .bsic = 10};
    struct scene_cell c = {.lac = 1234, .ci = 1003, .arfcn = 36, .bsic = 32};
    scene_list(&s, 0, &a);
    scene_list(&s, 1, &c);
    scene_unlist(&s, 2);
    for (size_t i = 0; i < 3; i++) {
        s.known[i].network.has_allocations = s.known[i].network.country_allocations = true;
        s.known[i].allocation[0] =
            (struct known_allocation){.band = ARFCN_P900, .arfcn_lo = 1, .arfcn_hi = 124};
        s.known[i].n_allocation = 1;
    }
    assert_int_equal(count_hits(&s, 0, &score), 0);
    assert_int_equal(score.verdict, VERDICT_NORMAL);
    assert_int_equal(count_hits(&s, 1, &score), 0);
    assert_int_equal(score.verdict, VERDICT_NORMAL);
    assert_true(count_hits(&s, 2, &score) >= 6);
    assert_int_equal(score.verdict, VERDICT_CRITICAL);
    scene_clear(&s);
}

/* Without any database the fake alone is flagged; an honest cell of the stack, which is a test
 * network with defaults, is watched and not flagged. */
static void judges_the_stack_without_databases(void **state)
{
    (void)state;
    need_recordings();
    static const struct {
        const char *name;
        int arfcn;
    } honest[] = {{"legit-A", 20}, {"legit-C", 36}, {"combined", 52}};
    struct scene s;
    struct score score;
    scene_init(&s);
    push_stack(&s, "pseudo-1", 60, 1);
    (void)count_hits(&s, 0, &score);
    scene_clear(&s);
    assert_int_equal(score.verdict, VERDICT_PROBABLE);
    for (size_t i = 0; i < sizeof honest / sizeof honest[0]; i++) {
        scene_init(&s);
        push_stack(&s, honest[i].name, honest[i].arfcn, 1);
        (void)count_hits(&s, 0, &score);
        assert_true(score.verdict < VERDICT_SUSPICIOUS);
        scene_clear(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spares_operators_of_the_town),
        cmocka_unit_test(spares_operators_of_the_airport),
        cmocka_unit_test(tells_a_fake_from_honest_cells_of_its_stack),
        cmocka_unit_test(judges_the_stack_without_databases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
