/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsm_event - one decoded SCH or block, as `--blocks` prints it.
 *
 * thread plain value; octets are blanked (gsm/paging.h)
 */
#ifndef GSM_GSM_EVENT_H
#define GSM_GSM_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "gsm/arfcn.h"
#include "gsm_const.h"

/* Transmissions that one combined block may have been made of. */
#define GSM_EVENT_FNS 32

enum gsm_event_kind { GSM_EVENT_SCH, GSM_EVENT_BCCH, GSM_EVENT_CCCH };

struct gsm_event {
    enum gsm_event_kind kind;
    struct arfcn channel;
    int bsic;    /* -1: not known (GSMTAP) */
    uint32_t fn; /* of the (first) burst */
    double samp; /* start of bit 0 of that burst, in samples of the input */
    double offset_hz;
    double snr_db;
    bool assumed; /* SCH: did not decode by itself */
    uint8_t l2[GSM_L2_OCT];
    int bit_errors; /* of 456; -1: not known */
    int combined;   /* transmissions added before decoding; 1: none but this */
    uint32_t
        fns[GSM_EVENT_FNS]; /* their frame numbers when combined > 1, ascending; fn is the last */
    bool repaired;
};

/* "BCCH", "CCCH"; "SCH" for an SCH. */
const char *gsm_event_channel_name(enum gsm_event_kind kind);

/* Order of output: by sample, band, ARFCN, kind. Like strcmp. */
int gsm_event_compare(const struct gsm_event *a, const struct gsm_event *b);

#endif
