/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/acquire.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dsp/rival.h"
#include "dsp/sync.h"
#include "gsm/mirror.h"
#include "gsm_const.h"

/* Share of the power that the training bits must explain: noise reaches 0.1 over all lags, a
 * burst at Es/N0 -6 dB has 0.17. */
#define FIT_MIN 0.13
/* Share of one phase in what is left of a burst (dsp/rival.h) from which on a rival is tried. */
#define RIVAL_SHARE_MIN 0.35f
/* Places that are tried then, as long as the training bits explain this much. Up to twelve tries
 * ask for no more errors of the 78 coded bits than noise that passes the CRC has (test_sch). */
#define RIVAL_PEAKS   4
#define RIVAL_FIT_MIN 0.08
#define RIVAL_ERRORS  6

/* Two places found for one burst are the same within this. */
#define SAME_SYM 0.3

struct acquire {
    const struct cell_rx_config *cfg;
    struct burst_scratch *scratch;
    struct equalizer *equalizer;
    struct rival *rival;
};

int acquire_create(struct acquire **ret, const struct cell_rx_config *cfg)
{
    struct acquire *a = calloc(1, sizeof(*a));
    if (!a)
        return -ENOMEM;
    a->cfg = cfg;
    int err = burst_scratch_create(&a->scratch, cfg->filter);
    if (!err)
        err = equalizer_create(&a->equalizer);
    if (!err)
        err = rival_create(&a->rival);
    if (err) {
        acquire_destroy(a);
        return err;
    }
    *ret = a;
    return 0;
}

void acquire_destroy(struct acquire *a)
{
    if (!a)
        return;
    burst_scratch_destroy(a->scratch);
    equalizer_destroy(a->equalizer);
    rival_destroy(a->rival);
    free(a);
}

/* Where the SCH should be, the symbol clock taken from the carrier's offset. */
static struct burst_place expect_sch(const struct acquire *a, const struct fcch_hit *hit,
                                     const struct channel *ch)
{
    double off = (hit->offset_hz - ch->nominal_hz) / ch->carrier_hz;
    double sym = a->cfg->rate_hz / GSM_SYMBOL_RATE_HZ * (1.0 - off);
    return (struct burst_place){
        .start_samp = hit->start_samp + GSM_FRAME_SYM * sym,
        .sym_samp = sym,
        .offset_hz = hit->offset_hz,
    };
}

static void cut_sch(struct acquire *a, const struct burst_place *place, struct burst_in *ret)
{
    *ret = (struct burst_in){.kind = BURST_SYNC};
    burst_cut(a->cfg->filter, a->scratch, a->cfg->history, place, -EQUALIZER_LEAD, EQUALIZER_SYMS,
              &ret->y[0][0]);
}

/* The SCH of a cell that is buried under another one of its carrier: that one's bits may look more
 * like the training bits at another place, and what else is on the air bends the frequency. */
static bool decode_beside_rival(struct acquire *a, const struct burst_place *expected,
                                struct burst_place *place, struct burst_soft *out,
                                struct sch_info *sch)
{
    static const double try_hz[] = {0.0, 500.0, -500.0};
    struct sync_peak peak[RIVAL_PEAKS];
    sync_list(a->cfg->filter, a->scratch, a->cfg->history, expected, RIVAL_PEAKS, peak);
    for (int k = 0; k < RIVAL_PEAKS && peak[k].share >= RIVAL_FIT_MIN; k++)
        for (size_t i = 0; i < sizeof(try_hz) / sizeof(try_hz[0]); i++) {
            struct burst_in in;
            *place = peak[k].place;
            place->offset_hz += try_hz[i];
            cut_sch(a, place, &in);
            rival_run(a->rival, &in, out);
            if (sch_decode(out->soft, sch) == SCH_OK && sch->bit_errors <= RIVAL_ERRORS)
                return true;
        }
    return false;
}

/* Does an SCH at this place decode? */
static bool decode_at(struct acquire *a, const struct burst_place *place, struct burst_in *in,
                      struct burst_soft *out, struct sch_info *sch)
{
    struct channel_prior prior;
    channel_prior_init(&prior);
    cut_sch(a, place, in);
    equalizer_run(a->equalizer, &prior, in, 1, out);
    return sch_decode(out->soft, sch) == SCH_OK;
}

/* Beside a louder neighbour the training bits show when it is turned down. tried: a place where
 * none decoded, or NULL. */
static bool decode_beside_neighbour(struct acquire *a, const struct burst_place *expected,
                                    const struct burst_place *tried, struct burst_place *place,
                                    struct burst_soft *out, struct sch_info *sch)
{
    struct burst_in in;
    double fit = sync_find_white(a->cfg->filter, a->scratch, a->cfg->history, expected, place);
    if (fit < FIT_MIN)
        return false;
    if (tried && fabs(place->start_samp - tried->start_samp) < SAME_SYM * place->sym_samp)
        return false;
    return decode_at(a, place, &in, out, sch);
}

/* As it is; then with a louder neighbour turned down; then with another cell of the carrier taken
 * out. */
static bool decode_somehow(struct acquire *a, const struct burst_place *expected,
                           struct burst_place *place, struct burst_soft *out, struct sch_info *sch)
{
    struct burst_in in;
    struct burst_place plain;
    double fit = sync_find(a->cfg->filter, a->scratch, a->cfg->history, expected, &plain);
    bool tried = fit >= FIT_MIN;
    *place = plain;
    if (tried && decode_at(a, &plain, &in, out, sch))
        return true;
    bool rival = tried && rival_share(&in, out) >= RIVAL_SHARE_MIN;
    if (decode_beside_neighbour(a, expected, tried ? &plain : NULL, place, out, sch))
        return true;
    return rival && decode_beside_rival(a, expected, place, out, sch);
}

enum acquire_result acquire_run(struct acquire *a, const struct fcch_hit *hit,
                                const struct channel *ch, struct cell_rx_found *ret)
{
    const struct cell_rx_config *cfg = a->cfg;
    struct burst_place expected = expect_sch(a, hit, ch), place;
    double last = expected.start_samp + (EQUALIZER_SYMS + SYNC_REACH_SYM + 16) * expected.sym_samp;
    if (last > (double)history_end(cfg->history))
        return ACQUIRE_WAIT;
    struct burst_soft out;
    struct sch_info sch;
    if (!decode_somehow(a, &expected, &place, &out, &sch))
        return ACQUIRE_NONE;
    struct channel_prior prior;
    channel_prior_init(&prior);
    if (mirror_image(&out))
        return ACQUIRE_NONE;
    channel_prior_learn(&prior, &out);
    place.offset_hz += (double)out.ramp_sym * cfg->rate_hz / place.sym_samp;
    *ret = (struct cell_rx_found){
        .channel = ch->arfcn,
        .carrier_hz = ch->carrier_hz,
        .nominal_hz = ch->nominal_hz,
        .place = place,
        .sch = sch,
        .es_n0 = (double)out.es_n0,
        .power = burst_power((double)out.energy, place.sym_samp),
        .prior = prior,
    };
    return ACQUIRE_FOUND;
}
