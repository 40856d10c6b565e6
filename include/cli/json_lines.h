/* SPDX-License-Identifier: GPL-3.0-or-later */
/* json_lines - an outcome as JSON Lines on a stream: one object a line, for programs.
 *
 * ref  docs/formats.md
 * thread main thread
 */
#ifndef CLI_JSON_LINES_H
#define CLI_JSON_LINES_H

#include <jansson.h>
#include <stdio.h>

#include "cli/pipeline.h"
#include "gsm/si.h"

struct json_lines {
    FILE *out;
};

void json_lines_begin(struct json_lines *j, const struct pipeline_outcome *o);
void json_lines_event(struct json_lines *j, const struct gsm_event *e,
                      const struct pipeline_outcome *o);
void json_lines_end(struct json_lines *j, const struct pipeline_outcome *o);

/* The lines of the end one by one, for what has no end. */
void json_lines_cell(struct json_lines *j, const struct judged_cell *c, const char *id,
                     const struct pipeline_outcome *o);
void json_lines_si(struct json_lines *j, const struct cell_si_seen *si, const char *id,
                   bool fn_known);
void json_lines_finding(struct json_lines *j, const struct finding *f, const char *id,
                        const char *finding_id);
void json_lines_alert(struct json_lines *j, const struct judged_cell *c, const char *id);
void json_lines_coverage(struct json_lines *j, const struct store_coverage *row);
void json_lines_summary(struct json_lines *j, const struct pipeline_outcome *o);

/* Parsed fields of a system information message as one object, names as in include/gsm/si.h;
 * {"parse":"..."} when the message does not parse. */
json_t *json_si_fields(const uint8_t *l2, size_t n_oct);

#endif
