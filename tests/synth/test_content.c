/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cells say: mapping, schedule, messages, identities. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <osmocom/coding/gsm0503_coding.h>

#include "blank.h"
#include "content.h"
#include "rng.h"
#include "si_encode.h"
#include "traffic.h"

static struct scenario scenario;
static char err[256];

static struct cell_config *read_cell(const char *text)
{
    static char copy[4096];
    snprintf(copy, sizeof(copy), "center 945MHz\ncell A\narfcn 50\nbsic 26\nesn0_db 20\n%s", text);
    FILE *f = fmemopen(copy, strlen(copy), "r");
    assert_non_null(f);
    scenario_init(&scenario);
    if (scenario_parse(&scenario, f, "test", err, sizeof(err)) != 0 ||
        scenario_resolve(&scenario, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    fclose(f);
    return &scenario.cell[0];
}

static struct content *open_content(const char *text)
{
    struct content *c;
    struct cell_config *cell = read_cell(text);
    if (content_create(&c, &scenario, cell, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    return c;
}

/* TS 45.002 clause 7, table 3: TN0 of a cell with and without SDCCH/4. */
static void multiframe_is_mapped(void **state)
{
    (void)state;
    assert_int_equal(content_block_start(0), -1);
    assert_int_equal(content_block_start(1), -1);
    assert_int_equal(content_block_start(2), 2);
    assert_int_equal(content_block_start(5), 2);
    assert_int_equal(content_block_start(6), 6);
    assert_int_equal(content_block_start(9), 6);
    assert_int_equal(content_block_start(10), -1);
    assert_int_equal(content_block_start(12), 12);
    assert_int_equal(content_block_start(49), 46);
    assert_int_equal(content_block_start(50), -1);
    assert_int_equal(content_block_start(51 * 7 + 22), 22);
    assert_string_equal(content_channel_name(2, true), "BCCH");
    assert_string_equal(content_channel_name(16, true), "CCCH");
    assert_string_equal(content_channel_name(22, true), "SDCCH");
    assert_string_equal(content_channel_name(42, true), "SACCH");
    assert_string_equal(content_channel_name(42, false), "CCCH");
}

/* TS 45.002 6.3.1.3 with SI2ter, SI2quater and SI13: 1 2 3 4 (13|2quater) 2ter 3 4. */
static void schedule_follows_tc(void **state)
{
    (void)state;
    struct content *c = open_content("neighbours2ter 540\nsi2quater_earfcn 1300\ngprs 1\n");
    static const uint8_t type[2][8] = {{0x19, 0x1a, 0x1b, 0x1c, 0x00, 0x03, 0x1b, 0x1c},
                                       {0x19, 0x1a, 0x1b, 0x1c, 0x07, 0x03, 0x1b, 0x1c}};
    uint8_t bits[GSM_BURST_BITS];
    struct content_burst b;
    for (uint32_t fn = 2; fn < 2 * GSM_SI_CYCLE; fn += GSM_MULTIFRAME) {
        content_next(c, fn, 0, fn * GSM_FRAME_S, bits, &b);
        assert_int_equal(b.kind, CONTENT_BLOCK);
        assert_int_equal(b.l2[2], type[fn / GSM_SI_CYCLE][fn / GSM_MULTIFRAME % 8]);
    }
    content_destroy(c);
}

static void bcch_ext_carries_si13(void **state)
{
    (void)state;
    struct content *c = open_content("gprs 1\nsi13_ext 1\nsi7 01063e\n");
    uint8_t bits[GSM_BURST_BITS];
    struct content_burst b;
    content_next(c, 6, 0, 0.0, bits, &b);
    assert_memory_equal(b.l2, "\x01\x06\x00", 3);
    content_next(c, 51 * 7 + 6, 0, 1.7, bits, &b);
    assert_memory_equal(b.l2, "\x01\x06\x3e\x2b", 4);
    content_next(c, 51 * 4 + 2, 0, 1.0, bits, &b); /* then BCCH Norm has SI2 in its place */
    assert_int_equal(b.l2[2], 0x1a);
    content_destroy(c);
}

/* By hand from TS 44.018 9.1.35 and 10.5.2: each octet below was worked out on paper. */
static void si3_has_its_fields(void **state)
{
    (void)state;
    struct cell_config *cell = read_cell(
        "mcc 999\nmnc 70\nlac 2101\nci 6326\nmscr 1\natt 1\nbs_ag_blks_res 3\nbs_pa_mfrms 6\n"
        "t3212 30\npwrc 1\ndtx 1\nrlt 36\ncrh 6\nms_txpwr 5\nneci 0\nrxlev_access_min 4\n"
        "max_retrans 4\ntx_integer 9\nre 1\nac 0400\n");
    static const uint8_t expected[19] = {0x49, 0x06, 0x1b, 0x18, 0xb6, 0x99, 0xf9, 0x07, 0x08, 0x35,
                                         0xd8, 0x04, 0x1e, 0x58, 0x65, 0x04, 0xa5, 0x04, 0x00};
    uint8_t l2[GSM_L2_OCT];
    assert_int_equal(si_encode(&cell->si, RAW_SI3, false, l2), 1);
    assert_memory_equal(l2, expected, sizeof(expected));
    assert_int_equal(si_encode(&cell->si, RAW_SI3, true, l2), 1);
    assert_int_equal(l2[10], 0xd9); /* CCCH_CONF 1 */
}

static void three_digit_mnc_and_raw_messages(void **state)
{
    (void)state;
    struct cell_config *cell = read_cell("mcc 310\nmnc 012\nsi4 31061c99\nsi1 none\n");
    uint8_t l2[GSM_L2_OCT];
    assert_int_equal(si_encode(&cell->si, RAW_SI3, false, l2), 1);
    assert_memory_equal(l2 + 5, "\x13\x20\x10", 3);
    assert_int_equal(si_encode(&cell->si, RAW_SI4, false, l2), 1);
    assert_memory_equal(l2, "\x31\x06\x1c\x99\x2b\x2b", 6);
    assert_int_equal(si_encode(&cell->si, RAW_SI1, false, l2), 0);
}

/* 10.5.2.13.2 and 10.5.2.13.7; the second list wraps from 1023 to 0. */
static void lists_of_channels(void **state)
{
    (void)state;
    uint8_t oct[16];
    struct arfcn_list low = {3, {1, 52, 124}}, wrap = {3, {990, 1010, 20}}, wide = {2, {20, 700}};
    static const uint8_t bitmap[16] = {0x08, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0, 0, 0, 0, 0, 0x01};
    static const uint8_t variable[16] = {0x8f, 0xef, 0, 0, 0x08, 0, 0, 0, 0x02};
    assert_int_equal(si_encode_freq_list(&low, oct), 0);
    assert_memory_equal(oct, bitmap, 16);
    assert_int_equal(si_encode_freq_list(&wrap, oct), 0);
    assert_memory_equal(oct, variable, 16);
    assert_true(si_encode_freq_list(&wide, oct) < 0);
}

static void sch_reads_back(void **state)
{
    (void)state;
    static const uint32_t fns[] = {1, 674996, 2715638, 1326 * 1024 + 41};
    for (int k = 0; k < 4; k++) {
        uint8_t bits[GSM_BURST_BITS], info[4];
        sbit_t soft[78];
        content_encode_sch(fns[k], 32, bits);
        for (int i = 0; i < 39; i++) {
            soft[i] = bits[3 + i] ? -127 : 127;
            soft[39 + i] = bits[106 + i] ? -127 : 127;
        }
        assert_int_equal(gsm0503_sch_decode(info, soft), 0);
        unsigned t1 = (unsigned)(info[0] & 3) << 9 | (unsigned)info[1] << 1 | info[2] >> 7;
        unsigned t2 = (info[2] >> 2) & 31, t3p = (unsigned)(info[2] & 3) << 1 | (info[3] & 1);
        assert_int_equal(info[0] >> 2, 32);
        assert_int_equal(t1, fns[k] / 1326);
        assert_int_equal(t2, fns[k] % 26);
        assert_int_equal(10 * t3p + 1, fns[k] % 51);
    }
}

/* A change waits for TC 0, so that a cycle never mixes two networks. */
static void change_comes_with_the_next_cycle(void **state)
{
    (void)state;
    struct content *c = open_content("lac 100\nat 2.0 lac 4711\n");
    uint8_t bits[GSM_BURST_BITS];
    struct content_burst b;
    int changed_at = -1;
    for (uint32_t fn = 0; fn < 4 * GSM_SI_CYCLE; fn++) {
        content_next(c, fn, 0, fn * GSM_FRAME_S, bits, &b);
        if (b.kind == CONTENT_BLOCK && b.l2[2] == 0x1b && strcmp(b.channel, "BCCH") == 0) {
            int lac = b.l2[8] << 8 | b.l2[9];
            assert_true(lac == 100 || lac == 4711);
            if (lac == 4711 && changed_at < 0)
                changed_at = (int)fn;
        }
    }
    assert_int_equal(changed_at, 2 * GSM_SI_CYCLE + 2 * GSM_MULTIFRAME + 2);
    content_destroy(c);
}

static void check_blank(const uint8_t *in, const uint8_t *out, size_t n)
{
    uint8_t l2[GSM_L2_OCT], expected[GSM_L2_OCT];
    memset(l2, 0x2b, sizeof(l2));
    memset(expected, 0x2b, sizeof(expected));
    memcpy(l2, in, n);
    memcpy(expected, out, n);
    blank_identities(l2);
    assert_memory_equal(l2, expected, GSM_L2_OCT);
}

#define BLANK(in, out) check_blank((const uint8_t *)(in), (const uint8_t *)(out), sizeof(in) - 1)

static void identities_become_zero(void **state)
{
    (void)state;
    /* IMSI of 15 digits: type and odd flag stay */
    BLANK("\x31\x06\x21\x00\x08\x99\x99\x07\x14\x19\x44\x80\x70",
          "\x31\x06\x21\x00\x08\x09\x00\x00\x00\x00\x00\x00\x00");
    /* IMSI of 14 digits: the filler nibble stays */
    BLANK("\x31\x06\x21\x00\x08\x91\x99\x07\x14\x19\x44\x80\xf7",
          "\x31\x06\x21\x00\x08\x01\x00\x00\x00\x00\x00\x00\xf0");
    /* TMSI and a second IMSI */
    BLANK("\x4d\x06\x21\x00\x05\xf4\x11\x22\x33\x44\x17\x08\x99\x99\x07\x14\x19\x44\x80\x70",
          "\x4d\x06\x21\x00\x05\xf4\x00\x00\x00\x00\x17\x08\x09\x00\x00\x00\x00\x00\x00\x00");
    BLANK("\x49\x06\x22\x00\x11\x22\x33\x44\x55\x66\x77\x88\x17\x05\xf4\x01\x02\x03\x04",
          "\x49\x06\x22\x00\x00\x00\x00\x00\x00\x00\x00\x00\x17\x05\xf4\x00\x00\x00\x00");
    BLANK("\x4d\x06\x24\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10",
          "\x4d\x06\x24\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00");
    BLANK("\x15\x06\x21\x00\x01\xf0", "\x15\x06\x21\x00\x01\xf0");
}

/* Every page and every TLLI that the traffic makes disappears; 2000 blocks of it. */
static void traffic_is_blanked(void **state)
{
    (void)state;
    struct cell_config *cell = read_cell(
        "paging_per_s 20\npaging_imsi_share 0.3\nassign_per_s 5\nassign_packet_share 1\n");
    struct traffic t;
    int n_downlink = 0;
    traffic_init(&t, 7, cell);
    for (int i = 0; i < 2000; i++) {
        uint8_t l2[GSM_L2_OCT], after[GSM_L2_OCT];
        double time_s = 0.03 * i;
        traffic_next(&t, i % 3 ? TRAFFIC_PCH : TRAFFIC_AGCH, &cell->si, 1000, time_s, l2);
        memcpy(after, l2, sizeof(l2));
        blank_identities(after);
        if (l2[2] == 0x3f && (l2[3] & 0x30) == 0x30) {
            n_downlink++;
            assert_int_equal(l2[12] & 0xfc, 0xdc); /* H H 0 1, then the first bits of c... */
            assert_int_equal(after[12] & 0x0f, 0);
            assert_int_equal(after[12] & 0xf0, l2[12] & 0xf0);
            assert_memory_equal(after + 13, "\0\0\0", 3);
            assert_int_equal(after[16] & 0xf0, 0);
            assert_int_equal(after[16] & 0x0f, l2[16] & 0x0f);
            assert_memory_equal(after + 17, l2 + 17, 6);
        }
        if (l2[2] == 0x24)
            assert_int_equal(l2[0], 0x4d);
    }
    assert_true(n_downlink > 20);
}

static int count_pages(const char *text, double seconds)
{
    struct cell_config *cell = read_cell(text);
    struct traffic t;
    int n = 0;
    traffic_init(&t, 3, cell);
    for (double time_s = 0.0; time_s < seconds; time_s += 0.0294) {
        uint8_t l2[GSM_L2_OCT];
        traffic_next(&t, TRAFFIC_PCH, &cell->si, 0, time_s, l2);
        if (l2[2] == 0x21 && l2[5] != 0xf0)
            n += 1 + (l2[0] > 0x31);
        else if (l2[2] == 0x22)
            n += 2 + (l2[0] > 0x2d);
        else if (l2[2] == 0x24)
            n += 4;
    }
    return n;
}

/* Poisson of mean 1800: 5 sigma is 212. */
static void paging_has_its_rate(void **state)
{
    (void)state;
    int n = count_pages("paging_per_s 30\npaging_imsi_share 0\n", 60.0);
    assert_in_range(n, 1588, 2012);
    assert_int_equal(count_pages("paging_per_s 0\n", 60.0), 0);
}

/* A location area pages as one: two cells of it send the same identities. */
static void location_area_pages_together(void **state)
{
    (void)state;
    static struct cell_config one, two, other;
    one = *read_cell("lac 5\nci 1\npaging_per_s 5\n");
    two = *read_cell("lac 5\nci 2\npaging_per_s 5\n");
    other = *read_cell("lac 6\nci 3\npaging_per_s 5\n");
    struct traffic a, b, c;
    traffic_init(&a, 3, &one);
    traffic_init(&b, 3, &two);
    traffic_init(&c, 3, &other);
    uint8_t x[GSM_L2_OCT], y[GSM_L2_OCT], z[GSM_L2_OCT];
    traffic_next(&a, TRAFFIC_PCH, &one.si, 0, 2.0, x);
    traffic_next(&b, TRAFFIC_PCH, &two.si, 0, 2.0, y);
    traffic_next(&c, TRAFFIC_PCH, &other.si, 0, 2.0, z);
    assert_memory_equal(x, y, GSM_L2_OCT);
    assert_memory_not_equal(x, z, GSM_L2_OCT);
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"nonsense 1",      "arfcn 2000", "lac x",
                                      "at 3 nonsense 1", "si3 4x",     "esn0_db none"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "cell A\n%s\n", bad[i]);
        FILE *f = fmemopen(text, strlen(text), "r");
        assert_non_null(f);
        scenario_init(&scenario);
        assert_true(scenario_parse(&scenario, f, "bad", err, sizeof(err)) < 0);
        assert_non_null(strstr(err, "bad:2:"));
        fclose(f);
    }
    read_cell("");
    assert_int_equal(scenario_override(&scenario, "cell.A.ppm=0.5", err, sizeof(err)), 0);
    assert_true(scenario.cell[0].ppm > 0.49);
    assert_true(scenario_override(&scenario, "cell.B.ppm=0.5", err, sizeof(err)) < 0);
    assert_true(scenario_override(&scenario, "ppm", err, sizeof(err)) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(multiframe_is_mapped),
        cmocka_unit_test(schedule_follows_tc),
        cmocka_unit_test(bcch_ext_carries_si13),
        cmocka_unit_test(si3_has_its_fields),
        cmocka_unit_test(three_digit_mnc_and_raw_messages),
        cmocka_unit_test(lists_of_channels),
        cmocka_unit_test(sch_reads_back),
        cmocka_unit_test(change_comes_with_the_next_cycle),
        cmocka_unit_test(identities_become_zero),
        cmocka_unit_test(traffic_is_blanked),
        cmocka_unit_test(paging_has_its_rate),
        cmocka_unit_test(location_area_pages_together),
        cmocka_unit_test(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
