/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree - the text files of a source tree in memory, for the checks beside it.
 *
 * in   a root folder; .git, build folders and binary files are left out
 * out  files sorted by path, so that every check reports in the same order
 * thread one caller; this is a test program, it may print
 */
#ifndef HOUSE_TREE_H
#define HOUSE_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct tree_file {
    char path[512]; /* relative to the root, with '/' */
    char *text;     /* as read, NUL-terminated, contains no other NUL */
    char *code;     /* same length; comments blanked, and what stands in "..." and '...'; .c, .h */
};

struct tree {
    struct tree_file *file;
    size_t n;
};

/* Reads the tree. Returns 0, -ENOMEM, or the errno of what could not be read. */
int tree_load(struct tree *ret, const char *root);
void tree_clear(struct tree *t);

/* Is there a file of this path, or a folder when `path` ends with '/' or names one? */
bool tree_has(const struct tree *t, const char *path);

bool path_ends(const char *path, const char *suffix);
bool path_in(const char *path, const char *folder); /* folder without '/' */
bool path_is_c(const char *path);                   /* .c or .h */

/* Walks text line by line: returns the start of the next line and its length without the line
 * end, or NULL. *cursor starts at the text. A '\r' before the end counts as part of the line. */
const char *next_line(const char **cursor, size_t *ret_n);

/* Where the word stands as a whole identifier at or after `from`; NULL when it does not. */
const char *find_word(const char *from, const char *word);

/* The checks. Each prints "path:line: sentence" per violation to `out` and returns their number. */
int check_layers(const struct tree *t, FILE *out);
int check_style(const struct tree *t, FILE *out);
int check_docs(const struct tree *t, FILE *out);

#endif
