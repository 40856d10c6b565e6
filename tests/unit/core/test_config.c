/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/config.h"

static const char *const formats[] = {"cu8", "cs8", NULL};
static bool json;
static int verbose, jobs, format;
static const char *db, *item[3];
static double rate_hz, for_s;
static struct opt_list map;

static const struct opt_row rows[] = {
    {"json", 0, OPT_FLAG, &json, NULL, "x", 0, 0, NULL},
    {"verbose", 'v', OPT_COUNT, &verbose, NULL, "x", 0, 0, NULL},
    {"db", 0, OPT_TEXT, &db, "PATH", "x", 0, 0, NULL},
    {"rate", 0, OPT_NUMBER, &rate_hz, "HZ", "x", 300e3, 20e6, NULL},
    {"for", 0, OPT_SECONDS, &for_s, "TIME", "x", 1, 1e6, NULL},
    {"jobs", 'j', OPT_INT, &jobs, "N", "x", 1, 64, NULL},
    {"format", 0, OPT_CHOICE, &format, "NAME", "x", 0, 0, formats},
    {"map", 0, OPT_LIST, &map, "A=B", "x", 0, 0, NULL},
};
static double gain_db;
static const struct opt_row other_rows[] = {
    {"gain", 0, OPT_NUMBER, &gain_db, "DB", "x", -10, 60, NULL},
    {"jobs", 'j', OPT_INT, &jobs, "N", "x", 1, 8, NULL},
};
static const struct opt_command all[] = {
    {.name = "test",
     .operands = "FILE",
     .summary = "x",
     .example = "x",
     .rows = rows,
     .n_rows = sizeof rows / sizeof rows[0],
     .max_operands = -1},
    {.name = "other",
     .operands = "",
     .summary = "x",
     .example = "x",
     .rows = other_rows,
     .n_rows = 2},
};

static struct config *config;
static char err[300];

static int setup(void **state)
{
    (void)state;
    json = false;
    verbose = 0;
    jobs = 0;
    format = -1;
    db = "default.db";
    rate_hz = for_s = gain_db = 0;
    map = (struct opt_list){.item = item, .cap = 3};
    err[0] = '\0';
    return config_create(&config, all, 2);
}

static int teardown(void **state)
{
    (void)state;
    config_destroy(config);
    return 0;
}

static int parse(const char *text)
{
    return config_parse(config, &all[0], text, strlen(text), "x.conf", err, sizeof err);
}

static void a_file_sets_what_it_names(void **state)
{
    (void)state;
    if (parse("\xef\xbb\xbf# head\n\n[common]\r\njobs = 3\n; note\n[test]\njson = yes\nverbose=2\n"
              "db = /var/lib/x y.db ; a note\nrate = 2.4M\nfor = 5m\nformat = CS8\nmap = a=b\n"
              "map = c=d\n[other]\ngain = 20\n") != 0)
        fail_msg("%s", err);
    assert_true(json);
    assert_int_equal(verbose, 2);
    assert_int_equal(jobs, 3);
    assert_string_equal(db, "/var/lib/x y.db");
    assert_true(rate_hz > 2399999 && rate_hz < 2400001 && for_s > 299 && for_s < 301);
    assert_int_equal(format, 1);
    assert_int_equal(map.n, 2);
    assert_string_equal(map.item[1], "c=d");
    assert_false(gain_db > 0); /* another command's */
}

static void the_command_line_is_over_the_file(void **state)
{
    (void)state;
    static char name[] = "test", a[] = "--db=cli.db", b[] = "--map=e=f", c[] = "--map=g=h";
    char *argv[] = {name, a, b, c, NULL};
    int n;
    assert_int_equal(parse("[test]\ndb = file.db\nrate = 1M\nmap = a=b\nmap = c=d\n"), 0);
    assert_int_equal(opt_parse(&all[0], 4, argv, &n, err, sizeof err), 0);
    assert_string_equal(db, "cli.db");
    assert_true(rate_hz > 999999);
    assert_int_equal(map.n, 2); /* the file's are gone, both of these stay */
    assert_string_equal(map.item[0], "e=f");
    assert_string_equal(map.item[1], "g=h");
}

static void a_later_file_is_over_an_earlier_one(void **state)
{
    (void)state;
    assert_int_equal(parse("[test]\ndb = one.db\nrate = 1M\n"), 0);
    assert_int_equal(parse("[common]\ndb = two.db\n"), 0);
    assert_string_equal(db, "two.db");
    assert_true(rate_hz > 999999);
    assert_int_equal(parse("[test]\njson = on\n"), 0);
    assert_int_equal(parse("[test]\njson = no\n"), 0);
    assert_false(json);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *says;
    } wrong[] = {
        {"[test]\nrat = 1M\n", "x.conf:2: unknown key 'rat': do you mean rate?"},
        {"[test]\nxyzzy = 1\n", "x.conf:2: unknown key 'xyzzy': see cellwarden test --help"},
        {"[common]\nxyzzy = 1\n", "x.conf:2: unknown key 'xyzzy': no command"},
        {"\n\n[record]\nx = 1\n", "x.conf:4: unknown section [record]"},
        {"rate = 1M\n", "x.conf:1: 'rate' stands before the first section"},
        {"[test]\nrate = fast\n", "x.conf:2: 'fast' is not a number"},
        {"[test]\nrate = 1\n", "x.conf:2: '1' is out of range"},
        {"[test]\njobs = 1.5\n", "x.conf:2: '1.5' is not a whole number"},
        {"[test]\njobs = 65\n", "x.conf:2: '65' is out of range"},
        {"[test]\nfor = soon\n", "x.conf:2: 'soon' is no time"},
        {"[test]\njson = maybe\n", "x.conf:2: 'maybe' is neither yes nor no"},
        {"[test]\nverbose = -1\n", "x.conf:2: '-1' is not a whole number"},
        {"[test]\nformat = mp3\n", "x.conf:2: 'mp3' is no value"},
        {"[test]\ndb =\n", "x.conf:2: db needs a value"},
        {"[test]\nmap = a\nmap = b\nmap = c\nmap = d\n", "x.conf:5: --map is given more than 3"},
        {"[other]\ngain = loud\n",
         "x.conf:2: 'loud' is not a number"}, /* not ours, wrong all the same */
        {"[common]\njobs = 9\n", "x.conf:2: '9' is out of range"}, /* for the other command */
        {"[test\nrate = 1M\n", "x.conf:1: this section has no ]"},
        {"[test]\nrate 1M\n", "x.conf:2: this is neither"},
        {"[test]\n= 1M\n", "x.conf:2: this is neither"},
        {"[test]\ndb = a\n  b\n", "x.conf:3: this line begins with a blank"},
        {"[test]\ndb = a\vb\n", "x.conf:2: a control character"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        map.n = map.n_file = 0;
        err[0] = '\0';
        if (parse(wrong[i].text) != -EINVAL)
            fail_msg("taken: %s", wrong[i].text);
        if (strncmp(err, wrong[i].says, strlen(wrong[i].says)) != 0)
            fail_msg("%s: '%s' is not '%s'", wrong[i].text, err, wrong[i].says);
    }
}

static void long_lines_are_refused_not_cut(void **state)
{
    (void)state;
    char text[400];
    for (int n = 150; n < 300; n += 1) {
        (void)snprintf(text, sizeof text, "[test]\ndb = %0*d\n", n, 7);
        int rc = parse(text);
        if (5 + n <= 190) {
            assert_int_equal(rc, 0);
            assert_int_equal(strlen(db), n);
        } else {
            assert_int_equal(rc, -EINVAL);
            assert_non_null(strstr(err, "x.conf:2: this line is longer than 190"));
        }
    }
}

static void a_file_without_its_last_line_end_is_read(void **state)
{
    (void)state;
    assert_int_equal(parse("[test]\ndb = last"), 0);
    assert_string_equal(db, "last");
    assert_int_equal(parse(""), 0);
    assert_int_equal(config_parse(config, &all[0], "[test]\ndb = a\0b\n", 16, "x", err, sizeof err),
                     -EINVAL);
}

static void what_is_printed_can_be_read(void **state)
{
    (void)state;
    char *text = NULL;
    size_t n = 0;
    assert_int_equal(parse("[test]\njson = yes\nrate = 2.4M\nfor = 1.5h\nmap = a=b\nverbose = 1\n"),
                     0);
    FILE *f = open_memstream(&text, &n);
    assert_non_null(f);
    config_format(&all[0], f);
    (void)fclose(f);
    assert_non_null(strstr(text,
                           "[test]\njson = yes\nverbose = 1\ndb = default.db\nrate = 2.4e+06\n"
                           "for = 5400\n# jobs =\n# format =\nmap = a=b\n"));
    json = false;
    rate_hz = for_s = 0;
    map.n = map.n_file = 0;
    if (parse(text) != 0)
        fail_msg("%s", err);
    assert_true(json && rate_hz > 2399999 && for_s > 5399 && map.n == 1);
    free(text);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_file_sets_what_it_names),           CASE(the_command_line_is_over_the_file),
        CASE(a_later_file_is_over_an_earlier_one), CASE(what_is_wrong_is_said_with_its_line),
        CASE(long_lines_are_refused_not_cut),      CASE(a_file_without_its_last_line_end_is_read),
        CASE(what_is_printed_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
