/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "burst_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare(const void *a, const void *b)
{
    const struct burst_line *x = a, *y = b;
    if (x->fn != y->fn)
        return x->fn < y->fn ? -1 : 1;
    return (int)x->tn - (int)y->tn;
}

static int parse(const char *text, struct burst_line *ret)
{
    unsigned fn, tn;
    int used = 0;
    if (sscanf(text, "%u %u %n", &fn, &tn, &used) != 2 || used == 0)
        return -EINVAL;
    if (fn >= GSM_HYPERFRAME || tn > 7)
        return -ERANGE;
    text += used;
    if (strspn(text, "01") != GSM_BURST_BITS)
        return -EINVAL;
    ret->fn = fn;
    ret->tn = (uint8_t)tn;
    for (int i = 0; i < GSM_BURST_BITS; i++)
        ret->bits[i] = text[i] == '1';
    return 0;
}

static int append(struct burst_list *l, const struct burst_line *b)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 4096;
        struct burst_line *more = realloc(l->line, cap * sizeof(*more));
        if (!more)
            return -ENOMEM;
        l->line = more;
        l->cap = cap;
    }
    l->line[l->n++] = *b;
    return 0;
}

int burst_list_read(struct burst_list *l, const char *path, char *err, size_t err_cap)
{
    char text[512];
    int number = 0, rc = 0;
    memset(l, 0, sizeof(*l));
    FILE *f = fopen(path, "r");
    if (!f) {
        rc = -errno;
        snprintf(err, err_cap, "cannot open '%s': %s", path, strerror(errno));
        return rc;
    }
    while (rc == 0 && fgets(text, sizeof(text), f)) {
        struct burst_line b;
        number++;
        if (text[0] == '#' || text[0] == '\n')
            continue;
        rc = parse(text, &b);
        if (rc == 0)
            rc = append(l, &b);
    }
    fclose(f);
    if (rc == 0 && l->n == 0)
        rc = -ENODATA;
    if (rc != 0) {
        snprintf(err, err_cap, "%s:%d: %s; expected lines 'FN TN 148 bits' (unpacked text)", path,
                 number, strerror(-rc));
        burst_list_clear(l);
        return rc;
    }
    qsort(l->line, l->n, sizeof(l->line[0]), compare);
    return 0;
}

void burst_list_clear(struct burst_list *l)
{
    free(l->line);
    memset(l, 0, sizeof(*l));
}

const uint8_t *burst_list_find(const struct burst_list *l, uint32_t fn, int tn)
{
    struct burst_line wanted = {.fn = fn, .tn = (uint8_t)tn};
    if (l->n == 0)
        return NULL;
    const struct burst_line *hit = bsearch(&wanted, l->line, l->n, sizeof(wanted), compare);
    return hit ? hit->bits : NULL;
}
