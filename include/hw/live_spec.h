/* SPDX-License-Identifier: GPL-3.0-or-later */
/* live_spec - which receiver is meant: the words of a SOURCE as a value.
 *
 * in   "rtlsdr", "rtlsdr:0", "rtlsdr:serial=77", "rtl_tcp:HOST:PORT", "rtl_tcp:[::1]:1234,v4",
 *      "file:PATH"
 * out  kind and its parts
 * thread pure functions
 */
#ifndef HW_LIVE_SPEC_H
#define HW_LIVE_SPEC_H

#include <stdbool.h>
#include <stddef.h>

enum live_kind_id { LIVE_RTLSDR = 0, LIVE_RTLTCP, LIVE_FILE };

#define LIVE_SPEC_PORT 1234 /* rtl_tcp listens there when nobody tells it another */

struct live_spec {
    enum live_kind_id kind;
    int index;        /* rtlsdr: -1: the only one */
    char serial[256]; /* rtlsdr: "": any */
    char host[256];   /* rtl_tcp; brackets of an IPv6 address are taken off */
    char port[8];
    bool v4;          /* rtl_tcp: an RTL-SDR Blog V4 is behind it */
    const char *path; /* file: points into the text that was parsed */
};

/* 0, or -EINVAL with a sentence in err that says how a source is written. */
int live_spec_parse(const char *text, struct live_spec *ret, char *err, size_t err_cap);

#endif
