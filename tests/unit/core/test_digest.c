/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/digest.h"

/* FIPS 180-4 examples, as sha256sum prints them. */
#define HEX_ABC   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define HEX_EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static void expect_hex(const uint8_t value[DIGEST_OCT], const char *hex)
{
    char text[DIGEST_HEX_CAP];
    digest_format(value, text);
    assert_string_equal(text, hex);
}

static void published_vectors_agree(void **state)
{
    (void)state;
    uint8_t value[DIGEST_OCT];
    assert_int_equal(digest_run("abc", 3, value), 0);
    expect_hex(value, HEX_ABC);
    assert_int_equal(digest_run("", 0, value), 0);
    expect_hex(value, HEX_EMPTY);
}

static void value_can_be_taken_on_the_way(void **state)
{
    (void)state;
    struct digest *d = NULL;
    uint8_t value[DIGEST_OCT];
    assert_int_equal(digest_create(&d), 0);
    assert_int_equal(digest_get(d, value), 0);
    expect_hex(value, HEX_EMPTY);
    assert_int_equal(digest_push(d, "a", 1), 0);
    assert_int_equal(digest_get(d, value), 0);
    assert_int_equal(digest_push(d, "bc", 2), 0);
    assert_int_equal(digest_get(d, value), 0);
    expect_hex(value, HEX_ABC);
    digest_destroy(d);
    digest_destroy(NULL);
}

static void file_longer_than_a_block_equals_its_octets(void **state)
{
    (void)state;
    char path[] = "/tmp/test_digest_XXXXXX";
    size_t n = 2500000;
    uint8_t *data = malloc(n);
    assert_non_null(data);
    for (size_t i = 0; i < n; i++)
        data[i] = (uint8_t)(i * 7 + i / 255);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, n), (ssize_t)n);
    assert_int_equal(close(fd), 0);
    uint8_t of_file[DIGEST_OCT], of_data[DIGEST_OCT];
    assert_int_equal(digest_file(path, of_file), 0);
    assert_int_equal(digest_run(data, n, of_data), 0);
    assert_memory_equal(of_file, of_data, DIGEST_OCT);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(digest_file(path, of_file), -ENOENT);
    assert_int_equal(digest_file("/", of_file), -EISDIR);
    free(data);
}

static void uuid5_agrees_with_rfc_4122(void **state)
{
    (void)state;
    /* namespace DNS; value as Python's uuid.uuid5 and the errata of the RFC give it */
    static const uint8_t dns[16] = {0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1,
                                    0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8};
    uint8_t uuid[16];
    char text[DIGEST_UUID_CAP];
    digest_uuid5(dns, "www.example.com", uuid);
    digest_uuid_format(uuid, text);
    assert_string_equal(text, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

static void namespace_depends_on_the_recording_only(void **state)
{
    (void)state;
    uint8_t value[DIGEST_OCT], a[16], b[16];
    assert_int_equal(digest_run("abc", 3, value), 0);
    digest_uuid_space(value, a);
    digest_uuid_space(value, b);
    assert_memory_equal(a, b, 16);
    /* Written down once: a change would give every cell of every log another id. */
    char text[DIGEST_UUID_CAP];
    digest_uuid_format(a, text);
    assert_string_equal(text, "7ead05bc-5371-521d-a092-34e9b73adbd0");
    value[31] ^= 1;
    digest_uuid_space(value, b);
    assert_memory_not_equal(a, b, 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(published_vectors_agree),
        cmocka_unit_test(value_can_be_taken_on_the_way),
        cmocka_unit_test(file_longer_than_a_block_equals_its_octets),
        cmocka_unit_test(uuid5_agrees_with_rfc_4122),
        cmocka_unit_test(namespace_depends_on_the_recording_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
