/* SPDX-License-Identifier: GPL-3.0-or-later */
/* siphash - SipHash-2-4 with a 64-bit result: a keyed one-way function of short messages.
 *
 * ref  Aumasson and Bernstein, SipHash: a fast short-input PRF, 2012
 * cost about 20 ns for an identity
 * thread pure function
 *
 * libcrypto has it too (EVP_MAC "SIPHASH"), but needs a heap context per key and two allocations
 * a call; blocks are decoded without any. The test compares with libcrypto.
 */
#ifndef GSM_SIPHASH_H
#define GSM_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t siphash_run(const uint8_t key[16], const uint8_t *data, size_t n_oct);

#endif
