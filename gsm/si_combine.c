/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/si_combine.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gsm/mframe.h"

/* TC 6 and 7 repeat SI3 and SI4 of TC 2 and 3. */
#define CLASSES 6
/* The newest so many are tried first: content may have changed before them. */
#define RECENT 4
/* Candidates for the CRC of a sum: the odds of chance stay below 1e-11 a try. */
#define LIST 8
/* A transmission of the same content fits like the others within noise: 0.04 of 1 (one sigma) at
 * Es/N0 -4 dB. Other content differs at least in the parity bits and fits by less than 0.75. */
#define FIT_SHARE 0.86

struct kept {
    uint32_t fn;
    struct xcch_coded coded;
};

struct si_combine {
    struct kept kept[CLASSES][GSM_EVENT_FNS]; /* oldest first */
    int n[CLASSES];
};

int si_combine_create(struct si_combine **ret)
{
    struct si_combine *c = calloc(1, sizeof(*c));
    if (!c)
        return -ENOMEM;
    *ret = c;
    return 0;
}

void si_combine_destroy(struct si_combine *c)
{
    free(c);
}

static int class_of(uint32_t fn)
{
    int tc = mframe_tc(fn);
    return tc < CLASSES ? tc : tc - 4;
}

void si_combine_clear(struct si_combine *c, uint32_t fn)
{
    c->n[class_of(fn)] = 0;
}

/* Which of the transmissions agree with the decoded block; false when the newest does not. */
static bool find_agreeing(const struct kept *kept, int n, struct si_combined *ret)
{
    double fit[GSM_EVENT_FNS], sum = 0.0;
    for (int i = 0; i < n; i++) {
        fit[i] = xcch_fit(&kept[i].coded, ret->block.l2);
        sum += fit[i];
    }
    double before = (sum - fit[n - 1]) / (n - 1);
    if (before <= 0.0 || fit[n - 1] < FIT_SHARE * before)
        return false;
    ret->n = 0;
    for (int i = 0; i < n; i++)
        if (fit[i] >= FIT_SHARE * sum / n)
            ret->fn[ret->n++] = kept[i].fn;
    return ret->n >= 2;
}

static bool try_sum(const struct kept *kept, int n, struct si_combined *ret)
{
    struct xcch_coded sum = kept[0].coded;
    for (int i = 1; i < n; i++)
        xcch_coded_add(&sum, &kept[i].coded);
    ret->repaired = xcch_decode_list(&sum, 1, &ret->block) != XCCH_OK;
    if (ret->repaired && xcch_decode_list(&sum, LIST, &ret->block) != XCCH_OK)
        return false;
    return find_agreeing(kept, n, ret);
}

bool si_combine_push(struct si_combine *c, uint32_t fn, const struct xcch_coded *coded,
                     struct si_combined *ret)
{
    int k = class_of(fn);
    struct kept *kept = c->kept[k];
    if (c->n[k] == GSM_EVENT_FNS) {
        memmove(kept, kept + 1, (GSM_EVENT_FNS - 1) * sizeof(*kept));
        c->n[k]--;
    }
    kept[c->n[k]++] = (struct kept){fn, *coded};
    int n = c->n[k];
    if (n < 2)
        return false;
    bool ok = try_sum(kept, n, ret);
    if (!ok && n > RECENT)
        ok = try_sum(kept + n - RECENT, RECENT, ret);
    if (ok)
        c->n[k] = 0;
    return ok;
}
