/* SPDX-License-Identifier: GPL-3.0-or-later */
/* standin-rtl-tcp [PORT [FILE RATE]] - serves a dongle as rtl_tcp does, one program after the
 * other, on the loopback only; prints the port it listens on. Linked to the stand-in library, so
 * that scans over a network are tested without a dongle and without the package rtl-sdr. With FILE
 * its octets are sent instead, once and at their pace, and noise before and behind them. */
#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <rtl-sdr.h>

#define LEAD_S 2.0 /* of noise behind a tune, before the recording begins */

static rtlsdr_dev_t *dev;
static int call_fd;
static atomic_bool broken, tuned;
static const char *file;
static double file_rate_hz;

/* Waits for the network: a server in tests loses nothing of its own. */
static void on_transfer(unsigned char *buf, uint32_t n_oct, void *ctx)
{
    (void)ctx;
    for (uint32_t i = 0; i < n_oct && !atomic_load(&broken);) {
        struct pollfd p = {.fd = call_fd, .events = POLLOUT};
        if (poll(&p, 1, 100) <= 0)
            continue;
        ssize_t n = send(call_fd, buf + i, n_oct - i, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno != EAGAIN)
            atomic_store(&broken, true);
        i += n > 0 ? (uint32_t)n : 0;
    }
    if (atomic_load(&broken))
        rtlsdr_cancel_async(dev);
}

/* Octets of a recording at RATE samples a second; before and behind it noise, the first of which a
 * tune throws away. */
static void play(void)
{
    static unsigned char buf[16384];
    struct timespec start, t;
    double n_sent = 0, n_begin = INFINITY;
    FILE *f = fopen(file, "rb");
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (f && !atomic_load(&broken)) {
        if (atomic_exchange(&tuned, false))
            n_begin = n_sent + LEAD_S * 2 * file_rate_hz;
        size_t n = n_sent < n_begin ? 0 : fread(buf, 1, sizeof(buf), f);
        for (; n < sizeof(buf); n++)
            buf[n] = (unsigned char)(124 + rand() % 8);
        on_transfer(buf, sizeof(buf), NULL);
        n_sent += sizeof(buf);
        double due_s =
            (double)start.tv_sec + 1e-9 * (double)start.tv_nsec + n_sent / (2 * file_rate_hz);
        t.tv_sec = (time_t)due_s;
        t.tv_nsec = (long)((due_s - (double)t.tv_sec) * 1e9);
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    }
    if (f)
        fclose(f);
}

static void *read_main(void *ctx)
{
    (void)ctx;
    if (file)
        play();
    else
        rtlsdr_read_async(dev, on_transfer, NULL, 15, 65536);
    shutdown(call_fd, SHUT_RDWR);
    return NULL;
}

static void obey(const uint8_t c[5])
{
    uint32_t x = (uint32_t)c[1] << 24 | (uint32_t)c[2] << 16 | (uint32_t)c[3] << 8 | c[4];
    switch (c[0]) {
    case 0x01:
        atomic_store(&tuned, true);
        rtlsdr_set_center_freq(dev, x);
        break;
    case 0x02:
        rtlsdr_set_sample_rate(dev, x);
        break;
    case 0x04:
        rtlsdr_set_tuner_gain(dev, (int)x);
        break;
    case 0x0a:
        rtlsdr_set_offset_tuning(dev, (int)x);
        break;
    case 0x0c:
        rtlsdr_set_xtal_freq(dev, 0, x);
        break;
    case 0x0e:
        rtlsdr_set_bias_tee(dev, (int)x);
        break;
    default:
        break;
    }
}

static void serve(void)
{
    pthread_t thread;
    uint8_t greeting[12] = "RTL0", command[5];
    size_t n_have = 0;
    ssize_t n;
    greeting[7] = (uint8_t)rtlsdr_get_tuner_type(dev);
    greeting[11] = (uint8_t)rtlsdr_get_tuner_gains(dev, NULL);
    atomic_store(&broken, false);
    if (send(call_fd, greeting, 12, MSG_NOSIGNAL) != 12 ||
        pthread_create(&thread, NULL, read_main, NULL) != 0)
        return;
    while ((n = recv(call_fd, command + n_have, 5 - n_have, 0)) > 0) {
        n_have += (size_t)n;
        if (n_have == 5) {
            obey(command);
            n_have = 0;
        }
    }
    atomic_store(&broken, true);
    rtlsdr_cancel_async(dev);
    pthread_join(thread, NULL);
}

int main(int argc, char **argv)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(a);
    int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 0));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(fd, 1) < 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) < 0) {
        perror("standin-rtl-tcp");
        return 1;
    }
    if (rtlsdr_open(&dev, 0) != 0 || !dev) {
        fprintf(stderr, "standin-rtl-tcp: no dongle\n");
        return 1;
    }
    if (argc > 3) {
        file = argv[2];
        file_rate_hz = atof(argv[3]);
    }
    rtlsdr_set_sample_rate(dev, 2048000);
    rtlsdr_set_center_freq(dev, 100000000);
    printf("%d\n", ntohs(a.sin_port));
    fflush(stdout);
    while ((call_fd = accept(fd, NULL, NULL)) >= 0) {
        serve();
        close(call_fd);
    }
    return 0;
}
