/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hash_thread - SHA-256, and SHA-512 where asked for, of a stream on a thread of its own.
 *
 * in   runs of octets, copied into a bounded queue
 * out  the digest of all of them
 * cost one copy on the caller's thread; 4 MiB of memory however long the stream is
 * thread one caller; a full queue makes it wait
 */
#ifndef CLI_HASH_THREAD_H
#define CLI_HASH_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "core/sha512.h"

struct hash_thread;

int hash_thread_create(struct hash_thread **ret);
void hash_thread_destroy(struct hash_thread *h);
/* Shaped as a tap of hw/input.h; ctx is the hash_thread. */
void hash_thread_push(void *ctx, const void *data, size_t n_oct);
/* Before the first octet: SHA-512 as well. 0 or -ENOMEM. */
int hash_thread_want_sha512(struct hash_thread *h);
/* Waits for the queue to drain. 0 or negative errno. */
int hash_thread_get(struct hash_thread *h, uint8_t ret[DIGEST_OCT]);
/* -EINVAL when it was not asked for. */
int hash_thread_get_sha512(struct hash_thread *h, uint8_t ret[SHA512_OCT]);

#endif
