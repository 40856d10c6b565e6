/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/remarks.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Below this a clipped sample now and then does no harm. */
#define CLIPPED_RATIO 0.001

void remarks_add(struct remarks *r, const char *fmt, ...)
{
    if (r->n == REMARKS_CAP)
        return;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(r->text[r->n], REMARK_TEXT_CAP, fmt, ap);
    va_end(ap);
    r->list[r->n] = r->text[r->n];
    r->n++;
}

/* What would make cells of what does not fit. */
static void add_misfit(struct remarks *r, const struct misfit *m)
{
    switch (m->kind) {
    case MISFIT_NONE:
        break;
    case MISFIT_RATE:
        remarks_add(r, "this looks like GSM sampled at %.10g Hz: try --rate %.10g", m->rate_hz,
                    m->rate_hz);
        break;
    case MISFIT_SWAPPED:
        remarks_add(r, "it looks as if I and Q are swapped: there is GSM, but mirrored; exchange "
                       "them and try again");
        break;
    case MISFIT_CRYSTAL:
        remarks_add(r,
                    "there is GSM, but the receiver's crystal seems to be %.0f ppm off: try --ppm "
                    "%.0f; channels told without it may be wrong by one",
                    m->ppm, m->ppm);
        break;
    case MISFIT_CENTER:
        remarks_add(r,
                    "there is GSM, but its carriers stand %.0f kHz %s where a channel could be: "
                    "check --freq",
                    fabs(m->center_off_hz) / 1e3, m->center_off_hz < 0.0 ? "below" : "above");
        break;
    }
}

void remarks_add_stats(struct remarks *r, const struct receiver_stats *stats, double rate_hz)
{
    double n = (double)stats->n_samp;
    if (stats->n_bad > 0)
        remarks_add(
            r, "%" PRIu64 " sample%s not finite or beyond any sample's range and taken as zero",
            stats->n_bad, stats->n_bad == 1 ? " is" : "s are");
    if (stats->n_samp > 0 && (double)stats->n_clipped > CLIPPED_RATIO * n)
        remarks_add(r,
                    "%.1f %% of the samples are clipped: the gain was too high, weak cells may be "
                    "hidden and offsets may be wrong",
                    100.0 * (double)stats->n_clipped / n);
    if (stats->n_gaps > 0)
        remarks_add(r, "the recording has %" PRIu64 " gap%s", stats->n_gaps,
                    stats->n_gaps == 1 ? "" : "s");
    if (stats->looks_like_rate_hz > 0)
        remarks_add(r, "this looks like GSM sampled at %.10g Hz, not at %.10g Hz: try --rate %.10g",
                    stats->looks_like_rate_hz, rate_hz, stats->looks_like_rate_hz);
    if (stats->n_slips > 0)
        remarks_add(r,
                    "samples seem to be missing: %" PRIu64 " time%s a cell went on with another "
                    "clock",
                    stats->n_slips, stats->n_slips == 1 ? "" : "s");
    add_misfit(r, &stats->misfit);
}

void remarks_add_center(struct remarks *r, double error_hz, bool sure, double center_hz)
{
    if (!(fabs(error_hz) > 0.0))
        return;
    remarks_add(r,
                "the carriers stand %.0f kHz %s where --freq %.10gM puts them%s: check --freq, try "
                "%.3f MHz",
                fabs(error_hz) / 1e3, error_hz < 0.0 ? "below" : "above", center_hz / 1e6,
                sure ? "" : ", or a multiple of 200 kHz from there", (center_hz - error_hz) / 1e6);
}

void remarks_add_counts(struct remarks *r, const struct gsmtap_counts *counts)
{
    if (counts->n_uplink > 0)
        remarks_add(r, "%" PRIu64 " uplink frame%s left out", counts->n_uplink,
                    counts->n_uplink == 1 ? " was" : "s were");
    if (counts->n_bad > 0)
        remarks_add(r, "%" PRIu64 " damaged packet%s left out", counts->n_bad,
                    counts->n_bad == 1 ? " was" : "s were");
}

void remarks_add_notes(struct remarks *r, const struct recording *recording)
{
    const char *note;
    for (size_t i = 0; (note = recording_note(recording, i)) != NULL; i++)
        remarks_add(r, "%s", note);
}
