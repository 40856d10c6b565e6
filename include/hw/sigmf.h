/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigmf - metadata of a SigMF recording.
 *
 * in   octets of a .sigmf-meta file, as anybody may have written them
 * out  what this program needs of it, checked
 * ref  SigMF 1.2.x; docs/formats.md "Recordings"
 * cost one pass of jansson over the text
 * thread plain value
 */
#ifndef HW_SIGMF_H
#define HW_SIGMF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"

#define SIGMF_CAPTURES_CAP 4096
/* Longest metadata read: 4096 captures and annotations by the thousand are 2 MB. */
#define SIGMF_META_CAP   (16u << 20)
#define SIGMF_SHA512_OCT 64

/* One capture segment. */
struct sigmf_capture {
    uint64_t sample_start;
    uint64_t header_oct;   /* octets of no sample in front of it */
    uint64_t global_index; /* of its first sample in the stream it was cut from */
    bool has_global_index;
    double center_hz; /* 0: not said */
    int64_t utc_us;   /* UTC_UNKNOWN */
};

struct sigmf_meta {
    enum iq_format format;
    double rate_hz;    /* 0: not said */
    char dataset[256]; /* file beside the metadata; "": the name of the metadata tells */
    uint64_t trailing_oct;
    bool has_sha512;
    uint8_t sha512[SIGMF_SHA512_OCT];
    bool has_position;
    double position_deg[2]; /* latitude, longitude */
    size_t n_captures;
    struct sigmf_capture *capture; /* owned; in order of sample_start */
    uint8_t meta_sha256[32];       /* of the metadata as read */
};

/* Returns 0 and *ret, to be cleared; negative errno with a sentence that names name: no JSON, not
 * SigMF, a datatype that is not read, captures out of order. */
int sigmf_parse(struct sigmf_meta *ret, const char *text, size_t n_oct, const char *name, char *err,
                size_t err_cap);
void sigmf_clear(struct sigmf_meta *meta);

/* "cu8", "ci16_le" ... to a format; UNKNOWN for all that this program does not read. */
enum iq_format sigmf_datatype_find(const char *datatype);
const char *sigmf_datatype_name(enum iq_format format);

#endif
