/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "scenario.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gsm_const.h"
#include "keys.h"

#define SI(field)     offsetof(struct si_fields, field)
#define CELL(field)   offsetof(struct cell_config, field)
#define GLOBAL(field) offsetof(struct scenario, field)

static const struct key si_keys[] = {
    {"mcc", KEY_INT, SI(mcc), 0, 999},
    {"lac", KEY_INT, SI(lac), 0, 65535},
    {"ci", KEY_INT, SI(ci), 0, 65535},
    {"t3212", KEY_INT, SI(t3212_decihours), 0, 255},
    {"cro", KEY_INT, SI(cro_db), 0, 126},
    {"to", KEY_INT, SI(to_db), 0, 70},
    {"pt", KEY_INT, SI(pt), 0, 31},
    {"cbq", KEY_INT, SI(cbq), 0, 1},
    {"selection", KEY_INT, SI(selection), 0, 1},
    {"crh", KEY_INT, SI(crh_db), 0, 14},
    {"rxlev_access_min", KEY_INT, SI(rxlev_access_min), 0, 63},
    {"ms_txpwr", KEY_INT, SI(ms_txpwr), 0, 31},
    {"acs", KEY_INT, SI(acs), 0, 1},
    {"neci", KEY_INT, SI(neci), 0, 1},
    {"max_retrans", KEY_INT, SI(max_retrans), 1, 7},
    {"tx_integer", KEY_INT, SI(tx_integer), 0, 15},
    {"re", KEY_INT, SI(re), 0, 1},
    {"cell_barred", KEY_INT, SI(cell_barred), 0, 1},
    {"ac", KEY_HEX, SI(access_control), 0, 65535},
    {"ncc_permitted", KEY_HEX, SI(ncc_permitted), 0, 255},
    {"ba_ind", KEY_INT, SI(ba_ind), 0, 1},
    {"ext_ind", KEY_INT, SI(ext_ind), 0, 1},
    {"multiband", KEY_INT, SI(multiband), 0, 3},
    {"att", KEY_INT, SI(att), 0, 1},
    {"mscr", KEY_INT, SI(mscr), 0, 1},
    {"bs_ag_blks_res", KEY_INT, SI(bs_ag_blks_res), 0, 7},
    {"bs_pa_mfrms", KEY_INT, SI(bs_pa_mfrms), 2, 9},
    {"cbq3", KEY_INT, SI(cbq3), 0, 3},
    {"pwrc", KEY_INT, SI(pwrc), 0, 1},
    {"dtx", KEY_INT, SI(dtx), 0, 3},
    {"rlt", KEY_INT, SI(rlt), 4, 64},
    {"ecsc", KEY_INT, SI(ecsc), 0, 1},
    {"power_offset", KEY_INT, SI(power_offset_db), -1, 6},
    {"gprs", KEY_INT, SI(gprs), 0, 1},
    {"egprs", KEY_INT, SI(egprs), 0, 1},
    {"ra_colour", KEY_INT, SI(ra_colour), 0, 7},
    {"rac", KEY_INT, SI(rac), 0, 255},
    {"nmo", KEY_INT, SI(nmo), 0, 2},
    {"si13_ext", KEY_INT, SI(si13_ext), 0, 1},
    {"si2quater", KEY_INT, SI(si2quater), 0, 1},
    {"si2quater_ext", KEY_INT, SI(si2quater_ext), 0, 1},
    {"si2ter", KEY_INT, SI(si2ter), 0, 1},
    {"cell_allocation", KEY_LIST, SI(cell_allocation), 0, 0},
    {"neighbours", KEY_LIST, SI(neighbours), 0, 0},
    {"neighbours2bis", KEY_LIST, SI(neighbours2bis), 0, 0},
    {"neighbours2ter", KEY_LIST, SI(neighbours2ter), 0, 0},
    {"si2quater_earfcn", KEY_LIST, SI(earfcn), 0, 0},
    {"cbch", KEY_OCTETS, SI(cbch), 0, 0},
    {"si1", KEY_OCTETS, SI(raw[RAW_SI1]), 0, 0},
    {"si2", KEY_OCTETS, SI(raw[RAW_SI2]), 0, 0},
    {"si2bis", KEY_OCTETS, SI(raw[RAW_SI2BIS]), 0, 0},
    {"si2ter_hex", KEY_OCTETS, SI(raw[RAW_SI2TER]), 0, 0},
    {"si2quater_hex", KEY_OCTETS, SI(raw[RAW_SI2QUATER]), 0, 0},
    {"si3", KEY_OCTETS, SI(raw[RAW_SI3]), 0, 0},
    {"si4", KEY_OCTETS, SI(raw[RAW_SI4]), 0, 0},
    {"si7", KEY_OCTETS, SI(raw[RAW_SI7]), 0, 0},
    {"si8", KEY_OCTETS, SI(raw[RAW_SI8]), 0, 0},
    {"si13", KEY_OCTETS, SI(raw[RAW_SI13]), 0, 0},
    {NULL, KEY_INT, 0, 0, 0},
};

static const struct key cell_keys[] = {
    {"arfcn", KEY_INT, CELL(arfcn), 0, 1023},
    {"band", KEY_TEXT, CELL(band), 0, 16},
    {"bsic", KEY_INT, CELL(bsic), 0, 63},
    {"ppm", KEY_NUMBER, CELL(ppm), -1000, 1000},
    {"carrier_ppm", KEY_NUMBER, CELL(carrier_ppm), -1000, 1000},
    {"drift_ppm_per_min", KEY_NUMBER, CELL(drift_ppm_per_min), -100, 100},
    {"wander_ppm", KEY_NUMBER, CELL(wander_ppm), 0, 10},
    {"start_fn", KEY_NUMBER, CELL(start_fn), 0, GSM_HYPERFRAME - 1},
    {"delay_sym", KEY_NUMBER, CELL(delay_sym), -1e9, 1e9},
    {"fading", KEY_TEXT, CELL(fading), 0, 16},
    {"paging_per_s", KEY_NUMBER, CELL(paging_per_s), 0, 200},
    {"paging_imsi_share", KEY_NUMBER, CELL(paging_imsi_share), 0, 1},
    {"paging_repeats", KEY_NUMBER, CELL(paging_repeats), 1, 4},
    {"assign_per_s", KEY_NUMBER, CELL(assign_per_s), 0, 200},
    {"assign_lu_share", KEY_NUMBER, CELL(assign_lu_share), 0, 1},
    {"assign_packet_share", KEY_NUMBER, CELL(assign_packet_share), 0, 1},
    {"assign_ta_max", KEY_INT, CELL(assign_ta_max), 0, 63},
    {"sdcch_timeslots", KEY_INT, CELL(sdcch_timeslots), 1, 7},
    {"bursts", KEY_TEXT, CELL(bursts), 0, SCENARIO_TEXT_CAP},
    {NULL, KEY_INT, 0, 0, 0},
};

static const struct key global_keys[] = {
    {"rate", KEY_NUMBER, GLOBAL(rate_hz), 200e3, 100e6},
    {"center", KEY_NUMBER, GLOBAL(center_hz), 0, 10e9},
    {"duration_s", KEY_NUMBER, GLOBAL(duration_s), 0, 1e6},
    {"noise_dbfs", KEY_NUMBER, GLOBAL(noise_dbfs), -(double)INFINITY, 20},
    {"noise_esn0_db", KEY_NUMBER, GLOBAL(noise_esn0_db), -60, 120},
    {"receiver_ppm", KEY_NUMBER, GLOBAL(receiver_ppm), -1000, 1000},
    {"receiver_drift_ppm_per_min", KEY_NUMBER, GLOBAL(receiver_drift_ppm_per_min), -100, 100},
    {"dc_i", KEY_NUMBER, GLOBAL(dc_i), -1, 1},
    {"dc_q", KEY_NUMBER, GLOBAL(dc_q), -1, 1},
    {"dc_dbfs", KEY_NUMBER, GLOBAL(dc_dbfs), -(double)INFINITY, 0},
    {"iq_gain_db", KEY_NUMBER, GLOBAL(iq_gain_db), -6, 6},
    {"iq_phase_deg", KEY_NUMBER, GLOBAL(iq_phase_deg), -45, 45},
    {"peak", KEY_NUMBER, GLOBAL(peak), 1e-6, 1e6},
    {NULL, KEY_INT, 0, 0, 0},
};

__attribute__((format(printf, 4, 5))) static int refuse(char *err, size_t cap, int rc,
                                                        const char *format, ...)
{
    va_list ap;
    va_start(ap, format);
    vsnprintf(err, cap, format, ap);
    va_end(ap);
    return rc;
}

void scenario_init(struct scenario *s)
{
    memset(s, 0, sizeof(*s));
    s->rate_hz = 13e6 / 12.0;
    s->duration_s = 5.0;
    s->seed = 1;
    s->noise_dbfs = s->noise_esn0_db = (double)NAN;
    s->dc_dbfs = -(double)INFINITY;
    s->peak = 0.9;
}

static void cell_init(struct cell_config *c, const char *name, int index)
{
    struct si_fields *f = &c->si;
    memset(c, 0, sizeof(*c));
    snprintf(c->name, sizeof(c->name), "%s", name);
    c->arfcn = -1;
    c->esn0_db = c->level_dbfs = (double)NAN;
    c->paging_repeats = 1;
    c->assign_ta_max = 6;
    c->sdcch_timeslots = 1;
    f->mcc = 999;
    f->mnc = 70;
    f->mnc_digits = 2;
    f->lac = 100;
    f->ci = index + 1;
    f->t3212_decihours = 10;
    f->crh_db = 6;
    f->rxlev_access_min = 4;
    f->ms_txpwr = 5;
    f->max_retrans = 4;
    f->tx_integer = 9;
    f->ncc_permitted = 0xff;
    f->access_control = 0x0400;
    f->att = f->mscr = f->re = f->ecsc = 1;
    f->bs_ag_blks_res = 1;
    f->bs_pa_mfrms = 5;
    f->dtx = 1;
    f->rlt = 24;
    f->power_offset_db = -1;
    f->rac = 1;
    f->nmo = 1;
}

void scenario_print_keys(FILE *f)
{
    static const char *const other[] = {"seed",    "format",     "noise_only", "cell",
                                        "esn0_db", "level_dbfs", "ccch",       "on_s",
                                        "off_s",   "at",         "mnc"};
    for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
        fprintf(f, "%s\n", other[i]);
    for (const struct key *k = global_keys; k->name; k++)
        fprintf(f, "%s\n", k->name);
    for (const struct key *k = cell_keys; k->name; k++)
        fprintf(f, "%s\n", k->name);
    for (const struct key *k = si_keys; k->name; k++)
        fprintf(f, "%s\n", k->name);
}

int scenario_set_si(struct si_fields *si, const char *key, const char *value)
{
    if (strcmp(key, "mnc") != 0)
        return key_set(si_keys, si, key, value);
    size_t n = strlen(value);
    if (n < 2 || n > 3 || strspn(value, "0123456789") != n)
        return -EINVAL;
    si->mnc = atoi(value);
    si->mnc_digits = (int)n;
    return 0;
}

static int set_times(struct cell_config *c, bool on, const char *value)
{
    char copy[SCENARIO_TEXT_CAP];
    int n = snprintf(copy, sizeof(copy), "%s", value), count = 0;
    if (n < 0 || (size_t)n >= sizeof(copy))
        return -ERANGE;
    double *times = on ? c->on_s : c->off_s;
    char *save = NULL;
    for (char *word = strtok_r(copy, " ,\t", &save); word; word = strtok_r(NULL, " ,\t", &save)) {
        if (count >= SCENARIO_TIME_CAP)
            return -ERANGE;
        int rc = key_number(word, &times[count]);
        if (rc != 0)
            return rc;
        count++;
    }
    if (on)
        c->n_on = count;
    else
        c->n_off = count;
    return 0;
}

/* `at SECONDS KEY VALUE...`, an SI key; tried on a copy so that mistakes show while reading. */
static int add_change(struct cell_config *c, const char *value)
{
    struct cell_change ch;
    struct si_fields trial = c->si;
    int used = 0;
    if (sscanf(value, "%lf %31s %n", &ch.at_s, ch.key, &used) != 2 || used == 0)
        return -EINVAL;
    int n = snprintf(ch.value, sizeof(ch.value), "%s", value + used);
    if (n < 0 || (size_t)n >= sizeof(ch.value) || c->n_changes >= SCENARIO_CHANGE_CAP)
        return -ERANGE;
    int rc = scenario_set_si(&trial, ch.key, ch.value);
    if (rc == 0)
        c->change[c->n_changes++] = ch;
    return rc;
}

static int set_level(struct cell_config *c, const char *value, bool relative)
{
    double x;
    int rc = key_number(value, &x);
    if (rc != 0)
        return rc;
    if (!isfinite(x) || x < -200.0 || x > 200.0)
        return -ERANGE;
    c->esn0_db = relative ? x : (double)NAN;
    c->level_dbfs = relative ? (double)NAN : x;
    return 0;
}

int scenario_set_cell(struct cell_config *c, const char *key, const char *value)
{
    if (strcmp(key, "esn0_db") == 0 || strcmp(key, "level_dbfs") == 0)
        return set_level(c, value, key[0] == 'e');
    if (strcmp(key, "ccch") == 0) {
        c->combined = strcmp(value, "combined") == 0;
        return c->combined || strcmp(value, "noncombined") == 0 ? 0 : -EINVAL;
    }
    if (strcmp(key, "on_s") == 0 || strcmp(key, "off_s") == 0)
        return set_times(c, key[1] == 'n', value);
    if (strcmp(key, "at") == 0)
        return add_change(c, value);
    int rc = key_set(cell_keys, c, key, value);
    return rc == -ENOENT ? scenario_set_si(&c->si, key, value) : rc;
}

static int set_global(struct scenario *s, const char *key, const char *value)
{
    static const char *const names[] = {"cu8", "cs8", "cs16", "cf32"};
    if (strcmp(key, "seed") == 0) {
        char *end;
        s->seed = strtoull(value, &end, 0);
        return *value != '\0' && *end == '\0' ? 0 : -EINVAL;
    }
    if (strcmp(key, "format") == 0) {
        for (int i = 0; i < 4; i++) {
            if (strcmp(value, names[i]) == 0) {
                s->format = (enum sample_format)i;
                return 0;
            }
        }
        return -EINVAL;
    }
    return key_set(global_keys, s, key, value);
}

static const char *why(int rc)
{
    return rc == -ENOENT ? "no such key" : rc == -ERANGE ? "value out of range" : "bad value";
}

static struct cell_config *find_cell(struct scenario *s, const char *name)
{
    for (int i = 0; i < s->n_cells; i++)
        if (strcmp(s->cell[i].name, name) == 0)
            return &s->cell[i];
    return NULL;
}

static int open_cell(struct scenario *s, const char *name, struct cell_config **ret)
{
    if (name[0] == '\0' || strlen(name) >= sizeof(s->cell[0].name) || strpbrk(name, " .="))
        return -EINVAL;
    if (s->n_cells >= SCENARIO_CELL_CAP || find_cell(s, name))
        return -ERANGE;
    *ret = &s->cell[s->n_cells];
    cell_init(*ret, name, s->n_cells);
    s->n_cells++;
    return 0;
}

static char *trim(char *line)
{
    char *hash = strchr(line, '#');
    if (hash)
        *hash = '\0';
    line += strspn(line, " \t");
    size_t n = strlen(line);
    while (n > 0 && strchr(" \t\r\n", line[n - 1]))
        line[--n] = '\0';
    return line;
}

static int read_line(struct scenario *s, char *line, struct cell_config **cell)
{
    char *key = trim(line);
    if (*key == '\0')
        return 0;
    char *value = key + strcspn(key, " \t");
    if (*value != '\0')
        *value++ = '\0';
    value += strspn(value, " \t");
    if (strcmp(key, "noise_only") == 0)
        return s->n_cells == 0 && *value == '\0' ? 0 : -EINVAL;
    if (strcmp(key, "cell") == 0)
        return open_cell(s, value, cell);
    return *cell ? scenario_set_cell(*cell, key, value) : set_global(s, key, value);
}

int scenario_parse(struct scenario *s, FILE *f, const char *name, char *err, size_t err_cap)
{
    struct cell_config *cell = NULL;
    char line[1024];
    int number = 0, rc = 0;
    while (rc == 0 && fgets(line, sizeof(line), f)) {
        number++;
        if (!strchr(line, '\n') && !feof(f)) {
            rc = refuse(err, err_cap, -EINVAL, "%s:%d: line too long", name, number);
            break;
        }
        rc = read_line(s, line, &cell);
        if (rc != 0)
            refuse(err, err_cap, rc, "%s:%d: '%.60s': %s", name, number, line + strspn(line, " \t"),
                   why(rc));
    }
    return rc;
}

int scenario_read(struct scenario *s, const char *path, char *err, size_t err_cap)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return refuse(err, err_cap, -errno, "cannot open '%s': %s", path, strerror(errno));
    const char *slash = strrchr(path, '/');
    int n_folder = slash ? (int)(slash - path) + 1 : 0;
    snprintf(s->folder, sizeof(s->folder), "%.*s", n_folder, path);
    int rc = scenario_parse(s, f, path, err, err_cap);
    fclose(f);
    return rc;
}

int scenario_override(struct scenario *s, const char *text, char *err, size_t err_cap)
{
    char key[128];
    const char *equals = strchr(text, '=');
    if (!equals || (size_t)(equals - text) >= sizeof(key))
        return refuse(err, err_cap, -EINVAL, "'%s': expected KEY=VALUE", text);
    memcpy(key, text, (size_t)(equals - text));
    key[equals - text] = '\0';
    int rc;
    if (strncmp(key, "cell.", 5) == 0) {
        char *dot = strchr(key + 5, '.');
        if (!dot)
            return refuse(err, err_cap, -EINVAL, "'%s': expected cell.NAME.KEY=VALUE", text);
        *dot = '\0';
        struct cell_config *cell = find_cell(s, key + 5);
        if (!cell)
            return refuse(err, err_cap, -ENOENT, "'%s': no cell '%s'", text, key + 5);
        rc = scenario_set_cell(cell, dot + 1, equals + 1);
    } else {
        rc = set_global(s, key, equals + 1);
    }
    return rc == 0 ? 0 : refuse(err, err_cap, rc, "'%s': %s", text, why(rc));
}

const char *scenario_format_name(enum sample_format format)
{
    switch (format) {
    case FORMAT_CU8:
        return "cu8";
    case FORMAT_CS8:
        return "cs8";
    case FORMAT_CS16:
        return "cs16";
    case FORMAT_CF32:
        return "cf32";
    }
    return "?";
}
