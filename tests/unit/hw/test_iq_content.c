/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first samples say about themselves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "hw/iq_source.h"

#define N 4096

static uint8_t octets[8 * N];

/* Something for I; Q as the case wants it. */
static void put(enum iq_format format, size_t k, int i, int q)
{
    size_t oct = iq_format_oct(format);
    int16_t word[2] = {(int16_t)(100 * i), (int16_t)(100 * q)};
    float value[2] = {0.01f * (float)i, 0.01f * (float)q};
    uint8_t *at = octets + k * oct;
    if (format == IQ_CF32) {
        memcpy(at, value, oct);
    } else if (format == IQ_CS16) {
        memcpy(at, word, oct);
    } else {
        int zero = format == IQ_CU8 ? 128 : 0;
        at[0] = (uint8_t)(i + zero);
        at[1] = (uint8_t)(q + zero);
    }
}

static void real_samples_are_told_from_complex_ones(void **state)
{
    static const enum iq_format format[] = {IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32};
    (void)state;
    for (size_t f = 0; f < 4; f++) {
        size_t n_oct = N * iq_format_oct(format[f]);
        for (int kind = 0; kind < 5; kind++) {
            for (size_t k = 0; k < N; k++) {
                int i = (int)(k * 37 % 101) - 50, q = (int)(k * 53 % 97) - 48;
                put(format[f], k,
                    kind == 1   ? 0
                    : kind == 4 ? 7
                                : i,
                    kind == 0   ? 0
                    : kind == 2 ? i
                    : kind == 4 ? 7
                                : q);
            }
            /* Q still, I still, both the same; not: both alive, both still */
            assert_int_equal(iq_content_is_real(octets, n_oct, format[f]), kind < 3);
        }
    }
}

static void one_sample_that_differs_is_enough(void **state)
{
    (void)state;
    for (size_t k = 0; k < N; k++)
        put(IQ_CS16, k, (int)(k % 50), 0);
    put(IQ_CS16, N - 1, 3, 1);
    assert_false(iq_content_is_real(octets, 4 * N, IQ_CS16));
    assert_true(iq_content_is_real(octets, 4 * (N - 1), IQ_CS16));
}

static void little_says_nothing(void **state)
{
    (void)state;
    memset(octets, 0, sizeof octets);
    assert_false(iq_content_is_real(octets, 0, IQ_CU8));
    assert_false(iq_content_is_real(octets, 100, IQ_CU8));
    assert_false(iq_content_is_real(octets, sizeof octets, IQ_FORMAT_UNKNOWN));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_samples_are_told_from_complex_ones),
        cmocka_unit_test(one_sample_that_differs_is_enough),
        cmocka_unit_test(little_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
