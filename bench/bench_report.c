/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench_report - the tables of docs/receiver.md and docs/performance.md from the lines measured.
 *
 * Replaces what stands between two marks of the document; without the marks, appends them. Limits,
 * figures of gr-gsm (1.0.0, untuned / tuned) and targets are those the project set itself.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/options.h"
#include "curves.h"
#include "measured.h"
#include "scene_table.h"
#include "spawn.h"

#define MARK_BEGIN "<!-- measured: written by scripts/bench, do not edit -->"
#define MARK_END   "<!-- end of measured -->"
#define BASE       "awgn"

enum row_kind {
    ROW_BLOCKS_AT, /* Es/N0 at which `number` of the blocks are lost */
    ROW_SCH_AT,
    ROW_LOSS,  /* what the scene costs against awgn at 10 % */
    ROW_SHARE, /* share decoded at Es/N0 `number` */
    ROW_START, /* complete blocks lost before the first decoded one */
    ROW_CGI,   /* runs that read it */
    ROW_WRONG, /* over all scenes */
    ROW_NOISE,
    ROW_RELATIVE,
    ROW_REALTIME,
    ROW_RATIO,
    ROW_MEMORY,
    ROW_FIRST
};

struct row {
    const char *what, *limit, *grgsm, *must, *aim;
    enum row_kind kind;
    const char *scene;
    double number;
    const char *base; /* ROW_LOSS: against this scene */
};

static const struct row receiver_row[] = {
    // clang-format off
    {"xCCH, AWGN, 10 % FER", "−0.09 dB", "+7.2 / +4.1 dB", "+0.6 dB", "−0.4 dB", ROW_BLOCKS_AT, "awgn", 0.1, NULL},
    {"xCCH, AWGN, 1 % FER", "+1.05", "+8.4 / +5.5", "+1.7", "+0.8", ROW_BLOCKS_AT, "awgn", 0.01, NULL},
    {"SCH, AWGN, 10 %", "−1.35", "+8.6 / +8.0", "−0.7", "−1.2", ROW_SCH_AT, "awgn", 0.1, NULL},
    {"xCCH, TU50, 10 %", "+4.48", "18.5 / 10.5", "+5.6", "+4.6", ROW_BLOCKS_AT, "tu50", 0.1, NULL},
    {"xCCH, TU50, 1 %", "+7.90", "–", "–", "–", ROW_BLOCKS_AT, "tu50", 0.01, NULL},
    {"SCH, TU50, 10 %", "+5.81", "> 20 / 15", "+7.2", "+6.6", ROW_SCH_AT, "tu50", 0.1, NULL},
    {"HT100 at 30 dB", "–", "81–85 %, 30 % of SCH (both)", "≥ 97 %", "≥ 99.5 %", ROW_SHARE, "ht100", 30, NULL},
    {"EQ50 at 30 dB", "–", "81–85 %, 30 % of SCH (both)", "≥ 97 %", "≥ 99.5 %", ROW_SHARE, "eq50", 30, NULL},
    {"RA250 at 20 dB", "–", "–", "–", "–", ROW_SHARE, "ra250", 20, NULL},
    {"CGI at −4 dB within 15 s", "–", "cannot", "read", "read", ROW_CGI, "identity15", -4, NULL},
    {"CGI at −6 dB within 30 s", "–", "cannot", "–", "read", ROW_CGI, "identity30", -6, NULL},
    {"carrier +40 kHz, coupled clock, loss at 10 %", "–", "±50 kHz, then nothing / 0.2 kHz", "≤ 0.1 dB", "–", ROW_LOSS, "offset+40k", 0.1, BASE},
    {"carrier −40 kHz", "–", "the same", "≤ 0.1 dB", "–", ROW_LOSS, "offset-40k", 0.1, BASE},
    {"carrier +75 kHz", "–", "–", "–", "found", ROW_LOSS, "offset+75k", 0.1, BASE},
    {"carrier −75 kHz", "–", "–", "–", "found", ROW_LOSS, "offset-75k", 0.1, BASE},
    {"crystal drifts 1 ppm a minute, loss at 10 %", "–", "–", "unnoticed", "–", ROW_LOSS, "drift", 0.1, BASE},
    {"start of file, 20 dB", "–", "loses 0.6–2.8 blocks", "none lost", "–", ROW_START, "start", 20, NULL},
    {"start of file, 8 dB", "–", "loses a mean of 4 / 1.6", "none lost", "–", ROW_START, "start", 8, NULL},
    {"start of file, 2 dB", "–", "–", "none lost", "–", ROW_START, "start", 2, NULL},
    {"8 bits at 2.4 MS/s, 27 ppm off, loss at 10 %", "–", "–", "–", "–", ROW_LOSS, "wide8", 0.1, BASE},
    {"DC spike as strong as the carrier, 200 kHz beside, loss", "–", "0 % of blocks", "≤ 0.3 dB", "–", ROW_LOSS, "dc_beside", 0.1, "wide8"},
    {"DC spike under the carrier, 10 dB", "–", "0 %", "decodes", "–", ROW_SHARE, "dc_under", 10, NULL},
    {"8 bits, carrier at −40 dBFS, loss", "–", "10 / 7 dB needed for 10 %", "≤ 0.2 dB", "–", ROW_LOSS, "weak8", 0.1, "wide8"},
    {"20 dB, neighbour at +200 kHz +9 dB, 8 bit", "–", "11 / 79 %; behind a good filter 94 / 99 %", "≥ 99.5 %", "0 lost of 2000", ROW_SHARE, "neighbour200+9", 20, NULL},
    {"20 dB, neighbour at +200 kHz +18 dB, 8 bit", "–", "0 %", "≥ 90 %", "≥ 99 %", ROW_SHARE, "neighbour200+18", 20, NULL},
    {"12 dB, neighbour at +400 kHz +35 dB, 8 bit", "–", "–", "decodes", "–", ROW_SHARE, "neighbour400+35", 12, NULL},
    {"wrong blocks accepted, all scenes", "–", "0", "0 in 10^5 failing", "–", ROW_WRONG, "", 0, NULL},
    {"false cells in noise, 2.4 MS/s", "–", "–", "0 in 1 h", "–", ROW_NOISE, "noise", 0, NULL},
    {"carrier frequency relative to the window's other cells, 2 s at 20 dB, 1 σ", "CRB", "–", "0.02 ppm", "0.005 ppm", ROW_RELATIVE, "eleven", 20, NULL},
    // clang-format on
};

static const struct row speed_row[] = {
    // clang-format off
    {"2.4 MS/s cu8, 11 cells found and decoded", "114×", "one carrier at a time", "25×", "60×", ROW_REALTIME, "cells-11", 0, NULL},
    {"2.4 MS/s cu8, seven cells (city.scn)", "–", "–", "–", "–", ROW_REALTIME, "city", 0, NULL},
    {"one carrier, 1.0833 MS/s cf32: CPU of gr-gsm / CPU of ours", "–", "1", "20", "60", ROW_RATIO, "one", 0, NULL},
    {"memory, 300 s from a pipe, one cell", "–", "205 MiB", "< 64 MiB", "< 32 MiB", ROW_MEMORY, "length-300", 0, NULL},
    {"memory, 300 s from a pipe, seven cells", "–", "205 MiB", "< 64 MiB", "< 32 MiB", ROW_MEMORY, "length-city-300", 0, NULL},
    {"process start to first block printed, file of one carrier", "–", "0.7 s of start-up alone", "50 ms after the samples", "–", ROW_FIRST, "one", 0, NULL},
    // clang-format on
};

#define N_RECEIVER_ROWS (sizeof(receiver_row) / sizeof(receiver_row[0]))
#define N_SPEED_ROWS    (sizeof(speed_row) / sizeof(speed_row[0]))

struct setup {
    const char *receiver, *performance, *dat, *revision;
    struct measured m;
};

static const char not_measured[] = "not measured";

static void threshold_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    struct curve c;
    bool sch = r->kind == ROW_SCH_AT;
    measured_curve(&u->m, "", r->scene, sch ? "sch_sent" : "sent", sch ? "sch_decoded" : "decoded",
                   &c);
    double at_db = curve_threshold_db(&c, r->number);
    if (isfinite(at_db))
        (void)snprintf(ret, cap, "**%+.2f dB** ± %.2f", at_db, curve_two_sigma_db(&c, r->number));
    else
        (void)snprintf(ret, cap, "%s", not_measured);
}

static void loss_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    struct curve c, base;
    measured_curve(&u->m, "", r->scene, "sent", "decoded", &c);
    measured_curve(&u->m, "", r->base, "sent", "decoded", &base);
    double loss_db = curve_threshold_db(&c, r->number) - curve_threshold_db(&base, r->number);
    double two_sigma_db =
        hypot(curve_two_sigma_db(&c, r->number), curve_two_sigma_db(&base, r->number));
    if (isfinite(loss_db))
        (void)snprintf(ret, cap, "**%+.2f dB** ± %.2f", loss_db, two_sigma_db);
    else
        (void)snprintf(ret, cap, "%s", not_measured);
}

static void share_text(json_t *line, char *ret, size_t cap)
{
    long sent = measured_count(line, "sent"), sch = measured_count(line, "sch_sent");
    (void)snprintf(ret, cap, "**%.2f %%** of %ld, %.1f %% of SCH",
                   100.0 * (double)measured_count(line, "decoded") / (double)sent, sent,
                   100.0 * (double)measured_count(line, "sch_decoded") / (double)sch);
}

static void point_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    json_t *line = measured_point(&u->m, r->scene, r->number);
    (void)snprintf(ret, cap, "%s", not_measured);
    if (!line)
        return;
    if (r->kind == ROW_SHARE)
        share_text(line, ret, cap);
    else if (r->kind == ROW_START)
        (void)snprintf(ret, cap, "**%ld** of %ld in %ld files, %ld silent",
                       measured_count(line, "lost_at_start"), measured_count(line, "sent"),
                       measured_count(line, "seeds"), measured_count(line, "silent"));
    else if (r->kind == ROW_CGI)
        (void)snprintf(ret, cap, "**%ld of %ld** files", measured_count(line, "cgi_read"),
                       measured_count(line, "seeds"));
}

/* Of ours. */
static bool is_point(json_t *line)
{
    return strcmp(measured_text(line, "type"), "point") == 0 && !measured_text(line, "receiver")[0];
}

static void wrong_text(const struct setup *u, char *ret, size_t cap)
{
    long failing = 0, wrong = 0, repaired = 0, wrong_sch = 0;
    size_t i;
    json_t *line;
    json_array_foreach(u->m.lines, i, line)
    {
        if (!is_point(line) ||
            measured_count(line, "decoded") + measured_count(line, "cgi_read") == 0)
            continue; /* a cell that was not found: its blocks were not tried */
        failing += measured_count(line, "sent") - measured_count(line, "decoded");
        if (strcmp(measured_text(line, "scene"), "eleven") == 0 ||
            strcmp(measured_text(line, "scene"), "city") == 0)
            continue; /* their strays stand in the line of each cell */
        wrong += measured_count(line, "wrong_blocks");
        repaired += measured_count(line, "wrong_repaired");
        wrong_sch += measured_count(line, "wrong_sch");
    }
    (void)snprintf(ret, cap, "**%ld** (%ld of them marked repaired) of %ld not read; SCH %ld",
                   wrong, repaired, failing, wrong_sch);
}

static void noise_text(const struct setup *u, char *ret, size_t cap)
{
    json_t *line = measured_point(&u->m, "noise", 0);
    (void)snprintf(ret, cap, "%s", not_measured);
    if (line)
        (void)snprintf(ret, cap, "**%ld** in %.0f s, %ld blocks, %ld SCH lines",
                       measured_count(line, "false_cells"),
                       measured_number(line, "duration_s") * (double)measured_count(line, "seeds"),
                       measured_count(line, "wrong_blocks"), measured_count(line, "wrong_sch"));
}

static void relative_text(const struct setup *u, char *ret, size_t cap)
{
    double square = 0, n = 0;
    size_t i;
    json_t *line;
    json_array_foreach(u->m.lines, i, line)
    {
        double rms = measured_number(line, "relative_error_rms_ppm");
        if (is_point(line) && strcmp(measured_text(line, "scene"), "eleven") == 0 &&
            isfinite(rms)) {
            square += rms * rms;
            n++;
        }
    }
    (void)snprintf(ret, cap, "%s", not_measured);
    if (n > 0)
        (void)snprintf(ret, cap, "**%.4f ppm** r.m.s.", sqrt(square / n));
}

static void speed_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    json_t *line = measured_case(&u->m, r->kind == ROW_RATIO ? "grgsm" : "speed", r->scene);
    (void)snprintf(ret, cap, "%s", not_measured);
    if (!line)
        return;
    if (r->kind == ROW_REALTIME)
        (void)snprintf(ret, cap, "**%.0f×**", measured_number(line, "realtime"));
    else if (r->kind == ROW_RATIO)
        (void)snprintf(ret, cap, "**%.1f**", measured_number(line, "cpu_ratio"));
    else if (r->kind == ROW_MEMORY)
        (void)snprintf(ret, cap, "**%.1f MiB**", measured_number(line, "rss_kib") / 1024);
    else if (isfinite(measured_number(line, "first_block_s")))
        (void)snprintf(ret, cap, "**%.0f ms**", 1e3 * measured_number(line, "first_block_s"));
}

static void row_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    switch (r->kind) {
    case ROW_BLOCKS_AT:
    case ROW_SCH_AT:
        threshold_text(u, r, ret, cap);
        break;
    case ROW_LOSS:
        loss_text(u, r, ret, cap);
        break;
    case ROW_SHARE:
    case ROW_START:
    case ROW_CGI:
        point_text(u, r, ret, cap);
        break;
    case ROW_WRONG:
        wrong_text(u, ret, cap);
        break;
    case ROW_NOISE:
        noise_text(u, ret, cap);
        break;
    case ROW_RELATIVE:
        relative_text(u, ret, cap);
        break;
    case ROW_REALTIME:
    case ROW_RATIO:
    case ROW_MEMORY:
    case ROW_FIRST:
        speed_text(u, r, ret, cap);
        break;
    }
}

/* gr-gsm in one configuration: a threshold, or a share of blocks and SCH. Empty: not measured. */
static void other_text(const struct setup *u, const struct row *r, const char *receiver, char *ret,
                       size_t cap)
{
    struct curve c;
    bool sch = r->kind == ROW_SCH_AT;
    ret[0] = '\0';
    if (r->kind == ROW_SHARE) {
        json_t *line = measured_point_of(&u->m, receiver, r->scene, r->number);
        if (line)
            (void)snprintf(ret, cap, "%.0f %% and %.0f %% of SCH",
                           100.0 * (1.0 - measured_number(line, "fer")),
                           100.0 * (1.0 - measured_number(line, "sch_fer")));
    } else if (sch || r->kind == ROW_BLOCKS_AT) {
        measured_curve(&u->m, receiver, r->scene, sch ? "sch_sent" : "sent",
                       sch ? "sch_decoded" : "decoded", &c);
        double at_db = curve_threshold_db(&c, r->number);
        if (isfinite(at_db))
            (void)snprintf(ret, cap, "%+.1f dB", at_db);
    }
}

static void grgsm_text(const struct setup *u, const struct row *r, char *ret, size_t cap)
{
    char untuned[48], tuned[48];
    other_text(u, r, "gr-gsm untuned", untuned, sizeof(untuned));
    other_text(u, r, "gr-gsm tuned", tuned, sizeof(tuned));
    if (untuned[0] && tuned[0])
        (void)snprintf(ret, cap, "**%s** / **%s**", untuned, tuned);
    else
        (void)snprintf(ret, cap, "%s", r->grgsm);
}

static void put_rows(const struct setup *u, const struct row *row, size_t n, const char *option,
                     FILE *out)
{
    char ours[128], other[128];
    (void)fprintf(out, "| what | limit | gr-gsm | must | aim | ours | measured by |\n"
                       "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < n; i++) {
        row_text(u, &row[i], ours, sizeof(ours));
        grgsm_text(u, &row[i], other, sizeof(other));
        (void)fprintf(out, "| %s | %s | %s | %s | %s | %s | ", row[i].what, row[i].limit, other,
                      row[i].must, row[i].aim, ours);
        if (row[i].scene[0])
            (void)fprintf(out, "%s%s%s |\n", option, row[i].scene, option[0] == '`' ? "`" : "");
        else
            (void)fputs("all |\n", out);
    }
}

/* "A 99.8 %": each cell of a scene that lists every cell. */
static void put_cells(const struct setup *u, const char *scene, FILE *out)
{
    size_t i;
    json_t *line;
    (void)fprintf(out,
                  "\n| cell of %s | blocks | SCH | CGI | Es/N0 said less sent |\n"
                  "| --- | --- | --- | --- | --- |\n",
                  scene);
    json_array_foreach(u->m.lines, i, line)
    {
        if (!is_point(line) || strcmp(measured_text(line, "scene"), scene) != 0)
            continue;
        (void)fprintf(
            out, "| %s | %ld of %ld | %ld of %ld | %s | %+.2f dB |\n", measured_text(line, "cell"),
            measured_count(line, "decoded"), measured_count(line, "sent"),
            measured_count(line, "sch_decoded"), measured_count(line, "sch_sent"),
            measured_count(line, "cgi_read") ? "read" : "–", measured_number(line, "snr_error_db"));
    }
}

static void put_estimate(const struct setup *u, FILE *out)
{
    const struct scene *s = scene_find("estimate");
    (void)fputs("\n| Es/N0 sent | Es/N0 said, less that | offset said less sent, mean | r.m.s. | "
                "SCH place less sent, mean | r.m.s. |\n| --- | --- | --- | --- | --- | --- |\n",
                out);
    for (int i = 0; s && s->esn0_db[i] > SCENE_END; i++) {
        json_t *line = measured_point(&u->m, s->name, s->esn0_db[i]);
        if (!line || measured_count(line, "cell_lines") == 0)
            continue;
        (void)fprintf(
            out, "| %g dB | %+.2f dB | %+.1f Hz | %.1f Hz | %+.3f symbols | %.3f symbols |\n",
            s->esn0_db[i], measured_number(line, "snr_error_db"),
            measured_number(line, "offset_error_hz"), measured_number(line, "offset_error_rms_hz"),
            measured_number(line, "late_sym"), measured_number(line, "late_rms_sym"));
    }
}

static void put_points(const struct setup *u, FILE *out)
{
    (void)fputs(
        "\n| scene | seeds × s | blocks lost at Es/N0, % (with repeats added) | SCH lost, % |\n"
        "| --- | --- | --- | --- |\n",
        out);
    for (int k = 0; scene_at(k); k++) {
        const struct scene *s = scene_at(k);
        if (s->every_cell || strcmp(s->name, "noise") == 0)
            continue;
        char blocks[1024] = "", sch[1024] = "", head[64] = "not measured";
        size_t n_blocks = 0, n_sch = 0;
        for (int i = 0; s->esn0_db[i] > SCENE_END; i++) {
            json_t *line = measured_point(&u->m, s->name, s->esn0_db[i]);
            long sent = line ? measured_count(line, "sent") : 0;
            if (sent == 0 || n_blocks > 900 || n_sch > 900)
                continue;
            long lost = sent - measured_count(line, "decoded");
            long still = lost - measured_count(line, "combined");
            n_blocks += (size_t)snprintf(blocks + n_blocks, sizeof(blocks) - n_blocks, "%s%g: %.2f",
                                         n_blocks ? ", " : "", s->esn0_db[i],
                                         100.0 * (double)lost / (double)sent);
            if (still != lost)
                n_blocks += (size_t)snprintf(blocks + n_blocks, sizeof(blocks) - n_blocks,
                                             " (%.2f)", 100.0 * (double)still / (double)sent);
            n_sch +=
                (size_t)snprintf(sch + n_sch, sizeof(sch) - n_sch, "%s%g: %.2f", n_sch ? ", " : "",
                                 s->esn0_db[i], 100.0 * measured_number(line, "sch_fer"));
            (void)snprintf(head, sizeof(head), "1…%ld × %g", measured_count(line, "seeds"),
                           measured_number(line, "duration_s"));
        }
        (void)fprintf(out, "| %s: %s | %s | %s | %s |\n", s->name, s->what, head, blocks, sch);
    }
}

static void put_receiver(const struct setup *u, FILE *out)
{
    (void)fprintf(
        out,
        "Revision %s. End to end: `cellwarden-synth SCENE -o - | cellwarden replay --blocks "
        "-`, one worker, each block compared with what was sent: octets, frame number, place. "
        "FER = share of the blocks sent and whole in the file that were not read from their one "
        "transmission (list decoding included, repeats added not included). gr-gsm 1.0.0: untuned "
        "(20 ppm off, automatic correction) / tuned (carrier in place, no correction), end to end "
        "on the same scenes; bold: measured by `bench/grgsm_points.sh`, kept in "
        "`bench/reference/grgsm.jsonl`. ± is two deviations as if blocks failed one by one; in "
        "fading they do not. "
        "Loss: shift of the 10 %% point against the scene without the disturbance. "
        "Limit, must, aim and what is not bold of gr-gsm are stated figures that this command does "
        "not measure.\n\n",
        u->revision);
    put_rows(u, receiver_row, N_RECEIVER_ROWS, "`scripts/bench --scene ", out);
    (void)fputs("\nAll points:\n", out);
    put_points(u, out);
    (void)fputs("\nWhat the program says of a cell, 10 s each:\n", out);
    put_estimate(u, out);
    put_cells(u, "city", out);
}

static void put_cost(const struct setup *u, FILE *out)
{
    size_t i;
    json_t *line;
    (void)fputs(
        "\n| case | signal | user CPU | system CPU | × real time | peak memory | first block | "
        "load |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
        out);
    json_array_foreach(u->m.lines, i, line)
    {
        const char *name = measured_text(line, "case");
        if (strcmp(measured_text(line, "type"), "speed") != 0 ||
            measured_case(&u->m, "speed", name) != line)
            continue;
        char first[32] = "–";
        if (isfinite(measured_number(line, "first_block_s")))
            (void)snprintf(first, sizeof(first), "%.0f ms",
                           1e3 * measured_number(line, "first_block_s"));
        (void)fprintf(out, "| %s: %s | %g s | %.3f s | %.3f s | %.1f | %.1f MiB | %s | %.1f |\n",
                      name, measured_text(line, "what"), measured_number(line, "signal_s"),
                      measured_number(line, "user_s"), measured_number(line, "system_s"),
                      measured_number(line, "realtime"), measured_number(line, "rss_kib") / 1024,
                      first, measured_number(line, "load"));
    }
}

static int by_percent(const void *a, const void *b)
{
    double x = measured_number(*(json_t *const *)a, "percent");
    double y = measured_number(*(json_t *const *)b, "percent");
    return (x < y) - (x > y);
}

/* Lines of the last run of stages.sh for a case: those behind the last other kind of line. */
static void put_stages(const struct setup *u, const char *name, FILE *out)
{
    json_t *stage[128];
    size_t n = 0;
    for (size_t i = json_array_size(u->m.lines); i-- > 0 && n < 128;) {
        json_t *line = json_array_get(u->m.lines, i);
        if (strcmp(measured_text(line, "type"), "stage") != 0 ||
            strcmp(measured_text(line, "case"), name) != 0)
            continue;
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known |= strcmp(measured_text(stage[k], "where"), measured_text(line, "where")) == 0;
        if (!known)
            stage[n++] = line;
    }
    if (n == 0)
        return;
    qsort(stage, n, sizeof(stage[0]), by_percent);
    json_t *speed = measured_case(&u->m, "speed", name);
    double ms = 1e3 / measured_number(speed, "realtime");
    (void)fprintf(out,
                  "\n| stages of %s | share | ms a second of signal | most in |\n"
                  "| --- | --- | --- | --- |\n",
                  name);
    for (size_t k = 0; k < n && measured_number(stage[k], "percent") >= 0.5; k++) {
        double percent = measured_number(stage[k], "percent");
        const char *most = measured_text(stage[k], "most");
        (void)fprintf(out, "| %s | %.1f %% | %.2f | %s |\n", measured_text(stage[k], "where"),
                      percent, 0.01 * percent * ms, strncmp(most, "0x", 2) == 0 ? "–" : most);
    }
}

static void put_performance(const struct setup *u, FILE *out)
{
    (void)fprintf(
        out,
        "Revision %s. `scripts/bench --speed`: the built program on generated recordings, one "
        "worker, no log; the least user CPU of several runs, reading, SHA-256 and judging "
        "included. The machine (2 virtual processors) was shared, its load stands beside each "
        "figure; ratios hold better than seconds.\n\n",
        u->revision);
    put_rows(u, speed_row, N_SPEED_ROWS, "case ", out);
    put_cost(u, out);
    (void)fputs("\n![Growth of CPU and memory](speed.svg)\n", out);
    put_stages(u, "cells-11", out);
    put_stages(u, "city", out);
    put_stages(u, "one", out);
}

static char *read_text(const char *path)
{
    char *text = calloc(1, 1);
    size_t n = 0, got = 1;
    FILE *f = fopen(path, "r");
    while (f && text && got > 0) {
        text = realloc(text, n + 65537);
        got = text ? fread(text + n, 1, 65536, f) : 0;
        n += got;
        if (text)
            text[n] = '\0';
    }
    if (f)
        (void)fclose(f);
    if (!text)
        bench_fail("no memory");
    return text;
}

static void rewrite(const struct setup *u, const char *path, const char *title,
                    void (*put)(const struct setup *u, FILE *out))
{
    char *text = read_text(path);
    char *begin = strstr(text, MARK_BEGIN), *end = strstr(text, MARK_END);
    FILE *out = fopen(path, "w");
    if (!out)
        bench_fail("'%s' does not open", path);
    if (begin && end && end > begin)
        (void)fwrite(text, 1, (size_t)(begin - text), out);
    else
        (void)fprintf(out, "%s%s", text, text[0] ? "\n" : title);
    (void)fprintf(out, "%s\n\n", MARK_BEGIN);
    put(u, out);
    (void)fprintf(out, "\n%s%s", MARK_END, end ? end + strlen(MARK_END) : "\n");
    if (fclose(out) != 0)
        bench_fail("'%s' could not be written", path);
    free(text);
}

static void parse(struct setup *u, int argc, char **argv, int *ret_n_files)
{
    const struct opt_row rows[] = {
        {.name = "receiver",
         .type = OPT_TEXT,
         .value = &u->receiver,
         .arg = "FILE",
         .help = "rewrite the measured part of this document"},
        {.name = "performance",
         .type = OPT_TEXT,
         .value = &u->performance,
         .arg = "FILE",
         .help = "the same for speed"},
        {.name = "dat",
         .type = OPT_TEXT,
         .value = &u->dat,
         .arg = "FOLDER",
         .help = "write curves for gnuplot here"},
        {.name = "revision",
         .type = OPT_TEXT,
         .value = &u->revision,
         .arg = "TEXT",
         .help = "what was measured"},
    };
    const struct opt_command cmd = {.name = "bench_report",
                                    .operands = "FILE...",
                                    .summary = "Make tables of what was measured",
                                    .example = "  bench_report points.jsonl",
                                    .rows = rows,
                                    .n_rows = sizeof(rows) / sizeof(rows[0]),
                                    .min_operands = 1,
                                    .max_operands = -1};
    char err[256] = "";
    int rc = opt_parse(&cmd, argc, argv, ret_n_files, err, sizeof(err));
    if (rc < 0)
        bench_fail("%s", err);
    if (rc > 0)
        exit(0);
}

int main(int argc, char **argv)
{
    struct setup u = {.revision = "not said"};
    int n_files = 0;
    parse(&u, argc, argv, &n_files);
    for (int i = 1; i <= n_files; i++)
        measured_read(&u.m, argv[i]);
    if (u.receiver)
        rewrite(&u, u.receiver, "# The receiver\n\n## Measured\n\n", put_receiver);
    if (u.performance)
        rewrite(&u, u.performance, "# Performance\n\n", put_performance);
    if (!u.receiver && !u.performance && !u.dat)
        put_receiver(&u, stdout);
    if (u.dat)
        curves_put(&u.m, u.dat);
    if (u.dat) {
        measured_put_growth(&u.m, u.dat, "cells", "carriers");
        measured_put_growth(&u.m, u.dat, "rate", "rate_hz");
        measured_put_growth(&u.m, u.dat, "length", "signal_s");
    }
    measured_clear(&u.m);
    return 0;
}
