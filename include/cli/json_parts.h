/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_parts - what every kind of JSON line is put together from.
 *
 * thread main thread
 */
#ifndef CLI_JSON_PARTS_H
#define CLI_JSON_PARTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* null for what is not known: -1, UTC_UNKNOWN. */
json_t *json_int_or_null(bool known, json_int_t value);
json_t *json_utc(int64_t us);
/* Two lower-case digits an octet; at most GSM_L2_OCT octets. */
json_t *json_hex(const uint8_t *octets, size_t n_oct);
/* Writes one object as one line and forgets it; NULL (out of memory) writes nothing. */
void json_put_line(FILE *out, json_t *object);

#endif
