/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/utc.h"

static void expect(const char *text, int64_t us)
{
    int64_t got = 0;
    assert_int_equal(utc_parse(text, &got), 0);
    if (got != us)
        fail_msg("'%s' became %lld", text, (long long)got);
}

static void known_moments_are_read(void **state)
{
    (void)state;
    expect("1970-01-01T00:00:00Z", 0);
    expect("2000-02-29T12:00:00Z", 951825600LL * 1000000);
    expect("2026-11-22T15:24:38.123456Z", 1795361078123456LL);
    expect("1969-12-31T23:59:59.5Z", -500000);
}

static void fraction_zone_and_t_are_optional(void **state)
{
    (void)state;
    expect("2000-02-29 12:00:00", 951825600LL * 1000000);
    expect("2000-02-29t12:00:00z", 951825600LL * 1000000);
    expect("2000-02-29T13:30:00+01:30", 951825600LL * 1000000);
    expect("2000-02-29T07:00:00-0500", 951825600LL * 1000000);
    expect("2000-02-29T12:00:00.1234567891Z", 951825600LL * 1000000 + 123456);
    expect("2016-12-31T23:59:60Z", 1483228800LL * 1000000);
}

static void what_is_no_time_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "now",
        "2026-11-22",
        "2026-11-22T15:24",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2026-11-31T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T15:60:00Z",
        "2026-11-22T15:24:61Z",
        "2026-11-22T15:24:38.Z",
        "2026-11-22T15:24:38Zx",
        "2026-11-22T15:24:38+1",
        "2026-11-22T15:24:38+24:00",
        "26-11-22T15:24:38Z",
        "2026-11-22T15:24:38 ",
        "-026-11-22T15:24:38Z",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        int64_t us = 0;
        if (utc_parse(bad[i], &us) == 0)
            fail_msg("'%s' was taken as %lld", bad[i], (long long)us);
    }
}

static void times_are_written_with_milliseconds(void **state)
{
    (void)state;
    char text[UTC_TEXT_CAP];
    utc_format(1795361078123456LL, text);
    assert_string_equal(text, "2026-11-22T15:24:38.123Z");
    utc_format(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    utc_format(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
}

static void unknown_time_is_an_empty_text(void **state)
{
    (void)state;
    char text[UTC_TEXT_CAP] = "x";
    utc_format(UTC_UNKNOWN, text);
    assert_string_equal(text, "");
    utc_format(INT64_MAX, text);
    assert_true(strlen(text) < UTC_TEXT_CAP);
}

static void written_times_read_back(void **state)
{
    (void)state;
    for (int64_t us = -62135596800000000LL; us < 253402300799000000LL; us += 86412345678000LL) {
        char text[UTC_TEXT_CAP];
        int64_t back = 1;
        utc_format(us, text);
        assert_int_equal(utc_parse(text, &back), 0);
        assert_true(back == us - ((us % 1000 + 1000) % 1000));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_moments_are_read),
        cmocka_unit_test(fraction_zone_and_t_are_optional),
        cmocka_unit_test(what_is_no_time_is_refused),
        cmocka_unit_test(times_are_written_with_milliseconds),
        cmocka_unit_test(unknown_time_is_an_empty_text),
        cmocka_unit_test(written_times_read_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
