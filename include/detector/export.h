/* SPDX-License-Identifier: GPL-3.0-or-later */
/* export - results for others: a view of the log as CSV.
 *
 * in   the log, the name of a view
 * out  RFC 4180 in UTF-8: header, CRLF, quotes where needed
 * ref  docs/formats.md "CSV out"
 * cost limited by the disk
 * thread as the store
 */
#ifndef DETECTOR_EXPORT_H
#define DETECTOR_EXPORT_H

#include <stddef.h>
#include <stdio.h>

#include "detector/store.h"

/* Writes every row of a view. A text that a spreadsheet would take for a formula gets a ' in
 * front: cells name themselves, and a hostile one may call itself =HYPERLINK(...). *ret_n_rows may
 * be NULL. 0; -ENOENT with the names of the views; -EIO when out cannot be written to. */
int export_csv(struct store *s, const char *view, FILE *out, size_t *ret_n_rows, char *err,
               size_t err_cap);

#endif
