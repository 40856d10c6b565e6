/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Real base stations against what tshark read of them: every line of NAME.onair.txt must be
 * understood here and agree with what si_parse makes of the blocks. */
#include "unit/gsm/cmocka_all.h"

#include <ctype.h>

#include "gsm/paging.h"
#include "gsm/si.h"
#include "unit/gsm/hex.h"
#include "unit/gsm/recorded.h"

#define LINE_CAP  512
#define BLOCK_CAP 32

/* The distinct system information of one recording. */
struct on_air {
    struct si_message m[BLOCK_CAP];
    size_t n;
};

/* ---- what tshark's lines mean ---- */

enum form {
    IN_PARENTHESES, /* the last "(n)" */
    AFTER_COLON,    /* a number, or a word that is listed */
    ARFCN_LIST,
    EARFCN,
    NETWORK
};

struct row {
    const char *key;
    enum form form;
    long (*get)(const struct si_message *m);
};

static const struct si_rach *rach_of(const struct si_message *m)
{
    if (m->type == SI_1) {
        return &m->u.si1.rach;
    }
    if (m->type == SI_2) {
        return &m->u.si2.rach;
    }
    return m->type == SI_3 ? &m->u.si3.rach : &m->u.si4.rach;
}

static const struct si_cell_selection *selection_of(const struct si_message *m)
{
    return m->type == SI_3 ? &m->u.si3.selection : &m->u.si4.selection;
}

static const struct si_rest_3_4 *rest_of(const struct si_message *m)
{
    const struct si_rest_3_4 *rest = m->type == SI_3 ? &m->u.si3.rest : &m->u.si4.rest;
    assert_true(rest->decoded);
    return rest;
}

static const struct si_freq_list *list_of(const struct si_message *m)
{
    return m->type == SI_1 ? &m->u.si1.cell_channel : &m->u.si2.neighbours;
}

static const struct si_lai *lai_of(const struct si_message *m)
{
    return m->type == SI_3 ? &m->u.si3.lai : &m->u.si4.lai;
}

#define GETTER(name, expression)                                                                   \
    static long name(const struct si_message *m)                                                   \
    {                                                                                              \
        return (long)(expression);                                                                 \
    }

/* The code that tshark prints, from the value we keep. */
GETTER(get_max_retrans, rach_of(m)->max_retrans == 7 ? 3 : rach_of(m)->max_retrans / 2)
GETTER(get_tx_integer, rach_of(m)->tx_integer_code)
GETTER(get_barred, rach_of(m)->cell_barred)
GETTER(get_re, rach_of(m)->reestablish_forbidden)
GETTER(get_acc, rach_of(m)->access_control)
GETTER(get_ext_ind, m->u.si2.ext_ind)
GETTER(get_ba_ind, m->type == SI_2 ? m->u.si2.ba_ind : m->u.si2quater.ba_ind)
GETTER(get_ncc, m->u.si2.ncc_permitted)
GETTER(get_index, m->u.si2quater.index)
GETTER(get_count, m->u.si2quater.count)
GETTER(get_ci, m->u.si3.cell_identity)
GETTER(get_att, m->u.si3.attach_detach)
GETTER(get_ag_blocks, m->u.si3.bs_ag_blks_res)
GETTER(get_ccch_conf, m->u.si3.ccch_conf)
GETTER(get_cbq3, m->u.si3.cbq3)
GETTER(get_pa_mfrms, m->u.si3.bs_pa_mfrms)
GETTER(get_t3212, m->u.si3.t3212_decihours)
GETTER(get_pwrc, m->u.si3.pwrc)
GETTER(get_dtx, m->u.si3.dtx)
GETTER(get_link_timeout, m->u.si3.radio_link_timeout / 4 - 1)
GETTER(get_hysteresis, selection_of(m)->reselect_hysteresis_db / 2)
GETTER(get_txpwr, selection_of(m)->ms_txpwr_max_cch)
GETTER(get_neci, selection_of(m)->neci)
GETTER(get_rxlev, selection_of(m)->rxlev_access_min)
GETTER(get_cbq, rest_of(m)->selection.cell_bar_qualify)
GETTER(get_cro, rest_of(m)->selection.cell_reselect_offset_db / 2)
GETTER(get_to, rest_of(m)->selection.temporary_offset_db / 10)
GETTER(get_pt, rest_of(m)->selection.penalty_time_code)
GETTER(get_2ter, rest_of(m)->si2ter_indicator)
GETTER(get_early, rest_of(m)->early_classmark_sending)
GETTER(get_gprs, rest_of(m)->gprs.present)
GETTER(get_colour, rest_of(m)->gprs.ra_colour)
GETTER(get_si13_ext, rest_of(m)->gprs.si13_on_bcch_ext)
GETTER(get_2quater, rest_of(m)->si2quater_indicator)
GETTER(get_2quater_ext, rest_of(m)->si2quater_on_bcch_ext)
GETTER(get_rac, m->u.si13.rac)
GETTER(get_nmo, m->u.si13.nmo)
GETTER(get_cbch_arfcn, m->u.si4.cbch_arfcn)
GETTER(get_cbch_sub, m->u.si4.cbch_chan_type_tn >> 3 & 3)
/* tshark prints the format's seven bits, EXT-IND and BA-IND left out */
GETTER(get_format, list_of(m)->format == SI_FREQ_BITMAP_VARIABLE ? 0x47
                   : list_of(m)->format == SI_FREQ_BITMAP_0      ? 0
                                                                 : -1)

static const struct row rows[] = {
    {"Format Identifier: ", IN_PARENTHESES, get_format},
    {"List of ARFCNs =", ARFCN_LIST, NULL},
    {"Max retrans: ", IN_PARENTHESES, get_max_retrans},
    {"Tx-integer: ", IN_PARENTHESES, get_tx_integer},
    {"CELL_BARR_ACCESS: ", IN_PARENTHESES, get_barred},
    {"= RE: ", IN_PARENTHESES, get_re},
    {"ACC: ", AFTER_COLON, get_acc},
    {"EXT-IND: ", IN_PARENTHESES, get_ext_ind},
    {"BA-IND: ", AFTER_COLON, get_ba_ind},
    {"NCC Permitted: ", AFTER_COLON, get_ncc},
    {"SI2quater Index: ", AFTER_COLON, get_index},
    {"SI2quater Count: ", AFTER_COLON, get_count},
    {"EARFCN: ", EARFCN, NULL},
    {"Cell CI: ", IN_PARENTHESES, get_ci},
    {"(LAI) - ", NETWORK, NULL},
    {"ATT: ", IN_PARENTHESES, get_att},
    {"BS_AG_BLKS_RES: ", AFTER_COLON, get_ag_blocks},
    {"CCCH-CONF: ", IN_PARENTHESES, get_ccch_conf},
    {"CBQ3: ", IN_PARENTHESES, get_cbq3},
    {"BS-PA-MFRMS: ", AFTER_COLON, get_pa_mfrms},
    {"T3212: ", AFTER_COLON, get_t3212},
    {"PWRC: ", AFTER_COLON, get_pwrc},
    {"DTX (BCCH): ", IN_PARENTHESES, get_dtx},
    {"Radio Link Timeout: ", IN_PARENTHESES, get_link_timeout},
    {"Cell Reselection Hysteresis: ", AFTER_COLON, get_hysteresis},
    {"MS TXPWR MAX CCH: ", AFTER_COLON, get_txpwr},
    {"NECI: ", AFTER_COLON, get_neci},
    {"RXLEV-ACCESS-MIN: ", IN_PARENTHESES, get_rxlev},
    {"CBQ: ", AFTER_COLON, get_cbq},
    {"Cell Reselect Offset: ", IN_PARENTHESES, get_cro},
    {"Temporary Offset: ", IN_PARENTHESES, get_to},
    {"Penalty Time: ", IN_PARENTHESES, get_pt},
    {"SYSTEM INFORMATION TYPE 2ter: ", AFTER_COLON, get_2ter},
    {"Early Classmark Sending: ", AFTER_COLON, get_early},
    {"GPRS Indicator: ", AFTER_COLON, get_gprs},
    {"GPRS RA Colour: ", AFTER_COLON, get_colour},
    {"SI13 Position: ", IN_PARENTHESES, get_si13_ext},
    {"SI2quater Indicator: ", AFTER_COLON, get_2quater},
    {"SI2quater Position: ", AFTER_COLON, get_2quater_ext},
    {"RAC: ", AFTER_COLON, get_rac},
    {"NMO: ", IN_PARENTHESES, get_nmo},
    {"Subchannel: ", AFTER_COLON, get_cbch_sub},
    {"Single channel ARFCN: ", AFTER_COLON, get_cbch_arfcn},
};

static long value_in(const char *text, enum form form)
{
    static const struct {
        const char *text;
        long value;
    } words[] = {
        {"False", 0},
        {"True", 1},
        {"Not", 0},
        {"Present", 1},
        {"Allowed", 1},
        {"Available", 1},
        {"SYSTEM INFORMATION TYPE 2 quater message is sent on BCCH Norm", 0},
        {"SYSTEM INFORMATION TYPE 2 quater message is sent on BCCH Ext", 1},
    };
    if (form == IN_PARENTHESES) {
        const char *open = strrchr(text, '(');
        assert_non_null(open);
        return strtol(open + 1, NULL, 0);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strncmp(text, words[i].text, strlen(words[i].text)) == 0) {
            return words[i].value;
        }
    }
    assert_true(isdigit((unsigned char)*text));
    return strtol(text, NULL, 0);
}

static bool has_number(const uint16_t *numbers, size_t n, long wanted)
{
    for (size_t i = 0; i < n; i++) {
        if (numbers[i] == wanted) {
            return true;
        }
    }
    return false;
}

static void check_list(const struct si_freq_list *list, const char *text)
{
    size_t n = 0;
    char *end = NULL;
    for (long number = strtol(text, &end, 10); end != text; number = strtol(text, &end, 10)) {
        assert_true(has_number(list->arfcn, list->n, number));
        n++;
        text = end;
    }
    assert_int_equal(list->n, n);
    for (uint16_t i = 1; i < list->n; i++) {
        assert_true(list->arfcn[i] > list->arfcn[i - 1]);
    }
}

static void check_network(const struct si_lai *lai, const char *text)
{
    int mcc = 0, lac = 0;
    char mnc[8];
    assert_int_equal(sscanf(text, "MCC %d , MNC %7s , LAC %d", &mcc, mnc, &lac), 3);
    assert_true(lai->valid);
    assert_int_equal(strtol(lai->mcc, NULL, 10), mcc);
    assert_string_equal(lai->mnc, mnc);
    assert_int_equal(lai->lac, lac);
}

static void check_line(const struct si_message *m, const char *line, size_t *n_earfcn)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        const char *at = strstr(line, row->key);
        if (at == NULL) {
            continue;
        }
        at += strlen(row->key);
        if (row->form == ARFCN_LIST) {
            check_list(list_of(m), at);
        } else if (row->form == NETWORK) {
            check_network(lai_of(m), at);
        } else if (row->form == EARFCN) {
            assert_true(
                has_number(m->u.si2quater.earfcn, m->u.si2quater.n_earfcn, strtol(at, NULL, 10)));
            ++*n_earfcn;
        } else if (row->get(m) != value_in(at, row->form)) {
            fail_msg("%s: we have %ld", line, row->get(m));
        }
        return;
    }
    fail_msg("nobody here understands: %s", line);
}

/* ---- the recordings ---- */

static void read_blocks(const char *path, struct on_air *air)
{
    FILE *file = recorded_open_xz(path);
    assert_non_null(file);
    char line[LINE_CAP];
    memset(air, 0, sizeof(*air));
    while (fgets(line, sizeof(line), file) != NULL) {
        char kind[16], hex[64];
        uint8_t l2[23];
        if (sscanf(line, "L2 %*u %15s %63s", kind, hex) != 2 || strcmp(kind, "BCCH") != 0) {
            continue;
        }
        assert_int_equal(hex_parse(hex, l2, sizeof(l2)), 23);
        bool known = false;
        for (size_t i = 0; i < air->n; i++) {
            known = known || memcmp(air->m[i].l2, l2, sizeof(l2)) == 0;
        }
        if (!known) {
            assert_true(air->n < BLOCK_CAP);
            assert_int_equal(si_parse(l2, sizeof(l2), &air->m[air->n]), SI_OK);
            air->n++;
        }
    }
    assert_int_equal(pclose(file), 0);
}

/* Two contents of one type (SI13 with two change marks) must both agree. */
static void check_recording(const char *name)
{
    char path[RECORDED_PATH_CAP], file_name[64], line[LINE_CAP], type[16];
    static struct on_air air;
    size_t n_lines = 0, n_checked = 0, n_earfcn = 0, n_earfcn_parsed = 0;
    snprintf(file_name, sizeof(file_name), "realbts/%s.blocks.txt.xz", name);
    if (!recorded_path(file_name, path)) {
        skip();
    }
    read_blocks(path, &air);
    assert_true(air.n >= 4);
    for (size_t i = 0; i < air.n; i++) {
        if (air.m[i].type == SI_2QUATER) {
            assert_true(air.m[i].u.si2quater.rest_decoded);
            n_earfcn_parsed += air.m[i].u.si2quater.n_earfcn;
        }
    }
    snprintf(file_name, sizeof(file_name), "realbts/%s.onair.txt", name);
    assert_true(recorded_path(file_name, path));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        assert_int_equal(sscanf(line, "System Information Type %15[^:]:", type), 1);
        n_lines++;
        for (size_t i = 0; i < air.n; i++) {
            if (strcmp(si_type_name(air.m[i].type), type) == 0) {
                check_line(&air.m[i], line, &n_earfcn);
                n_checked++;
            }
        }
    }
    fclose(file);
    assert_true(n_lines > 40);
    assert_true(n_checked >= n_lines);
    assert_int_equal(n_earfcn, n_earfcn_parsed);
}

static void combined_cell_with_cell_broadcast_reads_as_tshark_does(void **state)
{
    (void)state;
    check_recording("combined");
}

static void cell_with_lte_neighbours_reads_as_tshark_does(void **state)
{
    (void)state;
    check_recording("legit-A");
}

static void cell_with_wrapping_neighbours_reads_as_tshark_does(void **state)
{
    (void)state;
    check_recording("legit-C");
}

static void pseudo_cell_reads_as_tshark_does(void **state)
{
    (void)state;
    check_recording("pseudo-1");
}

/* ---- identities ---- */

static void add_block(const char *hex, const struct paging_key *key, struct paging_tally *paging,
                      struct assign_tally *assign)
{
    uint8_t l2[23], before[23];
    assert_int_equal(hex_parse(hex, before, sizeof(before)), 23);
    memcpy(l2, before, sizeof(l2));
    paging_blank(l2, key, 1, paging, assign);
    bool is_page = before[2] == 0x21 || before[2] == 0x22 || before[2] == 0x24;
    bool is_empty = before[2] == 0x21 && before[5] == 0xf0;
    assert_int_equal(memcmp(l2, before, sizeof(l2)) != 0, is_page && !is_empty);
    if (before[2] == 0x24) {
        const uint8_t zeros[16] = {0};
        assert_memory_equal(l2 + 4, zeros, sizeof(zeros));
        assert_memory_equal(l2 + 20, before + 20, 3);
    }
}

static void count_pages(const char *name, struct paging_tally *paging, struct assign_tally *assign)
{
    char path[RECORDED_PATH_CAP], file_name[64], line[LINE_CAP];
    struct paging_key key;
    paging_key_derive((const uint8_t *)name, strlen(name), 0, &key);
    snprintf(file_name, sizeof(file_name), "realbts/%s.blocks.txt.xz", name);
    if (!recorded_path(file_name, path)) {
        skip();
    }
    FILE *file = recorded_open_xz(path);
    assert_non_null(file);
    while (fgets(line, sizeof(line), file) != NULL) {
        char kind[16], hex[64];
        if (sscanf(line, "L2 %*u %15s %63s", kind, hex) == 2 && strcmp(kind, "CCCH") == 0) {
            add_block(hex, &key, paging, assign);
        }
    }
    assert_int_equal(pclose(file), 0);
}

static void pages_of_a_pseudo_cell_are_all_by_imsi(void **state)
{
    struct paging_tally p = {0};
    struct assign_tally a = {0};
    (void)state;
    count_pages("pseudo-1", &p, &a);
    assert_int_equal(p.n_tmsi, 0);
    assert_true(p.n_imsi > 20);
    assert_int_equal(p.n_malformed, 0);
    assert_int_equal(p.n_tags, p.n_imsi);
    assert_true(p.n_empty_requests > 1000);
    assert_true(a.n_immediate > 20);
    assert_int_equal(a.n_request_reference, a.n_immediate);
    assert_int_equal(a.n_timing_advance, a.n_immediate);
}

static void pages_of_a_legitimate_cell_are_mostly_by_tmsi(void **state)
{
    struct paging_tally p = {0};
    struct assign_tally a = {0};
    (void)state;
    count_pages("legit-A", &p, &a);
    assert_true(p.n_tmsi > 4 * p.n_imsi);
    assert_true(p.n_imsi > 0);
    assert_int_equal(p.n_malformed, 0);
    assert_int_equal(p.n_other, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(combined_cell_with_cell_broadcast_reads_as_tshark_does),
        cmocka_unit_test(cell_with_lte_neighbours_reads_as_tshark_does),
        cmocka_unit_test(cell_with_wrapping_neighbours_reads_as_tshark_does),
        cmocka_unit_test(pseudo_cell_reads_as_tshark_does),
        cmocka_unit_test(pages_of_a_pseudo_cell_are_all_by_imsi),
        cmocka_unit_test(pages_of_a_legitimate_cell_are_mostly_by_tmsi),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
