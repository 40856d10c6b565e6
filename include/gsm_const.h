/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsm_const - numbers of the GSM physical layer, each with its section.
 *
 * ref  3GPP TS 45.002 (bursts, multiframes), TS 45.010 (timing)
 */
#ifndef GSM_CONST_H
#define GSM_CONST_H

/* TS 45.010 5.1: 13 MHz / 48 */
#define GSM_SYMBOL_RATE_HZ (13e6 / 48.0)
/* TS 45.002 4.3.1, 5.2: a timeslot lasts 156.25 symbols, a frame 8 timeslots */
#define GSM_SLOT_SYM 156.25
#define GSM_FRAME_SYM 1250
/* TS 45.010 5.1: one TDMA frame = 120/26 ms */
#define GSM_FRAME_S (0.12 / 26.0)
/* TS 45.002 4.3.3: FN runs modulo 26 * 51 * 2048 */
#define GSM_HYPERFRAME 2715648
/* TS 45.002 clause 7: control multiframe, and the SI cycle of 8 of them (6.3.1.3) */
#define GSM_MULTIFRAME 51
#define GSM_SI_CYCLE (8 * GSM_MULTIFRAME)
/* TS 45.002 5.2.3: bits of a burst without guard */
#define GSM_BURST_BITS 148
/* TS 44.006: a layer-2 block of BCCH or CCCH */
#define GSM_L2_OCT 23
/* TS 45.003 4.1: coded bits of one xCCH block, on four bursts */
#define GSM_XCCH_BITS 456
/* TS 45.002 5.2.4: an FCCH burst is a tone, a quarter of the symbol rate above the carrier */
#define GSM_FCCH_TONE_HZ (GSM_SYMBOL_RATE_HZ / 4.0)
/* TS 45.005 2: carrier raster */
#define GSM_RASTER_HZ 200000.0

#endif
