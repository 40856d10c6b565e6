/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The checks themselves: each rule on a small tree that breaks it, and on one that keeps it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"

#define SPDX "/* SPDX-License-Identifier: GPL-3.0-or-later */\n"

typedef int (*check_fn)(const struct tree *t, FILE *out);

struct source {
    const char *path;
    const char *text;
};

static void write_source(const char *root, const struct source *src)
{
    char path[600];

    snprintf(path, sizeof(path), "%s/%s", root, src->path);
    for (char *p = path + strlen(root) + 1; *p; p++) {
        if (*p == '/') {
            *p = '\0';
            mkdir(path, 0700);
            *p = '/';
        }
    }
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    fputs(src->text, out);
    assert_int_equal(fclose(out), 0);
}

static void remove_root(const char *root)
{
    char command[300];

    snprintf(command, sizeof(command), "rm -rf '%s'", root);
    assert_int_equal(system(command), 0);
}

/* Runs a check on the sources given; *ret_said is the text, to be freed by the caller. */
static int run(check_fn check, const struct source *src, size_t n, char **ret_said)
{
    char root[] = "/tmp/house-XXXXXX";
    struct tree t;
    size_t n_said, n_seen = 0;

    assert_non_null(mkdtemp(root));
    for (size_t i = 0; i < n; i++) {
        write_source(root, &src[i]);
        n_seen += !path_in(src[i].path, "build");
    }
    assert_int_equal(tree_load(&t, root), 0);
    assert_int_equal(t.n, n_seen);
    FILE *out = open_memstream(ret_said, &n_said);
    assert_non_null(out);
    int n_bad = check(&t, out);
    fclose(out);
    tree_clear(&t);
    remove_root(root);
    return n_bad;
}

/* Expects n_bad violations and, when `word` is not NULL, that the text names it. */
static void expect(check_fn check, const struct source *src, size_t n, int n_bad, const char *word)
{
    char *said = NULL;
    int n_found = run(check, src, n, &said);

    if (n_found != n_bad || (word && !strstr(said, word)))
        print_message("%s", said);
    assert_int_equal(n_found, n_bad);
    if (word)
        assert_non_null(strstr(said, word));
    free(said);
}

#define EXPECT(check, src, n_bad, word)                                                            \
    expect(check, src, sizeof(src) / sizeof((src)[0]), n_bad, word)

static void layers_accept_the_flow(void **state)
{
    const struct source src[] = {
        {"dsp/fcch.c", "#include \"dsp/fcch.h\"\n#include <fftw3.h>\n#include \"inner.h\"\n"},
        {"dsp/inner.h", "#include \"core/utc.h\"\n#include \"made.inc\"\n"
                        "#include \"made.h\"\n"},
        {"dsp/made.h.in", "int a;\n"},
        {"gsm/cell_rx.c", "#include \"dsp/fcch.h\"\n#include <osmocom/gsm/gsm_utils.h>\n"},
        {"include/gsm/cell_report.h", "#include \"gsm/si.h\"\n"},
        {"include/gsm/si.h", "#include \"gsm_const.h\"\n"},
        {"detector/rules.c", "#include \"gsm/si.h\"\n#include <sqlite3.h>\n"},
        {"cli/main.c", "#include \"hw/iq_source.h\"\n#include \"detector/detector.h\"\n"},
        {"tests/x.c", "#include <sqlite3.h>\n#include \"gsm/receiver.h\"\n"},
    };

    (void)state;
    EXPECT(check_layers, src, 0, "0 includes against");
}

static void layers_refuse_an_include_upstream(void **state)
{
    const struct source src[] = {
        {"dsp/fcch.c", "/* a */\n#include \"gsm/si.h\"\n"},
        {"hw/iq_source.c", "#  include \"dsp/fcch.h\"\n"},
        {"include/core/utc.h", "#include \"hw/iq_source.h\"\n"},
        {"gsm/si.c", "#include \"detector/store.h\"\n"},
        {"detector/store.c", "#include \"cli/pipeline.h\"\n"},
    };

    (void)state;
    EXPECT(check_layers, src, 5, "dsp/fcch.c:2: this include goes against the flow");
}

static void layers_show_the_detector_values_only(void **state)
{
    const struct source src[] = {
        {"include/gsm/cell_report.h", "#include \"gsm/si.h\"\n"},
        {"detector/rules.c", "#include \"gsm/receiver.h\"\n#include \"gsm/si.h\"\n"},
    };

    (void)state;
    EXPECT(check_layers, src, 1, "'gsm/receiver.h'");
}

static void layers_keep_libraries_at_home(void **state)
{
    const struct source src[] = {
        {"gsm/si.c", "#include <sqlite3.h>\n"},
        {"cli/main.c", "#include <osmocom/core/bits.h>\n"},
        {"include/dsp/fcch.h", "#include <fftw3.h>\n"},
        {"core/digest.c", "#include <openssl/evp.h>\n#include <stdint.h>\n"},
    };

    (void)state;
    EXPECT(check_layers, src, 3, "a public header shows no foreign type");
}

static void layers_want_the_layer_in_the_name(void **state)
{
    const struct source src[] = {
        {"dsp/fcch.c", "#include \"fcch.h\"\n"},
        {"core/utc.c", "#include \"gsm_const.h\"\n"},
        {"dsp/rate.c", "#include \"gsm_const.h\"\n// #include \"gsm/si.h\"\n"},
    };

    (void)state;
    EXPECT(check_layers, src, 2, "names its layer");
}

static void style_accepts_a_plain_file(void **state)
{
    const struct source src[] = {
        {"dsp/a.c", SPDX "/* prints: printf(\"x\") */\nint f(int a)\n{\n    return a;\n}\n"},
        {"cli/main.c", SPDX "int main(void)\n{\n    printf(\"x\");\n    exit(1);\n}\n"},
        {"build/debug/x.c", "not ours\tat all"},
        {"docs/a.md", "| a\t| wide table |\n"},
    };

    (void)state;
    EXPECT(check_style, src, 0, "2 functions, 100.0 %");
}

static void style_wants_a_licence(void **state)
{
    const struct source src[] = {
        {"dsp/a.c", "int a;\n"},
        {"scripts/run", "#!/bin/sh\ntrue\n"},
        {"CMakeLists.txt", "project(a)\n"},
        {"docs/a.md", "text\n"},
    };

    (void)state;
    EXPECT(check_style, src, 3, "scripts/run:1: no SPDX");
}

static void style_counts_white_space_and_columns(void **state)
{
    char wide[256] = SPDX;
    char exact[512] = SPDX;

    (void)state;
    memset(wide + strlen(wide), 'x', 101);
    strcat(wide, "\n");
    for (int i = 0; i < 100; i++)
        strcat(exact, "é"); /* 100 columns of two octets */
    strcat(exact, "\n");
    char table[700];
    snprintf(table, sizeof(table), SPDX "/* clang-format off */\n%s/* clang-format on */\n", wide);
    const struct source src[] = {
        {"dsp/table.c", table}, {"dsp/crlf.c", SPDX "int a;\r\n"}, {"dsp/end.c", SPDX "int a;"},
        {"dsp/exact.c", exact}, {"dsp/space.c", SPDX "int a; \n"}, {"dsp/tab.c", SPDX "\tint a;\n"},
        {"dsp/wide.c", wide},   {"docs/crlf.md", "a\r\n"},
    };
    EXPECT(check_style, src, 6, "dsp/wide.c:2: the line is too long: 101 columns");
}

static void style_finds_unfinished_work(void **state)
{
    const struct source src[] = {
        {"docs/a.md", "first\nTO"
                      "DO later\n"},
        {"dsp/a.c", SPDX "/* FIX"
                         "ME and a st"
                         "ub */\n"},
        {"data/list.csv", "TO"
                          "DO,1\n"},
    };

    (void)state;
    EXPECT(check_style, src, 3, "docs/a.md:2: a word that means unfinished work");
}

static void style_lets_only_cli_print(void **state)
{
    const struct source src[] = {
        {"gsm/a.c", SPDX "void f(void)\n{\n    snprintf(a);\n    printf(\"printf\");\n}\n"},
        {"hw/b.h", SPDX "int e(int a) __attribute__((format(printf, 1, 2)));\n"},
        {"hw/b.c", SPDX "void g(void)\n{\n    fprintf(stderr, \"exit\");\n    exit(1);\n}\n"},
        {"core/options.c", SPDX "void h(void)\n{\n    help(stdout);\n}\n"},
        {"core/c.c", SPDX "#if 0\n#endif\n"},
    };

    (void)state;
    EXPECT(check_style, src, 4, "gsm/a.c:5: only cli prints");
}

/* A function of n lines between its signature and its closing brace, both counted. */
static char *function_of(int n)
{
    char *text = calloc(1, 128 + (size_t)n * 16);

    assert_non_null(text);
    strcpy(text, SPDX "static int long_one(int a)\n{\n");
    for (int i = 0; i < n - 3; i++)
        strcat(text, "    a++;\n");
    return strcat(text, "}\n");
}

static void style_measures_functions(void **state)
{
    char *at_limit = function_of(100), *over = function_of(101), *goal = function_of(60);
    char many[4096] = SPDX;

    (void)state;
    for (int i = 0; i < 40; i++)
        strcat(many, "int f(void)\n{\n    return 0;\n}\n");
    const struct source limit[] = {{"dsp/a.c", at_limit}, {"dsp/many.c", many}};
    EXPECT(check_style, limit, 0, "note: over 60 lines: long_one, 100 lines");
    const struct source too_long[] = {{"dsp/a.c", over}, {"dsp/many.c", many}};
    EXPECT(check_style, too_long, 1, "the function is too long: long_one, 101 lines");
    const struct source within[] = {{"dsp/a.c", goal}};
    EXPECT(check_style, within, 0, "1 functions, 100.0 %");
    const struct source share[] = {{"dsp/a.c", at_limit}};
    EXPECT(check_style, share, 1, "too many functions over 60 lines");
    free(at_limit);
    free(over);
    free(goal);
}

static void style_measures_files(void **state)
{
    char text[700 * 2 + 64] = SPDX;

    (void)state;
    for (int i = 0; i < 599; i++)
        strcat(text, "\n");
    const struct source fits[] = {{"dsp/a.c", text}};
    EXPECT(check_style, fits, 0, NULL);
    strcat(text, "\n");
    const struct source src[] = {{"dsp/a.c", text}};
    EXPECT(check_style, src, 1, "the file is too long: 601 lines");
}

static void docs_accept_what_exists(void **state)
{
    const struct source src[] = {
        {"docs/a.md",
         "`fcch_push()` in `dsp/fcch.c:fcch_push()`, `dsp/`, `dsp/fcch.h`, a `dsp/*.c`, "
         "[more](b.md#x) [up](../README.md)\n```\n`dsp/none.c`\n```\n"},
        {"docs/b.md", "[site](https://example.org/x) `--help` `a/b`\n"},
        {"README.md", "[docs](docs/a.md) `scripts/demo --help`\n"},
        {"dsp/fcch.c", "int fcch_push(void)\n"},
        {"include/dsp/fcch.h", "int a;\n"},
        {"scripts/demo", "x\n"},
    };

    (void)state;
    EXPECT(check_docs, src, 0, "3 documents, 0 names");
}

static void docs_refuse_what_does_not(void **state)
{
    const struct source src[] = {
        {"docs/a.md", "x\n`fcch_pull()` and `dsp/gone.c` and [b](gone.md)\n"},
        {"dsp/fcch.c", "/* fcch_pull() */ int fcch_push(void);\n"},
    };

    (void)state;
    EXPECT(check_docs, src, 3, "docs/a.md:2: no such function: 'fcch_pull'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_accept_the_flow),
        cmocka_unit_test(layers_refuse_an_include_upstream),
        cmocka_unit_test(layers_show_the_detector_values_only),
        cmocka_unit_test(layers_keep_libraries_at_home),
        cmocka_unit_test(layers_want_the_layer_in_the_name),
        cmocka_unit_test(style_accepts_a_plain_file),
        cmocka_unit_test(style_wants_a_licence),
        cmocka_unit_test(style_counts_white_space_and_columns),
        cmocka_unit_test(style_finds_unfinished_work),
        cmocka_unit_test(style_lets_only_cli_print),
        cmocka_unit_test(style_measures_functions),
        cmocka_unit_test(style_measures_files),
        cmocka_unit_test(docs_accept_what_exists),
        cmocka_unit_test(docs_refuse_what_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
