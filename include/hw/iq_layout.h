/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iq_layout - where the samples of a recording lie among its octets, and what its container says.
 *
 * in   the first octets of a file (WAV, sdriq), or SigMF metadata
 * out  stretches of samples, each with its place, its time and its centre frequency
 * ref  docs/formats.md "Recordings": RIFF/RF64/BW64, the auxi chunk, SDRangel's header, SigMF
 * cost nothing to speak of: no sample is read
 * thread plain value
 */
#ifndef HW_IQ_LAYOUT_H
#define HW_IQ_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"
#include "hw/sigmf.h"

/* What stands around the samples. */
enum iq_container { IQ_CONTAINER_UNKNOWN = 0, IQ_RAW, IQ_WAV, IQ_SIGMF, IQ_SDRIQ };

/* "raw", "wav", "sigmf", "sdriq". */
const char *iq_container_name(enum iq_container container);
enum iq_container iq_container_find(const char *name);

#define IQ_TO_END UINT64_MAX

/* Samples that lie in one piece and were taken in one piece. */
struct iq_stretch {
    uint64_t at_oct;  /* of its first sample */
    uint64_t n_samp;  /* IQ_TO_END: as many as there are */
    uint64_t samp;    /* index of its first sample in the time of the recording */
    double center_hz; /* 0: not said */
    bool gap;         /* not the continuation of the stretch before: time, or tuning, is another */
};

/* 0, UNKNOWN, UTC_UNKNOWN: the container does not say. */
struct iq_layout {
    enum iq_container container;
    enum iq_format format;
    double rate_hz;
    int64_t start_utc_us;
    bool has_position;
    double position_deg[2];
    bool gap_unknown; /* segments whose distance in time nobody wrote down */
    uint64_t trailing_oct;
    size_t n;
    struct iq_stretch *stretch; /* owned; one at least */
    char note[200];             /* what the reader should know, or "" */
};

void iq_layout_clear(struct iq_layout *layout);

/* The whole file is samples. 0 or -ENOMEM. */
int iq_layout_raw(struct iq_layout *ret);

/* True when the first octets are those of the container. */
bool iq_layout_is_wav(const uint8_t *head, size_t n_oct);
bool iq_layout_is_sdriq(const uint8_t *head, size_t n_oct);

/* Looks at octets in the middle of a file; -ESPIPE when there is no going there. */
struct iq_peek {
    int64_t (*run)(void *ctx, uint64_t at_oct, void *buf, size_t n);
    void *ctx;
};

/* head: the first octets of the file; length: of the file, 0: not known. 0, or negative errno with
 * a sentence that names name: one channel, 24 bits, no chunk of samples. */
int iq_layout_wav(struct iq_layout *ret, const uint8_t *head, size_t n_oct, uint64_t length,
                  const struct iq_peek *peek, const char *name, char *err, size_t err_cap);
int iq_layout_sdriq(struct iq_layout *ret, const uint8_t *head, size_t n_oct, const char *name,
                    char *err, size_t err_cap);
/* format, rate_hz: what holds, whoever said it. */
int iq_layout_sigmf(struct iq_layout *ret, const struct sigmf_meta *meta, enum iq_format format,
                    double rate_hz, const char *name, char *err, size_t err_cap);

#endif
