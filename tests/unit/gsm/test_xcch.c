/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <osmocom/coding/gsm0503_coding.h>

#include "dsp/training.h"
#include "gsm/mframe.h"
#include "gsm/xcch.h"
#include "unit/gsm/recorded.h"
#include "unit/gsm/soft_bits.h"

static void encode(const uint8_t l2[GSM_L2_OCT], int8_t soft[4][GSM_BURST_BITS])
{
    uint8_t coded[464], bits[GSM_BURST_BITS] = {0};
    assert_int_equal(gsm0503_xcch_encode(coded, l2), 0);
    for (int b = 0; b < 4; b++) {
        memcpy(bits + 3, coded + 116 * b, 58);
        memcpy(bits + 87, coded + 116 * b + 58, 58);
        soft_of_bits(bits, soft[b]);
    }
}

static void any_octets_come_back(void **state)
{
    uint64_t seed = 1;
    (void)state;
    for (int n = 0; n < 300; n++) {
        uint8_t l2[GSM_L2_OCT];
        int8_t soft[4][GSM_BURST_BITS];
        struct xcch_block block;
        hex_fill_random(&seed, l2, sizeof(l2));
        encode(l2, soft);
        assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block), XCCH_OK);
        assert_memory_equal(block.l2, l2, sizeof(l2));
        assert_int_equal(block.bit_errors, 0);
    }
}

/* A whole burst lost: a quarter of the bits, by the interleaver far apart. */
static void a_lost_burst_is_borne_and_wrong_bits_are_counted(void **state)
{
    uint64_t seed = 2;
    uint8_t l2[GSM_L2_OCT];
    int8_t soft[4][GSM_BURST_BITS];
    struct xcch_block block;
    (void)state;
    hex_fill_random(&seed, l2, sizeof(l2));
    encode(l2, soft);
    memset(soft[2], 0, sizeof(soft[2]));
    assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block), XCCH_OK);
    assert_memory_equal(block.l2, l2, sizeof(l2));
    encode(l2, soft);
    for (int i = 0; i < 20; i++)
        soft[i % 4][3 + 2 * i] = (int8_t)-soft[i % 4][3 + 2 * i];
    assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block), XCCH_OK);
    assert_memory_equal(block.l2, l2, sizeof(l2));
    assert_int_equal(block.bit_errors, 20);
}

/* Two-sided, at the Es/N0 where the code's limit is known: 8.6 % loss at 0 dB, 1 % at +1 dB, by an
 * ideal antipodal signal. */
static double loss_at(double es_n0_db, int n_blocks, uint64_t seed, bool list)
{
    int n_lost = 0;
    for (int n = 0; n < n_blocks; n++) {
        uint8_t l2[GSM_L2_OCT];
        int8_t soft[4][GSM_BURST_BITS];
        struct xcch_block block;
        struct xcch_coded coded;
        hex_fill_random(&seed, l2, sizeof(l2));
        encode(l2, soft);
        for (int b = 0; b < 4; b++)
            soft_add_noise(&seed, pow(10.0, es_n0_db / 10.0), soft[b]);
        enum xcch_result r = xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block);
        if (r != XCCH_OK && list) {
            xcch_coded_of((const int8_t(*)[GSM_BURST_BITS])soft, &coded);
            r = xcch_decode_list(&coded, XCCH_LIST, &block);
        }
        n_lost += r != XCCH_OK || memcmp(block.l2, l2, sizeof(l2)) != 0;
        assert_true(r != XCCH_OK || memcmp(block.l2, l2, sizeof(l2)) == 0);
    }
    return (double)n_lost / n_blocks;
}

static void losses_in_noise_are_those_of_the_code(void **state)
{
    (void)state;
    double at_0 = loss_at(0.0, 1500, 3, false), at_2 = loss_at(2.0, 500, 4, false);
    print_message("antipodal, 0 dB: %.4f lost; 2 dB: %.4f\n", at_0, at_2);
    assert_true(at_0 > 0.05 && at_0 < 0.13);
    assert_true(at_2 < 0.01);
}

static void the_list_saves_most_of_what_failed_and_nothing_wrong(void **state)
{
    (void)state;
    double plain = loss_at(-0.5, 300, 5, false), list = loss_at(-0.5, 300, 5, true);
    print_message("antipodal, -0.5 dB: %.4f lost, with the list %.4f\n", plain, list);
    assert_true(plain > 0.1);
    assert_true(list < 0.5 * plain);
}

static void noise_is_never_a_block(void **state)
{
    uint64_t seed = 6;
    (void)state;
    for (int n = 0; n < 300; n++) {
        int8_t soft[4][GSM_BURST_BITS];
        struct xcch_block block;
        struct xcch_coded coded;
        hex_fill_random(&seed, (uint8_t *)soft, sizeof(soft));
        assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block), XCCH_BAD_CRC);
        xcch_coded_of((const int8_t(*)[GSM_BURST_BITS])soft, &coded);
        assert_int_equal(xcch_decode_list(&coded, XCCH_LIST, &block), XCCH_BAD_CRC);
    }
}

/* Four transmissions at -5 dB: none reads alone, their sum does. */
static void sums_of_repeats_read_where_none_does_alone(void **state)
{
    uint64_t seed = 7;
    int n_alone = 0, n_sum = 0;
    (void)state;
    for (int n = 0; n < 50; n++) {
        uint8_t l2[GSM_L2_OCT];
        struct xcch_coded sum = {{0}}, one;
        struct xcch_block block;
        hex_fill_random(&seed, l2, sizeof(l2));
        for (int k = 0; k < 4; k++) {
            int8_t soft[4][GSM_BURST_BITS];
            encode(l2, soft);
            for (int b = 0; b < 4; b++)
                soft_add_noise(&seed, 0.316, soft[b]);
            n_alone += xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block) == XCCH_OK;
            xcch_coded_of((const int8_t(*)[GSM_BURST_BITS])soft, &one);
            xcch_coded_add(&sum, &one);
        }
        if (xcch_decode_list(&sum, 1, &block) == XCCH_OK) {
            assert_memory_equal(block.l2, l2, sizeof(l2));
            n_sum++;
        }
        assert_true(xcch_fit(&sum, l2) > 0.3);
        l2[5] ^= 0x5a;
        assert_true(xcch_fit(&sum, l2) < 0.9);
    }
    assert_int_equal(n_alone, 0);
    assert_true(n_sum > 40);
}

struct recorded_block {
    uint32_t fn;
    uint8_t l2[GSM_L2_OCT];
};

static size_t read_blocks(const char *path, struct recorded_block *ret, size_t cap)
{
    char line[256], class[16], hex[64];
    size_t n = 0;
    FILE *f = recorded_open_xz(path);
    while (fgets(line, sizeof(line), f) && n < cap) {
        if (sscanf(line, "L2 %u %15s %63s", &ret[n].fn, class, hex) != 3 ||
            (strcmp(class, "BCCH") != 0 && strcmp(class, "CCCH") != 0) || strlen(hex) != 46)
            continue;
        hex_block(hex, ret[n++].l2);
    }
    pclose(f);
    return n;
}

/* Bursts as a base station made them: its coder is not ours nor the one of these tests. */
static void recorded_blocks_of_a_base_station(void **state)
{
    static struct recorded_block block[8192];
    char path[RECORDED_PATH_CAP], line[512];
    int8_t soft[4][GSM_BURST_BITS];
    size_t i = 0, n_done = 0;
    unsigned fn, tn;
    (void)state;
    if (!recorded_path("realbts/legit-A.blocks.txt.xz", path))
        skip();
    size_t n = read_blocks(path, block, 8192);
    assert_true(n > 1000 && recorded_path("realbts/legit-A.bursts.txt.xz", path));
    FILE *f = recorded_open_xz(path);
    while (fgets(line, sizeof(line), f) && i < n) {
        uint8_t bits[GSM_BURST_BITS];
        struct xcch_block got;
        if (!soft_read_line(line, &fn, &tn, bits) || tn != 0)
            continue;
        while (i < n && mframe_distance(block[i].fn, fn) > 3)
            i++;
        int32_t burst = i < n ? mframe_distance(block[i].fn, fn) : -1;
        if (burst < 0)
            continue;
        soft_of_bits(bits, soft[burst]);
        if (burst < 3)
            continue;
        assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &got), XCCH_OK);
        assert_memory_equal(got.l2, block[i].l2, GSM_L2_OCT);
        assert_int_equal(got.bit_errors, 0);
        n_done++;
    }
    pclose(f);
    assert_true(n_done + 2 >= n);
}

static void its_symbols_are_the_bursts_that_were_sent(void **state)
{
    uint64_t seed = 7;
    (void)state;
    for (int n = 0; n < 100; n++) {
        uint8_t l2[GSM_L2_OCT];
        int8_t sym[4][GSM_BURST_BITS], soft[4][GSM_BURST_BITS];
        struct xcch_block block;
        hex_fill_random(&seed, l2, sizeof(l2));
        xcch_symbols(l2, n % 8, sym);
        for (int b = 0; b < 4; b++) {
            const int8_t *known = training_known(BURST_NORMAL, n % 8);
            for (int i = 0; i < GSM_BURST_BITS; i++) {
                assert_true(sym[b][i] == 1 || sym[b][i] == -1);
                assert_true(known[i] == 0 || sym[b][i] == known[i]);
                soft[b][i] = (int8_t)(127 * sym[b][i]);
            }
        }
        assert_int_equal(xcch_decode((const int8_t(*)[GSM_BURST_BITS])soft, &block), XCCH_OK);
        assert_memory_equal(block.l2, l2, sizeof(l2));
        assert_int_equal(block.bit_errors, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_octets_come_back),
        cmocka_unit_test(a_lost_burst_is_borne_and_wrong_bits_are_counted),
        cmocka_unit_test(losses_in_noise_are_those_of_the_code),
        cmocka_unit_test(the_list_saves_most_of_what_failed_and_nothing_wrong),
        cmocka_unit_test(noise_is_never_a_block),
        cmocka_unit_test(sums_of_repeats_read_where_none_does_alone),
        cmocka_unit_test(its_symbols_are_the_bursts_that_were_sent),
        cmocka_unit_test(recorded_blocks_of_a_base_station),
    };
    xcch_warm_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
