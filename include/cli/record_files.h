/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_files - one SigMF recording after another: names, rotation, what is kept.
 *
 * in   blocks with their stamps
 * out  STEM.sigmf-meta, STEM-2.sigmf-meta ...; each is whole before the next begins
 * cost that of hw/sigmf_write.h
 * thread main thread
 */
#ifndef CLI_RECORD_FILES_H
#define CLI_RECORD_FILES_H

#include "hw/position.h"
#include "hw/sigmf_write.h"

struct record_files_config {
    const char *out; /* stem; ending in '/': a folder; NULL: here, named by time and centre */
    struct sigmf_writer_config writer; /* the stem is made here */
    double age_s;                      /* a new recording after so much signal; 0: never */
    double size_oct;                   /* ... or so many octets; 0: never */
    int keep;                          /* so many of this run; 0: all */
    double retain_s;                   /* from now on, for the metadata; 0: no date */
    struct position *position;         /* NULL: none */
    void (*done)(void *ctx, const struct sigmf_written *w, double rate_hz);
    void *ctx;
};

struct record_files;

int record_files_create(struct record_files **ret, const struct record_files_config *cfg);
/* A recording that is open is given up: finish first. */
void record_files_destroy(struct record_files *r);
/* Begins a recording when none is open. 0; 1: the disk took no more, the recording was finished;
 * negative errno with a sentence. */
int record_files_push(struct record_files *r, const struct iq_block *block,
                      const struct sigmf_stamp *stamp, char *err, size_t err_cap);
/* For the recording that is open. */
int record_files_annotate(struct record_files *r, const struct sigmf_annotation *a);
bool record_files_is_open(const struct record_files *r);
/* Ends the recording that is open, if any. 0, 1 and errors as for push. */
int record_files_finish(struct record_files *r, char *err, size_t err_cap);

#endif
