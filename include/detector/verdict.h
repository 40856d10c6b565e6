/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verdict - the detector's words for a cell and the value the log and the program print.
 *
 * thread plain values
 */
#ifndef DETECTOR_VERDICT_H
#define DETECTOR_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gsm/arfcn.h"
#include "gsm/cell_report.h"

enum verdict {
    VERDICT_UNJUDGED = 0, /* too few rules could be evaluated: never an all-clear */
    VERDICT_NORMAL,
    VERDICT_WATCH,
    VERDICT_SUSPICIOUS,
    VERDICT_PROBABLE,
    VERDICT_CRITICAL,
    VERDICT_COUNT
};
const char *verdict_name(enum verdict v);

#define FINDING_TEXT_CAP  400
#define FINDING_VALUE_CAP 160
#define FINDING_STAT_CAP  200
#define FINDINGS_CAP      64
#define RULES_CAP         96
#define RULE_ID_CAP       8

/* One rule that fired on one cell. */
struct finding {
    char rule[RULE_ID_CAP]; /* "AT-01" */
    int rule_version;
    double weight_db; /* before group caps */
    char observed[FINDING_VALUE_CAP];
    char expected[FINDING_VALUE_CAP];
    char statistics[FINDING_STAT_CAP]; /* how often an honest cell shows it, n, source */
    char text[FINDING_TEXT_CAP];       /* one sentence */
    double first_s, last_s;
    uint32_t fn_first, fn_last;
    uint32_t n_oct_messages; /* raw evidence: SI messages it rests on */
    uint8_t l2[4][GSM_L2_OCT];
};

/* A cell with its verdict: everything that a cell line, its findings and its alert print. */
struct judged_cell {
    uint64_t tx;
    struct arfcn channel;
    int bsic;
    bool has_lai, has_ci;
    char mcc[4], mnc[4];
    int lac, ci;
    double level_dbfs, level_dbm, snr_db;
    double offset_hz, offset_ppm_rel; /* NAN: not known */
    double offset_se_hz;
    double clock_ppm, clock_se_ppm, phase_error_deg, delay_spread_us;
    double taps_db[CELL_REPORT_TAPS];
    double first_s, last_s;
    bool fn_known;
    double fn_epoch_frames;
    uint32_t n_sch, n_blocks, n_blocks_failed;
    /* every distinct SI content, in order of type then first_s; borrowed until the table changes */
    const struct cell_si_seen *si;
    size_t n_si;
    /* judgement */
    enum verdict verdict;
    double score_db;
    char allowed[16]; /* "" or the kind of the allow-list entry */
    char allowed_note[256];
    int evaluable, rules_total;
    struct finding findings[FINDINGS_CAP];
    size_t n_findings;
    char not_evaluable[RULES_CAP][RULE_ID_CAP];
    const char *not_evaluable_reason[RULES_CAP]; /* borrowed like the cell, same order */
    size_t n_not_evaluable;
    char alert_text[3200]; /* one paragraph; "" when the verdict is below suspicious */
};

/* suspicious or worse, and not allowed */
bool judged_cell_flagged(const struct judged_cell *c);

/* "262-01-21014-6326/30/32": MCC-MNC-LAC-CI/ARFCN/BSIC, "?" for what is not known. */
#define CELL_KEY_CAP 64
void judged_cell_key(const struct judged_cell *c, char ret[CELL_KEY_CAP]);

#endif
