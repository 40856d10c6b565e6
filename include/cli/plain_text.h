/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plain_text - text from the air, files and databases, made safe for a terminal and for JSON.
 *
 * Control characters (C0, DEL, C1), line and direction marks and octets that are no UTF-8 come out
 * as \xNN: a cell's name or a file's must not be able to move the cursor or hide a line.
 *
 * thread pure functions
 */
#ifndef CLI_PLAIN_TEXT_H
#define CLI_PLAIN_TEXT_H

#include <jansson.h>
#include <stddef.h>
#include <stdio.h>

/* Writes at most cap - 1 octets and a terminator; whole characters only. Returns their number.
 * NULL is "". */
size_t plain_text_format(const char *text, char *ret, size_t cap);
void plain_text_put(FILE *out, const char *text);
/* A JSON string (null for NULL): only what is no UTF-8 is replaced, JSON escapes the rest. */
json_t *plain_text_json(const char *text);

#endif
