/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include "gsm/octets.h"

static void fields_are_read_from_the_top_bit_across_octets(void **state)
{
    const uint8_t data[] = {0xa5, 0x0f, 0x12, 0x34, 0x56};
    struct octets o;
    (void)state;
    octets_init(&o, data, sizeof(data));
    assert_int_equal(octets_next(&o, 1), 1);
    assert_int_equal(octets_next(&o, 3), 2);
    assert_int_equal(octets_next(&o, 8), 0x50);
    assert_int_equal(octets_next(&o, 0), 0);
    assert_int_equal(octets_count(&o), 28);
    assert_int_equal(octets_next(&o, 28), 0xf123456);
    assert_int_equal(octets_count(&o), 0);
    assert_false(o.over);
    octets_init(&o, data, sizeof(data));
    assert_int_equal(octets_next(&o, 32), 0xa50f1234);
}

static void past_the_end_all_is_zero_and_stays_so(void **state)
{
    const uint8_t data[] = {0xff};
    struct octets o;
    (void)state;
    octets_init(&o, data, sizeof(data));
    assert_int_equal(octets_next(&o, 9), 0);
    assert_true(o.over);
    assert_int_equal(octets_count(&o), 0);
    assert_int_equal(octets_next(&o, 1), 0); /* though a bit was left before */
    assert_false(octets_next_high(&o));
    octets_init(&o, NULL, 0);
    assert_false(octets_next_high(&o));
    assert_false(o.over); /* L needs no octet */
    assert_int_equal(octets_next(&o, 1), 0);
    assert_true(o.over);
}

static void high_and_low_are_told_against_the_padding(void **state)
{
    const uint8_t data[] = {0x2b, 0xd4, 0x0b};
    struct octets o;
    (void)state;
    octets_init(&o, data, sizeof(data));
    for (int i = 0; i < 8; i++) {
        assert_false(octets_next_high(&o));
    }
    for (int i = 0; i < 8; i++) {
        assert_true(octets_next_high(&o));
    }
    assert_false(octets_next_high(&o));
    assert_false(octets_next_high(&o));
    assert_true(octets_next_high(&o)); /* 0 where the padding has 1 */
}

static void padding_is_known_from_any_bit_on(void **state)
{
    const uint8_t data[] = {0x00, 0x2b, 0x2b};
    struct octets o;
    (void)state;
    octets_init(&o, data, sizeof(data));
    assert_false(octets_rest_is_padding(&o));
    (void)octets_next(&o, 5);
    assert_false(octets_rest_is_padding(&o));
    (void)octets_next(&o, 3);
    assert_true(octets_rest_is_padding(&o));
    (void)octets_next(&o, 11);
    assert_true(octets_rest_is_padding(&o));
    assert_int_equal(octets_count(&o), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_read_from_the_top_bit_across_octets),
        cmocka_unit_test(past_the_end_all_is_zero_and_stays_so),
        cmocka_unit_test(high_and_low_are_told_against_the_padding),
        cmocka_unit_test(padding_is_known_from_any_bit_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
