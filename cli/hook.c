/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/hook.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define RUNNING_CAP 8
#define WAITING_CAP 64
#define RUN_S       60.0
#define LAST_S      2.0

extern char **environ;

struct hook {
    const char *program;
    void (*say)(void *ctx, const char *text);
    void *ctx;
    pid_t pid[RUNNING_CAP]; /* 0: free */
    double began_s[RUNNING_CAP];
    bool killed[RUNNING_CAP];
    int waiting[WAITING_CAP]; /* files in memory, oldest first */
    size_t n_waiting;
    unsigned long n_dropped;
    bool failed; /* said once */
};

static double clock_s(void)
{
    struct timespec ts = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + 1e-9 * (double)ts.tv_nsec;
}

__attribute__((format(printf, 2, 3))) static void say(struct hook *h, const char *fmt, ...)
{
    char text[500];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    h->say(h->ctx, text);
}

int hook_create(struct hook **ret, const char *program, void (*told)(void *ctx, const char *text),
                void *ctx)
{
    struct hook *h = calloc(1, sizeof *h);
    if (!h)
        return -ENOMEM;
    h->program = program;
    h->say = told;
    h->ctx = ctx;
    *ret = h;
    return 0;
}

/* A process of its own group, so that Ctrl-C at the terminal ends us and not it, with the signals
 * as a program expects them. */
static int spawn_with(struct hook *h, int fd, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    sigset_t all, none;
    char *argv[2] = {strdup(h->program), NULL};
    (void)sigfillset(&all);
    (void)sigemptyset(&none);
    int rc = argv[0] ? posix_spawn_file_actions_init(&files) : ENOMEM;
    if (rc != 0) {
        free(argv[0]);
        return -rc;
    }
    rc = posix_spawnattr_init(&attr);
    if (rc == 0) {
        (void)posix_spawn_file_actions_adddup2(&files, fd, STDIN_FILENO);
        (void)posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
        (void)posix_spawnattr_setsigdefault(&attr, &all);
        (void)posix_spawnattr_setsigmask(&attr, &none);
        (void)posix_spawnattr_setpgroup(&attr, 0);
        (void)posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                  POSIX_SPAWN_SETPGROUP);
        rc = posix_spawnp(ret, h->program, &files, &attr, argv, environ);
        (void)posix_spawnattr_destroy(&attr);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    free(argv[0]);
    return -rc;
}

static void start(struct hook *h, size_t slot, int fd)
{
    int rc = spawn_with(h, fd, &h->pid[slot]);
    (void)close(fd);
    h->began_s[slot] = clock_s();
    h->killed[slot] = false;
    if (rc == 0)
        return;
    h->pid[slot] = 0;
    if (!h->failed)
        say(h, "cannot run '%s' of --exec: %s", h->program, strerror(-rc));
    h->failed = true;
}

static void look_after(struct hook *h, size_t slot)
{
    int status;
    if (h->pid[slot] == 0)
        return;
    if (waitpid(h->pid[slot], &status, WNOHANG) != 0) {
        h->pid[slot] = 0;
        bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (well || h->failed || h->killed[slot])
            return;
        h->failed = true;
        if (WIFEXITED(status))
            say(h, "'%s' of --exec ended with status %d", h->program, WEXITSTATUS(status));
        else
            say(h, "'%s' of --exec was ended by signal %d", h->program, WTERMSIG(status));
    } else if (clock_s() - h->began_s[slot] > RUN_S && !h->killed[slot]) {
        h->killed[slot] = true;
        (void)kill(-h->pid[slot], SIGKILL);
        say(h, "'%s' of --exec took longer than %.0f s and was ended", h->program, RUN_S);
    }
}

static size_t free_slot(const struct hook *h)
{
    size_t slot = 0;
    while (slot < RUNNING_CAP && h->pid[slot] != 0)
        slot++;
    return slot;
}

void hook_run(struct hook *h)
{
    for (size_t i = 0; i < RUNNING_CAP; i++)
        look_after(h, i);
    size_t slot;
    while (h->n_waiting > 0 && (slot = free_slot(h)) < RUNNING_CAP) {
        int fd = h->waiting[0];
        h->n_waiting--;
        memmove(h->waiting, h->waiting + 1, h->n_waiting * sizeof h->waiting[0]);
        start(h, slot, fd);
    }
}

/* A file in memory cannot block a writer as a pipe does, nor end it when nobody reads. */
static int make_input(const char *text, size_t n_oct)
{
    int fd = memfd_create("alert", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (write(fd, text, n_oct) != (ssize_t)n_oct || lseek(fd, 0, SEEK_SET) != 0) {
        (void)close(fd);
        return -EIO;
    }
    return fd;
}

void hook_push(struct hook *h, const char *text, size_t n_oct)
{
    int fd = h->n_waiting < WAITING_CAP ? make_input(text, n_oct) : -EAGAIN;
    if (fd >= 0)
        h->waiting[h->n_waiting++] = fd;
    else
        h->n_dropped++;
    hook_run(h);
}

static bool any_left(const struct hook *h)
{
    bool any = h->n_waiting > 0;
    for (size_t i = 0; i < RUNNING_CAP; i++)
        any |= h->pid[i] != 0;
    return any;
}

void hook_destroy(struct hook *h)
{
    if (!h)
        return;
    const struct timespec nap = {.tv_nsec = 10000000};
    double until_s = clock_s() + LAST_S;
    for (hook_run(h); any_left(h) && clock_s() < until_s; hook_run(h))
        (void)nanosleep(&nap, NULL);
    h->n_dropped += h->n_waiting;
    if (h->n_dropped > 0)
        say(h, "'%s' of --exec was not told of %lu alert%s", h->program, h->n_dropped,
            h->n_dropped == 1 ? "" : "s");
    for (size_t i = 0; i < h->n_waiting; i++)
        (void)close(h->waiting[i]);
    free(h);
}
