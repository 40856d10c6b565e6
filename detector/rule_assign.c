/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rules on immediate assignments, from counts only: AG-01. */
#include <math.h>

#include "detector/rules.h"

struct churn {
    uint32_t n_reference, n_update;
};

static double churn_ratio(struct churn c)
{
    return c.n_reference > 0 ? (double)c.n_update / (double)c.n_reference : 0.0;
}

/* Channel requests answered in windows from..to. */
static struct churn count(const struct cell_state *s, int64_t from, int64_t to)
{
    struct churn sum = {0, 0};
    for (int64_t number = from; number <= to; number++) {
        const struct cell_paging_window *w = &s->paging_window[number % CELL_PAGING_WINDOW_CAP];
        if (number < 0 || w->number != number)
            continue;
        sum.n_reference += w->n_request_reference;
        sum.n_update += w->n_location_update;
    }
    return sum;
}

static bool is_churn(struct churn c, uint32_t n_min)
{
    return c.n_reference >= n_min && churn_ratio(c) > RULE_CHURN_RATIO;
}

/* A train that arrives or a network that restarts makes phones register on every cell. */
static bool area_registers(const struct rule_context *ctx, int64_t from, int64_t to)
{
    for (size_t i = 0; i < ctx->n; i++) {
        const struct rule_cell *o = &ctx->cells[i];
        if (i == ctx->i || !rule_same_network(rule_own(ctx), o))
            continue;
        struct churn c = count(o->state, from, to);
        if (c.n_reference >= RULE_CHURN_HALF_MIN && churn_ratio(c) > RULE_CHURN_BUSY_RATIO)
            return true;
    }
    return false;
}

void rule_ag01_run(const struct rule_context *ctx, struct rule_result *ret)
{
    const struct cell_state *s = rule_own(ctx)->state;
    int64_t last = (int64_t)floor(s->last_s / CELL_PAGING_WINDOW_S);
    int64_t first = last - (CELL_PAGING_WINDOW_CAP - 1);
    int64_t begin = (int64_t)floor(s->first_s / CELL_PAGING_WINDOW_S);
    if (first < begin)
        first = begin;
    int64_t middle = first + (last - first) / 2;
    struct churn all = count(s, first, last);
    struct churn half[2] = {count(s, first, middle), count(s, middle + 1, last)};
    if (all.n_reference < RULE_CHURN_MIN || half[0].n_reference < RULE_CHURN_HALF_MIN ||
        half[1].n_reference < RULE_CHURN_HALF_MIN) {
        rule_skip(ret, "fewer than 30 assignments were read in the last four minutes");
        return;
    }
    if (!is_churn(all, RULE_CHURN_MIN) || !is_churn(half[0], RULE_CHURN_HALF_MIN) ||
        !is_churn(half[1], RULE_CHURN_HALF_MIN)) {
        rule_pass(ret);
        return;
    }
    if (area_registers(ctx, first, last)) {
        rule_skip(ret, "phones register on other cells of the network as well");
        return;
    }
    rule_fire(ret, 0);
    rule_observed(ret, "%u of %u assignments answer a location update", all.n_update,
                  all.n_reference);
    rule_expected(ret, "calls, messages and data among them, as on any cell");
    rule_text(ret,
              "%u of the %u assignments read on this cell answer phones that register and nothing "
              "else: phones are drawn in, registered and let go again, one after the other.",
              all.n_update, all.n_reference);
}
