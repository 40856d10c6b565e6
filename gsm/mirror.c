/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "gsm/mirror.h"

/* A tap goes with the next, as share of their power, and what the channel lets through 68 kHz below
 * the carrier, over what it lets through as far above: images have 0.43 to 0.58 and 0.02 to 0.2.
 * Single bursts of strong echoes reach either, not both: two rays that are a symbol apart and make
 * NEXT_SURE let through 0.3 at least; of 400 SCH in TU50, HT100 and EQ50 at 0 to 20 dB those above
 * NEXT_MIN had 6 and more. */
#define NEXT_MIN   0.35f
#define BELOW_MAX  0.16f
#define NEXT_SURE  0.42f
#define BELOW_SURE 0.25f

static bool judge(float power, float next, float below, float above)
{
    return (next > NEXT_MIN * power && below < BELOW_MAX * above) ||
           (next > NEXT_SURE * power && below < BELOW_SURE * above);
}

bool mirror_image(const struct burst_soft *b)
{
    float power = 0.0f, next = 0.0f, even[2] = {0}, odd[2] = {0};
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        const float *h = b->tap[i];
        float sign = i & 2 ? -1.0f : 1.0f;
        float *sum = i & 1 ? odd : even;
        power += h[0] * h[0] + h[1] * h[1];
        next += i ? h[0] * h[-2] + h[1] * h[-1] : 0.0f;
        sum[0] += sign * h[0];
        sum[1] += sign * h[1];
    }
    /* even + j odd and even - j odd: the response at plus and minus a quarter of the symbol rate */
    float below[2] = {even[0] - odd[1], even[1] + odd[0]};
    float above[2] = {even[0] + odd[1], even[1] - odd[0]};
    return judge(power, next, below[0] * below[0] + below[1] * below[1],
                 above[0] * above[0] + above[1] * above[1]);
}

bool mirror_channel(const struct channel_prior *p)
{
    static const float turn[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    float power = 0.0f, next = 0.0f, below = 0.0f, above = 0.0f;
    for (int i = 0; i < CHANNEL_TAPS; i++) {
        power += p->cov[i][i][0];
        next += i ? p->cov[i][i - 1][0] : 0.0f;
        for (int k = 0; k < CHANNEL_TAPS; k++) {
            const float *w = turn[(i - k + 4 * CHANNEL_TAPS) % 4];
            below += w[0] * p->cov[i][k][0] - w[1] * p->cov[i][k][1];
            above += w[0] * p->cov[i][k][0] + w[1] * p->cov[i][k][1];
        }
    }
    return judge(power, next, below, above);
}
