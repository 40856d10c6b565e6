/* SPDX-License-Identifier: GPL-3.0-or-later */
/* digest - SHA-256 of streams and files, name-based UUIDs.
 *
 * ref  FIPS 180-4 (libcrypto), RFC 4122 4.3 (libuuid)
 * cost about 1 ns per octet with SHA-NI
 * thread one object per stream
 */
#ifndef CORE_DIGEST_H
#define CORE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define DIGEST_OCT 32
#define DIGEST_HEX_CAP (2 * DIGEST_OCT + 1)
#define DIGEST_UUID_CAP 37

struct digest;

/* A SHA-256 in progress. Returns 0 or -ENOMEM. */
int digest_create(struct digest **ret);
void digest_destroy(struct digest *d);
int digest_push(struct digest *d, const void *data, size_t n_oct);
/* Value of all that was pushed so far; pushing may go on. */
int digest_get(const struct digest *d, uint8_t ret[DIGEST_OCT]);

/* In one call; of a file (-errno when it cannot be read). */
int digest_run(const void *data, size_t n_oct, uint8_t ret[DIGEST_OCT]);
int digest_file(const char *path, uint8_t ret[DIGEST_OCT]);

/* Lower-case hex with terminator. */
void digest_format(const uint8_t value[DIGEST_OCT], char ret[DIGEST_HEX_CAP]);

/* UUIDv5 of name under a namespace UUID (16 octets), as octets and as text. */
void digest_uuid5(const uint8_t space[16], const char *name, uint8_t ret[16]);
void digest_uuid_format(const uint8_t uuid[16], char ret[DIGEST_UUID_CAP]);
/* Namespace of a recording: UUIDv5 of the hex digest under a constant of this program. */
void digest_uuid_space(const uint8_t value[DIGEST_OCT], uint8_t ret[16]);

#endif
