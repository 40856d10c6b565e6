/* SPDX-License-Identifier: GPL-3.0-or-later */
/* acquire - from an FCCH to the SCH behind it: BSIC, frame number, exact place.
 *
 * ref  3GPP TS 45.002 clause 7: the SCH follows the FCCH one frame later
 * cost about 60 us a try
 * thread one object, one thread
 */
#ifndef GSM_ACQUIRE_H
#define GSM_ACQUIRE_H

#include "dsp/fcch.h"
#include "gsm/arfcn.h"
#include "gsm/cell_rx.h"

struct channel {
    struct arfcn arfcn;
    double carrier_hz; /* nominal, absolute */
    double nominal_hz; /* offset from the centre at which it should appear */
};

enum acquire_result { ACQUIRE_NONE = 0, ACQUIRE_WAIT, ACQUIRE_FOUND };

struct acquire;

int acquire_create(struct acquire **ret, const struct cell_rx_config *cfg);
void acquire_destroy(struct acquire *a);
/* WAIT: the SCH is not in the history yet. */
enum acquire_result acquire_run(struct acquire *a, const struct fcch_hit *hit,
                                const struct channel *ch, struct cell_rx_found *ret);

#endif
