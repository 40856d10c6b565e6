/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gain_choice - which step of the tuner's gain comes next.
 *
 * thread pure function
 */
#ifndef HW_GAIN_CHOICE_H
#define HW_GAIN_CHOICE_H

#include <stddef.h>

#define GAIN_CLIPPED_MAX 0.001     /* share of octets at 0 or 255 */
#define GAIN_FLOOR_QUIET (1.0 / 6) /* noise of a cu8 grid alone, I and Q */

/* What was measured at one gain, in units of the cu8 grid squared. */
struct gain_measure {
    double clipped_ratio;
    double power; /* mean |x|^2 */
    double floor; /* as iq_level_floor_cu8() */
};

/* Index of the gain to try next: lower while too much is clipped, higher while the noise of the
 * antenna is hidden by that of the grid and nothing would clip; i when it is good. */
size_t gain_choose(const int *gains_tenth_db, size_t n_gains, size_t i,
                   const struct gain_measure *m);

#endif
