/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtl_tcp:HOST:PORT - a dongle behind a network. The server acknowledges nothing, and drops samples
 * without a sign when the network is too slow: what comes is treated as lossy. */
#include <errno.h>
#include <math.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "live_kind.h"
#include "rtltcp_greeting.h"

#define CONNECT_MS  5000
#define GREETING_MS 5000
#define SEND_MS     2000
#define QUIET_MS    2000 /* nothing for so long is a stall, for twice so long a loss */
#define POLL_MS     100
#define READ_OCT    65536

struct rtltcp {
    int fd; /* changed under control only */
    struct addrinfo *addresses;
    struct rtltcp_greeting greeting;
    struct tuner_setup setup;
    uint8_t buf[READ_OCT];
};

/* Waits for events in short naps, so that a stop is seen. 1; 0 after ms; -ECANCELED; -errno. */
static int wait_fd(const struct live_source *src, int fd, short events, int ms)
{
    for (;; ms -= POLL_MS) {
        struct pollfd p = {.fd = fd, .events = events};
        int rc = poll(&p, 1, ms < POLL_MS ? ms : POLL_MS);
        if (rc > 0)
            return 1;
        if (rc < 0)
            return -errno;
        if (stream_stopping(src))
            return -ECANCELED;
        if (ms <= POLL_MS)
            return 0;
    }
}

static int resolve(struct live_source *src, char *err, size_t err_cap)
{
    struct rtltcp *t = src->state;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    int rc = getaddrinfo(src->spec.host, src->spec.port, &hints, &t->addresses);
    if (rc == 0)
        return 0;
    (void)snprintf(err, err_cap, "the host '%.100s' is not known: %s", src->spec.host,
                   rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
    return -ENOENT;
}

/* A connected socket, or negative errno. */
static int connect_one(const struct live_source *src, const struct addrinfo *a)
{
    int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    int rc = connect(fd, a->ai_addr, a->ai_addrlen) < 0 ? -errno : 0;
    if (rc == -EINPROGRESS) {
        int failed = 0;
        socklen_t n = sizeof failed;
        rc = wait_fd(src, fd, POLLOUT, CONNECT_MS);
        if (rc == 0)
            rc = -ETIMEDOUT;
        else if (rc > 0)
            rc = getsockopt(fd, SOL_SOCKET, SO_ERROR, &failed, &n) < 0 ? -errno : -failed;
    }
    if (rc < 0) {
        (void)close(fd);
        return rc;
    }
    int on = 1; /* a command of 5 octets shall not wait for company */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static int connect_any(struct live_source *src, char *err, size_t err_cap)
{
    struct rtltcp *t = src->state;
    int rc = -ENOENT;
    for (const struct addrinfo *a = t->addresses; a; a = a->ai_next) {
        rc = connect_one(src, a);
        if (rc >= 0) {
            t->fd = rc;
            return 0;
        }
    }
    const char *hint = rc == -ECONNREFUSED ? "; is rtl_tcp running there, with -a 0.0.0.0 or an "
                                             "address that can be reached?"
                                           : "";
    (void)snprintf(err, err_cap, "cannot connect to rtl_tcp at %.100s:%s: %s%s", src->spec.host,
                   src->spec.port, strerror(-rc), hint);
    return rc;
}

static int read_greeting(struct live_source *src, char *err, size_t err_cap)
{
    struct rtltcp *t = src->state;
    uint8_t oct[RTLTCP_GREETING_OCT];
    size_t n_have = 0;
    const char *host = src->spec.host, *port = src->spec.port;
    while (n_have < sizeof oct) {
        int rc = wait_fd(src, t->fd, POLLIN, GREETING_MS);
        ssize_t n = rc > 0 ? recv(t->fd, oct + n_have, sizeof oct - n_have, 0) : 0;
        if (rc == 0) {
            (void)snprintf(
                err, err_cap,
                "%.100s:%s took the call but says nothing: rtl_tcp serves one program at "
                "a time, is another one connected?",
                host, port);
            return -EBUSY;
        }
        if (rc < 0 || n < 0) {
            rc = rc < 0 ? rc : -errno;
            (void)snprintf(err, err_cap, "%.100s:%s: %s", host, port, strerror(-rc));
            return rc;
        }
        if (n == 0) {
            (void)snprintf(err, err_cap, "%.100s:%s hung up without a greeting", host, port);
            return -EPROTO;
        }
        n_have += (size_t)n;
    }
    if (rtltcp_greeting_parse(oct, &t->greeting) == 0)
        return 0;
    (void)snprintf(err, err_cap,
                   "what listens at %.100s:%s is no rtl_tcp server: it does not begin with RTL0",
                   host, port);
    return -EPROTO;
}

static int send_command(struct live_source *src, enum rtltcp_command command, uint32_t value)
{
    struct rtltcp *t = src->state;
    uint8_t oct[RTLTCP_COMMAND_OCT];
    rtltcp_command_format(command, value, oct);
    for (size_t n_sent = 0; n_sent < sizeof oct;) {
        int rc = wait_fd(src, t->fd, POLLOUT, SEND_MS);
        if (rc == 0)
            rc = -ETIMEDOUT;
        if (rc < 0)
            return rc;
        ssize_t n = send(t->fd, oct + n_sent, sizeof oct - n_sent, MSG_NOSIGNAL);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return -errno;
        n_sent += n > 0 ? (size_t)n : 0;
    }
    return 0;
}

/* What does not change while it runs. */
static int send_setup(struct live_source *src)
{
    struct rtltcp *t = src->state;
    int rc = send_command(src, RTLTCP_GAIN_MODE, 1);
    if (rc == 0)
        rc = send_command(src, RTLTCP_AGC, 0);
    if (rc == 0 && src->spec.v4)
        rc = send_command(src, RTLTCP_TUNER_XTAL, TUNER_BLOG_V4_XTAL_HZ);
    if (rc == 0)
        rc = send_command(src, RTLTCP_RATE, t->setup.rate_hz);
    if (rc == 0 && t->setup.offset_tuning)
        rc = send_command(src, RTLTCP_OFFSET_TUNING, 1);
    if (rc == 0 && src->config.bias_tee)
        rc = send_command(src, RTLTCP_BIAS_TEE, 1);
    return rc;
}

static int rtltcp_connect(struct live_source *src, char *err, size_t err_cap)
{
    int rc = connect_any(src, err, err_cap);
    if (rc == 0)
        rc = read_greeting(src, err, err_cap);
    if (rc < 0)
        return rc;
    struct rtltcp *t = src->state;
    bool r828d = t->greeting.tuner == TUNER_R828D;
    t->setup = (struct tuner_setup){
        .type = t->greeting.tuner < N_TUNERS ? (enum tuner_type)t->greeting.tuner : TUNER_UNKNOWN,
        .rtl_xtal_hz = TUNER_RTL_XTAL_HZ,
        .tuner_xtal_hz = r828d && !src->spec.v4 ? TUNER_R828D_XTAL_HZ : TUNER_RTL_XTAL_HZ,
        .rate_hz = (uint32_t)llrint(src->config.rate_hz),
        .offset_tuning = t->greeting.tuner == TUNER_E4000};
    rc = send_setup(src);
    if (rc < 0)
        (void)snprintf(err, err_cap, "cannot send to rtl_tcp at %.100s:%s: %s", src->spec.host,
                       src->spec.port, strerror(-rc));
    return rc;
}

static void rtltcp_hang_up(struct rtltcp *t)
{
    if (t->fd >= 0)
        (void)close(t->fd);
    t->fd = -1;
}

static void fill_info(struct live_source *src)
{
    const struct rtltcp *t = src->state;
    const struct tuner *tuner = tuner_find(t->greeting.tuner);
    struct live_source_info *info = &src->info;
    (void)snprintf(info->name, sizeof info->name, "rtl_tcp %.30s:%s (%s)", src->spec.host,
                   src->spec.port, tuner->name);
    info->format = IQ_CU8;
    stream_set_tuner(src, tuner);
    if (t->greeting.tuner == TUNER_R828D && !src->spec.v4)
        live_add_note(src,
                      "the tuner is an R828D: if it is an RTL-SDR Blog V4 behind a server older "
                      "than librtlsdr 2.0, add ',v4' to the source, else it is tuned wrong");
}

static int rtltcp_open(struct live_source *src, char *err, size_t err_cap)
{
    struct rtltcp *t = calloc(1, sizeof *t);
    src->state = t;
    if (!t) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    t->fd = -1;
    int rc = stream_set_rate(src, TUNER_RTL_XTAL_HZ, err, err_cap);
    if (rc == 0)
        rc = resolve(src, err, err_cap);
    if (rc == 0)
        rc = rtltcp_connect(src, err, err_cap);
    if (rc == 0)
        fill_info(src);
    return rc;
}

static int rtltcp_reopen(struct live_source *src)
{
    struct rtltcp *t = src->state;
    char err[LIVE_ERR_CAP];
    uint32_t tuner = t->greeting.tuner;
    rtltcp_hang_up(t);
    int rc = rtltcp_connect(src, err, sizeof err);
    if (rc == 0 && t->greeting.tuner != tuner)
        rc = -EPROTO; /* another dongle: its ranges and gains would be wrong */
    if (rc < 0)
        t->greeting.tuner = tuner;
    return rc;
}

static int rtltcp_set_freq(struct live_source *src, double hz, double *ret_center_hz)
{
    struct rtltcp *t = src->state;
    uint32_t set_hz = tuner_choose_hz(&t->setup, hz, ret_center_hz);
    return send_command(src, RTLTCP_FREQ, set_hz);
}

static int rtltcp_set_gain(struct live_source *src, int gain_tenth_db)
{
    return send_command(src, RTLTCP_GAIN, (uint32_t)gain_tenth_db);
}

static int say_quiet(struct live_source *src)
{
    return stream_say_lost(src, -ENODEV, "rtl_tcp at %.100s:%s has stopped sending", src->spec.host,
                           src->spec.port);
}

static int rtltcp_run(struct live_source *src)
{
    struct rtltcp *t = src->state;
    int n_quiet = 0;
    while (!stream_stopping(src)) {
        int rc = wait_fd(src, t->fd, POLLIN, QUIET_MS);
        if (rc == -ECANCELED)
            return 0;
        if (rc == 0) {
            atomic_fetch_add(&src->n_stalls, 1);
            if (++n_quiet == 2)
                return say_quiet(src);
            continue;
        }
        ssize_t n = rc < 0 ? -1 : recv(t->fd, t->buf, sizeof t->buf, 0);
        if (n == 0)
            return stream_say_lost(src, -ENODEV, "rtl_tcp at %.100s:%s has hung up", src->spec.host,
                                   src->spec.port);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (n < 0)
            return stream_say_lost(src, -ENODEV, "the connection to rtl_tcp at %.100s:%s broke: %s",
                                   src->spec.host, src->spec.port, strerror(errno));
        n_quiet = 0;
        stream_push(src, t->buf, (size_t)n);
    }
    return 0;
}

static void rtltcp_close(struct live_source *src)
{
    struct rtltcp *t = src->state;
    if (!t)
        return;
    if (t->fd >= 0 && src->config.bias_tee) {
        atomic_store(&src->stopping, false); /* or the wait would give up at once */
        (void)send_command(src, RTLTCP_BIAS_TEE, 0);
    }
    rtltcp_hang_up(t);
    if (t->addresses)
        freeaddrinfo(t->addresses);
    free(t);
}

/* Settling: the transfer of 55 ms that the server has under way, and the way there. */
const struct live_kind live_kind_rtltcp = {.name = "rtl_tcp",
                                           .settle_s = 0.12,
                                           .loss_s = 5,
                                           .open = rtltcp_open,
                                           .set_freq = rtltcp_set_freq,
                                           .set_gain = rtltcp_set_gain,
                                           .run = rtltcp_run,
                                           .reopen = rtltcp_reopen,
                                           .close = rtltcp_close};
