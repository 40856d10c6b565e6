/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Frequency lists of any form and length: ascending, 0 last, none above 1023. */
#include <assert.h>

#include "gsm/freq_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum freq_list_kind kinds[] = {FREQ_LIST_CELL, FREQ_LIST_NEIGHBOUR_2};
    for (int k = 0; k < 2; k++) {
        struct si_freq_list list;
        int rc = freq_list_parse(data, size, kinds[k], &list);
        assert(rc == 0 || list.n == 0);
        assert((rc == 0) == (list.format != SI_FREQ_RESERVED));
        assert(list.n <= SI_FREQ_CAP);
        for (int i = 0; i < list.n; i++) {
            assert(list.arfcn[i] < 1024);
            assert(i == 0 || list.arfcn[i] > list.arfcn[i - 1] ||
                   (list.arfcn[i] == 0 && i == list.n - 1));
        }
    }
    return 0;
}
