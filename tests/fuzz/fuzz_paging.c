/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Blocks under blanking: the header stays, twice is as once, and what a request of type 2 or 3 or
 * a downlink assignment names is gone. */
#include <assert.h>
#include <string.h>

#include "gsm/paging.h"

static void check_gone(const uint8_t *l2)
{
    static const uint8_t zeros[16];
    if (l2[1] != 0x06) {
        return;
    }
    if (l2[2] == 0x22) {
        assert(memcmp(l2 + 4, zeros, 8) == 0);
    } else if (l2[2] == 0x24) {
        assert(memcmp(l2 + 4, zeros, 16) == 0);
    } else if (l2[2] == 0x21 && l2[4] > 1) {
        assert(memcmp(l2 + 6, zeros, l2[4] - 2u) == 0);
    } else if (l2[2] == 0x3f && l2[11] == 0 && l2[0] >> 2 == 11 && l2[12] >> 4 == 0xd) {
        assert((l2[12] & 15) == 0 && memcmp(l2 + 13, zeros, 3) == 0 && l2[16] >> 4 == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct paging_key key = {{1, 2, 3}, 5};
    static struct paging_tally paging, paging_sum;
    static struct assign_tally assign, assign_sum;
    memset(&paging, 0, sizeof(paging));
    memset(&assign, 0, sizeof(assign));
    for (; size >= GSM_L2_OCT; size -= GSM_L2_OCT, data += GSM_L2_OCT) {
        uint8_t once[GSM_L2_OCT], twice[GSM_L2_OCT];
        memcpy(once, data, sizeof(once));
        paging_blank(once, &key, data[3] % 3 - 1, &paging, &assign);
        assert(memcmp(once, data, 3) == 0);
        check_gone(once);
        memcpy(twice, once, sizeof(twice));
        paging_blank(twice, &key, -1, NULL, NULL);
        assert(memcmp(once, twice, sizeof(once)) == 0);
    }
    assert(paging.n_empty_requests <= paging.n_requests && paging.n_requests <= paging.n_blocks);
    assert(assign.n_location_update <= assign.n_request_reference);
    paging_tally_add(&paging_sum, &paging);
    assign_tally_add(&assign_sum, &assign);
    return 0;
}
