/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <math.h>

#include "gsm/gsmtap_cells.h"
#include "unit/gsm/hex.h"
#include "unit/gsm/recorded.h"

static const char *const si1 = "55 06 19 00000000000000000000000000080000 a5 04 00 2b";
static const char *const si2 = "59 06 1a 00000000000000000000000000000080 ff a5 04 00";
static const char *const si3_a = "49 06 1b 0001 00f110 04d2 c8 02 0a 27 45 46 a5 04 00 2b 2b 2b 2b";
static const char *const si3_b = "49 06 1b 0002 00f110 04d2 c8 02 0a 27 45 46 a5 04 00 2b 2b 2b 2b";
static const char *const si4 = "31 06 1c 00f110 04d2 45 46 a5 04 00";
static const char *const si4_other = "31 06 1c 00f110 270f 45 46 a5 04 00";
static const char *const page = "25 06 21 00 05 f4 0168ef24";

struct scene {
    struct gsmtap_cells *cells;
    struct gsm_event event; /* of the last frame */
};

static void scene_init(struct scene *s)
{
    assert_int_equal(gsmtap_cells_create(&s->cells, (const uint8_t *)"seed", 4), 0);
}

static int push_frame(struct scene *s, int arfcn, double at_s, uint32_t fn, bool is_bcch,
                      const char *text)
{
    uint8_t l2[23];
    hex_block(text, l2);
    struct gsmtap_cells_frame frame = {.channel = {arfcn_band_of(arfcn, 0), arfcn},
                                       .fn = fn,
                                       .at_s = at_s,
                                       .level_dbm = -80.0,
                                       .is_bcch = is_bcch,
                                       .l2 = l2,
                                       .n_oct = sizeof(l2)};
    return gsmtap_cells_push(s->cells, &frame, &s->event);
}

static void push(struct scene *s, int arfcn, double at_s, const char *text)
{
    assert_int_equal(push_frame(s, arfcn, at_s, 0, true, text), 0);
}

static const struct cell_report *finish(struct scene *s, size_t n_expected)
{
    const struct cell_report *reports = NULL;
    assert_int_equal(gsmtap_cells_finish(s->cells, &reports), n_expected);
    return reports;
}

static void one_visit_is_one_report(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    push(&s, 20, 0.0, si1);
    push(&s, 20, 0.24, si2);
    push(&s, 20, 0.47, si3_a);
    push(&s, 20, 0.71, si4);
    push(&s, 20, 2.6, si3_a);
    const struct cell_report *r = finish(&s, 1);
    assert_int_equal(r->n_si, 4);
    assert_int_equal(r->n_bcch, 5);
    assert_int_equal(r->bsic, -1);
    assert_int_equal(r->channel.number, 20);
    assert_true(r->first_s == 0.0 && r->last_s == 2.6);
    assert_false(r->fn_known);
    assert_int_equal(r->si[2].n_clean, 2);
    assert_int_equal(r->si[2].tc_mask, 0);
    assert_true(r->level_dbm == -80.0);
    assert_true(isnan(r->level_dbfs) && isnan(r->snr_db) && isnan(r->offset_hz));
    assert_true(r->tx != 0);
    gsmtap_cells_destroy(s.cells);
}

static void another_identity_on_the_channel_is_another_transmitter(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    push(&s, 20, 0.0, si3_a);
    push(&s, 20, 1.0, si3_b);
    push(&s, 20, 2.0, si3_a);
    push(&s, 21, 3.0, si3_a);
    const struct cell_report *r = finish(&s, 4);
    assert_true(r[0].tx != r[1].tx);
    assert_true(r[0].tx == r[2].tx); /* back again */
    assert_true(r[3].tx != r[0].tx); /* same identity elsewhere */
    gsmtap_cells_destroy(s.cells);
}

static void what_comes_before_si3_belongs_to_the_one_that_follows(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    push(&s, 20, 0.0, si3_a);
    /* the scan comes back a minute later and finds another cell */
    push(&s, 20, 60.0, si1);
    push(&s, 20, 60.2, si2);
    push(&s, 20, 60.5, si3_b);
    push(&s, 20, 120.0, si3_b);
    const struct cell_report *r = finish(&s, 3);
    assert_true(r[0].tx != r[1].tx);
    assert_true(r[1].tx == r[2].tx);
    assert_int_equal(r[0].n_si, 1);
    assert_int_equal(r[1].n_si, 3);
    assert_int_equal(r[1].si[0].type, SI_1);
    gsmtap_cells_destroy(s.cells);
}

static void si4_names_by_location_area_and_si3_completes(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    push(&s, 20, 0.0, si4);
    push(&s, 20, 0.3, si3_a);
    push(&s, 20, 0.6, si4);
    push(&s, 20, 0.9, si4_other);
    const struct cell_report *r = finish(&s, 2);
    assert_int_equal(r[0].n_si, 2);
    assert_true(r[0].tx != r[1].tx);
    gsmtap_cells_destroy(s.cells);
}

static void a_visit_without_identity_is_of_the_only_transmitter(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    push(&s, 20, 0.0, si3_a);
    push(&s, 20, 60.0, si1);
    push(&s, 22, 70.0, si1); /* nobody known there */
    const struct cell_report *r = finish(&s, 3);
    assert_true(r[0].tx == r[1].tx);
    assert_true(r[2].tx != 0 && r[2].tx != r[0].tx);
    gsmtap_cells_destroy(s.cells);
}

static void long_listening_gives_a_report_every_ten_seconds(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    for (int i = 0; i < 300; i++) {
        push(&s, 20, i * 0.1, si3_a);
    }
    const struct cell_report *r = finish(&s, 3);
    assert_true(r[0].tx == r[1].tx && r[1].tx == r[2].tx);
    assert_true(r[1].first_s > r[0].last_s);
    assert_int_equal(r[0].n_bcch + r[1].n_bcch + r[2].n_bcch, 300);
    gsmtap_cells_destroy(s.cells);
}

static void frame_numbers_give_position_and_epoch(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    assert_int_equal(push_frame(&s, 20, 1.0, 104, true, si3_a), 0);
    assert_int_equal(push_frame(&s, 20, 1.0 + 51 * GSM_FRAME_S, 155, true, si3_a), 0);
    const struct cell_report *r = finish(&s, 1);
    assert_true(r->fn_known);
    assert_int_equal(r->fn_first, 104);
    assert_int_equal(r->fn_last, 155);
    assert_int_equal(r->si[0].tc_mask, 1 << 2 | 1 << 3);
    assert_true(fabs(r->fn_epoch_frames - (GSM_HYPERFRAME + 104 - 1.0 / GSM_FRAME_S)) < 1e-6);
    gsmtap_cells_destroy(s.cells);
}

static void events_and_reports_hold_no_identity(void **state)
{
    struct scene s;
    (void)state;
    uint8_t expected[23];
    scene_init(&s);
    push(&s, 20, 0.0, si3_a);
    assert_int_equal(push_frame(&s, 20, 0.1, 7, false, page), 0);
    hex_block("25 06 21 00 05 f4 00000000", expected);
    assert_memory_equal(s.event.l2, expected, 23);
    assert_int_equal(s.event.kind, GSM_EVENT_CCCH);
    assert_int_equal(s.event.fn, 7);
    assert_int_equal(s.event.bsic, -1);
    assert_int_equal(s.event.bit_errors, -1);
    assert_true(s.event.samp == 0.1);
    const struct cell_report *r = finish(&s, 1);
    assert_int_equal(r->n_ccch, 1);
    assert_int_equal(r->paging.n_tmsi, 1);
    assert_int_equal(r->paging.n_tags, 1);
    assert_int_equal(r->paging.n_blocks, 1); /* BCCH is not looked at for paging */
    gsmtap_cells_destroy(s.cells);
}

static void neci_of_the_cell_decides_on_location_updates(void **state)
{
    static const char *const assignment = "2d 06 3f 03 41 80 34 1f 80 94 03 00";
    struct scene s;
    (void)state;
    scene_init(&s);
    assert_int_equal(push_frame(&s, 20, 0.0, 0, false, assignment), 0);        /* not known yet */
    push(&s, 20, 0.1, "49 06 1b 0001 00f110 04d2 c8 02 0a 27 45 06 a5 04 00"); /* NECI 0 */
    assert_int_equal(push_frame(&s, 20, 0.2, 0, false, assignment), 0);
    const struct cell_report *r = finish(&s, 1);
    assert_int_equal(r->assign.n_request_reference, 2);
    assert_int_equal(r->assign.n_location_update, 1);
    gsmtap_cells_destroy(s.cells);
}

static void the_key_of_tags_changes_every_five_minutes(void **state)
{
    struct scene s;
    (void)state;
    scene_init(&s);
    assert_int_equal(push_frame(&s, 20, 299.0, 0, false, page), 0);
    assert_int_equal(push_frame(&s, 20, 311.0, 0, false, page), 0);
    const struct cell_report *r = finish(&s, 2);
    assert_int_equal(r[0].paging.tag_epoch, 0);
    assert_int_equal(r[1].paging.tag_epoch, 1);
    assert_true(r[0].paging.tag[0] != r[1].paging.tag[0]);
    gsmtap_cells_destroy(s.cells);
}

static void frames_that_cannot_be_are_refused_and_counted(void **state)
{
    struct scene s;
    uint8_t l2[23] = {0};
    (void)state;
    scene_init(&s);
    struct gsmtap_cells_frame frame = {
        .channel = {ARFCN_P900, 20}, .at_s = 0.0, .level_dbm = 0.0, .l2 = l2, .n_oct = 22};
    assert_int_equal(gsmtap_cells_push(s.cells, &frame, &s.event), -EINVAL);
    frame.n_oct = 23;
    frame.channel.number = 300;
    assert_int_equal(gsmtap_cells_push(s.cells, &frame, &s.event), -EINVAL);
    frame.channel = (struct arfcn){ARFCN_BAND_UNKNOWN, 20};
    assert_int_equal(gsmtap_cells_push(s.cells, &frame, &s.event), -EINVAL);
    frame.channel = (struct arfcn){ARFCN_P900, 20};
    frame.at_s = nan("");
    assert_int_equal(gsmtap_cells_push(s.cells, &frame, &s.event), -EINVAL);
    assert_int_equal(gsmtap_cells_count_refused(s.cells), 4);
    (void)finish(&s, 0);
    gsmtap_cells_destroy(s.cells);
    gsmtap_cells_destroy(NULL);
}

/* ---- phone scans of a town, 2012 ---- */

struct label {
    int arfcn;
    char mcc[8], mnc[8];
    int lac, ci;
    bool found;
};

static size_t read_labels(const char *path, struct label *labels, size_t cap)
{
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    char line[128];
    size_t n = 0;
    while (n < cap && fgets(line, sizeof(line), file) != NULL) {
        struct label *l = &labels[n];
        memset(l, 0, sizeof(*l));
        if (sscanf(line, "%d %7s %7s %d %d", &l->arfcn, l->mcc, l->mnc, &l->lac, &l->ci) == 5) {
            n++;
        }
    }
    fclose(file);
    return n;
}

/* The label of a report's channel; its SI3 and SI4 must say what the label says. */
static void check_report(const struct cell_report *r, struct label *labels, size_t n_labels)
{
    struct label *label = NULL;
    for (size_t i = 0; i < n_labels; i++) {
        if (labels[i].arfcn == r->channel.number) {
            label = &labels[i];
        }
    }
    assert_non_null(label);
    for (uint32_t i = 0; i < r->n_si; i++) {
        struct si_message m;
        assert_int_equal(si_parse(r->si[i].l2, GSM_L2_OCT, &m), SI_OK);
        assert_int_equal(r->si[i].n_clean, 3);
        if (m.type != SI_3 && m.type != SI_4) {
            continue;
        }
        const struct si_lai *lai = m.type == SI_3 ? &m.u.si3.lai : &m.u.si4.lai;
        assert_string_equal(lai->mcc, label->mcc);
        assert_string_equal(lai->mnc, label->mnc);
        assert_int_equal(lai->lac, label->lac);
        if (m.type == SI_3) {
            assert_int_equal(m.u.si3.cell_identity, label->ci);
            assert_false(label->found); /* once only */
            label->found = true;
        }
    }
}

static void check_field(const char *name)
{
    char path[RECORDED_PATH_CAP];
    static struct label labels[256];
    struct recorded_frame in;
    struct scene s;
    char file_name[64];
    snprintf(file_name, sizeof(file_name), "field/%s.txt", name);
    if (!recorded_path(file_name, path)) {
        skip();
    }
    size_t n_labels = read_labels(path, labels, 256);
    snprintf(file_name, sizeof(file_name), "field/%s.pcap", name);
    assert_true(recorded_path(file_name, path));
    FILE *pcap = recorded_open_pcap(path);
    assert_non_null(pcap);
    scene_init(&s);
    double start_s = -1.0;
    while (recorded_next_frame(pcap, &in)) {
        start_s = start_s < 0.0 ? in.at_s : start_s;
        int number = in.arfcn & 1023;
        struct gsmtap_cells_frame frame = {.channel = {arfcn_band_of(number, 0), number},
                                           .fn = in.fn,
                                           .at_s = in.at_s - start_s,
                                           .level_dbm = in.signal_dbm,
                                           .is_bcch = in.chan_type == 1,
                                           .l2 = in.l2,
                                           .n_oct = sizeof(in.l2)};
        assert_int_equal(gsmtap_cells_push(s.cells, &frame, &s.event), 0);
        assert_memory_equal(s.event.l2, in.l2, sizeof(in.l2));
    }
    fclose(pcap);
    const struct cell_report *reports = finish(&s, n_labels);
    for (size_t i = 0; i < n_labels; i++) {
        check_report(&reports[i], labels, n_labels);
        for (size_t k = 0; k < i; k++) {
            assert_true(reports[k].tx != reports[i].tx);
        }
    }
    for (size_t i = 0; i < n_labels; i++) {
        assert_true(labels[i].found);
    }
    gsmtap_cells_destroy(s.cells);
}

static void every_cell_at_the_airport_comes_out_once(void **state)
{
    (void)state;
    check_field("germany2012_airport");
}

static void every_cell_downtown_comes_out_once(void **state)
{
    (void)state;
    check_field("germany2012_cbd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_visit_is_one_report),
        cmocka_unit_test(another_identity_on_the_channel_is_another_transmitter),
        cmocka_unit_test(what_comes_before_si3_belongs_to_the_one_that_follows),
        cmocka_unit_test(si4_names_by_location_area_and_si3_completes),
        cmocka_unit_test(a_visit_without_identity_is_of_the_only_transmitter),
        cmocka_unit_test(long_listening_gives_a_report_every_ten_seconds),
        cmocka_unit_test(frame_numbers_give_position_and_epoch),
        cmocka_unit_test(events_and_reports_hold_no_identity),
        cmocka_unit_test(neci_of_the_cell_decides_on_location_updates),
        cmocka_unit_test(the_key_of_tags_changes_every_five_minutes),
        cmocka_unit_test(frames_that_cannot_be_are_refused_and_counted),
        cmocka_unit_test(every_cell_at_the_airport_comes_out_once),
        cmocka_unit_test(every_cell_downtown_comes_out_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
