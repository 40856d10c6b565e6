/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rule on who is paged, from keyed tags only: PG-02. */
#include <math.h>

#include "detector/rules.h"

struct overlap {
    bool known;
    double ratio; /* equal identities, as share of the smaller set */
};

/* Both windows hold the smallest tags of their sets; below the smaller of the two largest ones
 * both are complete, so there they can be compared. */
static struct overlap compare_tags(const struct cell_paging_window *a,
                                   const struct cell_paging_window *b)
{
    uint32_t top = UINT32_MAX, n_a = 0, n_b = 0, n_both = 0;
    if (a->n_tag == CELL_TAG_CAP)
        top = a->tag[CELL_TAG_CAP - 1];
    if (b->n_tag == CELL_TAG_CAP && b->tag[CELL_TAG_CAP - 1] < top)
        top = b->tag[CELL_TAG_CAP - 1];
    while (n_a < a->n_tag && a->tag[n_a] <= top)
        n_a++;
    while (n_b < b->n_tag && b->tag[n_b] <= top)
        n_b++;
    for (uint32_t i = 0, k = 0; i < n_a && k < n_b;) {
        n_both += a->tag[i] == b->tag[k];
        bool step_a = a->tag[i] <= b->tag[k], step_b = b->tag[k] <= a->tag[i];
        i += step_a;
        k += step_b;
    }
    uint32_t least = n_a < n_b ? n_a : n_b;
    struct overlap o = {a->tag_epoch == b->tag_epoch && least >= RULE_TAGS_MIN, 0.0};
    if (o.known)
        o.ratio = (double)n_both / (double)least;
    return o;
}

static struct overlap compare_cells(const struct rule_cell *a, const struct rule_cell *b,
                                    int64_t number)
{
    const struct cell_paging_window *wa = rule_paging_window(a->state, number);
    const struct cell_paging_window *wb = rule_paging_window(b->state, number);
    return wa && wb ? compare_tags(wa, wb) : (struct overlap){false, 0.0};
}

/* What the siblings of the location area show in one window. */
struct siblings {
    size_t n;     /* that could be compared with the own cell */
    double alike; /* best of these comparisons */
    bool agree;   /* two of them page alike: then the area is paged as a whole */
    size_t i_best;
};

static bool is_sibling(const struct rule_cell *a, const struct rule_cell *b)
{
    return rule_same_network(a, b) && a->lac == b->lac;
}

static bool others_agree(const struct rule_context *ctx, size_t i, int64_t number)
{
    for (size_t k = 0; k < ctx->n; k++) {
        if (k == ctx->i || k == i || !is_sibling(&ctx->cells[i], &ctx->cells[k]))
            continue;
        struct overlap o = compare_cells(&ctx->cells[i], &ctx->cells[k], number);
        if (o.known && o.ratio >= RULE_TAGS_ALIKE)
            return true;
    }
    return false;
}

static struct siblings ask_siblings(const struct rule_context *ctx, int64_t number)
{
    struct siblings s = {0};
    const struct rule_cell *c = rule_own(ctx);
    for (size_t i = 0; i < ctx->n; i++) {
        if (i == ctx->i || !is_sibling(c, &ctx->cells[i]))
            continue;
        struct overlap o = compare_cells(c, &ctx->cells[i], number);
        if (!o.known)
            continue;
        if (s.n == 0 || o.ratio > s.alike) {
            s.alike = o.ratio;
            s.i_best = i;
        }
        s.n++;
        s.agree = s.agree || others_agree(ctx, i, number);
    }
    return s;
}

static void fire(const struct rule_context *ctx, const struct siblings *s, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx), *o = &ctx->cells[s->i_best];
    rule_fire(ret, s->agree ? 0 : 1);
    rule_observed(ret, "%.0f %% of the paged identities are those of ARFCN %d, the most alike",
                  100.0 * s->alike, o->state->channel.number);
    rule_expected(ret,
                  s->agree ? "the identities that the other cells of LAC %d page alike"
                           : "the identities that the other cell of LAC %d pages",
                  c->lac);
    rule_text(ret,
              "The cell pages other subscribers than %zu other cell%s of %s-%s LAC %d in the same "
              "seconds (%.0f %% in common): paging goes to a whole location area, so it is not "
              "connected to the network it names.",
              s->n, s->n == 1 ? "" : "s", c->mcc, c->mnc, c->lac, 100.0 * s->alike);
}

void rule_pg02_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct rule_cell *c = rule_own(ctx);
    int64_t last = (int64_t)floor(c->state->last_s / CELL_PAGING_WINDOW_S);
    for (int64_t number = last;
         c->has_lai && number >= 1 && number > last - (CELL_PAGING_WINDOW_CAP - 1); number--) {
        struct siblings now = ask_siblings(ctx, number);
        struct siblings before = ask_siblings(ctx, number - 1);
        if (now.n == 0 || before.n == 0)
            continue;
        if (now.alike < RULE_TAGS_UNLIKE && before.alike < RULE_TAGS_UNLIKE)
            fire(ctx, &now, ret);
        else
            rule_pass(ret);
        return;
    }
    rule_skip(ret, "no other cell of the location area with readable, lively paging was heard "
                   "meanwhile");
}
