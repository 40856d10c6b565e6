/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cellwarden doctor - is the receiver fit, and what to do when it is not. */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/doctor.h"
#include "cli/json_parts.h"
#include "cli/plain_text.h"
#include "cli/stop.h"

static struct {
    double seconds, freq_hz, gain_db, rate_hz;
    bool json, quiet, bias_tee, no_cells;
} opt = {.seconds = 10, .gain_db = (double)NAN};

/* clang-format off */
static const struct opt_row rows[] = {
    {"seconds", 0, OPT_NUMBER, &opt.seconds, "S", "listen so long for lost samples; default 10", 0.5, 3600, NULL},
    {"freq", 0, OPT_NUMBER, &opt.freq_hz, "HZ", "listen there, for example 936.2MHz; default where most is heard", 1e6, 1e11, NULL},
    {"rate", 0, OPT_NUMBER, &opt.rate_hz, "HZ", "sample rate; default 2.4M", 200e3, 20e6, NULL},
    {"gain", 0, OPT_NUMBER, &opt.gain_db, "DB", "gain of the tuner; default chosen by clipping and noise", -20, 100, NULL},
    {"bias-tee", 0, OPT_FLAG, &opt.bias_tee, NULL, "feed an amplifier through the antenna cable meanwhile", 0, 0, NULL},
    {"no-cells", 0, OPT_FLAG, &opt.no_cells, NULL, "do not look for cells to measure the crystal by", 0, 0, NULL},
    {"json", 0, OPT_FLAG, &opt.json, NULL, "print JSON Lines instead of text", 0, 0, NULL},
    {"quiet", 'q', OPT_FLAG, &opt.quiet, NULL, "no notes, errors only", 0, 0, NULL},
};
/* clang-format on */

static const struct opt_command command = {
    .name = "doctor",
    .operands = "[SOURCE]",
    .summary = "Check the receiver: driver, permission, bands, lost samples, level, crystal",
    .details =
        "SOURCE is rtlsdr (the default), rtlsdr:INDEX, rtlsdr:serial=S, rtl_tcp:HOST:PORT or "
        "file:PATH. Each check says in one sentence what was found and what to do about it. Exit "
        "status: 0 when nothing failed (warnings are allowed), 1 when a check failed, 4 when no "
        "receiver is there or it was lost.",
    .example = "cellwarden doctor\n"
               "cellwarden doctor rtlsdr:serial=00000042 --seconds 60\n"
               "cellwarden doctor --json rtl_tcp:192.168.1.7:1234",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 0,
    .max_operands = 1,
};

const char *doctor_state_name(enum doctor_state state)
{
    switch (state) {
    case DOCTOR_OK:
        return "ok";
    case DOCTOR_WARN:
        return "warn";
    case DOCTOR_FAIL:
        return "fail";
    case DOCTOR_SKIP:
        return "skip";
    }
    return "?";
}

struct doctor_result *doctor_begin(struct doctor *d, const char *check)
{
    size_t i = d->n_results < DOCTOR_RESULTS_CAP ? d->n_results++ : DOCTOR_RESULTS_CAP - 1;
    d->results[i] = (struct doctor_result){.check = check, .state = DOCTOR_SKIP};
    return &d->results[i];
}

void doctor_value(struct doctor_result *r, const char *key, double value)
{
    if (r->n_values < DOCTOR_VALUES_CAP)
        r->values[r->n_values++] = (struct doctor_value){key, value};
}

void doctor_say(struct doctor *d, struct doctor_result *r, enum doctor_state state, const char *fmt,
                ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(r->text, sizeof r->text, fmt, ap);
    va_end(ap);
    r->state = state;
    d->on_result(d->ctx, r);
}

/* Rounded well above what differs between machines. */
static json_t *json_value(double value)
{
    return isfinite(value) ? json_real(round(value * 1e6) / 1e6) : json_null();
}

static void print_json(const struct doctor_result *r)
{
    json_t *values = json_object();
    for (size_t i = 0; i < r->n_values; i++)
        (void)json_object_set_new(values, r->values[i].key, json_value(r->values[i].value));
    json_put_line(stdout, json_pack("{s:s, s:s, s:s, s:s, s:o}", "type", "doctor", "check",
                                    r->check, "state", doctor_state_name(r->state), "text", r->text,
                                    "values", values));
}

static void print_result(void *ctx, const struct doctor_result *r)
{
    (void)ctx;
    if (opt.json) {
        print_json(r);
    } else {
        (void)printf("%-4s  %-10s  ", doctor_state_name(r->state), r->check);
        plain_text_put(stdout, r->text);
        (void)putchar('\n');
    }
    (void)fflush(stdout);
}

static void sum_up(const struct doctor *d)
{
    int n[4] = {0};
    for (size_t i = 0; i < d->n_results; i++)
        n[d->results[i].state]++;
    if (opt.json)
        json_put_line(stdout, json_pack("{s:s, s:i, s:i, s:i, s:i}", "type", "doctor_summary", "ok",
                                        n[DOCTOR_OK], "warn", n[DOCTOR_WARN], "fail",
                                        n[DOCTOR_FAIL], "skip", n[DOCTOR_SKIP]));
    else
        (void)printf("\n%d failed, %d to look at, %d in order\n", n[DOCTOR_FAIL], n[DOCTOR_WARN],
                     n[DOCTOR_OK]);
}

static void examine(struct doctor *d)
{
    if (d->spec.kind == LIVE_RTLSDR)
        doctor_check_usb(d);
    if (!doctor_check_open(d))
        return;
    doctor_check_bands(d);
    command_note("listening for %.3g s", d->seconds);
    if (!doctor_check_samples(d) || opt.no_cells || stop_signal() != 0)
        return;
    command_note("looking for cells");
    doctor_check_crystal(d);
}

static int outcome(const struct doctor *d)
{
    bool failed = false;
    for (size_t i = 0; i < d->n_results; i++)
        failed = failed || d->results[i].state == DOCTOR_FAIL;
    if (stop_signal() != 0)
        return COMMAND_SIGNAL + stop_signal();
    if (d->lost)
        return COMMAND_DEVICE_LOST;
    return failed ? COMMAND_ERROR : COMMAND_DONE;
}

int cmd_doctor(int argc, char **argv)
{
    static struct doctor d = {.root = "", .on_result = print_result};
    int n_operands, ret;
    char err[400];
    if (!command_parse(&command, argc, argv, &n_operands, &ret))
        return ret;
    command_set_quiet(opt.quiet);
    d.seconds = opt.seconds;
    d.center_hz = opt.freq_hz;
    d.config = (struct live_source_config){.spec = n_operands > 0 ? argv[1] : "rtlsdr",
                                           .rate_hz = opt.rate_hz,
                                           .gain_db = opt.gain_db,
                                           .bias_tee = opt.bias_tee,
                                           .file_speed = 1};
    if (live_spec_parse(d.config.spec, &d.spec, err, sizeof err) < 0) {
        (void)command_error("%s", err);
        return COMMAND_USAGE;
    }
    stop_install();
    examine(&d);
    sum_up(&d);
    live_source_close(d.src);
    ret = outcome(&d);
    int rc = command_end(COMMAND_DONE);
    return rc != COMMAND_DONE ? rc : ret;
}
