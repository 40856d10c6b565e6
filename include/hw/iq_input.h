/* SPDX-License-Identifier: GPL-3.0-or-later */
/* iq_input - from the name of a recording to the octets of its samples and what is said of them.
 *
 * in   a plain file, "-", either file of a SigMF pair, a SigMF archive (.sigmf), or a file that a
 *      .sigmf-meta of the same name describes (core:dataset)
 * out  an input that gives the file with the samples, and carries the metadata (input_sigmf)
 * ref  SigMF 1.2.x
 * cost an archive is walked through once, header by header
 * thread one object, one thread
 */
#ifndef HW_IQ_INPUT_H
#define HW_IQ_INPUT_H

#include <stddef.h>

#include "hw/input.h"
#include "hw/iq_source.h"

/* cfg: path, and the format or container the user said: a format given for anything but a SigMF
 * pair makes it raw samples. 0, or negative errno with a sentence. */
int iq_input_open(struct input **ret, const struct iq_source_config *cfg, char *err,
                  size_t err_cap);

/* Reads and parses a metadata file. */
struct sigmf_meta;
int sigmf_file_parse(struct sigmf_meta *ret, const char *path, char *err, size_t err_cap);

/* Opens the samples of the only recording in an archive and parses its metadata. Sentences: cut
 * off, no recording, more than one, no samples. */
int sigmf_archive_open(struct input **ret, const char *path, char *err, size_t err_cap);

#endif
