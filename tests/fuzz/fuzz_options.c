/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A command line: words separated by zero octets. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/options.h"

#define WORDS_CAP 32

static bool is_help(const char *word)
{
    return strncmp(word, "--help", 6) == 0 ||
           (word[0] == '-' && word[1] != '-' && strchr(word, 'h'));
}

/* Splits a copy of the input into words; asking for help would only fill the terminal. */
static int split(char *text, size_t size, char **argv)
{
    static char name[] = "test";
    int argc = 0;
    argv[argc++] = name;
    for (size_t at = 0; at < size && argc < WORDS_CAP; at += strlen(text + at) + 1) {
        if (!is_help(text + at))
            argv[argc++] = text + at;
    }
    argv[argc] = NULL;
    return argc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const choices[] = {"cu8", "cs8", NULL};
    bool flag = false;
    int count = 0, whole = 1, choice = 0, n = 0;
    const char *word = NULL, *items[3];
    double number = 2;
    struct opt_list list = {items, 3, 0, 0};
    const struct opt_row rows[] = {
        {"json", 0, OPT_FLAG, &flag, NULL, "x", 0, 0, NULL},
        {"verbose", 'v', OPT_COUNT, &count, NULL, "x", 0, 0, NULL},
        {"db", 'd', OPT_TEXT, &word, "PATH", "x", 0, 0, NULL},
        {"rate", 0, OPT_NUMBER, &number, "HZ", "x", 1, 1e9, NULL},
        {"jobs", 'j', OPT_INT, &whole, "N", "x", 1, 64, NULL},
        {"format", 0, OPT_CHOICE, &choice, "NAME", "x", 0, 0, choices},
        {"map", 0, OPT_LIST, &list, "A=B", "x", 0, 0, NULL},
    };
    const struct opt_command cmd = {.name = "test",
                                    .operands = "FILE",
                                    .summary = "x",
                                    .example = "x",
                                    .rows = rows,
                                    .n_rows = sizeof rows / sizeof rows[0],
                                    .min_operands = 0,
                                    .max_operands = 4};
    char *text = malloc(size + 1), *argv[WORDS_CAP + 1], err[100] = "";
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    int argc = split(text, size, argv);
    int rc = opt_parse(&cmd, argc, argv, &n, err, sizeof err);
    assert(rc == 0 || err[0] != '\0');
    assert(number >= 1 && number <= 1e9 && whole >= 1 && whole <= 64 && list.n <= 3);
    assert(rc != 0 || (n >= 0 && n <= 4 && n < argc));
    free(text);
    return 0;
}
