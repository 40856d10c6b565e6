/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/utc.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#define US_PER_S 1000000LL

/* Takes exactly n decimal digits; false when there are fewer. */
static bool take_digits(const char **p, int n, int *ret)
{
    int value = 0;
    for (int i = 0; i < n; i++, (*p)++) {
        if (**p < '0' || **p > '9')
            return false;
        value = value * 10 + (**p - '0');
    }
    *ret = value;
    return true;
}

static bool take_char(const char **p, char c)
{
    if (**p != c)
        return false;
    (*p)++;
    return true;
}

static bool take_date(const char **p, struct tm *tm)
{
    int year, month;
    if (!take_digits(p, 4, &year) || !take_char(p, '-') || !take_digits(p, 2, &month) ||
        !take_char(p, '-') || !take_digits(p, 2, &tm->tm_mday))
        return false;
    tm->tm_year = year - 1900;
    tm->tm_mon = month - 1;
    return true;
}

static bool take_time(const char **p, struct tm *tm)
{
    return take_digits(p, 2, &tm->tm_hour) && take_char(p, ':') && take_digits(p, 2, &tm->tm_min) &&
           take_char(p, ':') && take_digits(p, 2, &tm->tm_sec);
}

/* Optional ".123456"; digits after the sixth are dropped. */
static bool take_fraction(const char **p, int64_t *us)
{
    *us = 0;
    if (**p != '.' && **p != ',')
        return true;
    (*p)++;
    if (**p < '0' || **p > '9')
        return false;
    for (int64_t unit = US_PER_S / 10; **p >= '0' && **p <= '9'; (*p)++, unit /= 10)
        *us += unit * (**p - '0');
    return true;
}

/* Optional "Z" or "+01:00" or "+0100"; nothing means UTC. */
static bool take_zone(const char **p, int64_t *offset_s)
{
    *offset_s = 0;
    if (**p == 'Z' || **p == 'z') {
        (*p)++;
        return true;
    }
    if (**p != '+' && **p != '-')
        return true;
    int sign = *(*p)++ == '-' ? -1 : 1;
    int hours, minutes;
    if (!take_digits(p, 2, &hours))
        return false;
    (void)take_char(p, ':');
    if (!take_digits(p, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *offset_s = sign * (hours * 3600 + minutes * 60);
    return true;
}

/* timegm() carries what is out of range into the next field; a date that comes back changed was
 * not a date. RFC 3339 allows second 60: it is the next second here. */
static bool to_seconds(const struct tm *tm, int64_t *ret)
{
    struct tm copy = *tm;
    bool leap = tm->tm_sec == 60;
    if (leap)
        copy.tm_sec = 59;
    struct tm check = copy;
    time_t t = timegm(&check);
    if (check.tm_year != copy.tm_year || check.tm_mon != copy.tm_mon ||
        check.tm_mday != copy.tm_mday || check.tm_hour != copy.tm_hour ||
        check.tm_min != copy.tm_min || check.tm_sec != copy.tm_sec)
        return false;
    *ret = (int64_t)t + (leap ? 1 : 0);
    return true;
}

int utc_parse(const char *text, int64_t *ret_us)
{
    struct tm tm = {0};
    int64_t us, offset_s, s;
    const char *p = text;
    if (!take_date(&p, &tm))
        return -EINVAL;
    if (!take_char(&p, 'T') && !take_char(&p, 't') && !take_char(&p, ' '))
        return -EINVAL;
    if (!take_time(&p, &tm) || !take_fraction(&p, &us) || !take_zone(&p, &offset_s) || *p != '\0')
        return -EINVAL;
    if (!to_seconds(&tm, &s))
        return -EINVAL;
    *ret_us = (s - offset_s) * US_PER_S + us;
    return 0;
}

void utc_format(int64_t us, char ret[UTC_TEXT_CAP])
{
    ret[0] = '\0';
    if (us == UTC_UNKNOWN)
        return;
    int64_t s = us / US_PER_S, rest_us = us % US_PER_S;
    if (rest_us < 0) {
        rest_us += US_PER_S;
        s--;
    }
    time_t t = (time_t)s;
    struct tm tm;
    if (!gmtime_r(&t, &tm))
        return;
    int n = snprintf(ret, UTC_TEXT_CAP, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900,
                     tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec,
                     (int)(rest_us / 1000));
    if (n < 0 || n >= UTC_TEXT_CAP)
        ret[0] = '\0';
}
