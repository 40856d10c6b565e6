/* SPDX-License-Identifier: GPL-3.0-or-later */
/* spawn - runs the generator and the program as a user does, and says what they cost.
 *
 * thread one caller
 */
#ifndef BENCH_SPAWN_H
#define BENCH_SPAWN_H

#include <sys/types.h>

#define SPAWN_ARG_CAP  80
#define SPAWN_TEXT_CAP 4096

/* A command line under construction; the words live in text. */
struct command {
    char text[SPAWN_TEXT_CAP];
    size_t n_text;
    char *arg[SPAWN_ARG_CAP + 1];
    int n_arg;
};

struct cost {
    int status;      /* as a shell shows it: 0 done, 128 + signal */
    double user_s;   /* CPU in user space */
    double system_s; /* CPU in the kernel */
    double wall_s;
    long rss_kib; /* peak */
};

void command_init(struct command *c, const char *program);
/* Adds one word, as printf does. Ends the program when the line is too long: a mistake of ours. */
void command_add(struct command *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Adds the words of a text, separated by spaces; NULL adds none. */
void command_add_words(struct command *c, const char *words);
/* Starts with a whole line: the first word is the program. */
void command_init_words(struct command *c, const char *words);
/* The line as it can be typed. Borrowed until the next call. */
const char *command_line(const struct command *c);

/* Starts; fd_in and fd_out become standard input and output (-1: nothing). Returns the process. */
pid_t command_start(struct command *c, int fd_in, int fd_out);
/* Waits for its end. */
void command_wait(pid_t pid, double started_s, struct cost *ret);
/* Start, wait. */
void command_run(struct command *c, int fd_in, int fd_out, struct cost *ret);

/* Seconds of the monotonic clock. */
double clock_s(void);

/* Runs maker | reader, the reader's output into out_path. */
void command_pipe(struct command *maker, struct command *reader, const char *out_path,
                  struct cost *ret_maker, struct cost *ret_reader);

/* Ends the program with a sentence on stderr. */
_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
