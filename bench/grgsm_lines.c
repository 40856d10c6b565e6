/* SPDX-License-Identifier: GPL-3.0-or-later */
/* grgsm_lines - what gr-gsm prints (grgsm_decode -v -p), as the lines of replay --blocks.
 *
 * "FN COUNT: 0101..." is a burst: the 57 bits before and after the training sequence of a normal
 * burst. gr-gsm prints an SCH before it checks it, so its CRC is checked here: of hard bits, which
 * is what gr-gsm has. "FN COUNT:  15 06 ..." is a block. gr-gsm says no place and no offset, so the
 * lines have none. Identities are blanked like everywhere.
 *
 * usage: grgsm_decode ... | grgsm_lines ARFCN BSIC
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsm/paging.h"
#include "gsm/sch.h"
#include "gsm_const.h"
#include "spawn.h"

#define HALF_BITS  57
#define SECOND_BIT 88 /* where the second half stands in the burst */

static void put_sch(const char *bits, int arfcn)
{
    int8_t soft[GSM_BURST_BITS] = {0};
    struct sch_info sch;
    for (int i = 0; i < HALF_BITS; i++) {
        soft[3 + i] = bits[i] == '1' ? -127 : 127;
        soft[SECOND_BIT + i] = bits[HALF_BITS + i] == '1' ? -127 : 127;
    }
    if (sch_decode(soft, &sch) != SCH_OK)
        return;
    printf("{\"type\":\"sch\",\"arfcn\":%d,\"bsic\":%d,\"fn\":%u,\"sample\":null,"
           "\"assumed\":false}\n",
           arfcn, sch.bsic, (unsigned)sch.fn);
}

/* 23 octets in hexadecimal; false when there are fewer. */
static bool read_octets(const char *text, uint8_t *ret)
{
    for (int i = 0; i < GSM_L2_OCT; i++) {
        char *end = NULL;
        unsigned long octet = strtoul(text, &end, 16);
        if (end == text || octet > 255)
            return false;
        ret[i] = (uint8_t)octet;
        text = end;
    }
    return true;
}

static void put_block(const char *text, unsigned fn, int arfcn, int bsic)
{
    uint8_t l2[GSM_L2_OCT];
    struct paging_key key = {.epoch = 0};
    if (!read_octets(text, l2))
        return;
    if (fn % GSM_MULTIFRAME >= 6) /* the CCCH */
        paging_blank(l2, &key, -1, NULL, NULL);
    printf("{\"type\":\"block\",\"arfcn\":%d,\"bsic\":%d,\"fn\":%u,\"sample\":null,\"hex\":\"",
           arfcn, bsic, fn);
    for (int i = 0; i < GSM_L2_OCT; i++)
        printf("%02x", l2[i]);
    printf("\",\"combined\":1,\"repaired\":false}\n");
}

static void take_line(char *line, int arfcn, int bsic)
{
    unsigned fn = 0, count = 0;
    int at = 0;
    if (sscanf(line, "%u %u:%n", &fn, &count, &at) != 2 || at == 0)
        return;
    char *text = line + at + strspn(line + at, " ");
    text[strcspn(text, "\r\n")] = '\0';
    if (strlen(text) == 2 * HALF_BITS && strspn(text, "01") == 2 * HALF_BITS) {
        if (fn % GSM_MULTIFRAME % 10 == 1)
            put_sch(text, arfcn);
        return;
    }
    put_block(text, fn, arfcn, bsic);
}

int main(int argc, char **argv)
{
    char *line = NULL;
    size_t cap = 0;
    if (argc != 3)
        bench_fail("give the ARFCN and the BSIC of the cell that was sent");
    int arfcn = atoi(argv[1]), bsic = atoi(argv[2]);
    sch_warm_up();
    while (getline(&line, &cap, stdin) > 0)
        take_line(line, arfcn, bsic);
    free(line);
    return ferror(stdout) || fflush(stdout) != 0;
}
