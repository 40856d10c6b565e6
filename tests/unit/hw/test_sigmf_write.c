/* SPDX-License-Identifier: GPL-3.0-or-later */
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
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/sha512.h"
#include "core/utc.h"
#include "hw/iq_input.h"
#include "hw/sigmf.h"
#include "hw/sigmf_write.h"

#define RATE_HZ 1e6
#define N_OCT   (2 << 20)

static char dir[64], stem[128], data_path[160], meta_path[160], part_path[180], err[400];
static uint8_t octets[N_OCT];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "/tmp/test_sigmf_write_XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    (void)snprintf(stem, sizeof stem, "%s/x", dir);
    (void)snprintf(data_path, sizeof data_path, "%s.sigmf-data", stem);
    (void)snprintf(meta_path, sizeof meta_path, "%s.sigmf-meta", stem);
    (void)snprintf(part_path, sizeof part_path, "%s.part", meta_path);
    uint32_t x = 1;
    for (size_t i = 0; i < N_OCT; i++) {
        x = x * 1664525u + 1013904223u;
        octets[i] = (uint8_t)(x >> 24);
    }
    return 0;
}

static int remove_files(void **state)
{
    (void)state;
    (void)unlink(data_path);
    (void)unlink(meta_path);
    (void)unlink(part_path);
    return 0;
}

static int remove_dir(void **state)
{
    (void)remove_files(state);
    return rmdir(dir);
}

static struct sigmf_writer *create(bool wait)
{
    struct sigmf_writer_config cfg = {.stem = stem,
                                      .format = IQ_CU8,
                                      .rate_hz = RATE_HZ,
                                      .hardware = "RTL-SDR R820T",
                                      .recorder = "cellwarden",
                                      .has_position = true,
                                      .position_deg = {48.1, 7.85},
                                      .ppm = (double)NAN,
                                      .delete_after_utc_us = UTC_UNKNOWN,
                                      .queue_oct = 4 << 20,
                                      .wait = wait};
    struct sigmf_writer *w = NULL;
    if (sigmf_writer_create(&w, &cfg, err, sizeof err) != 0)
        fail_msg("%s", err);
    return w;
}

/* n samples from the array at index `at`. */
static int push(struct sigmf_writer *w, size_t at, size_t n, uint64_t samp, double center_hz,
                bool gap)
{
    struct iq_block block = {.data = octets + 2 * at,
                             .n_samp = n,
                             .format = IQ_CU8,
                             .samp = samp,
                             .rate_hz = RATE_HZ,
                             .center_hz = center_hz,
                             .gap = gap};
    struct sigmf_stamp stamp = {1795361078250000 + (int64_t)samp, 20.7};
    return sigmf_writer_push(w, &block, &stamp);
}

static void read_back(struct sigmf_meta *meta, size_t *ret_n)
{
    static uint8_t got[N_OCT + 16];
    uint8_t sum[SHA512_OCT];
    struct sha512 *d = NULL;
    FILE *f = fopen(data_path, "rb");
    assert_non_null(f);
    *ret_n = fread(got, 1, sizeof got, f);
    (void)fclose(f);
    if (sigmf_file_parse(meta, meta_path, err, sizeof err) != 0)
        fail_msg("%s", err);
    assert_true(meta->has_sha512);
    assert_int_equal(sha512_create(&d), 0);
    assert_int_equal(sha512_push(d, got, *ret_n), 0);
    assert_int_equal(sha512_get(d, sum), 0);
    sha512_destroy(d);
    assert_memory_equal(sum, meta->sha512, sizeof sum);
    assert_memory_equal(got, octets, *ret_n);
}

static void what_is_written_reads_back(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_meta meta;
    size_t n;
    struct sigmf_writer *w = create(true);
    assert_int_equal(access(meta_path, F_OK), -1);
    assert_int_equal(access(part_path, F_OK), 0);
    for (size_t at = 0; at < 900000; at += 30000)
        assert_int_equal(push(w, at, 30000, 5000 + at, 936.2e6, at == 0), 0);
    assert_int_equal(sigmf_writer_octets(w), 1800000);
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), 0);
    sigmf_writer_destroy(w);
    assert_int_equal(access(part_path, F_OK), -1);
    assert_string_equal(written.meta_path, meta_path);
    assert_int_equal(written.n_samp, 900000);
    assert_int_equal(written.n_segments, 1);
    assert_int_equal(written.stopped, 0);
    read_back(&meta, &n);
    assert_int_equal(n, 1800000);
    assert_int_equal(meta.format, IQ_CU8);
    assert_int_equal(meta.n_captures, 1);
    assert_true(meta.capture[0].has_global_index && meta.capture[0].global_index == 5000);
    assert_true(meta.capture[0].center_hz > 936.19e6 && meta.capture[0].center_hz < 936.21e6);
    assert_true(meta.capture[0].utc_us == (1795361078250000 + 5000) / 1000 * 1000);
    assert_true(meta.has_position && meta.position_deg[0] > 48 && meta.position_deg[1] < 8);
    sigmf_clear(&meta);
}

static void retunes_and_gaps_begin_segments(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_meta meta;
    size_t n;
    struct sigmf_writer *w = create(true);
    assert_int_equal(push(w, 0, 1000, 0, 936.2e6, false), 0);
    assert_int_equal(push(w, 1000, 1000, 1000, 936.2e6, false), 0);
    assert_int_equal(push(w, 2000, 1000, 2000, 942e6, true), 0);  /* retuned */
    assert_int_equal(push(w, 3000, 1000, 9000, 942e6, false), 0); /* 6000 lost */
    assert_int_equal(push(w, 4000, 1000, 10000, 942e6, true), 0); /* nobody knows how many */
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), 0);
    sigmf_writer_destroy(w);
    read_back(&meta, &n);
    assert_int_equal(n, 10000);
    assert_int_equal(meta.n_captures, 4);
    static const uint64_t starts[] = {0, 2000, 3000, 4000}, index[] = {0, 2000, 9000, 0};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(meta.capture[i].sample_start, starts[i]);
        assert_int_equal(meta.capture[i].has_global_index, i < 3);
        assert_int_equal(meta.capture[i].global_index, index[i]);
    }
    assert_true(meta.capture[1].center_hz > 941.9e6);
    sigmf_clear(&meta);
}

static char *meta_text(void)
{
    static char text[20000];
    FILE *f = fopen(meta_path, "rb");
    assert_non_null(f);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = '\0';
    (void)fclose(f);
    return text;
}

static void annotations_are_cut_to_what_is_there(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_writer *w = create(true);
    assert_int_equal(push(w, 0, 1000, 500, 936.2e6, false), 0);
    assert_int_equal(push(w, 1000, 1000, 5000, 936.2e6, true), 0);
    struct sigmf_annotation late = {.samp = 5100,
                                    .n_samp = 50,
                                    .from_hz = 936.1e6,
                                    .to_hz = 936.3e6,
                                    .label = "late",
                                    .uuid = "0b5e7d1c-93a4-4f62-8d37-e16ac2580bf9"};
    struct sigmf_annotation both = {.samp = 0, .n_samp = 5010, .label = "both"};
    struct sigmf_annotation none = {.samp = 1500, .n_samp = 3500, .label = "none"};
    assert_int_equal(sigmf_writer_annotate(w, &late), 0);
    assert_int_equal(sigmf_writer_annotate(w, &both), 0);
    assert_int_equal(sigmf_writer_annotate(w, &none), 0);
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), 0);
    sigmf_writer_destroy(w);
    const char *text = meta_text();
    const char *first = strstr(text, "\"both\""),
               *second = first ? strstr(first + 1, "\"both\"") : 0;
    const char *third = strstr(text, "\"late\"");
    assert_true(first && second && third && first < second && second < third);
    assert_null(strstr(text, "\"none\""));
    assert_non_null(strstr(text, "\"core:sample_start\": 1100"));
    assert_non_null(strstr(text, "\"core:sample_count\": 10,"));
    assert_non_null(strstr(text, "\"core:freq_lower_edge\": 936100000"));
    assert_non_null(strstr(text, "0b5e7d1c-93a4-4f62-8d37-e16ac2580bf9"));
}

/* A file that may not grow stands for a disk that is full: whole samples, metadata that fits. */
static void a_full_disk_leaves_a_whole_recording(void **state)
{
    (void)state;
    struct rlimit before, small;
    struct sigmf_written written;
    struct sigmf_meta meta;
    size_t n;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    struct sigmf_writer *w = create(true);
    small = before;
    small.rlim_cur = 1000001; /* not a whole sample */
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = 0;
    for (size_t at = 0; at < 1000000 && rc == 0; at += 10000) {
        rc = push(w, at, 10000, at, 936.2e6, false);
        (void)usleep(100);
    }
    rc = sigmf_writer_finish(w, &written, err, sizeof err);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    sigmf_writer_destroy(w);
    if (rc != 0)
        fail_msg("%s", err);
    assert_int_equal(written.stopped, -EFBIG);
    assert_int_equal(written.n_samp, 500000);
    read_back(&meta, &n);
    assert_int_equal(n, 1000000);
    sigmf_clear(&meta);
}

static void what_is_there_is_not_overwritten(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_writer_config cfg = {.stem = stem, .format = IQ_CU8, .rate_hz = RATE_HZ};
    struct sigmf_writer *w = create(true), *second = NULL;
    assert_int_equal(sigmf_writer_create(&second, &cfg, err, sizeof err), -EEXIST);
    assert_non_null(strstr(err, "File exists"));
    assert_int_equal(access(part_path, F_OK), 0); /* the first one's */
    assert_int_equal(push(w, 0, 1000, 0, 936.2e6, false), 0);
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), 0);
    sigmf_writer_destroy(w);
    (void)unlink(data_path);
    assert_int_equal(sigmf_writer_create(&second, &cfg, err, sizeof err), -EEXIST);
    assert_int_equal(access(meta_path, F_OK), 0);
    cfg.stem = "/nonexistent/x";
    assert_int_equal(sigmf_writer_create(&second, &cfg, err, sizeof err), -ENOENT);
    assert_non_null(strstr(err, "/nonexistent/x.sigmf-data"));
}

static void without_samples_nothing_is_left(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_writer *w = create(true);
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), -ENODATA);
    sigmf_writer_destroy(w);
    w = create(true);
    assert_int_equal(push(w, 0, 1000, 0, 936.2e6, false), 0);
    sigmf_writer_destroy(w); /* given up */
    assert_int_equal(access(data_path, F_OK), -1);
    assert_int_equal(access(meta_path, F_OK), -1);
    assert_int_equal(access(part_path, F_OK), -1);
}

/* More than the queue holds at once: what is written and what was dropped add up, and the
 * segments say where. */
static void what_the_queue_cannot_hold_is_counted(void **state)
{
    (void)state;
    struct sigmf_written written;
    struct sigmf_meta meta;
    struct sigmf_writer *w = create(false);
    size_t n_pushed = 0;
    for (int i = 0; i < 200; i++, n_pushed += N_OCT / 2) {
        assert_int_equal(push(w, 0, N_OCT / 2, n_pushed, 936.2e6, false), 0);
        (void)usleep(1000);
    }
    assert_true(sigmf_writer_dropped(w) > 0);
    assert_int_equal(sigmf_writer_octets(w) / 2 + sigmf_writer_dropped(w), n_pushed);
    assert_int_equal(sigmf_writer_finish(w, &written, err, sizeof err), 0);
    sigmf_writer_destroy(w);
    assert_int_equal(written.n_samp + written.n_dropped, n_pushed);
    assert_int_equal(sigmf_file_parse(&meta, meta_path, err, sizeof err), 0);
    assert_true(meta.n_captures > 1);
    assert_int_equal(meta.n_captures, written.n_segments);
    struct stat st;
    assert_int_equal(stat(data_path, &st), 0);
    assert_int_equal(st.st_size, 2 * written.n_samp);
    for (size_t i = 1; i < meta.n_captures; i++) {
        const struct sigmf_capture *c = &meta.capture[i];
        assert_true(c->global_index - c[-1].global_index > c->sample_start - c[-1].sample_start);
    }
    sigmf_clear(&meta);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(what_is_written_reads_back, remove_files),
        cmocka_unit_test_teardown(retunes_and_gaps_begin_segments, remove_files),
        cmocka_unit_test_teardown(annotations_are_cut_to_what_is_there, remove_files),
        cmocka_unit_test_teardown(a_full_disk_leaves_a_whole_recording, remove_files),
        cmocka_unit_test_teardown(what_is_there_is_not_overwritten, remove_files),
        cmocka_unit_test_teardown(without_samples_nothing_is_left, remove_files),
        cmocka_unit_test_teardown(what_the_queue_cannot_hold_is_counted, remove_files),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
