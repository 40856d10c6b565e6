/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <errno.h>
#include <stdbool.h>

#include "gsm/freq_list.h"
#include "gsm/octets.h"
#include "unit/gsm/hex.h"

/* The range forms, written from TS 44.018 10.5.2.13.3-6 and annex J.4 and sharing nothing with
 * the library: row r of widths tells how many W have how many bits. */
struct range_form {
    uint8_t first, first_mask; /* octet 1 in Cell Channel Description */
    int range;
    int n_w;
    int top_bits; /* of W1 */
};
static const struct range_form forms[] = {
    {0x80, 0xc8, 1024, 16, 10},
    {0x88, 0xce, 512, 17, 9},
    {0x8a, 0xce, 256, 21, 8},
    {0x8c, 0xce, 128, 28, 7},
};

static int smod(int n, int m)
{
    return ((n - 1) % m + m) % m + 1;
}

/* Annex J.4: climbs the tree of W from leaf k to the root. */
static int member_of(const int *w, int k, int range)
{
    int n = w[k];
    int power = 1;
    while (2 * power <= k) {
        power *= 2;
    }
    while (k > 1) {
        int offset = 0;
        if (2 * k < 3 * power) {
            k -= power / 2;
            offset = range / power;
        } else {
            k -= power;
        }
        n = smod(n + w[k] - offset, 2 * range / power - 1);
        power /= 2;
    }
    return n;
}

static void expect_range(const struct range_form *form, const uint8_t *data, bool *is_member)
{
    struct octets o;
    int w[32] = {0};
    int origin = 0;
    octets_init(&o, data, 16);
    if (form->range == 1024) {
        (void)octets_next(&o, 5);
        is_member[0] = octets_next(&o, 1) != 0;
    } else {
        (void)octets_next(&o, 7);
        origin = (int)octets_next(&o, 10);
        is_member[origin] = true;
    }
    int bits = form->top_bits;
    for (int k = 1; k <= form->n_w; k++) {
        w[k] = (int)octets_next(&o, (unsigned)bits);
        if ((k & (k + 1)) == 0) { /* 1, 3, 7, 15: a row of the tree is full */
            bits--;
        }
    }
    assert_false(o.over);
    for (int k = 1; k <= form->n_w; k++) {
        if (w[k] != 0) {
            is_member[(origin + member_of(w, k, form->range)) % 1024] = true;
        }
    }
}

static void assert_list_is(const struct si_freq_list *list, const bool *is_member)
{
    size_t n = 0;
    for (int i = 1; i <= 1024; i++) {
        if (is_member[i % 1024]) {
            assert_true(n < list->n);
            assert_int_equal(list->arfcn[n], i % 1024);
            n++;
        }
    }
    assert_int_equal(list->n, n);
}

static void every_range_form_agrees_with_annex_j(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int trial = 0; trial < 8000; trial++) {
        const struct range_form *form = &forms[trial % 4];
        uint8_t data[16];
        bool is_member[1024] = {false};
        struct si_freq_list list;
        hex_fill_random(&seed, data, sizeof(data));
        data[0] = (uint8_t)((data[0] & ~form->first_mask) | form->first);
        if (trial % 3 == 0) { /* short lists end in zeros */
            memset(data + 6, 0, 10);
        }
        expect_range(form, data, is_member);
        assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), 0);
        assert_int_equal(list.format, SI_FREQ_RANGE_1024 + trial % 4);
        assert_list_is(&list, is_member);
        /* as Neighbour Cell Description 2, bit 7 belongs to the multiband reporting */
        data[0] ^= 0x40;
        assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_NEIGHBOUR_2, &list), 0);
        assert_list_is(&list, is_member);
    }
}

static void the_plain_bit_map_counts_down_from_124(void **state)
{
    uint64_t seed = 3;
    (void)state;
    for (int trial = 0; trial < 500; trial++) {
        uint8_t data[16];
        bool is_member[1024] = {false};
        struct si_freq_list list;
        hex_fill_random(&seed, data, sizeof(data));
        data[0] &= 0x3f;
        struct octets o;
        octets_init(&o, data, 16);
        (void)octets_next(&o, 4);
        for (int number = 124; number >= 1; number--) {
            is_member[number] = octets_next(&o, 1) != 0;
        }
        assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), 0);
        assert_int_equal(list.format, SI_FREQ_BITMAP_0);
        assert_list_is(&list, is_member);
    }
}

static void the_variable_bit_map_counts_up_and_wraps(void **state)
{
    uint64_t seed = 5;
    (void)state;
    for (int trial = 0; trial < 500; trial++) {
        uint8_t data[16];
        bool is_member[1024] = {false};
        struct si_freq_list list;
        hex_fill_random(&seed, data, sizeof(data));
        data[0] = (uint8_t)((data[0] & 0x31) | 0x8e);
        struct octets o;
        octets_init(&o, data, 16);
        (void)octets_next(&o, 7);
        uint32_t origin = octets_next(&o, 10);
        is_member[origin] = true;
        for (uint32_t i = 1; i <= 111; i++) {
            is_member[(origin + i) % 1024] = octets_next(&o, 1) != 0;
        }
        assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), 0);
        assert_int_equal(list.format, SI_FREQ_BITMAP_VARIABLE);
        assert_list_is(&list, is_member);
    }
}

static void channel_0_comes_last(void **state)
{
    /* variable bit map from 1023: 1023, 0, 1 */
    uint8_t data[16] = {0x8f, 0xff, 0x80 | 0x60};
    struct si_freq_list list;
    (void)state;
    assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), 0);
    assert_int_equal(list.n, 3);
    assert_int_equal(list.arfcn[0], 1);
    assert_int_equal(list.arfcn[1], 1023);
    assert_int_equal(list.arfcn[2], 0);
    /* range 1024 with F0 and nothing else */
    uint8_t only_0[16] = {0x84};
    assert_int_equal(freq_list_parse(only_0, 16, FREQ_LIST_CELL, &list), 0);
    assert_int_equal(list.n, 1);
    assert_int_equal(list.arfcn[0], 0);
}

static void reserved_forms_and_short_lists_are_refused(void **state)
{
    uint8_t data[16] = {0x40};
    struct si_freq_list list;
    (void)state;
    assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), -EINVAL);
    assert_int_equal(list.format, SI_FREQ_RESERVED);
    assert_int_equal(list.n, 0);
    /* the same octet is a bit map in Neighbour Cell Description 2 */
    assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_NEIGHBOUR_2, &list), 0);
    assert_int_equal(list.format, SI_FREQ_BITMAP_0);
    data[0] = 0xc8;
    assert_int_equal(freq_list_parse(data, 16, FREQ_LIST_CELL, &list), -EINVAL);
    data[0] = 0x00;
    assert_int_equal(freq_list_parse(data, 15, FREQ_LIST_CELL, &list), -EINVAL);
    assert_int_equal(freq_list_parse(data, 0, FREQ_LIST_CELL, &list), -EINVAL);
    data[0] = 0x8e;
    assert_int_equal(freq_list_parse(data, 2, FREQ_LIST_CELL, &list), -EINVAL);
    assert_int_equal(freq_list_parse(data, 3, FREQ_LIST_CELL, &list), 0);
    assert_int_equal(list.n, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_range_form_agrees_with_annex_j),
        cmocka_unit_test(the_plain_bit_map_counts_down_from_124),
        cmocka_unit_test(the_variable_bit_map_counts_up_and_wraps),
        cmocka_unit_test(channel_0_comes_last),
        cmocka_unit_test(reserved_forms_and_short_lists_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
