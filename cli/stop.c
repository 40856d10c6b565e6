/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/stop.h"

#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"

static volatile sig_atomic_t signal_seen, reader_gone, reopen_asked, status_asked;

static void on_signal(int number)
{
    if (signal_seen)
        _exit(COMMAND_SIGNAL + number);
    signal_seen = number;
}

static void on_pipe(int number)
{
    reader_gone = 1;
    if (!signal_seen)
        signal_seen = number;
}

void stop_prepare(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = on_pipe;
    (void)sigaction(SIGPIPE, &action, NULL);
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGXFSZ, &action, NULL);
}

bool stop_reader_gone(void)
{
    return reader_gone;
}

void stop_install(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_signal;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    /* nohup(1) asks for it to be ignored; a terminal that closes says it */
    struct sigaction before;
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void)sigaction(SIGHUP, &action, NULL);
}

static void on_reopen(int number)
{
    (void)number;
    reopen_asked = 1;
}

static void on_status(int number)
{
    (void)number;
    status_asked = 1;
}

void stop_install_live(void)
{
    struct sigaction action;
    stop_install();
    memset(&action, 0, sizeof action);
    (void)sigemptyset(&action.sa_mask);
    action.sa_handler = on_reopen;
    (void)sigaction(SIGHUP, &action, NULL);
    action.sa_handler = on_status;
    (void)sigaction(SIGUSR1, &action, NULL);
}

static bool take(volatile sig_atomic_t *flag)
{
    bool ret = *flag != 0;
    *flag = 0;
    return ret;
}

bool stop_reopen_asked(void)
{
    return take(&reopen_asked);
}

bool stop_status_asked(void)
{
    return take(&status_asked);
}

int stop_signal(void)
{
    return signal_seen;
}

static void set_mask(int how)
{
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGHUP);
    (void)sigaddset(&set, SIGUSR1);
    (void)pthread_sigmask(how, &set, NULL);
}

void stop_block(void)
{
    set_mask(SIG_BLOCK);
}

void stop_unblock(void)
{
    set_mask(SIG_UNBLOCK);
}
