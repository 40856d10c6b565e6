/* SPDX-License-Identifier: GPL-3.0-or-later */
/* curves - shares lost over Es/N0 as columns for gnuplot.
 *
 * thread one caller
 */
#ifndef BENCH_CURVES_H
#define BENCH_CURVES_H

#include "measured.h"

/* FOLDER/[tuned-|untuned-]SCENE-xcch.dat and -sch.dat: Es/N0 in dB, percent lost. A curve that was
 * not measured is an empty file. */
void curves_put(const struct measured *m, const char *folder);

#endif
