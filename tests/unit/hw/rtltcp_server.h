/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An rtl_tcp server on the loopback for tests: sends what a script of the test says. */
#ifndef TESTS_RTLTCP_SERVER_H
#define TESTS_RTLTCP_SERVER_H

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SERVER_COMMANDS_CAP 256

struct rtltcp_server {
    /* Said by the test. */
    uint32_t tuner;
    const char *magic;        /* NULL: "RTL0" */
    bool mute;                /* takes the call, sends no greeting */
    size_t stop_after_oct;    /* stops sending, keeps the line open; 0: never */
    size_t hang_up_after_oct; /* closes; the next call is served in full; 0: never */
    uint32_t other_tuner;     /* of the second call only; 0: the same */
    size_t piece_oct;         /* octets a send(); odd numbers cut samples in halves */
    double octets_per_s;      /* 0: as fast as they are taken */
    double sigma;             /* noise, in steps of the grid */
    bool counted;             /* octets tell their place instead: server_counted() */
    double unlocked_hz;       /* there nothing is heard until it was set elsewhere and back */
    /* Seen by the test. */
    atomic_int n_calls;
    atomic_int n_commands;
    uint8_t command[SERVER_COMMANDS_CAP][5];
    /* Its own. */
    int port, listen_fd, call_fd;
    atomic_bool stopping;
    atomic_uint freq_hz, n_same;
    atomic_int gain_tenth_db;
    uint32_t random;
    pthread_t thread;
};

static inline void server_nap(void)
{
    struct timespec t = {.tv_nsec = 2000000};
    (void)nanosleep(&t, NULL);
}

/* The k-th octet of a call that is counted. */
static inline uint8_t server_counted(uint64_t k)
{
    return (uint8_t)(96 + ((uint32_t)k * 2654435761u >> 13) % 64);
}

/* Noise: a sum of four uniform numbers. */
static inline uint8_t server_octet(struct rtltcp_server *s)
{
    double sum = 0;
    for (int k = 0; k < 4; k++) {
        s->random = s->random * 1664525u + 1013904223u;
        sum += (double)(s->random >> 8) / 8388608.0 - 1.0;
    }
    double gain = 1;
    for (int g = atomic_load(&s->gain_tenth_db); g >= 60; g -= 60)
        gain *= 2;
    bool deaf = s->unlocked_hz > 0 && atomic_load(&s->n_same) == 1;
    double v = 127.5 + (deaf ? 0 : s->sigma * gain / 32 * sum / 1.1547);
    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v + 0.5);
}

static inline void server_command(struct rtltcp_server *s, const uint8_t c[5])
{
    uint32_t value = (uint32_t)c[1] << 24 | (uint32_t)c[2] << 16 | (uint32_t)c[3] << 8 | c[4];
    int n = atomic_load(&s->n_commands);
    if (n < SERVER_COMMANDS_CAP) {
        memcpy(s->command[n], c, 5);
        atomic_store(&s->n_commands, n + 1);
    }
    if (c[0] == 0x01) {
        double away_hz = (double)value - s->unlocked_hz;
        double before_hz = (double)atomic_load(&s->freq_hz) - s->unlocked_hz;
        bool there = away_hz > -10e3 && away_hz < 10e3;
        if (there && (before_hz < -10e3 || before_hz > 10e3))
            atomic_fetch_add(&s->n_same, 1);
        atomic_store(&s->freq_hz, value);
    }
    if (c[0] == 0x04)
        atomic_store(&s->gain_tenth_db, (int)value);
}

/* Takes the commands that have come; false when the other side has hung up. */
static inline bool server_listen(struct rtltcp_server *s, uint8_t *part, size_t *n_part)
{
    for (;;) {
        ssize_t n = recv(s->call_fd, part + *n_part, 5 - *n_part, MSG_DONTWAIT);
        if (n == 0)
            return false;
        if (n < 0)
            return errno == EAGAIN;
        *n_part += (size_t)n;
        if (*n_part == 5) {
            server_command(s, part);
            *n_part = 0;
        }
    }
}

static inline int64_t server_now_ns(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline void server_serve(struct rtltcp_server *s, bool first)
{
    static uint8_t buf[65536];
    uint8_t part[5];
    size_t n_part = 0, n_sent = 0, piece = s->piece_oct ? s->piece_oct : sizeof buf;
    uint8_t greeting[12] = {0};
    memcpy(greeting, s->magic ? s->magic : "RTL0", 4);
    bool second = atomic_load(&s->n_calls) == 2;
    greeting[7] = (uint8_t)(second && s->other_tuner ? s->other_tuner : s->tuner);
    greeting[11] = 29;
    if (!s->mute && send(s->call_fd, greeting, 12, MSG_NOSIGNAL) != 12)
        return;
    int64_t start_ns = server_now_ns();
    while (!atomic_load(&s->stopping) && server_listen(s, part, &n_part)) {
        if (first && s->hang_up_after_oct && n_sent >= s->hang_up_after_oct)
            return;
        double due_oct = (double)(server_now_ns() - start_ns) * 1e-9 * s->octets_per_s;
        if (s->mute || (s->stop_after_oct && n_sent >= s->stop_after_oct) ||
            (s->octets_per_s > 0 && (double)n_sent > due_oct)) {
            server_nap();
            continue;
        }
        for (size_t i = 0; i < piece; i++)
            buf[i] = s->counted ? server_counted(n_sent + i) : server_octet(s);
        for (size_t i = 0; i < piece && !atomic_load(&s->stopping);) {
            struct pollfd p = {.fd = s->call_fd, .events = POLLOUT};
            if (poll(&p, 1, 20) == 0)
                continue;
            ssize_t n = send(s->call_fd, buf + i, piece - i, MSG_NOSIGNAL | MSG_DONTWAIT);
            if (n < 0 && errno != EAGAIN)
                return;
            i += n > 0 ? (size_t)n : 0;
        }
        n_sent += piece;
    }
}

static inline void *server_main(void *ctx)
{
    struct rtltcp_server *s = ctx;
    while (!atomic_load(&s->stopping)) {
        struct pollfd p = {.fd = s->listen_fd, .events = POLLIN};
        if (poll(&p, 1, 20) <= 0)
            continue;
        s->call_fd = accept(s->listen_fd, NULL, NULL);
        if (s->call_fd < 0)
            continue;
        server_serve(s, atomic_fetch_add(&s->n_calls, 1) == 0);
        (void)close(s->call_fd);
    }
    return NULL;
}

/* The port that it listens on, or -1. */
static inline int server_start(struct rtltcp_server *s)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    s->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (s->listen_fd < 0 || bind(s->listen_fd, (struct sockaddr *)&a, sizeof a) < 0 ||
        listen(s->listen_fd, 4) < 0 || getsockname(s->listen_fd, (struct sockaddr *)&a, &n) < 0)
        return -1;
    s->port = ntohs(a.sin_port);
    s->random = 1;
    return pthread_create(&s->thread, NULL, server_main, s) == 0 ? s->port : -1;
}

static inline void server_stop(struct rtltcp_server *s)
{
    atomic_store(&s->stopping, true);
    (void)pthread_join(s->thread, NULL);
    (void)close(s->listen_fd);
}

#endif
