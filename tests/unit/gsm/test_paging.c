/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit/gsm/cmocka_all.h"

#include <stdio.h>

#include "gsm/paging.h"
#include "unit/gsm/hex.h"

static const struct paging_key key = {{1, 2, 3, 4, 5, 6, 7, 8}, 0};

static void blank(const char *text, int neci, struct paging_tally *paging,
                  struct assign_tally *assign, uint8_t *l2)
{
    hex_block(text, l2);
    memset(paging, 0, sizeof(*paging));
    memset(assign, 0, sizeof(*assign));
    paging_blank(l2, &key, neci, paging, assign);
}

/* Blanks `before` and compares with `after`; blanking that again must change nothing. */
static void assert_blanked(const char *before, const char *after)
{
    uint8_t l2[23], expected[23];
    struct paging_tally paging;
    struct assign_tally assign;
    blank(before, -1, &paging, &assign, l2);
    hex_block(after, expected);
    assert_memory_equal(l2, expected, 23);
    paging_blank(l2, &key, -1, NULL, NULL);
    assert_memory_equal(l2, expected, 23);
}

/* Identities below are made up, network 001-01. */
static void identities_of_paging_type_1_keep_only_their_kind(void **state)
{
    (void)state;
    /* a TMSI keeps its first octet */
    assert_blanked("25 06 21 00 05 f4 0168ef24", "25 06 21 00 05 f4 00000000");
    /* an IMSI of 15 digits keeps type and odd bit */
    assert_blanked("31 06 21 00 08 09 10100108332307", "31 06 21 00 08 09 00000000000000");
    /* of 14 digits: even, the filler F stays */
    assert_blanked("31 06 21 00 08 01 101001083323f7", "31 06 21 00 08 01 000000000000f0");
    assert_blanked("31 06 21 00 08 0a 10100108332307", "31 06 21 00 08 0a 00000000000000");
    /* nobody */
    assert_blanked("15 06 21 00 01 f0", "15 06 21 00 01 f0");
    /* two */
    assert_blanked("41 06 21 20 05 f4 00d37833 17 05 f4 15a03321",
                   "41 06 21 20 05 f4 00000000 17 05 f4 00000000");
    assert_blanked("59 06 21 00 08 09 10104838772871 17 08 09 10109589666781",
                   "59 06 21 00 08 09 00000000000000 17 08 09 00000000000000");
}

static void identities_of_types_2_and_3_become_zero(void **state)
{
    (void)state;
    assert_blanked("49 06 22 00 035868e5 741ef821 17 05 f4 ab2359e1",
                   "49 06 22 00 00000000 00000000 17 05 f4 00000000");
    assert_blanked("55 06 22 00 00d37833 13e5cf6b 17 08 09 10105963374167",
                   "55 06 22 00 00000000 00000000 17 08 09 00000000000000");
    assert_blanked("2d 06 22 00 00d37833 13e5cf6b", "2d 06 22 00 00000000 00000000");
    /* this stack sends 0 as pseudo length */
    assert_blanked("00 06 24 00 035868e5 741ef821 ab2359e1 64f1c8ad 83 2b 2b",
                   "00 06 24 00 00000000 00000000 00000000 00000000 83 2b 2b");
}

static void a_length_that_does_not_fit_blanks_the_rest(void **state)
{
    (void)state;
    assert_blanked("25 06 21 00 13 f4 0168ef24", "25 06 21 00 00 00 00000000 "
                                                 "00 00 00 00 00 00 00 00 00 00 00 00 00");
    assert_blanked("25 06 21 00 ff f4 0168ef24", "25 06 21 00 00 00 00000000 "
                                                 "00 00 00 00 00 00 00 00 00 00 00 00 00");
    /* 18 octets end with the block */
    assert_blanked("25 06 21 00 12 09 1032547698103254769810325476981032",
                   "25 06 21 00 12 09 0000000000000000000000000000000000");
    /* the second identity */
    assert_blanked("41 06 21 20 05 f4 00d37833 17 0d f4 15a03321",
                   "41 06 21 20 05 f4 00000000 17 00 00 00000000 00 00 00 00 00 00 00");
    /* a mobile allocation longer than the block */
    assert_blanked("2d 06 3f 00 52 70ab 030980 00 0c 112233",
                   "2d 06 3f 00 52 70ab 030980 00 00 000000 00 00 00 00 00 00 00 00");
}

static void what_the_pseudo_length_covers_but_nobody_knows_is_blanked(void **state)
{
    (void)state;
    assert_blanked("35 06 21 00 05 f4 0168ef24 33 02 aabb",
                   "35 06 21 00 05 f4 00000000 00 00 0000");
    /* a pseudo length that cuts the identity does not save it */
    assert_blanked("15 06 21 00 05 f4 0168ef24", "15 06 21 00 05 f4 00000000");
}

static void paging_rest_octets_keep_what_cannot_name_anybody(void **state)
{
    (void)state;
    /* NLN H 10 1, priority 1 H 101, priority 2 L, group call L, packet page H and L */
    assert_blanked("15 06 21 00 01 f0  d5 0b", "15 06 21 00 01 f0  d5 0b");
    /* and more behind that */
    assert_blanked("15 06 21 00 01 f0  d5 0f", "15 06 21 00 01 f0  d5 00 00 00 00 00 00 00 00 00"
                                               "00 00 00 00 00 00 00");
    assert_blanked("15 06 21 00 01 f0  23 2b", "15 06 21 00 01 f0  23 2b"); /* packet page */
    /* group call information (fourth bit H): zero from there */
    assert_blanked("15 06 21 00 01 f0  3f aa bb", "15 06 21 00 01 f0  30 00 00 00 00 00 00 00 00"
                                                  "00 00 00 00 00 00 00 00");
}

/* IA rest octets: HH 01, then 32 bits of TLLI. */
static void the_tlli_of_a_downlink_assignment_becomes_zero(void **state)
{
    (void)state;
    assert_blanked("2d 06 3f 30 08 e0 34 7f 00 00 05 00  dc 00 00 01 3f c3 30 40 2b 2b 2b",
                   "2d 06 3f 30 08 e0 34 7f 00 00 05 00  d0 00 00 00 0f c3 30 40 2b 2b 2b");
    /* behind a mobile allocation and a starting time */
    assert_blanked("3d 06 3f 30 08 e0 34 7f 00 00 05 01 80 7c 12 34  df ff ff ff ff c3 30",
                   "3d 06 3f 30 08 e0 34 7f 00 00 05 01 80 7c 12 34  d0 00 00 00 0f c3 30");
    /* whatever T/D says */
    assert_blanked("2d 06 3f 00 08 e0 34 7f 00 00 05 00  df ff ff ff ff c3",
                   "2d 06 3f 00 08 e0 34 7f 00 00 05 00  d0 00 00 00 0f c3");
    /* cut by the end of the block */
    assert_blanked("55 06 3f 30 08 e0 34 7f 00 00 05 07 01020304050607 7c 12 34",
                   "55 06 3f 30 08 e0 34 7f 00 00 05 07 01020304050607 7c 12 34");
    assert_blanked("59 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070809 df ff",
                   "59 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070809 00 00");
    assert_blanked("51 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070809 df ff",
                   "51 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070809 d0 00");
    /* the two lengths contradict each other: zero from the nearer */
    assert_blanked("4d 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070809 df ff",
                   "4d 06 3f 30 08 e0 34 7f 00 00 05 09 010203040506070800 00 00");
}

static void other_assignments_stay_as_they_are(void **state)
{
    static const char *const same[] = {
        "2d 06 3f 03 09 80 34 01 80 94 03 00",                      /* dedicated, SDCCH */
        "2d 06 3f 10 08 e0 34 7a 01 02 05 00 c8 00 00 0b 2b 2b",    /* packet uplink, HH 00 */
        "2d 06 3f 10 08 e0 34 7a 01 02 05 00 e8 11 22 33",          /* second part, HH 1 */
        "2d 06 3f 10 08 e0 34 7a 01 02 05 00 86 80 00 2b",          /* frequency parameters, HL */
        "2d 06 3f 10 08 e0 34 7a 01 02 05 00 4a 80 00 2b",          /* EGPRS uplink, LH 00 */
        "49 06 39 00 41 70 28 01 00 00 05 42 70 28 02 11 11 06 00", /* extended */
        "4d 06 3a 00 10 00 00 05 10 00 00 05 10 00 00 05 10 00 00 05 2b 2b 2b",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_blanked(same[i], same[i]);
    }
    /* LH 01: assignments to groups of later releases */
    assert_blanked("2d 06 3f 10 08 e0 34 7a 01 02 05 00 5a 80 12 34",
                   "2d 06 3f 10 08 e0 34 7a 01 02 05 00 50 00 00 00 00 00 00 00 00 00 00");
}

static void unknown_messages_keep_their_header_only(void **state)
{
    static const char *const zeros = "0000000000000000000000000000000000000000";
    char text[64];
    (void)state;
    static const char *const headers[] = {"410620", "4d064a", "150716", "2d163f", "250523"};
    for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
        uint8_t l2[23], expected[23] = {0};
        snprintf(text, sizeof(text), "%s%s", headers[i], "00f4123456780809101020304050607080");
        hex_block(text, l2);
        memcpy(expected, l2, 3);
        paging_blank(l2, &key, -1, NULL, NULL);
        assert_memory_equal(l2, expected, 23);
    }
    snprintf(text, sizeof(text), "41 06 20 %s", zeros);
    assert_blanked(text, text);
}

static void fill_frames_and_system_information_stay(void **state)
{
    static const char *const same[] = {
        "03 03 01", /* empty AGCH */
        "2b 2b 2b",
        "49 06 1b 03 e9 00 f1 10 04 d2 c8 03 0a 27 45 46 a5 04 00 80 00 00 4b",
        "59 06 1a 8f ef 00 00 08 02 00 00 02 02 00 00 00 02 00 00 ff a5 04 00",
        "01 06 00 90 00 58 5a 6f c9 f1 46 08 41 1b",
        "59 06 07 40 00 04 87 00 00 b3 05 14 d8 2d 25 c6 27 2d b0 a3 80 2b 2b",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
        assert_blanked(same[i], same[i]);
    }
}

static void paging_is_counted_by_kind(void **state)
{
    struct paging_tally p;
    struct assign_tally a;
    uint8_t l2[23];
    (void)state;
    blank("15 06 21 00 01 f0", -1, &p, &a, l2);
    assert_int_equal(p.n_blocks, 1);
    assert_int_equal(p.n_requests, 1);
    assert_int_equal(p.n_empty_requests, 1);
    assert_int_equal(p.n_tags, 0);
    blank("4d 06 21 00 05 f4 032fbce3 17 08 09 10100363167043", -1, &p, &a, l2);
    assert_int_equal(p.n_tmsi, 1);
    assert_int_equal(p.n_imsi, 1);
    assert_int_equal(p.n_empty_requests, 0);
    assert_int_equal(p.top_octet[0], 1);
    assert_int_equal(p.n_tags, 2);
    blank("00 06 24 00 035868e5 741ef821 ab2359e1 64f1c8ad 83", -1, &p, &a, l2);
    assert_int_equal(p.n_tmsi, 4);
    assert_int_equal(p.top_octet[0], 1);
    assert_int_equal(p.top_octet[7], 1);
    assert_int_equal(p.top_octet[10], 1);
    assert_int_equal(p.top_octet[6], 1);
    blank("31 06 21 00 08 0a 10100108332307", -1, &p, &a, l2);
    assert_int_equal(p.n_other, 1);
    blank("25 06 21 00 ff f4", -1, &p, &a, l2);
    assert_int_equal(p.n_malformed, 1);
    blank("03 03 01", -1, &p, &a, l2);
    assert_int_equal(p.n_blocks, 1);
    assert_int_equal(p.n_requests, 0);
}

static void an_identity_repeated_to_fill_a_request_counts_once(void **state)
{
    struct paging_tally p;
    struct assign_tally a;
    uint8_t l2[23];
    (void)state;
    blank("00 06 24 00 035868e5 741ef821 035868e5 035868e5 83", -1, &p, &a, l2);
    assert_int_equal(p.n_tmsi, 2);
    assert_int_equal(p.n_tags, 2);
}

static void blanked_blocks_still_count_but_give_no_tags(void **state)
{
    struct paging_tally p;
    struct assign_tally a;
    uint8_t l2[23];
    (void)state;
    blank("4d 06 21 00 05 f4 00000000 17 08 09 00000000000000", -1, &p, &a, l2);
    assert_int_equal(p.n_tmsi, 1);
    assert_int_equal(p.n_imsi, 1);
    assert_int_equal(p.n_tags, 0);
    assert_int_equal(p.top_octet[0], 0);
    blank("00 06 24 00 00000000 00000000 00000000 00000000 83", -1, &p, &a, l2);
    assert_int_equal(p.n_tmsi, 4);
}

static uint32_t tag_of(const char *text, const struct paging_key *with)
{
    struct paging_tally p = {0};
    uint8_t l2[23];
    hex_block(text, l2);
    paging_blank(l2, with, -1, &p, NULL);
    assert_int_equal(p.n_tags, 1);
    assert_int_equal(p.tag_epoch, with->epoch);
    return p.tag[0];
}

static void tags_tell_the_same_identity_and_nothing_else(void **state)
{
    struct paging_key next;
    (void)state;
    const char *one = "25 06 21 00 05 f4 0168ef24";
    paging_key_derive((const uint8_t *)"seed", 4, 1, &next);
    assert_int_equal(tag_of(one, &key), tag_of(one, &key));
    /* the same TMSI in a request of type 2 (both places) */
    assert_int_equal(tag_of("2d 06 22 00 0168ef24 0168ef24", &key), tag_of(one, &key));
    assert_true(tag_of("25 06 21 00 05 f4 0168ef25", &key) != tag_of(one, &key));
    assert_true(tag_of(one, &next) != tag_of(one, &key));
    assert_true(tag_of("31 06 21 00 08 09 10100108332307", &key) !=
                tag_of("31 06 21 00 08 0a 10100108332307", &key));
}

static void keys_differ_by_seed_and_epoch_and_come_again(void **state)
{
    struct paging_key a, b;
    (void)state;
    paging_key_derive((const uint8_t *)"seed", 4, 7, &a);
    paging_key_derive((const uint8_t *)"seed", 4, 7, &b);
    assert_memory_equal(&a, &b, sizeof(a));
    paging_key_derive((const uint8_t *)"seed", 4, 8, &b);
    assert_memory_not_equal(a.secret, b.secret, 16);
    assert_int_equal(b.epoch, 8);
    paging_key_derive((const uint8_t *)"seeD", 4, 7, &b);
    assert_memory_not_equal(a.secret, b.secret, 16);
}

/* Table 9.1.8.1 */
static void location_updates_are_told_by_the_request_reference(void **state)
{
    struct paging_tally p;
    struct assign_tally a;
    uint8_t l2[23];
    (void)state;
    blank("2d 06 3f 03 09 80 34 0f 80 94 03 00", 1, &p, &a, l2);
    assert_int_equal(a.n_location_update, 1);
    blank("2d 06 3f 03 09 80 34 1f 80 94 03 00", 1, &p, &a, l2); /* other, with NECI */
    assert_int_equal(a.n_location_update, 0);
    blank("2d 06 3f 03 09 80 34 1f 80 94 03 00", 0, &p, &a, l2);
    assert_int_equal(a.n_location_update, 1);
    blank("2d 06 3f 03 09 80 34 1f 80 94 03 00", -1, &p, &a, l2);
    assert_int_equal(a.n_location_update, 0);
    blank("2d 06 3f 03 09 80 34 0f 80 94 03 00", -1, &p, &a, l2);
    assert_int_equal(a.n_location_update, 1);
    blank("2d 06 3f 03 09 80 34 8f 80 94 03 00", 0, &p, &a, l2); /* answer to paging */
    assert_int_equal(a.n_location_update, 0);
    assert_int_equal(a.n_request_reference, 1);
}

static void assignments_are_counted_by_channel(void **state)
{
    struct paging_tally p;
    struct assign_tally a;
    uint8_t l2[23];
    (void)state;
    blank("2d 06 3f 03 09 80 34 01 80 94 03 00", -1, &p, &a, l2); /* TCH/F on slot 1 */
    assert_int_equal(a.n_immediate, 1);
    assert_int_equal(a.n_tch, 1);
    assert_int_equal(a.n_sdcch, 0);
    assert_int_equal(a.timing_advance[3], 1);
    assert_int_equal(a.n_timing_advance, 1);
    blank("2d 06 3f 00 41 70 28 01 80 94 03 00", -1, &p, &a, l2); /* SDCCH/8, hopping */
    assert_int_equal(a.n_sdcch, 1);
    assert_int_equal(a.n_hopping, 1);
    blank("2d 06 3f 00 20 60 28 01 80 94 40 00", -1, &p, &a, l2); /* SDCCH/4, TA over 63 */
    assert_int_equal(a.n_sdcch, 1);
    assert_int_equal(a.n_timing_advance, 0);
    blank("2d 06 3f 30 08 e0 34 7f 00 00 05 00 dc 00 00 01 3f", -1, &p, &a, l2);
    assert_int_equal(a.n_packet, 1);
    assert_int_equal(a.n_tch + a.n_sdcch, 0);
    assert_int_equal(a.n_request_reference, 0); /* nobody asked */
    blank("49 06 39 00 41 70 28 01 00 00 05 08 70 28 02 11 11 06 00", -1, &p, &a, l2);
    assert_int_equal(a.n_extended, 1);
    assert_int_equal(a.n_request_reference, 2);
    assert_int_equal(a.n_sdcch, 1);
    assert_int_equal(a.n_tch, 1);
    assert_int_equal(a.timing_advance[6], 1);
    blank("4d 06 3a 00 10 00 00 05 11 00 00 05 10 00 00 05 10 00 00 05", 0, &p, &a, l2);
    assert_int_equal(a.n_reject, 1);
    assert_int_equal(a.n_request_reference, 2); /* one is repeated to fill */
    assert_int_equal(a.n_location_update, 2);
}

static void tallies_add_up_and_tags_of_the_newest_key_win(void **state)
{
    struct paging_tally sum = {0}, more = {0};
    struct assign_tally sum_a = {0}, more_a = {0};
    (void)state;
    more.n_imsi = 2;
    more.top_octet[15] = 3;
    more.n_tags = 40;
    more.tag[39] = 1234;
    paging_tally_add(&sum, &more);
    paging_tally_add(&sum, &more);
    assert_int_equal(sum.n_imsi, 4);
    assert_int_equal(sum.top_octet[15], 6);
    assert_int_equal(sum.n_tags, 80); /* seen, though only 64 are kept */
    assert_int_equal(sum.tag[39], 1234);
    more.tag_epoch = 1;
    paging_tally_add(&sum, &more);
    assert_int_equal(sum.n_tags, 40);
    assert_int_equal(sum.tag_epoch, 1);
    more.tag_epoch = 0;
    paging_tally_add(&sum, &more);
    assert_int_equal(sum.n_tags, 40);
    /* assign_tally is counts throughout: each must add up */
    uint32_t counts[sizeof(more_a) / sizeof(uint32_t)];
    for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        counts[i] = i + 1;
    }
    memcpy(&more_a, counts, sizeof(more_a));
    assign_tally_add(&sum_a, &more_a);
    assign_tally_add(&sum_a, &more_a);
    memcpy(counts, &sum_a, sizeof(counts));
    for (uint32_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        assert_int_equal(counts[i], 2 * (i + 1));
    }
}

/* Whatever comes in: twice is as once, the header stays, nothing is written outside. */
static void random_blocks_blank_to_a_fixed_point(void **state)
{
    static const uint8_t types[] = {0x21, 0x22, 0x24, 0x39, 0x3a, 0x3f, 0x20, 0x1b};
    uint64_t seed = 11;
    (void)state;
    for (int trial = 0; trial < 20000; trial++) {
        uint8_t l2[23], once[23];
        struct paging_tally p = {0};
        struct assign_tally a = {0};
        hex_fill_random(&seed, l2, sizeof(l2));
        if (trial % 2 == 0) {
            l2[0] = (uint8_t)(hex_random(&seed) % 24 << 2 | 1);
        }
        l2[1] = 0x06;
        l2[2] = types[trial % 8];
        for (size_t i = 4; i < 23; i++) {
            if (hex_random(&seed) % 4 == 0) {
                l2[i] = (uint8_t)(hex_random(&seed) % 20);
            } else if (hex_random(&seed) % 16 == 0) {
                l2[i] = hex_random(&seed) % 2 ? 0x17 : 0x7c;
            }
        }
        memcpy(once, l2, 23);
        paging_blank(once, &key, (int)(trial % 3) - 1, &p, &a);
        assert_memory_equal(once, l2, 3);
        memcpy(l2, once, 23);
        paging_blank(l2, &key, -1, NULL, NULL);
        assert_memory_equal(l2, once, 23);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identities_of_paging_type_1_keep_only_their_kind),
        cmocka_unit_test(identities_of_types_2_and_3_become_zero),
        cmocka_unit_test(a_length_that_does_not_fit_blanks_the_rest),
        cmocka_unit_test(what_the_pseudo_length_covers_but_nobody_knows_is_blanked),
        cmocka_unit_test(paging_rest_octets_keep_what_cannot_name_anybody),
        cmocka_unit_test(the_tlli_of_a_downlink_assignment_becomes_zero),
        cmocka_unit_test(other_assignments_stay_as_they_are),
        cmocka_unit_test(unknown_messages_keep_their_header_only),
        cmocka_unit_test(fill_frames_and_system_information_stay),
        cmocka_unit_test(paging_is_counted_by_kind),
        cmocka_unit_test(an_identity_repeated_to_fill_a_request_counts_once),
        cmocka_unit_test(blanked_blocks_still_count_but_give_no_tags),
        cmocka_unit_test(tags_tell_the_same_identity_and_nothing_else),
        cmocka_unit_test(keys_differ_by_seed_and_epoch_and_come_again),
        cmocka_unit_test(location_updates_are_told_by_the_request_reference),
        cmocka_unit_test(assignments_are_counted_by_channel),
        cmocka_unit_test(tallies_add_up_and_tags_of_the_newest_key_win),
        cmocka_unit_test(random_blocks_blank_to_a_fixed_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
