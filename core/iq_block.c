/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/iq_block.h"

#include <strings.h>

static const struct {
    enum iq_format format;
    size_t n_oct;
    const char *name;
} format_table[] = {
    {IQ_FORMAT_UNKNOWN, 0, "unknown"},
    {IQ_CU8, 2, "cu8"},
    {IQ_CS8, 2, "cs8"},
    {IQ_CS16, 4, "cs16"},
    {IQ_CF32, 8, "cf32"},
};

#define N_FORMATS (sizeof format_table / sizeof format_table[0])

size_t iq_format_oct(enum iq_format format)
{
    return (size_t)format < N_FORMATS ? format_table[format].n_oct : 0;
}

const char *iq_format_name(enum iq_format format)
{
    return (size_t)format < N_FORMATS ? format_table[format].name : format_table[0].name;
}

enum iq_format iq_format_find(const char *name)
{
    for (size_t i = 1; i < N_FORMATS; i++) {
        if (strcasecmp(name, format_table[i].name) == 0)
            return format_table[i].format;
    }
    return IQ_FORMAT_UNKNOWN;
}
