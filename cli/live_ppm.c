/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What crystals of receivers were found to be off by: a text file, one line a receiver, so that a
 * person can read and correct it. It is no part of local.db: what stands there changes verdicts. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock_map.h"
#include "core/utc.h"
#include "live_parts.h"

#define LINE_CAP    256
#define LINES_CAP   64
#define PPM_MAX     200.0
#define CELLS_MIN   3
#define SCH_MIN     5
#define FILE_HEADER "# ppm of receivers: ppm cells when serial\n"

/* "ppm cells when serial"; the serial may have blanks in it. */
static bool parse_line(const char *line, double *ret_ppm, const char **ret_serial, size_t *ret_n)
{
    char *end;
    double ppm = strtod(line, &end);
    if (end == line || !(fabs(ppm) <= PPM_MAX))
        return false;
    const char *p = end;
    for (int field = 0; field < 2; field++) {
        p += strspn(p, " \t");
        p += strcspn(p, " \t\n");
    }
    p += strspn(p, " \t");
    *ret_ppm = ppm;
    *ret_serial = p;
    *ret_n = strcspn(p, "\n");
    return *ret_n > 0;
}

static bool is_of(const char *line, const char *serial, double *ret_ppm)
{
    const char *name;
    size_t n;
    return parse_line(line, ret_ppm, &name, &n) && strlen(serial) == n &&
           memcmp(name, serial, n) == 0;
}

bool live_ppm_load(const char *path, const char *serial, double *ret)
{
    char line[LINE_CAP];
    bool found = false;
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    while (fgets(line, sizeof line, f))
        found |= is_of(line, serial, ret);
    (void)fclose(f);
    return found;
}

/* mkdir -p of what is above the file; errors show when the file is written. */
static void make_folders(const char *path)
{
    char text[600];
    if (snprintf(text, sizeof text, "%s", path) >= (int)sizeof text)
        return;
    for (char *p = strchr(text + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        (void)mkdir(text, 0755);
        *p = '/';
    }
}

static size_t read_others(const char *path, const char *serial, char line[LINES_CAP][LINE_CAP])
{
    size_t n = 0;
    double ppm;
    FILE *f = fopen(path, "re");
    while (f && n < LINES_CAP && fgets(line[n], LINE_CAP, f))
        n += line[n][0] != '#' && !is_of(line[n], serial, &ppm);
    if (f)
        (void)fclose(f);
    return n;
}

int live_ppm_save(const char *path, const char *serial, double ppm, size_t n_cells)
{
    static char line[LINES_CAP][LINE_CAP];
    char made[640], when[UTC_TEXT_CAP];
    int64_t t_ns, utc_us;
    if (strlen(serial) == 0 || strlen(serial) > 150 || !(fabs(ppm) <= PPM_MAX))
        return -EINVAL;
    make_folders(path);
    size_t n = read_others(path, serial, line);
    clock_now(&t_ns, &utc_us);
    utc_format(utc_us, when);
    (void)snprintf(made, sizeof made, "%s.new", path);
    FILE *f = fopen(made, "we");
    if (!f)
        return -errno;
    (void)fputs(FILE_HEADER, f);
    for (size_t i = 0; i < n; i++)
        (void)fputs(line[i], f);
    (void)fprintf(f, "%.2f %zu %s %s\n", ppm, n_cells, when, serial);
    int rc = ferror(f) ? -EIO : 0;
    if (fclose(f) != 0 && rc == 0)
        rc = -errno;
    if (rc == 0 && rename(made, path) != 0)
        rc = -errno;
    if (rc < 0)
        (void)unlink(made);
    return rc;
}

static int compare_double(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Never from one or two: a pseudo base station's crystal is as good as a dongle's. */
double live_ppm_estimate(const struct judged_cell *cells, size_t n)
{
    double *ppm = malloc((n + 1) * sizeof *ppm), ret = (double)NAN;
    size_t n_used = 0;
    for (size_t i = 0; ppm && i < n; i++) {
        double hz = arfcn_downlink_hz(cells[i].channel);
        if (isfinite(cells[i].offset_hz) && hz > 0 && cells[i].n_sch >= SCH_MIN &&
            !judged_cell_flagged(&cells[i]))
            ppm[n_used++] = 1e6 * cells[i].offset_hz / hz;
    }
    if (n_used >= CELLS_MIN) {
        qsort(ppm, n_used, sizeof *ppm, compare_double);
        ret = n_used % 2 ? ppm[n_used / 2] : (ppm[n_used / 2 - 1] + ppm[n_used / 2]) / 2;
    }
    free(ppm);
    return ret;
}
