/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_text - one paragraph on a flagged cell for a person who was not there.
 *
 * in   a judged cell with its findings
 * out  what was seen, what was expected and who says so, what else could explain it, what could
 *      not be checked
 * thread pure function
 */
#ifndef DETECTOR_ALERT_TEXT_H
#define DETECTOR_ALERT_TEXT_H

#include <stddef.h>

#include "detector/rules.h"
#include "detector/verdict.h"

/* Writes at most cap octets with terminator. A text that does not fit ends in "...". */
void alert_text_format(const struct judged_cell *cell, const struct rule_known *known, char *ret,
                       size_t cap);

#endif
