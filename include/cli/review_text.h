/* SPDX-License-Identifier: GPL-3.0-or-later */
/* review_text - a judged cell from the log, for a person and as JSON.
 *
 * thread main thread
 */
#ifndef CLI_REVIEW_TEXT_H
#define CLI_REVIEW_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "cli/plain_text.h"
#include "detector/review.h"

/* One line of a table; the first also prints the head. */
void review_text_row(FILE *out, const struct review_cell *c, bool first);

/* Facts, findings, the score as a sum that can be checked by hand, what could not be asked,
 * decisions, raw messages. 0 or -errno with a sentence. */
int review_text_cell(FILE *out, const struct review_cell *c, struct store *s, char *err,
                     size_t err_cap);

/* One JSON line, type "review"; with a store also findings, score, observations, decisions. */
int review_json_cell(FILE *out, const struct review_cell *c, struct store *s);

#endif
