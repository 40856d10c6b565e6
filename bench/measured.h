/* SPDX-License-Identifier: GPL-3.0-or-later */
/* measured - the lines of bench_sensitivity, bench_receiver and stages.sh, and what they say.
 *
 * thread one caller
 */
#ifndef BENCH_MEASURED_H
#define BENCH_MEASURED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* All lines; of two of the same point or case the later one counts. */
struct measured {
    json_t *lines; /* array of objects */
};

void measured_read(struct measured *m, const char *path);
void measured_clear(struct measured *m);

/* Point of a scene, first cell; NULL when it was not measured. Borrowed. */
json_t *measured_point(const struct measured *m, const char *scene, double esn0_db);
/* The same of another receiver, "gr-gsm tuned"; "" is ours. */
json_t *measured_point_of(const struct measured *m, const char *receiver, const char *scene,
                          double esn0_db);
/* Line of a type ("speed", "grgsm") and case. Borrowed. */
json_t *measured_case(const struct measured *m, const char *type, const char *name);

double measured_number(json_t *line, const char *key); /* NAN when absent */
long measured_count(json_t *line, const char *key);
const char *measured_text(json_t *line, const char *key);

/* Shares of blocks lost of a scene, by rising Es/N0. Returns the number of points. */
#define CURVE_CAP 32
struct curve {
    double esn0_db[CURVE_CAP], share[CURVE_CAP];
    long sent[CURVE_CAP];
    size_t n;
};
/* sent, decoded: "sent", "decoded" or "sch_sent", "sch_decoded"; receiver "": ours. */
void measured_curve(const struct measured *m, const char *receiver, const char *scene,
                    const char *sent, const char *decoded, struct curve *ret);
/* Es/N0 at which the share is lost: linear in dB and in the logarithm of the share between the two
 * points around it. NAN when the points do not enclose it. */
double curve_threshold_db(const struct curve *c, double share);
/* Two deviations of that, from the number of blocks at the point above, as if blocks failed one by
 * one; in fading they do not, so it is then a lower limit. */
double curve_two_sigma_db(const struct curve *c, double share);

/* folder/growth-FAMILY.dat for gnuplot: over, CPU in ms a second of signal, memory in MiB, of the
 * speed cases FAMILY-NUMBER. */
void measured_put_growth(const struct measured *m, const char *folder, const char *family,
                         const char *over);

#endif
