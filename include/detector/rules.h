/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rules - the table of rules: what each needs, what it asks, what a hit weighs and why.
 *
 * in   all cells heard, each with what the databases say about it (plain values, no SQLite here)
 * out  per cell and rule: passed, fired with a finding, or not evaluable with the reason
 * ref  docs/rules.md; 3GPP TS 44.018 9.1 and 10.5.2, TS 45.008 6.4, TS 24.008 10.5.1.3
 * cost below 20 us per cell and rule with 100 cells
 * thread pure functions on values
 */
#ifndef DETECTOR_RULES_H
#define DETECTOR_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "detector/cell_table.h"
#include "detector/known_cells.h"
#include "detector/local_db.h"
#include "detector/verdict.h"
#include "gsm/si.h"

#define RULE_KNOWN_CELL_CAP 8
#define RULE_ALLOCATION_CAP 32
#define RULE_REASON_CAP     160
#define RULE_WEIGHT_CAP     4
#define RULE_PROFILE_CAP    22

/* Content that a rule may rest on was received this often, without repair, octet for octet. */
#define RULE_SI_MIN_CLEAN 2
/* SI3 against SI4: one more, so that an update between the two is over. */
#define RULE_SI02_MIN_CLEAN 3
/* AT-01: largest positive offset of an honest cell in the reference scans was 12 dB; hierarchical
 * micro cells are known to use up to 30. */
#define RULE_CRO_LOW_DB  30
#define RULE_CRO_HIGH_DB 40
/* AT-02, in units of 6 minutes: operators of the reference scans use 10 to 120. */
#define RULE_T3212_SHORT_DECIHOURS 1
/* Cells of the same network that a comparison needs. */
#define RULE_PEERS_MIN           3
#define RULE_PEERS_CONFIRMED_MIN 2
#define RULE_PEERS_UNKNOWN_MIN   5
#define RULE_LISTERS_MANY        8
/* SI-01: a value is unusual below this share, where the peers agree by at least the other. */
#define RULE_PROFILE_RARE_RATIO  0.05
#define RULE_PROFILE_AGREE_RATIO 0.80
/* ID-05: both transmitters were alive within this time. */
#define RULE_ALIVE_WITHIN_S 600.0
/* LA-02: two identities that alternate faster are two transmitters mixed, not a change; and a new
 * identity must have lasted more than one SI cycle (1.883 s). */
#define RULE_LAC_MIXED_S 10.0
#define RULE_LAC_LAST_S  1.9
/* From this many cells heard and this share of them: the network changes, not a cell. */
#define RULE_GUARD_CELLS_MIN 5
#define RULE_GUARD_RATIO     0.30
/* PG-01 */
#define RULE_PAGING_MIN_S       60.0
#define RULE_PAGING_WINDOW_S    20.0 /* heard of a window of CELL_PAGING_WINDOW_S */
#define RULE_PAGING_OK_RATIO    0.90
#define RULE_PAGING_EXPECTED    10.0 /* identities in a window: below, silence says nothing */
#define RULE_PAGING_SHARE_RATIO 0.05 /* of what the siblings page */
/* PG-02: cells of one location area page the same identities. */
#define RULE_TAGS_MIN    20   /* of each of two cells, among which to look for equal ones */
#define RULE_TAGS_ALIKE  0.30 /* share of equal ones from which two cells page alike */
#define RULE_TAGS_UNLIKE 0.10 /* and below which they do not */
/* AG-01: in all and in either half of the time. */
#define RULE_CHURN_MIN        30
#define RULE_CHURN_HALF_MIN   10
#define RULE_CHURN_RATIO      0.80
#define RULE_CHURN_BUSY_RATIO 0.50 /* of a sibling: then the whole area registers */
/* LA-03 */
#define RULE_CYCLE_AREAS 3
#define RULE_CYCLE_S     3600.0
#define RULE_CYCLE_MIN_S 600.0 /* heard this long before it counts as not seen */
/* FP-01, in ppm of the carrier: TS 45.010 5.1 allows a base station 0.05, 0.1 a pico cell. */
#define RULE_CARRIER_SE_PPM      0.05 /* standard error of what is compared */
#define RULE_CARRIER_LOW_PPM     0.20
#define RULE_CARRIER_HIGH_PPM    0.50
#define RULE_CARRIER_SPREAD_PPM  0.06 /* median deviation of the others among themselves */
#define RULE_CARRIER_SCH_MIN     20
#define RULE_CARRIER_PEERS       3
#define RULE_CARRIER_HEARD_RATIO 0.70 /* of the time from first to last, so in one tuning */
/* TM-01, TM-03 */
#define RULE_CLOCK_FRAMES 100.0
#define RULE_CLOCK_GAP_S  10.0
#define RULE_CLOCK_BOTH_S 2.0  /* both heard this long at one time */
#define RULE_CLOCK_MIN_S  60.0 /* heard this long before it counts as not seen */
/* EN-01: one carrier offset for two networks. */
#define RULE_TWIN_PPM     0.02
#define RULE_TWIN_BOTH_S  2.0
#define RULE_TWIN_APART_S 30.0 /* from one measurement to the other */
#define RULE_TWIN_FRAMES  0.1  /* clocks of one box; plus what the receiver's crystal drifts */

/* What the databases say about one cell; zero value: no database at all. */
struct rule_known {
    bool has_known;
    struct known_network network;
    struct known_cell cell[RULE_KNOWN_CELL_CAP]; /* this CGI, valid now, best source first */
    size_t n_cell;
    int lac_listed; /* 1, 0, or -1 when nobody was asked */
    struct known_allocation allocation[RULE_ALLOCATION_CAP];
    size_t n_allocation;
    bool allowed;
    struct local_allow allow;
};

/* One cell as the rules see it: only content that was received RULE_SI_MIN_CLEAN times. */
struct rule_cell {
    const struct cell_state *state;
    struct rule_known known;
    double carrier_ppm;    /* against the others heard in the same tuning; NAN: see FP-01 */
    double carrier_se_ppm; /* of the own offset */
    size_t n_carrier_peers;
    bool carrier_peers_confirmed; /* all of them stand in operators' lists */
    bool has_lai, has_ci;
    char mcc[4], mnc[4];
    uint64_t network; /* mcc and mnc as one number, for comparing; 0 without them */
    int lac, ci;
    bool repeats_cgi; /* an earlier cell of the scene has this CGI, too: rules_prepare() */
    const struct cell_si_seen *seen[SI_TYPE_COUNT]; /* NULL: not received, or not often enough */
    struct si_message si[SI_TYPE_COUNT];            /* valid where seen */
    uint16_t ba[3 * SI_FREQ_CAP]; /* SI2, 2bis and 2ter together without the own C0, ascending */
    size_t n_ba;
    bool ba_has_own;               /* the own C0 was among them */
    bool ba_complete;              /* every part that the cell announces was received */
    int profile[RULE_PROFILE_CAP]; /* -1: not known */
    /* Why channel numbers are not believed, the same sentence for all cells; NULL: they are. */
    const char *channel_doubt;
};

struct rule_context {
    const struct rule_cell *cells;
    size_t n;
    size_t i; /* the cell that is judged */
};

enum rule_outcome { RULE_PASSED = 0, RULE_FIRED, RULE_NOT_EVALUABLE };

struct rule_result {
    enum rule_outcome outcome;
    size_t weight;      /* which weight of the row a hit has */
    const char *reason; /* not evaluable: why, a constant sentence */
    struct finding finding;
};

struct rule_weight {
    double weight_db;
    const char *when;       /* what was seen */
    const char *statistics; /* how often an honest cell shows it, n, source */
};

struct rule_row {
    char id[RULE_ID_CAP]; /* "AT-01": group before the hyphen */
    int version;
    const char *title;
    const char *needs;
    const char *innocent; /* what else could explain a hit */
    void (*run)(const struct rule_context *ctx, struct rule_result *ret);
    struct rule_weight weight[RULE_WEIGHT_CAP];
};

size_t rules_count(void);
const struct rule_row *rules_get(size_t i);
/* Fills the view of one cell; known is copied. */
void rule_cell_init(struct rule_cell *ret, const struct cell_state *state,
                    const struct rule_known *known);
/* Fills what a cell's view says about the others; after rule_cell_init() of all, before a run. */
void rules_prepare(struct rule_cell *cells, size_t n);
/* Runs one rule on one cell and completes the finding from the row. */
void rules_run(size_t i_rule, const struct rule_context *ctx, struct rule_result *ret);
const char *rule_outcome_name(enum rule_outcome outcome);

/* What rules share. */
const struct rule_cell *rule_own(const struct rule_context *ctx);
bool rule_same_network(const struct rule_cell *a, const struct rule_cell *b);
bool rule_same_cgi(const struct rule_cell *a, const struct rule_cell *b);
/* The operator's own list names the CGI and does not contradict ARFCN or BSIC. */
bool rule_is_confirmed(const struct rule_cell *c);
/* Does the known cell allow this ARFCN and BSIC? What either side does not say, agrees. */
bool rule_channel_agrees(const struct known_cell *k, const struct cell_state *s);
/* P900, E900 and R900 count as one: their numbers are unique. */
bool rule_same_band(enum arfcn_band a, enum arfcn_band b);
/* Cell reselect offset with its sign, TS 45.008 6.4: penalty time 31 makes it negative. */
int rule_effective_cro_db(const struct si_selection_rest *s);

void rule_pass(struct rule_result *ret);
void rule_skip(struct rule_result *ret, const char *reason);
/* Marks the result fired with a weight of the row; texts are added with the functions below. */
void rule_fire(struct rule_result *ret, size_t weight);
/* Hash of ids, versions, weights, caps and thresholds; what detector_rules_digest() gives. */
void rules_digest(uint8_t ret[DIGEST_OCT]);
void rule_observed(struct rule_result *ret, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void rule_expected(struct rule_result *ret, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void rule_text(struct rule_result *ret, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Adds a message as raw evidence and widens the finding's times to it; NULL is ignored. */
void rule_evidence(struct rule_result *ret, const struct cell_si_seen *seen);

extern const char RULE_REASON_NO_SI3[];
extern const char RULE_REASON_NO_DB[];

/* rule_identity.c */
void rule_id01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_id02_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_id03_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_id05_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_radio.c */
void rule_rf01_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_params.c */
void rule_at01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_at02_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_sysinfo.c */
void rule_si01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_si02_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_si03_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_profile_fill(struct rule_cell *c);
/* rule_neighbours.c */
void rule_nb01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_nb02_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_ba_fill(struct rule_cell *c);
/* rule_lac.c */
void rule_la01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_la02_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_la03_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_paging.c */
void rule_pg01_run(const struct rule_context *ctx, struct rule_result *ret);
const struct cell_paging_window *rule_paging_window(const struct cell_state *s, int64_t number);
/* rule_paging_set.c */
void rule_pg02_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_assign.c */
void rule_ag01_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_carrier.c */
void rule_fp01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_carrier_fill(struct rule_cell *cells, size_t n);
/* rule_clock.c */
void rule_tm01_run(const struct rule_context *ctx, struct rule_result *ret);
void rule_tm03_run(const struct rule_context *ctx, struct rule_result *ret);
/* rule_twin.c */
void rule_en01_run(const struct rule_context *ctx, struct rule_result *ret);

#endif
