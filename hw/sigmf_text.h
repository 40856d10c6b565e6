/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigmf_text - the metadata of a recording that is being written; private to this layer. */
#ifndef HW_SIGMF_TEXT_PRIVATE_H
#define HW_SIGMF_TEXT_PRIVATE_H

#include "core/sha512.h"
#include "hw/sigmf_write.h"

/* One capture segment as written. */
struct sigmf_segment {
    uint64_t at; /* its first sample in the file */
    uint64_t n_samp;
    uint64_t samp; /* the same in the stream */
    bool has_samp; /* false: samples of unknown number were lost before it */
    double center_hz;
    struct sigmf_stamp stamp;
};

struct sigmf_text {
    const struct sigmf_writer_config *cfg;
    const struct sigmf_segment *segment;
    size_t n_segments;
    const struct sigmf_annotation *annotation;
    size_t n_annotations;
    uint64_t n_dropped;
    bool has_sha512;
    uint8_t sha512[SHA512_OCT];
};

/* The whole .sigmf-meta on the heap, or NULL without memory. */
char *sigmf_text_format(const struct sigmf_text *t);

#endif
