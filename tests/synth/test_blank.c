/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two ways of taking identities out of a block, written apart, must agree: the program's
 * (gsm/paging.c) and the one that writes the truth. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "blank.h"
#include "gsm/paging.h"
#include "rng.h"
#include "traffic.h"

static struct paging_key key;

static void expect_agreement(const uint8_t *l2)
{
    uint8_t ours[GSM_L2_OCT], theirs[GSM_L2_OCT];
    memcpy(ours, l2, GSM_L2_OCT);
    memcpy(theirs, l2, GSM_L2_OCT);
    blank_identities(ours);
    paging_blank(theirs, &key, -1, NULL, NULL);
    if (memcmp(ours, theirs, GSM_L2_OCT) == 0)
        return;
    char text[3][2 * GSM_L2_OCT + 1];
    const uint8_t *const row[3] = {l2, ours, theirs};
    for (int k = 0; k < 3; k++)
        for (int i = 0; i < GSM_L2_OCT; i++)
            snprintf(text[k] + 2 * i, 3, "%02x", row[k][i]);
    fail_msg("sent    %s\ntruth   %s\nprogram %s", text[0], text[1], text[2]);
}

static void all_traffic_agrees(void **state)
{
    (void)state;
    static struct cell_config cell = {.bsic = 26, .arfcn = 50, .paging_repeats = 1};
    cell.paging_per_s = 30;
    cell.paging_imsi_share = 0.3;
    cell.assign_per_s = 8;
    cell.assign_packet_share = 0.5;
    cell.assign_ta_max = 20;
    cell.sdcch_timeslots = 2;
    cell.si.mcc = 999;
    cell.si.mnc_digits = 2;
    struct traffic t;
    traffic_init(&t, 21, &cell);
    for (int i = 0; i < 20000; i++) {
        uint8_t l2[GSM_L2_OCT];
        traffic_next(&t, i % 3 ? TRAFFIC_PCH : TRAFFIC_AGCH, &cell.si, 1000, 0.03 * i, l2);
        expect_agreement(l2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_traffic_agrees),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
