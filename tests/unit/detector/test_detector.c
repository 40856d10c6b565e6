/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/utc.h"
#include "detector/detector.h"
#include "detector/known_import.h"
#include "scene.h"

static char dir[] = "/tmp/cellwarden-detector-XXXXXX";
static char known_path[128], local_path[128], csv_path[128];

static void import_text(enum known_kind kind, enum known_source source, const char *text)
{
    struct known_import_config cfg = {.kind = kind,
                                      .source = source,
                                      .path = csv_path,
                                      .known_path = known_path,
                                      .local_path = local_path};
    struct known_import_result result;
    char err[400] = "";
    FILE *f = fopen(csv_path, "w");
    assert_non_null(f);
    fputs(text, f);
    assert_int_equal(fclose(f), 0);
    if (known_import_run(&cfg, &result, err, sizeof err) < 0)
        fail_msg("%s", err);
}

/* A known.db with an operator's list of cells 0 to 4 of 262-01 and an allocation; an allow-list. */
static int make_databases(void **state)
{
    (void)state;
    char text[1000];
    size_t used = 0;
    if (!mkdtemp(dir))
        return -1;
    snprintf(known_path, sizeof known_path, "%s/known.db", dir);
    snprintf(local_path, sizeof local_path, "%s/local.db", dir);
    snprintf(csv_path, sizeof csv_path, "%s/list.csv", dir);
    used = (size_t)snprintf(text, sizeof text, "mcc,mnc,lac,ci,arfcn,bsic\n");
    for (int i = 0; i < 5; i++) {
        struct scene_cell c = scene_operator(i);
        used += (size_t)snprintf(text + used, sizeof text - used, "262,01,%d,%d,%d,%d\n", c.lac,
                                 c.ci, c.arfcn, c.bsic);
    }
    import_text(KNOWN_KIND_CELLS, KNOWN_OPERATOR, text);
    import_text(KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR,
                "mcc,mnc,operator,band,arfcn_lo,arfcn_hi,valid_from,valid_to\n"
                "262,01,One,P900,1,124,,\n");
    import_text(KNOWN_KIND_ALLOW, KNOWN_OPERATOR,
                "kind,mcc,mnc,lac,ci,arfcn,valid_from,valid_to,note\n"
                "event,262,01,9999,2,,,,fair\n");
    return 0;
}

static int remove_databases(void **state)
{
    (void)state;
    static const char *const names[] = {"known.db", "local.db", "local.db-wal", "local.db-shm",
                                        "list.csv"};
    char path[160];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        (void)unlink(path); /* not every one of them is there */
    }
    return rmdir(dir);
}

struct bench {
    struct known_cells *known;
    struct local_db *local;
    struct detector *detector;
};

static void open_bench_at(struct bench *b, bool with_databases, int64_t start_utc_us)
{
    char err[400] = "";
    memset(b, 0, sizeof *b);
    if (with_databases) {
        assert_int_equal(known_cells_open(&b->known, known_path, err, sizeof err), 0);
        assert_int_equal(local_db_open(&b->local, local_path, err, sizeof err), 0);
    }
    struct detector_config cfg = {b->known, b->local, start_utc_us, false};
    assert_int_equal(detector_create(&b->detector, &cfg), 0);
}

static void open_bench(struct bench *b, bool with_databases)
{
    open_bench_at(b, with_databases, UTC_UNKNOWN);
}

static void close_bench(struct bench *b)
{
    detector_destroy(b->detector);
    known_cells_close(b->known);
    local_db_close(b->local);
}

static void push(struct bench *b, const struct scene_cell *c)
{
    struct cell_report rep = scene_report(c);
    assert_int_equal(detector_push(b->detector, &rep), 0);
}

static void push_city(struct bench *b, int n, const struct scene_cell *extra)
{
    for (int i = 0; i < n; i++) {
        struct scene_cell c = scene_operator(i);
        push(b, &c);
    }
    if (extra)
        push(b, extra);
}

static const struct judged_cell *find_tx(const struct judged_cell *cells, size_t n, uint64_t tx)
{
    for (size_t i = 0; i < n; i++) {
        if (cells[i].tx == tx)
            return &cells[i];
    }
    fail_msg("no cell of tx %llu", (unsigned long long)tx);
    abort(); /* fail_msg() does not come back, which the compiler cannot know */
}

static bool has_finding(const struct judged_cell *c, const char *id)
{
    for (size_t i = 0; i < c->n_findings; i++) {
        if (strcmp(c->findings[i].rule, id) == 0)
            return true;
    }
    return false;
}

static bool is_unasked(const struct judged_cell *c, const char *id)
{
    for (size_t i = 0; i < c->n_not_evaluable; i++) {
        if (strcmp(c->not_evaluable[i], id) == 0)
            return c->not_evaluable_reason[i] != NULL;
    }
    return false;
}

/* A careless box beside five listed cells is critical; the listed ones are normal. */
static void flags_the_box_and_spares_the_network(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo();
    open_bench(&b, true);
    push_city(&b, 5, &box);
    size_t n = detector_judge(b.detector, &cells);
    assert_int_equal(n, 6);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(cells[i].verdict,
                         cells[i].tx == box.tx ? VERDICT_CRITICAL : VERDICT_NORMAL);
    const struct judged_cell *c = find_tx(cells, n, box.tx);
    assert_true(judged_cell_flagged(c));
    static const char *const want[] = {"ID-02", "SI-01", "SI-03", "AT-01",
                                       "AT-02", "NB-01", "NB-02", "LA-01"};
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_true(has_finding(c, want[i]));
    /* ID 20, SI 45 of 60, AT 25 of 35, NB 28, LA 18, prior -45 */
    assert_near(c->score_db, 20.0 + 45.0 + 25.0 + 28.0 + 18.0 - 45.0, 1e-9);
    close_bench(&b);
}

/* Without any database the same box is probable at most, and what was not asked is listed. */
static void flags_the_box_without_databases(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo();
    open_bench(&b, false);
    push_city(&b, 8, &box);
    size_t n = detector_judge(b.detector, &cells);
    const struct judged_cell *c = find_tx(cells, n, box.tx);
    assert_int_equal(c->verdict, VERDICT_PROBABLE);
    assert_true(is_unasked(c, "ID-01") && is_unasked(c, "ID-02") && is_unasked(c, "RF-01"));
    assert_int_equal(c->evaluable + (int)c->n_not_evaluable, c->rules_total);
    for (size_t i = 0; i < n; i++)
        assert_true(cells[i].tx == box.tx || cells[i].verdict == VERDICT_NORMAL);
    close_bench(&b);
}

/* Alone on an empty road, without a database: the box is flagged, an honest cell is unjudged. */
static void judges_a_lone_cell_without_databases(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo(), honest = scene_operator(0);
    open_bench(&b, false);
    push(&b, &box);
    assert_int_equal(detector_judge(b.detector, &cells), 1);
    assert_true(judged_cell_flagged(&cells[0]));
    close_bench(&b);
    open_bench(&b, false);
    push(&b, &honest);
    assert_int_equal(detector_judge(b.detector, &cells), 1);
    assert_int_equal(cells[0].verdict, VERDICT_UNJUDGED);
    assert_string_equal(cells[0].alert_text, "");
    close_bench(&b);
}

/* A box that copies a listed CGI onto its own channel is caught, the victim is not. */
static void catches_a_copied_identity(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo(), victim = scene_operator(2);
    box.lac = victim.lac;
    box.ci = victim.ci;
    open_bench(&b, true);
    push_city(&b, 5, &box);
    size_t n = detector_judge(b.detector, &cells);
    const struct judged_cell *c = find_tx(cells, n, box.tx);
    assert_true(has_finding(c, "ID-03") && has_finding(c, "ID-05"));
    assert_true(judged_cell_flagged(c));
    c = find_tx(cells, n, victim.tx);
    assert_int_equal(c->n_findings, 0);
    assert_int_equal(c->verdict, VERDICT_NORMAL);
    bool sure = false;
    assert_near(detector_center_error_hz(b.detector, &sure), 0.0, 0.0);
    close_bench(&b);
}

/* Everything one channel off, as with a wrong centre: nobody is blamed, and the doubt is told. */
static void doubts_a_wrong_centre(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    bool sure = false;
    open_bench(&b, true);
    for (int i = 0; i < 5; i++) {
        struct scene_cell c = scene_operator(i);
        c.arfcn++;
        push(&b, &c);
    }
    size_t n = detector_judge(b.detector, &cells);
    assert_near(detector_center_error_hz(b.detector, &sure), 200e3, 1.0);
    assert_true(sure);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(cells[i].n_findings, 0);
        assert_true(is_unasked(&cells[i], "ID-03") && is_unasked(&cells[i], "RF-01") &&
                    is_unasked(&cells[i], "NB-02"));
        assert_non_null(strstr(cells[i].not_evaluable_reason[0], "wrong by 200 kHz"));
    }
    close_bench(&b);
}

/* A byte-exact copy on the victim's channel, told apart by its clock only, does not become one
 * cell with it; that nothing fires is what the copy-resistant rules are for. */
static void keeps_a_perfect_copy_apart(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell copy = scene_operator(2);
    copy.tx = 999;
    copy.epoch_frames += 4321.0;
    open_bench(&b, true);
    push_city(&b, 5, &copy);
    assert_int_equal(detector_judge(b.detector, &cells), 6);
    close_bench(&b);
}

/* An allow-listed cell keeps its verdict and is not flagged. */
static void allowed_cells_are_not_flagged(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell fair = scene_pseudo();
    fair.ci = 2;
    open_bench(&b, true);
    push_city(&b, 5, &fair);
    size_t n = detector_judge(b.detector, &cells);
    const struct judged_cell *c = find_tx(cells, n, fair.tx);
    assert_int_equal(c->verdict, VERDICT_CRITICAL);
    assert_string_equal(c->allowed, "event");
    assert_string_equal(c->allowed_note, "fair");
    assert_false(judged_cell_flagged(c));
    close_bench(&b);
}

/* Cells come by band, ARFCN, BSIC and time, whatever the order they were heard in. */
static void orders_cells(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    static const int arfcn[] = {700, 60, 980, 20, 60};
    open_bench(&b, false);
    for (int i = 0; i < 5; i++) {
        struct scene_cell c = scene_operator(i);
        c.arfcn = arfcn[i];
        c.bsic = 40 - i;
        push(&b, &c);
    }
    size_t n = detector_judge(b.detector, &cells);
    static const int want[][2] = {{20, 37}, {60, 36}, {60, 39}, {980, 38}, {700, 40}};
    assert_int_equal(n, 5);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(cells[i].channel.number, want[i][0]);
        assert_int_equal(cells[i].bsic, want[i][1]);
    }
    close_bench(&b);
}

/* Judging twice, or after more reports, gives the same as judging once. */
static void judgement_is_a_pure_function(void **state)
{
    (void)state;
    struct bench a, b;
    const struct judged_cell *first = NULL, *second = NULL;
    struct scene_cell box = scene_pseudo();
    open_bench(&a, true);
    open_bench(&b, true);
    push_city(&a, 5, NULL);
    (void)detector_judge(a.detector, &first);
    push(&a, &box);
    push_city(&b, 5, &box);
    size_t n = detector_judge(a.detector, &first);
    assert_int_equal(detector_judge(b.detector, &second), n);
    for (size_t i = 0; i < n; i++) {
        assert_near(first[i].score_db, second[i].score_db, 0.0);
        assert_string_equal(first[i].alert_text, second[i].alert_text);
        assert_int_equal(first[i].n_findings, second[i].n_findings);
    }
    close_bench(&a);
    close_bench(&b);
}

/* The paragraph says what was seen, expected, what else it could be and what was not checked. */
static void alert_text_says_all_four(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo();
    open_bench(&b, true);
    push_city(&b, 5, &box);
    size_t n = detector_judge(b.detector, &cells);
    const char *text = find_tx(cells, n, box.tx)->alert_text;
    assert_non_null(strstr(text, "P900 ARFCN 60, BSIC 63, announcing 262-01 LAC 9999 CI 1"));
    assert_non_null(strstr(text, "Seen:"));
    assert_non_null(strstr(text, "Expected:"));
    assert_non_null(strstr(text, "operator's own list"));
    assert_non_null(strstr(text, "Could also be:"));
    assert_non_null(strstr(text, "PG-01"));
    assert_true(strlen(text) < sizeof cells[0].alert_text - 4); /* nothing was cut */
    close_bench(&b);
}

/* An identity that was received once is printed, but nothing rests on it. */
static void prints_what_was_received_once(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell box = scene_pseudo();
    char key[CELL_KEY_CAP];
    box.n_times = 1;
    open_bench(&b, true);
    push(&b, &box);
    assert_int_equal(detector_judge(b.detector, &cells), 1);
    assert_int_equal(cells[0].ci, 1);
    assert_int_equal(cells[0].n_findings, 0);
    assert_int_equal(cells[0].verdict, VERDICT_UNJUDGED);
    judged_cell_key(&cells[0], key);
    assert_string_equal(key, "262-01-9999-1/60/63");
    close_bench(&b);
}

/* A cell that said nothing is listed with question marks. */
static void lists_a_cell_without_identity(void **state)
{
    (void)state;
    struct bench b;
    const struct judged_cell *cells = NULL;
    struct scene_cell mute = scene_operator(0);
    char key[CELL_KEY_CAP];
    mute.no_si2 = mute.no_si3 = mute.no_si4 = true;
    mute.bsic = -1;
    open_bench(&b, false);
    push(&b, &mute);
    assert_int_equal(detector_judge(b.detector, &cells), 1);
    assert_int_equal(cells[0].verdict, VERDICT_UNJUDGED);
    judged_cell_key(&cells[0], key);
    assert_string_equal(key, "?-?-?-?/10/?");
    close_bench(&b);
}

static int64_t utc_of(const char *text)
{
    int64_t us;
    assert_int_equal(utc_parse(text, &us), 0);
    return us;
}

/* Judges the operator's cells and one more; copies what became of that one. */
static void judge_with(const struct scene_cell *extra, int64_t start_utc_us, bool with_known,
                       struct judged_cell *ret)
{
    struct bench b;
    const struct judged_cell *cells = NULL;
    char err[400] = "";
    open_bench_at(&b, with_known, start_utc_us);
    if (!with_known)
        assert_int_equal(local_db_open(&b.local, local_path, err, sizeof err), 0);
    struct detector_config cfg = {b.known, b.local, start_utc_us, false};
    detector_destroy(b.detector);
    assert_int_equal(detector_create(&b.detector, &cfg), 0);
    push_city(&b, 5, extra);
    size_t n = detector_judge(b.detector, &cells);
    *ret = *find_tx(cells, n, extra->tx);
    close_bench(&b);
}

/* A cell that the operator's list lacks and this organisation added is known, in its time, on its
 * channel; other cells stay as strange as they were. */
static void believes_what_this_organisation_added(void **state)
{
    (void)state;
    char err[400] = "";
    struct judged_cell c;
    struct scene_cell fresh = scene_operator(6), other = scene_operator(7);
    struct known_cell add = {.mcc = "262",
                             .mnc = "01",
                             .lac = fresh.lac,
                             .ci = fresh.ci,
                             .arfcn = fresh.arfcn,
                             .bsic = fresh.bsic,
                             .valid_from_us = UTC_UNKNOWN,
                             .valid_to_us = utc_of("2026-06-30T00:00:00Z")};
    judge_with(&fresh, UTC_UNKNOWN, true, &c);
    double before_db = c.score_db;
    assert_true(has_finding(&c, "ID-02"));
    assert_int_equal(local_db_add_cell(local_path, &add, "letter", err, sizeof err), 0);
    judge_with(&fresh, UTC_UNKNOWN, true, &c);
    assert_false(has_finding(&c, "ID-02"));
    assert_true(c.score_db <= before_db - 40.0); /* ID-02 gone, and EN-04 */
    judge_with(&fresh, utc_of("2026-03-01T00:00:00Z"), true, &c);
    assert_false(has_finding(&c, "ID-02"));
    judge_with(&fresh, utc_of("2026-09-01T00:00:00Z"), true, &c);
    assert_true(has_finding(&c, "ID-02"));
    judge_with(&other, UTC_UNKNOWN, true, &c);
    assert_true(has_finding(&c, "ID-02"));
    /* without a known-cell database its word still holds, and makes no list complete */
    fresh.arfcn++;
    judge_with(&fresh, UTC_UNKNOWN, false, &c);
    assert_true(has_finding(&c, "ID-03"));
    assert_non_null(strstr(c.findings[0].text, "this organisation's own entry"));
    judge_with(&other, UTC_UNKNOWN, false, &c);
    assert_true(is_unasked(&c, "ID-02"));
}

/* An allocation holds in its time only; when nobody knows the time, it holds. */
static void allocations_hold_in_their_time(void **state)
{
    (void)state;
    struct judged_cell c;
    struct scene_cell cell = scene_operator(6);
    cell.mcc = "265";
    import_text(KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR,
                "mcc,mnc,operator,band,arfcn_lo,arfcn_hi,valid_from,valid_to\n"
                "265,01,One,DCS1800,512,885,,\n"
                "265,01,One,P900,1,124,2020-01-01,2024-12-31\n"
                "265,02,Two,P900,1,124,,\n");
    judge_with(&cell, UTC_UNKNOWN, true, &c);
    assert_false(has_finding(&c, "RF-01") || has_finding(&c, "ID-01"));
    judge_with(&cell, utc_of("2024-06-01T00:00:00Z"), true, &c);
    assert_false(has_finding(&c, "RF-01") || has_finding(&c, "ID-01"));
    judge_with(&cell, utc_of("2026-06-01T00:00:00Z"), true, &c);
    assert_true(has_finding(&c, "RF-01"));
    assert_false(has_finding(&c, "ID-01"));
    import_text(KNOWN_KIND_ALLOCATIONS, KNOWN_REGULATOR,
                "mcc,mnc,operator,band,arfcn_lo,arfcn_hi,valid_from,valid_to\n"
                "265,01,One,P900,1,124,2020-01-01,2024-12-31\n");
    judge_with(&cell, utc_of("2026-06-01T00:00:00Z"), true, &c);
    assert_true(has_finding(&c, "ID-01"));
    assert_true(is_unasked(&c, "RF-01"));
}

/* The rule set has a stable hash, and every row says what it needs. */
static void describes_its_rules(void **state)
{
    (void)state;
    uint8_t one[DIGEST_OCT], two[DIGEST_OCT], zero[DIGEST_OCT] = {0};
    detector_rules_digest(one);
    detector_rules_digest(two);
    assert_memory_equal(one, two, DIGEST_OCT);
    assert_memory_not_equal(one, zero, DIGEST_OCT);
    assert_int_equal(detector_rule_count(), 22);
    for (size_t i = 0; i < detector_rule_count(); i++) {
        const struct rule_row *row = rules_get(i);
        assert_string_equal(detector_rule_id(i), row->id);
        assert_true(strlen(detector_rule_title(i)) > 0 && strlen(row->needs) > 0);
        assert_true(strlen(row->innocent) > 0 && row->weight[0].weight_db > 0.0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_the_box_and_spares_the_network),
        cmocka_unit_test(flags_the_box_without_databases),
        cmocka_unit_test(judges_a_lone_cell_without_databases),
        cmocka_unit_test(catches_a_copied_identity),
        cmocka_unit_test(doubts_a_wrong_centre),
        cmocka_unit_test(keeps_a_perfect_copy_apart),
        cmocka_unit_test(allowed_cells_are_not_flagged),
        cmocka_unit_test(orders_cells),
        cmocka_unit_test(judgement_is_a_pure_function),
        cmocka_unit_test(alert_text_says_all_four),
        cmocka_unit_test(prints_what_was_received_once),
        cmocka_unit_test(lists_a_cell_without_identity),
        cmocka_unit_test(describes_its_rules),
        cmocka_unit_test(believes_what_this_organisation_added),
        cmocka_unit_test(allocations_hold_in_their_time),
    };
    return cmocka_run_group_tests(tests, make_databases, remove_databases);
}
