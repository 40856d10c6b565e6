/* SPDX-License-Identifier: GPL-3.0-or-later */
/* si - System Information messages as plain values.
 *
 * in   23 octets of a BCCH block (L2 pseudo length first)
 * out  struct si_message with the member of its type filled
 * ref  3GPP TS 44.018 9.1.31-9.1.43, 10.5.2; TS 24.008 10.5.1.3
 * cost 0.2 us; 1.4 us with a frequency list
 * thread pure functions
 */
#ifndef GSM_SI_H
#define GSM_SI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gsm_const.h"

enum si_type {
    SI_UNKNOWN = 0,
    SI_1,
    SI_2,
    SI_2BIS,
    SI_2TER,
    SI_2QUATER,
    SI_3,
    SI_4,
    SI_7,
    SI_8,
    SI_9,
    SI_13,
    SI_16,
    SI_17,
    SI_TYPE_COUNT
};

enum si_result { SI_OK = 0, SI_SHORT, SI_NOT_RR, SI_OTHER_TYPE, SI_MALFORMED };

/* A list of ARFCNs, ascending as numbers, 0 last (44.018 10.5.2.21 orders them so). */
#define SI_FREQ_CAP 128
enum si_freq_format {
    SI_FREQ_BITMAP_0 = 0,
    SI_FREQ_RANGE_1024,
    SI_FREQ_RANGE_512,
    SI_FREQ_RANGE_256,
    SI_FREQ_RANGE_128,
    SI_FREQ_BITMAP_VARIABLE,
    SI_FREQ_RESERVED
};
struct si_freq_list {
    enum si_freq_format format;
    uint16_t n;
    uint16_t arfcn[SI_FREQ_CAP];
};

/* 10.5.2.29 RACH Control Parameters */
struct si_rach {
    uint8_t max_retrans;        /* 1, 2, 4 or 7 */
    uint8_t tx_integer_code;    /* 0..15 */
    bool cell_barred;           /* CELL_BARR_ACCESS */
    bool reestablish_forbidden; /* RE = 1 */
    uint16_t access_control;    /* AC15..AC0; bit 10 is EC: emergency call not allowed */
};

/* TS 24.008 10.5.1.3. Digits as text; mnc has two digits when the third is filler F.
 * valid is false when a digit is not 0..9: then the text holds '?' for it. */
struct si_lai {
    bool valid;
    char mcc[4];
    char mnc[4];
    uint16_t lac;
};

/* 10.5.2.4 Cell Selection Parameters */
struct si_cell_selection {
    uint8_t reselect_hysteresis_db; /* 0..14 */
    uint8_t ms_txpwr_max_cch;       /* code 0..31 */
    bool acs;
    bool neci;
    uint8_t rxlev_access_min; /* code 0..63, dBm = code - 111 */
};

/* 10.5.2.34/.35: optional selection parameters; TS 45.008 6.4 */
struct si_selection_rest {
    bool present;
    bool cell_bar_qualify;
    uint8_t cell_reselect_offset_db; /* 0..126 */
    uint8_t temporary_offset_db;     /* 0..60; SI_TEMPORARY_OFFSET_INFINITE */
    uint8_t penalty_time_code;       /* 0..31; 31 makes the offset negative */
};
#define SI_TEMPORARY_OFFSET_INFINITE 255

struct si_gprs_indicator {
    bool present;
    uint8_t ra_colour;
    bool si13_on_bcch_ext; /* SI13_POSITION = 1 */
};

/* SI3 and SI4 rest octets; fields of only one of them stay false in the other. */
struct si_rest_3_4 {
    bool decoded; /* false: the octets did not parse; nothing below is to be used */
    struct si_selection_rest selection;
    bool power_offset_present;
    uint8_t power_offset_db;      /* 0, 2, 4, 6 */
    bool si2ter_indicator;        /* SI3 */
    bool early_classmark_sending; /* SI3 */
    bool scheduling_present;      /* SI3: SI9 position (where) */
    struct si_gprs_indicator gprs;
    bool early_classmark_3g_restricted; /* SI3 "3G Early Classmark Sending Restriction": bit L */
    bool si2quater_indicator;           /* SI3 */
    bool si2quater_on_bcch_ext;         /* SI3 */
    bool lsa_id_present;                /* SI4 SI4 Rest Octets_S */
    bool break_indicator;               /* SI4 */
};

struct si1 {
    struct si_freq_list cell_channel;
    struct si_rach rach;
    bool rest_decoded;
    int nch_position;        /* -1: none */
    bool band_indicator_pcs; /* SI1 rest octets: H = 1900 */
};
struct si2 { /* SI2, SI2bis: ncc_permitted only in SI2 */
    struct si_freq_list neighbours;
    bool ext_ind;
    bool ba_ind;
    uint8_t ncc_permitted;
    struct si_rach rach;
};
struct si2ter {
    struct si_freq_list neighbours;
    uint8_t multiband_reporting;
    bool ext_ind; /* bit is multiband here, kept for completeness when the format defines it */
    bool ba_ind;
};
/* SI2quater rest octets: what names other cells. An unparsed tail is said, not hidden. */
#define SI_EARFCN_CAP 32
#define SI_UARFCN_CAP 32
struct si2quater {
    bool rest_decoded;
    bool truncated; /* lists exceeded the capacities or the message ended inside a list */
    bool ba_ind;
    bool ba3g_ind;
    bool mp_change_mark;
    uint8_t index;
    uint8_t count;
    uint8_t n_uarfcn_fdd;
    uint16_t uarfcn_fdd[SI_UARFCN_CAP];
    uint8_t n_uarfcn_tdd;
    uint16_t uarfcn_tdd[SI_UARFCN_CAP];
    uint8_t n_earfcn;
    uint16_t earfcn[SI_EARFCN_CAP];
};
struct si3 {
    uint16_t cell_identity;
    struct si_lai lai;
    bool mscr;          /* 10.5.2.11: MSC is release 99 or later */
    bool attach_detach; /* ATT */
    uint8_t bs_ag_blks_res;
    uint8_t ccch_conf; /* 0, 1 (combined), 2, 4, 6 */
    bool si22_indicator;
    uint8_t cbq3;
    uint8_t bs_pa_mfrms;     /* 2..9 multiframes */
    uint8_t t3212_decihours; /* 0: no periodic update */
    bool pwrc;
    uint8_t dtx;                /* code 0..2 */
    uint8_t radio_link_timeout; /* 4..64 */
    bool dn_ind;
    struct si_cell_selection selection;
    struct si_rach rach;
    struct si_rest_3_4 rest;
};
struct si4 {
    struct si_lai lai;
    struct si_cell_selection selection;
    struct si_rach rach;
    bool cbch_present;
    uint8_t cbch_chan_type_tn; /* channel type and TDMA offset + TN octet, raw */
    bool cbch_hopping;
    uint16_t cbch_arfcn; /* when not hopping */
    uint8_t cbch_tsc;
    struct si_rest_3_4 rest;
};
struct si13 {
    bool rest_decoded; /* false also for forms the library does not decode (PBCCH, MA) */
    uint8_t bcch_change_mark;
    uint8_t si_change_field;
    uint8_t rac;
    bool spgc_ccch_sup;
    uint8_t priority_access_thr;
    uint8_t network_control_order;
    uint8_t nmo; /* 0: I, 1: II, 2: III */
    uint16_t t3168_ms;
    uint16_t t3192_ms;
    uint8_t drx_timer_max_s;
    uint8_t bs_cv_max;
    bool egprs; /* extension information carries EGPRS support */
};

struct si_message {
    enum si_type type;
    uint8_t l2[GSM_L2_OCT]; /* as received */
    union {
        struct si1 si1;
        struct si2 si2; /* SI_2 and SI_2BIS */
        struct si2ter si2ter;
        struct si2quater si2quater;
        struct si3 si3;
        struct si4 si4;
        struct si13 si13;
    } u;
};

/* Type by message type octet and protocol discriminator alone; SI_UNKNOWN for anything else. */
enum si_type si_type_of(const uint8_t *l2, size_t n_oct);

/* Parses one message. *ret is written whole in every case; members that the message does not
 * carry are zero. Types without a member (7, 8, 9, 16, 17) return SI_OK with the type only. */
enum si_result si_parse(const uint8_t *l2, size_t n_oct, struct si_message *ret);

/* "1", "2", "2bis", "2ter", "2quater", "3", ... ; "?" when unknown. */
const char *si_type_name(enum si_type type);
const char *si_result_name(enum si_result result);

#endif
