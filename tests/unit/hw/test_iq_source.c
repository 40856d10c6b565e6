/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/digest.h"
#include "core/utc.h"
#include "hw/iq_source.h"

static char dir[64];
static char path[160];
static char err[300];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_iq_source_XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(dir);
}

static const char *put_file(const char *name, const void *data, size_t n)
{
    (void)unlink(path);
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(data, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    return path;
}

/* Octets about a centre, spread like noise; the same on every machine. */
static void noise(uint8_t *data, size_t n, double centre, double spread)
{
    uint32_t x = 1;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (int k = 0; k < 4; k++) {
            x = x * 1664525u + 1013904223u;
            sum += (double)(x >> 8) / 8388608.0 - 1.0;
        }
        data[i] = (uint8_t)(int)(centre + spread * sum + 256.5);
    }
}

static struct iq_source_config config(const char *p)
{
    return (struct iq_source_config){.path = p, .start_utc_us = UTC_UNKNOWN};
}

static void refused(const struct iq_source_config *cfg, int rc, const char *word)
{
    struct iq_source *src = NULL;
    err[0] = '\0';
    assert_int_equal(iq_source_open(&src, cfg, err, sizeof err), rc);
    assert_null(src);
    if (!strstr(err, word))
        fail_msg("'%s' does not say '%s'", err, word);
}

static void what_cannot_be_read_is_said(void **state)
{
    (void)state;
    struct iq_source_config cfg = config("/nonexistent/x.cu8");
    refused(&cfg, -ENOENT, "No such file");
    cfg = config(dir);
    refused(&cfg, -EISDIR, "is a directory");
    cfg = config(put_file("empty_2M_941MHz.cu8", "", 0));
    refused(&cfg, -ENODATA, "is empty");
}

static void missing_rate_and_centre_name_the_option(void **state)
{
    (void)state;
    static uint8_t data[8192];
    noise(data, sizeof data, 127.5, 20);
    struct iq_source_config cfg = config(put_file("x.cu8", data, sizeof data));
    refused(&cfg, -EINVAL, "--rate HZ and --freq HZ");
    cfg.rate_hz = 1e6;
    refused(&cfg, -EINVAL, "add --freq HZ");
    cfg.rate_hz = 0;
    cfg.center_hz = 941e6;
    refused(&cfg, -EINVAL, "add --rate HZ");
}

static void other_kinds_of_file_are_named(void **state)
{
    (void)state;
    struct iq_source_config cfg =
        config(put_file("a_941MHz_1M.cu8", "RIFF\xff\xff\xff\xff\x80\x81WAVE", 14));
    refused(&cfg, -EINVAL, "is a WAV file");
    cfg = config(put_file("a_941MHz_1M.cu8", "\x1f\x8b\x08\x00\x80\x81", 6));
    refused(&cfg, -EINVAL, "compressed with gzip");
    cfg = config(put_file("a_941MHz_1M.cu8", "hello, this is not IQ\n", 22));
    refused(&cfg, -EINVAL, "a text file");
    cfg.format = IQ_CU8; /* the user insists */
    struct iq_source *src = NULL;
    assert_int_equal(iq_source_open(&src, &cfg, err, sizeof err), 0);
    iq_source_close(src);
}

static void formats_are_told_by_their_samples(void **state)
{
    (void)state;
    static uint8_t data[16384];
    noise(data, sizeof data, 127.5, 20);
    assert_int_equal(iq_content_guess(data, sizeof data), IQ_CU8);
    assert_int_equal(iq_content_guess(data, 100), IQ_FORMAT_UNKNOWN);
    noise(data, sizeof data, 0, 20);
    assert_int_equal(iq_content_guess(data, sizeof data), IQ_CS8);
    assert_true(iq_content_contradicts(data, sizeof data, IQ_CU8));
    assert_false(iq_content_contradicts(data, sizeof data, IQ_CS8));
    float *f = calloc(4096, sizeof *f);
    assert_non_null(f);
    for (int i = 0; i < 4096; i++)
        f[i] = (float)((int8_t)data[i]) / 64.0f;
    assert_int_equal(iq_content_guess((const uint8_t *)f, 16384), IQ_CF32);
    int16_t *s = calloc(8192, sizeof *s);
    assert_non_null(s);
    for (int i = 0; i < 8192; i++)
        s[i] = (int16_t)((int8_t)data[i] * 37);
    assert_int_equal(iq_content_guess((const uint8_t *)s, 16384), IQ_CS16);
    free(f);
    free(s);
}

static void ambiguous_samples_are_not_guessed(void **state)
{
    (void)state;
    static uint8_t data[16384];
    memset(data, 0, sizeof data);
    assert_int_equal(iq_content_guess(data, sizeof data), IQ_FORMAT_UNKNOWN);
    for (size_t i = 0; i < sizeof data; i++) /* clipped cu8, or faint cs8 */
        data[i] = (i * 2654435761u >> 13 & 1) ? 0xff : 0x00;
    assert_int_equal(iq_content_guess(data, sizeof data), IQ_FORMAT_UNKNOWN);
    struct iq_source_config cfg = config(put_file("x_941MHz_1M.bin", data, sizeof data));
    refused(&cfg, -EINVAL, "--format");
}

static void said_wins_over_name_and_guess_is_said(void **state)
{
    (void)state;
    static uint8_t data[8192];
    struct iq_source *src = NULL;
    struct iq_source_info info;
    noise(data, sizeof data, 127.5, 20);
    struct iq_source_config cfg = config(put_file("x_941MHz_1M.bin", data, sizeof data));
    cfg.rate_hz = 2e6;
    assert_int_equal(iq_source_open(&src, &cfg, err, sizeof err), 0);
    iq_source_info(src, &info);
    assert_int_equal(info.format, IQ_CU8);
    assert_true(info.rate_hz > 1.9e6 && info.rate_hz < 2.1e6);
    assert_false(info.guessed_rate);
    assert_true(info.guessed_center);
    assert_int_equal(info.n_samp_total, 4096);
    assert_string_equal(
        info.guess, "centre 941 MHz from the file name, format cu8 from the look of the samples");
    iq_source_close(src);
}

static void contradicting_samples_are_noted(void **state)
{
    (void)state;
    static uint8_t data[8192];
    struct iq_source *src = NULL;
    noise(data, sizeof data, 0, 20);
    struct iq_source_config cfg = config(put_file("x_941MHz_1M.cu8", data, sizeof data));
    assert_int_equal(iq_source_open(&src, &cfg, err, sizeof err), 0);
    assert_non_null(iq_source_note(src, 0));
    assert_non_null(strstr(iq_source_note(src, 0), "look like cs8"));
    assert_null(iq_source_note(src, 1));
    iq_source_close(src);
}

static void count_tap(void *ctx, const void *data, size_t n)
{
    assert_int_equal(digest_push(ctx, data, n), 0);
}

static void every_octet_is_given_once_and_tapped_once(void **state)
{
    (void)state;
    enum { N = 3 * 65536 + 4321 }; /* longer than the head, and half a sample at the end */
    static uint8_t data[N], got[N];
    noise(data, N, 127.5, 20);
    struct iq_source_config cfg = config(put_file("x_941MHz_1M.cu8", data, N));
    cfg.block_samp = 1000;
    struct iq_source *src = NULL;
    struct digest *d = NULL;
    assert_int_equal(digest_create(&d), 0);
    assert_int_equal(iq_source_open(&src, &cfg, err, sizeof err), 0);
    iq_source_set_tap(src, count_tap, d);
    struct iq_block block;
    size_t n = 0;
    while (iq_source_next(src, &block) == 1) {
        assert_int_equal(block.samp, n);
        assert_int_equal(block.format, IQ_CU8);
        assert_false(block.gap);
        memcpy(got + 2 * n, block.data, 2 * block.n_samp);
        n += block.n_samp;
    }
    assert_int_equal(n, N / 2);
    assert_memory_equal(got, data, 2 * n);
    uint8_t tapped[DIGEST_OCT], whole[DIGEST_OCT];
    assert_int_equal(digest_get(d, tapped), 0);
    assert_int_equal(digest_run(data, N, whole), 0);
    assert_memory_equal(tapped, whole, DIGEST_OCT);
    assert_non_null(strstr(iq_source_note(src, 0), "the last 1 octets"));
    assert_int_equal(iq_source_next(src, &block), 0);
    assert_null(iq_source_note(src, 1));
    iq_source_close(src);
    digest_destroy(d);
}

static void short_reads_of_a_pipe_make_whole_blocks(void **state)
{
    (void)state;
    int fds[2];
    static uint8_t data[4096];
    noise(data, sizeof data, 127.5, 20);
    assert_int_equal(pipe(fds), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        for (size_t i = 0; i < 20; i++) {
            for (size_t at = 0; at < sizeof data; at += 1025) {
                size_t n = sizeof data - at < 1025 ? sizeof data - at : 1025;
                if (write(fds[1], data + at, n) < 0)
                    _exit(1);
            }
        }
        _exit(0);
    }
    (void)close(fds[1]);
    char name[40];
    (void)snprintf(name, sizeof name, "/dev/fd/%d", fds[0]);
    struct iq_source_config cfg = config(name);
    cfg.rate_hz = 1e6;
    cfg.center_hz = 941e6;
    cfg.block_samp = 1000;
    struct iq_source *src = NULL;
    struct iq_block block;
    assert_int_equal(iq_source_open(&src, &cfg, err, sizeof err), 0);
    size_t n = 0, n_short = 0;
    while (iq_source_next(src, &block) == 1) {
        n += block.n_samp;
        n_short += block.n_samp != 1000;
    }
    assert_int_equal(n, 20 * 2048);
    assert_int_equal(n_short, 1);
    iq_source_close(src);
    (void)close(fds[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_read_is_said),
        cmocka_unit_test(missing_rate_and_centre_name_the_option),
        cmocka_unit_test(other_kinds_of_file_are_named),
        cmocka_unit_test(formats_are_told_by_their_samples),
        cmocka_unit_test(ambiguous_samples_are_not_guessed),
        cmocka_unit_test(said_wins_over_name_and_guess_is_said),
        cmocka_unit_test(contradicting_samples_are_noted),
        cmocka_unit_test(every_octet_is_given_once_and_tapped_once),
        cmocka_unit_test(short_reads_of_a_pipe_make_whole_blocks),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
