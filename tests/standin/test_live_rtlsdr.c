/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The source "rtlsdr" against the stand-in library: what a dongle does on good and on bad days.
 * Each case is a process of its own, for the library reads its control file once. No case asks how
 * long something took; waits are as long as a busy machine may need. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "hw/dongle.h"
#include "hw/live_source.h"

#define PATIENCE_MS 60000

static char err[400];
static char folder[64];

/* In the process of a case, where cmocka cannot be told. */
#define need(what)                                                                                 \
    do {                                                                                           \
        if (!(what)) {                                                                             \
            (void)fprintf(stderr, "%s:%d: not so: %s (%s)\n", __FILE__, __LINE__, #what, err);     \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

static void put_control(const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/control", folder);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(text, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(setenv("CELLWARDEN_STANDIN", path, 1), 0);
}

/* What body wrote to stderr is kept in said. */
static char said[4096];

static void run_case(const char *control, void (*body)(void))
{
    int fds[2], status;
    size_t n = 0;
    ssize_t got;
    put_control(control);
    assert_int_equal(pipe(fds), 0);
    (void)fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)dup2(fds[1], STDERR_FILENO);
        (void)close(fds[0]);
        (void)close(fds[1]);
        body();
        exit(0); /* not _exit(): what leaks shall be told */
    }
    (void)close(fds[1]);
    while (n + 1 < sizeof said && (got = read(fds[0], said + n, sizeof said - 1 - n)) > 0)
        n += (size_t)got;
    said[n] = '\0';
    (void)close(fds[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s", said);
}

static struct live_source_config config(const char *spec)
{
    return (struct live_source_config){.spec = spec, .gain_db = (double)NAN};
}

static struct live_source *opened(const struct live_source_config *cfg)
{
    struct live_source *src = NULL;
    need(live_source_open(&src, cfg, err, sizeof err) == 0);
    return src;
}

static void refused(const char *spec, int rc, const char *word)
{
    struct live_source *src = NULL;
    struct live_source_config cfg = config(spec);
    need(live_source_open(&src, &cfg, err, sizeof err) == rc);
    need(src == NULL);
    need(strstr(err, word) != NULL);
}

static bool noted(const struct live_source *src, const char *word)
{
    const char *note;
    for (size_t i = 0; (note = live_source_note(src, i)) != NULL; i++) {
        if (strstr(note, word))
            return true;
    }
    return false;
}

/* The largest distance from the middle of the scale. */
static int peak_of(const struct iq_block *b)
{
    const uint8_t *x = b->data;
    int peak = 0;
    for (size_t i = 0; i < 2 * b->n_samp; i++) {
        int away = x[i] > 127 ? x[i] - 128 : 127 - x[i];
        peak = away > peak ? away : peak;
    }
    return peak;
}

static struct live_source_stats stats_of(const struct live_source *src)
{
    struct live_source_stats stats;
    live_source_get_stats(src, &stats);
    return stats;
}

/* Reads n blocks; returns the result of the last call, counts gaps and samples jumped over. */
static int read_on(struct live_source *src, int n, uint64_t *n_gaps, uint64_t *n_jumped)
{
    static uint64_t samp;
    struct iq_block b;
    int rc = LIVE_BLOCK;
    for (int i = 0; i < n && rc == LIVE_BLOCK; i++) {
        rc = live_source_next(src, PATIENCE_MS, &b, err, sizeof err);
        if (rc != LIVE_BLOCK)
            break;
        if (*n_gaps > 0 && b.gap)
            *n_jumped += b.samp - samp;
        else if (*n_gaps > 0)
            need(b.samp == samp);
        *n_gaps += b.gap;
        samp = b.samp + b.n_samp;
    }
    return rc;
}

static void tune_and_listen(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_source_info info;
    live_source_info(src, &info);
    need(strcmp(info.name, "RTL-SDR R820T") == 0);
    need(strcmp(info.serial, "00000042") == 0);
    need(fabs(info.rate_hz - 2.4e6) < 1e-6 && info.tunable && info.n_ranges == 1);
    struct live_tuning t;
    need(live_source_tune(src, 1842e6, &t, err, sizeof err) == -ERANGE);
    need(strstr(err, "it reaches 24 to 1766 MHz") != NULL);
    uint64_t samp = 0;
    for (int n = 0; n < 8; n++) {
        double hz = 936e6 + 2e6 * n;
        need(live_source_tune(src, hz, &t, err, sizeof err) == 0);
        need(fabs(t.asked_hz - hz) < 1e-3 && fabs(t.center_hz - hz) < 4e3);
        for (int i = 0; i < 8; i++) {
            struct iq_block b;
            need(live_source_next(src, PATIENCE_MS, &b, err, sizeof err) == LIVE_BLOCK);
            need(b.gap == (i == 0));
            need(fabs(b.center_hz - t.center_hz) < 1e-3);
            need(b.samp >= samp);
            samp = b.samp + b.n_samp;
            /* while it settles the stand-in sends noise up to 100 steps, later only a few */
            need(peak_of(&b) < 90);
        }
    }
    need(stats_of(src).n_pll_failures == 0);
    live_source_close(src);
}

static void a_tune_gives_only_settled_samples(void **state)
{
    (void)state;
    run_case("dongle Generic RTL2832U OEM\nserial 00000042\nsettle_ms 10\n", tune_and_listen);
}

static void refuse_each(void)
{
    refused("rtlsdr", -EINVAL, "there are 4 dongles: say which");
    need(strstr(err, "1: two, serial not readable") != NULL);
    refused("rtlsdr:serial=C", -ENODEV, "no dongle has the serial number 'C'");
    refused("rtlsdr:serial=A", -EINVAL, "2 dongles have the serial number 'A'");
    need(strstr(err, "rtl_eeprom -s") != NULL);
    refused("rtlsdr:7", -ENODEV, "there is no dongle 7");
    refused("rtlsdr:1", -EACCES, "plugdev");
    refused("rtlsdr:2", -EBUSY, "another program");
    refused("rtlsdr:3", -EBUSY, "dvb_usb_rtl28xxu");
    struct live_source_config cfg = config("rtlsdr:0");
    struct live_source *src = opened(&cfg);
    refused("rtlsdr:0", -EBUSY, "another program");
    live_source_close(src);
    cfg.rate_hz = 5e5;
    need(live_source_open(&src, &cfg, err, sizeof err) == -EINVAL);
    need(strstr(err, "cannot sample at 500 kS/s") != NULL);
}

static void what_does_not_open_is_said_with_a_way_out(void **state)
{
    (void)state;
    run_case("dongle one\nserial A\n"
             "dongle two\nserial B\nopen access\n"
             "dongle three\nserial A\nopen busy\n"
             "dongle four\nserial D\nopen driver\n",
             refuse_each);
}

static void open_second(void)
{
    struct live_source_config cfg = config("rtlsdr:serial=B");
    struct live_source *src = opened(&cfg);
    struct live_source_info info;
    live_source_info(src, &info);
    need(strcmp(info.serial, "B") == 0 && strcmp(info.name, "RTL-SDR E4000") == 0);
    need(info.n_ranges == 2);
    struct live_tuning t;
    need(live_source_tune(src, 1842e6, &t, err, sizeof err) == 0);
    need(fabs(t.center_hz - 1842e6) < 4e3);
    live_source_close(src);
}

static void a_serial_number_chooses_among_several(void **state)
{
    (void)state;
    run_case("dongle one\nserial A\ndongle two\nserial B\ntuner E4000\ngain_ref 20\n", open_second);
}

static void find_none(void)
{
    refused("rtlsdr", -ENODEV, "no RTL-SDR dongle is plugged in");
}

static void no_dongle_is_said(void **state)
{
    (void)state;
    run_case("", find_none);
}

static void tune_thrice(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    need(live_source_tune(src, 950e6, &t, err, sizeof err) == 0);
    need(stats_of(src).n_pll_failures == 0);
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    need(stats_of(src).n_pll_failures == 1);
    need(noted(src, "did not lock at 941 MHz"));
    uint64_t n_gaps = 0, n_jumped = 0;
    need(read_on(src, 4, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(stats_of(src).noise_dbfs > -60 || isnan(stats_of(src).noise_dbfs));
    live_source_close(src);
}

static void an_oscillator_that_does_not_lock_is_set_again(void **state)
{
    (void)state;
    run_case("dongle x\npll_fails 940e6 942e6 1\n", tune_thrice);
    run_case("dongle x\ntuner E4000\ngain_ref 20\npll_fails 940e6 942e6 1\n", tune_thrice);
}

static void tune_in_vain(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == -EIO);
    need(strstr(err, "does not lock at 941 MHz") != NULL);
    need(live_source_tune(src, 950e6, &t, err, sizeof err) == 0); /* elsewhere it still works */
    live_source_close(src);
}

static void an_oscillator_that_never_locks_is_said(void **state)
{
    (void)state;
    run_case("dongle x\npll_fails 940e6 942e6 100\n", tune_in_vain);
}

static void lose_some(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    uint64_t n_gaps = 0, n_jumped = 0;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    while (stats_of(src).n_dropped == 0)
        need(read_on(src, 10, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(read_on(src, 2, &n_gaps, &n_jumped) == LIVE_BLOCK);
    /* 30 transfers of 16384 samples; the clock tells to some ms, never too many on a quiet machine,
     * more on a busy one */
    need(stats_of(src).n_dropped > 25 * 16384);
    need(n_gaps >= 2 && n_jumped >= 25 * 16384);
    need(stats_of(src).n_overflows == 0);
    live_source_close(src);
}

static void lost_transfers_are_told_by_the_clock(void **state)
{
    (void)state;
    run_case("dongle x\nlose 3 30\n", lose_some);
}

static void stall_and_go_on(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    uint64_t n_gaps = 0, n_jumped = 0;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    while (stats_of(src).n_stalls == 0)
        need(read_on(src, 10, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(read_on(src, 50, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(stats_of(src).n_stalls == 1);
    need(noted(src, "reading was started again"));
    live_source_close(src);
}

static void a_stall_is_ended_and_reading_starts_again(void **state)
{
    (void)state;
    run_case("dongle x\nstall 1 0\n", stall_and_go_on);
}

static void stall_and_hang(void)
{
    struct live_source_config cfg = config("rtlsdr");
    cfg.wait_device = true; /* in vain: the driver holds the dongle */
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    uint64_t n_gaps = 0, n_jumped = 0;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    need(read_on(src, 1000000, &n_gaps, &n_jumped) == -ENODEV);
    need(strstr(err, "does not let go") != NULL);
    need(live_source_tune(src, 942e6, &t, err, sizeof err) == -ENODEV);
    live_source_close(src);
    _exit(0); /* the reader that was left behind keeps what it has */
}

static void a_reader_that_hangs_is_left_behind(void **state)
{
    (void)state;
    run_case("dongle x\nstall 1 0\ncancel_hangs 1\n", stall_and_hang);
}

static void unplug(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    uint64_t n_gaps = 0, n_jumped = 0;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    need(read_on(src, 1000000, &n_gaps, &n_jumped) == -ENODEV);
    need(strstr(err, "was unplugged") != NULL);
    live_source_close(src);
}

static void a_dongle_that_is_unplugged_is_lost(void **state)
{
    (void)state;
    run_case("dongle x\nunplug 1 0\n", unplug);
}

static void replug(void)
{
    struct live_source_config cfg = config("rtlsdr");
    cfg.wait_device = true;
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    uint64_t n_gaps = 0, n_jumped = 0;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    while (stats_of(src).n_reconnects == 0)
        need(read_on(src, 1, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(read_on(src, 20, &n_gaps, &n_jumped) == LIVE_BLOCK);
    need(n_gaps >= 2 && n_jumped == stats_of(src).n_dropped);
    need(n_jumped > 1000000); /* it was away for 1 s */
    need(noted(src, "was lost and is waited for"));
    need(live_source_tune(src, 943e6, &t, err, sizeof err) == 0);
    live_source_close(src);
}

static void a_dongle_that_comes_back_is_used_again(void **state)
{
    (void)state;
    run_case("dongle x\nserial 77\nunplug 1 1\n", replug);
}

static void replug_second(void)
{
    struct live_source_config cfg = config("rtlsdr:1");
    cfg.wait_device = true;
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    struct iq_block b;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    while (stats_of(src).n_reconnects == 0)
        need(live_source_next(src, PATIENCE_MS, &b, err, sizeof err) == LIVE_BLOCK);
    struct live_source_config first = config("rtlsdr:0"); /* it was left alone */
    struct live_source *other = opened(&first);
    live_source_close(other);
    live_source_close(src);
}

/* As 1 it was opened, as 0 it comes back: its serial number tells. */
static void replug_elsewhere(void)
{
    struct live_source_config cfg = config("rtlsdr:1");
    cfg.wait_device = true;
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    struct iq_block b;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    while (stats_of(src).n_reconnects == 0)
        need(live_source_next(src, PATIENCE_MS, &b, err, sizeof err) == LIVE_BLOCK);
    refused("rtlsdr:0", -EBUSY, "another program");
    refused("rtlsdr:serial=78", -EBUSY, "another program");
    live_source_close(src);
}

static void the_same_one_of_two_is_taken_again(void **state)
{
    (void)state;
    run_case("dongle x\nserial 77\ndongle y\nserial 78\nunplug 1 1\n", replug_second);
    run_case("dongle x\nserial 77\ndongle y\nserial 78\nunplug 1 1\nback_first 1\n",
             replug_elsewhere);
}

static void use_bias_tee(void)
{
    struct live_source_config cfg = config("rtlsdr");
    cfg.bias_tee = true;
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    live_source_close(src);
}

static void the_bias_tee_is_off_at_the_end(void **state)
{
    (void)state;
    run_case("dongle x\n", use_bias_tee);
    assert_null(strstr(said, "closed with the bias tee on"));
}

/* The stand-in divides its real crystal; the source must have told the library of it. */
static void listen_to_v4(void)
{
    struct live_source_config cfg = config("rtlsdr");
    struct live_source *src = opened(&cfg);
    struct live_tuning t;
    struct iq_block b;
    need(live_source_tune(src, 941e6, &t, err, sizeof err) == 0);
    need(fabs(t.center_hz - 941e6) < 4e3);
    need(live_source_next(src, PATIENCE_MS, &b, err, sizeof err) == LIVE_BLOCK);
    live_source_close(src);
}

static void a_blog_v4_has_its_crystal_set(void **state)
{
    (void)state;
    run_case(
        "loud 1\ndongle x\nmanufacturer RTLSDRBlog\nproduct Blog V4\ntuner R828D\nxtal 28800000\n",
        listen_to_v4);
    assert_non_null(strstr(said, "tuned to 941.00"));
    run_case("loud 1\ndongle x\nmanufacturer astrometadvb\nproduct DVB-T2\ntuner R828D\n",
             listen_to_v4);
    assert_non_null(strstr(said, "tuned to 941.00"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tune_gives_only_settled_samples),
        cmocka_unit_test(what_does_not_open_is_said_with_a_way_out),
        cmocka_unit_test(a_serial_number_chooses_among_several),
        cmocka_unit_test(no_dongle_is_said),
        cmocka_unit_test(an_oscillator_that_does_not_lock_is_set_again),
        cmocka_unit_test(an_oscillator_that_never_locks_is_said),
        cmocka_unit_test(lost_transfers_are_told_by_the_clock),
        cmocka_unit_test(a_stall_is_ended_and_reading_starts_again),
        cmocka_unit_test(a_reader_that_hangs_is_left_behind),
        cmocka_unit_test(a_dongle_that_is_unplugged_is_lost),
        cmocka_unit_test(a_dongle_that_comes_back_is_used_again),
        cmocka_unit_test(the_same_one_of_two_is_taken_again),
        cmocka_unit_test(the_bias_tee_is_off_at_the_end),
        cmocka_unit_test(a_blog_v4_has_its_crystal_set),
    };
    (void)snprintf(folder, sizeof folder, "/tmp/test_live_rtlsdr_XXXXXX");
    if (!mkdtemp(folder))
        return 1;
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    char path[128];
    (void)snprintf(path, sizeof path, "%s/control", folder);
    (void)unlink(path);
    (void)rmdir(folder);
    return rc;
}
