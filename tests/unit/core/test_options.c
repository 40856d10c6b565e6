/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/options.h"

/* Words of one line, split at blanks. */
static char line[160];
static char *argv[24];
static int argc;

static void words(const char *text)
{
    (void)snprintf(line, sizeof line, "replay %s", text);
    argc = 0;
    for (char *w = strtok(line, " "); w; w = strtok(NULL, " "))
        argv[argc++] = w;
    argv[argc] = NULL;
}

static const char *const format_choices[] = {"cu8", "cs8", NULL};

struct settings {
    bool json;
    int verbose;
    const char *db;
    double rate_hz;
    int jobs;
    int format;
    const char *items[2];
    struct opt_list list;
};

static struct settings set;
static char err[200];

static const struct opt_row rows[] = {
    {"json", 0, OPT_FLAG, &set.json, NULL, "print JSON Lines", 0, 0, NULL},
    {"verbose", 'v', OPT_COUNT, &set.verbose, NULL, "say more", 0, 0, NULL},
    {"db", 'd', OPT_TEXT, &set.db, "PATH", "the log", 0, 0, NULL},
    {"rate", 0, OPT_NUMBER, &set.rate_hz, "HZ", "sample rate", 1e3, 1e8, NULL},
    {"jobs", 0, OPT_INT, &set.jobs, "N", "workers", 1, 64, NULL},
    {"format", 0, OPT_CHOICE, &set.format, "NAME", "sample format", 0, 0, format_choices},
    {"map", 0, OPT_LIST, &set.list, "A=B", "rename a column", 0, 0, NULL},
};
static const struct opt_command cmd = {
    .name = "replay",
    .operands = "FILE...",
    .summary = "Decode recordings",
    .details = "A paragraph that is long enough to be broken over more than one line of the help, "
               "because it goes on and on.\n\n.A second one.",
    .example = "cellwarden replay a.cu8\ncellwarden replay -",
    .rows = rows,
    .n_rows = sizeof rows / sizeof rows[0],
    .min_operands = 1,
    .max_operands = 2,
};

static int setup(void **state)
{
    (void)state;
    memset(&set, 0, sizeof set);
    set.format = -1;
    set.list.item = set.items;
    set.list.cap = 2;
    err[0] = '\0';
    return 0;
}

static int parse(int *n)
{
    return opt_parse(&cmd, argc, argv, n, err, sizeof err);
}

static void every_type_reaches_its_field(void **state)
{
    (void)state;
    int n = -1;
    words("--json -vv --db=x.db a.cu8 --rate 2.4M --jobs 3 --format CS8 --map a=b --map=c=d -v");
    assert_int_equal(parse(&n), 0);
    assert_true(set.json);
    assert_int_equal(set.verbose, 3);
    assert_string_equal(set.db, "x.db");
    assert_true(set.rate_hz == 2.4e6);
    assert_int_equal(set.jobs, 3);
    assert_int_equal(set.format, 1);
    assert_int_equal(set.list.n, 2);
    assert_string_equal(set.items[1], "c=d");
    assert_int_equal(n, 1);
    assert_string_equal(argv[1], "a.cu8");
}

static void operands_come_first_and_a_double_hyphen_ends_options(void **state)
{
    (void)state;
    int n = -1;
    words("- --json -- --rate");
    assert_int_equal(parse(&n), 0);
    assert_int_equal(n, 2);
    assert_string_equal(argv[1], "-");
    assert_string_equal(argv[2], "--rate");
}

static void letter_takes_a_value_joined_or_apart(void **state)
{
    (void)state;
    int n;
    words("-vdx.db a");
    assert_int_equal(parse(&n), 0);
    assert_string_equal(set.db, "x.db");
    assert_int_equal(set.verbose, 1);
    words("-d y.db a");
    assert_int_equal(parse(&n), 0);
    assert_string_equal(set.db, "y.db");
}

static void negative_number_is_a_value(void **state)
{
    (void)state;
    double ppm = 0;
    const struct opt_row row = {"ppm", 0, OPT_NUMBER, &ppm, "X", "crystal", -200, 200, NULL};
    struct opt_command c = cmd;
    c.rows = &row;
    c.n_rows = 1;
    int n;
    words("--ppm -3.5 a");
    assert_int_equal(opt_parse(&c, argc, argv, &n, err, sizeof err), 0);
    assert_true(ppm == -3.5);
}

static void refused(const char *text, const char *word)
{
    int n;
    words(text);
    assert_int_equal(parse(&n), -22);
    if (!strstr(err, word))
        fail_msg("'%s' does not say '%s'", err, word);
}

static void what_is_wrong_is_said_in_a_sentence(void **state)
{
    (void)state;
    refused("--rat 1M a", "do you mean --rate?");
    refused("--colour a", "unknown option '--colour'");
    refused("-x a", "unknown option '-x'");
    refused("--rate fast a", "'fast' is not a number for --rate");
    refused("--rate 12 a", "out of range");
    refused("--jobs 2x a", "not a whole number");
    refused("--jobs 65 a", "out of range");
    refused("--jobs 99999999999999999999 a", "out of range");
    refused("--format mp3 a", "one of cu8, cs8");
    refused("a --rate", "--rate needs a value: --rate HZ");
    refused("--rate --json a", "--rate needs a value");
    refused("--rate= a", "--rate needs a value");
    refused("--json=yes a", "takes no value");
    refused("--json", "needs FILE...");
    refused("a b c", "'c' is one operand too many");
    refused("--map a --map b --map c x", "more than 2 times");
}

static void numbers_take_prefix_and_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } good[] = {{"936.2MHz", 936.2e6}, {"4e6", 4e6}, {"2.4M", 2.4e6}, {"500k", 500e3},
                {"1GHz", 1e9},         {"-3", -3},   {".5", 0.5},     {"271K", 271e3},
                {"12hz", 12},          {"+7", 7},    {"0", 0}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        double v = -12345;
        assert_int_equal(opt_number(good[i].text, &v), 0);
        if (v < good[i].value - 1e-6 || v > good[i].value + 1e-6)
            fail_msg("'%s' became %.17g", good[i].text, v);
    }
    static const char *const bad[] = {"",    "nan", "inf",   "0x10", " 5",  "5 ", "M",
                                      "5MM", "5Mb", "1e999", "-",    "1,5", "--1"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        double v;
        if (opt_number(bad[i], &v) == 0)
            fail_msg("'%s' was taken as %g", bad[i], v);
    }
}

static char *printed(void (*format)(const struct opt_command *, FILE *))
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    format(&cmd, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void help_names_every_row_and_the_example(void **state)
{
    (void)state;
    char *text = printed(opt_format_help);
    assert_non_null(strstr(text, "usage: cellwarden replay [options] FILE..."));
    assert_non_null(strstr(text, "-v, --verbose"));
    assert_non_null(strstr(text, "--rate HZ"));
    assert_non_null(strstr(text, "-h, --help"));
    assert_non_null(strstr(text, "  cellwarden replay -\n"));
    for (const char *p = text; *p; p += strcspn(p, "\n") + 1)
        assert_true(strcspn(p, "\n") <= 100);
    free(text);
}

static void man_page_escapes_what_roff_would_take(void **state)
{
    (void)state;
    char *text = printed(opt_format_man);
    assert_non_null(strstr(text, ".It Fl v , Fl \\-verbose\nsay more.\n"));
    assert_non_null(strstr(text, "Fl \\-rate Ar \\&HZ"));
    assert_non_null(strstr(text, "\n\\&.A second one."));
    assert_non_null(strstr(text, "cellwarden replay \\-\n.Ed"));
    free(text);
}

static void similar_words_are_found_and_others_not(void **state)
{
    (void)state;
    assert_true(opt_similar("repaly", "replay"));
    assert_true(opt_similar("rep", "replay"));
    assert_true(opt_similar("exprot", "export"));
    assert_false(opt_similar("scan", "replay"));
    assert_false(opt_similar("r", "replay"));
    assert_false(opt_similar("a-word-much-longer-than-any-command-of-ours", "replay"));
}

static void times_have_units(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double s;
    } good[] = {{"90", 90}, {"90s", 90}, {"1.5m", 90}, {"2h", 7200}, {"30d", 2592000}, {"0", 0}};
    static const char *const bad[] = {"",    "s",   "-5s", "5x",  "5ms",
                                      "5 s", "1e3", "nan", "0x5", "5mm"};
    double s;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(opt_seconds(good[i].text, &s), 0);
        assert_true(s > good[i].s - 1e-9 && s < good[i].s + 1e-9);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (opt_seconds(bad[i], &s) != -EINVAL)
            fail_msg("taken: '%s'", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_have_units),
        cmocka_unit_test_setup(every_type_reaches_its_field, setup),
        cmocka_unit_test_setup(operands_come_first_and_a_double_hyphen_ends_options, setup),
        cmocka_unit_test_setup(letter_takes_a_value_joined_or_apart, setup),
        cmocka_unit_test_setup(negative_number_is_a_value, setup),
        cmocka_unit_test_setup(what_is_wrong_is_said_in_a_sentence, setup),
        cmocka_unit_test(numbers_take_prefix_and_unit),
        cmocka_unit_test(help_names_every_row_and_the_example),
        cmocka_unit_test(man_page_escapes_what_roff_would_take),
        cmocka_unit_test(similar_words_are_found_and_others_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
