/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "hw/live_source.h"

#define N_SAMP 50000 /* 50 ms */

static char dir[64], path[128], spec[160], err[400];
static uint8_t data[2 * N_SAMP];

static int make_file(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_paced_XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    uint32_t x = 1;
    for (size_t i = 0; i < sizeof data; i++) {
        x = x * 1664525u + 1013904223u;
        data[i] = (uint8_t)(100 + (x >> 24) % 56);
    }
    (void)snprintf(path, sizeof path, "%s/a_941MHz_1000k.cu8", dir);
    (void)snprintf(spec, sizeof spec, "file:%s", path);
    FILE *f = fopen(path, "wb");
    return f && fwrite(data, 1, sizeof data, f) == sizeof data && fclose(f) == 0 ? 0 : -1;
}

static int remove_file(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

static struct live_source *opened(double speed)
{
    struct live_source_config cfg = {.spec = spec, .gain_db = (double)NAN, .file_speed = speed};
    struct live_source *src = NULL;
    if (live_source_open(&src, &cfg, err, sizeof err) < 0)
        fail_msg("%s", err);
    return src;
}

static void it_has_one_centre_and_says_so(void **state)
{
    (void)state;
    struct live_source *src = opened(0);
    struct live_source_info info;
    struct live_tuning t;
    live_source_info(src, &info);
    assert_false(info.tunable);
    assert_int_equal(info.format, IQ_CU8);
    assert_true(fabs(info.rate_hz - 1e6) < 1e-3);
    assert_int_equal(live_source_tune(src, 942e6, &t, err, sizeof err), -ERANGE);
    assert_non_null(strstr(err, "it reaches 941 to 941 MHz"));
    assert_int_equal(live_source_tune(src, 941e6, &t, err, sizeof err), 0);
    assert_true(fabs(t.center_hz - 941e6) < 1e-3);
    assert_true(isnan(t.gain_db));
    assert_non_null(strstr(live_source_note(src, 0), "from the file name"));
    live_source_close(src);
}

/* Octets of the whole file as the source gives them. */
static size_t read_all(struct live_source *src, uint8_t *got, int timeout_ms, int *ret_n_timeouts)
{
    struct live_tuning t;
    struct iq_block b;
    size_t n = 0;
    int rc;
    assert_int_equal(live_source_tune(src, 941e6, &t, err, sizeof err), 0);
    *ret_n_timeouts = 0;
    while ((rc = live_source_next(src, timeout_ms, &b, err, sizeof err)) >= 0) {
        *ret_n_timeouts += rc == LIVE_TIMEOUT;
        if (rc == LIVE_TIMEOUT)
            continue;
        assert_int_equal(b.samp, n / 2);
        assert_int_equal(b.gap, n == 0);
        assert_true(n + 2 * b.n_samp <= sizeof data);
        memcpy(got + n, b.data, 2 * b.n_samp);
        n += 2 * b.n_samp;
    }
    assert_int_equal(rc, -ENODATA);
    assert_non_null(strstr(err, "has ended"));
    return n;
}

static void every_sample_comes_once_at_any_pace(void **state)
{
    (void)state;
    static uint8_t got[sizeof data];
    int n_timeouts;
    struct live_source *src = opened(0);
    assert_int_equal(read_all(src, got, 0, &n_timeouts), sizeof data);
    assert_memory_equal(got, data, sizeof data);
    assert_int_equal(n_timeouts, 0);
    live_source_close(src);
    src = opened(0.2); /* 82 ms a block: none is there after 0 ms */
    memset(got, 0, sizeof got);
    assert_int_equal(read_all(src, got, 1, &n_timeouts), sizeof data);
    assert_memory_equal(got, data, sizeof data);
    assert_true(n_timeouts > 0);
    live_source_close(src);
}

static void what_cannot_be_opened_is_said(void **state)
{
    (void)state;
    struct live_source *src = NULL;
    struct live_source_config cfg = {.spec = "file:/nonexistent/x.cu8", .gain_db = (double)NAN};
    assert_int_equal(live_source_open(&src, &cfg, err, sizeof err), -ENOENT);
    assert_non_null(strstr(err, "No such file"));
    cfg.spec = "soapy:driver=lime";
    assert_int_equal(live_source_open(&src, &cfg, err, sizeof err), -EINVAL);
    assert_non_null(strstr(err, "write rtlsdr"));
    assert_null(src);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_one_centre_and_says_so),
        cmocka_unit_test(every_sample_comes_once_at_any_pace),
        cmocka_unit_test(what_cannot_be_opened_is_said),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
