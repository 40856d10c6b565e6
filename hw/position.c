/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/position.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "position_gpsd.h"

static const char default_host[] = "localhost", default_port[] = "2947";

struct position {
    struct position_fix fixed;
    struct position_gpsd *gpsd; /* NULL: not asked for */
};

static const char *const source_names[] = {
    [POSITION_NONE] = "none", [POSITION_FIXED] = "fixed", [POSITION_GPSD] = "gps"};

const char *position_source_name(enum position_source source)
{
    return source_names[source];
}

int position_parse(const char *text, double *ret_lat_deg, double *ret_lon_deg)
{
    char *end, *last;
    if (strspn(text, "0123456789.,+- ") != strlen(text))
        return -EINVAL; /* strtod() would take more */
    double lat = strtod(text, &end);
    if (end == text || *end != ',')
        return -EINVAL;
    double lon = strtod(end + 1, &last);
    if (last == end + 1 || *last != '\0' || !(fabs(lat) <= 90) || !(fabs(lon) <= 180))
        return -EINVAL;
    *ret_lat_deg = lat;
    *ret_lon_deg = lon;
    return 0;
}

static void clear_fix(struct position_fix *fix, enum position_source source)
{
    *fix = (struct position_fix){.source = source, .utc_us = UTC_UNKNOWN};
    fix->lat_deg = fix->lon_deg = fix->accuracy_m = (double)NAN;
    fix->altitude_m = fix->speed_m_s = (double)NAN;
}

/* "gpsd", "gpsd:HOST", "gpsd:HOST:PORT". */
static int open_gpsd(struct position *p, const char *spec, char *err, size_t err_cap)
{
    char host[256], port[32];
    const char *at = spec[4] == ':' ? spec + 5 : "";
    const char *colon = strrchr(at, ':');
    size_t n = colon ? (size_t)(colon - at) : strlen(at);
    if (n >= sizeof host || (colon && strlen(colon + 1) >= sizeof port)) {
        (void)snprintf(err, err_cap, "'%s' is too long for the place of a gpsd", spec);
        return -EINVAL;
    }
    (void)snprintf(host, sizeof host, "%.*s", (int)n, at);
    (void)snprintf(port, sizeof port, "%s", colon ? colon + 1 : "");
    int rc =
        position_gpsd_open(&p->gpsd, host[0] ? host : default_host, port[0] ? port : default_port);
    if (rc == -ENOTSUP)
        (void)snprintf(err, err_cap,
                       "this build cannot speak to gpsd: install libgps-dev and build again, or "
                       "give the place as LAT,LON");
    else if (rc < 0)
        (void)snprintf(err, err_cap, "cannot listen to gpsd: %s", strerror(-rc));
    return rc;
}

int position_open(struct position **ret, const char *spec, char *err, size_t err_cap)
{
    struct position *p = calloc(1, sizeof *p);
    int rc = 0;
    if (!p) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    clear_fix(&p->fixed, POSITION_NONE);
    if (strncmp(spec, "gpsd", 4) == 0 && (spec[4] == '\0' || spec[4] == ':')) {
        rc = open_gpsd(p, spec, err, err_cap);
    } else if (strcmp(spec, "none") != 0) {
        rc = position_parse(spec, &p->fixed.lat_deg, &p->fixed.lon_deg);
        p->fixed.source = POSITION_FIXED;
        p->fixed.valid = true;
        p->fixed.mode = 2;
        if (rc < 0)
            (void)snprintf(err, err_cap,
                           "'%s' is no place: write LAT,LON in degrees (48.1,7.85), gpsd, "
                           "gpsd:HOST:PORT or none",
                           spec);
    }
    if (rc < 0) {
        position_close(p);
        return rc;
    }
    *ret = p;
    return 0;
}

void position_close(struct position *p)
{
    if (!p)
        return;
    position_gpsd_close(p->gpsd);
    free(p);
}

void position_get(struct position *p, struct position_fix *ret)
{
    if (!p->gpsd) {
        *ret = p->fixed;
        return;
    }
    position_gpsd_get(p->gpsd, ret);
    if (ret->valid && ret->age_s <= POSITION_AGE_MAX_S)
        return;
    int mode = ret->age_s <= POSITION_AGE_MAX_S ? ret->mode : 0;
    clear_fix(ret, POSITION_GPSD);
    ret->mode = mode;
}

void position_get_trouble(struct position *p, char *ret, size_t cap)
{
    struct position_fix fix;
    ret[0] = '\0';
    if (!p->gpsd)
        return;
    position_gpsd_get_trouble(p->gpsd, ret, cap);
    position_get(p, &fix);
    if (ret[0] == '\0' && !fix.valid)
        (void)snprintf(ret, cap,
                       "gpsd has no fix: the receiver may not see the sky, or none is "
                       "plugged in");
}

void position_format(const struct position_fix *fix, char *ret, size_t cap)
{
    char accuracy[32] = "accuracy not known";
    if (fix->source != POSITION_GPSD || !fix->valid) {
        (void)snprintf(ret, cap, "%s%s", position_source_name(fix->source),
                       fix->source == POSITION_GPSD ? ", no fix" : "");
        return;
    }
    if (isfinite(fix->accuracy_m))
        (void)snprintf(accuracy, sizeof accuracy, "%.1f m", fix->accuracy_m);
    (void)snprintf(ret, cap, "%s, %s, %s, %.1f s old", position_source_name(fix->source),
                   fix->mode >= 3 ? "3D" : "2D", accuracy, fix->age_s);
}
