/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts with gpsd run a real one, fed by gpsfake, where they are installed. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/utc.h"
#include "hw/position.h"

static char err[400];

static void places_are_parsed(void **state)
{
    (void)state;
    double lat = 0, lon = 0;
    static const char *const bad[] = {"",       "48.1",      "48.1,",      ",7.85", "91,0",
                                      "0,181",  "nan,nan",   "48.1,7.85x", "0x1,2", "1,2,3",
                                      "48.1;7", "1e400,1e1", "inf,1"};
    assert_int_equal(position_parse("48.1,7.85", &lat, &lon), 0);
    assert_true(fabs(lat - 48.1) < 1e-9 && fabs(lon - 7.85) < 1e-9);
    assert_int_equal(position_parse("-33.9,+18.4", &lat, &lon), 0);
    assert_true(lat < -33 && lon > 18);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (position_parse(bad[i], &lat, &lon) != -EINVAL)
            fail_msg("taken: '%s'", bad[i]);
    }
}

static void a_fixed_place_is_always_there(void **state)
{
    (void)state;
    struct position *p = NULL;
    struct position_fix fix;
    char text[100];
    assert_int_equal(position_open(&p, "48.1,7.85", err, sizeof err), 0);
    position_get(p, &fix);
    assert_true(fix.valid && fix.source == POSITION_FIXED && fix.lat_deg > 48);
    assert_true(isnan(fix.accuracy_m) && fix.utc_us == UTC_UNKNOWN);
    position_format(&fix, text, sizeof text);
    assert_string_equal(text, "fixed");
    position_get_trouble(p, text, sizeof text);
    assert_string_equal(text, "");
    position_close(p);
    assert_int_equal(position_open(&p, "none", err, sizeof err), 0);
    position_get(p, &fix);
    assert_false(fix.valid);
    assert_int_equal(fix.source, POSITION_NONE);
    position_close(p);
    assert_int_equal(position_open(&p, "gps", err, sizeof err), -EINVAL);
    assert_non_null(strstr(err, "'gps' is no place"));
    position_close(NULL);
}

static void quality_is_said_in_words(void **state)
{
    (void)state;
    char text[100];
    struct position_fix fix = {POSITION_GPSD, true, 48, 7, 4.24, 200, 1, 3, 0, 0.83};
    position_format(&fix, text, sizeof text);
    assert_string_equal(text, "gps, 3D, 4.2 m, 0.8 s old");
    fix.accuracy_m = (double)NAN;
    fix.mode = 2;
    position_format(&fix, text, sizeof text);
    assert_string_equal(text, "gps, 2D, accuracy not known, 0.8 s old");
    fix.valid = false;
    position_format(&fix, text, sizeof text);
    assert_string_equal(text, "gps, no fix");
}

static void need_gpsd(void)
{
    if (strcmp(position_gpsd_version(), "not built in") == 0) {
        print_message("skipped: built without libgps\n");
        skip();
    }
    if (system("command -v gpsd >/dev/null && command -v gpsfake >/dev/null") != 0) {
        print_message("skipped: gpsd or gpsfake is not installed\n");
        skip();
    }
}

/* Sentences of a receiver at 48 06.000 N, 7 51.000 E, with an estimate of its error (GBS). */
static void write_sentence(FILE *f, const char *body)
{
    unsigned sum = 0;
    for (const char *c = body; *c; c++)
        sum ^= (unsigned char)*c;
    (void)fprintf(f, "$%s*%02X\r\n", body, sum);
}

static void write_track(const char *path)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    for (int s = 0; s < 50; s++) {
        char line[120];
        (void)snprintf(line, sizeof line,
                       "GPRMC,1524%02d.00,A,4806.000,N,00751.000,E,0.0,0.0,"
                       "221126,,,A",
                       s);
        write_sentence(f, line);
        (void)snprintf(line, sizeof line,
                       "GPGGA,1524%02d.00,4806.000,N,00751.000,E,1,08,0.9,210.0,M,47.0,M,,", s);
        write_sentence(f, line);
        write_sentence(f, "GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.6,0.9,1.3");
        (void)snprintf(line, sizeof line, "GPGBS,1524%02d.00,3.0,4.0,6.0,,,,", s);
        write_sentence(f, line);
    }
    assert_int_equal(fclose(f), 0);
}

static pid_t start_gpsfake(const char *track, const char *port)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)setpgid(0, 0); /* gpsd is its child: they end together */
        (void)!freopen("/dev/null", "w", stdout);
        (void)!freopen("/dev/null", "w", stderr);
        execlp("gpsfake", "gpsfake", "-q", "-c", "0.25", "-P", port, track, (char *)NULL);
        _exit(127);
    }
    (void)setpgid(pid, pid);
    return pid;
}

static void stop_gpsfake(pid_t pid)
{
    (void)kill(-pid, SIGTERM);
    struct timespec pause = {.tv_nsec = 300000000};
    (void)nanosleep(&pause, NULL);
    (void)kill(-pid, SIGKILL);
    (void)waitpid(pid, NULL, 0);
}

/* Until the fix is (in)valid; false after `seconds`. */
static bool wait_for(struct position *p, bool valid, struct position_fix *fix, int seconds)
{
    for (int i = 0; i < seconds * 20; i++) {
        struct timespec pause = {.tv_nsec = 50000000};
        position_get(p, fix);
        if (fix->valid == valid)
            return true;
        (void)nanosleep(&pause, NULL);
    }
    return false;
}

/* The first report of a receiver may lack its time and its accuracy. */
static bool wait_for_all(struct position *p, struct position_fix *fix)
{
    for (int i = 0; i < 100 && (fix->utc_us == UTC_UNKNOWN || !isfinite(fix->accuracy_m)); i++) {
        struct timespec pause = {.tv_nsec = 50000000};
        (void)nanosleep(&pause, NULL);
        position_get(p, fix);
    }
    return fix->valid && fix->utc_us != UTC_UNKNOWN;
}

static void gpsd_is_found_lost_and_found_again(void **state)
{
    (void)state;
    need_gpsd();
    char track[] = "/tmp/test_position_XXXXXX", port[16], spec[60], text[200] = "";
    int fd = mkstemp(track);
    assert_true(fd >= 0);
    (void)close(fd);
    write_track(track);
    (void)snprintf(port, sizeof port, "%d", 20000 + (int)(getpid() % 20000));
    (void)snprintf(spec, sizeof spec, "gpsd:127.0.0.1:%s", port);
    struct position *p = NULL;
    struct position_fix fix;
    assert_int_equal(position_open(&p, spec, err, sizeof err), 0);
    for (int i = 0; i < 40 && text[0] == '\0'; i++) { /* nobody is there yet */
        struct timespec pause = {.tv_nsec = 50000000};
        (void)nanosleep(&pause, NULL);
        position_get_trouble(p, text, sizeof text);
    }
    assert_non_null(strstr(text, "does not answer"));
    position_get(p, &fix);
    assert_false(fix.valid);
    assert_int_equal(fix.source, POSITION_GPSD);
    for (int round = 0; round < 2; round++) {
        pid_t pid = start_gpsfake(track, port);
        bool found = wait_for(p, true, &fix, 25) && wait_for_all(p, &fix);
        if (found) {
            position_get_trouble(p, text, sizeof text);
            assert_string_equal(text, "");
            assert_true(fabs(fix.lat_deg - 48.1) < 1e-4 && fabs(fix.lon_deg - 7.85) < 1e-4);
            assert_true(fix.mode >= 2 && fix.age_s <= POSITION_AGE_MAX_S);
            assert_true(fix.accuracy_m > 0 && fix.accuracy_m < 100);
            assert_true(fix.utc_us >= 1795361040000000 && fix.utc_us < 1795361100000000);
        }
        stop_gpsfake(pid);
        assert_true(found);
        assert_true(wait_for(p, false, &fix, 10)); /* too old now */
        assert_true(isnan(fix.lat_deg));
    }
    position_get_trouble(p, text, sizeof text);
    assert_true(text[0] != '\0');
    position_close(p);
    (void)unlink(track);
}

static void a_gpsd_that_is_not_there_is_no_error(void **state)
{
    (void)state;
    struct position *p = NULL;
    struct position_fix fix;
    int rc = position_open(&p, "gpsd:127.0.0.1:1", err, sizeof err);
    if (rc == -ENOTSUP) {
        assert_non_null(strstr(err, "libgps"));
        return;
    }
    assert_int_equal(rc, 0);
    position_get(p, &fix);
    assert_false(fix.valid);
    position_close(p); /* does not wait for the next attempt */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_parsed),
        cmocka_unit_test(a_fixed_place_is_always_there),
        cmocka_unit_test(quality_is_said_in_words),
        cmocka_unit_test(gpsd_is_found_lost_and_found_again),
        cmocka_unit_test(a_gpsd_that_is_not_there_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
