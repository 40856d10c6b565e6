/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/json_parts.h"

#include "core/utc.h"
#include "gsm_const.h"

json_t *json_int_or_null(bool known, json_int_t value)
{
    return known ? json_integer(value) : json_null();
}

json_t *json_utc(int64_t us)
{
    char text[UTC_TEXT_CAP];
    utc_format(us, text);
    return text[0] ? json_string(text) : json_null();
}

json_t *json_hex(const uint8_t *octets, size_t n_oct)
{
    char text[2 * GSM_L2_OCT + 1] = "";
    for (size_t i = 0; i < n_oct && i < GSM_L2_OCT; i++)
        (void)snprintf(text + 2 * i, 3, "%02x", octets[i]);
    return json_string(text);
}

void json_put_line(FILE *out, json_t *object)
{
    if (!object)
        return;
    (void)json_dumpf(object, out, JSON_COMPACT | JSON_REAL_PRECISION(15));
    (void)fputc('\n', out);
    json_decref(object);
}
