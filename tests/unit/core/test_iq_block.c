/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/iq_block.h"

static void sizes_are_of_one_complex_sample(void **state)
{
    (void)state;
    assert_int_equal(iq_format_oct(IQ_CU8), 2);
    assert_int_equal(iq_format_oct(IQ_CS8), 2);
    assert_int_equal(iq_format_oct(IQ_CS16), 4);
    assert_int_equal(iq_format_oct(IQ_CF32), 8);
    assert_int_equal(iq_format_oct(IQ_FORMAT_UNKNOWN), 0);
    assert_int_equal(iq_format_oct((enum iq_format)77), 0);
}

static void names_lead_back_to_their_format(void **state)
{
    (void)state;
    for (int f = IQ_CU8; f <= IQ_CF32; f++)
        assert_int_equal(iq_format_find(iq_format_name((enum iq_format)f)), f);
    assert_int_equal(iq_format_find("CU8"), IQ_CU8);
    assert_int_equal(iq_format_find("unknown"), IQ_FORMAT_UNKNOWN);
    assert_int_equal(iq_format_find(""), IQ_FORMAT_UNKNOWN);
    assert_string_equal(iq_format_name((enum iq_format)77), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_of_one_complex_sample),
        cmocka_unit_test(names_lead_back_to_their_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
