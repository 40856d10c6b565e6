/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/sigmf.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/digest.h"
#include "core/utc.h"

/* Samples and octets beyond this are no recording but a slip; keeps sums far from overflow. */
#define COUNT_MAX (INT64_C(1) << 48)

struct reader {
    const char *name;
    char *err;
    size_t err_cap;
};

static const struct {
    const char *name;
    enum iq_format format;
} datatype_table[] = {{"cu8", IQ_CU8}, {"ci8", IQ_CS8}, {"ci16_le", IQ_CS16}, {"cf32_le", IQ_CF32}};

#define N_DATATYPES (sizeof datatype_table / sizeof datatype_table[0])

enum iq_format sigmf_datatype_find(const char *datatype)
{
    for (size_t i = 0; i < N_DATATYPES; i++) {
        if (strcmp(datatype_table[i].name, datatype) == 0)
            return datatype_table[i].format;
    }
    return IQ_FORMAT_UNKNOWN;
}

const char *sigmf_datatype_name(enum iq_format format)
{
    for (size_t i = 0; i < N_DATATYPES; i++) {
        if (datatype_table[i].format == format)
            return datatype_table[i].name;
    }
    return "";
}

__attribute__((format(printf, 2, 3))) static int refuse(struct reader *r, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(r->err, r->err_cap, "'%s': ", r->name);
    size_t used = n < 0 ? 0 : (size_t)n < r->err_cap ? (size_t)n : r->err_cap;
    va_start(ap, fmt);
    (void)vsnprintf(r->err + used, r->err_cap - used, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

/* ---- values ------------------------------------------------------------------------------- */

/* Each get_ function: 1 and *ret, 0 when the key is not there, -EINVAL for another type. */
static int get_count(struct reader *r, const json_t *object, const char *key, uint64_t *ret)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    json_int_t n = json_is_integer(value) ? json_integer_value(value) : -1;
    if (n < 0 || n > COUNT_MAX)
        return refuse(r, "%s must be a whole number from 0 on", key);
    *ret = (uint64_t)n;
    return 1;
}

static int get_number(struct reader *r, const json_t *object, const char *key, double *ret)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    double x = json_number_value(value);
    if (!json_is_number(value) || !isfinite(x))
        return refuse(r, "%s must be a number", key);
    *ret = x;
    return 1;
}

static int get_text(struct reader *r, const json_t *object, const char *key, const char **ret)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        return 0;
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value))
        return refuse(r, "%s must be a text", key);
    *ret = json_string_value(value);
    return 1;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int parse_sha512(const char *text, uint8_t ret[SIGMF_SHA512_OCT])
{
    if (strlen(text) != (size_t)2 * SIGMF_SHA512_OCT)
        return -EINVAL;
    for (size_t i = 0; i < SIGMF_SHA512_OCT; i++) {
        int high = hex_digit(text[2 * i]), low = hex_digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -EINVAL;
        ret[i] = (uint8_t)(high * 16 + low);
    }
    return 0;
}

/* ---- global ------------------------------------------------------------------------------- */

static int take_datatype(struct reader *r, const json_t *global, struct sigmf_meta *ret)
{
    const char *text = NULL;
    int rc = get_text(r, global, "core:datatype", &text);
    if (rc == 0)
        return refuse(r, "core:datatype is missing: this is no SigMF metadata");
    if (rc < 0)
        return rc;
    ret->format = sigmf_datatype_find(text);
    if (ret->format != IQ_FORMAT_UNKNOWN)
        return 0;
    if (text[0] == 'r')
        return refuse(r, "core:datatype '%s' is of real samples, not of IQ", text);
    return refuse(r, "core:datatype '%s' is not read: convert it to cu8, ci8, ci16_le or cf32_le",
                  text);
}

static int take_sha512(struct reader *r, const json_t *global, struct sigmf_meta *ret)
{
    const char *text = NULL;
    int rc = get_text(r, global, "core:sha512", &text);
    if (rc <= 0)
        return rc;
    if (parse_sha512(text, ret->sha512) < 0)
        return refuse(r, "core:sha512 must be 128 hexadecimal digits");
    ret->has_sha512 = true;
    return 0;
}

/* The dataset lies beside its metadata: a name that leads elsewhere could be made to open any
 * file of the reader's. */
static int take_dataset(struct reader *r, const json_t *global, struct sigmf_meta *ret)
{
    const char *text = NULL;
    int rc = get_text(r, global, "core:dataset", &text);
    if (rc <= 0 || !text)
        return rc;
    if (text[0] == '\0' || strchr(text, '/') || strcmp(text, "..") == 0 || strcmp(text, ".") == 0)
        return refuse(r, "core:dataset must be the name of a file in the same folder");
    if (strlen(text) >= sizeof ret->dataset)
        return refuse(r, "core:dataset is too long for the name of a file");
    memcpy(ret->dataset, text, strlen(text) + 1);
    return 0;
}

/* GeoJSON point: longitude first. Anything else is left alone, it changes no sample. */
static void take_position(const json_t *object, struct sigmf_meta *ret)
{
    const json_t *place = json_object_get(object, "core:geolocation");
    const json_t *at = json_object_get(place, "coordinates");
    const char *type = json_string_value(json_object_get(place, "type"));
    double lon = json_number_value(json_array_get(at, 0));
    double lat = json_number_value(json_array_get(at, 1));
    if (ret->has_position || !type || strcmp(type, "Point") != 0 || json_array_size(at) < 2)
        return;
    if (!json_is_number(json_array_get(at, 0)) || !json_is_number(json_array_get(at, 1)))
        return;
    if (!(fabs(lat) <= 90) || !(fabs(lon) <= 180))
        return;
    ret->has_position = true;
    ret->position_deg[0] = lat;
    ret->position_deg[1] = lon;
}

static int take_global(struct reader *r, const json_t *global, struct sigmf_meta *ret)
{
    uint64_t n_channels = 1;
    int rc = take_datatype(r, global, ret);
    if (rc == 0)
        rc = get_number(r, global, "core:sample_rate", &ret->rate_hz);
    if (rc > 0 && ret->rate_hz <= 0)
        return refuse(r, "core:sample_rate must be above 0");
    if (rc >= 0)
        rc = get_count(r, global, "core:num_channels", &n_channels);
    if (rc >= 0 && n_channels != 1)
        return refuse(r, "holds %llu channels side by side: only recordings of one are read",
                      (unsigned long long)n_channels);
    if (rc >= 0)
        rc = get_count(r, global, "core:trailing_bytes", &ret->trailing_oct);
    if (rc >= 0 && json_is_true(json_object_get(global, "core:metadata_only")))
        return refuse(r, "is metadata only: there are no samples to it");
    if (rc >= 0)
        rc = take_dataset(r, global, ret);
    if (rc >= 0)
        rc = take_sha512(r, global, ret);
    take_position(global, ret);
    return rc < 0 ? rc : 0;
}

/* ---- captures ----------------------------------------------------------------------------- */

static int take_capture(struct reader *r, const json_t *capture, struct sigmf_capture *ret)
{
    const char *utc = NULL;
    *ret = (struct sigmf_capture){.utc_us = UTC_UNKNOWN};
    if (!json_is_object(capture))
        return refuse(r, "captures must be objects");
    int rc = get_count(r, capture, "core:sample_start", &ret->sample_start);
    if (rc == 0)
        return refuse(r, "a capture without core:sample_start");
    if (rc > 0)
        rc = get_count(r, capture, "core:header_bytes", &ret->header_oct);
    if (rc >= 0)
        rc = get_count(r, capture, "core:global_index", &ret->global_index);
    ret->has_global_index = rc > 0;
    if (rc >= 0)
        rc = get_number(r, capture, "core:frequency", &ret->center_hz);
    if (rc > 0 && ret->center_hz <= 0)
        return refuse(r, "core:frequency must be above 0");
    if (rc >= 0)
        rc = get_text(r, capture, "core:datetime", &utc);
    if (rc > 0 && utc_parse(utc, &ret->utc_us) < 0)
        return refuse(r, "core:datetime '%s' is no time: 2026-11-22T15:24:38.5Z is one", utc);
    return rc < 0 ? rc : 0;
}

static int take_captures(struct reader *r, const json_t *captures, struct sigmf_meta *ret)
{
    size_t n = json_array_size(captures);
    if (!json_is_array(captures))
        return refuse(r, "captures must be a list");
    if (n > SIGMF_CAPTURES_CAP)
        return refuse(r, "has %zu captures: more than %d are not read", n, SIGMF_CAPTURES_CAP);
    ret->capture = calloc(n + 1, sizeof *ret->capture);
    if (!ret->capture)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        struct sigmf_capture *c = &ret->capture[i];
        const json_t *value = json_array_get(captures, i);
        int rc = take_capture(r, value, c);
        if (rc < 0)
            return rc;
        if (i > 0 && c->sample_start < c[-1].sample_start)
            return refuse(r, "captures are not in the order of core:sample_start");
        if (json_is_object(value))
            take_position(value, ret);
    }
    ret->n_captures = n;
    return 0;
}

static int take_all(struct reader *r, const json_t *root, struct sigmf_meta *ret)
{
    const json_t *global = json_object_get(root, "global");
    const json_t *captures = json_object_get(root, "captures");
    if (!json_is_object(root) || !json_is_object(global))
        return refuse(r, "has no object 'global': this is no SigMF metadata");
    int rc = take_global(r, global, ret);
    if (rc == 0 && captures)
        rc = take_captures(r, captures, ret);
    return rc;
}

int sigmf_parse(struct sigmf_meta *ret, const char *text, size_t n_oct, const char *name, char *err,
                size_t err_cap)
{
    struct reader r = {name, err, err_cap};
    json_error_t error;
    memset(ret, 0, sizeof *ret);
    json_t *root = json_loadb(text, n_oct, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return refuse(&r, "no JSON: line %d: %s", error.line, error.text);
    int rc = take_all(&r, root, ret);
    json_decref(root);
    if (rc == 0)
        rc = digest_run(text, n_oct, ret->meta_sha256);
    if (rc == -ENOMEM)
        (void)snprintf(err, err_cap, "out of memory");
    if (rc < 0)
        sigmf_clear(ret);
    return rc;
}

void sigmf_clear(struct sigmf_meta *meta)
{
    if (!meta)
        return;
    free(meta->capture);
    memset(meta, 0, sizeof *meta);
}
