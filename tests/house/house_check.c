/* SPDX-License-Identifier: GPL-3.0-or-later */
/* house_check layers|style|docs ROOT: one check over a source tree; exit status 1 when it found
 * something. Run by ctest as house/layers, house/style, house/docs. */
#include "tree.h"

#include <string.h>

static const struct {
    const char *name;
    int (*run)(const struct tree *t, FILE *out);
} check_table[] = {
    {"layers", check_layers},
    {"style", check_style},
    {"docs", check_docs},
};

int main(int argc, char **argv)
{
    struct tree t;

    for (size_t i = 0; argc == 3 && i < sizeof(check_table) / sizeof(check_table[0]); i++) {
        if (strcmp(argv[1], check_table[i].name) != 0)
            continue;
        int rc = tree_load(&t, argv[2]);
        if (rc < 0) {
            fprintf(stderr, "house_check: cannot read '%s': %s\n", argv[2], strerror(-rc));
            return 2;
        }
        int n_bad = t.n == 0 ? 1 : check_table[i].run(&t, stdout);
        tree_clear(&t);
        return n_bad > 0;
    }
    fprintf(stderr, "usage: house_check layers|style|docs ROOT\n");
    return 2;
}
