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

#include "hw/gsmtap_file.h"

/* IPv4, UDP, GSMTAP with an SI1 of ARFCN 20 at -49 dBm, put together by hand after
 * gsmtap.h, RFC 791 and RFC 768. */
static const uint8_t ipv4[] = {
    0x45, 0x00, 0x00, 0x43, 0,    0,    0,    0, 0x40, 0x11, 0,    0,    127, 0, 0, 1,
    127,  0,    0,    1,                                                               /* IP */
    0x12, 0x79, 0x12, 0x79, 0x00, 0x2f, 0,    0,                                       /* UDP */
    2,    4,    1,    0,    0x00, 0x14, 0xcf, 9, 0x00, 0x12, 0xd6, 0x87, 1,   0, 0, 0, /* GSMTAP */
    0x55, 0x06, 0x19, 0x8f, 0xb3, 0x80, 0,    0, 0,    0,    0,    0,    0,   0, 0, 0,
    0,    0,    0,    0xb9, 0,    0,    0x2b};

static uint8_t packet[200];
static size_t n_packet;
static struct gsmtap_frame frame;
static char err[300];

/* The packet behind a link header. */
static enum gsmtap_result parse_after(int link_type, const void *header, size_t n_header)
{
    memcpy(packet, header, n_header);
    memcpy(packet + n_header, ipv4, sizeof ipv4);
    n_packet = n_header + sizeof ipv4;
    return gsmtap_packet_parse(link_type, packet, n_packet, &frame);
}

static void fields_are_those_of_the_header(void **state)
{
    (void)state;
    assert_int_equal(parse_after(228, "", 0), GSMTAP_FRAME);
    assert_int_equal(frame.arfcn, 20);
    assert_false(frame.pcs);
    assert_int_equal(frame.fn, 0x12d687);
    assert_int_equal(frame.signal_dbm, -49);
    assert_int_equal(frame.snr_db, 9);
    assert_int_equal(frame.timeslot, 0);
    assert_int_equal(frame.channel_type, 1);
    assert_false(frame.acch);
    assert_int_equal(frame.n_oct, 23);
    assert_memory_equal(frame.octets, ipv4 + 44, 23);
}

static void every_link_type_leads_to_the_same_frame(void **state)
{
    (void)state;
    static const uint8_t ethernet[14] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00};
    static const uint8_t vlan[18] = {0, 0, 0, 0,    0,    0, 0, 0,    0,
                                     0, 0, 0, 0x81, 0x00, 0, 5, 0x08, 0x00};
    static const uint8_t cooked[16] = {0, 0, 3, 4, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x00};
    static const uint8_t cooked2[20] = {0x08, 0x00};
    static const uint8_t null_little[4] = {2, 0, 0, 0}, null_big[4] = {0, 0, 0, 2};
    assert_int_equal(parse_after(1, ethernet, sizeof ethernet), GSMTAP_FRAME);
    assert_int_equal(parse_after(1, vlan, sizeof vlan), GSMTAP_FRAME);
    assert_int_equal(parse_after(113, cooked, sizeof cooked), GSMTAP_FRAME);
    assert_int_equal(parse_after(276, cooked2, sizeof cooked2), GSMTAP_FRAME);
    assert_int_equal(parse_after(0, null_little, 4), GSMTAP_FRAME);
    assert_int_equal(parse_after(108, null_big, 4), GSMTAP_FRAME);
    assert_int_equal(parse_after(12, "", 0), GSMTAP_FRAME);
    assert_int_equal(parse_after(101, "", 0), GSMTAP_FRAME);
    assert_int_equal(parse_after(127, "", 0), GSMTAP_OTHER);
    assert_false(gsmtap_packet_link_known(127));
}

/* The packet with one octet changed. */
static enum gsmtap_result parse_changed(size_t at, uint8_t value)
{
    memcpy(packet, ipv4, sizeof ipv4);
    packet[at] = value;
    return gsmtap_packet_parse(228, packet, sizeof ipv4, &frame);
}

static void what_is_not_ours_is_sorted_out(void **state)
{
    (void)state;
    assert_int_equal(parse_changed(0, 0x65), GSMTAP_OTHER);   /* IPv6 */
    assert_int_equal(parse_changed(9, 6), GSMTAP_OTHER);      /* TCP */
    assert_int_equal(parse_changed(9, 1), GSMTAP_OTHER);      /* ICMP quoting it */
    assert_int_equal(parse_changed(6, 0x20), GSMTAP_OTHER);   /* a fragment */
    assert_int_equal(parse_changed(23, 0x78), GSMTAP_OTHER);  /* another port */
    assert_int_equal(parse_changed(30, 2), GSMTAP_NOT_UM);    /* Abis */
    assert_int_equal(parse_changed(32, 0x40), GSMTAP_UPLINK); /* uplink */
    assert_int_equal(parse_changed(32, 0x80), GSMTAP_FRAME);  /* PCS */
    assert_true(frame.pcs);
    assert_int_equal(parse_changed(40, 0x88), GSMTAP_FRAME);
    assert_true(frame.acch);
    assert_int_equal(frame.channel_type, 8);
}

static void lengths_that_lie_are_refused(void **state)
{
    (void)state;
    assert_int_equal(parse_changed(0, 0x4f), GSMTAP_BAD); /* options over the UDP header */
    assert_int_equal(parse_changed(0, 0x44), GSMTAP_BAD);
    assert_int_equal(parse_changed(3, 0x10), GSMTAP_BAD);
    assert_int_equal(parse_changed(3, 0xff), GSMTAP_BAD);
    assert_int_equal(parse_changed(25, 0x07), GSMTAP_BAD);
    assert_int_equal(parse_changed(25, 0x30), GSMTAP_BAD);
    assert_int_equal(parse_changed(25, 0x10), GSMTAP_BAD); /* shorter than a GSMTAP header */
    assert_int_equal(parse_changed(28, 3), GSMTAP_BAD);    /* another version */
    assert_int_equal(parse_changed(29, 3), GSMTAP_BAD);
    assert_int_equal(parse_changed(29, 12), GSMTAP_BAD);
    assert_int_equal(parse_changed(32, 0x04), GSMTAP_BAD); /* ARFCN 1044 */
    assert_int_equal(parse_changed(29, 9), GSMTAP_FRAME);  /* a longer header is skipped */
    assert_int_equal(frame.n_oct, 3);
}

static void cut_packets_never_read_beyond_their_end(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof ipv4; n++) {
        uint8_t *copy = malloc(n ? n : 1); /* the address sanitizer watches its end */
        assert_non_null(copy);
        memcpy(copy, ipv4, n);
        assert_int_not_equal(gsmtap_packet_parse(228, copy, n, &frame), GSMTAP_FRAME);
        free(copy);
    }
}

static void magic_is_of_pcap_and_pcapng_only(void **state)
{
    (void)state;
    static const uint8_t ng[12] = {0x0a, 0x0d, 0x0d, 0x0a, 0, 0, 0, 0x1c, 0x4d, 0x3c, 0x2b, 0x1a};
    assert_true(gsmtap_file_magic((const uint8_t *)"\xd4\xc3\xb2\xa1", 4));
    assert_true(gsmtap_file_magic((const uint8_t *)"\xa1\xb2\x3c\x4d", 4));
    assert_true(gsmtap_file_magic(ng, sizeof ng));
    assert_false(gsmtap_file_magic(ng, 8));
    assert_false(gsmtap_file_magic((const uint8_t *)"\xd4\xc3\xb2", 3));
    assert_false(gsmtap_file_magic(ipv4, sizeof ipv4));
}

/* ---- whole captures ----------------------------------------------------------------------- */

static char path[] = "/tmp/test_gsmtap_XXXXXX";

static void put32(FILE *f, uint32_t v)
{
    assert_int_equal(fwrite(&v, 4, 1, f), 1);
}

static void put_packet(FILE *f, uint32_t s, const void *data, uint32_t n)
{
    put32(f, s);
    put32(f, 250000);
    put32(f, n);
    put32(f, n);
    assert_int_equal(fwrite(data, 1, n, f), n);
}

static FILE *new_capture(uint32_t link_type)
{
    (void)snprintf(path, sizeof path, "/tmp/test_gsmtap_XXXXXX");
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "wb");
    assert_non_null(f);
    put32(f, 0xa1b2c3d4);
    put32(f, 0x00040002);
    put32(f, 0);
    put32(f, 0);
    put32(f, 65535);
    put32(f, link_type);
    return f;
}

static int open_capture(FILE *f, struct gsmtap_file **ret)
{
    assert_int_equal(fclose(f), 0);
    int rc = gsmtap_file_open(ret, path, err, sizeof err);
    (void)unlink(path);
    if (rc == -ENOTSUP && strstr(err, "without libpcap"))
        skip();
    return rc;
}

static void frames_come_in_order_with_their_time(void **state)
{
    (void)state;
    struct gsmtap_file *file = NULL;
    struct gsmtap_counts counts;
    uint8_t other[sizeof ipv4];
    memcpy(other, ipv4, sizeof other);
    other[9] = 6;
    FILE *f = new_capture(228);
    put_packet(f, 100, other, sizeof other);
    put_packet(f, 101, ipv4, sizeof ipv4);
    put_packet(f, 102, ipv4, 30);
    put_packet(f, 103, ipv4, sizeof ipv4);
    assert_int_equal(open_capture(f, &file), 0);
    assert_int_equal(gsmtap_file_next(file, &frame, err, sizeof err), 1);
    assert_true(frame.time_us == 101250000);
    assert_int_equal(gsmtap_file_next(file, &frame, err, sizeof err), 1);
    assert_true(frame.time_us == 103250000);
    assert_int_equal(gsmtap_file_next(file, &frame, err, sizeof err), 0);
    gsmtap_file_counts(file, &counts);
    assert_int_equal(counts.n_packets, 4);
    assert_int_equal(counts.n_frames, 2);
    assert_int_equal(counts.n_not_gsmtap, 1);
    assert_int_equal(counts.n_bad, 1);
    gsmtap_file_close(file);
}

static void capture_that_breaks_off_says_so(void **state)
{
    (void)state;
    struct gsmtap_file *file = NULL;
    FILE *f = new_capture(228);
    put_packet(f, 101, ipv4, sizeof ipv4);
    put32(f, 102);
    put32(f, 0);
    put32(f, 67);
    put32(f, 67);
    assert_int_equal(open_capture(f, &file), 0);
    assert_int_equal(gsmtap_file_next(file, &frame, err, sizeof err), 1);
    assert_true(gsmtap_file_next(file, &frame, err, sizeof err) < 0);
    assert_non_null(strstr(err, "cannot be read on"));
    gsmtap_file_close(file);
}

static void unknown_link_type_is_refused_with_its_number(void **state)
{
    (void)state;
    struct gsmtap_file *file = NULL;
    FILE *f = new_capture(127);
    put_packet(f, 101, ipv4, sizeof ipv4);
    assert_int_equal(open_capture(f, &file), -ENOTSUP);
    assert_null(file);
    assert_non_null(strstr(err, "link type 127"));
}

/* pcapng block: type, length, body, length. */
static void put_block(FILE *f, uint32_t type, const void *body, uint32_t n)
{
    put32(f, type);
    put32(f, n + 12);
    assert_int_equal(fwrite(body, 1, n, f), n);
    put32(f, n + 12);
}

static void mixed_link_types_are_refused_in_a_clear_sentence(void **state)
{
    (void)state;
    static const uint8_t section[16] = {0x4d, 0x3c, 0x2b, 0x1a, 1,    0,    0,    0,
                                        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    static const uint8_t ethernet[8] = {1, 0, 0, 0, 0, 0, 4, 0};
    static const uint8_t cooked[8] = {113, 0, 0, 0, 0, 0, 4, 0};
    struct gsmtap_file *file = NULL;
    FILE *f = new_capture(228);
    rewind(f);
    put_block(f, 0x0a0d0d0a, section, sizeof section);
    put_block(f, 1, ethernet, sizeof ethernet);
    put_block(f, 1, cooked, sizeof cooked);
    int rc = open_capture(f, &file);
    if (rc == 0)
        rc = gsmtap_file_next(file, &frame, err, sizeof err);
    assert_int_equal(rc, -ENOTSUP);
    assert_non_null(strstr(err, "mixes link types"));
    gsmtap_file_close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_those_of_the_header),
        cmocka_unit_test(every_link_type_leads_to_the_same_frame),
        cmocka_unit_test(what_is_not_ours_is_sorted_out),
        cmocka_unit_test(lengths_that_lie_are_refused),
        cmocka_unit_test(cut_packets_never_read_beyond_their_end),
        cmocka_unit_test(magic_is_of_pcap_and_pcapng_only),
        cmocka_unit_test(frames_come_in_order_with_their_time),
        cmocka_unit_test(capture_that_breaks_off_says_so),
        cmocka_unit_test(unknown_link_type_is_refused_with_its_number),
        cmocka_unit_test(mixed_link_types_are_refused_in_a_clear_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
