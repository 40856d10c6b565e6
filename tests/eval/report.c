/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden-eval-report - the tables of docs/accuracy.md from the lines of cellwarden-eval.
 *
 * usage: cellwarden-eval-report LINES DOCUMENT FOLDER
 * Replaces what stands between two marks of the document; FOLDER gets columns for the picture.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detector/rules.h"
#include "detector/score.h"

#define MARK_BEGIN "<!-- measured: written by scripts/accuracy, do not edit -->\n"
#define MARK_END   "<!-- end of measured -->"

static const char *text(const json_t *o, const char *key)
{
    const char *s = json_string_value(json_object_get(o, key));
    return s ? s : "";
}

static bool is(const json_t *o, const char *type, const char *lists, const char *mode)
{
    return strcmp(text(o, "type"), type) == 0 && strcmp(text(o, "lists"), lists) == 0 &&
           strcmp(text(o, "mode"), mode) == 0;
}

static double number(const json_t *o, const char *key)
{
    return json_number_value(json_object_get(o, key));
}

static void percent(FILE *f, const json_t *ratio)
{
    fprintf(f, " | %.1f %% (%.1f–%.1f)", 100.0 * number(ratio, "ratio"),
            100.0 * number(ratio, "from"), 100.0 * number(ratio, "to"));
}

/* Time after which half of all boxes were flagged. */
static void median(FILE *f, const json_t *o)
{
    const json_t *times = json_object_get(o, "flag_times_s");
    size_t n = (size_t)number(json_object_get(o, "suspicious"), "of");
    if (n / 2 < json_array_size(times))
        fprintf(f, " | %.0f s", json_number_value(json_array_get(times, n / 2)));
    else
        fprintf(f, " | –");
    const json_t *probable = json_object_get(o, "median_s");
    if (json_is_real(probable))
        fprintf(f, " | %.0f s", json_real_value(probable));
    else
        fprintf(f, " | –");
}

static void write_found(FILE *f, json_t *lines)
{
    static const char *const lists[] = {"operator", "crowd", "none"};
    static const char *const modes[] = {"watch", "survey"};
    json_t *o;
    size_t i;
    fprintf(f,
            "| lists | mode | class | boxes | flagged within 10 min | probable or worse | median "
            "to flagged | to probable |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t l = 0; l < 3; l++) {
        for (size_t m = 0; m < 2; m++) {
            json_array_foreach(lines, i, o)
            {
                if (!is(o, "attack", lists[l], modes[m]))
                    continue;
                fprintf(f, "| %s | %s | %s | %.0f", lists[l], modes[m], text(o, "class"),
                        number(json_object_get(o, "suspicious"), "of"));
                percent(f, json_object_get(o, "suspicious"));
                percent(f, json_object_get(o, "probable"));
                median(f, o);
                fprintf(f, " |\n");
            }
        }
    }
}

/* Upper limit of 95 % for a rate of which k were seen: (k + 3) for small k is close enough. */
static void write_false(FILE *f, json_t *lines)
{
    json_t *o;
    size_t i;
    fprintf(f, "\n| lists | sensor | mode | hours | honest cells | flagged a day | probable or "
               "worse a day (up to) |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    json_array_foreach(lines, i, o)
    {
        if (strcmp(text(o, "type"), "honest") != 0)
            continue;
        bool drive = strcmp(text(o, "what"), "drive") == 0;
        double days = number(o, "hours") / (drive ? 8.0 : 24.0);
        double n_probable = number(json_object_get(o, "probable"), "hits");
        fprintf(f, "| %s | %s | %s | %.0f | %.0f | %.2f | %.2f (%.2f) |\n", text(o, "lists"),
                text(o, "what"), text(o, "mode"), number(o, "hours"), number(o, "cells"),
                number(o, "suspicious_a_day"), number(o, "probable_a_day"),
                (n_probable + 3.0) / days);
    }
}

/* [fired, asked] of a rule, added over all lines of a type with that class. */
static void add_rule(json_t *lines, const char *type, const char *class, const char *rule,
                     double ret[2])
{
    json_t *o;
    size_t i;
    ret[0] = ret[1] = 0.0;
    json_array_foreach(lines, i, o)
    {
        if (strcmp(text(o, "type"), type) != 0 || strcmp(text(o, "lists"), "operator") != 0 ||
            (class && strcmp(text(o, "class"), class) != 0))
            continue;
        const json_t *pair = json_object_get(json_object_get(o, "rules"), rule);
        ret[0] += json_number_value(json_array_get(pair, 0));
        ret[1] += json_number_value(json_array_get(pair, 1));
    }
}

static void write_rules(FILE *f, json_t *lines)
{
    static const char *const classes[] = {"A", "B", "C", "D", "E"};
    fprintf(f, "\n| rule | honest cells: fired of asked | A | B | C | D | E |\n"
               "| --- | --- | --- | --- | --- | --- | --- |\n");
    for (size_t k = 0; k < rules_count(); k++) {
        double n[2];
        add_rule(lines, "honest", NULL, rules_get(k)->id, n);
        fprintf(f, "| %s | %.0f of %.0f", rules_get(k)->id, n[0], n[1]);
        for (size_t c = 0; c < 5; c++) {
            add_rule(lines, "attack", classes[c], rules_get(k)->id, n);
            if (n[1] > 0.0)
                fprintf(f, " | %.0f %%", 100.0 * n[0] / n[1]);
            else
                fprintf(f, " | –");
        }
        fprintf(f, " |\n");
    }
}

static void write_ablation(FILE *f, json_t *lines)
{
    const char *group = NULL;
    double cap_db = 0.0;
    json_t *o;
    size_t i;
    fprintf(f, "\n| class | with all");
    for (size_t g = 0; score_cap_get(g, &group, &cap_db); g++)
        fprintf(f, " | %s", group);
    fprintf(f, " |\n| --- | ---");
    for (size_t g = 0; score_cap_get(g, &group, &cap_db); g++)
        fprintf(f, " | ---");
    fprintf(f, " |\n");
    json_array_foreach(lines, i, o)
    {
        if (!is(o, "attack", "operator", "watch"))
            continue;
        fprintf(f, "| %s | %.0f %%", text(o, "class"),
                100.0 * number(json_object_get(o, "probable"), "ratio"));
        for (size_t g = 0; score_cap_get(g, &group, &cap_db); g++)
            fprintf(f, " | %.0f %%", 100.0 * number(json_object_get(o, "probable_without"), group));
        fprintf(f, " |\n");
    }
}

static void write_places(FILE *f, json_t *lines)
{
    json_t *o, *ratio;
    size_t i;
    const char *place;
    fprintf(f, "\n| class | flagged by place |\n| --- | --- |\n");
    json_array_foreach(lines, i, o)
    {
        if (!is(o, "attack", "operator", "watch"))
            continue;
        fprintf(f, "| %s | ", text(o, "class"));
        const char *comma = "";
        json_object_foreach(json_object_get(o, "by_place"), place, ratio)
        {
            fprintf(f, "%s%s %.0f %%", comma, place, 100.0 * number(ratio, "ratio"));
            comma = ", ";
        }
        fprintf(f, " |\n");
    }
}

/* Cells by score: where honest and pseudo cells lie on the scale. */
static void write_scores(FILE *f, json_t *lines)
{
    double honest[40] = {0}, pseudo[40] = {0};
    json_t *o;
    size_t i;
    json_array_foreach(lines, i, o)
    {
        if (strcmp(text(o, "lists"), "operator") != 0)
            continue;
        const char *honest_key =
            strcmp(text(o, "type"), "honest") == 0 ? "score_bins" : "honest_bins";
        for (size_t k = 0; k < 40; k++) {
            honest[k] += json_number_value(json_array_get(json_object_get(o, honest_key), k));
            if (strcmp(text(o, "type"), "attack") == 0)
                pseudo[k] += json_number_value(json_array_get(json_object_get(o, "score_bins"), k));
        }
    }
    fprintf(f, "\n| score, dB | honest cells | pseudo cells |\n| --- | --- | --- |\n");
    for (size_t k = 0; k < 40; k++) {
        if (honest[k] + pseudo[k] > 0.0)
            fprintf(f, "| %zd to %zd | %.0f | %.0f |\n", (ssize_t)(5 * k) - 100,
                    (ssize_t)(5 * k) - 95, honest[k], pseudo[k]);
    }
}

/* Share of the boxes flagged over time, a column pair a class: seconds, percent. */
static int write_columns(json_t *lines, const char *folder)
{
    json_t *o;
    size_t i;
    int rc = 0;
    json_array_foreach(lines, i, o)
    {
        char path[512];
        const json_t *times = json_object_get(o, "flag_times_s");
        double n = number(json_object_get(o, "suspicious"), "of");
        if (!is(o, "attack", "operator", text(o, "mode")) || n <= 0.0)
            continue;
        snprintf(path, sizeof path, "%s/%s-%s.dat", folder, text(o, "mode"), text(o, "class"));
        FILE *f = fopen(path, "w");
        if (!f)
            return -1;
        fprintf(f, "1 0\n");
        for (size_t k = 0; k < json_array_size(times); k++)
            fprintf(f, "%.0f %.2f\n", json_number_value(json_array_get(times, k)),
                    100.0 * (double)(k + 1) / n);
        fprintf(f, "600 %.2f\n", 100.0 * (double)json_array_size(times) / n);
        rc |= fclose(f);
    }
    return rc;
}

static json_t *read_lines(const char *path)
{
    json_t *lines = json_array();
    FILE *f = fopen(path, "r");
    char *line = NULL;
    size_t cap = 0;
    while (f && getline(&line, &cap, f) > 0) {
        json_t *o = json_loads(line, 0, NULL);
        if (o)
            json_array_append_new(lines, o);
    }
    free(line);
    if (f)
        fclose(f);
    return lines;
}

/* Contents of a file, ended by 0; NULL when it cannot be read. */
static char *read_all(const char *path)
{
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    long n = fseek(f, 0, SEEK_END) == 0 ? ftell(f) : -1;
    rewind(f);
    char *text_read = n >= 0 ? calloc(1, (size_t)n + 1) : NULL;
    if (text_read && fread(text_read, 1, (size_t)n, f) != (size_t)n) {
        free(text_read);
        text_read = NULL;
    }
    fclose(f);
    return text_read;
}

static void write_measured(FILE *f, json_t *lines)
{
    fprintf(f, "\n### Found\n\n");
    write_found(f, lines);
    fprintf(f, "\n### Blamed\n");
    write_false(f, lines);
    fprintf(f, "\n### Rules, with the operator's list\n");
    write_rules(f, lines);
    fprintf(f, "\n### Probable or worse without a group of rules (operator's list, watch)\n");
    write_ablation(f, lines);
    fprintf(f, "\n### Places\n");
    write_places(f, lines);
    fprintf(f, "\n### Scores, with the operator's list\n");
    write_scores(f, lines);
    fprintf(f, "\n");
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: cellwarden-eval-report LINES DOCUMENT FOLDER\n");
        return 2;
    }
    json_t *lines = read_lines(argv[1]);
    char *all = read_all(argv[2]);
    char *begin = all ? strstr(all, MARK_BEGIN) : NULL,
         *end = begin ? strstr(begin, MARK_END) : NULL;
    if (json_array_size(lines) == 0 || !end) {
        fprintf(stderr, "eval-report: no lines in \"%s\", or no marks in \"%s\"\n", argv[1],
                argv[2]);
        return 1;
    }
    FILE *f = fopen(argv[2], "w");
    if (!f) {
        perror(argv[2]);
        return 1;
    }
    fprintf(f, "%.*s%s", (int)(begin - all), all, MARK_BEGIN);
    write_measured(f, lines);
    fputs(end, f);
    int rc = fclose(f) | write_columns(lines, argv[3]);
    free(all);
    json_decref(lines);
    return rc != 0;
}
