/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/utc.h"
#include "hw/iq_layout.h"
#include "hw/sigmf.h"

static char err[400];

#define GLOBAL(more)   "\"global\":{\"core:datatype\":\"cu8\",\"core:version\":\"1.2.0\"" more "}"
#define CAPTURES(list) "{" GLOBAL("") ",\"captures\":[" list "],\"annotations\":[]}"

static void parse(struct sigmf_meta *ret, const char *text)
{
    err[0] = '\0';
    if (sigmf_parse(ret, text, strlen(text), "x.sigmf-meta", err, sizeof err) != 0)
        fail_msg("%s: %s", text, err);
}

static void all_that_is_needed_is_read(void **state)
{
    (void)state;
    struct sigmf_meta m;
    parse(&m,
          "{" GLOBAL(",\"core:sample_rate\":2.4e6,\"core:dataset\":\"a.bin\","
                     "\"core:trailing_bytes\":3,\"core:num_channels\":1,"
                     "\"core:geolocation\":{\"type\":\"Point\",\"coordinates\":[7.85,48.1,200]},"
                     "\"other:thing\":[1,2]") ",\"captures\":[{\"core:sample_start\":0,"
                                              "\"core:frequency\":936200000,\"core:datetime\":"
                                              "\"2026-11-22T15:24:38.5Z\","
                                              "\"core:header_bytes\":44},{\"core:sample_start\":"
                                              "100,\"core:global_index\":900}]}");
    assert_int_equal(m.format, IQ_CU8);
    assert_true(m.rate_hz > 2399999 && m.rate_hz < 2400001);
    assert_string_equal(m.dataset, "a.bin");
    assert_int_equal(m.trailing_oct, 3);
    assert_true(m.has_position && m.position_deg[0] > 48 && m.position_deg[1] < 8);
    assert_false(m.has_sha512);
    assert_int_equal(m.n_captures, 2);
    assert_int_equal(m.capture[0].header_oct, 44);
    assert_true(m.capture[0].utc_us == 1795361078500000);
    assert_false(m.capture[0].has_global_index);
    assert_true(m.capture[1].has_global_index && m.capture[1].global_index == 900);
    assert_true(m.capture[1].utc_us == UTC_UNKNOWN);
    sigmf_clear(&m);
    sigmf_clear(&m);
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "no JSON"},
        {"{\"global\":{},\"global\":{}}", "no JSON: line 1: duplicate"},
        {"[]", "no object 'global'"},
        {"{\"global\":[]}", "no object 'global'"},
        {"{\"global\":{}}", "core:datatype is missing"},
        {"{\"global\":{\"core:datatype\":5}}", "core:datatype must be a text"},
        {"{\"global\":{\"core:datatype\":\"ri16_le\"}}", "of real samples"},
        {"{\"global\":{\"core:datatype\":\"ci16_be\"}}", "'ci16_be' is not read: convert"},
        {"{" GLOBAL(",\"core:sample_rate\":\"2M\"") "}", "core:sample_rate must be a number"},
        {"{" GLOBAL(",\"core:sample_rate\":-5") "}", "core:sample_rate must be above 0"},
        {"{" GLOBAL(",\"core:num_channels\":2") "}", "holds 2 channels"},
        {"{" GLOBAL(",\"core:trailing_bytes\":-1") "}", "whole number from 0 on"},
        {"{" GLOBAL(",\"core:metadata_only\":true") "}", "metadata only"},
        {"{" GLOBAL(",\"core:dataset\":\"/etc/passwd\"") "}", "in the same folder"},
        {"{" GLOBAL(",\"core:dataset\":\"..\"") "}", "in the same folder"},
        {"{" GLOBAL(",\"core:dataset\":\"\"") "}", "in the same folder"},
        {"{" GLOBAL(",\"core:dataset\":\"a\\u0000b\"") "}", "no JSON"},
        {"{" GLOBAL(",\"core:sha512\":\"12\"") "}", "128 hexadecimal digits"},
        {"{" GLOBAL("") ",\"captures\":{}}", "captures must be a list"},
        {CAPTURES("7"), "captures must be objects"},
        {CAPTURES("{}"), "without core:sample_start"},
        {CAPTURES("{\"core:sample_start\":1.5}"), "core:sample_start must be a whole number"},
        {CAPTURES("{\"core:sample_start\":9223372036854775807}"), "must be a whole number"},
        {CAPTURES("{\"core:sample_start\":5},{\"core:sample_start\":4}"), "not in the order"},
        {CAPTURES("{\"core:sample_start\":0,\"core:frequency\":0}"), "must be above 0"},
        {CAPTURES("{\"core:sample_start\":0,\"core:frequency\":[]}"), "must be a number"},
        {CAPTURES("{\"core:sample_start\":0,\"core:datetime\":\"yesterday\"}"), "is no time"},
        {CAPTURES("{\"core:sample_start\":0,\"core:header_bytes\":true}"), "header_bytes must"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sigmf_meta m;
        err[0] = '\0';
        if (sigmf_parse(&m, rows[i].text, strlen(rows[i].text), "x", err, sizeof err) != -EINVAL)
            fail_msg("taken: %s", rows[i].text);
        if (!strstr(err, rows[i].says) || strncmp(err, "'x': ", 5) != 0)
            fail_msg("%s: '%s' does not say '%s'", rows[i].text, err, rows[i].says);
        assert_null(m.capture);
    }
}

static void too_many_captures_are_refused(void **state)
{
    (void)state;
    size_t cap = 40 * (SIGMF_CAPTURES_CAP + 2);
    char *text = malloc(cap);
    assert_non_null(text);
    int used = snprintf(text, cap, "{" GLOBAL("") ",\"captures\":[{\"core:sample_start\":0}");
    for (int i = 0; i < SIGMF_CAPTURES_CAP; i++)
        used += snprintf(text + used, cap - (size_t)used, ",{\"core:sample_start\":%d}", i);
    (void)snprintf(text + used, cap - (size_t)used, "]}");
    struct sigmf_meta m;
    assert_int_equal(sigmf_parse(&m, text, strlen(text), "x", err, sizeof err), -EINVAL);
    assert_non_null(strstr(err, "4097 captures"));
    free(text);
}

static void lay_out(struct iq_layout *ret, const char *captures)
{
    struct sigmf_meta m;
    char *text = NULL;
    assert_true(asprintf(&text, "{" GLOBAL("") ",\"captures\":[%s]}", captures) > 0);
    parse(&m, text);
    assert_int_equal(iq_layout_sigmf(ret, &m, IQ_CS16, 1e6, "x", err, sizeof err), 0);
    sigmf_clear(&m);
    free(text);
}

static void no_captures_are_one_stretch(void **state)
{
    (void)state;
    struct iq_layout l;
    lay_out(&l, "");
    assert_int_equal(l.n, 1);
    assert_true(l.stretch[0].at_oct == 0 && l.stretch[0].n_samp == IQ_TO_END);
    assert_false(l.stretch[0].gap);
    iq_layout_clear(&l);
}

static void segments_lie_behind_their_headers(void **state)
{
    (void)state;
    struct iq_layout l;
    lay_out(&l, "{\"core:sample_start\":0,\"core:header_bytes\":44,\"core:frequency\":9e8},"
                "{\"core:sample_start\":100,\"core:header_bytes\":6,\"core:frequency\":9.5e8},"
                "{\"core:sample_start\":100,\"core:frequency\":1e9},"
                "{\"core:sample_start\":300}");
    assert_int_equal(l.n, 3); /* one of them is empty */
    assert_int_equal(l.stretch[0].at_oct, 44);
    assert_int_equal(l.stretch[0].n_samp, 100);
    assert_int_equal(l.stretch[1].at_oct, 44 + 6 + 400);
    assert_int_equal(l.stretch[1].n_samp, 200);
    assert_true(l.stretch[1].center_hz > 9.9e8 && l.stretch[1].gap);
    assert_int_equal(l.stretch[2].at_oct, 44 + 6 + 1200);
    assert_true(l.stretch[2].center_hz > 9.9e8); /* goes on where none is said */
    assert_true(l.stretch[2].n_samp == IQ_TO_END);
    assert_true(l.gap_unknown && strstr(l.note, "how far apart"));
    iq_layout_clear(&l);
}

static void distances_come_from_indices_then_from_clocks(void **state)
{
    (void)state;
    struct iq_layout l;
    lay_out(&l, "{\"core:sample_start\":0,\"core:global_index\":50,\"core:frequency\":9e8},"
                "{\"core:sample_start\":1000,\"core:global_index\":1050,\"core:frequency\":9e8},"
                "{\"core:sample_start\":2000,\"core:global_index\":9050,\"core:frequency\":9e8}");
    assert_int_equal(l.n, 3);
    assert_false(l.stretch[1].gap); /* a mark only */
    assert_int_equal(l.stretch[1].samp, 1000);
    assert_true(l.stretch[2].gap);
    assert_int_equal(l.stretch[2].samp, 9000);
    assert_false(l.gap_unknown);
    iq_layout_clear(&l);
    /* at 1 MS/s the second segment comes 2 s after the first began, the third right behind it */
    lay_out(&l, "{\"core:sample_start\":0,\"core:datetime\":\"2026-11-22T15:24:38Z\"},"
                "{\"core:sample_start\":1000,\"core:datetime\":\"2026-11-22T15:24:40Z\"},"
                "{\"core:sample_start\":501000,\"core:datetime\":\"2026-11-22T15:24:40.505Z\"}");
    assert_int_equal(l.stretch[1].samp, 2000000);
    assert_true(l.stretch[1].gap && l.stretch[2].gap);
    assert_int_equal(l.stretch[2].samp, 2500000);
    assert_false(l.gap_unknown);
    iq_layout_clear(&l);
}

static void what_runs_backwards_is_not_believed(void **state)
{
    (void)state;
    struct iq_layout l;
    lay_out(&l, "{\"core:sample_start\":0,\"core:global_index\":5000},"
                "{\"core:sample_start\":1000,\"core:global_index\":5500}");
    assert_int_equal(l.stretch[1].samp, 1000);
    assert_true(l.gap_unknown && l.stretch[1].gap);
    iq_layout_clear(&l);
    lay_out(&l, "{\"core:sample_start\":0,\"core:datetime\":\"2026-11-22T15:24:38Z\"},"
                "{\"core:sample_start\":1000,\"core:datetime\":\"2026-11-22T15:24:37Z\"}");
    assert_int_equal(l.stretch[1].samp, 1000);
    assert_true(l.gap_unknown);
    iq_layout_clear(&l);
    lay_out(&l, "{\"core:sample_start\":0,\"core:datetime\":\"2026-11-22T15:24:38Z\"},"
                "{\"core:sample_start\":1000,\"core:datetime\":\"2036-11-22T15:24:37Z\"}");
    assert_int_equal(l.stretch[1].samp, 1000);
    assert_true(l.gap_unknown);
    iq_layout_clear(&l);
}

static void datatypes_have_two_names(void **state)
{
    (void)state;
    for (int f = IQ_CU8; f <= IQ_CF32; f++)
        assert_int_equal(sigmf_datatype_find(sigmf_datatype_name((enum iq_format)f)), f);
    assert_int_equal(sigmf_datatype_find("CU8"), IQ_FORMAT_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_is_needed_is_read),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(too_many_captures_are_refused),
        cmocka_unit_test(no_captures_are_one_stretch),
        cmocka_unit_test(segments_lie_behind_their_headers),
        cmocka_unit_test(distances_come_from_indices_then_from_clocks),
        cmocka_unit_test(what_runs_backwards_is_not_believed),
        cmocka_unit_test(datatypes_have_two_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
