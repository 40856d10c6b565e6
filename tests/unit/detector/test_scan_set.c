/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/scan_set.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gsm_const.h"
#include "unit/gsm/hex.h"

#define SI1      "55061900000000000000000000000020000000a504002b"
#define SI2      "59061a00000000000000000000080808000000ffa50400"
#define SI2_PART "59061a20000000000000000000080808000000ffa50400" /* EXT-IND: SI2bis follows */
#define SI2BIS   "55060220000038000000000000000000000000a504002b"
#define SI2TER   "4906038f2c00200800000000000000000000002b2b2b2b"
#define SI3      "49061b000199f9070064c8030a156504a50400392b2b2b" /* announces nothing */
#define SI3_GPRS "49061b000199f9070064c8030a156504a504003c0b2b2b" /* SI13 on BCCH Norm */
#define SI3_TER  "49061b000199f9070064c8030a156504a504001c0b2b2b" /* SI2ter and SI13 */
#define SI3_EXT  "49061b000199f9070064c8030a156504a504001c4b2b2b" /* SI2ter, SI13 on BCCH Ext */
#define SI3_QUAT "49061b000199f9070064c8030a156504a504003c132b2b" /* SI2quater and SI13 */
#define SI4      "31061c99f90700646504a504002b2b2b2b2b2b2b2b2b2b"
#define SI13     "0106009000585a6fc9f14608411b2b2b2b2b2b2b2b2b2b"
/* index 0 of 0 */
#define SI2QUATER "050607400004870000b30514b8c4e5b552ec0b2b2b2b2b"
#define PAGING    "15062100"

static void add_at(struct scan_set *s, const char *text, uint32_t tc, uint32_t t3)
{
    uint8_t l2[GSM_L2_OCT];
    hex_block(text, l2);
    scan_set_add(s, l2, tc * GSM_MULTIFRAME + t3);
}

static void add(struct scan_set *s, const char *text, uint32_t tc)
{
    add_at(s, text, tc, 2);
}

/* SI1 to SI4 at their first turns, with this SI2 and SI3. */
static struct scan_set basic(const char *si2, const char *si3)
{
    struct scan_set s = {0};
    add(&s, SI1, 0);
    add(&s, si2, 1);
    add(&s, si3, 2);
    add(&s, SI4, 3);
    return s;
}

static void four_messages_are_all_of_a_cell_that_announces_no_more(void **state)
{
    (void)state;
    const char *const text[] = {SI1, SI2, SI3, SI4};
    for (uint32_t left_out = 0; left_out < 4; left_out++) {
        struct scan_set s = {0};
        for (uint32_t tc = 0; tc < 4; tc++)
            if (tc != left_out)
                add(&s, text[tc], tc);
        assert_false(scan_set_complete(&s));
        add(&s, text[left_out], left_out);
        assert_true(scan_set_complete(&s));
    }
}

static void a_cell_without_si1_is_complete_when_its_turn_was_heard(void **state)
{
    (void)state;
    struct scan_set s = {0};
    add(&s, SI2, 1);
    add(&s, SI3, 6);
    add(&s, SI4, 7);
    assert_false(scan_set_complete(&s));
    add(&s, SI2, 0);
    assert_true(scan_set_complete(&s));
}

static void what_si3_and_si2_announce_is_waited_for(void **state)
{
    (void)state;
    struct scan_set s = basic(SI2, SI3_GPRS);
    assert_false(scan_set_complete(&s));
    add(&s, SI13, 4);
    assert_true(scan_set_complete(&s));

    s = basic(SI2_PART, SI3);
    assert_false(scan_set_complete(&s));
    add(&s, SI2BIS, 5);
    assert_true(scan_set_complete(&s));

    s = basic(SI2, SI3_TER);
    add(&s, SI13, 4);
    assert_false(scan_set_complete(&s));
    add(&s, SI2TER, 5);
    assert_true(scan_set_complete(&s));

    s = basic(SI2, SI3_QUAT);
    add(&s, SI13, 4);
    assert_false(scan_set_complete(&s));
    add(&s, SI2QUATER, 5);
    assert_true(scan_set_complete(&s));
}

static void what_is_announced_on_bcch_ext_is_taken_from_there(void **state)
{
    (void)state;
    struct scan_set s = basic(SI2, SI3_EXT);
    add(&s, SI2TER, 5);
    assert_false(scan_set_complete(&s));
    add_at(&s, PAGING, 4, 6);
    assert_false(scan_set_complete(&s));
    add_at(&s, SI13, 0, 6);
    assert_true(scan_set_complete(&s));
}

static void every_turn_heard_is_complete_even_when_something_announced_never_comes(void **state)
{
    (void)state;
    struct scan_set s = basic(SI2, SI3_QUAT);
    add(&s, SI13, 4);
    add(&s, SI2, 5);
    add(&s, SI3_QUAT, 6);
    assert_false(scan_set_complete(&s));
    add(&s, SI4, 7);
    assert_true(scan_set_complete(&s));

    s = basic(SI2, SI3_EXT); /* also on BCCH Ext */
    for (uint32_t tc = 4; tc < 8; tc++)
        add(&s, SI2, tc);
    assert_false(scan_set_complete(&s));
    for (uint32_t tc = 0; tc < 8; tc++) {
        assert_false(scan_set_complete(&s));
        add_at(&s, PAGING, tc, 6);
    }
    assert_true(scan_set_complete(&s));
}

static void every_instance_of_si2quater_counts(void **state)
{
    (void)state;
    struct scan_set s = basic(SI2, SI3_QUAT);
    add(&s, SI13, 4);
    add(&s, SI2QUATER, 5);
    s.quater_count = 2; /* as its first instance would have said */
    assert_false(scan_set_complete(&s));
    s.quater |= 2;
    assert_false(scan_set_complete(&s));
    s.quater |= 4;
    assert_true(scan_set_complete(&s));
}

static void blocks_of_other_frames_say_nothing(void **state)
{
    (void)state;
    struct scan_set s = {0}, nothing = {0};
    add_at(&s, SI3, 0, 12);
    add_at(&s, SI3, 0, 3);
    assert_memory_equal(&s, &nothing, sizeof s);
}

static void the_wait_ends_with_the_block_of_the_last_missing_turn(void **state)
{
    (void)state;
    struct scan_set s = basic(SI2, SI3_GPRS); /* SI13 at TC 4 is missing */
    assert_true(scan_set_wait_s(&s, 4 * 51) > 5.9 * GSM_FRAME_S);
    assert_true(scan_set_wait_s(&s, 4 * 51) < 6.1 * GSM_FRAME_S);
    assert_true(scan_set_wait_s(&s, 4 * 51 + 2) > 3.9 * GSM_FRAME_S);
    /* its first burst is over: the next cycle */
    double next = scan_set_wait_s(&s, 4 * 51 + 3);
    assert_true(next > (GSM_SI_CYCLE + 2.9) * GSM_FRAME_S);
    assert_true(next < (GSM_SI_CYCLE + 3.1) * GSM_FRAME_S);
    /* SI3 comes twice a cycle */
    struct scan_set t = {0};
    add(&t, SI1, 0);
    add(&t, SI2, 1);
    add(&t, SI4, 3);
    assert_true(scan_set_wait_s(&t, 3 * 51) < (3 * 51 + 6.1) * GSM_FRAME_S);
    add(&t, SI3, 6);
    assert_true(scan_set_complete(&t));
    assert_true(scan_set_wait_s(&t, 0) <= 0.0);
    /* nothing known yet: SI1 to SI4 have all come after four turns */
    struct scan_set none = {0};
    assert_true(scan_set_wait_s(&none, 0) > (3 * 51 + 5.9) * GSM_FRAME_S);
    assert_true(scan_set_wait_s(&none, 0) < (3 * 51 + 6.1) * GSM_FRAME_S);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(four_messages_are_all_of_a_cell_that_announces_no_more),
        cmocka_unit_test(a_cell_without_si1_is_complete_when_its_turn_was_heard),
        cmocka_unit_test(what_si3_and_si2_announce_is_waited_for),
        cmocka_unit_test(what_is_announced_on_bcch_ext_is_taken_from_there),
        cmocka_unit_test(every_turn_heard_is_complete_even_when_something_announced_never_comes),
        cmocka_unit_test(every_instance_of_si2quater_counts),
        cmocka_unit_test(blocks_of_other_frames_say_nothing),
        cmocka_unit_test(the_wait_ends_with_the_block_of_the_last_missing_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
