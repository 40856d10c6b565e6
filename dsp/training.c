/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/training.h"

#include <stddef.h>

/* One string a burst: '0' and '1' known, '.' data. Tail and stealing bits included. */
#define DATA57      "........................................................."
#define NORMAL(tsc) "000" DATA57 "1" tsc "1" DATA57 "000"
#define DATA39      "......................................."

static const char *const normal_text[8] = {
    NORMAL("00100101110000100010010111"), NORMAL("00101101110111100010110111"),
    NORMAL("01000011101110100100001110"), NORMAL("01000111101101000100011110"),
    NORMAL("00011010111001000001101011"), NORMAL("01001110101100000100111010"),
    NORMAL("10100111110110001010011111"), NORMAL("11101111000100101110111100"),
};
static const char sync_text[] =
    "000" DATA39 "1011100101100010000001000000111100101101010001010111011000011011" DATA39 "000";

/* The texts as symbols, written out once by the program loader's point of view: constant after the
 * constructor, so that no thread can see it half made. */
static int8_t known[9][GSM_BURST_BITS];

__attribute__((constructor)) static void training_fill(void)
{
    for (size_t b = 0; b < 9; b++) {
        const char *text = b < 8 ? normal_text[b] : sync_text;
        for (size_t i = 0; i < GSM_BURST_BITS; i++)
            known[b][i] = (int8_t)(text[i] == '.' ? 0 : text[i] == '0' ? 1 : -1);
    }
}

const int8_t *training_known(enum burst_kind kind, int tsc)
{
    return known[kind == BURST_SYNC ? 8 : tsc & 7];
}

int training_first(enum burst_kind kind)
{
    return kind == BURST_SYNC ? TRAINING_SYNC_FIRST : TRAINING_NORMAL_FIRST - 1;
}

int training_count(enum burst_kind kind)
{
    return kind == BURST_SYNC ? TRAINING_SYNC_BITS : TRAINING_NORMAL_BITS + 2;
}
