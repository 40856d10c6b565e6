/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/gsmtap_cells.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Longest span of one report: two or more cycles of system information, and few enough paging
 * for the tags of one tally. */
#define SPAN_S 10.0
/* Silence after which a scan is taken to have left the channel: a base station repeats its SI3
 * every 1.9 s at least (TS 45.002 6.3.1.3). */
#define VISIT_GAP_S 5.0
/* Rotation of the tag key, in seconds of signal. */
#define KEY_EPOCH_S 300.0
/* About 200 MB. From here on spans are made longer rather than more, and no transmitter is new:
 * no capture of a country has as many, one made to exhaust memory might. */
#define REPORT_CAP      65536
#define TRANSMITTER_CAP 16384
#define ARFCN_COUNT     1024
#define LAI_OCT         5

/* What names a transmitter. */
struct transmitter {
    uint64_t tx;
    struct arfcn channel;
    uint8_t lai[LAI_OCT];
    bool has_ci; /* false: SI4 only */
    uint8_t ci[2];
};

struct span {
    struct cell_report rep; /* rep.tx is 0 while nobody has said who this is */
    double level_sum_db;
    uint32_t n_level;
};

/* What a channel is in the middle of. */
struct visit {
    size_t i_span;        /* open span + 1; 0: none */
    size_t i_transmitter; /* + 1; 0: not known yet */
    int neci;
};

struct gsmtap_cells {
    uint8_t *seed;
    size_t n_seed_oct;
    struct paging_key key;
    struct span *span;
    size_t n_spans, span_cap;
    struct transmitter *transmitter;
    size_t n_transmitters, transmitter_cap;
    struct cell_report *reports; /* at the end */
    uint64_t n_refused;
    struct visit visit[ARFCN_BAND_COUNT][ARFCN_COUNT];
};

int gsmtap_cells_create(struct gsmtap_cells **ret, const uint8_t *key_seed, size_t n_seed_oct)
{
    struct gsmtap_cells *c = calloc(1, sizeof(*c));
    if (c == NULL) {
        return -ENOMEM;
    }
    c->seed = malloc(n_seed_oct + 1);
    if (c->seed == NULL) {
        free(c);
        return -ENOMEM;
    }
    if (n_seed_oct > 0) {
        memcpy(c->seed, key_seed, n_seed_oct);
    }
    c->n_seed_oct = n_seed_oct;
    paging_key_derive(c->seed, n_seed_oct, 0, &c->key);
    *ret = c;
    return 0;
}

void gsmtap_cells_destroy(struct gsmtap_cells *c)
{
    if (c == NULL) {
        return;
    }
    explicit_bzero(c->seed, c->n_seed_oct);
    explicit_bzero(&c->key, sizeof(c->key));
    free(c->seed);
    free(c->span);
    free(c->transmitter);
    free(c->reports);
    free(c);
}

/* Room for one more of size octets. */
static int grow(void **array, size_t n, size_t *cap, size_t size)
{
    if (n < *cap) {
        return 0;
    }
    size_t more = *cap == 0 ? 16 : 2 * *cap;
    void *bigger = realloc(*array, more * size);
    if (bigger == NULL) {
        return -ENOMEM;
    }
    *array = bigger;
    *cap = more;
    return 0;
}

static bool channel_is_same(struct arfcn a, struct arfcn b)
{
    return arfcn_compare(a, b) == 0;
}

/* ---- who ---- */

/* The identity in an SI3 or SI4: location area, and cell identity in SI3 only. */
struct identity {
    const uint8_t *lai;
    const uint8_t *ci; /* NULL: not said */
};

static bool find_identity(const uint8_t *l2, struct identity *ret)
{
    enum si_type type = si_type_of(l2, GSM_L2_OCT);
    if (type == SI_3) {
        *ret = (struct identity){l2 + 5, l2 + 3};
    } else {
        *ret = (struct identity){l2 + 3, NULL};
    }
    return type == SI_3 || type == SI_4;
}

static bool is_of(const struct transmitter *t, const struct identity *id)
{
    if (memcmp(t->lai, id->lai, LAI_OCT) != 0) {
        return false;
    }
    return id->ci == NULL || !t->has_ci || memcmp(t->ci, id->ci, sizeof(t->ci)) == 0;
}

/* Finds the transmitter of that identity on that channel, the latest first, or makes a new one:
 * writes its index + 1. */
static int find_or_add_transmitter(struct gsmtap_cells *c, struct arfcn channel,
                                   const struct identity *id, size_t *ret)
{
    for (size_t i = c->n_transmitters; i > 0; i--) {
        const struct transmitter *t = &c->transmitter[i - 1];
        if (channel_is_same(t->channel, channel) && is_of(t, id)) {
            *ret = i;
            return 0;
        }
    }
    if (c->n_transmitters >= TRANSMITTER_CAP) {
        return -ENOSPC;
    }
    void *array = c->transmitter;
    if (grow(&array, c->n_transmitters, &c->transmitter_cap, sizeof(*c->transmitter)) != 0) {
        return -ENOMEM;
    }
    c->transmitter = array;
    struct transmitter *t = &c->transmitter[c->n_transmitters++];
    memset(t, 0, sizeof(*t));
    t->tx = c->n_transmitters;
    t->channel = channel;
    memcpy(t->lai, id->lai, LAI_OCT);
    *ret = c->n_transmitters;
    return 0;
}

/* Follows an SI3 or SI4: names the open span, or closes it when it was of another transmitter. */
static int take_identity(struct gsmtap_cells *c, struct visit *v, struct arfcn channel,
                         const uint8_t *l2)
{
    struct identity id;
    if (!find_identity(l2, &id)) {
        return 0;
    }
    struct si_message message;
    if (si_parse(l2, GSM_L2_OCT, &message) == SI_OK) {
        v->neci =
            message.type == SI_3 ? message.u.si3.selection.neci : message.u.si4.selection.neci;
    }
    bool was_known = v->i_transmitter != 0;
    if (!was_known || !is_of(&c->transmitter[v->i_transmitter - 1], &id)) {
        size_t i = 0;
        int rc = find_or_add_transmitter(c, channel, &id, &i);
        if (rc != 0) {
            return rc;
        }
        v->i_transmitter = i;
        if (was_known) {
            v->i_span = 0;
        } else if (v->i_span != 0) {
            c->span[v->i_span - 1].rep.tx = c->transmitter[i - 1].tx;
        }
    }
    struct transmitter *t = &c->transmitter[v->i_transmitter - 1];
    if (id.ci != NULL) {
        t->has_ci = true;
        memcpy(t->ci, id.ci, sizeof(t->ci));
    }
    return 0;
}

/* ---- when ---- */

static void init_report(struct cell_report *rep, const struct gsmtap_cells_frame *frame)
{
    memset(rep, 0, sizeof(*rep));
    rep->channel = frame->channel;
    rep->bsic = -1;
    rep->first_s = frame->at_s;
    rep->last_s = frame->at_s;
    rep->level_dbfs = nan("");
    rep->level_dbm = nan("");
    rep->snr_db = nan("");
    rep->offset_hz = nan("");
    rep->offset_se_hz = nan("");
    rep->clock_ppm = nan("");
    rep->clock_se_ppm = nan("");
    for (int i = 0; i < CELL_REPORT_TAPS; i++)
        rep->taps_db[i] = nan("");
    rep->phase_error_deg = nan("");
    rep->delay_spread_us = nan("");
}

static int open_span(struct gsmtap_cells *c, struct visit *v,
                     const struct gsmtap_cells_frame *frame)
{
    void *array = c->span;
    if (c->n_spans >= 2 * REPORT_CAP) {
        return -ENOSPC;
    }
    if (grow(&array, c->n_spans, &c->span_cap, sizeof(*c->span)) != 0) {
        return -ENOMEM;
    }
    c->span = array;
    struct span *s = &c->span[c->n_spans++];
    memset(s, 0, sizeof(*s));
    init_report(&s->rep, frame);
    if (v->i_transmitter != 0) {
        s->rep.tx = c->transmitter[v->i_transmitter - 1].tx;
    }
    v->i_span = c->n_spans;
    return 0;
}

/* Leaves the channel after a silence; ends a span that is long enough. */
static void end_by_time(struct gsmtap_cells *c, struct visit *v, double at_s)
{
    if (v->i_span == 0) {
        return;
    }
    const struct cell_report *rep = &c->span[v->i_span - 1].rep;
    if (at_s - rep->last_s > VISIT_GAP_S) {
        *v = (struct visit){.neci = -1};
    } else if (at_s - rep->first_s > SPAN_S && c->n_spans < REPORT_CAP) {
        v->i_span = 0;
    }
}

static void set_key(struct gsmtap_cells *c, double at_s)
{
    double epoch = at_s / KEY_EPOCH_S;
    uint32_t wanted = epoch > 0.0 ? (uint32_t)fmin(epoch, 4e9) : 0;
    if (wanted != c->key.epoch) {
        paging_key_derive(c->seed, c->n_seed_oct, wanted, &c->key);
    }
}

/* ---- what ---- */

static void add_frame_number(struct cell_report *rep, uint32_t fn, double at_s)
{
    if (fn == 0 || fn >= GSM_HYPERFRAME) {
        return; /* most tools write 0 when they do not know */
    }
    if (!rep->fn_known) {
        double epoch = fmod((double)fn - at_s / GSM_FRAME_S, GSM_HYPERFRAME);
        rep->fn_known = true;
        rep->fn_first = fn;
        rep->fn_epoch_frames = epoch < 0.0 ? epoch + GSM_HYPERFRAME : epoch;
    }
    rep->fn_last = fn;
}

static void add_frame(struct gsmtap_cells *c, struct visit *v,
                      const struct gsmtap_cells_frame *frame, uint8_t *l2)
{
    struct span *s = &c->span[v->i_span - 1];
    struct cell_report *rep = &s->rep;
    if (frame->is_bcch) {
        paging_blank(l2, &c->key, v->neci, NULL, NULL);
        rep->n_bcch++;
    } else {
        paging_blank(l2, &c->key, v->neci, &rep->paging, &rep->assign);
        rep->n_ccch++;
    }
    rep->last_s = fmax(rep->last_s, frame->at_s);
    add_frame_number(rep, frame->fn, frame->at_s);
    /* Also from a frame marked CCCH: BCCH Ext lies in its blocks. */
    cell_report_add_si(rep, l2, frame->fn, frame->at_s, false);
    if (isfinite(frame->level_dbm)) {
        s->level_sum_db += frame->level_dbm;
        s->n_level++;
        rep->level_dbm = s->level_sum_db / s->n_level;
    }
}

static void write_event(const struct gsmtap_cells_frame *frame, const uint8_t *l2,
                        struct gsm_event *ret)
{
    memset(ret, 0, sizeof(*ret));
    ret->kind = frame->is_bcch ? GSM_EVENT_BCCH : GSM_EVENT_CCCH;
    ret->channel = frame->channel;
    ret->bsic = -1;
    ret->fn = frame->fn;
    ret->samp = frame->at_s;
    ret->offset_hz = nan("");
    ret->snr_db = nan("");
    memcpy(ret->l2, l2, GSM_L2_OCT);
    ret->bit_errors = -1;
    ret->combined = 1;
}

int gsmtap_cells_push(struct gsmtap_cells *c, const struct gsmtap_cells_frame *frame,
                      struct gsm_event *ret)
{
    if (frame->n_oct != GSM_L2_OCT || arfcn_downlink_hz(frame->channel) <= 0.0 ||
        !isfinite(frame->at_s)) {
        c->n_refused++;
        return -EINVAL;
    }
    uint8_t l2[GSM_L2_OCT];
    memcpy(l2, frame->l2, sizeof(l2));
    struct visit *v = &c->visit[frame->channel.band][frame->channel.number];
    if (v->i_span == 0 && v->i_transmitter == 0) {
        v->neci = -1;
    }
    end_by_time(c, v, frame->at_s);
    int rc = take_identity(c, v, frame->channel, l2);
    if (rc == 0 && v->i_span == 0) {
        rc = open_span(c, v, frame);
    }
    if (rc != 0) {
        c->n_refused++;
        return rc;
    }
    set_key(c, frame->at_s);
    add_frame(c, v, frame, l2);
    write_event(frame, l2, ret);
    explicit_bzero(l2, sizeof(l2));
    return 0;
}

uint64_t gsmtap_cells_count_refused(const struct gsmtap_cells *c)
{
    return c->n_refused;
}

/* ---- the end ---- */

/* For spans that saw no SI3 or SI4: the transmitter of the channel when there is one only. */
static uint64_t only_transmitter_of(const struct gsmtap_cells *c, struct arfcn channel)
{
    uint64_t found = 0;
    for (size_t i = 0; i < c->n_transmitters; i++) {
        if (channel_is_same(c->transmitter[i].channel, channel)) {
            if (found != 0) {
                return 0;
            }
            found = c->transmitter[i].tx;
        }
    }
    return found;
}

static int compare_reports(const void *a, const void *b)
{
    const struct cell_report *x = a;
    const struct cell_report *y = b;
    int by_channel = arfcn_compare(x->channel, y->channel);
    if (by_channel != 0) {
        return by_channel;
    }
    if (x->first_s < y->first_s || x->first_s > y->first_s) {
        return x->first_s < y->first_s ? -1 : 1;
    }
    return (x->tx > y->tx) - (x->tx < y->tx);
}

size_t gsmtap_cells_finish(struct gsmtap_cells *c, const struct cell_report **ret)
{
    *ret = NULL;
    if (c->n_spans == 0) {
        return 0;
    }
    if (c->reports == NULL) {
        c->reports = calloc(c->n_spans, sizeof(*c->reports));
        if (c->reports == NULL) {
            return 0;
        }
        uint64_t next_tx = c->n_transmitters;
        for (size_t i = 0; i < c->n_spans; i++) {
            struct cell_report *rep = &c->reports[i];
            *rep = c->span[i].rep;
            if (rep->tx == 0) {
                rep->tx = only_transmitter_of(c, rep->channel);
            }
            if (rep->tx == 0) {
                rep->tx = ++next_tx;
            }
            for (uint32_t k = 0; k < rep->n_si && !rep->fn_known; k++) {
                rep->si[k].tc_mask = 0; /* of frame number 0 */
            }
        }
        qsort(c->reports, c->n_spans, sizeof(*c->reports), compare_reports);
    }
    *ret = c->reports;
    return c->n_spans;
}
