/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys - a table of keys, each with its place in a struct, and the one function that reads values.
 *
 * thread pure functions
 */
#ifndef SYNTH_KEYS_H
#define SYNTH_KEYS_H

#include <stddef.h>

enum key_kind { KEY_NUMBER, KEY_INT, KEY_HEX, KEY_TEXT, KEY_LIST, KEY_OCTETS };

struct key {
    const char *name;
    enum key_kind kind;
    size_t offset;
    double min, max; /* numbers; for KEY_TEXT max is the capacity */
};

/* Finds name in a table that ends with a NULL name and writes value into object. 0, -ENOENT when
 * the table does not have it, -EINVAL, -ERANGE. Numbers may be written 2.4M, 936.2MHz, 0x1f. */
int key_set(const struct key *table, void *object, const char *name, const char *value);

int key_number(const char *text, double *ret);

#endif
