/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <osmocom/coding/gsm0503_coding.h>

#include "gsm/si_combine.h"
#include "unit/gsm/hex.h"
#include "unit/gsm/soft_bits.h"

/* One transmission of l2 at Es/N0, as the coded bits of a block. */
static struct xcch_coded sent(const uint8_t l2[GSM_L2_OCT], double es_n0_db, uint64_t *seed)
{
    uint8_t coded[464], bits[GSM_BURST_BITS];
    int8_t soft[4][GSM_BURST_BITS];
    struct xcch_coded ret;
    assert_int_equal(gsm0503_xcch_encode(coded, l2), 0);
    for (int b = 0; b < 4; b++) {
        memset(bits, 0, sizeof(bits));
        memcpy(bits + 3, coded + 116 * b, 58);
        memcpy(bits + 87, coded + 116 * b + 58, 58);
        soft_of_bits(bits, soft[b]);
        soft_add_noise(seed, pow(10.0, es_n0_db / 10.0), soft[b]);
    }
    xcch_coded_of((const int8_t(*)[GSM_BURST_BITS])soft, &ret);
    return ret;
}

/* Frame number of TC 2 in SI cycle k, and of TC 6, its repeat. */
#define TC2(k) ((uint32_t)(408 * (k) + 2 * 51 + 2))
#define TC6(k) ((uint32_t)(408 * (k) + 6 * 51 + 2))

static void repeats_are_read_where_none_is_alone(void **state)
{
    uint64_t seed = 11;
    int sum_of_n = 0;
    (void)state;
    for (int run = 0; run < 10; run++) {
        struct si_combine *c = NULL;
        struct si_combined got;
        uint8_t l2[GSM_L2_OCT];
        bool ok = false;
        int k = 0;
        assert_int_equal(si_combine_create(&c), 0);
        hex_fill_random(&seed, l2, sizeof(l2));
        for (; k < 12 && !ok; k++) {
            struct xcch_coded coded = sent(l2, -5.0, &seed);
            ok = si_combine_push(c, k % 2 ? TC6(k / 2) : TC2(k / 2), &coded, &got);
        }
        assert_true(ok);
        assert_memory_equal(got.block.l2, l2, sizeof(l2));
        assert_in_range(got.n, 2, k);
        assert_int_equal(got.fn[got.n - 1], (k - 1) % 2 ? TC6((k - 1) / 2) : TC2((k - 1) / 2));
        for (int i = 1; i < got.n; i++)
            assert_true(got.fn[i - 1] < got.fn[i]);
        sum_of_n += got.n;
        si_combine_destroy(c);
    }
    /* the code needs about 0 dB: 5 dB are three to four transmissions */
    assert_in_range(sum_of_n, 20, 55);
}

/* Content that changes half way is never mixed into a third one, and the newest word counts: the
 * old content must not be given out for a transmission of the new. */
static void changed_content_is_not_mixed(void **state)
{
    uint64_t seed = 12;
    int n_new = 0;
    (void)state;
    for (int run = 0; run < 20; run++) {
        struct si_combine *c = NULL;
        struct si_combined got;
        uint8_t old_l2[GSM_L2_OCT], new_l2[GSM_L2_OCT];
        assert_int_equal(si_combine_create(&c), 0);
        hex_fill_random(&seed, old_l2, sizeof(old_l2));
        memcpy(new_l2, old_l2, sizeof(new_l2));
        new_l2[8] ^= 0x01; /* one bit of the LAC */
        for (int k = 0; k < 12; k++) {
            const uint8_t *on_air = k < 2 ? old_l2 : new_l2;
            struct xcch_coded coded = sent(on_air, -5.0, &seed);
            if (!si_combine_push(c, TC2(k), &coded, &got))
                continue;
            assert_memory_equal(got.block.l2, on_air, GSM_L2_OCT);
            n_new += k >= 2;
        }
        si_combine_destroy(c);
    }
    assert_true(n_new >= 20);
}

static void another_place_in_the_schedule_is_another_message(void **state)
{
    uint64_t seed = 13;
    struct si_combine *c = NULL;
    struct si_combined got;
    uint8_t l2[GSM_L2_OCT];
    (void)state;
    assert_int_equal(si_combine_create(&c), 0);
    hex_fill_random(&seed, l2, sizeof(l2));
    struct xcch_coded clean = sent(l2, 10.0, &seed);
    /* one at each TC that has no repeat within the cycle: nothing to add */
    for (int tc = 0; tc < 6; tc++)
        assert_false(si_combine_push(c, (uint32_t)(tc * 51 + 2), &clean, &got));
    assert_true(si_combine_push(c, 408 + 2, &clean, &got));
    assert_int_equal(got.n, 2);
    /* what decoded alone in between makes the kept ones useless */
    assert_false(si_combine_push(c, 2 * 408 + 2, &clean, &got));
    si_combine_clear(c, 3 * 408 + 2);
    assert_false(si_combine_push(c, 4 * 408 + 2, &clean, &got));
    si_combine_destroy(c);
}

static void noise_makes_no_message(void **state)
{
    uint64_t seed = 14;
    struct si_combine *c = NULL;
    struct si_combined got;
    (void)state;
    assert_int_equal(si_combine_create(&c), 0);
    for (int k = 0; k < 400; k++) {
        struct xcch_coded coded;
        uint8_t noise[GSM_XCCH_BITS];
        hex_fill_random(&seed, noise, sizeof(noise));
        for (int i = 0; i < GSM_XCCH_BITS; i++)
            coded.bit[i] = (int16_t)(noise[i] - 128);
        assert_false(si_combine_push(c, TC2(k), &coded, &got));
    }
    si_combine_destroy(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(repeats_are_read_where_none_is_alone),
        cmocka_unit_test(changed_content_is_not_mixed),
        cmocka_unit_test(another_place_in_the_schedule_is_another_message),
        cmocka_unit_test(noise_makes_no_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
