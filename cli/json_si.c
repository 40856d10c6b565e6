/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>
#include <string.h>

#include "cli/json_lines.h"

/* One row a field: name, how it is stored, where. A group is a table of rows of its own. */
enum field_type { F_U8, F_U16, F_INT, F_BOOL, F_FREQ, F_LAI, F_RFCN, F_GROUP, F_SPLICE };

struct field {
    const char *name;
    enum field_type type;
    size_t at;
    const struct field *rows; /* F_GROUP, F_SPLICE; ends with a row without name */
    size_t at_count;          /* F_RFCN: where the number of entries is */
};

#define FIELD(s, t, m)                                                                             \
    {                                                                                              \
#m, t, offsetof(struct s, m), NULL, 0                                                      \
    }
#define NAMED(n, s, t, m)                                                                          \
    {                                                                                              \
        n, t, offsetof(struct s, m), NULL, 0                                                       \
    }
#define GROUP(s, m, r)                                                                             \
    {                                                                                              \
#m, F_GROUP, offsetof(struct s, m), r, 0                                                   \
    }
#define SPLICE(s, m, r)                                                                            \
    {                                                                                              \
#m, F_SPLICE, offsetof(struct s, m), r, 0                                                  \
    }
#define NUMBERS(s, m, count)                                                                       \
    {                                                                                              \
#m, F_RFCN, offsetof(struct s, m), NULL, offsetof(struct s, count)                         \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, F_U8, 0, NULL, 0                                                                     \
    }

/* clang-format off */
static const struct field rach_rows[] = {
    FIELD(si_rach, F_U8, max_retrans),
    FIELD(si_rach, F_U8, tx_integer_code),
    FIELD(si_rach, F_BOOL, cell_barred),
    FIELD(si_rach, F_BOOL, reestablish_forbidden),
    FIELD(si_rach, F_U16, access_control),
    END,
};
static const struct field selection_rows[] = {
    NAMED("cell_reselect_hysteresis_db", si_cell_selection, F_U8, reselect_hysteresis_db),
    FIELD(si_cell_selection, F_U8, ms_txpwr_max_cch),
    FIELD(si_cell_selection, F_BOOL, acs),
    FIELD(si_cell_selection, F_BOOL, neci),
    FIELD(si_cell_selection, F_U8, rxlev_access_min),
    END,
};
static const struct field selection_rest_rows[] = {
    FIELD(si_selection_rest, F_BOOL, present),
    FIELD(si_selection_rest, F_BOOL, cell_bar_qualify),
    FIELD(si_selection_rest, F_U8, cell_reselect_offset_db),
    FIELD(si_selection_rest, F_U8, temporary_offset_db),
    FIELD(si_selection_rest, F_U8, penalty_time_code),
    END,
};
static const struct field gprs_rows[] = {
    FIELD(si_gprs_indicator, F_BOOL, present),
    FIELD(si_gprs_indicator, F_U8, ra_colour),
    FIELD(si_gprs_indicator, F_BOOL, si13_on_bcch_ext),
    END,
};
static const struct field rest_rows[] = {
    FIELD(si_rest_3_4, F_BOOL, decoded),
    GROUP(si_rest_3_4, selection, selection_rest_rows),
    FIELD(si_rest_3_4, F_BOOL, power_offset_present),
    FIELD(si_rest_3_4, F_U8, power_offset_db),
    FIELD(si_rest_3_4, F_BOOL, si2ter_indicator),
    FIELD(si_rest_3_4, F_BOOL, early_classmark_sending),
    FIELD(si_rest_3_4, F_BOOL, scheduling_present),
    GROUP(si_rest_3_4, gprs, gprs_rows),
    FIELD(si_rest_3_4, F_BOOL, early_classmark_3g_restricted),
    FIELD(si_rest_3_4, F_BOOL, si2quater_indicator),
    FIELD(si_rest_3_4, F_BOOL, si2quater_on_bcch_ext),
    FIELD(si_rest_3_4, F_BOOL, lsa_id_present),
    FIELD(si_rest_3_4, F_BOOL, break_indicator),
    END,
};
static const struct field si1_rows[] = {
    FIELD(si1, F_FREQ, cell_channel),
    SPLICE(si1, rach, rach_rows),
    FIELD(si1, F_BOOL, rest_decoded),
    FIELD(si1, F_INT, nch_position),
    FIELD(si1, F_BOOL, band_indicator_pcs),
    END,
};
static const struct field si2_rows[] = {
    FIELD(si2, F_FREQ, neighbours),
    FIELD(si2, F_BOOL, ext_ind),
    FIELD(si2, F_BOOL, ba_ind),
    FIELD(si2, F_U8, ncc_permitted),
    SPLICE(si2, rach, rach_rows),
    END,
};
static const struct field si2bis_rows[] = {
    FIELD(si2, F_FREQ, neighbours),
    FIELD(si2, F_BOOL, ext_ind),
    FIELD(si2, F_BOOL, ba_ind),
    SPLICE(si2, rach, rach_rows),
    END,
};
static const struct field si2ter_rows[] = {
    FIELD(si2ter, F_FREQ, neighbours),
    FIELD(si2ter, F_U8, multiband_reporting),
    FIELD(si2ter, F_BOOL, ext_ind),
    FIELD(si2ter, F_BOOL, ba_ind),
    END,
};
static const struct field si2quater_rows[] = {
    FIELD(si2quater, F_BOOL, rest_decoded),
    FIELD(si2quater, F_BOOL, truncated),
    FIELD(si2quater, F_BOOL, ba_ind),
    FIELD(si2quater, F_BOOL, ba3g_ind),
    FIELD(si2quater, F_BOOL, mp_change_mark),
    FIELD(si2quater, F_U8, index),
    FIELD(si2quater, F_U8, count),
    NUMBERS(si2quater, uarfcn_fdd, n_uarfcn_fdd),
    NUMBERS(si2quater, uarfcn_tdd, n_uarfcn_tdd),
    NUMBERS(si2quater, earfcn, n_earfcn),
    END,
};
static const struct field si3_rows[] = {
    NAMED("lai", si3, F_LAI, lai),
    NAMED("ci", si3, F_U16, cell_identity),
    FIELD(si3, F_BOOL, mscr),
    FIELD(si3, F_BOOL, attach_detach),
    FIELD(si3, F_U8, bs_ag_blks_res),
    FIELD(si3, F_U8, ccch_conf),
    FIELD(si3, F_BOOL, si22_indicator),
    FIELD(si3, F_U8, cbq3),
    FIELD(si3, F_U8, bs_pa_mfrms),
    FIELD(si3, F_U8, t3212_decihours),
    FIELD(si3, F_BOOL, pwrc),
    FIELD(si3, F_U8, dtx),
    FIELD(si3, F_U8, radio_link_timeout),
    FIELD(si3, F_BOOL, dn_ind),
    SPLICE(si3, selection, selection_rows),
    SPLICE(si3, rach, rach_rows),
    GROUP(si3, rest, rest_rows),
    END,
};
static const struct field si4_rows[] = {
    NAMED("lai", si4, F_LAI, lai),
    SPLICE(si4, selection, selection_rows),
    SPLICE(si4, rach, rach_rows),
    FIELD(si4, F_BOOL, cbch_present),
    FIELD(si4, F_U8, cbch_chan_type_tn),
    FIELD(si4, F_BOOL, cbch_hopping),
    FIELD(si4, F_U16, cbch_arfcn),
    FIELD(si4, F_U8, cbch_tsc),
    GROUP(si4, rest, rest_rows),
    END,
};
static const struct field si13_rows[] = {
    FIELD(si13, F_BOOL, rest_decoded),
    FIELD(si13, F_U8, bcch_change_mark),
    FIELD(si13, F_U8, si_change_field),
    FIELD(si13, F_U8, rac),
    FIELD(si13, F_BOOL, spgc_ccch_sup),
    FIELD(si13, F_U8, priority_access_thr),
    FIELD(si13, F_U8, network_control_order),
    FIELD(si13, F_U8, nmo),
    FIELD(si13, F_U16, t3168_ms),
    FIELD(si13, F_U16, t3192_ms),
    FIELD(si13, F_U8, drx_timer_max_s),
    FIELD(si13, F_U8, bs_cv_max),
    FIELD(si13, F_BOOL, egprs),
    END,
};
static const struct field *const message_rows[SI_TYPE_COUNT] = {
    [SI_1] = si1_rows,
    [SI_2] = si2_rows,
    [SI_2BIS] = si2bis_rows,
    [SI_2TER] = si2ter_rows,
    [SI_2QUATER] = si2quater_rows,
    [SI_3] = si3_rows,
    [SI_4] = si4_rows,
    [SI_13] = si13_rows,
};
/* clang-format on */

static json_t *numbers(const void *list, size_t n, size_t cap)
{
    const unsigned char *octets = list;
    json_t *array = json_array();
    for (size_t i = 0; i < n && i < cap; i++) {
        uint16_t value;
        memcpy(&value, octets + 2 * i, sizeof value);
        json_array_append_new(array, json_integer(value));
    }
    return array;
}

static void put_lai(json_t *object, const struct si_lai *lai)
{
    json_object_set_new(object, "lai_valid", json_boolean(lai->valid));
    json_object_set_new(object, "mcc", json_string(lai->mcc));
    json_object_set_new(object, "mnc", json_string(lai->mnc));
    json_object_set_new(object, "lac", json_integer(lai->lac));
}

static void put_rows(json_t *object, const struct field *row, const unsigned char *base);

static json_t *group(const struct field *rows, const unsigned char *base)
{
    json_t *object = json_object();
    put_rows(object, rows, base);
    return object;
}

static json_t *scalar(const struct field *row, const unsigned char *p)
{
    switch (row->type) {
    case F_U8:
        return json_integer(*p);
    case F_BOOL: {
        bool value;
        memcpy(&value, p, sizeof value);
        return json_boolean(value);
    }
    case F_U16: {
        uint16_t value;
        memcpy(&value, p, sizeof value);
        return json_integer(value);
    }
    case F_INT: {
        int value;
        memcpy(&value, p, sizeof value);
        return json_integer(value);
    }
    case F_FREQ: {
        struct si_freq_list list;
        memcpy(&list, p, sizeof list);
        return numbers(list.arfcn, list.n, SI_FREQ_CAP);
    }
    case F_GROUP:
        return group(row->rows, p);
    case F_LAI:
    case F_RFCN:
    case F_SPLICE:
        break;
    }
    return NULL;
}

/* Format of a frequency list, beside the list itself. */
static void put_freq_format(json_t *object, const struct field *row, const unsigned char *p)
{
    static const char *const names[] = {"bitmap 0",  "range 1024", "range 512", "range 256",
                                        "range 128", "variable",   "reserved"};
    struct si_freq_list list;
    memcpy(&list, p, sizeof list);
    size_t i = (size_t)list.format;
    char key[48];
    (void)snprintf(key, sizeof key, "%s_format", row->name);
    json_object_set_new(object, key,
                        json_string(i < sizeof names / sizeof names[0] ? names[i] : "?"));
}

static void put_rows(json_t *object, const struct field *row, const unsigned char *base)
{
    for (; row->name; row++) {
        const unsigned char *p = base + row->at;
        if (row->type == F_LAI) {
            struct si_lai lai;
            memcpy(&lai, p, sizeof lai);
            put_lai(object, &lai);
        } else if (row->type == F_SPLICE) {
            put_rows(object, row->rows, p);
        } else if (row->type == F_RFCN) {
            json_object_set_new(object, row->name, numbers(p, base[row->at_count], SI_UARFCN_CAP));
        } else {
            json_object_set_new(object, row->name, scalar(row, p));
        }
        if (row->type == F_FREQ)
            put_freq_format(object, row, p);
    }
}

json_t *json_si_fields(const uint8_t *l2, size_t n_oct)
{
    struct si_message message;
    enum si_result result = si_parse(l2, n_oct, &message);
    if (result != SI_OK)
        return json_pack("{s:s}", "parse", si_result_name(result));
    const struct field *rows = message_rows[message.type];
    return rows ? group(rows, (const unsigned char *)&message.u) : json_object();
}
