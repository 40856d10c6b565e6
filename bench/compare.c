/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "compare.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"
#include "spawn.h"

#define TABLE_LOAD 2 /* slots of the hash table per entry, at least */
#define SYMBOL_S   (1.0 / GSM_SYMBOL_RATE_HZ)
/* A block read further from its place is another one; the strongest echo may be 5 symbols late. */
#define PLACE_OFF_SYM 20.0

enum sent_kind { SENT_SCH, SENT_BLOCK };

struct sent {
    enum sent_kind kind;
    int i_cell;
    uint32_t fn;
    double samp;
    char hex[48];
    bool decoded, combined, dedicated;
};

struct sent_cell {
    char name[64];
    int arfcn, bsic;
    char mcc[4], mnc[4];
    int lac, ci;
    double esn0_db, offset_hz, ppm;
    double first_samp, last_samp; /* of its blocks */
    double first_decoded_samp;
    bool seen;
};

struct truth_set {
    struct sent_cell cell[COMPARE_CELL_CAP];
    int n_cells;
    double rate_hz, receiver_ppm;
    struct sent *sent;
    size_t n_sent, cap_sent;
    uint32_t *slot; /* index + 1 */
    size_t n_slots;
};

static double number_of(json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static int int_of(json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    return json_is_integer(value) ? (int)json_integer_value(value) : -1;
}

static const char *text_of(json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static void each_line(const char *path, void (*fn)(void *ctx, json_t *line), void *ctx)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t cap = 0;
    if (!f)
        bench_fail("'%s' does not open", path);
    while (getline(&text, &cap, f) > 0) {
        json_t *line = json_loads(text, 0, NULL);
        if (!line)
            bench_fail("'%s' has a line that is no JSON: %.80s", path, text);
        fn(ctx, line);
        json_decref(line);
    }
    free(text);
    (void)fclose(f);
}

static size_t hash(enum sent_kind kind, int i_cell, uint32_t fn)
{
    uint64_t h = ((uint64_t)fn << 8 | (uint64_t)(i_cell << 1) | (uint64_t)kind) + 1;
    return (size_t)(h * 0x9e3779b97f4a7c15u >> 20);
}

static void index_sent(struct truth_set *t)
{
    t->n_slots = TABLE_LOAD * t->n_sent + 1;
    t->slot = calloc(t->n_slots, sizeof(*t->slot));
    if (!t->slot)
        bench_fail("no memory");
    for (size_t i = 0; i < t->n_sent; i++) {
        size_t at = hash(t->sent[i].kind, t->sent[i].i_cell, t->sent[i].fn) % t->n_slots;
        while (t->slot[at])
            at = (at + 1) % t->n_slots;
        t->slot[at] = (uint32_t)i + 1;
    }
}

static struct sent *find_sent(struct truth_set *t, enum sent_kind kind, int i_cell, uint32_t fn)
{
    size_t at = hash(kind, i_cell, fn) % t->n_slots;
    for (; t->slot[at]; at = (at + 1) % t->n_slots) {
        struct sent *s = &t->sent[t->slot[at] - 1];
        if (s->kind == kind && s->i_cell == i_cell && s->fn == fn)
            return s;
    }
    return NULL;
}

/* A carrier at f (1 + e), heard with a crystal p fast, appears at f (1 + e)/(1 + p). */
static void add_cell(struct truth_set *t, json_t *line)
{
    if (t->n_cells == COMPARE_CELL_CAP)
        bench_fail("more than %d cells", COMPARE_CELL_CAP);
    struct sent_cell *c = &t->cell[t->n_cells++];
    double carrier_hz = number_of(line, "carrier_hz");
    (void)snprintf(c->name, sizeof(c->name), "%s", text_of(line, "cell"));
    (void)snprintf(c->mcc, sizeof(c->mcc), "%s", text_of(line, "mcc"));
    (void)snprintf(c->mnc, sizeof(c->mnc), "%s", text_of(line, "mnc"));
    c->arfcn = int_of(line, "arfcn");
    c->bsic = int_of(line, "bsic");
    c->lac = int_of(line, "lac");
    c->ci = int_of(line, "ci");
    c->esn0_db = number_of(line, "esn0_db");
    c->ppm = number_of(line, "ppm");
    c->offset_hz = carrier_hz * ((1 + 1e-6 * c->ppm) / (1 + 1e-6 * t->receiver_ppm) - 1);
    c->first_samp = (double)INFINITY;
    c->last_samp = -(double)INFINITY;
}

static int cell_named(const struct truth_set *t, const char *name)
{
    for (int i = 0; i < t->n_cells; i++) {
        if (strcmp(t->cell[i].name, name) == 0)
            return i;
    }
    bench_fail("the truth has no cell '%s'", name);
}

static void add_sent(struct truth_set *t, json_t *line, enum sent_kind kind)
{
    if (t->n_sent == t->cap_sent) {
        t->cap_sent = t->cap_sent ? 2 * t->cap_sent : 4096;
        t->sent = realloc(t->sent, t->cap_sent * sizeof(*t->sent));
        if (!t->sent)
            bench_fail("no memory");
    }
    struct sent *s = &t->sent[t->n_sent++];
    const char *channel = text_of(line, "channel");
    memset(s, 0, sizeof(*s));
    s->kind = kind;
    s->i_cell = cell_named(t, text_of(line, "cell"));
    s->fn = (uint32_t)int_of(line, "fn");
    s->samp = number_of(line, "sample");
    s->dedicated = kind == SENT_BLOCK && strcmp(channel, "BCCH") && strcmp(channel, "CCCH");
    (void)snprintf(s->hex, sizeof(s->hex), "%s", text_of(line, "hex_blanked"));
    if (kind == SENT_BLOCK && !s->dedicated) {
        struct sent_cell *c = &t->cell[s->i_cell];
        c->first_samp = fmin(c->first_samp, s->samp);
        c->last_samp = fmax(c->last_samp, s->samp);
    }
}

static void take_truth(void *ctx, json_t *line)
{
    struct truth_set *t = ctx;
    const char *type = text_of(line, "type");
    if (strcmp(type, "scenario") == 0) {
        t->rate_hz = number_of(line, "rate_hz");
        t->receiver_ppm = number_of(line, "receiver_ppm");
    } else if (strcmp(type, "cell") == 0) {
        add_cell(t, line);
    } else {
        add_sent(t, line, strcmp(type, "sch") == 0 ? SENT_SCH : SENT_BLOCK);
    }
}

struct truth_set *truth_set_read(const char *path)
{
    struct truth_set *t = calloc(1, sizeof(*t));
    if (!t)
        bench_fail("no memory");
    each_line(path, take_truth, t);
    index_sent(t);
    return t;
}

void truth_set_destroy(struct truth_set *t)
{
    if (!t)
        return;
    free(t->sent);
    free(t->slot);
    free(t);
}

int truth_set_cells(const struct truth_set *t)
{
    return t->n_cells;
}

const char *truth_set_cell_name(const struct truth_set *t, int i_cell)
{
    return t->cell[i_cell].name;
}

struct comparison {
    struct truth_set *truth;
    struct tally *tally;
    struct strays *strays;
    double rel_truth_ppm; /* what the program's relative offsets are relative to: the median */
};

static int cell_of(const struct truth_set *t, json_t *line)
{
    int arfcn = int_of(line, "arfcn"), bsic = int_of(line, "bsic");
    for (int i = 0; i < t->n_cells; i++) {
        if (t->cell[i].arfcn == arfcn && t->cell[i].bsic == bsic)
            return i;
    }
    return -1;
}

/* A receiver that says no place writes null. */
static bool in_place(const struct truth_set *t, const struct sent *s, json_t *line)
{
    if (json_is_null(json_object_get(line, "sample")))
        return true;
    double off_samp = number_of(line, "sample") - s->samp;
    return fabs(off_samp) < PLACE_OFF_SYM * t->rate_hz * SYMBOL_S;
}

static void take_block(struct comparison *c, json_t *line)
{
    struct truth_set *t = c->truth;
    int i_cell = cell_of(t, line);
    double samp = number_of(line, "sample");
    struct sent *s =
        i_cell < 0 ? NULL : find_sent(t, SENT_BLOCK, i_cell, (uint32_t)int_of(line, "fn"));
    if (i_cell >= 0 && !s &&
        (samp < t->cell[i_cell].first_samp || samp > t->cell[i_cell].last_samp)) {
        c->strays->edge_blocks++;
        return;
    }
    if (!s || !in_place(t, s, line) || strcmp(s->hex, text_of(line, "hex")) != 0) {
        c->strays->wrong_blocks++;
        c->strays->wrong_repaired += json_is_true(json_object_get(line, "repaired"));
        return;
    }
    if (s->dedicated || s->decoded)
        return;
    if (int_of(line, "combined") > 1) {
        s->combined = true;
        return;
    }
    s->decoded = true;
    c->tally[i_cell].repaired += json_is_true(json_object_get(line, "repaired"));
    struct sent_cell *cell = &t->cell[i_cell];
    if (!cell->seen || s->samp < cell->first_decoded_samp)
        cell->first_decoded_samp = s->samp;
    cell->seen = true;
}

static void take_sch(struct comparison *c, json_t *line)
{
    struct truth_set *t = c->truth;
    int i_cell = cell_of(t, line);
    struct sent *s =
        i_cell < 0 ? NULL : find_sent(t, SENT_SCH, i_cell, (uint32_t)int_of(line, "fn"));
    if (json_is_true(json_object_get(line, "assumed"))) {
        if (s)
            c->tally[i_cell].sch_assumed++;
        return;
    }
    double samp = number_of(line, "sample");
    if (i_cell >= 0 && !s &&
        (samp < t->cell[i_cell].first_samp || samp > t->cell[i_cell].last_samp))
        return; /* at the edge of the file */
    if (!s || !in_place(t, s, line)) {
        c->strays->wrong_sch++;
        return;
    }
    if (s->decoded)
        return;
    s->decoded = true;
    struct tally *y = &c->tally[i_cell];
    double late_sym = (samp - s->samp) / (t->rate_hz * SYMBOL_S);
    if (!isfinite(late_sym))
        return;
    y->n_timed++;
    y->late_sum_sym += late_sym;
    y->late_square += late_sym * late_sym;
}

static void take_cell(struct comparison *c, json_t *line)
{
    int i_cell = cell_of(c->truth, line);
    if (i_cell < 0) {
        c->strays->false_cells++;
        return;
    }
    const struct sent_cell *cell = &c->truth->cell[i_cell];
    struct tally *y = &c->tally[i_cell];
    y->n_cell_lines++;
    y->cgi_read += strcmp(text_of(line, "mcc"), cell->mcc) == 0 &&
                   strcmp(text_of(line, "mnc"), cell->mnc) == 0 &&
                   int_of(line, "lac") == cell->lac && int_of(line, "ci") == cell->ci;
    double snr = number_of(line, "snr_db") - cell->esn0_db;
    double offset = number_of(line, "offset_hz") - cell->offset_hz;
    if (isfinite(snr)) {
        y->snr_sum_db += snr;
        y->snr_square += snr * snr;
    }
    if (isfinite(offset)) {
        y->offset_sum_hz += offset;
        y->offset_square += offset * offset;
    }
    double relative = number_of(line, "offset_ppm_rel");
    if (isfinite(relative)) {
        double err = relative - (cell->ppm - c->rel_truth_ppm);
        y->n_relative++;
        y->relative_square += err * err;
    }
}

static void take_line(void *ctx, json_t *line)
{
    struct comparison *c = ctx;
    const char *type = text_of(line, "type");
    if (strcmp(type, "block") == 0)
        take_block(c, line);
    else if (strcmp(type, "sch") == 0)
        take_sch(c, line);
    else if (strcmp(type, "cell") == 0)
        take_cell(c, line);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_ppm(const struct truth_set *t)
{
    double ppm[COMPARE_CELL_CAP];
    for (int i = 0; i < t->n_cells; i++)
        ppm[i] = t->cell[i].ppm;
    qsort(ppm, (size_t)t->n_cells, sizeof(ppm[0]), by_value);
    return t->n_cells ? ppm[t->n_cells / 2] : 0.0;
}

static void sum_up(struct comparison *c)
{
    struct truth_set *t = c->truth;
    for (size_t i = 0; i < t->n_sent; i++) {
        const struct sent *s = &t->sent[i];
        struct tally *y = &c->tally[s->i_cell];
        if (s->dedicated)
            continue;
        if (s->kind == SENT_SCH) {
            y->sch_sent++;
            y->sch_decoded += s->decoded;
            continue;
        }
        y->sent++;
        y->decoded += s->decoded;
        y->combined += s->combined && !s->decoded;
        const struct sent_cell *cell = &t->cell[s->i_cell];
        y->lost_at_start += cell->seen && s->samp < cell->first_decoded_samp;
    }
    for (int i = 0; i < t->n_cells; i++) {
        c->tally[i].n_runs++;
        c->tally[i].runs_silent += !t->cell[i].seen;
    }
}

void compare_run(struct truth_set *t, const char *lines_path, struct tally *tally,
                 struct strays *strays)
{
    struct comparison c = {
        .truth = t, .tally = tally, .strays = strays, .rel_truth_ppm = median_ppm(t)};
    each_line(lines_path, take_line, &c);
    sum_up(&c);
}
