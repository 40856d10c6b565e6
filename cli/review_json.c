/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "cli/json_parts.h"
#include "cli/review_sum.h"
#include "cli/review_text.h"
#include "gsm_const.h"

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* "AT-01 SI-03" to ["AT-01","SI-03"] */
static json_t *word_list(const char *text)
{
    json_t *list = json_array();
    while (text && *text) {
        size_t n = strcspn(text, " ");
        if (n > 0)
            (void)json_array_append_new(list, json_stringn(text, n));
        text += n + (text[n] == ' ');
    }
    return list;
}

static void put_identity(json_t *line, const struct review_cell *c)
{
    (void)json_object_update_new(
        line,
        json_pack("{s:s,s:o,s:o,s:o,s:s,s:i,s:o,s:o,s:o,s:o,s:o}", "type", "review", "cell_id",
                  plain_text_json(c->cell_id), "cell_key", plain_text_json(c->cell_key),
                  "first_seen", plain_text_json(c->first_seen), "band", c->band, "arfcn", c->arfcn,
                  "bsic", json_int_or_null(c->bsic >= 0, c->bsic), "mcc", plain_text_json(c->mcc),
                  "mnc", plain_text_json(c->mnc), "lac", json_int_or_null(c->lac >= 0, c->lac),
                  "ci", json_int_or_null(c->ci >= 0, c->ci)));
}

static void put_judgement(json_t *line, const struct review_cell *c)
{
    (void)json_object_update_new(
        line, json_pack("{s:o,s:o,s:o,s:o,s:b,s:o,s:o,s:i,s:i,s:o,s:o}", "last_seen",
                        plain_text_json(c->last_seen), "verdict", plain_text_json(c->verdict),
                        "score_db", real_or_null(c->score_db), "allowed",
                        plain_text_json(c->allowed), "flagged", c->flagged, "rules",
                        word_list(c->reasons_key), "reasons", plain_text_json(c->reasons),
                        "evaluable", c->evaluable, "rules_total", c->rules_total, "not_evaluable",
                        word_list(c->not_evaluable), "text", plain_text_json(c->alert)));
    (void)json_object_update_new(
        line, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "recording",
                        plain_text_json(c->recording), "recording_sha256",
                        plain_text_json(c->recording_sha256), "first_s", real_or_null(c->first_s),
                        "last_s", real_or_null(c->last_s), "snr_db", real_or_null(c->snr_db),
                        "run_id", plain_text_json(c->run_id), "rules_sha256",
                        plain_text_json(c->rules_sha256), "review", plain_text_json(c->review),
                        "reviewer", plain_text_json(c->reviewer), "reviewed_at",
                        plain_text_json(c->reviewed_at), "note", plain_text_json(c->review_note)));
}

/* ---- what show adds ---- */

static int add_finding(void *ctx, const struct review_finding *f)
{
    json_t *octets = json_array();
    for (size_t at = 0; at + GSM_L2_OCT <= f->n_evidence_oct; at += GSM_L2_OCT)
        (void)json_array_append_new(octets, json_hex(f->evidence + at, GSM_L2_OCT));
    (void)json_array_append_new(
        ctx,
        json_pack("{s:o,s:o,s:i,s:f,s:o,s:o,s:o,s:o,s:f,s:f,s:I,s:I,s:o}", "finding_id",
                  plain_text_json(f->finding_id), "rule", plain_text_json(f->rule), "rule_version",
                  f->rule_version, "weight_db", f->weight_db, "observed",
                  plain_text_json(f->observed), "expected", plain_text_json(f->expected),
                  "statistics", plain_text_json(f->statistics), "text", plain_text_json(f->text),
                  "first_s", f->first_s, "last_s", f->last_s, "fn_first", (json_int_t)f->fn_first,
                  "fn_last", (json_int_t)f->fn_last, "octets", octets));
    return 0;
}

static int add_observation(void *ctx, const struct review_observation *o)
{
    (void)json_array_append_new(
        ctx,
        json_pack("{s:o,s:o,s:I,s:I,s:I,s:f,s:f}", "si", plain_text_json(o->si), "hex",
                  json_hex(o->l2, GSM_L2_OCT), "count", (json_int_t)(o->n_clean + o->n_repaired),
                  "fn_first", (json_int_t)o->fn_first, "fn_last", (json_int_t)o->fn_last, "first_s",
                  o->first_s, "last_s", o->last_s));
    return 0;
}

static int add_decision(void *ctx, const struct review_decision *d)
{
    (void)json_array_append_new(
        ctx, json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "state", plain_text_json(d->state), "kind",
                       plain_text_json(d->kind), "note", plain_text_json(d->note), "reviewer",
                       plain_text_json(d->reviewer), "decided_at", plain_text_json(d->decided_at),
                       "rules", word_list(d->reasons_key), "rules_sha256",
                       plain_text_json(d->rules_sha256)));
    return 0;
}

static json_t *json_sum(const struct review_cell *c, const struct review_sum *sum)
{
    json_t *groups = json_array();
    for (size_t i = 0; i < sum->n; i++)
        (void)json_array_append_new(
            groups, json_pack("{s:s,s:f,s:f,s:f}", "group", sum->group[i].name, "sum_db",
                              sum->group[i].sum_db, "cap_db", sum->group[i].cap_db, "counted_db",
                              sum->group[i].counted_db));
    return json_pack("{s:f,s:o,s:f,s:f}", "prior_db", sum->prior_db, "groups", groups, "en04_db",
                     sum->rest_db, "score_db", c->score_db);
}

static int put_details(json_t *line, const struct review_cell *c, struct store *s)
{
    char err[400];
    struct review_sum sum;
    json_t *findings = json_array(), *decisions = json_array(), *observations = json_array();
    int rc = review_sum_run(&sum, c, s, err, sizeof err);
    if (rc == 0)
        rc = review_list_findings(s, c->run_id, c->cell_id, add_finding, findings, err, sizeof err);
    if (rc == 0)
        rc = review_list_decisions(s, c->cell_key, add_decision, decisions, err, sizeof err);
    if (rc == 0)
        rc = review_list_observations(s, c->run_id, c->cell_id, add_observation, observations, err,
                                      sizeof err);
    (void)json_object_set_new(line, "findings", findings);
    (void)json_object_set_new(line, "decisions", decisions);
    (void)json_object_set_new(line, "observations", observations);
    if (rc == 0)
        (void)json_object_set_new(line, "score", json_sum(c, &sum));
    return rc;
}

int review_json_cell(FILE *out, const struct review_cell *c, struct store *s)
{
    json_t *line = json_object();
    put_identity(line, c);
    put_judgement(line, c);
    int rc = s ? put_details(line, c, s) : 0;
    if (rc == 0)
        json_put_line(out, line);
    else
        json_decref(line);
    return rc;
}
