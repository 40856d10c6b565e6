/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/si.h"

#include <string.h>

#include "gsm/freq_list.h"
#include "gsm/rest_octets.h"

#define DESCRIPTION_OCT 16

/* 10.5.2.4, 10.5.2.5: optional elements of SI4 */
#define IEI_CBCH_CHANNEL    0x64
#define IEI_CBCH_ALLOCATION 0x72

/* 10.5.2.29: | Max retrans 2 | Tx-integer 4 | CELL_BARR 1 | RE 1 |  AC15..AC8  |  AC7..AC0 | */
static void parse_rach(const uint8_t *data, struct si_rach *ret)
{
    static const uint8_t max_retrans[] = {1, 2, 4, 7};
    ret->max_retrans = max_retrans[data[0] >> 6];
    ret->tx_integer_code = data[0] >> 2 & 15;
    ret->cell_barred = (data[0] & 2) != 0;
    ret->reestablish_forbidden = (data[0] & 1) != 0;
    ret->access_control = (uint16_t)(data[1] << 8 | data[2]);
}

static char digit_text(unsigned digit, bool *valid)
{
    if (digit > 9) {
        *valid = false;
        return '?';
    }
    return (char)('0' + digit);
}

/* TS 24.008 10.5.1.3:  | MCC2 MCC1 | MNC3 MCC3 | MNC2 MNC1 | LAC | LAC | */
static void parse_lai(const uint8_t *data, struct si_lai *ret)
{
    ret->valid = true;
    ret->mcc[0] = digit_text(data[0] & 15, &ret->valid);
    ret->mcc[1] = digit_text(data[0] >> 4, &ret->valid);
    ret->mcc[2] = digit_text(data[1] & 15, &ret->valid);
    ret->mnc[0] = digit_text(data[2] & 15, &ret->valid);
    ret->mnc[1] = digit_text(data[2] >> 4, &ret->valid);
    if (data[1] >> 4 != 15) {
        ret->mnc[2] = digit_text(data[1] >> 4, &ret->valid);
    }
    ret->lac = (uint16_t)(data[3] << 8 | data[4]);
}

/* 10.5.2.4: | hysteresis 3 | MS_TXPWR_MAX_CCH 5 | ACS 1 | NECI 1 | RXLEV_ACCESS_MIN 6 | */
static void parse_selection(const uint8_t *data, struct si_cell_selection *ret)
{
    ret->reselect_hysteresis_db = (uint8_t)(2 * (data[0] >> 5));
    ret->ms_txpwr_max_cch = data[0] & 31;
    ret->acs = (data[1] & 0x80) != 0;
    ret->neci = (data[1] & 0x40) != 0;
    ret->rxlev_access_min = data[1] & 63;
}

static enum si_result parse_list(const uint8_t *l2, enum freq_list_kind kind,
                                 struct si_freq_list *ret)
{
    return freq_list_parse(l2 + 3, DESCRIPTION_OCT, kind, ret) == 0 ? SI_OK : SI_MALFORMED;
}

/* 9.1.31 */
static enum si_result parse_si1(const uint8_t *l2, struct si1 *ret)
{
    parse_rach(l2 + 19, &ret->rach);
    rest_octets_parse_si1(l2 + 22, 1, ret);
    return parse_list(l2, FREQ_LIST_CELL, &ret->cell_channel);
}

/* 9.1.32, 9.1.33 */
static enum si_result parse_si2(const uint8_t *l2, enum si_type type, struct si2 *ret)
{
    const uint8_t *after = l2 + 19;
    ret->ext_ind = (l2[3] & 0x20) != 0;
    ret->ba_ind = (l2[3] & 0x10) != 0;
    if (type == SI_2) {
        ret->ncc_permitted = *after++;
    }
    parse_rach(after, &ret->rach);
    return parse_list(l2, FREQ_LIST_CELL, &ret->neighbours);
}

/* 9.1.34; bits 7 and 6 are the multiband reporting, not part of the format (10.5.2.22a) */
static enum si_result parse_si2ter(const uint8_t *l2, struct si2ter *ret)
{
    ret->multiband_reporting = l2[3] >> 5 & 3;
    ret->ba_ind = (l2[3] & 0x10) != 0;
    return parse_list(l2, FREQ_LIST_NEIGHBOUR_2, &ret->neighbours);
}

/* 9.1.35 */
static void parse_si3(const uint8_t *l2, struct si3 *ret)
{
    ret->cell_identity = (uint16_t)(l2[3] << 8 | l2[4]);
    parse_lai(l2 + 5, &ret->lai);
    /* 10.5.2.11: | MSCR 1 | ATT 1 | BS_AG_BLKS_RES 3 | CCCH_CONF 3 |
     *            | SI22IND 1 | CBQ3 2 | spare 2 | BS_PA_MFRMS 3 |  T3212 8 | */
    ret->mscr = (l2[10] & 0x80) != 0;
    ret->attach_detach = (l2[10] & 0x40) != 0;
    ret->bs_ag_blks_res = l2[10] >> 3 & 7;
    ret->ccch_conf = l2[10] & 7;
    ret->si22_indicator = (l2[11] & 0x80) != 0;
    ret->cbq3 = l2[11] >> 5 & 3;
    ret->bs_pa_mfrms = (uint8_t)((l2[11] & 7) + 2);
    ret->t3212_decihours = l2[12];
    /* 10.5.2.3: | DN-IND 1 | PWRC 1 | DTX 2 | RADIO_LINK_TIMEOUT 4 | */
    ret->dn_ind = (l2[13] & 0x80) != 0;
    ret->pwrc = (l2[13] & 0x40) != 0;
    ret->dtx = l2[13] >> 4 & 3;
    ret->radio_link_timeout = (uint8_t)(4 * ((l2[13] & 15) + 1));
    parse_selection(l2 + 14, &ret->selection);
    parse_rach(l2 + 16, &ret->rach);
    rest_octets_parse_si3(l2 + 19, GSM_L2_OCT - 19, &ret->rest);
}

/* 10.5.2.5: | channel type and offset 5 | TN 3 | TSC 3 | H 1 | 00 | ARFCN 10 | */
static void parse_cbch(const uint8_t *data, struct si4 *ret)
{
    ret->cbch_present = true;
    ret->cbch_chan_type_tn = data[0];
    ret->cbch_tsc = data[1] >> 5;
    ret->cbch_hopping = (data[1] & 0x10) != 0;
    if (!ret->cbch_hopping) {
        ret->cbch_arfcn = (uint16_t)((data[1] & 3) << 8 | data[2]);
    }
}

/* 9.1.36. What looks like an element may be the rest octets: the pseudo length decides, unless it
 * is impossible. */
static enum si_result parse_si4(const uint8_t *l2, struct si4 *ret)
{
    size_t pos = 13;
    size_t end = (size_t)(l2[0] >> 2) + 1;
    if (end < pos || end > GSM_L2_OCT) {
        end = GSM_L2_OCT;
    }
    parse_lai(l2 + 3, &ret->lai);
    parse_selection(l2 + 8, &ret->selection);
    parse_rach(l2 + 10, &ret->rach);
    if (pos + 4 <= end && l2[pos] == IEI_CBCH_CHANNEL) {
        parse_cbch(l2 + pos + 1, ret);
        pos += 4;
    }
    if (pos + 2 <= end && l2[pos] == IEI_CBCH_ALLOCATION) {
        pos += 2u + l2[pos + 1];
    }
    if (pos > end) {
        return SI_MALFORMED;
    }
    rest_octets_parse_si4(l2 + pos, GSM_L2_OCT - pos, &ret->rest);
    return SI_OK;
}

enum si_result si_parse(const uint8_t *l2, size_t n_oct, struct si_message *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (n_oct < GSM_L2_OCT) {
        if (n_oct > 0) {
            memcpy(ret->l2, l2, n_oct);
        }
        return SI_SHORT;
    }
    memcpy(ret->l2, l2, GSM_L2_OCT);
    ret->type = si_type_of(l2, n_oct);
    switch (ret->type) {
    case SI_1:
        return parse_si1(l2, &ret->u.si1);
    case SI_2:
    case SI_2BIS:
        return parse_si2(l2, ret->type, &ret->u.si2);
    case SI_2TER:
        return parse_si2ter(l2, &ret->u.si2ter);
    case SI_2QUATER:
        rest_octets_parse_si2quater(l2 + 3, REST_OCTETS_SI2QUATER_OCT, &ret->u.si2quater);
        return SI_OK;
    case SI_3:
        parse_si3(l2, &ret->u.si3);
        return SI_OK;
    case SI_4:
        return parse_si4(l2, &ret->u.si4);
    case SI_13:
        rest_octets_parse_si13(l2 + 3, GSM_L2_OCT - 3, &ret->u.si13);
        return SI_OK;
    case SI_7:
    case SI_8:
    case SI_9:
    case SI_16:
    case SI_17:
        return SI_OK;
    case SI_UNKNOWN:
    case SI_TYPE_COUNT:
        break;
    }
    return l2[1] == 0x06 ? SI_OTHER_TYPE : SI_NOT_RR;
}

const char *si_result_name(enum si_result result)
{
    switch (result) {
    case SI_OK:
        return "ok";
    case SI_SHORT:
        return "short";
    case SI_NOT_RR:
        return "not RR";
    case SI_OTHER_TYPE:
        return "other type";
    case SI_MALFORMED:
        return "malformed";
    }
    return "?";
}
