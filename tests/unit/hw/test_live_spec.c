/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "hw/live_spec.h"

static char err[400];

static struct live_spec parsed(const char *text)
{
    struct live_spec s;
    if (live_spec_parse(text, &s, err, sizeof err) != 0)
        fail_msg("'%s': %s", text, err);
    return s;
}

static void every_form_has_its_parts(void **state)
{
    (void)state;
    struct live_spec s = parsed("rtlsdr");
    assert_int_equal(s.kind, LIVE_RTLSDR);
    assert_int_equal(s.index, -1);
    assert_string_equal(s.serial, "");
    assert_int_equal(parsed("rtlsdr:3").index, 3);
    s = parsed("rtlsdr:serial=a b:c");
    assert_string_equal(s.serial, "a b:c");
    s = parsed("rtl_tcp:box.example:7373");
    assert_int_equal(s.kind, LIVE_RTLTCP);
    assert_string_equal(s.host, "box.example");
    assert_string_equal(s.port, "7373");
    assert_false(s.v4);
    s = parsed("rtl_tcp:10.0.0.7,v4");
    assert_string_equal(s.port, "1234");
    assert_true(s.v4);
    s = parsed("rtl_tcp:[::1]:99");
    assert_string_equal(s.host, "::1");
    assert_string_equal(s.port, "99");
    assert_string_equal(parsed("rtl_tcp:[fe80::1]").port, "1234");
    s = parsed("file:/a/b:c,v4");
    assert_int_equal(s.kind, LIVE_FILE);
    assert_string_equal(s.path, "/a/b:c,v4");
}

static void what_is_none_is_refused_with_the_forms(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "rtlsdr:",
        "rtlsdr:x",
        "rtlsdr:-1",
        "rtlsdr:256",
        "rtlsdr0",
        "rtlsdr:serial=",
        "rtl_tcp",
        "rtl_tcp:",
        "rtl_tcp::1234",
        "rtl_tcp:h:",
        "rtl_tcp:h:0",
        "rtl_tcp:h:65536",
        "rtl_tcp:h:12x",
        "rtl_tcp:h:1,v3",
        "rtl_tcp:[::1",
        "rtl_tcp:[::1]x",
        "rtl_tcp:[]:1",
        "rtl_tcp:::1:1234",
        "file",
        "file:",
        "hackrf",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct live_spec s;
        err[0] = '\0';
        if (live_spec_parse(bad[i], &s, err, sizeof err) != -EINVAL)
            fail_msg("'%s' was taken", bad[i]);
        assert_non_null(strstr(err, "write rtlsdr"));
    }
    char longest[700] = "rtlsdr:serial=";
    memset(longest + 14, 'x', 600);
    struct live_spec s;
    assert_int_equal(live_spec_parse(longest, &s, err, sizeof err), -EINVAL);
    memcpy(longest, "rtl_tcp:xxxxxx", 14);
    assert_int_equal(live_spec_parse(longest, &s, err, sizeof err), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_has_its_parts),
        cmocka_unit_test(what_is_none_is_refused_with_the_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
