/* SPDX-License-Identifier: GPL-3.0-or-later */
/* utc - time of day as microseconds since 1970 and as ISO 8601 text; no local time anywhere.
 *
 * ref  RFC 3339
 * thread pure functions
 */
#ifndef CORE_UTC_H
#define CORE_UTC_H

#include <stddef.h>
#include <stdint.h>

#define UTC_UNKNOWN INT64_MIN
#define UTC_TEXT_CAP 40

/* "2026-11-22T15:24:38.123456Z": fraction and Z optional, blank for T allowed, other offsets
 * (+01:00) taken into account. Returns 0 or -EINVAL. */
int utc_parse(const char *text, int64_t *ret_us);

/* ISO 8601 with milliseconds and Z; "" for UTC_UNKNOWN. */
void utc_format(int64_t us, char ret[UTC_TEXT_CAP]);

#endif
