/* SPDX-License-Identifier: GPL-3.0-or-later */
/* detector - cell reports in, judged cells out: cell table, rules and score behind one door.
 *
 * in   cell_report values in time order; known-cell and local databases
 * out  judged_cell values ordered by band, ARFCN, BSIC, first_s
 * ref  docs/rules.md; TS 45.008 6.4 for C1/C2
 * cost a judgement of 100 cells is below 10 ms
 * thread one object, one thread
 */
#ifndef DETECTOR_DETECTOR_H
#define DETECTOR_DETECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "detector/known_cells.h"
#include "detector/local_db.h"
#include "detector/verdict.h"
#include "gsm/cell_report.h"

struct detector_config {
    struct known_cells *known; /* NULL: judge without it */
    struct local_db *local;    /* NULL: no decisions yet */
    int64_t start_utc_us;      /* of second 0 of signal; UTC_UNKNOWN */
    bool from_gsmtap;          /* no IQ: RF rules are not evaluable */
};

struct detector;

int detector_create(struct detector **ret, const struct detector_config *cfg);
void detector_destroy(struct detector *d);
/* Merges a report into its cell. 0 or -ENOMEM. */
int detector_push(struct detector *d, const struct cell_report *report);
/* Judges every cell on all that was pushed. Returns the number of cells; *ret is borrowed until
 * the next push, judge or destroy. */
size_t detector_judge(struct detector *d, const struct judged_cell **ret);
/* After a judgement: stated minus true centre frequency as far as carriers, clocks and lists show
 * it; 0: no doubt. *ret_sure: listed cells were among them; else it may as well be a multiple of
 * 200 kHz more or less. Where channel numbers are not believed, the rules that ask them are not
 * evaluable. */
double detector_center_error_hz(const struct detector *d, bool *ret_sure);
/* Hash of the rule table: ids, versions, weights, caps, thresholds. */
void detector_rules_digest(uint8_t ret[DIGEST_OCT]);
/* The rules, for documentation and `not evaluable` explanations: id, version, title, needs. */
size_t detector_rule_count(void);
const char *detector_rule_id(size_t i);
const char *detector_rule_title(size_t i);

#endif
