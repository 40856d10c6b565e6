/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <osmocom/coding/gsm0503_coding.h>

#include "dsp/training.h"
#include "gsm/sch.h"
#include "unit/gsm/recorded.h"
#include "unit/gsm/soft_bits.h"

/* TS 44.018 9.1.30, figure: octet 2 is BSIC and T1 (high), 3 T1 (middle), 4 T1 (low), T2, T3'
 * (high), and one bit more T3' (low). */
static void encode(uint32_t fn, int bsic, int8_t soft[GSM_BURST_BITS])
{
    uint32_t t1 = fn / (26 * 51), t2 = fn % 26, t3 = (fn % 51 - 1) / 10;
    const uint8_t info[4] = {(uint8_t)(bsic << 2 | (int)(t1 >> 9)), (uint8_t)(t1 >> 1),
                             (uint8_t)((t1 & 1) << 7 | t2 << 2 | t3 >> 1), (uint8_t)(t3 & 1)};
    uint8_t coded[78], bits[GSM_BURST_BITS] = {0};
    assert_int_equal(gsm0503_sch_encode(coded, info), 0);
    memcpy(bits + 3, coded, 39);
    memcpy(bits + 106, coded + 39, 39);
    soft_of_bits(bits, soft);
}

static void every_frame_number_and_bsic_comes_back(void **state)
{
    (void)state;
    for (uint32_t fn = 0; fn < GSM_HYPERFRAME; fn += 51 * 7) {
        for (uint32_t tenth = 0; tenth < 5; tenth++) {
            int8_t soft[GSM_BURST_BITS];
            struct sch_info info;
            uint32_t at = fn + 10 * tenth + 1;
            encode(at, (int)(at % 64), soft);
            assert_int_equal(sch_decode(soft, &info), SCH_OK);
            assert_int_equal(info.fn, at);
            assert_int_equal(info.bsic, at % 64);
            assert_int_equal(info.bit_errors, 0);
        }
    }
}

static void wrong_bits_are_mended_and_counted(void **state)
{
    int8_t soft[GSM_BURST_BITS];
    struct sch_info info;
    (void)state;
    encode(674996, 32, soft);
    for (int i = 0; i < 5; i++)
        soft[3 + 7 * i] = (int8_t)-soft[3 + 7 * i];
    assert_int_equal(sch_decode(soft, &info), SCH_OK);
    assert_int_equal(info.fn, 674996);
    assert_int_equal(info.bsic, 32);
    assert_int_equal(info.bit_errors, 5);
}

/* T2 has 5 bits for 0..25, T3' 3 bits for 0..4: the rest passes the CRC but is no frame number. */
static void an_impossible_frame_number_is_refused(void **state)
{
    static const uint8_t t2[] = {26, 31, 3, 3}, t3[] = {1, 1, 5, 7};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const uint8_t info[4] = {10 << 2, 7, (uint8_t)(t2[i] << 2 | t3[i] >> 1),
                                 (uint8_t)(t3[i] & 1)};
        uint8_t coded[78], bits[GSM_BURST_BITS] = {0};
        int8_t soft[GSM_BURST_BITS];
        struct sch_info ret;
        assert_int_equal(gsm0503_sch_encode(coded, info), 0);
        memcpy(bits + 3, coded, 39);
        memcpy(bits + 106, coded + 39, 39);
        soft_of_bits(bits, soft);
        assert_int_equal(sch_decode(soft, &ret), SCH_INSANE);
    }
}

/* What gsm/cell_rx.c stands on: of noise, one burst in a thousand passes the CRC, and none of those
 * looks clean. */
static void noise_that_passes_is_rare_and_dirty(void **state)
{
    uint64_t seed = 5;
    int n_ok = 0, least = 78;
    (void)state;
    for (int n = 0; n < 60000; n++) {
        int8_t soft[GSM_BURST_BITS];
        struct sch_info info;
        for (int i = 0; i < GSM_BURST_BITS; i++)
            soft[i] = (int8_t)(hex_random(&seed) % 255 - 127);
        if (sch_decode(soft, &info) != SCH_OK)
            continue;
        n_ok++;
        least = info.bit_errors < least ? info.bit_errors : least;
        assert_true(info.fn < GSM_HYPERFRAME && info.fn % 51 % 10 == 1);
        assert_true(info.bsic >= 0 && info.bsic < 64);
    }
    print_message("60000 bursts of noise: %d pass, with %d wrong bits and more\n", n_ok, least);
    assert_true(n_ok > 10 && n_ok < 100);
    assert_true(least > 6);
}

static void recorded_bursts_of_a_base_station(void **state)
{
    static const char *const name[] = {"legit-A", "legit-C", "pseudo-1", "combined"};
    char path[RECORDED_PATH_CAP], part[64], line[512];
    (void)state;
    for (size_t k = 0; k < 4; k++) {
        static uint32_t fn[8192];
        static int bsic[8192];
        size_t n = 0, n_found = 0;
        snprintf(part, sizeof(part), "realbts/%s.blocks.txt.xz", name[k]);
        if (!recorded_path(part, path))
            skip();
        FILE *f = recorded_open_xz(path);
        while (fgets(line, sizeof(line), f) && n < 8192)
            n += sscanf(line, "SCH %u %d", &fn[n], &bsic[n]) == 2;
        pclose(f);
        snprintf(part, sizeof(part), "realbts/%s.bursts.txt.xz", name[k]);
        assert_true(recorded_path(part, path));
        f = recorded_open_xz(path);
        while (fgets(line, sizeof(line), f)) {
            uint8_t bits[GSM_BURST_BITS];
            int8_t soft[GSM_BURST_BITS];
            unsigned at, tn;
            struct sch_info info;
            if (!soft_read_line(line, &at, &tn, bits) || tn != 0 || n_found == n ||
                at != fn[n_found])
                continue;
            soft_of_bits(bits, soft);
            assert_int_equal(sch_decode(soft, &info), SCH_OK);
            assert_int_equal(info.fn, at);
            assert_int_equal(info.bsic, bsic[n_found++]);
            assert_int_equal(info.bit_errors, 0);
        }
        pclose(f);
        assert_true(n_found > 1000 && n_found == n);
    }
}

/* What an SCH must say fits it where it does not decode; any other frame number does not. */
static void what_it_must_say_fits_it(void **state)
{
    uint64_t seed = 5;
    int n_fit = 0, n_other = 0;
    (void)state;
    for (uint32_t n = 0; n < 300; n++) {
        int8_t soft[GSM_BURST_BITS];
        uint32_t fn = (n * 9049u) / 51 * 51 % GSM_HYPERFRAME + 11;
        encode(fn, (int)(n % 64), soft);
        assert_true(sch_fit(soft, (int)(n % 64), fn) > 0.999);
        soft_add_noise(&seed, 0.25, soft);
        n_fit += sch_fit(soft, (int)(n % 64), fn) >= 0.5;
        n_other +=
            sch_fit(soft, (int)(n % 64) ^ 0x2a, (fn + 51 * 977 + 10) % GSM_HYPERFRAME) >= 0.5;
    }
    assert_in_range(n_fit, 240, 300); /* at -6 dB, where 3 in 100 decode */
    assert_in_range(n_other, 0, 3);
}

/* A soft bit of 0 is positive, as its symbol is. */
static void its_symbols_are_the_burst_that_was_sent(void **state)
{
    (void)state;
    for (uint32_t n = 0; n < 200; n++) {
        int8_t sym[GSM_BURST_BITS], soft[GSM_BURST_BITS];
        struct sch_info got;
        uint32_t fn = (n * 9049u) / 51 * 51 % GSM_HYPERFRAME + 21;
        sch_symbols((int)(n % 64), fn, sym);
        encode(fn, (int)(n % 64), soft);
        for (int i = 0; i < GSM_BURST_BITS; i++) {
            int8_t known = training_known(BURST_SYNC, 0)[i];
            assert_true(known ? sym[i] == known : sym[i] == (soft[i] > 0 ? 1 : -1));
            soft[i] = (int8_t)(127 * sym[i]);
        }
        assert_int_equal(sch_decode(soft, &got), SCH_OK);
        assert_true(got.fn == fn && got.bsic == (int)(n % 64) && got.bit_errors == 0);
    }
}

static void results_have_names(void **state)
{
    (void)state;
    assert_string_equal(sch_result_name(SCH_OK), "ok");
    assert_string_not_equal(sch_result_name(SCH_BAD_CRC), sch_result_name(SCH_INSANE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_number_and_bsic_comes_back),
        cmocka_unit_test(wrong_bits_are_mended_and_counted),
        cmocka_unit_test(an_impossible_frame_number_is_refused),
        cmocka_unit_test(noise_that_passes_is_rare_and_dirty),
        cmocka_unit_test(recorded_bursts_of_a_base_station),
        cmocka_unit_test(what_it_must_say_fits_it),
        cmocka_unit_test(its_symbols_are_the_burst_that_was_sent),
        cmocka_unit_test(results_have_names),
    };
    sch_warm_up();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
