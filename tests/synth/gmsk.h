/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gmsk - the exact phase of a GMSK carrier at any fraction of a symbol.
 *
 * in   bursts of 148 bits on slots of 156.25 symbols
 * out  complex samples, added to what is there
 * ref  3GPP TS 45.004 2 (BT 0.3, differential precoding; the phase pulse of bit i is centred on
 *      the start of bit period i), TS 45.002 5.2 (slot, guard period)
 * cost about 3 ns a sample and path
 * thread pure functions after gmsk_tables_init
 */
#ifndef SYNTH_GMSK_H
#define SYNTH_GMSK_H

#include <stddef.h>
#include <stdint.h>

#define GMSK_SLOT_BITS 156 /* 148 and eight guard bits; the last quarter symbol sends nothing new */

/* One slot, ready to be sent: precoded bits, and phase before it in quarter turns. */
struct gmsk_slot {
    int8_t sym[GMSK_SLOT_BITS];   /* +1, -1 */
    uint8_t code[GMSK_SLOT_BITS]; /* per bit: quarter turns << 5 | pattern of five bits */
    uint8_t start_quarter;        /* phase before bit 0, quarter turns */
    uint8_t end_quarter;          /* phase after the last bit */
};

/* A place in a run of slots: sym_offset 0 .. 156.25 after the start of bit 0 of the middle slot. */
struct gmsk_window {
    const struct gmsk_slot *prev, *cur, *next;
};

/* Carrier of one path over n samples. Angles are turns in units of 2^-64. */
struct gmsk_path {
    double step_sym; /* symbols a sample */
    uint64_t angle;  /* of the first sample */
    int64_t angle_step;
    float gain_i, gain_q; /* complex amplitude at the first sample */
    float gain_step_i, gain_step_q;
};

void gmsk_tables_init(void);

/* Precodes 148 bits (0 or 1) and guard bits of 1 after them, from the phase of the slot before. */
void gmsk_slot_init(struct gmsk_slot *slot, const uint8_t *bits, uint8_t start_quarter);

/* Phase of the modulation in turns (modulo 1) at offset_sym, for tests and for the edges. */
double gmsk_phase(const struct gmsk_window *w, double offset_sym);

/* Adds n samples, interleaved I and Q, from offset_sym on; none of them may reach past 156.25. */
void gmsk_add(const struct gmsk_window *w, double offset_sym, const struct gmsk_path *path,
              float *iq, size_t n);

/* cos and sin of an angle of 2^-32 turns, to 1e-8. */
void gmsk_sincos(uint32_t angle, float *ret_cos, float *ret_sin);

#endif
