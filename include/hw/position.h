/* SPDX-License-Identifier: GPL-3.0-or-later */
/* position - where the receiver is: from gpsd, as somebody said it, or not known.
 *
 * in   "none", "LAT,LON" in degrees (fixed), "gpsd", "gpsd:HOST", "gpsd:HOST:PORT"
 * out  the newest fix with its quality; one older than POSITION_AGE_MAX_S is none
 * cost gpsd: a thread of its own that waits for reports
 * thread open, get, close: one caller; position_get() never waits
 *
 * A gpsd that is not there, or goes away, is tried again after 1, 2, 4 ... 30 s for as long as the
 * object lives: a receiver that is plugged in later is found.
 */
#ifndef HW_POSITION_H
#define HW_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POSITION_AGE_MAX_S 5.0

enum position_source { POSITION_NONE = 0, POSITION_FIXED, POSITION_GPSD };

/* Numbers are NAN, utc_us is UTC_UNKNOWN where nothing is known. */
struct position_fix {
    enum position_source source; /* what was asked for, also while there is no fix */
    bool valid;                  /* latitude and longitude can be used */
    double lat_deg, lon_deg;     /* WGS 84 */
    double accuracy_m;           /* horizontal, as gpsd estimates it; it means 95 % */
    double altitude_m;           /* above mean sea level */
    double speed_m_s;
    int mode;       /* 0 not known, 1 no fix, 2 without, 3 with altitude; a fixed one: 2 */
    int64_t utc_us; /* of the fix, as satellites say */
    double age_s;   /* since the report came; 0 for a fixed one */
};

struct position;

/* 0, or negative errno with a sentence: not a place (-EINVAL), built without libgps (-ENOTSUP). A
 * gpsd that does not answer is no error. */
int position_open(struct position **ret, const char *spec, char *err, size_t err_cap);
void position_close(struct position *p);
void position_get(struct position *p, struct position_fix *ret);
/* What stands in the way of a fix ("gpsd at localhost:2947 does not answer: ..."), "" when nothing
 * does. */
void position_get_trouble(struct position *p, char *ret, size_t cap);

/* "none", "fixed", "gps": what stands in rows. */
const char *position_source_name(enum position_source source);
/* "LAT,LON" in degrees, WGS 84, to two numbers: 0 or -EINVAL. */
int position_parse(const char *text, double *ret_lat_deg, double *ret_lon_deg);
/* One line on the quality: "gps, 3D, 4.2 m, 0.8 s old"; "gps, no fix"; "fixed"; "none". */
void position_format(const struct position_fix *fix, char *ret, size_t cap);
/* Whether this build can speak to gpsd, and the library's version ("3.22", "not built in"). */
const char *position_gpsd_version(void);

#endif
