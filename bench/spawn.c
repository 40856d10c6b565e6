/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE_OCT (1 << 20) /* fewer switches between the two processes than with 64 KiB */

extern char **environ;

void bench_fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)fputs("bench: ", stderr);
    (void)vfprintf(stderr, format, args);
    (void)fputc('\n', stderr);
    va_end(args);
    exit(1);
}

double clock_s(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void command_init(struct command *c, const char *program)
{
    memset(c, 0, sizeof(*c));
    command_add(c, "%s", program);
}

void command_add(struct command *c, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    size_t left = sizeof(c->text) - c->n_text;
    int n = vsnprintf(c->text + c->n_text, left, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= left || c->n_arg >= SPAWN_ARG_CAP)
        bench_fail("command line too long at '%s'", format);
    c->arg[c->n_arg++] = c->text + c->n_text;
    c->n_text += (size_t)n + 1;
}

void command_add_words(struct command *c, const char *words)
{
    while (words && *words) {
        size_t n = strcspn(words, " ");
        if (n > 0)
            command_add(c, "%.*s", (int)n, words);
        words += n + strspn(words + n, " ");
    }
}

void command_init_words(struct command *c, const char *words)
{
    char program[SPAWN_TEXT_CAP];
    size_t n = strcspn(words, " ");
    (void)snprintf(program, sizeof(program), "%.*s", (int)n, words);
    command_init(c, program);
    command_add_words(c, words + n + strspn(words + n, " "));
}

const char *command_line(const struct command *c)
{
    static char line[SPAWN_TEXT_CAP + SPAWN_ARG_CAP];
    size_t n = 0;
    line[0] = '\0';
    for (int i = 0; i < c->n_arg; i++) {
        const char *word = c->arg[i], *slash = strrchr(word, '/');
        if (slash && slash[1]) /* where things were built and kept says nothing */
            word = slash + 1;
        n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s", i ? " " : "", word);
    }
    return line;
}

pid_t command_start(struct command *c, int fd_in, int fd_out)
{
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int rc = posix_spawn_file_actions_init(&actions);
    if (rc == 0 && fd_in < 0)
        rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    else if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&actions, fd_in, 0);
    if (rc == 0 && fd_out < 0)
        rc = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    else if (rc == 0)
        rc = posix_spawn_file_actions_adddup2(&actions, fd_out, 1);
    if (rc == 0)
        rc = posix_spawnp(&pid, c->arg[0], &actions, NULL, c->arg, environ);
    if (rc != 0)
        bench_fail("'%s' does not start: %s", c->arg[0], strerror(rc));
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

void command_wait(pid_t pid, double started_s, struct cost *ret)
{
    struct rusage usage;
    int status = 0;
    while (wait4(pid, &status, 0, &usage) < 0) {
        if (errno != EINTR)
            bench_fail("wait: %s", strerror(errno));
    }
    ret->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ret->user_s = seconds(usage.ru_utime);
    ret->system_s = seconds(usage.ru_stime);
    ret->wall_s = clock_s() - started_s;
    ret->rss_kib = usage.ru_maxrss;
}

void command_run(struct command *c, int fd_in, int fd_out, struct cost *ret)
{
    double started_s = clock_s();
    command_wait(command_start(c, fd_in, fd_out), started_s, ret);
}

void command_pipe(struct command *maker, struct command *reader, const char *out_path,
                  struct cost *ret_maker, struct cost *ret_reader)
{
    int fd[2];
    int out = open(out_path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (out < 0 || pipe2(fd, O_CLOEXEC) < 0)
        bench_fail("'%s': %s", out_path, strerror(errno));
    (void)fcntl(fd[1], F_SETPIPE_SZ, PIPE_OCT);
    double started_s = clock_s();
    pid_t maker_pid = command_start(maker, -1, fd[1]);
    pid_t reader_pid = command_start(reader, fd[0], out);
    (void)close(fd[0]);
    (void)close(fd[1]);
    (void)close(out);
    command_wait(maker_pid, started_s, ret_maker);
    command_wait(reader_pid, started_s, ret_reader);
    if (ret_reader->status != 0)
        bench_fail("'%s' ended with status %d", command_line(reader), ret_reader->status);
    if (ret_maker->status != 0)
        bench_fail("'%s' ended with status %d", command_line(maker), ret_maker->status);
}
