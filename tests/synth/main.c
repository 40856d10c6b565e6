/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden-synth: a scenario becomes a recording and its truth. */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carrier.h"
#include "gmsk.h"
#include "keys.h"
#include "output.h"
#include "rng.h"
#include "scenario.h"
#include "truth.h"

#define CHUNK_SAMP 16384 /* a multiple of every segment; constant memory whatever the length */

struct request {
    const char *scenario, *out, *truth;
    bool quiet;
    struct scenario s;
};

struct run {
    struct carrier *carrier[SCENARIO_CELL_CAP];
    struct output output;
    struct truth truth;
    float *iq;
};

static const char help[] =
    "usage: cellwarden-synth SCENARIO -o OUT [option]...\n"
    "Makes a recording of invented GSM cells, and a list of all that was sent.\n\n"
    "  -o, --output FILE     recording; - writes to stdout\n"
    "      --truth FILE      what was sent, as JSON Lines\n"
    "      --seed N          as `seed N` in the scenario\n"
    "      --duration S      as `duration_s S`\n"
    "      --set KEY=VALUE   any key; cell.NAME.KEY=VALUE for a key of a cell; may be repeated\n"
    "      --keys            names of all keys, one a line\n"
    "      --quiet           no summary\n"
    "  -h, --help            this text\n\n"
    "example: cellwarden-synth tests/synth/scenarios/one.scn -o one.cf32 "
    "--truth one.truth.jsonl --set cell.A.esn0_db=10\n"
    "Keys of a scenario: docs/synth.md\n";

static int fail(const char *text)
{
    fprintf(stderr, "cellwarden-synth: %s\n", text);
    return 1;
}

static int usage(const char *text)
{
    fprintf(stderr, "cellwarden-synth: %s; see --help\n", text);
    return 2;
}

/* Options that change the scenario come after it was read, in the order they were given. */
static int override(struct request *rq, int option, const char *value, char *err, size_t cap)
{
    char text[512];
    if (option == 's')
        return scenario_override(&rq->s, value, err, cap);
    snprintf(text, sizeof(text), "%s=%s", option == 'S' ? "seed" : "duration_s", value);
    return scenario_override(&rq->s, text, err, cap);
}

/* 0 go on, else the exit status + 1. */
static int parse(struct request *rq, int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"truth", required_argument, NULL, 't'},
        {"seed", required_argument, NULL, 'S'},
        {"duration", required_argument, NULL, 'D'},
        {"set", required_argument, NULL, 's'},
        {"quiet", no_argument, NULL, 'q'},
        {"help", no_argument, NULL, 'h'},
        {"keys", no_argument, NULL, 'k'},
        {NULL, 0, NULL, 0},
    };
    struct {
        int option;
        const char *value;
    } change[64];
    int n_changes = 0, option;
    char err[512] = "";
    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        if (option == 'h')
            return fputs(help, stdout) < 0 ? 2 : 1;
        if (option == 'k')
            return scenario_print_keys(stdout), 1;
        if (option == 'o')
            rq->out = optarg;
        else if (option == 't')
            rq->truth = optarg;
        else if (option == 'q')
            rq->quiet = true;
        else if (option == '?' || n_changes >= 64)
            return usage(option == '?' ? "unknown option" : "too many --set") + 1;
        else {
            change[n_changes].option = option;
            change[n_changes++].value = optarg;
        }
    }
    if (optind + 1 != argc || !rq->out)
        return usage(rq->out ? "give one scenario" : "give -o FILE") + 1;
    rq->scenario = argv[optind];
    if (scenario_read(&rq->s, rq->scenario, err, sizeof(err)) != 0)
        return fail(err) + 1;
    for (int i = 0; i < n_changes; i++)
        if (override(rq, change[i].option, change[i].value, err, sizeof(err)) != 0)
            return usage(err) + 1;
    return scenario_resolve(&rq->s, err, sizeof(err)) == 0 ? 0 : fail(err) + 1;
}

static void clear(struct run *r)
{
    for (int i = 0; i < SCENARIO_CELL_CAP; i++)
        carrier_destroy(r->carrier[i]);
    output_clear(&r->output);
    free(r->iq);
}

static int prepare(struct run *r, const struct scenario *s, FILE *out, char *err, size_t err_cap)
{
    rng_tables_init();
    gmsk_tables_init();
    r->iq = malloc(sizeof(float) * 2 * CHUNK_SAMP);
    if (!r->iq || output_init(&r->output, s, out, CHUNK_SAMP) != 0) {
        snprintf(err, err_cap, "no memory");
        return -ENOMEM;
    }
    for (int i = 0; i < s->n_cells; i++) {
        int rc = carrier_create(&r->carrier[i], s, i, err, err_cap);
        if (rc != 0)
            return rc;
    }
    truth_scenario(&r->truth, s);
    for (int i = 0; i < s->n_cells; i++)
        truth_cell(&r->truth, s, &s->cell[i], carrier_first_fn(r->carrier[i]));
    return 0;
}

static int make(struct run *r, const struct scenario *s, char *err, size_t err_cap)
{
    uint64_t left = (uint64_t)llround(s->duration_s * s->rate_hz);
    while (left > 0) {
        size_t n = left < CHUNK_SAMP ? (size_t)left : CHUNK_SAMP;
        memset(r->iq, 0, sizeof(float) * 2 * n);
        for (int i = 0; i < s->n_cells; i++)
            carrier_add(r->carrier[i], r->iq, n, &r->truth);
        int rc = output_write(&r->output, r->iq, n);
        if (rc != 0) {
            snprintf(err, err_cap, "cannot write: %s", strerror(-rc));
            return rc;
        }
        left -= n;
    }
    return 0;
}

static FILE *open_out(const char *path)
{
    return strcmp(path, "-") == 0 ? stdout : fopen(path, "wb");
}

static void summary(const struct request *rq, const struct run *r)
{
    if (rq->quiet)
        return;
    fprintf(stderr, "%s: %llu samples, %d cells, %llu SCH, %llu blocks, noise %.2f dBFS\n", rq->out,
            (unsigned long long)r->output.n_samp, rq->s.n_cells, (unsigned long long)r->truth.n_sch,
            (unsigned long long)r->truth.n_blocks, rq->s.noise_dbfs);
    if (r->output.n_clipped > 0)
        fprintf(stderr, "%s: %llu values clipped; lower noise_dbfs or peak to avoid it\n", rq->out,
                (unsigned long long)r->output.n_clipped);
}

int main(int argc, char **argv)
{
    static struct request rq;
    struct run run = {.iq = NULL};
    char err[512] = "";
    scenario_init(&rq.s);
    int rc = parse(&rq, argc, argv);
    if (rc != 0)
        return rc - 1;
    FILE *out = open_out(rq.out);
    run.truth.f = rq.truth ? fopen(rq.truth, "w") : NULL;
    if (!out || (rq.truth && !run.truth.f)) {
        snprintf(err, sizeof(err), "cannot open '%s': %s", out ? rq.truth : rq.out,
                 strerror(errno));
        rc = -1;
    } else {
        rc = prepare(&run, &rq.s, out, err, sizeof(err));
        if (rc == 0)
            rc = make(&run, &rq.s, err, sizeof(err));
    }
    if (rc == 0)
        summary(&rq, &run);
    if (out && fclose(out) != 0 && rc == 0)
        rc = fail("cannot write the recording");
    if (run.truth.f && fclose(run.truth.f) != 0 && rc == 0)
        rc = fail("cannot write the truth");
    clear(&run);
    if (err[0] != '\0')
        fail(err);
    return rc == 0 ? 0 : 1;
}
