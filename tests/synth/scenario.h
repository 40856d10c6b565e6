/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario - what is on the air, as a text file says it.
 *
 * in   lines `KEY VALUE...`; `cell NAME` opens the block of one cell; `#` begins a note
 * out  struct scenario with every value resolved
 * ref  docs/synth.md lists every key
 * thread one object, one caller
 */
#ifndef SYNTH_SCENARIO_H
#define SYNTH_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define SCENARIO_CELL_CAP   64
#define SCENARIO_LIST_CAP   96
#define SCENARIO_TIME_CAP   16
#define SCENARIO_CHANGE_CAP 16
#define SCENARIO_TEXT_CAP   256

enum sample_format { FORMAT_CU8, FORMAT_CS8, FORMAT_CS16, FORMAT_CF32 };

struct arfcn_list {
    int n;
    int arfcn[SCENARIO_LIST_CAP];
};

/* Octets of a message given as such; n 0: made from the fields, -1: not sent. */
struct raw_l2 {
    int n;
    uint8_t oct[23];
};

enum raw_si {
    RAW_SI1,
    RAW_SI2,
    RAW_SI2BIS,
    RAW_SI2TER,
    RAW_SI2QUATER,
    RAW_SI3,
    RAW_SI4,
    RAW_SI7,
    RAW_SI8,
    RAW_SI13,
    RAW_SI_COUNT
};

/* What a cell broadcasts; codes as in TS 44.018 10.5.2 unless a unit is in the name. */
struct si_fields {
    int mcc, mnc, mnc_digits, lac, ci;
    int t3212_decihours;
    int cro_db, to_db, pt, cbq, selection; /* selection: 1 sends the optional parameters */
    int crh_db, rxlev_access_min, ms_txpwr, acs, neci;
    int max_retrans, tx_integer, re, cell_barred, access_control;
    int ncc_permitted, ba_ind, ext_ind, multiband;
    int att, mscr, bs_ag_blks_res, bs_pa_mfrms, cbq3;
    int pwrc, dtx, rlt, ecsc, power_offset_db;
    int gprs, egprs, ra_colour, rac, nmo, si13_ext, si2quater_ext, si2quater, si2ter;
    struct arfcn_list cell_allocation, neighbours, neighbours2bis, neighbours2ter, earfcn;
    struct raw_l2 cbch; /* channel description, three octets */
    struct raw_l2 raw[RAW_SI_COUNT];
};

struct cell_change {
    double at_s;
    char key[32];
    char value[SCENARIO_TEXT_CAP];
};

struct cell_config {
    char name[32];
    char band[16]; /* as arfcn.h names it; empty: from the number */
    int arfcn;
    int bsic;
    double esn0_db;    /* NAN: level_dbfs says it */
    double level_dbfs; /* NAN: esn0_db says it */
    double ppm, drift_ppm_per_min, wander_ppm;
    double carrier_ppm; /* added to the carrier only: a synthesiser apart from the symbol clock */
    double start_fn, delay_sym;
    int n_on, n_off;
    double on_s[SCENARIO_TIME_CAP], off_s[SCENARIO_TIME_CAP];
    char fading[16];
    int combined;
    double paging_per_s, paging_imsi_share, paging_repeats;
    double assign_per_s, assign_lu_share, assign_packet_share;
    int assign_ta_max, sdcch_timeslots;
    char bursts[SCENARIO_TEXT_CAP];
    struct si_fields si;
    int n_changes;
    struct cell_change change[SCENARIO_CHANGE_CAP];
    double carrier_hz; /* resolved */
};

struct scenario {
    double rate_hz, center_hz, duration_s;
    enum sample_format format;
    uint64_t seed;
    double noise_dbfs;    /* in one symbol rate; -INFINITY: no noise; NAN: chosen by peak */
    double noise_esn0_db; /* Es/N0 of the first cell, all others shift along; NAN: as written */
    double receiver_ppm, receiver_drift_ppm_per_min;
    double dc_i, dc_q, dc_dbfs;
    double iq_gain_db, iq_phase_deg;
    double peak; /* largest component expected, of full scale, when levels are chosen */
    char folder[SCENARIO_TEXT_CAP]; /* of the scenario file: names in it start there */
    int n_cells;
    struct cell_config cell[SCENARIO_CELL_CAP];
};

void scenario_init(struct scenario *s);
/* Reads a file. 0 or -errno, with a sentence in err. */
int scenario_read(struct scenario *s, const char *path, char *err, size_t err_cap);
/* The same from an open stream; name stands in the sentence. */
int scenario_parse(struct scenario *s, FILE *f, const char *name, char *err, size_t err_cap);
/* One `KEY=VALUE` or `cell.NAME.KEY=VALUE`. */
int scenario_override(struct scenario *s, const char *text, char *err, size_t err_cap);
/* Computes levels and carriers, and refuses what cannot be made. */
int scenario_resolve(struct scenario *s, char *err, size_t err_cap);
/* Sets one key of a cell, as in its block; SI keys only when si_only. -ENOENT: no such key. */
int scenario_set_cell(struct cell_config *cell, const char *key, const char *value);
int scenario_set_si(struct si_fields *si, const char *key, const char *value);

/* Nominal Es/N0 of a cell after scenario_resolve; INFINITY without noise. */
double scenario_esn0_db(const struct scenario *s, const struct cell_config *cell);
/* Every key, one a line: what docs/synth.md must explain. */
void scenario_print_keys(FILE *f);
const char *scenario_format_name(enum sample_format format);

#endif
