/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Against the bursts of a real base-station stack: the same octets must give the same bits, and
 * the same configuration the same octets. Skipped, saying so, without CELLWARDEN_RECORDINGS. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "burst_list.h"
#include "content.h"
#include "si_encode.h"

struct recording {
    const char *name, *config;
    int bsic;
    bool combined;
};

/* As the stack was configured (its truth.txt). */
static struct recording legit_a = {
    "legit-A",
    "arfcn 20\nbsic 10\nmcc 001\nmnc 01\nlac 1234\nci 1001\ncell_allocation 20\n"
    "neighbours 28 36 44 52\ncrh 4\nbs_pa_mfrms 5\ngprs 1\negprs 1\nsi2quater 1\n",
    10, false};
static struct recording legit_c = {
    "legit-C",
    "arfcn 36\nbsic 32\nmcc 001\nmnc 01\nlac 1234\nci 1003\ncell_allocation 36\n"
    "neighbours 990 1010 1020 20 28 60\ncrh 4\nbs_pa_mfrms 4\ngprs 1\ncro 4\nto 10\npt 1\n",
    32, false};
static struct recording pseudo_1 = {
    "pseudo-1",
    "arfcn 60\nbsic 63\nmcc 001\nmnc 01\nlac 9999\nci 1\ncell_allocation 60\nneighbours none\n"
    "crh 0\nrxlev_access_min 0\nbs_pa_mfrms 2\ngprs 0\necsc 0\ncro 126\nt3212 1\n",
    63, false};
static struct recording combined = {
    "combined",
    "ccch combined\narfcn 52\nbsic 44\nmcc 001\nmnc 01\nlac 1234\nci 2001\ncell_allocation 52\n"
    "neighbours 20 28 36\ncrh 6\nbs_pa_mfrms 3\ngprs 1\ncbch 308034\n",
    44, true};

/* Common to the four. */
static const char common[] = "t3212 10\nrxlev_access_min 6\nms_txpwr 5\nneci 1\natt 1\nmscr 1\n"
                             "bs_ag_blks_res 1\nrlt 32\ndtx 2\nselection 1\n";

static FILE *open_unpacked(const char *name, const char *kind)
{
    const char *folder = getenv("CELLWARDEN_RECORDINGS");
    char command[512], path[400];
    if (!folder) {
        print_message("CELLWARDEN_RECORDINGS is not set: nothing to compare with\n");
        skip();
    }
    snprintf(path, sizeof(path), "%s/realbts/%s.%s.txt.xz", folder, name, kind);
    if (strchr(path, '\'') || access(path, R_OK) != 0) {
        print_message("%s cannot be read\n", path);
        skip();
    }
    snprintf(command, sizeof(command), "xz -dc '%s'", path);
    FILE *f = popen(command, "r");
    assert_non_null(f);
    return f;
}

struct block {
    uint32_t fn;
    uint8_t l2[GSM_L2_OCT];
    bool bcch;
};

static struct block blocks[8192];
static int n_blocks;

static void read_blocks(const char *name)
{
    FILE *f = open_unpacked(name, "blocks");
    char line[256], kind[16], hex[64];
    n_blocks = 0;
    while (fgets(line, sizeof(line), f) && n_blocks < 8192) {
        struct block *b = &blocks[n_blocks];
        if (sscanf(line, "L2 %u %15s %63s", &b->fn, kind, hex) != 3 || strlen(hex) != 46)
            continue;
        for (int i = 0; i < GSM_L2_OCT; i++) {
            unsigned v;
            assert_int_equal(sscanf(hex + 2 * i, "%2x", &v), 1);
            b->l2[i] = (uint8_t)v;
        }
        b->bcch = strcmp(kind, "BCCH") == 0;
        n_blocks++;
    }
    pclose(f);
    assert_true(n_blocks > 1000);
}

static const struct block *find_block(uint32_t fn)
{
    int lo = 0, hi = n_blocks;
    while (lo < hi) {
        int mid = (lo + hi) / 2;
        if (blocks[mid].fn < fn)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < n_blocks && blocks[lo].fn == fn ? &blocks[lo] : NULL;
}

/* The burst our encoder makes for this frame; false when nobody knows what it held. */
static bool expected_burst(const struct recording *r, uint32_t fn, uint8_t bits[GSM_BURST_BITS])
{
    int start = content_block_start(fn), t3 = (int)(fn % GSM_MULTIFRAME);
    memset(bits, 0, GSM_BURST_BITS);
    if (t3 == 50) {
        content_dummy_burst(bits); /* idle frame; C0 never falls silent */
        return true;
    }
    if (start < 0) {
        if (t3 % 10 == 1)
            content_encode_sch(fn, r->bsic, bits);
        return true;
    }
    const struct block *b = find_block(fn - (uint32_t)(t3 - start));
    if (!b)
        return false;
    content_encode_block(b->l2, r->bsic, t3 - start, bits);
    return true;
}

static void bits_are_equal(void **state)
{
    const struct recording *r = *state;
    char line[512];
    int n_equal = 0, n_unknown = 0;
    read_blocks(r->name);
    FILE *f = open_unpacked(r->name, "bursts");
    while (fgets(line, sizeof(line), f)) {
        unsigned fn, tn;
        int used = 0;
        uint8_t bits[GSM_BURST_BITS];
        if (sscanf(line, "%u %u %n", &fn, &tn, &used) != 2 || tn != 0)
            continue;
        if (!expected_burst(r, fn, bits)) {
            n_unknown++;
            continue;
        }
        for (int i = 0; i < GSM_BURST_BITS; i++)
            if (line[used + i] != (bits[i] ? '1' : '0'))
                fail_msg("%s: FN %u differs at bit %d", r->name, fn, i);
        n_equal++;
    }
    pclose(f);
    print_message("%s: %d bursts equal bit for bit, %d of unknown content\n", r->name, n_equal,
                  n_unknown);
    assert_true(n_equal > 7000);
}

static void fields_give_the_octets(void **state)
{
    const struct recording *r = *state;
    static struct scenario s;
    static const enum raw_si made[] = {RAW_SI1, RAW_SI2, RAW_SI3, RAW_SI4, RAW_SI13};
    char text[1024], err[256];
    read_blocks(r->name);
    snprintf(text, sizeof(text), "cell A\n%s%s", common, r->config);
    FILE *f = fmemopen(text, strlen(text), "r");
    assert_non_null(f);
    scenario_init(&s);
    if (scenario_parse(&s, f, r->name, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    fclose(f);
    for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++) {
        uint8_t l2[GSM_L2_OCT];
        int n = 0;
        if (si_encode(&s.cell[0].si, made[i], r->combined, l2) <= 0)
            continue;
        for (int k = 0; k < n_blocks; k++) {
            if (!blocks[k].bcch || blocks[k].l2[2] != l2[2])
                continue;
            assert_memory_equal(l2, blocks[k].l2, GSM_L2_OCT);
            n++;
        }
        assert_true(n >= 30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(bits_are_equal, &legit_a),
        cmocka_unit_test_prestate(bits_are_equal, &legit_c),
        cmocka_unit_test_prestate(bits_are_equal, &pseudo_1),
        cmocka_unit_test_prestate(bits_are_equal, &combined),
        cmocka_unit_test_prestate(fields_give_the_octets, &legit_a),
        cmocka_unit_test_prestate(fields_give_the_octets, &legit_c),
        cmocka_unit_test_prestate(fields_give_the_octets, &pseudo_1),
        cmocka_unit_test_prestate(fields_give_the_octets, &combined),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
