/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/report_text.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/plain_text.h"
#include "core/utc.h"

#define TEXT_WIDTH 92

static const char *const verdict_colour[VERDICT_COUNT] = {
    [VERDICT_UNJUDGED] = "\033[2m",  [VERDICT_NORMAL] = "\033[32m",
    [VERDICT_WATCH] = "\033[36m",    [VERDICT_SUSPICIOUS] = "\033[33m",
    [VERDICT_PROBABLE] = "\033[31m", [VERDICT_CRITICAL] = "\033[1;31m",
};

/* Broken at blanks, every line indented. */
static void paragraph(FILE *out, const char *text, int indent)
{
    int at = 0;
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, " \n");
        if (at > 0 && at + 1 + (int)n > TEXT_WIDTH) {
            (void)fputc('\n', out);
            at = 0;
        }
        at += at == 0 ? fprintf(out, "%*s%.*s", indent, "", (int)n, p)
                      : fprintf(out, " %.*s", (int)n, p);
        p += n + (p[n] != '\0');
    }
    (void)fputc('\n', out);
}

void report_text_begin(struct report_text *r, const struct pipeline_outcome *o)
{
    plain_text_put(r->out, o->run.path);
    fprintf(r->out, ": %s", o->run.format);
    if (!o->from_gsmtap)
        fprintf(r->out, ", %.10g kS/s, centre %.10g MHz", o->run.rate_hz / 1e3,
                o->run.center_hz / 1e6);
    char start[UTC_TEXT_CAP];
    utc_format(o->run.start_utc_us, start);
    fprintf(r->out, ", %s%s\n", start[0] ? "begins " : "begin not known", start);
    if (o->info.guess[0])
        fprintf(r->out, "  guessed: %s\n", o->info.guess);
}

void report_text_event(struct report_text *r, const struct gsm_event *e,
                       const struct pipeline_outcome *o)
{
    (void)o;
    fprintf(r->out, "%-7s %4d  FN %7" PRIu32 "  BSIC ", arfcn_band_name(e->channel.band),
            e->channel.number, e->fn);
    if (e->bsic >= 0)
        fprintf(r->out, "%2d  ", e->bsic);
    else
        fputs(" ?  ", r->out);
    fprintf(r->out, "%-4s  ", gsm_event_channel_name(e->kind));
    if (e->kind == GSM_EVENT_SCH) {
        fprintf(r->out, "sample %.2f, offset %.1f Hz, Es/N0 %.1f dB%s\n", e->samp, e->offset_hz,
                e->snr_db, e->assumed ? ", assumed" : "");
        return;
    }
    for (size_t i = 0; i < GSM_L2_OCT; i++)
        fprintf(r->out, "%02x", e->l2[i]);
    fprintf(r->out, "%s\n", e->repaired ? "  repaired" : "");
}

/* ---- table -------------------------------------------------------------------------------- */

static void number_cell(FILE *out, int width, int decimals, double value)
{
    if (isfinite(value))
        fprintf(out, "%*.*f", width, decimals, value);
    else
        fprintf(out, "%*s", width, "-");
}

static void int_cell(FILE *out, int width, bool known, int value)
{
    if (known)
        fprintf(out, "%*d", width, value);
    else
        fprintf(out, "%*s", width, "-");
}

static void table_row(struct report_text *r, const struct judged_cell *c)
{
    FILE *out = r->out;
    fprintf(out, "%-7s %5d ", arfcn_band_name(c->channel.band), c->channel.number);
    int_cell(out, 4, c->bsic >= 0, c->bsic);
    fprintf(out, "  %3s %3s ", c->has_lai ? c->mcc : "-", c->has_lai ? c->mnc : "-");
    int_cell(out, 5, c->has_lai, c->lac);
    int_cell(out, 6, c->has_ci, c->ci);
    number_cell(out, 8, 1, isfinite(c->level_dbm) ? c->level_dbm : c->level_dbfs);
    number_cell(out, 7, 1, c->snr_db);
    number_cell(out, 10, 1, c->offset_hz);
    number_cell(out, 7, 1, c->score_db);
    bool colour = r->colour && c->verdict < VERDICT_COUNT;
    fprintf(out, "  %s%s%s", colour ? verdict_colour[c->verdict] : "", verdict_name(c->verdict),
            colour ? "\033[0m" : "");
    fprintf(out, "%s%s%s\n", c->allowed[0] ? " (allowed: " : "", c->allowed,
            c->allowed[0] ? ")" : "");
}

static void table(struct report_text *r, const struct pipeline_outcome *o)
{
    fprintf(r->out, "\n%-7s %5s %4s  %3s %3s %5s%6s%8s%7s%10s%7s  %s\n", "band", "ARFCN", "BSIC",
            "MCC", "MNC", "LAC", "CI", o->from_gsmtap ? "dBm" : "dBFS", "Es/N0", "offset", "score",
            "verdict");
    for (size_t i = 0; i < o->n_cells; i++)
        table_row(r, &o->cells[i]);
}

/* ---- sentences ---------------------------------------------------------------------------- */

/* How it was heard, for cells of which there are samples. */
static void how_heard(FILE *out, const struct judged_cell *c)
{
    if (!isfinite(c->level_dbfs) || !isfinite(c->offset_se_hz))
        return;
    fprintf(out, "  heard at %.1f dBFS, Es/N0 %.1f dB; carrier %+.1f Hz +- %.1f", c->level_dbfs,
            c->snr_db, c->offset_hz, c->offset_se_hz);
    if (isfinite(c->clock_se_ppm))
        fprintf(out, ", symbol clock %+.3f ppm +- %.3f", c->clock_ppm, c->clock_se_ppm);
    fprintf(out, ", phase error %.1f deg, delay spread %.1f us\n", c->phase_error_deg,
            c->delay_spread_us);
}

void report_text_flagged(struct report_text *r, const struct judged_cell *c)
{
    char key[CELL_KEY_CAP];
    char line[2 * FINDING_VALUE_CAP + FINDING_STAT_CAP + 64];
    judged_cell_key(c, key);
    fprintf(r->out, "\n%s%s%s: %s, %.1f dB\n", r->colour ? verdict_colour[c->verdict] : "", key,
            r->colour ? "\033[0m" : "", verdict_name(c->verdict), c->score_db);
    how_heard(r->out, c);
    paragraph(r->out, c->alert_text, 2);
    for (size_t i = 0; i < c->n_findings; i++) {
        const struct finding *f = &c->findings[i];
        (void)snprintf(line, sizeof line, "%s %+.1f dB: observed %s; expected %s", f->rule,
                       f->weight_db, f->observed, f->expected);
        paragraph(r->out, line, 4);
    }
}

/* Stretches of the bands that were listened to; false when there are none. */
static bool heard_stretches(struct report_text *r, const struct pipeline_outcome *o)
{
    const char *comma = " ";
    for (size_t i = 0; i < o->run.n_coverage; i++) {
        const struct store_coverage *row = &o->run.coverage[i];
        if (row->reason[0])
            continue;
        fprintf(r->out, "%s%s %.1f-%.1f MHz", comma, arfcn_band_name(row->band), row->from_hz / 1e6,
                row->to_hz / 1e6);
        comma = ", ";
    }
    return comma[0] == ',';
}

static void heard(struct report_text *r, const struct pipeline_outcome *o)
{
    if (o->coverage_text) {
        (void)fputc('\n', r->out);
        paragraph(r->out, o->coverage_text, 0);
        return;
    }
    if (o->from_gsmtap) {
        fprintf(
            r->out,
            "\nthe capture holds frames of %zu channel%s; which others were listened to it does "
            "not say\n",
            o->n_carriers, o->n_carriers == 1 ? "" : "s");
        return;
    }
    fputs("\nlistened to:", r->out);
    if (!heard_stretches(r, o))
        fputs(" nothing inside a GSM band", r->out);
    fputs("\nall other GSM channels were not heard here, and nothing is said of them\n", r->out);
}

static void count_verdicts(struct report_text *r, const struct pipeline_outcome *o)
{
    size_t n[VERDICT_COUNT] = {0};
    for (size_t i = 0; i < o->n_cells; i++) {
        if (o->cells[i].verdict < VERDICT_COUNT)
            n[o->cells[i].verdict]++;
    }
    fprintf(r->out, "%zu cell%s:", o->n_cells, o->n_cells == 1 ? "" : "s");
    const char *comma = " ";
    for (int v = VERDICT_COUNT - 1; v >= 0; v--) {
        if (n[v] == 0)
            continue;
        fprintf(r->out, "%s%zu %s", comma, n[v], verdict_name((enum verdict)v));
        comma = ", ";
    }
    fprintf(r->out, "; %zu flagged\n", o->n_flagged);
}

static void summary(struct report_text *r, const struct pipeline_outcome *o)
{
    char sha256[DIGEST_HEX_CAP];
    digest_format(o->run.recording_sha256, sha256);
    if (o->n_cells > 0)
        count_verdicts(r, o);
    else
        fprintf(r->out,
                "no GSM cell was found: %.2f s of signal were searched; this is no all-clear\n",
                o->run.signal_s);
    fprintf(r->out,
            "%.2f s of signal, %zu carrier%s, %" PRIu64 " block%s decoded, %" PRIu64
            " failed; %.1f times real time, %.2f s of CPU\n",
            o->run.signal_s, o->n_carriers, o->n_carriers == 1 ? "" : "s", o->n_blocks,
            o->n_blocks == 1 ? "" : "s", o->n_blocks_failed,
            o->run.signal_s / fmax(o->wall_s, 1e-6), o->cpu_s);
    if (o->run.live)
        return;
    fprintf(r->out, "SHA-256 of the recording %s%s\n",
            o->run.interrupted ? "up to where it was stopped " : "", sha256);
}

void report_text_end(struct report_text *r, const struct pipeline_outcome *o)
{
    if (o->n_cells > 0)
        table(r, o);
    for (size_t i = 0; i < o->n_cells; i++) {
        if (judged_cell_flagged(&o->cells[i]))
            report_text_flagged(r, &o->cells[i]);
    }
    heard(r, o);
    summary(r, o);
}
