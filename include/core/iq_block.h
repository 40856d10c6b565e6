/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iq_block - a run of samples in the form the source has them, with what is known of them.
 *
 * thread plain value; data is borrowed until the next call on the source
 */
#ifndef CORE_IQ_BLOCK_H
#define CORE_IQ_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iq_format { IQ_FORMAT_UNKNOWN = 0, IQ_CU8, IQ_CS8, IQ_CS16, IQ_CF32 };

/* Octets of one complex sample; 0 for unknown. "cu8" ... */
size_t iq_format_oct(enum iq_format format);
const char *iq_format_name(enum iq_format format);
enum iq_format iq_format_find(const char *name);

struct iq_block {
    const void *data;
    size_t n_samp;
    enum iq_format format;
    uint64_t samp;    /* index of the first sample within the recording */
    double rate_hz;
    double center_hz;
    bool gap;         /* samples before this block were lost */
};

#endif
