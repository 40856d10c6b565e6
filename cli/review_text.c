/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/review_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/review_sum.h"
#include "gsm_const.h"

static const char *or_dash(const char *text)
{
    return text && text[0] ? text : "-";
}

void review_text_row(FILE *out, const struct review_cell *c, bool first)
{
    char key[256], rules[600];
    if (first)
        fprintf(out, "%-8s  %-30s  %-10s  %7s  %-9s  %-24s  %s\n", "id", "cell", "verdict", "score",
                "review", "first seen", "rules");
    (void)plain_text_format(c->cell_key, key, sizeof key);
    (void)plain_text_format(c->reasons_key, rules, sizeof rules);
    fprintf(out, "%.8s  %-30s  %-10s  %4.0f dB  %-9s  %-24s  %s", c->cell_id, key, c->verdict,
            c->score_db, c->review, or_dash(c->first_seen), or_dash(rules));
    if (c->allowed)
        fprintf(out, "  (allowed: %s)", c->allowed);
    (void)fputc('\n', out);
}

/* ---- parts of one cell ---- */

static void put_fact(FILE *out, const char *name, const char *text)
{
    fprintf(out, "  %-12s ", name);
    plain_text_put(out, or_dash(text));
    (void)fputc('\n', out);
}

static void put_real(FILE *out, const char *name, double value, const char *unit)
{
    if (isfinite(value))
        fprintf(out, "  %-12s %.2f %s\n", name, value, unit);
}

static void put_facts(FILE *out, const struct review_cell *c)
{
    plain_text_put(out, c->cell_key);
    fprintf(out, "  %s  %.2f dB%s\n", c->verdict, c->score_db, c->flagged ? "  flagged" : "");
    put_fact(out, "cell_id", c->cell_id);
    fprintf(out, "  %-12s %s ARFCN %d, BSIC %d\n", "channel", c->band, c->arfcn, c->bsic);
    put_fact(out, "recording", c->recording);
    put_fact(out, "sha256", c->recording_sha256);
    fprintf(out, "  %-12s %s to %s (%.3f to %.3f s of signal)\n", "seen", or_dash(c->first_seen),
            or_dash(c->last_seen), c->first_s, c->last_s);
    put_real(out, "level", c->level_dbfs, "dBFS");
    put_real(out, "level", c->level_dbm, "dBm");
    put_real(out, "Es/N0", c->snr_db, "dB");
    put_real(out, "offset", c->offset_hz, "Hz");
    put_real(out, "FN at 0 s", c->fn_epoch_frames, "frames");
    fprintf(out, "  %-12s %lld SCH, %lld blocks, %lld failed\n", "heard", (long long)c->n_sch,
            (long long)c->n_blocks, (long long)c->n_blocks_failed);
    fprintf(out, "  %-12s %s, rules %.12s, known cells %.12s\n", "judged by", c->version,
            c->rules_sha256, c->known_sha256 ? c->known_sha256 : "none");
    if (c->allowed) {
        fprintf(out, "  %-12s %s: ", "allowed", c->allowed);
        plain_text_put(out, c->allowed_note);
        (void)fputc('\n', out);
    }
    if (c->alert && c->alert[0]) {
        (void)fputc('\n', out);
        plain_text_put(out, c->alert);
        (void)fputc('\n', out);
    }
}

static void put_hex(FILE *out, const uint8_t *octets, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%02x", octets[i]);
}

static void put_labelled(FILE *out, const char *label, const char *text)
{
    fprintf(out, "    %-10s ", label);
    plain_text_put(out, or_dash(text));
    (void)fputc('\n', out);
}

struct printer {
    FILE *out;
    int n;
};

static int put_finding(void *ctx, const struct review_finding *f)
{
    struct printer *p = ctx;
    if (p->n++ == 0)
        (void)fputs("\nfindings\n", p->out);
    fprintf(p->out, "  %s  %+.1f dB  ", f->rule, f->weight_db);
    plain_text_put(p->out, f->text);
    (void)fputc('\n', p->out);
    put_labelled(p->out, "observed", f->observed);
    put_labelled(p->out, "expected", f->expected);
    put_labelled(p->out, "statistics", f->statistics);
    fprintf(p->out, "    %-10s FN %lld to %lld, %.3f to %.3f s\n", "when", (long long)f->fn_first,
            (long long)f->fn_last, f->first_s, f->last_s);
    for (size_t at = 0; at + GSM_L2_OCT <= f->n_evidence_oct; at += GSM_L2_OCT) {
        fprintf(p->out, "    %-10s ", "octets");
        put_hex(p->out, f->evidence + at, GSM_L2_OCT);
        (void)fputc('\n', p->out);
    }
    return 0;
}

static int put_observation(void *ctx, const struct review_observation *o)
{
    struct printer *p = ctx;
    if (p->n++ == 0)
        (void)fputs("\nsystem information as received\n", p->out);
    fprintf(p->out, "  SI%-7s ", o->si);
    put_hex(p->out, o->l2, GSM_L2_OCT);
    fprintf(p->out, "  %lld times%s, FN %lld to %lld\n", (long long)(o->n_clean + o->n_repaired),
            o->n_clean ? "" : " (only repaired)", (long long)o->fn_first, (long long)o->fn_last);
    return 0;
}

static int put_decision(void *ctx, const struct review_decision *d)
{
    struct printer *p = ctx;
    if (p->n++ == 0)
        (void)fputs("\ndecisions, latest first\n", p->out);
    fprintf(p->out, "  %s  %-9s  ", d->decided_at, d->state);
    plain_text_put(p->out, d->reviewer);
    if (d->kind)
        fprintf(p->out, "  (%s)", d->kind);
    (void)fputs("  ", p->out);
    plain_text_put(p->out, d->note);
    fprintf(p->out, "  [rules ");
    plain_text_put(p->out, d->reasons_key);
    fprintf(p->out, "; rule set %.12s]\n", d->rules_sha256);
    return 0;
}

static void put_sum(FILE *out, const struct review_cell *c, const struct review_sum *sum)
{
    (void)fputs("\nscore, in dB (ten times the logarithm of odds)\n", out);
    fprintf(out, "  %-28s %8.2f\n", "before anything was heard", sum->prior_db);
    for (size_t i = 0; i < sum->n; i++) {
        const struct review_group *g = &sum->group[i];
        char text[64];
        (void)snprintf(text, sizeof text, "%s: sum %.2f, at most %.2f", g->name, g->sum_db,
                       g->cap_db);
        fprintf(out, "  %-28s %+8.2f\n", text, g->counted_db);
    }
    if (sum->rest_db != 0.0)
        fprintf(out, "  %-28s %+8.2f\n", "what speaks for it (EN-04)", sum->rest_db);
    fprintf(out, "  %-28s %8.2f\n", "score", c->score_db);
}

static void put_not_evaluable(FILE *out, const struct review_cell *c)
{
    fprintf(out, "\n%d of %d rules could be asked", c->evaluable, c->rules_total);
    if (c->not_evaluable && c->not_evaluable[0]) {
        (void)fputs("; not: ", out);
        plain_text_put(out, c->not_evaluable);
    }
    (void)fputc('\n', out);
}

int review_text_cell(FILE *out, const struct review_cell *c, struct store *s, char *err,
                     size_t err_cap)
{
    struct printer p = {.out = out};
    struct review_sum sum;
    put_facts(out, c);
    int rc = review_list_findings(s, c->run_id, c->cell_id, put_finding, &p, err, err_cap);
    if (rc == 0 && p.n == 0)
        (void)fputs("\nno rule fired\n", out);
    if (rc == 0)
        rc = review_sum_run(&sum, c, s, err, err_cap);
    if (rc < 0)
        return rc;
    put_sum(out, c, &sum);
    put_not_evaluable(out, c);
    p.n = 0;
    rc = review_list_decisions(s, c->cell_key, put_decision, &p, err, err_cap);
    if (rc == 0)
        fprintf(out, "\nreview: %s\n", c->review);
    p.n = 0;
    return rc == 0 ? review_list_observations(s, c->run_id, c->cell_id, put_observation, &p, err,
                                              err_cap)
                   : rc;
}
