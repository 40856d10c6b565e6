/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "keys.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "scenario.h"

int key_number(const char *text, double *ret)
{
    char *end;
    double scale = 1.0;
    if (strcasecmp(text, "off") == 0 || strcasecmp(text, "none") == 0) {
        *ret = -INFINITY;
        return 0;
    }
    if (text[0] == '\0')
        return -EINVAL;
    double x = strtod(text, &end);
    if (end == text)
        return -EINVAL;
    if (*end == 'k' || *end == 'M' || *end == 'G') {
        scale = *end == 'k' ? 1e3 : *end == 'M' ? 1e6 : 1e9;
        end++;
    }
    if (strcasecmp(end, "Hz") == 0 || strcasecmp(end, "s") == 0 || strcasecmp(end, "S/s") == 0)
        end += strlen(end);
    if (*end != '\0' || isnan(x))
        return -EINVAL;
    *ret = x * scale;
    return 0;
}

static int set_list(struct arfcn_list *list, const char *value)
{
    struct arfcn_list out = {0};
    char copy[SCENARIO_TEXT_CAP];
    int n = snprintf(copy, sizeof(copy), "%s", value);
    if (n < 0 || (size_t)n >= sizeof(copy))
        return -ERANGE;
    char *save = NULL;
    for (char *word = strtok_r(copy, " ,\t", &save); word; word = strtok_r(NULL, " ,\t", &save)) {
        char *end;
        if (strcmp(word, "none") == 0)
            continue;
        long v = strtol(word, &end, 10);
        if (*end != '\0')
            return -EINVAL;
        if (v < 0 || v > 65535 || out.n >= SCENARIO_LIST_CAP)
            return -ERANGE;
        out.arfcn[out.n++] = (int)v;
    }
    *list = out;
    return 0;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static int set_octets(struct raw_l2 *raw, const char *value)
{
    struct raw_l2 out = {0};
    if (strcmp(value, "none") == 0) {
        raw->n = -1;
        return 0;
    }
    memset(out.oct, 0x2b, sizeof(out.oct));
    for (const char *p = value; *p;) {
        if (*p == ' ') {
            p++;
            continue;
        }
        int hi = hex_digit(p[0]), lo = hi < 0 ? -1 : hex_digit(p[1]);
        if (hi < 0 || lo < 0)
            return -EINVAL;
        if (out.n >= (int)sizeof(out.oct))
            return -ERANGE;
        out.oct[out.n++] = (uint8_t)(hi << 4 | lo);
        p += 2;
    }
    *raw = out;
    return out.n > 0 ? 0 : -EINVAL;
}

static int set_int(const struct key *k, void *place, const char *value, int base)
{
    char *end;
    long v = strtol(value, &end, base);
    if (end == value || *end != '\0')
        return -EINVAL;
    if ((double)v < k->min || (double)v > k->max)
        return -ERANGE;
    *(int *)place = (int)v;
    return 0;
}

static int set_number(const struct key *k, void *place, const char *value)
{
    double x;
    int rc = key_number(value, &x);
    if (rc != 0)
        return rc;
    if (!(x >= k->min && x <= k->max))
        return -ERANGE;
    *(double *)place = x;
    return 0;
}

static int set_text(const struct key *k, void *place, const char *value)
{
    size_t n = strlen(value);
    if (n >= (size_t)k->max)
        return -ERANGE;
    memcpy(place, value, n + 1);
    return 0;
}

int key_set(const struct key *table, void *object, const char *name, const char *value)
{
    const struct key *k = table;
    while (k->name && strcmp(k->name, name) != 0)
        k++;
    if (!k->name)
        return -ENOENT;
    void *place = (char *)object + k->offset;
    switch (k->kind) {
    case KEY_NUMBER:
        return set_number(k, place, value);
    case KEY_INT:
        return set_int(k, place, value, 0);
    case KEY_HEX:
        return set_int(k, place, value, 16);
    case KEY_TEXT:
        return set_text(k, place, value);
    case KEY_LIST:
        return set_list(place, value);
    case KEY_OCTETS:
        return set_octets(place, value);
    }
    return -EINVAL;
}
