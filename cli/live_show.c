/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person or a program sees of a live run: JSON Lines, a table on a terminal, or lines of
 * text where there is none. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/hook.h"
#include "cli/json_lines.h"
#include "cli/report_text.h"
#include "live_options.h"
#include "live_table.h"

struct live_show {
    struct json_lines json;
    struct report_text text;
    struct live_table table;
    struct hook *hook; /* NULL: no --exec */
    struct live_sink sink;
};

/* ---- the hook ----------------------------------------------------------------------------- */

static void run_hook(struct live_show *s, const struct live_news *news)
{
    char *text = NULL;
    size_t n = 0;
    FILE *f = s->hook ? open_memstream(&text, &n) : NULL;
    if (!f)
        return;
    struct json_lines lines = {.out = f};
    json_lines_alert(&lines, news->cell, news->id);
    if (fclose(f) == 0)
        hook_push(s->hook, text, n);
    free(text);
}

static void say_trouble(void *ctx, const char *text)
{
    struct live_show *s = ctx;
    live_table_wipe(&s->table);
    (void)command_error("%s", text);
}

static void say_note(void *ctx, const char *text)
{
    struct live_show *s = ctx;
    live_table_wipe(&s->table);
    command_note("%s", text);
}

/* ---- news --------------------------------------------------------------------------------- */

static void put_json_news(struct live_show *s, const struct live_news *news,
                          const struct live_view *v)
{
    char id[DIGEST_UUID_CAP];
    if (news->appeared || news->changed)
        json_lines_cell(&s->json, news->cell, news->id, v->out);
    for (size_t i = 0; i < news->n_si; i++)
        json_lines_si(&s->json, news->si[i], news->id, news->cell->fn_known);
    for (size_t i = 0; i < news->n_findings; i++) {
        store_finding_id_of(v->out->space, news->id, news->findings[i], id);
        json_lines_finding(&s->json, news->findings[i], news->id, id);
    }
    bool worse = news->changed || news->appeared;
    if (news->alert || (worse && news->cell->verdict >= VERDICT_SUSPICIOUS))
        json_lines_alert(&s->json, news->cell, news->id);
}

static void put_text_news(struct live_show *s, const struct live_news *news,
                          const struct live_view *v)
{
    char key[CELL_KEY_CAP];
    if (news->alert) {
        live_table_wipe(&s->table);
        report_text_flagged(&s->text, news->cell);
        return;
    }
    if (s->table.on || live_opt.quiet || !(news->appeared || news->changed))
        return;
    judged_cell_key(news->cell, key);
    fprintf(s->text.out, "%8.1f s  %-7s %4d  %s: %s\n", v->now_s,
            arfcn_band_name(news->cell->channel.band), news->cell->channel.number, key,
            verdict_name(news->cell->verdict));
}

static void on_news(void *ctx, const struct live_news *news, const struct live_view *v)
{
    struct live_show *s = ctx;
    if (live_opt.json)
        put_json_news(s, news, v);
    else
        put_text_news(s, news, v);
    (void)fflush(stdout);
    if (!news->alert)
        return;
    if (live_opt.bell && isatty(STDERR_FILENO) == 1)
        (void)fputc('\a', stderr);
    run_hook(s, news);
}

static void on_event(void *ctx, const struct gsm_event *event, const struct live_view *v)
{
    struct live_show *s = ctx;
    json_lines_event(&s->json, event, v->out);
}

static void on_refresh(void *ctx, const struct live_view *v)
{
    struct live_show *s = ctx;
    if (s->hook)
        hook_run(s->hook);
    live_table_draw(&s->table, v);
    if (live_opt.json)
        (void)fflush(stdout);
}

static void on_status(void *ctx, const struct live_view *v)
{
    char text[600];
    struct live_show *s = ctx;
    live_table_wipe(&s->table);
    live_status_format(v, text, sizeof text);
    fprintf(stderr, "cellwarden: %s\n", text);
}

/* ---- begin and end ------------------------------------------------------------------------ */

static void on_begin(void *ctx, const struct live_view *v)
{
    struct live_show *s = ctx;
    if (live_opt.json)
        json_lines_begin(&s->json, v->out);
    else if (!live_opt.quiet)
        fprintf(s->text.out, "%s: %s, %.6g MS/s, %zu window%s\n", v->out->run.command,
                v->info->name, v->info->rate_hz / 1e6, v->plan->n_windows,
                v->plan->n_windows == 1 ? "" : "s");
    (void)fflush(stdout);
}

static void put_json_end(struct live_show *s, const struct live_view *v)
{
    for (size_t i = 0; i < v->out->n_cells; i++)
        json_lines_cell(&s->json, &v->out->cells[i], v->ids[i].id, v->out);
    for (size_t i = 0; i < v->out->run.n_coverage; i++)
        json_lines_coverage(&s->json, &v->out->run.coverage[i]);
    json_lines_summary(&s->json, v->out);
}

static void note_stages(const struct live_view *v)
{
    const struct receiver_stats *r = &v->out->stats;
    const struct scan_plan *p = v->plan;
    command_note("%u dwells: %u searching, %u reading, %u watching; %zu of %zu cells have said all",
                 p->n_dwells, p->n_searches, p->n_reads, p->n_watches, scan_plan_complete(p),
                 p->n_cells);
    command_note("%llu FCCH, %llu SCH and %llu failed, %llu blocks, %llu repaired, %llu failed",
                 (unsigned long long)r->n_fcch_hits, (unsigned long long)r->n_sch,
                 (unsigned long long)r->n_sch_failed, (unsigned long long)r->n_blocks,
                 (unsigned long long)r->n_blocks_repaired, (unsigned long long)r->n_blocks_failed);
}

static void on_end(void *ctx, const struct live_view *v)
{
    struct live_show *s = ctx;
    live_table_wipe(&s->table);
    s->table.on = false;
    if (live_opt.json)
        put_json_end(s, v);
    else
        report_text_end(&s->text, v->out);
    (void)fflush(stdout);
    for (size_t i = 0; i < v->out->n_remarks; i++)
        command_note("%s", v->out->remarks[i]);
    if (live_opt.json)
        command_note("%s", v->out->coverage_text);
    if (live_opt.verbose > 0)
        note_stages(v);
}

int live_show_create(struct live_show **ret, const struct live_sink **ret_sink)
{
    const char *no_color = getenv("NO_COLOR");
    bool terminal = isatty(STDOUT_FILENO) == 1;
    struct live_show *s = calloc(1, sizeof *s);
    if (!s)
        return -ENOMEM;
    s->json.out = s->text.out = s->table.out = stdout;
    s->text.colour = s->table.colour = terminal && !(no_color && no_color[0]);
    s->table.on = terminal && !live_opt.json && !live_opt.quiet;
    s->sink = (struct live_sink){.begin = on_begin,
                                 .event = on_event,
                                 .news = on_news,
                                 .refresh = on_refresh,
                                 .status = on_status,
                                 .note = say_note,
                                 .trouble = say_trouble,
                                 .end = on_end,
                                 .ctx = s};
    if (live_opt.exec && hook_create(&s->hook, live_opt.exec, say_trouble, s) < 0) {
        free(s);
        return -ENOMEM;
    }
    *ret = s;
    *ret_sink = &s->sink;
    return 0;
}

void live_show_destroy(struct live_show *s)
{
    if (!s)
        return;
    hook_destroy(s->hook);
    free(s);
}
