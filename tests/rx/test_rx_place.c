/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A transmitter whose strongest path comes and goes: its bursts stand elsewhere from then on. */
#include "air.h"

/* The late path of the first second goes, the one six symbols before it comes: sooner than the
 * channel of a burst reaches. */
static void bursts_that_stand_elsewhere_are_followed(void **state)
{
    struct air a;
    struct heard h;
    (void)state;
    air_make(&a, AIR_FOUR "duration_s 2.5\ncenter 945.0MHz\n"
                          "cell A\narfcn 51\nbsic 26\nstart_fn 1234560\nesn0_db 15\n"
                          "delay_sym 206\noff_s 1\n"
                          "cell B\narfcn 51\nbsic 26\nstart_fn 1234560\nesn0_db 15\n"
                          "delay_sym 200\non_s 1\n");
    air_hear(&a, NULL, &h);
    struct score s = air_score(&a, &h, "B", "six symbols sooner from second 1 on");
    assert_int_equal(s.n_wrong, 0);
    assert_true(s.n_block > 50 && s.n_block - s.n_block_got <= 6);
    assert_int_equal(h.stats.n_transmitters, 1);
    heard_clear(&h);
    air_clear(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bursts_that_stand_elsewhere_are_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
