/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration file. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const choices[] = {"cu8", "cs8", NULL};
    bool flag = false;
    int count = 0, whole = 1, choice = 0;
    const char *word = NULL, *items[3];
    double number = 2, seconds = 1;
    struct opt_list list = {items, 3, 0, 0};
    const struct opt_row rows[] = {
        {"json", 0, OPT_FLAG, &flag, NULL, "x", 0, 0, NULL},
        {"verbose", 'v', OPT_COUNT, &count, NULL, "x", 0, 0, NULL},
        {"db", 'd', OPT_TEXT, &word, "PATH", "x", 0, 0, NULL},
        {"rate", 0, OPT_NUMBER, &number, "HZ", "x", 1, 1e9, NULL},
        {"for", 0, OPT_SECONDS, &seconds, "TIME", "x", 1, 1e6, NULL},
        {"jobs", 'j', OPT_INT, &whole, "N", "x", 1, 64, NULL},
        {"format", 0, OPT_CHOICE, &choice, "NAME", "x", 0, 0, choices},
        {"map", 0, OPT_LIST, &list, "A=B", "x", 0, 0, NULL},
    };
    const struct opt_command all[] = {
        {.name = "test", .rows = rows, .n_rows = sizeof rows / sizeof rows[0]},
        {.name = "other", .rows = rows, .n_rows = 3}};
    struct config *config = NULL;
    char err[200] = "", *text = NULL;
    size_t n = 0;
    if (config_create(&config, all, 2) < 0)
        return 0;
    int rc = config_parse(config, &all[0], (const char *)data, size, "x", err, sizeof err);
    assert(rc == 0 || err[0] != '\0');
    assert(number >= 1 && number <= 1e9 && whole >= 1 && whole <= 64 && list.n <= 3);
    assert(seconds >= 1 && seconds <= 1e6 && choice >= 0 && choice <= 1);
    FILE *f = open_memstream(&text, &n);
    if (f) {
        config_format(&all[0], f);
        (void)fclose(f);
        free(text);
    }
    config_destroy(config);
    return 0;
}
