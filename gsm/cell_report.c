/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/cell_report.h"

#include <string.h>

/* The entry with these octets; a new one when there is room; NULL when there is none. */
static struct cell_si_seen *find_or_add(struct cell_report *rep, enum si_type type,
                                        const uint8_t *l2)
{
    for (uint32_t i = 0; i < rep->n_si; i++) {
        if (memcmp(rep->si[i].l2, l2, GSM_L2_OCT) == 0) {
            return &rep->si[i];
        }
    }
    if (rep->n_si >= CELL_REPORT_SI_CAP) {
        return NULL;
    }
    struct cell_si_seen *seen = &rep->si[rep->n_si++];
    memset(seen, 0, sizeof(*seen));
    seen->type = type;
    memcpy(seen->l2, l2, GSM_L2_OCT);
    return seen;
}

void cell_report_add_si(struct cell_report *rep, const uint8_t *l2, uint32_t fn, double at_s,
                        bool repaired)
{
    enum si_type type = si_type_of(l2, GSM_L2_OCT);
    if (type == SI_UNKNOWN) {
        return; /* BCCH Ext also carries paging and assignments */
    }
    struct cell_si_seen *seen = find_or_add(rep, type, l2);
    if (seen == NULL) {
        rep->n_si_lost++;
        return;
    }
    if (seen->n_clean + seen->n_repaired == 0) {
        seen->fn_first = fn;
        seen->first_s = at_s;
    }
    seen->fn_last = fn;
    seen->last_s = at_s;
    if (repaired) {
        seen->n_repaired++;
    } else {
        seen->n_clean++;
    }
    /* TS 45.002 6.3.1.3: TC = (FN div 51) mod 8 */
    seen->tc_mask |= (uint8_t)(1u << (fn / GSM_MULTIFRAME % 8));
}
