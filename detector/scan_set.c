/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "detector/scan_set.h"

#include "gsm_const.h"

#define BIT(type) (1u << (type))
/* TS 45.002 clause 7: first frames of the blocks that hold BCCH Norm and BCCH Ext. */
#define T3_NORM 2
#define T3_EXT  6
/* Frames of a block, from its first burst to its last. */
#define BLOCK_FRAMES 4
#define ALL_TC       0xff

/* TS 45.002 6.3.1.3: turns at which each message may come. Those that share TC 4 and 5 may change
 * places from cycle to cycle. */
static const struct {
    enum si_type type;
    uint8_t tc;
} turn_table[] = {
    {SI_1, 1u << 0},
    {SI_2, 1u << 1},
    {SI_3, 1u << 2 | 1u << 6},
    {SI_4, 1u << 3 | 1u << 7},
    {SI_2BIS, 1u << 5},
    {SI_2TER, 1u << 5 | 1u << 4},
    {SI_2QUATER, 1u << 5 | 1u << 4},
    {SI_13, 1u << 4},
};
#define N_TURNS (sizeof turn_table / sizeof turn_table[0])

static void announce(struct scan_set *s, enum si_type type, bool said, bool on_ext)
{
    if (!said)
        return;
    s->announced |= BIT(type);
    if (on_ext)
        s->on_ext |= BIT(type);
}

static void learn_rest(struct scan_set *s, const struct si_rest_3_4 *rest)
{
    if (!rest->decoded)
        return;
    announce(s, SI_2TER, rest->si2ter_indicator, false);
    announce(s, SI_2QUATER, rest->si2quater_indicator, rest->si2quater_on_bcch_ext);
    announce(s, SI_13, rest->gprs.present, rest->gprs.si13_on_bcch_ext);
}

/* What a message says of others. */
static void learn(struct scan_set *s, const uint8_t l2[GSM_L2_OCT])
{
    struct si_message msg;
    if (si_parse(l2, GSM_L2_OCT, &msg) != SI_OK)
        return;
    if (msg.type == SI_2)
        announce(s, SI_2BIS, msg.u.si2.ext_ind, false);
    if (msg.type == SI_3)
        learn_rest(s, &msg.u.si3.rest);
    if (msg.type == SI_4)
        learn_rest(s, &msg.u.si4.rest);
    if (msg.type == SI_2QUATER && msg.u.si2quater.rest_decoded) {
        s->quater |= (uint16_t)(1u << (msg.u.si2quater.index & 15));
        s->quater_count = msg.u.si2quater.count & 15;
    }
}

void scan_set_add(struct scan_set *s, const uint8_t l2[GSM_L2_OCT], uint32_t fn)
{
    uint32_t t3 = fn % GSM_MULTIFRAME;
    uint8_t turn = (uint8_t)(1u << (fn / GSM_MULTIFRAME % 8));
    if (t3 == T3_NORM)
        s->tc |= turn;
    else if (t3 == T3_EXT)
        s->tc_ext |= turn;
    else
        return;
    enum si_type type = si_type_of(l2, GSM_L2_OCT);
    if (type == SI_UNKNOWN)
        return;
    s->seen |= BIT(type);
    learn(s, l2);
}

static bool quater_complete(const struct scan_set *s)
{
    uint32_t all = (2u << s->quater_count) - 1;
    return (s->quater & all) == all;
}

/* Messages that are still to come, as far as is known. */
static uint32_t missing(const struct scan_set *s)
{
    uint32_t wanted = BIT(SI_2) | BIT(SI_3) | BIT(SI_4) | s->announced;
    uint32_t ret = wanted & ~s->seen;
    if (!(s->tc & 1))
        ret |= BIT(SI_1);
    if ((s->seen & BIT(SI_2QUATER)) && s->quater != 0 && !quater_complete(s))
        ret |= BIT(SI_2QUATER);
    return ret;
}

static bool all_turns(const struct scan_set *s)
{
    return s->tc == ALL_TC && (s->on_ext == 0 || s->tc_ext == ALL_TC);
}

bool scan_set_complete(const struct scan_set *s)
{
    return missing(s) == 0 || all_turns(s);
}

/* Frames from fn until the block of one of these turns, not before now, is over. */
static uint32_t frames_until(uint32_t fn, uint8_t turns, uint32_t t3)
{
    for (uint32_t i = 0; i <= 8; i++) {
        uint32_t start = (fn / GSM_MULTIFRAME + i) * GSM_MULTIFRAME + t3;
        if ((turns & (1u << (start / GSM_MULTIFRAME % 8))) && start >= fn)
            return start + BLOCK_FRAMES - fn;
    }
    return GSM_SI_CYCLE;
}

double scan_set_wait_s(const struct scan_set *s, uint32_t fn)
{
    uint32_t rest = scan_set_complete(s) ? 0 : missing(s), longest = 0;
    for (size_t i = 0; i < N_TURNS; i++) {
        enum si_type type = turn_table[i].type;
        if (!(rest & BIT(type)))
            continue;
        uint8_t turns = turn_table[i].tc;
        uint8_t fresh = (uint8_t)(turns & ~s->tc); /* a turn that was heard held something else */
        bool ext = (s->on_ext & BIT(type)) != 0;
        uint32_t wait = ext ? frames_until(fn, (uint8_t)~s->tc_ext, T3_EXT)
                            : frames_until(fn, fresh ? fresh : turns, T3_NORM);
        if (wait > longest)
            longest = wait;
    }
    return longest * GSM_FRAME_S;
}
