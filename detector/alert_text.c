/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/alert_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct text {
    char *at;
    size_t cap;
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *t, const char *fmt, ...)
{
    if (t->used >= t->cap)
        return;
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(t->at + t->used, t->cap - t->used, fmt, ap);
    va_end(ap);
    t->used += n > 0 ? (size_t)n : 0;
}

static const struct rule_row *find_row(const char *id)
{
    for (size_t i = 0; i < rules_count(); i++) {
        if (strcmp(rules_get(i)->id, id) == 0)
            return rules_get(i);
    }
    return NULL;
}

/* Findings in order of falling weight; equal ones in the order of the table. */
static size_t sort_findings(const struct judged_cell *cell, size_t *ret)
{
    for (size_t i = 0; i < cell->n_findings; i++) {
        size_t at = i;
        while (at > 0 && cell->findings[ret[at - 1]].weight_db < cell->findings[i].weight_db) {
            ret[at] = ret[at - 1];
            at--;
        }
        ret[at] = i;
    }
    return cell->n_findings;
}

static void put_who(struct text *t, const struct judged_cell *c)
{
    put(t, "%s ARFCN %d", arfcn_band_name(c->channel.band), c->channel.number);
    if (c->bsic >= 0)
        put(t, ", BSIC %d", c->bsic);
    if (c->has_lai)
        put(t, ", announcing %s-%s LAC %d", c->mcc, c->mnc, c->lac);
    if (c->has_ci)
        put(t, " CI %d", c->ci);
    put(t, ": %s, %.2f dB.", verdict_name(c->verdict), c->score_db);
}

/* The three heaviest in full; of the others their titles. */
#define IN_FULL 3

static void put_seen(struct text *t, const struct judged_cell *c, const size_t *order, size_t n)
{
    put(t, " Seen:");
    for (size_t i = 0; i < n && i < IN_FULL; i++) {
        const struct finding *f = &c->findings[order[i]];
        put(t, " (%s) %s", f->rule, f->text);
    }
    for (size_t i = IN_FULL; i < n; i++) {
        const struct rule_row *row = find_row(c->findings[order[i]].rule);
        put(t, "%s %s (%s)", i == IN_FULL ? " Also:" : ",", row ? row->title : "",
            c->findings[order[i]].rule);
    }
    if (n > IN_FULL)
        put(t, ".");
}

static void put_expected(struct text *t, const struct judged_cell *c,
                         const struct rule_known *known, const size_t *order, size_t n)
{
    put(t, " Expected:");
    for (size_t i = 0; i < n && i < IN_FULL; i++)
        put(t, "%s %s", i ? ";" : "", c->findings[order[i]].expected);
    if (known->network.operator_list)
        put(t, "; known from the operator's own list, the other cells of this recording and the "
               "reference scans.");
    else if (known->has_known)
        put(t, "; known from what was imported (no operator's own list of this network), the other "
               "cells of this recording and the reference scans.");
    else
        put(t, "; known from the other cells of this recording and the reference scans only: no "
               "known-cell database was given.");
}

static void put_innocent(struct text *t, const struct judged_cell *c, const size_t *order, size_t n)
{
    put(t, " Could also be:");
    for (size_t i = 0; i < n && i < IN_FULL; i++) {
        const struct rule_row *row = find_row(c->findings[order[i]].rule);
        put(t, "%s %s", i ? ";" : "", row ? row->innocent : "");
    }
    put(t, ".");
}

static void put_unchecked(struct text *t, const struct judged_cell *c)
{
    if (c->n_not_evaluable == 0) {
        put(t, " All %d rules could be asked.", c->rules_total);
        return;
    }
    put(t, " Not checked (%zu of %d rules):", c->n_not_evaluable, c->rules_total);
    for (size_t i = 0; i < c->n_not_evaluable; i++) {
        const struct rule_row *row = find_row(c->not_evaluable[i]);
        put(t, "%s %s (%s)", i ? "," : "", c->not_evaluable[i], row ? row->title : "");
    }
    put(t, ".");
}

void alert_text_format(const struct judged_cell *cell, const struct rule_known *known, char *ret,
                       size_t cap)
{
    size_t order[FINDINGS_CAP];
    struct text t = {ret, cap, 0};
    if (cap == 0)
        return;
    ret[0] = '\0';
    size_t n = sort_findings(cell, order);
    put_who(&t, cell);
    put_seen(&t, cell, order, n);
    put_expected(&t, cell, known, order, n);
    put_innocent(&t, cell, order, n);
    put_unchecked(&t, cell);
    if (t.used >= cap && cap > 4)
        memcpy(ret + cap - 4, "...", 4);
}
