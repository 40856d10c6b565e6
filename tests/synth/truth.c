/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "truth.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "blank.h"
#include "core/detmath.h"

static void put(struct truth *t, json_t *line)
{
    if (!line)
        return;
    json_dumpf(line, t->f, JSON_COMPACT | JSON_REAL_PRECISION(14));
    fputc('\n', t->f);
    json_decref(line);
}

static json_t *real_or_null(double x, double step)
{
    return isfinite(x) ? json_real(det_round(x, step)) : json_null();
}

static void hex_format(const uint8_t *oct, char *text)
{
    for (int i = 0; i < GSM_L2_OCT; i++)
        sprintf(text + 2 * i, "%02x", oct[i]);
}

void truth_scenario(struct truth *t, const struct scenario *s)
{
    if (!t->f)
        return;
    put(t, json_pack("{s:s s:f s:f s:s s:f s:I s:o s:f s:f s:f s:f s:f s:f s:i}", "type",
                     "scenario", "rate_hz", s->rate_hz, "center_hz", s->center_hz, "format",
                     scenario_format_name(s->format), "duration_s", s->duration_s, "seed",
                     (json_int_t)s->seed, "noise_dbfs", real_or_null(s->noise_dbfs, 1e-4),
                     "receiver_ppm", s->receiver_ppm, "receiver_drift_ppm_per_min",
                     s->receiver_drift_ppm_per_min, "dc_i", det_round(s->dc_i, 1e-6), "dc_q",
                     det_round(s->dc_q, 1e-6), "iq_gain_db", s->iq_gain_db, "iq_phase_deg",
                     s->iq_phase_deg, "cells", s->n_cells));
}

void truth_cell(struct truth *t, const struct scenario *s, const struct cell_config *c,
                uint32_t first_fn)
{
    if (!t->f)
        return;
    char mcc[8], mnc[8];
    snprintf(mcc, sizeof(mcc), "%03d", c->si.mcc);
    snprintf(mnc, sizeof(mnc), "%0*d", c->si.mnc_digits, c->si.mnc);
    json_t *line = json_pack(
        "{s:s s:s s:s s:i s:i s:f s:f s:o s:f s:f s:f s:I s:f s:s s:b s:s s:s s:i s:i}", "type",
        "cell", "cell", c->name, "band", c->band, "arfcn", c->arfcn, "bsic", c->bsic, "carrier_hz",
        c->carrier_hz, "level_dbfs", det_round(c->level_dbfs, 1e-4), "esn0_db",
        real_or_null(scenario_esn0_db(s, c), 1e-4), "ppm", c->ppm, "drift_ppm_per_min",
        c->drift_ppm_per_min, "wander_ppm", c->wander_ppm, "start_fn", (json_int_t)first_fn,
        "delay_sym", c->delay_sym, "fading", c->fading[0] ? c->fading : "none", "combined",
        c->combined, "mcc", mcc, "mnc", mnc, "lac", c->si.lac, "ci", c->si.ci);
    json_t *on = json_array(), *off = json_array();
    for (int i = 0; i < c->n_on; i++)
        json_array_append_new(on, json_real(c->on_s[i]));
    for (int i = 0; i < c->n_off; i++)
        json_array_append_new(off, real_or_null(c->off_s[i], 1e-9));
    json_object_set_new(line, "on_s", on);
    json_object_set_new(line, "off_s", off);
    put(t, line);
}

void truth_event(struct truth *t, const struct scenario *s, const struct cell_config *cell,
                 const struct content_burst *sent, double samp)
{
    char hex[2 * GSM_L2_OCT + 1] = "", blanked[2 * GSM_L2_OCT + 1] = "";
    bool sch = sent->kind == CONTENT_SCH;
    if (sch)
        t->n_sch++;
    else
        t->n_blocks++;
    if (!t->f)
        return;
    double start = samp - TRUTH_EARLY_SYM * s->rate_hz / GSM_SYMBOL_RATE_HZ;
    json_t *line = json_pack(
        "{s:s s:s s:s s:i s:I s:i s:f s:o}", "type", sch ? "sch" : "block", "cell", cell->name,
        "band", cell->band, "arfcn", cell->arfcn, "fn", (json_int_t)sent->fn, "bsic", cell->bsic,
        "sample", det_round(start, 1e-3), "esn0_db", real_or_null(scenario_esn0_db(s, cell), 1e-4));
    if (line && !sch) {
        uint8_t l2[GSM_L2_OCT];
        memcpy(l2, sent->l2, sizeof(l2));
        hex_format(l2, hex);
        if (strcmp(sent->channel, "CCCH") == 0)
            blank_identities(l2);
        hex_format(l2, blanked);
        json_object_set_new(line, "channel", json_string(sent->channel));
        json_object_set_new(line, "hex", json_string(hex));
        json_object_set_new(line, "hex_blanked", json_string(blanked));
    }
    put(t, line);
}
