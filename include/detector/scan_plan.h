/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scan_plan - where to tune next, for how long, and what for.
 *
 * in   what was asked for, what the tuner can do, what was heard so far, the time
 * out  the next step of a survey
 * ref  docs/survey.md
 * cost 20 us a question with 300 cells
 * thread plain value; scan_plan_next() changes nothing and reads no clock
 *
 * Two passes: first every window for as long as an FCCH and the SCH behind it need, then the
 * carriers that were found, in the fewest windows that hold them, until each has said all. One
 * pass: every window until its cells have said all. What is not complete after its dwell is
 * visited again. Watching goes on for ever: the suspicious and the strong most often, and no
 * channel is left longer than scan_plan_bound_s().
 */
#ifndef DETECTOR_SCAN_PLAN_H
#define DETECTOR_SCAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detector/scan_cover.h"
#include "detector/scan_set.h"
#include "gsm/arfcn.h"

#define SCAN_CHANNELS_CAP 1024
#define SCAN_WINDOWS_CAP  128
#define SCAN_CELLS_CAP    768

/* SCAN_STAND: the first window, for ever. */
enum scan_mode { SCAN_TWO_PASS = 0, SCAN_ONE_PASS, SCAN_SEARCH_ONLY, SCAN_STAND };

/* Zero is the default everywhere. */
struct scan_plan_config {
    unsigned band_mask;       /* of ARFCN_BAND_BIT; 0: all */
    const struct arfcn *only; /* these channels only; read by init alone */
    size_t n_only;
    struct scan_tuner tuner;
    enum scan_mode mode;
    bool watch;          /* never ends */
    double settle_s;     /* of the tuner; 0: 0.04 */
    double search_s;     /* 0: two SCH whatever the phase */
    double notice_s;     /* from samples to the word that a cell is there; 0: 0.3 */
    double read_s;       /* 0: one SI cycle and a block */
    double read_cap_s;   /* 0: two of them */
    double watch_s;      /* a visit of a known window; 0: as read_s */
    double revisit_s;    /* no channel is left longer, if that can be done; 0: 60 */
    double extend_ratio; /* of the time for reading, spent on dwells beyond read_s; 0: 0.1 */
    int reads;           /* times an incomplete cell is visited; 0: 3 */
};

enum scan_miss {
    SCAN_MISS_NONE = 0, /* it was heard */
    SCAN_MISS_BAND,     /* left out by --bands */
    SCAN_MISS_CHANNEL,  /* left out by --arfcn */
    SCAN_MISS_RANGE,    /* the tuner does not go there */
    SCAN_MISS_TUNE,     /* the tuner could not be set there */
    SCAN_MISS_LOST,     /* it was tuned to, but too few samples came */
    SCAN_MISS_LATER     /* its turn had not come */
};
/* A sentence part: "the tuner cannot be set there". */
const char *scan_miss_text(enum scan_miss miss);

/* One channel of a band, ascending in frequency. Times are those of the caller's clock. */
struct scan_channel {
    struct arfcn arfcn;
    double hz;
    enum scan_miss left_out; /* BAND, CHANNEL or RANGE: never in a window */
    bool tune_failed;        /* the last time it was tried */
    uint32_t n_tries;
    double tried_s; /* end of the last attempt */
    double heard_s; /* signal, in all */
    double lost_s;  /* samples lost while tuned there */
    double first_s; /* beginning of the first dwell there, -1 */
    double last_s;  /* end of the last dwell there that was long enough for a search, -1 */
};

/* A transmitter, as far as a plan needs it. */
struct scan_cell {
    struct arfcn channel;
    double hz;
    int bsic;
    bool judged;
    int rank; /* of enum verdict, 0: it could not be judged; higher is worse */
    double snr_db;
    struct scan_set set;
    uint32_t fn; /* at fn_s */
    double fn_s;
    double last_s;       /* heard last */
    uint32_t n_blocks;   /* of BCCH in this dwell */
    uint16_t n_reads;    /* dwells that tried to complete it */
    uint16_t n_absences; /* dwells in a row in which it was not heard */
};

enum scan_action { SCAN_STAY = 0, SCAN_TUNE, SCAN_DONE };
enum scan_purpose {
    SCAN_SEARCH = 0, /* which cells are there */
    SCAN_READ,       /* all that they say */
    SCAN_WATCH       /* has anything changed */
};
const char *scan_purpose_name(enum scan_purpose purpose);

struct scan_step {
    enum scan_action action;
    enum scan_purpose purpose;
    double center_hz;
    double dwell_s; /* signal until it is worth asking again (STAY), or planned (TUNE) */
};

struct scan_dwell {
    bool active;
    enum scan_purpose purpose;
    double began_s;
    double heard_s, lost_s; /* seconds of signal */
    size_t first, n;        /* channels in view; some may be left out */
};

struct scan_plan {
    struct scan_plan_config cfg; /* defaults filled in; only is not kept */
    struct scan_channel channel[SCAN_CHANNELS_CAP];
    size_t n_channels;
    struct scan_window window[SCAN_WINDOWS_CAP]; /* the grid of the search; first, n: channels */
    size_t n_windows;
    struct scan_cell cell[SCAN_CELLS_CAP];
    size_t n_cells;
    struct scan_dwell dwell;
    double read_s;     /* spent reading so far */
    double extended_s; /* of it beyond cfg.read_s a dwell */
    uint32_t n_dwells, n_searches, n_reads, n_watches;
};

/* Lists channels and windows. Returns the number of windows (0: nothing that was asked for can be
 * heard), or -EINVAL for a tuner without reach. */
int scan_plan_init(struct scan_plan *p, const struct scan_plan_config *cfg);

/* Pure: what is to be done at this time. STAY: go on listening. */
struct scan_step scan_plan_next(const struct scan_plan *p, double now_s);

/* ---- what happened; each changes the plan only ---- */

/* The tuner stands there and samples are good from now on. Ends the dwell before. */
void scan_plan_tuned(struct scan_plan *p, const struct scan_step *step, double center_hz,
                     double now_s);
/* It could not be set there. */
void scan_plan_tune_failed(struct scan_plan *p, const struct scan_step *step, double now_s);
/* Signal came in since the last call, or was lost. */
void scan_plan_heard(struct scan_plan *p, double signal_s, double lost_s, double now_s);
/* An SCH (l2 NULL) or a block of a transmitter decoded; fn is that of its first burst, which began
 * at at_s. */
struct scan_sight {
    struct arfcn channel;
    int bsic;
    uint32_t fn;
    double at_s;
    double snr_db;
    const uint8_t *l2;
};
void scan_plan_saw(struct scan_plan *p, const struct scan_sight *sight, double now_s);
/* What the detector thinks of it: rank of its verdict. */
void scan_plan_judged(struct scan_plan *p, struct arfcn channel, int bsic, int rank);
/* Ends the dwell, before another tune or at the end. */
void scan_plan_leave(struct scan_plan *p, double now_s);

/* ---- what is known ---- */

/* Channels with lo_hz <= carrier <= hi_hz: a stretch of p->channel, its length is returned. */
size_t scan_plan_channels(const struct scan_plan *p, double lo_hz, double hi_hz, size_t *ret_first);
enum scan_miss scan_plan_miss(const struct scan_plan *p, size_t i_channel);
/* Cells whose set is complete; of n_cells. */
size_t scan_plan_complete(const struct scan_plan *p);
/* While watching, no channel that can be heard is left longer than this between two searches. */
double scan_plan_bound_s(const struct scan_plan *p);

#endif
