/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <stdlib.h>

#include "dsp/training.h"

/* The reason these sequences were chosen: the 16 symbols in the middle, against all 26, are
 * orthogonal to the 26 moved by up to five symbols. */
static void training_sequences_are_orthogonal_to_themselves_moved(void **state)
{
    (void)state;
    for (int tsc = 0; tsc < 8; tsc++) {
        const int8_t *t = training_known(BURST_NORMAL, tsc) + TRAINING_NORMAL_FIRST;
        for (int lag = -5; lag <= 5; lag++) {
            int sum = 0;
            for (int i = 5; i < 21; i++)
                sum += t[i] * t[i + lag];
            assert_int_equal(sum, lag == 0 ? 16 : 0);
        }
    }
}

/* The first five symbols come again at the end: that is what makes them orthogonal. */
static void training_sequences_are_cyclic(void **state)
{
    (void)state;
    for (int tsc = 0; tsc < 8; tsc++) {
        const int8_t *t = training_known(BURST_NORMAL, tsc) + TRAINING_NORMAL_FIRST;
        for (int i = 0; i < 10; i++)
            assert_int_equal(t[i], t[i + 16]);
    }
}

static void no_two_sequences_are_alike(void **state)
{
    (void)state;
    for (int a = 0; a < 8; a++) {
        for (int b = 0; b < a; b++) {
            int sum = 0;
            for (int i = 0; i < TRAINING_NORMAL_BITS; i++)
                sum += training_known(BURST_NORMAL, a)[TRAINING_NORMAL_FIRST + i] *
                       training_known(BURST_NORMAL, b)[TRAINING_NORMAL_FIRST + i];
            assert_true(abs(sum) <= 18);
        }
    }
}

/* TS 45.002 5.2.5: extended training sequence bits BN42..BN105, typed in again. */
static void the_synchronisation_sequence_is_that_of_the_standard(void **state)
{
    static const uint8_t bit[TRAINING_SYNC_BITS] = {
        1, 0, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1,
        0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0, 0,
        0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 1, 1, 0, 1, 1,
    };
    const int8_t *t = training_known(BURST_SYNC, 0) + TRAINING_SYNC_FIRST;
    (void)state;
    for (int i = 0; i < TRAINING_SYNC_BITS; i++)
        assert_int_equal(t[i], bit[i] ? -1 : 1);
}

static void tail_and_stealing_bits_are_known_and_data_are_not(void **state)
{
    (void)state;
    for (int tsc = 0; tsc < 8; tsc++) {
        const int8_t *t = training_known(BURST_NORMAL, tsc);
        int n = 0;
        for (int i = 0; i < GSM_BURST_BITS; i++)
            n += t[i] != 0;
        assert_int_equal(n, 3 + 1 + 26 + 1 + 3);
        for (int i = 0; i < 3; i++)
            assert_true(t[i] == 1 && t[145 + i] == 1);
        assert_true(t[60] == -1 && t[87] == -1);
        assert_true(t[59] == 0 && t[88] == 0 && t[3] == 0 && t[144] == 0);
    }
}

static void the_longest_run_is_known_throughout(void **state)
{
    static const enum burst_kind kind[] = {BURST_NORMAL, BURST_SYNC};
    (void)state;
    for (int k = 0; k < 2; k++) {
        const int8_t *t = training_known(kind[k], 3);
        int first = training_first(kind[k]), n = training_count(kind[k]);
        for (int i = first; i < first + n; i++)
            assert_int_not_equal(t[i], 0);
        assert_true(t[first - 1] == 0 && t[first + n] == 0);
    }
    assert_ptr_equal(training_known(BURST_SYNC, 0), training_known(BURST_SYNC, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_sequences_are_orthogonal_to_themselves_moved),
        cmocka_unit_test(training_sequences_are_cyclic),
        cmocka_unit_test(no_two_sequences_are_alike),
        cmocka_unit_test(the_synchronisation_sequence_is_that_of_the_standard),
        cmocka_unit_test(tail_and_stealing_bits_are_known_and_data_are_not),
        cmocka_unit_test(the_longest_run_is_known_throughout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
