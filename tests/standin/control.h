/* SPDX-License-Identifier: GPL-3.0-or-later */
/* control - what the stand-in pretends, from the file that the environment variable
 * CELLWARDEN_STANDIN names.
 *
 * One key and its values a line; `#` begins a note. Keys before the first `dongle` are of all.
 *   air FILE                  scenario with the cells, relative to this file; absent: noise
 *   speed X                   1: real time
 *   loud 1                    say on stderr where it is tuned to
 *   dongle NAME               another dongle, with the keys that follow
 *   serial S, manufacturer M, product P
 *   tuner R820T|R828D|E4000|FC0012|FC0013|FC2580|none
 *   xtal HZ                   the tuner's real crystal
 *   gain_ref DB               gain at which levels are as the scenario says
 *   open ok|access|busy|driver  what opening it leads to
 *   settle_ms X               nothing but noise for so long after a tune
 *   pll_fails FROM TO N       the first N tunes there from elsewhere do not lock, as
 *                             rtlsdr_set_center_freq() does not tell
 *   lose AT_S N               so many transfers are lost; up to four of these lines
 *   stall AT_S FOR_S          nothing comes for so long (0: for ever)
 *   cancel_hangs 1            a reading that stalls does not end when it is cancelled
 *   unplug AT_S FOR_S         is away for so long (0: for ever)
 *   back_first 1              comes back at a port that is counted before the others
 */
#ifndef STANDIN_CONTROL_H
#define STANDIN_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_DONGLES_CAP 8
#define CONTROL_LOSSES_CAP  4

enum control_open { OPEN_OK, OPEN_ACCESS, OPEN_BUSY, OPEN_DRIVER };

struct control_dongle {
    char name[128], serial[128], manufacturer[128], product[128];
    int tuner; /* enum rtlsdr_tuner */
    uint32_t xtal_hz;
    double gain_ref_db, settle_ms;
    enum control_open open;
    double pll_from_hz, pll_to_hz;
    int n_pll_fails;
    int n_losses;
    double lose_at_s[CONTROL_LOSSES_CAP];
    int lose_n[CONTROL_LOSSES_CAP];
    double stall_at_s, stall_for_s; /* at < 0: never */
    bool cancel_hangs;
    double unplug_at_s, unplug_for_s;
    bool back_first;
};

struct control {
    char air[512]; /* "": noise */
    double speed;
    bool loud;
    int n_dongles;
    struct control_dongle dongle[CONTROL_DONGLES_CAP];
};

/* False, with a sentence on stderr, when the file has a mistake. No file: no dongle. */
bool control_read(struct control *ret);
/* Gains of a tuner in 0.1 dB, as the library lists them; returns how many. */
int control_gains(int tuner, const int **ret);

#endif
