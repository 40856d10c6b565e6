/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sigmf_text.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/detmath.h"
#include "core/utc.h"
#include "hw/sigmf.h"

#define SIGMF_VERSION "1.2.0"
/* Names of our own begin with this; the extension is declared optional. */
#define EXTENSION         "cellwarden"
#define EXTENSION_VERSION "0.1.0"
/* Hertz, decibels and ppm are known no better. */
#define STEP 1e-4

/* Whole hertz as whole numbers, which is how people write them. */
static json_t *number(double x)
{
    x = det_round(x, STEP);
    bool whole = fabs(x) < 1e15 && !(fabs(x - rint(x)) > 0);
    return whole ? json_integer((json_int_t)llrint(x)) : json_real(x);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    if (text && text[0])
        (void)json_object_set_new(object, key, json_string(text));
}

static void set_utc(json_t *object, const char *key, int64_t us)
{
    char text[UTC_TEXT_CAP];
    utc_format(us, text);
    set_text(object, key, text);
}

static json_t *format_global(const struct sigmf_text *t)
{
    const struct sigmf_writer_config *cfg = t->cfg;
    char hex[SHA512_HEX_CAP];
    json_t *g = json_object();
    set_text(g, "core:datatype", sigmf_datatype_name(cfg->format));
    (void)json_object_set_new(g, "core:sample_rate", number(cfg->rate_hz));
    set_text(g, "core:version", SIGMF_VERSION);
    if (t->has_sha512) {
        sha512_format(t->sha512, hex);
        set_text(g, "core:sha512", hex);
    }
    set_text(g, "core:hw", cfg->hardware);
    set_text(g, "core:recorder", cfg->recorder);
    set_text(g, "core:description", cfg->description);
    if (cfg->has_position)
        (void)json_object_set_new(g, "core:geolocation",
                                  json_pack("{s:s, s:[f, f]}", "type", "Point", "coordinates",
                                            cfg->position_deg[1], cfg->position_deg[0]));
    (void)json_object_set_new(g, "core:extensions",
                              json_pack("[{s:s, s:s, s:b}]", "name", EXTENSION, "version",
                                        EXTENSION_VERSION, "optional", 1));
    if (isfinite(cfg->ppm))
        (void)json_object_set_new(g, EXTENSION ":ppm", number(cfg->ppm));
    set_text(g, EXTENSION ":clock", cfg->clock);
    set_utc(g, EXTENSION ":delete_after", cfg->delete_after_utc_us);
    (void)json_object_set_new(g, EXTENSION ":dropped_samples",
                              json_integer((json_int_t)t->n_dropped));
    return g;
}

static json_t *format_capture(const struct sigmf_segment *s)
{
    json_t *c = json_object();
    (void)json_object_set_new(c, "core:sample_start", json_integer((json_int_t)s->at));
    if (s->has_samp)
        (void)json_object_set_new(c, "core:global_index", json_integer((json_int_t)s->samp));
    (void)json_object_set_new(c, "core:frequency", number(s->center_hz));
    set_utc(c, "core:datetime", s->stamp.utc_us);
    if (isfinite(s->stamp.gain_db))
        (void)json_object_set_new(c, EXTENSION ":gain_db", number(s->stamp.gain_db));
    return c;
}

/* Part of an annotation within a segment, as the file counts. */
static bool cut_to(const struct sigmf_segment *s, const struct sigmf_annotation *a,
                   uint64_t *ret_from, uint64_t *ret_n)
{
    uint64_t end = a->samp + a->n_samp, s_end = s->samp + s->n_samp;
    uint64_t from = a->samp > s->samp ? a->samp : s->samp, to = end < s_end ? end : s_end;
    if (to <= from)
        return false;
    *ret_from = s->at + (from - s->samp);
    *ret_n = to - from;
    return true;
}

static void add_annotation(json_t *list, const struct sigmf_text *t,
                           const struct sigmf_annotation *a)
{
    for (size_t i = 0; i < t->n_segments; i++) {
        uint64_t from, n;
        if (!cut_to(&t->segment[i], a, &from, &n))
            continue;
        json_t *o = json_object();
        (void)json_object_set_new(o, "core:sample_start", json_integer((json_int_t)from));
        (void)json_object_set_new(o, "core:sample_count", json_integer((json_int_t)n));
        (void)json_object_set_new(o, "core:freq_lower_edge", number(a->from_hz));
        (void)json_object_set_new(o, "core:freq_upper_edge", number(a->to_hz));
        set_text(o, "core:label", a->label);
        set_text(o, "core:comment", a->comment);
        set_text(o, "core:uuid", a->uuid);
        set_text(o, "core:generator", t->cfg->recorder);
        (void)json_array_append_new(list, o);
    }
}

static int by_start(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    json_int_t p = json_integer_value(json_object_get(*x, "core:sample_start"));
    json_int_t q = json_integer_value(json_object_get(*y, "core:sample_start"));
    return (p > q) - (p < q);
}

/* SigMF wants annotations in the order of their samples. */
static json_t *format_annotations(const struct sigmf_text *t)
{
    json_t *list = json_array(), *sorted = json_array();
    for (size_t i = 0; i < t->n_annotations; i++)
        add_annotation(list, t, &t->annotation[i]);
    size_t n = json_array_size(list);
    json_t **item = calloc(n + 1, sizeof(json_t *));
    for (size_t i = 0; item && i < n; i++)
        item[i] = json_array_get(list, i);
    if (item)
        qsort(item, n, sizeof(json_t *), by_start);
    for (size_t i = 0; item && i < n; i++)
        (void)json_array_append(sorted, item[i]);
    free(item);
    json_decref(list);
    return sorted;
}

char *sigmf_text_format(const struct sigmf_text *t)
{
    json_t *captures = json_array();
    for (size_t i = 0; i < t->n_segments; i++)
        (void)json_array_append_new(captures, format_capture(&t->segment[i]));
    json_t *root = json_object();
    (void)json_object_set_new(root, "global", format_global(t));
    (void)json_object_set_new(root, "captures", captures);
    (void)json_object_set_new(root, "annotations", format_annotations(t));
    char *text = json_dumps(root, JSON_INDENT(4) | JSON_REAL_PRECISION(14));
    json_decref(root);
    return text;
}
