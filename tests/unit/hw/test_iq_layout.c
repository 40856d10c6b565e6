/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include <cmocka.h>

#include "core/utc.h"
#include "hw/iq_layout.h"

static char err[300];

/* A WAV file under construction. */
static uint8_t file[4096];
static size_t n_file;

static void put(const void *data, size_t n)
{
    assert_true(n_file + n <= sizeof file);
    memcpy(file + n_file, data, n);
    n_file += n;
}

static void put_n(uint64_t value, int n_oct)
{
    for (int i = 0; i < n_oct; i++)
        file[n_file++] = (uint8_t)(i < 8 ? value >> (8 * i) : 0);
}

static void begin(const char *magic)
{
    n_file = 0;
    memset(file, 0, sizeof file);
    put(magic, 4);
    put_n(0xffffffff, 4);
    put("WAVE", 4);
}

static void put_fmt(unsigned tag, unsigned channels, unsigned bits)
{
    put("fmt ", 4);
    put_n(16, 4);
    put_n(tag, 2);
    put_n(channels, 2);
    put_n(2000000, 4);
    put_n(0, 6);
    put_n(bits, 2);
}

static void put_chunk(const char *id, uint32_t size, size_t n_oct)
{
    put(id, 4);
    put_n(size, 4);
    n_file += n_oct;
    assert_true(n_file <= sizeof file);
}

static int64_t peek_file(void *ctx, uint64_t at, void *buf, size_t n)
{
    (void)ctx;
    if (at > n_file)
        return 0;
    if (n > n_file - at)
        n = n_file - at;
    memcpy(buf, file + at, n);
    return (int64_t)n;
}

static const struct iq_peek peek = {peek_file, NULL};

static int parse_as(struct iq_layout *ret, uint64_t length)
{
    err[0] = '\0';
    return iq_layout_wav(ret, file, n_file, length, &peek, "x.wav", err, sizeof err);
}

static void sizes_of_riff_are_believed_when_they_fit(void **state)
{
    (void)state;
    static const struct {
        uint32_t said;
        size_t there, tail; /* octets of samples, then of one more chunk */
        uint64_t n_samp;
        const char *note;
    } rows[] = {
        {400, 400, 0, 100, ""},
        {400, 400, 12, 100, ""},                       /* chunks behind it */
        {0, 400, 0, IQ_TO_END, ""},                    /* to a pipe */
        {0xffffffff, 400, 0, IQ_TO_END, ""},           /* to a pipe */
        {0xffffff00, 400, 0, IQ_TO_END, ""},           /* GNU Radio */
        {500, 400, 0, IQ_TO_END, "400 of 500 octets"}, /* cut off */
        {100, 400, 0, IQ_TO_END, "speaks of 100"},     /* lost its upper bits */
        {2, 400, 0, IQ_TO_END, "speaks of 2"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct iq_layout l;
        begin("RIFF");
        put_fmt(1, 2, 16);
        put_chunk("data", rows[i].said, rows[i].there);
        if (rows[i].tail)
            put_chunk("LIST", (uint32_t)rows[i].tail, rows[i].tail);
        assert_int_equal(parse_as(&l, n_file), 0);
        if (l.stretch[0].n_samp != rows[i].n_samp)
            fail_msg("row %zu: %llu samples", i, (unsigned long long)l.stretch[0].n_samp);
        assert_int_equal(l.stretch[0].at_oct, 12 + 24 + 8);
        if (!strstr(l.note, rows[i].note) || (!rows[i].note[0] && l.note[0]))
            fail_msg("row %zu: note '%s'", i, l.note);
        iq_layout_clear(&l);
    }
}

static void without_a_length_the_size_is_all_there_is(void **state)
{
    (void)state;
    struct iq_layout l;
    begin("RIFF");
    put_fmt(1, 2, 16);
    put_chunk("data", 4000000, 400);
    assert_int_equal(parse_as(&l, 0), 0);
    assert_int_equal(l.stretch[0].n_samp, 1000000);
    iq_layout_clear(&l);
}

static void sizes_of_64_bits_come_from_ds64(void **state)
{
    (void)state;
    static const char *const magic[] = {"RF64", "BW64"};
    for (int i = 0; i < 2; i++) {
        struct iq_layout l;
        begin(magic[i]);
        put_chunk("ds64", 28, 0);
        put_n(0, 8);
        put_n(UINT64_C(20000000000), 8);
        put_n(0, 12);
        put_fmt(1, 2, 8);
        put_chunk("data", 0xffffffff, 100);
        assert_int_equal(parse_as(&l, 0), 0);
        assert_true(l.stretch[0].n_samp == UINT64_C(10000000000));
        assert_int_equal(l.format, IQ_CU8);
        iq_layout_clear(&l);
    }
}

static void kinds_of_samples(void **state)
{
    (void)state;
    static const struct {
        unsigned tag, channels, bits;
        enum iq_format format;
        const char *says;
    } rows[] = {
        {1, 2, 8, IQ_CU8, ""},
        {1, 2, 16, IQ_CS16, ""},
        {3, 2, 32, IQ_CF32, ""},
        {1, 2, 24, IQ_FORMAT_UNKNOWN, "24 bits"},
        {1, 2, 32, IQ_FORMAT_UNKNOWN, "32 bits"},
        {3, 2, 64, IQ_FORMAT_UNKNOWN, "64 bits"},
        {1, 1, 16, IQ_FORMAT_UNKNOWN, "1 channel:"},
        {1, 4, 16, IQ_FORMAT_UNKNOWN, "4 channels"},
        {85, 2, 16, IQ_FORMAT_UNKNOWN, "of kind 85"}, /* MP3 */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct iq_layout l;
        begin("RIFF");
        put_fmt(rows[i].tag, rows[i].channels, rows[i].bits);
        put_chunk("data", 0, 16);
        int rc = parse_as(&l, n_file);
        if (rows[i].format == IQ_FORMAT_UNKNOWN) {
            assert_int_equal(rc, -EINVAL);
            if (!strstr(err, rows[i].says))
                fail_msg("'%s' does not say '%s'", err, rows[i].says);
            continue;
        }
        assert_int_equal(rc, 0);
        assert_int_equal(l.format, rows[i].format);
        assert_true(l.rate_hz > 1999999 && l.rate_hz < 2000001);
        iq_layout_clear(&l);
    }
}

static void extensible_formats_say_their_kind_later(void **state)
{
    (void)state;
    struct iq_layout l;
    begin("RIFF");
    put("fmt ", 4);
    put_n(40, 4);
    put_n(0xfffe, 2);
    put_n(2, 2);
    put_n(2400000, 4);
    put_n(0, 6);
    put_n(32, 2);
    put_n(0, 8);
    put_n(3, 2); /* the GUID's first octets: float */
    put_n(0, 14);
    put_chunk("data", 0, 16);
    assert_int_equal(parse_as(&l, n_file), 0);
    assert_int_equal(l.format, IQ_CF32);
    iq_layout_clear(&l);
}

static void centre_and_start_come_from_auxi(void **state)
{
    (void)state;
    static const unsigned time[8] = {2026, 11, 0, 22, 15, 24, 38, 250};
    struct iq_layout l;
    for (int good = 0; good < 2; good++) {
        begin("RIFF");
        put_fmt(1, 2, 16);
        put_chunk("auxi", 36, 0);
        for (int i = 0; i < 16; i++)
            put_n(good ? time[i & 7] : 99, 2);
        put_n(936200000, 4);
        put_chunk("data", 0, 16);
        assert_int_equal(parse_as(&l, n_file), 0);
        assert_true(l.stretch[0].center_hz > 936199999 && l.stretch[0].center_hz < 936200001);
        assert_true(l.start_utc_us == (good ? 1795361078250000 : UTC_UNKNOWN));
        iq_layout_clear(&l);
    }
    begin("RIFF");
    put_fmt(1, 2, 16);
    put_chunk("auxi", 60, 0);
    put("<\0?\0x\0m\0l\0", 10);
    n_file += 50;
    put_chunk("data", 0, 16);
    assert_int_equal(parse_as(&l, n_file), 0);
    assert_false(l.stretch[0].center_hz > 0);
    assert_non_null(strstr(l.note, "auxi"));
    iq_layout_clear(&l);
}

static void headers_that_end_early_are_refused(void **state)
{
    (void)state;
    struct iq_layout l;
    begin("RIFF");
    put_fmt(1, 2, 16);
    put_chunk("junk", 0x7fffffff, 0); /* leads behind the end */
    assert_int_equal(parse_as(&l, n_file), -EINVAL);
    assert_non_null(strstr(err, "without samples"));
    begin("RIFF");
    put_chunk("data", 100, 100);
    assert_int_equal(parse_as(&l, n_file), -EINVAL);
    assert_non_null(strstr(err, "before their format"));
    begin("RIFF");
    put_chunk("fmt ", 8, 8);
    put_chunk("data", 100, 100);
    assert_int_equal(parse_as(&l, n_file), -EINVAL);
    assert_non_null(strstr(err, "fmt chunk is too short"));
    for (size_t n = 0; n < 12; n++)
        assert_false(iq_layout_is_wav(file, n));
}

static void make_sdriq(uint64_t start, unsigned bits)
{
    n_file = 0;
    put_n(2400000, 4);
    put_n(936200000, 8);
    put_n(start, 8);
    put_n(bits, 4);
    put_n(0, 4);
    put_n(crc32(0, file, 28), 4);
}

static void sdriq_headers_are_checked(void **state)
{
    (void)state;
    struct iq_layout l;
    static const struct {
        uint64_t said;
        int64_t us;
    } rows[] = {{1795361078250, 1795361078250000}, /* milliseconds */
                {1795361078, 1795361078000000},    /* seconds, of old versions */
                {0, UTC_UNKNOWN},
                {UINT64_MAX, UTC_UNKNOWN}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make_sdriq(rows[i].said, 16);
        assert_true(iq_layout_is_sdriq(file, n_file));
        assert_int_equal(iq_layout_sdriq(&l, file, n_file, "x", err, sizeof err), 0);
        assert_true(l.start_utc_us == rows[i].us);
        assert_true(l.rate_hz > 2399999 && l.stretch[0].center_hz > 936199999);
        assert_int_equal(l.stretch[0].at_oct, 32);
        assert_int_equal(l.format, IQ_CS16);
        iq_layout_clear(&l);
    }
    make_sdriq(0, 24);
    assert_int_equal(iq_layout_sdriq(&l, file, n_file, "x", err, sizeof err), -EINVAL);
    assert_non_null(strstr(err, "24 bits"));
    make_sdriq(0, 16);
    file[5] ^= 1;
    assert_false(iq_layout_is_sdriq(file, n_file));
    assert_int_equal(iq_layout_sdriq(&l, file, n_file, "x", err, sizeof err), -EINVAL);
    assert_non_null(strstr(err, "checksum"));
    assert_false(iq_layout_is_sdriq(file, 31));
}

static void containers_have_names(void **state)
{
    (void)state;
    for (int i = IQ_RAW; i <= IQ_SDRIQ; i++)
        assert_int_equal(iq_container_find(iq_container_name((enum iq_container)i)), i);
    assert_int_equal(iq_container_find("cu8"), IQ_CONTAINER_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_of_riff_are_believed_when_they_fit),
        cmocka_unit_test(without_a_length_the_size_is_all_there_is),
        cmocka_unit_test(sizes_of_64_bits_come_from_ds64),
        cmocka_unit_test(kinds_of_samples),
        cmocka_unit_test(extensible_formats_say_their_kind_later),
        cmocka_unit_test(centre_and_start_come_from_auxi),
        cmocka_unit_test(headers_that_end_early_are_refused),
        cmocka_unit_test(sdriq_headers_are_checked),
        cmocka_unit_test(containers_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
