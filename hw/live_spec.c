/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/live_spec.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FORMS "rtlsdr[:INDEX|:serial=S], rtl_tcp:HOST[:PORT][,v4] or file:PATH"

static int refuse(char *err, size_t err_cap, const char *text, const char *why)
{
    (void)snprintf(err, err_cap, "'%.200s' is no source: %s; write " FORMS, text, why);
    return -EINVAL;
}

/* A decimal number lo..hi and nothing else; -1 when it is not. */
static long whole_number(const char *text, size_t n, long lo, long hi)
{
    long value = 0;
    if (n == 0 || n > 6)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = 10 * value + (text[i] - '0');
    }
    return value < lo || value > hi ? -1 : value;
}

static int parse_rtlsdr(const char *text, const char *rest, struct live_spec *ret, char *err,
                        size_t err_cap)
{
    ret->kind = LIVE_RTLSDR;
    ret->index = -1;
    if (*rest == '\0')
        return 0;
    rest++;
    if (strncmp(rest, "serial=", 7) == 0) {
        rest += 7;
        if (*rest == '\0' || strlen(rest) >= sizeof ret->serial)
            return refuse(err, err_cap, text, "a serial number of 1 to 255 letters is missing");
        memcpy(ret->serial, rest, strlen(rest) + 1);
        return 0;
    }
    long index = whole_number(rest, strlen(rest), 0, 255);
    if (index < 0)
        return refuse(err, err_cap, text, "an index 0..255 or serial=S follows rtlsdr:");
    ret->index = (int)index;
    return 0;
}

/* Splits HOST[:PORT], n octets long; an address with colons stands in brackets. */
static const char *split_host(const char *rest, size_t n, struct live_spec *ret)
{
    const char *host = rest, *colon;
    size_t n_host = n;
    if (n > 0 && rest[0] == '[') {
        const char *close = memchr(rest, ']', n);
        if (!close)
            return "the bracket of the address is not closed";
        host = rest + 1;
        n_host = (size_t)(close - host);
        colon = close + 1 < rest + n ? close + 1 : NULL;
        if (colon && *colon != ':')
            return "':PORT' follows the bracket";
    } else {
        colon = memchr(rest, ':', n);
        if (colon)
            n_host = (size_t)(colon - rest);
    }
    if (n_host == 0 || n_host >= sizeof ret->host)
        return "the name of the host is missing or too long";
    memcpy(ret->host, host, n_host);
    ret->host[n_host] = '\0';
    long port = LIVE_SPEC_PORT;
    if (colon)
        port = whole_number(colon + 1, (size_t)(rest + n - colon - 1), 1, 65535);
    if (port < 0)
        return "the port is a number 1..65535; an IPv6 address stands in brackets, [::1]:1234";
    (void)snprintf(ret->port, sizeof ret->port, "%u", (unsigned)port & 0xffff);
    return NULL;
}

static int parse_rtltcp(const char *text, const char *rest, struct live_spec *ret, char *err,
                        size_t err_cap)
{
    ret->kind = LIVE_RTLTCP;
    if (*rest == '\0')
        return refuse(err, err_cap, text, "the name of the host is missing");
    rest++;
    const char *comma = strchr(rest, ',');
    if (comma && strcmp(comma, ",v4") != 0)
        return refuse(err, err_cap, text, "only ,v4 can follow the port");
    ret->v4 = comma != NULL;
    const char *why = split_host(rest, comma ? (size_t)(comma - rest) : strlen(rest), ret);
    return why ? refuse(err, err_cap, text, why) : 0;
}

/* What follows name in text, or NULL when text is about something else. */
static const char *after(const char *text, const char *name)
{
    size_t n = strlen(name);
    bool fits = strncmp(text, name, n) == 0 && (text[n] == '\0' || text[n] == ':');
    return fits ? text + n : NULL;
}

int live_spec_parse(const char *text, struct live_spec *ret, char *err, size_t err_cap)
{
    const char *rest;
    *ret = (struct live_spec){.index = -1};
    if ((rest = after(text, "rtlsdr")) != NULL)
        return parse_rtlsdr(text, rest, ret, err, err_cap);
    if ((rest = after(text, "rtl_tcp")) != NULL)
        return parse_rtltcp(text, rest, ret, err, err_cap);
    if ((rest = after(text, "file")) != NULL) {
        ret->kind = LIVE_FILE;
        ret->path = rest + (*rest == ':');
        return *ret->path ? 0 : refuse(err, err_cap, text, "the path is missing");
    }
    return refuse(err, err_cap, text, "its kind is not known");
}
