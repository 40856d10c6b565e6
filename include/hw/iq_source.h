/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iq_source - where samples come from: one row of functions per kind of source.
 *
 * in   a path, "-" for standard input; what the user said of it; raw samples, WAV, SigMF, sdriq
 * out  iq_block after iq_block, in constant memory
 * cost limited by the disk
 * thread one object, one thread
 */
#ifndef HW_IQ_SOURCE_H
#define HW_IQ_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/iq_block.h"
#include "hw/iq_layout.h"

struct input;

/* What the user said; 0, UNKNOWN or UTC_UNKNOWN where nothing was said. */
struct iq_source_config {
    const char *path;
    struct input *input; /* of path, already open: belongs to the source once open succeeds; NULL */
    enum iq_format format;       /* of raw samples, or of a SigMF pair's against its metadata */
    enum iq_container container; /* what stands around them; UNKNOWN: found out */
    double rate_hz;
    double center_hz;
    int64_t start_utc_us;
    size_t block_samp; /* samples a block; 0: 65536 */
};

/* What is known now; the masks tell which of it nobody said on the command line, and guess says in
 * words where it is from ("rate 500 kHz, centre 941 MHz from the file name"); "" when all was
 * said. */
struct iq_source_info {
    enum iq_format format;
    double rate_hz;
    double center_hz; /* of the first sample */
    int64_t start_utc_us;
    bool guessed_format, guessed_rate, guessed_center, guessed_start;
    char guess[400];
    uint64_t n_samp_total; /* 0: not known (stdin) */
    enum iq_container container;
    size_t n_stretches; /* pieces that do not follow one on another without a gap; 1 at least */
    size_t n_centers;   /* runs of stretches with one centre frequency */
    bool has_position;  /* written in the recording */
    double position_deg[2];
    bool has_meta; /* SigMF: digest of the metadata, which is no part of the recording's digest */
    uint8_t meta_sha256[32];
    bool has_sha512; /* the metadata says what the samples' SHA-512 must be */
    uint8_t sha512[SIGMF_SHA512_OCT];
};

struct iq_source;

/* Opens. Returns 0 or negative errno; err gets one sentence that says what to do: a file whose
 * rate, centre or format nobody gave (-EINVAL), that does not exist, is empty (-ENODATA), is a
 * directory, holds half a sample at its end (accepted; see iq_source_notes). */
int iq_source_open(struct iq_source **ret, const struct iq_source_config *cfg, char *err,
                   size_t err_cap);
void iq_source_close(struct iq_source *src);

void iq_source_info(const struct iq_source *src, struct iq_source_info *ret);

/* Next block: 1 and *ret, 0 at the end, negative errno on a read error. A block lies in one
 * stretch: samp jumps, gap is set and center_hz changes between blocks only. -EINTR when a signal
 * ended a wait: nothing is lost, call again or stop. */
int iq_source_next(struct iq_source *src, struct iq_block *ret);

/* Octets of the input so far, for the digest of the recording: set a function that is called with
 * every run of octets read, header included, in order. */
void iq_source_set_tap(struct iq_source *src, void (*tap)(void *ctx, const void *data, size_t n),
                       void *ctx);

/* Sentences about the input that came up while reading ("the last octet is half a sample and was
 * left out"); returns the i-th or NULL. */
const char *iq_source_note(const struct iq_source *src, size_t i);

/* Guesses from a file name alone; fields that the name does not tell stay 0. Public for tests and
 * fuzzing. Knows gr-gsm (..._a725_d174_...), GQRX (gqrx_YYYYMMDD_HHMMSS_FREQ_RATE_fc.raw), rtl_433
 * (g001_868M_1024k.cu8), and rtl_sdr habits (gsm_935.2MHz_2.4Msps.bin, ..._941.0MHz_500k.cfile). */
void iq_name_guess(const char *path, struct iq_source_info *ret);

/* Guesses the sample format from the first octets, IQ_FORMAT_UNKNOWN when they fit none or more
 * than one; contradicts() is true when they are clearly not of the format said. */
enum iq_format iq_content_guess(const uint8_t *head, size_t n_oct);
bool iq_content_contradicts(const uint8_t *head, size_t n_oct, enum iq_format format);
/* I is always Q, or one of them never moves: every carrier stands on both sides of the centre. */
bool iq_content_is_real(const uint8_t *head, size_t n_oct, enum iq_format format);
/* What else the octets are ("a WAV file"), or NULL. */
const char *iq_content_other(const uint8_t *head, size_t n_oct);

#endif
