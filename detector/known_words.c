/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words of the known-cell database: sources, kinds, network codes, cell identities as text. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "detector/known_cells.h"

bool known_mnc_equal(const char *a, const char *b)
{
    size_t n_a = strspn(a, "0123456789"), n_b = strspn(b, "0123456789");
    if (n_a == 0 || n_b == 0 || a[n_a] || b[n_b])
        return false;
    return strtoul(a, NULL, 10) == strtoul(b, NULL, 10);
}

const char *known_source_name(enum known_source source)
{
    switch (source) {
    case KNOWN_CROWD:
        return "crowd";
    case KNOWN_REGULATOR:
        return "regulator";
    case KNOWN_OPERATOR:
        return "operator";
    }
    return "?";
}

enum known_source known_source_find(const char *word)
{
    for (int i = KNOWN_CROWD; i <= KNOWN_OPERATOR; i++)
        if (strcmp(word, known_source_name((enum known_source)i)) == 0)
            return (enum known_source)i;
    return (enum known_source)0;
}

const char *known_kind_name(enum known_kind kind)
{
    switch (kind) {
    case KNOWN_KIND_CELLS:
        return "cells";
    case KNOWN_KIND_ALLOCATIONS:
        return "allocations";
    case KNOWN_KIND_ALLOW:
        return "allow";
    }
    return "?";
}

int known_cgi_parse(const char *text, char mcc[4], char mnc[4], int *lac, int *ci)
{
    char a[4], b[4];
    unsigned l, c;
    int n = 0;
    if (sscanf(text, "%3[0-9]-%3[0-9]-%5u-%5u%n", a, b, &l, &c, &n) != 4 || n == 0 || l > 65535 ||
        c > 65535 || (text[n] && text[n] != '/'))
        return -EINVAL;
    memcpy(mcc, a, 4);
    memcpy(mnc, b, 4);
    *lac = (int)l;
    *ci = (int)c;
    return 0;
}

int known_place_parse(const char *text, double *ret_lat_deg, double *ret_lon_deg)
{
    char *end;
    double lat_deg = strtod(text, &end);
    if (end == text || *end != ',')
        return -EINVAL;
    text = end + 1;
    double lon_deg = strtod(text, &end);
    if (end == text || *end || !(fabs(lat_deg) <= 90) || !(fabs(lon_deg) <= 180))
        return -EINVAL;
    *ret_lat_deg = lat_deg;
    *ret_lon_deg = lon_deg;
    return 0;
}
