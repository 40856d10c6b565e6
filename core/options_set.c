/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Options set by name and shown again: what a configuration file needs of the table. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/options.h"
#include "options_value.h"

static const struct opt_row *find_row(const struct opt_command *cmd, const char *name)
{
    for (size_t i = 0; i < cmd->n_rows; i++) {
        if (strcmp(cmd->rows[i].name, name) == 0)
            return &cmd->rows[i];
    }
    return NULL;
}

static int set_flag(const struct opt_row *row, const char *text, char *err, size_t err_cap)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on"};
    for (int i = 0; i < 6; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *(bool *)row->value = (i & 1) != 0;
            return 0;
        }
    }
    (void)snprintf(err, err_cap, "'%s' is neither yes nor no for %s", text, row->name);
    return -EINVAL;
}

static int set_count(const struct opt_row *row, const char *text, char *err, size_t err_cap)
{
    size_t n = strspn(text, "0123456789");
    if (n == 0 || n > 3 || text[n] != '\0') {
        (void)snprintf(err, err_cap, "'%s' is not a whole number for %s", text, row->name);
        return -EINVAL;
    }
    *(int *)row->value = (int)strtol(text, NULL, 10);
    return 0;
}

int opt_set(const struct opt_command *cmd, const char *name, const char *text,
            enum opt_set_mode mode, char *err, size_t err_cap)
{
    union {
        bool flag;
        int whole;
        double number;
        const char *text;
        struct opt_list list;
    } scratch;
    const char *item[1];
    const struct opt_row *found = find_row(cmd, name);
    if (!found)
        return -ENOENT;
    struct opt_row row = *found;
    if (mode == OPT_SET_CHECK) {
        memset(&scratch, 0, sizeof scratch);
        if (row.type == OPT_LIST)
            scratch.list = (struct opt_list){.item = item, .cap = 1};
        row.value = &scratch;
    }
    if (*text == '\0') {
        (void)snprintf(err, err_cap, "%s needs a value", name);
        return -EINVAL;
    }
    if (row.type == OPT_FLAG)
        return set_flag(&row, text, err, err_cap);
    if (row.type == OPT_COUNT)
        return set_count(&row, text, err, err_cap);
    return options_set_value(cmd, &row, text, err, err_cap);
}

/* Shortest text that reads back as the same number. */
static void format_number(double value, char *ret, size_t cap)
{
    for (int digits = 6; digits <= 17; digits++) {
        (void)snprintf(ret, cap, "%.*g", digits, value);
        if (!(fabs(strtod(ret, NULL) - value) > 0))
            return;
    }
}

void opt_format_value(const struct opt_row *row, char *ret, size_t cap)
{
    ret[0] = '\0';
    switch (row->type) {
    case OPT_FLAG:
        (void)snprintf(ret, cap, "%s", *(const bool *)row->value ? "yes" : "no");
        break;
    case OPT_COUNT:
    case OPT_INT:
        (void)snprintf(ret, cap, "%d", *(const int *)row->value);
        break;
    case OPT_TEXT:
        if (*(const char *const *)row->value)
            (void)snprintf(ret, cap, "%s", *(const char *const *)row->value);
        break;
    case OPT_NUMBER:
    case OPT_SECONDS:
        if (isfinite(*(const double *)row->value))
            format_number(*(const double *)row->value, ret, cap);
        break;
    case OPT_CHOICE:
        if (*(const int *)row->value >= 0)
            (void)snprintf(ret, cap, "%s", row->choices[*(const int *)row->value]);
        break;
    case OPT_LIST:
        break; /* one line an item: the caller's */
    }
}
