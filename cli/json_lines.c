/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/json_lines.h"

#include <math.h>
#include <string.h>

#include "cli/json_parts.h"
#include "cli/plain_text.h"
#include "core/utc.h"
#include "gsm_const.h"

/* What is measured is printed rounded, well above the noise of the arithmetic, so that another
 * machine prints the same: steps per unit. */
#define PER_HZ     10.0
#define PER_DB     100.0
#define PER_SAMP   100.0
#define PER_S      1e6
#define PER_PPM    1e4
#define PER_DEG    100.0
#define PER_US     100.0
#define PER_TAP_DB 10.0

/* null for what is not known. */
static json_t *rounded(double value, double steps)
{
    if (!isfinite(value))
        return json_null();
    double v = round(value * steps) / steps;
    return json_real(v < 0 || v > 0 ? v : 0.0); /* no "-0.0" */
}

static json_t *text_or_null(bool known, const char *text)
{
    return known ? json_string(text) : json_null();
}

void json_lines_begin(struct json_lines *j, const struct pipeline_outcome *o)
{
    json_t *position = json_null();
    if (o->run.has_position)
        position = json_pack("[f,f]", o->run.position_deg[0], o->run.position_deg[1]);
    bool iq = !o->from_gsmtap;
    json_put_line(j->out,
                  json_pack("{s:s,s:o,s:s,s:o,s:o,s:o,s:s,s:o}", "type", "capture", "path",
                            plain_text_json(o->run.path), "format", o->run.format, "rate_hz",
                            rounded(iq ? o->run.rate_hz : (double)NAN, PER_HZ), "center_hz",
                            rounded(iq ? o->run.center_hz : (double)NAN, PER_HZ), "start_utc",
                            json_utc(o->run.start_utc_us), "guessed", o->info.guess, "position",
                            position));
}

/* Frame numbers of the transmissions a block was added from; NULL for a single one. */
static json_t *combined_fns(const struct gsm_event *e)
{
    if (e->combined < 2)
        return NULL;
    json_t *list = json_array();
    for (int i = 0; i < e->combined && i < GSM_EVENT_FNS; i++)
        json_array_append_new(list, json_integer(e->fns[i]));
    return list;
}

void json_lines_event(struct json_lines *j, const struct gsm_event *e,
                      const struct pipeline_outcome *o)
{
    json_t *sample = rounded(o->from_gsmtap ? (double)NAN : e->samp, PER_SAMP);
    const char *band = arfcn_band_name(e->channel.band);
    json_t *bsic = json_int_or_null(e->bsic >= 0, e->bsic);
    if (e->kind == GSM_EVENT_SCH)
        json_put_line(j->out,
                      json_pack("{s:s,s:s,s:i,s:I,s:o,s:o,s:o,s:o,s:b}", "type", "sch", "band",
                                band, "arfcn", e->channel.number, "fn", (json_int_t)e->fn, "bsic",
                                bsic, "sample", sample, "offset_hz", rounded(e->offset_hz, PER_HZ),
                                "snr_db", rounded(e->snr_db, PER_DB), "assumed", e->assumed));
    else
        json_put_line(j->out,
                      json_pack("{s:s,s:s,s:i,s:I,s:o,s:s,s:o,s:o,s:i,s:b,s:o,s:o*}", "type",
                                "block", "band", band, "arfcn", e->channel.number, "fn",
                                (json_int_t)e->fn, "bsic", bsic, "channel",
                                gsm_event_channel_name(e->kind), "hex", json_hex(e->l2, GSM_L2_OCT),
                                "bit_errors", json_int_or_null(e->bit_errors >= 0, e->bit_errors),
                                "combined", e->combined, "repaired", e->repaired, "sample", sample,
                                "fns", combined_fns(e)));
}

/* Frame number 0 nearest before the first sample. */
static json_t *fn_epoch(const struct judged_cell *c, int64_t start_us)
{
    if (!c->fn_known || start_us == UTC_UNKNOWN)
        return json_null();
    return json_utc(start_us - (int64_t)llround(c->fn_epoch_frames * GSM_FRAME_S * 1e6));
}

static json_t *si_seen(const struct judged_cell *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->n_si; i++) {
        if (i == 0 || c->si[i].type != c->si[i - 1].type)
            json_array_append_new(list, json_string(si_type_name(c->si[i].type)));
    }
    return list;
}

static json_t *taps_db(const struct judged_cell *c)
{
    if (!isfinite(c->taps_db[0]))
        return json_null();
    json_t *list = json_array();
    for (int i = 0; i < CELL_REPORT_TAPS; i++)
        json_array_append_new(list, rounded(c->taps_db[i], PER_TAP_DB));
    return list;
}

void json_lines_cell(struct json_lines *j, const struct judged_cell *c, const char *id,
                     const struct pipeline_outcome *o)
{
    char key[CELL_KEY_CAP];
    judged_cell_key(c, key);
    json_t *line =
        json_pack("{s:s,s:s,s:s,s:s,s:i,s:o,s:o,s:o,s:o,s:o}", "type", "cell", "cell_id", id,
                  "cell_key", key, "band", arfcn_band_name(c->channel.band), "arfcn",
                  c->channel.number, "bsic", json_int_or_null(c->bsic >= 0, c->bsic), "mcc",
                  text_or_null(c->has_lai, c->mcc), "mnc", text_or_null(c->has_lai, c->mnc), "lac",
                  json_int_or_null(c->has_lai, c->lac), "ci", json_int_or_null(c->has_ci, c->ci));
    json_t *heard = json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:I,s:I}", "level_dbfs",
        rounded(c->level_dbfs, PER_DB), "level_dbm", rounded(c->level_dbm, PER_DB), "snr_db",
        rounded(c->snr_db, PER_DB), "offset_hz", rounded(c->offset_hz, PER_HZ), "offset_se_hz",
        rounded(c->offset_se_hz, PER_HZ), "offset_ppm_rel", rounded(c->offset_ppm_rel, PER_PPM),
        "first_seen_s", rounded(c->first_s, PER_S), "last_seen_s", rounded(c->last_s, PER_S),
        "fn_epoch_utc", fn_epoch(c, o->run.start_utc_us), "blocks", (json_int_t)c->n_blocks,
        "blocks_failed", (json_int_t)c->n_blocks_failed);
    json_t *quality = json_pack(
        "{s:o,s:o,s:o,s:o,s:o}", "clock_ppm", rounded(c->clock_ppm, PER_PPM), "clock_se_ppm",
        rounded(c->clock_se_ppm, PER_PPM), "phase_error_deg", rounded(c->phase_error_deg, PER_DEG),
        "delay_spread_us", rounded(c->delay_spread_us, PER_US), "taps_db", taps_db(c));
    json_t *judged =
        json_pack("{s:o,s:s,s:o,s:o,s:b,s:i,s:i}", "si_seen", si_seen(c), "verdict",
                  verdict_name(c->verdict), "score_db", rounded(c->score_db, PER_DB), "allowed",
                  text_or_null(c->allowed[0] != '\0', c->allowed), "flagged",
                  judged_cell_flagged(c), "evaluable", c->evaluable, "rules_total", c->rules_total);
    json_object_update(line, heard);
    json_object_update(line, quality);
    json_object_update(line, judged);
    json_decref(heard);
    json_decref(quality);
    json_decref(judged);
    json_put_line(j->out, line);
}

void json_lines_si(struct json_lines *j, const struct cell_si_seen *si, const char *id,
                   bool fn_known)
{
    json_put_line(j->out,
                  json_pack("{s:s,s:s,s:s,s:o,s:I,s:o,s:o,s:o,s:o}", "type", "si", "cell_id", id,
                            "si", si_type_name(si->type), "fn",
                            json_int_or_null(fn_known, (json_int_t)si->fn_first), "count",
                            (json_int_t)si->n_clean + (json_int_t)si->n_repaired, "hex",
                            json_hex(si->l2, GSM_L2_OCT), "first_seen_s",
                            rounded(si->first_s, PER_S), "last_seen_s", rounded(si->last_s, PER_S),
                            "fields", json_si_fields(si->l2, GSM_L2_OCT)));
}

static json_t *evidence(const struct finding *f)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < f->n_oct_messages && i < sizeof f->l2 / sizeof f->l2[0]; i++)
        json_array_append_new(list, json_hex(f->l2[i], GSM_L2_OCT));
    return list;
}

void json_lines_finding(struct json_lines *j, const struct finding *f, const char *id,
                        const char *finding_id)
{
    json_put_line(j->out,
                  json_pack("{s:s,s:s,s:s,s:o,s:s,s:s,s:s,s:s,s:i,s:s,s:o}", "type", "finding",
                            "cell_id", id, "rule", f->rule, "weight_db",
                            rounded(f->weight_db, PER_DB), "observed", f->observed, "expected",
                            f->expected, "text", f->text, "finding_id", finding_id, "rule_version",
                            f->rule_version, "statistics", f->statistics, "evidence", evidence(f)));
}

void json_lines_alert(struct json_lines *j, const struct judged_cell *c, const char *id)
{
    json_t *rules = json_array(), *skipped = json_array();
    for (size_t i = 0; i < c->n_findings; i++)
        json_array_append_new(rules, json_string(c->findings[i].rule));
    for (size_t i = 0; i < c->n_not_evaluable; i++)
        json_array_append_new(skipped, json_string(c->not_evaluable[i]));
    char key[CELL_KEY_CAP];
    judged_cell_key(c, key);
    json_put_line(j->out,
                  json_pack("{s:s,s:s,s:s,s:o,s:o,s:o,s:s,s:o,s:s,s:s,s:i}", "type", "alert",
                            "cell_id", id, "verdict", verdict_name(c->verdict), "score_db",
                            rounded(c->score_db, PER_DB), "rules", rules, "not_evaluable", skipped,
                            "text", c->alert_text, "allowed",
                            text_or_null(c->allowed[0] != '\0', c->allowed), "cell_key", key,
                            "band", arfcn_band_name(c->channel.band), "arfcn", c->channel.number));
}

void json_lines_coverage(struct json_lines *j, const struct store_coverage *row)
{
    json_put_line(j->out,
                  json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o*,s:o*}", "type", "coverage", "band",
                            arfcn_band_name(row->band), "from_hz", rounded(row->from_hz, PER_HZ),
                            "to_hz", rounded(row->to_hz, PER_HZ), "heard_s",
                            rounded(row->heard_s, PER_S), "reason",
                            text_or_null(row->reason[0] != '\0', row->reason), "first_s",
                            row->last_s > 0 ? rounded(row->first_s, PER_S) : NULL, "last_s",
                            row->last_s > 0 ? rounded(row->last_s, PER_S) : NULL));
}

void json_lines_summary(struct json_lines *j, const struct pipeline_outcome *o)
{
    char sha256[DIGEST_HEX_CAP];
    digest_format(o->run.recording_sha256, sha256);
    json_t *remarks = json_array();
    for (size_t i = 0; i < o->n_remarks; i++)
        json_array_append_new(remarks, plain_text_json(o->remarks[i]));
    json_put_line(
        j->out,
        json_pack(
            "{s:s,s:o,s:I,s:o,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b,s:o,s:o,s:o,s:s*}", "type", "summary",
            "sha256", text_or_null(!o->run.live, sha256), "samples", (json_int_t)o->run.n_samp,
            "signal_s", rounded(o->run.signal_s, PER_S), "carriers", (json_int_t)o->n_carriers,
            "cells", (json_int_t)o->n_cells, "flagged", (json_int_t)o->n_flagged, "blocks",
            (json_int_t)o->n_blocks, "blocks_failed", (json_int_t)o->n_blocks_failed,
            "dropped_samples", (json_int_t)o->n_dropped, "interrupted", o->run.interrupted, "known",
            !o->known_absent, "remarks", remarks, "cpu_s", rounded(o->cpu_s, 1000), "realtime",
            rounded(o->run.signal_s / fmax(o->wall_s, 1e-6), 10), "coverage", o->coverage_text));
}

void json_lines_end(struct json_lines *j, const struct pipeline_outcome *o)
{
    for (size_t i = 0; i < o->n_cells; i++) {
        const struct judged_cell *c = &o->cells[i];
        char id[DIGEST_UUID_CAP];
        store_cell_id(o->space, c, id);
        json_lines_cell(j, c, id, o);
        for (size_t k = 0; k < c->n_si; k++)
            json_lines_si(j, &c->si[k], id, c->fn_known);
        for (size_t k = 0; k < c->n_findings; k++) {
            char finding_id[DIGEST_UUID_CAP];
            store_finding_id(o->space, c, &c->findings[k], finding_id);
            json_lines_finding(j, &c->findings[k], id, finding_id);
        }
        if (c->verdict >= VERDICT_SUSPICIOUS)
            json_lines_alert(j, c, id);
    }
    for (size_t i = 0; i < o->run.n_coverage; i++)
        json_lines_coverage(j, &o->run.coverage[i]);
    json_lines_summary(j, o);
}
