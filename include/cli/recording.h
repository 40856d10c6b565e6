/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recording - what replay reads: IQ or a GSMTAP capture, from a file or standard input.
 *
 * in   a path and what the user said of it
 * out  blocks of samples, or frames; the SHA-256 of every octet read
 * cost constant memory whatever the length
 * thread main thread; the digest has a thread of its own
 */
#ifndef CLI_RECORDING_H
#define CLI_RECORDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/iq_block.h"
#include "hw/gsmtap_file.h"
#include "hw/iq_source.h"

struct recording;

/* Opens; gsmtap says that the user called it a capture. Negative errno with a sentence. */
int recording_open(struct recording **ret, const struct iq_source_config *said, bool gsmtap,
                   char *err, size_t err_cap);
void recording_close(struct recording *r);

bool recording_is_gsmtap(const struct recording *r);
/* "cf32" ... or "gsmtap". */
const char *recording_format(const struct recording *r);
/* Rate and centre are 0 for a capture; its start is the time of its first frame. */
void recording_info(const struct recording *r, struct iq_source_info *ret);
void recording_counts(const struct recording *r, struct gsmtap_counts *ret);
/* i-th sentence about the input, or NULL. */
const char *recording_note(const struct recording *r, size_t i);

/* Seed of the tags of gsm/paging.h: SHA-256 of the recording's first octets (at most
 * INPUT_HEAD_OCT), because the digest of the whole is only known at its end. */
void recording_key_seed(const struct recording *r, uint8_t ret[DIGEST_OCT]);

/* 1 and *ret; 0 at the end, and when a signal asked to stop; negative errno with a sentence. A
 * capture that is cut off ends there, with a note. */
int recording_next_block(struct recording *r, struct iq_block *ret, char *err, size_t err_cap);
int recording_next_frame(struct recording *r, struct gsmtap_frame *ret, char *err, size_t err_cap);
/* True when all samples of the blocks so far were the same: zeros, a limit, anything. */
bool recording_is_constant(const struct recording *r);
/* A signal ended it before its end. */
bool recording_interrupted(const struct recording *r);

/* At the end: whether the samples are those that the metadata speaks of (core:sha512). 0, also when
 * it says nothing or the recording was not read to its end; -EBADMSG with a sentence when they are
 * not. */
int recording_check(struct recording *r, char *err, size_t err_cap);

/* Digest of every octet up to here; a capture is first read to its last octet. Of a SigMF recording
 * it is that of the samples' file, in a pair and in an archive alike. */
int recording_digest(struct recording *r, uint8_t ret[DIGEST_OCT]);

#endif
