/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "attack.h"

#include <assert.h>
#include <math.h>

const char *attack_name(enum attack_class class)
{
    static const char *const names[ATTACK_CLASSES] = {"A", "B", "C", "D", "E"};
    return names[class];
}

static bool chance(struct rng *r, double p)
{
    return rng_unit(r) < p;
}

static void set_openbts(struct scene_cell *c)
{
    c->lac = 1000;
    c->ci = 10;
    c->arfcn = 51;
    c->bsic = 2;
    c->mscr = 1;
    c->att = 1;
    c->bs_ag_blks_res = 2;
    c->ccch_conf = 1;
    c->bs_pa_mfrms = 2;
    c->t3212 = 0;
    c->pwrc = 0;
    c->dtx = 2;
    c->radio_link_timeout = 64;
    c->crh_db = 6;
    c->txpwr = 0;
    c->neci = 1;
    c->rxlev_access_min = 0;
    c->max_retrans_code = 1;
    c->tx_integer = 14;
    c->re = 1;
    c->access_control = 0x0400;
    c->ecsc = c->gprs = c->si2quater = false;
    c->selection = false;
    c->ncc_permitted = 1;
    c->n_ba = 0;
}

static void set_osmobsc(struct scene_cell *c)
{
    set_openbts(c);
    c->lac = 1;
    c->ci = 0;
    c->arfcn = 87;
    c->bsic = 63;
    c->mscr = 0;
    c->bs_ag_blks_res = 1;
    c->ccch_conf = 0;
    c->bs_pa_mfrms = 5;
    c->t3212 = 5;
    c->dtx = 0;
    c->radio_link_timeout = 32;
    c->crh_db = 4;
    c->neci = 0;
    c->max_retrans_code = 3;
    c->tx_integer = 9;
    c->ncc_permitted = 0xff;
}

/* A carrier of the victim's network that is weak here, so that its list names it already. */
static int weak_listed_arfcn(const struct scene_cell *victim, struct rng *r)
{
    return victim->n_ba > 0 ? victim->ba[rng_below(r, (uint32_t)victim->n_ba)]
                            : victim->arfcn % 120 + 3;
}

static void fill_carrier(struct attack *a, size_t i, const struct world_cell *victim, struct rng *r)
{
    struct scene_cell *c = &a->says[i];
    bool openbts = chance(r, 0.5);
    *c = victim->says;
    switch (a->class) {
    case ATTACK_A:
        (openbts ? set_openbts : set_osmobsc)(c);
        if (chance(r, 0.2)) {
            c->mcc = "001";
            c->mnc = "01";
        }
        break;
    case ATTACK_B:
        (openbts ? set_openbts : set_osmobsc)(c);
        c->lac = victim->says.lac + 100 + (int)rng_below(r, 5000);
        c->ci = 1 + (int)rng_below(r, 60000);
        c->arfcn = weak_listed_arfcn(&victim->says, r);
        c->bsic = victim->says.bsic / 8 * 8 + (int)rng_below(r, 8);
        c->t3212 = chance(r, 0.5) ? 1 : victim->says.t3212;
        c->selection = chance(r, 0.5);
        c->cro_db = 60 + 2 * (int)rng_below(r, 34);
        break;
    case ATTACK_C:
        c->lac = victim->says.lac + 100 + (int)rng_below(r, 5000);
        c->arfcn = weak_listed_arfcn(&victim->says, r);
        if (chance(r, 0.5))
            c->bsic = victim->says.bsic / 8 * 8 + (int)rng_below(r, 8);
        if (chance(r, 0.5))
            c->ci = 1 + (int)rng_below(r, 60000);
        break;
    case ATTACK_D:
    case ATTACK_E:
    case ATTACK_CLASSES:
        break;
    }
    c->tx = 1000000 + i;
    c->fn_known = true;
}

void attack_create(struct attack *ret, enum attack_class class, const struct world *w,
                   const size_t *audible, size_t n_audible, struct rng *r)
{
    assert(n_audible > 0);
    *ret = (struct attack){.class = class, .n = 1};
    if (class <= ATTACK_C && chance(r, 0.3))
        ret->n = 2 + rng_below(r, 2);
    /* a USRP or a cheap transceiver on its own crystal; the better ones hold a tenth of a ppm */
    ret->ppm = chance(r, 0.3) ? 0.2 * (rng_unit(r) - 0.5) : 5.0 * (rng_unit(r) - 0.5);
    double epoch = GSM_HYPERFRAME * rng_unit(r);
    size_t n_strong = n_audible < 6 ? n_audible : 6;
    for (size_t i = 0; i < ret->n; i++) {
        ret->victim[i] = audible[rng_below(r, (uint32_t)n_strong)];
        fill_carrier(ret, i, &w->cell[ret->victim[i]], r);
        ret->says[i].epoch_frames = epoch;
        if (i > 0 && ret->says[i].arfcn == ret->says[0].arfcn)
            ret->says[i].arfcn += 2;
    }
    ret->level_dbm = -72.0 + 25.0 * rng_unit(r);
    ret->relays = class == ATTACK_E;
    ret->pages_hz = class == ATTACK_D && chance(r, 0.5) ? 8.0 : 0.0;
    ret->assigns_hz = 2.0 + 18.0 * rng_unit(r);
    ret->updates_ratio = 0.97;
    if (class <= ATTACK_C && chance(r, 0.5))
        ret->cycle_s = 120.0 + 300.0 * rng_unit(r);
}

struct scene_cell attack_says(const struct attack *a, size_t i, double at_s)
{
    struct scene_cell c = a->says[i];
    if (a->cycle_s > 0.0)
        c.lac = (c.lac + 1 + (int)floor(at_s / a->cycle_s)) % 65000;
    return c;
}
