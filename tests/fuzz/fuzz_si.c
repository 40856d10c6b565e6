/* SPDX-License-Identifier: GPL-3.0-or-later */
/* System information of any length; every list and text must keep its promises. */
#include <assert.h>
#include <string.h>

#include "gsm/rest_octets.h"
#include "gsm/si.h"

static void check_list(const struct si_freq_list *list)
{
    assert(list->n <= SI_FREQ_CAP);
    for (int i = 0; i < list->n; i++) {
        assert(list->arfcn[i] < 1024);
        assert(i == 0 || list->arfcn[i] > list->arfcn[i - 1] || list->arfcn[i] == 0);
    }
}

static void check_lai(const struct si_lai *lai)
{
    assert(strlen(lai->mcc) == 3);
    assert(strlen(lai->mnc) == 2 || strlen(lai->mnc) == 3);
    assert(lai->valid == (strchr(lai->mcc, '?') == NULL && strchr(lai->mnc, '?') == NULL));
}

static void check_si2quater(const struct si2quater *si)
{
    assert(si->n_earfcn <= SI_EARFCN_CAP);
    assert(si->n_uarfcn_fdd <= SI_UARFCN_CAP);
    assert(si->n_uarfcn_tdd <= SI_UARFCN_CAP);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct si_message m;
    struct si_rest_3_4 rest;
    struct si13 si13;
    struct si2quater si2quater;
    enum si_result result = si_parse(data, size, &m);
    assert(size >= GSM_L2_OCT || result == SI_SHORT);
    assert(strcmp(si_result_name(result), "?") != 0);
    if (m.type == SI_1) {
        check_list(&m.u.si1.cell_channel);
    } else if (m.type == SI_2 || m.type == SI_2BIS) {
        check_list(&m.u.si2.neighbours);
    } else if (m.type == SI_2TER) {
        check_list(&m.u.si2ter.neighbours);
    } else if (m.type == SI_3) {
        check_lai(&m.u.si3.lai);
    } else if (m.type == SI_4) {
        check_lai(&m.u.si4.lai);
    }
    rest_octets_parse_si3(data, size, &rest);
    rest_octets_parse_si4(data, size, &rest);
    rest_octets_parse_si13(data, size, &si13);
    rest_octets_parse_si2quater(data, size, &si2quater);
    check_si2quater(&si2quater);
    return 0;
}
