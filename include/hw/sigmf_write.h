/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sigmf_write - samples to a SigMF recording on disk, without ever making the caller wait for it.
 *
 * in   iq_block after iq_block, with the time of each; annotations
 * out  STEM.sigmf-data while it runs; STEM.sigmf-meta, which appears when the recording is complete
 *      (before that it is STEM.sigmf-meta.part); SHA-512 of the data in the metadata
 * ref  SigMF 1.2; docs/formats.md "Recordings"
 * cost one copy a sample on the caller's thread; writing and hashing have a thread of their own
 * thread create, push, annotate, finish, destroy: one caller
 *
 * A disk that is slower than the signal costs this recording samples, nothing else: what does not
 * fit the queue is dropped, counted, and the next sample begins a new capture segment. A disk that
 * is full ends the recording: what was written is finished as any other.
 */
#ifndef HW_SIGMF_WRITE_H
#define HW_SIGMF_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"

/* Texts are copied; NULL: left out. */
struct sigmf_writer_config {
    const char *stem; /* path without an ending */
    enum iq_format format;
    double rate_hz;
    const char *hardware;    /* core:hw */
    const char *recorder;    /* core:recorder */
    const char *description; /* core:description */
    bool has_position;
    double position_deg[2]; /* latitude, longitude */
    double ppm;             /* crystal of the receiver; NAN: not known */
    const char *clock;      /* quality of the clock, in words */
    int64_t
        delete_after_utc_us; /* when other people's paging in it must go; UTC_UNKNOWN: not set */
    size_t queue_oct;        /* 0: 32 MiB */
    bool wait;               /* a full queue is waited for: nothing is dropped (files) */
};

/* What is known of a block beside what it says itself. */
struct sigmf_stamp {
    int64_t utc_us; /* of its first sample; UTC_UNKNOWN */
    double gain_db; /* NAN: not known */
};

/* A stretch worth a look. Samples count as iq_block.samp does. */
struct sigmf_annotation {
    uint64_t samp, n_samp;
    double from_hz, to_hz;
    char label[64];
    char comment[600];
    char uuid[40]; /* "": none */
};

struct sigmf_written {
    uint64_t n_samp;
    uint64_t n_dropped; /* samples */
    size_t n_segments;
    int stopped; /* 0, or why the disk took no more: -ENOSPC, -EFBIG, -EIO ... */
    char meta_path[512];
};

struct sigmf_writer;

/* 0, or negative errno with a sentence: a recording of that name is there (-EEXIST), no such
 * folder, no permission, disk full. */
int sigmf_writer_create(struct sigmf_writer **ret, const struct sigmf_writer_config *cfg, char *err,
                        size_t err_cap);
/* 0; or why the disk takes no more: then it is time to finish. */
int sigmf_writer_push(struct sigmf_writer *w, const struct iq_block *block,
                      const struct sigmf_stamp *stamp);
/* Samples that are not in the recording are cut from it; 0 or -ENOMEM. */
int sigmf_writer_annotate(struct sigmf_writer *w, const struct sigmf_annotation *a);
/* Where it is, when that became known only now. */
void sigmf_writer_set_position(struct sigmf_writer *w, double lat_deg, double lon_deg);
/* Octets of samples pushed and not dropped. */
uint64_t sigmf_writer_octets(const struct sigmf_writer *w);
uint64_t sigmf_writer_dropped(const struct sigmf_writer *w);
/* Waits until all is on the disk and the metadata in place. 0 and *ret, also when the disk took no
 * more (ret->stopped); -ENODATA: no sample came, nothing is left behind; other negative errno with
 * a sentence: the samples are there, the metadata could not be written. */
int sigmf_writer_finish(struct sigmf_writer *w, struct sigmf_written *ret, char *err,
                        size_t err_cap);
/* Without finish before: the files are removed. */
void sigmf_writer_destroy(struct sigmf_writer *w);

#endif
