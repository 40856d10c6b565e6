/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "measured.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spawn.h"

/* A point at which nothing was lost still has a place on a logarithmic axis. */
#define LOST_AT_LEAST 0.5

double measured_number(json_t *line, const char *key)
{
    json_t *value = json_object_get(line, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

long measured_count(json_t *line, const char *key)
{
    return (long)json_integer_value(json_object_get(line, key));
}

const char *measured_text(json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

void measured_read(struct measured *m, const char *path)
{
    char *text = NULL;
    size_t cap = 0;
    FILE *f = fopen(path, "r");
    if (!f)
        bench_fail("'%s' does not open", path);
    if (!m->lines)
        m->lines = json_array();
    while (getline(&text, &cap, f) > 0) {
        json_t *line = json_loads(text, 0, NULL);
        if (!line)
            bench_fail("'%s' has a line that is no JSON: %.80s", path, text);
        json_array_append_new(m->lines, line);
    }
    free(text);
    (void)fclose(f);
}

void measured_clear(struct measured *m)
{
    json_decref(m->lines);
    m->lines = NULL;
}

static bool same(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

json_t *measured_point(const struct measured *m, const char *scene, double esn0_db)
{
    return measured_point_of(m, "", scene, esn0_db);
}

json_t *measured_point_of(const struct measured *m, const char *receiver, const char *scene,
                          double esn0_db)
{
    for (size_t i = json_array_size(m->lines); i-- > 0;) {
        json_t *line = json_array_get(m->lines, i);
        if (strcmp(measured_text(line, "type"), "point") == 0 &&
            strcmp(measured_text(line, "receiver"), receiver) == 0 &&
            strcmp(measured_text(line, "scene"), scene) == 0 &&
            same(measured_number(line, "esn0_db"), esn0_db))
            return line;
    }
    return NULL;
}

json_t *measured_case(const struct measured *m, const char *type, const char *name)
{
    for (size_t i = json_array_size(m->lines); i-- > 0;) {
        json_t *line = json_array_get(m->lines, i);
        if (strcmp(measured_text(line, "type"), type) == 0 &&
            strcmp(measured_text(line, "case"), name) == 0)
            return line;
    }
    return NULL;
}

/* Puts a point where it belongs; the last one measured at an Es/N0 stays. */
static void put_point(struct curve *c, double esn0_db, double share, long sent)
{
    size_t at = 0;
    while (at < c->n && c->esn0_db[at] < esn0_db - 1e-6)
        at++;
    if (at == c->n || !same(c->esn0_db[at], esn0_db)) {
        if (c->n == CURVE_CAP)
            bench_fail("more than %d points on a curve", CURVE_CAP);
        memmove(&c->esn0_db[at + 1], &c->esn0_db[at], (c->n - at) * sizeof(c->esn0_db[0]));
        memmove(&c->share[at + 1], &c->share[at], (c->n - at) * sizeof(c->share[0]));
        memmove(&c->sent[at + 1], &c->sent[at], (c->n - at) * sizeof(c->sent[0]));
        c->n++;
    }
    c->esn0_db[at] = esn0_db;
    c->share[at] = share;
    c->sent[at] = sent;
}

void measured_curve(const struct measured *m, const char *receiver, const char *scene,
                    const char *sent, const char *decoded, struct curve *ret)
{
    size_t i;
    json_t *line;
    memset(ret, 0, sizeof(*ret));
    json_array_foreach(m->lines, i, line)
    {
        long n = measured_count(line, sent);
        if (strcmp(measured_text(line, "scene"), scene) == 0 && n > 0 &&
            strcmp(measured_text(line, "receiver"), receiver) == 0)
            put_point(ret, measured_number(line, "esn0_db"),
                      fmax((double)(n - measured_count(line, decoded)), LOST_AT_LEAST) / (double)n,
                      n);
    }
}

/* The highest step that crosses the share; SIZE_MAX: none. */
static size_t crossing(const struct curve *c, double share)
{
    for (size_t i = c->n; i-- > 1;) {
        if (c->share[i] <= share && c->share[i - 1] > share)
            return i;
    }
    return SIZE_MAX;
}

static double slope(const struct curve *c, size_t i)
{
    return (c->esn0_db[i] - c->esn0_db[i - 1]) / log(c->share[i] / c->share[i - 1]);
}

double curve_threshold_db(const struct curve *c, double share)
{
    size_t i = crossing(c, share);
    if (i == SIZE_MAX)
        return (double)NAN;
    return c->esn0_db[i - 1] + slope(c, i) * log(share / c->share[i - 1]);
}

double curve_two_sigma_db(const struct curve *c, double share)
{
    size_t i = crossing(c, share);
    if (i == SIZE_MAX)
        return (double)NAN;
    return 2.0 * fabs(slope(c, i)) * sqrt((1.0 - share) / (share * (double)c->sent[i]));
}

void measured_put_growth(const struct measured *m, const char *folder, const char *family,
                         const char *over)
{
    char path[512];
    size_t i, n = strlen(family);
    json_t *line;
    (void)snprintf(path, sizeof(path), "%s/growth-%s.dat", folder, family);
    FILE *f = fopen(path, "w");
    if (!f)
        bench_fail("'%s' does not open", path);
    json_array_foreach(m->lines, i, line)
    {
        const char *name = measured_text(line, "case");
        bool mine = strncmp(name, family, n) == 0 && name[n] == '-' && !strpbrk(name, "xy");
        if (!mine || strcmp(measured_text(line, "type"), "speed") != 0 ||
            measured_case(m, "speed", name) != line)
            continue;
        (void)fprintf(f, "%g %.6g %.6g\n", measured_number(line, over),
                      1e3 / measured_number(line, "realtime"),
                      measured_number(line, "rss_kib") / 1024);
    }
    (void)fclose(f);
}
