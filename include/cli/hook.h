/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hook - a program of the user's that is told of each alert.
 *
 * in   one JSON object a call, on the program's standard input; it is started without a shell and
 *      without arguments, its standard output goes to ours of errors
 * out  nothing; how it ended is told when it was not well
 * cost a process an alert; never waits for one. At most 8 run at a time, 64 alerts wait, and a
 *      program that takes longer than a minute is ended
 * thread main thread
 */
#ifndef CLI_HOOK_H
#define CLI_HOOK_H

#include <stddef.h>

struct hook;

/* say: told what goes wrong, a sentence at a time. 0 or -ENOMEM. */
int hook_create(struct hook **ret, const char *program, void (*say)(void *ctx, const char *text),
                void *ctx);
/* Gives the programs that still run two seconds, and tells of alerts nobody was told of. */
void hook_destroy(struct hook *h);
/* Text is copied. */
void hook_push(struct hook *h, const char *text, size_t n_oct);
/* Looks after those that have ended; call it now and then. */
void hook_run(struct hook *h);

#endif
