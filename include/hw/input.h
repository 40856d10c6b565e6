/* SPDX-License-Identifier: GPL-3.0-or-later */
/* input - octets of a file or of standard input, with a look at the first of them.
 *
 * in   a path, "-" for standard input
 * out  octets in order; a tap sees every octet exactly once (for the digest of the recording)
 * cost one read(2) a call; sequential read-ahead is asked of the kernel
 * thread one object, one thread
 */
#ifndef HW_INPUT_H
#define HW_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define INPUT_HEAD_OCT 65536

struct input;
struct sigmf_meta;

/* Opens and reads up to INPUT_HEAD_OCT octets ahead. 0, or negative errno with a sentence:
 * missing (-ENOENT), a directory (-EISDIR), empty (-ENODATA), unreadable. */
int input_open(struct input **ret, const char *path, char *err, size_t err_cap);
/* The same from a function instead of a file: read as read(2) does, negative errno on an error;
 * close may be NULL. length_oct 0: not known. ctx is closed with the input, also when this
 * fails. */
int input_open_reader(struct input **ret, const char *name, uint64_t length_oct,
                      ssize_t (*read)(void *ctx, void *buf, size_t n), void (*close)(void *ctx),
                      void *ctx, char *err, size_t err_cap);
void input_close(struct input *in);

/* What a sidecar says of the samples: belongs to the input from here on, moved out of *meta. 0 or
 * -ENOMEM. */
int input_set_sigmf(struct input *in, struct sigmf_meta *meta);
/* NULL: there is none. */
const struct sigmf_meta *input_sigmf(const struct input *in);

/* Octets in the middle of a regular file, whatever was read; their number, -ESPIPE for what cannot
 * be looked into. */
ssize_t input_peek(const struct input *in, uint64_t at_oct, void *buf, size_t n);

/* The first octets, borrowed until close; reading does not change them. */
const uint8_t *input_head(const struct input *in, size_t *ret_n_oct);
/* Path as given; "standard input" for "-". */
const char *input_name(const struct input *in);
/* Length of a regular file; 0: not known. */
uint64_t input_length(const struct input *in);

/* Up to n octets: their number, 0 at the end, negative errno. A signal without SA_RESTART ends a
 * wait with -EINTR and loses nothing. */
ssize_t input_read(struct input *in, void *buf, size_t n);
/* Reads to the end, for the tap. */
int input_drain(struct input *in);

void input_set_tap(struct input *in, void (*tap)(void *ctx, const void *data, size_t n), void *ctx);

#endif
