/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rtlsdr[:INDEX|:serial=S] - a dongle through librtlsdr 0.6.0 or later.
 *
 * rtlsdr_read_async() blocks a thread of its own, the reader; the capture thread watches it, for
 * transfers may just stop coming, and rtlsdr_cancel_async() only asks. A reader that does not come
 * back is left behind with its device: whatever it still hands in is not taken. */
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rtl-sdr.h>

#include "hw/dongle.h"
#include "live_kind.h"

#define TRANSFER_OCT 32768      /* 6.8 ms at 2.4 MS/s: little is thrown away after a tune */
#define N_TRANSFERS  32         /* 0.2 s; 1 MiB of the 16 MiB that usbfs gives to all */
#define PARK_HZ      900000000u /* within reach of every tuner */
#define LOOK_MS      100
#define QUIET_LOOKS  20 /* 2 s without a transfer are a stall */
#define LET_GO_LOOKS 20 /* 2 s for the reader to come back */
#define STALLS_MAX   2  /* in a row */

/* Shared with the reader; freed by whoever is last. */
struct reader {
    pthread_mutex_t lock;
    struct live_source *src; /* NULL: left behind */
    rtlsdr_dev_t *dev;
    uint64_t n_transfers;
    bool finished;
};

struct rtlsdr {
    rtlsdr_dev_t *dev;
    struct reader *reader; /* while one runs */
    pthread_t thread;
    bool left_behind; /* the reader did not come back: the device is its own now */
    char serial[DONGLE_TEXT_CAP];
    int index;
    bool unique_serial;
    struct tuner_setup setup;
};

static void on_transfer(unsigned char *buf, uint32_t n_oct, void *ctx)
{
    struct reader *r = ctx;
    (void)pthread_mutex_lock(&r->lock);
    r->n_transfers++;
    if (r->src)
        stream_push(r->src, buf, n_oct);
    (void)pthread_mutex_unlock(&r->lock);
}

static void free_reader(struct reader *r)
{
    (void)pthread_mutex_destroy(&r->lock);
    free(r);
}

static void *reader_main(void *ctx)
{
    struct reader *r = ctx;
    (void)rtlsdr_read_async(r->dev, on_transfer, r, N_TRANSFERS, TRANSFER_OCT);
    (void)pthread_mutex_lock(&r->lock);
    r->finished = true;
    bool left_behind = r->src == NULL;
    (void)pthread_mutex_unlock(&r->lock);
    if (left_behind)
        free_reader(r); /* the device is not closed: it has shown that this may hang */
    return NULL;
}

static int start_reader(struct live_source *src)
{
    struct rtlsdr *d = src->state;
    struct reader *r = calloc(1, sizeof *r);
    if (!r)
        return -ENOMEM;
    (void)pthread_mutex_init(&r->lock, NULL);
    r->src = src;
    r->dev = d->dev;
    (void)rtlsdr_reset_buffer(d->dev);
    int rc = -pthread_create(&d->thread, NULL, reader_main, r); /* signals are blocked here */
    if (rc < 0)
        free_reader(r);
    else
        d->reader = r;
    return rc;
}

static bool reader_finished(struct reader *r, uint64_t *ret_n_transfers)
{
    (void)pthread_mutex_lock(&r->lock);
    bool finished = r->finished;
    *ret_n_transfers = r->n_transfers;
    (void)pthread_mutex_unlock(&r->lock);
    return finished;
}

static void look_later(void)
{
    struct timespec t = {.tv_nsec = LOOK_MS * 1000000};
    (void)nanosleep(&t, NULL);
}

static void join_reader(struct rtlsdr *d)
{
    (void)pthread_join(d->thread, NULL);
    free_reader(d->reader);
    d->reader = NULL;
}

/* Asks the reader to end. 0; -ENOTRECOVERABLE when it does not: then it is left behind. */
static int stop_reader(struct rtlsdr *d)
{
    uint64_t n;
    (void)rtlsdr_cancel_async(d->dev);
    for (int i = 0; i < LET_GO_LOOKS && !reader_finished(d->reader, &n); i++) {
        look_later();
        (void)rtlsdr_cancel_async(d->dev); /* one that came before the reading began was not seen */
    }
    (void)pthread_mutex_lock(&d->reader->lock);
    bool finished = d->reader->finished;
    if (!finished)
        d->reader->src = NULL;
    (void)pthread_mutex_unlock(&d->reader->lock);
    if (finished) {
        join_reader(d);
        return 0;
    }
    (void)pthread_detach(d->thread);
    d->reader = NULL;
    d->left_behind = true;
    return -ENOTRECOVERABLE;
}

/* Until the reader ends (-ENODEV), is told to (0), or nothing comes for 2 s (-ETIMEDOUT). */
static int watch_reader(struct live_source *src, uint64_t *ret_n_transfers)
{
    struct rtlsdr *d = src->state;
    int n_quiet = 0;
    uint64_t n_before = 0;
    while (n_quiet < QUIET_LOOKS) {
        if (stream_stopping(src))
            return 0;
        if (reader_finished(d->reader, ret_n_transfers))
            return -ENODEV;
        n_quiet = *ret_n_transfers == n_before ? n_quiet + 1 : 0;
        n_before = *ret_n_transfers;
        look_later();
    }
    return -ETIMEDOUT;
}

static int rtlsdr_run(struct live_source *src)
{
    struct rtlsdr *d = src->state;
    for (int n_stalls = 0; n_stalls < STALLS_MAX;) {
        uint64_t n_transfers = 0;
        int rc = start_reader(src);
        if (rc < 0)
            return stream_say_lost(src, rc, "cannot read the dongle: %s", strerror(-rc));
        rc = watch_reader(src, &n_transfers);
        if (rc == -ENODEV) {
            join_reader(d);
            return stream_say_lost(src, -ENODEV,
                                   "the dongle was unplugged, or its USB connection broke");
        }
        if (rc == -ETIMEDOUT)
            atomic_fetch_add(&src->n_stalls, 1);
        if (stop_reader(d) < 0)
            return stream_say_lost(src, -ENOTRECOVERABLE,
                                   "the dongle sends nothing and its driver does not let go: plug "
                                   "it in again and start anew");
        if (rc == 0)
            return 0;
        live_add_note(src, "no samples came for 2 s: reading was started again");
        n_stalls = n_transfers > 0 ? 1 : n_stalls + 1;
    }
    return stream_say_lost(src, -ENODEV,
                           "the dongle sends no samples: plug it in again, at another port; hubs, "
                           "long cables and heat are the usual causes");
}

/* Everything but frequency and gain. */
static int set_up(struct live_source *src, const struct dongle *strings, char *err, size_t err_cap)
{
    struct rtlsdr *d = src->state;
    enum rtlsdr_tuner type = rtlsdr_get_tuner_type(d->dev);
    uint32_t rate_hz = (uint32_t)llrint(src->config.rate_hz);
    if (type == RTLSDR_TUNER_UNKNOWN || (unsigned)type >= N_TUNERS) {
        (void)snprintf(
            err, err_cap,
            "the tuner of dongle %d is not recognised: plug it in again; if it stays so, "
            "it is broken or of an unknown kind",
            d->index);
        return -ENODEV;
    }
    if (dongle_is_blog_v4(strings->manufacturer, strings->product))
        (void)rtlsdr_set_xtal_freq(d->dev, TUNER_RTL_XTAL_HZ, TUNER_BLOG_V4_XTAL_HZ);
    d->setup = (struct tuner_setup){.type = (enum tuner_type)type, .rate_hz = rate_hz};
    (void)rtlsdr_get_xtal_freq(d->dev, &d->setup.rtl_xtal_hz, &d->setup.tuner_xtal_hz);
    (void)rtlsdr_set_center_freq(d->dev, PARK_HZ); /* setting the rate sets the frequency again */
    int rc = rtlsdr_set_sample_rate(d->dev, rate_hz);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "dongle %d refuses %.6g MS/s", d->index, rate_hz / 1e6);
        return -EINVAL;
    }
    (void)rtlsdr_set_tuner_gain_mode(d->dev, 1);
    (void)rtlsdr_set_agc_mode(d->dev, 0);
    if (d->setup.type == TUNER_E4000) /* zero IF: keeps the spike out of the window */
        d->setup.offset_tuning = rtlsdr_set_offset_tuning(d->dev, 1) == 0;
    if (src->config.bias_tee)
        (void)rtlsdr_set_bias_tee(d->dev, 1);
    return 0;
}

static void close_device(struct live_source *src)
{
    struct rtlsdr *d = src->state;
    if (!d->dev || d->left_behind)
        return;
    if (src->config.bias_tee)
        (void)rtlsdr_set_bias_tee(d->dev, 0); /* it would stay on */
    (void)rtlsdr_close(d->dev);
    d->dev = NULL;
}

static int open_index(struct live_source *src, int index, char *err, size_t err_cap)
{
    struct rtlsdr *d = src->state;
    struct dongle strings = {0};
    d->dev = NULL;
    d->index = index;
    int rc = rtlsdr_open(&d->dev, (uint32_t)index);
    rc = dongle_open_error(rc, d->dev != NULL, index, err, err_cap);
    if (rc < 0) {
        d->dev = NULL;
        return rc;
    }
    (void)rtlsdr_get_usb_strings(d->dev, strings.manufacturer, strings.product, strings.serial);
    rc = set_up(src, &strings, err, err_cap);
    if (rc < 0)
        close_device(src);
    else
        memcpy(d->serial, strings.serial, sizeof d->serial);
    return rc;
}

static int count_serial(const char *serial)
{
    struct dongle list[DONGLE_CAP];
    int n = dongle_list(list, DONGLE_CAP), n_same = 0;
    for (int i = 0; i < n && i < DONGLE_CAP; i++)
        n_same += list[i].readable && strcmp(list[i].serial, serial) == 0;
    return n_same;
}

static int rtlsdr_open_source(struct live_source *src, char *err, size_t err_cap)
{
    struct rtlsdr *d = calloc(1, sizeof *d);
    src->state = d;
    if (!d) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    int rc = stream_set_rate(src, TUNER_RTL_XTAL_HZ, err, err_cap);
    if (rc == 0)
        rc = dongle_find(&src->spec, err, err_cap);
    int index = rc;
    if (rc >= 0)
        rc = open_index(src, index, err, err_cap);
    if (rc < 0)
        return rc;
    d->unique_serial = d->serial[0] != '\0' && count_serial(d->serial) <= 1;
    const struct tuner *tuner = tuner_find(d->setup.type);
    struct live_source_info *info = &src->info;
    (void)snprintf(info->name, sizeof info->name, "RTL-SDR %s", tuner->name);
    (void)snprintf(info->serial, sizeof info->serial, "%.63s", d->serial);
    info->format = IQ_CU8;
    stream_set_tuner(src, tuner);
    return 0;
}

/* The same dongle, wherever it is plugged in now. */
static int rtlsdr_reopen(struct live_source *src)
{
    struct rtlsdr *d = src->state;
    char err[LIVE_ERR_CAP];
    struct live_spec same = src->spec;
    enum tuner_type type = d->setup.type;
    close_device(src);
    if (d->unique_serial)
        (void)snprintf(same.serial, sizeof same.serial, "%s", d->serial);
    else if (same.index < 0 && !same.serial[0])
        same.index = d->index;
    int index = dongle_find(&same, err, sizeof err);
    int rc = index < 0 ? index : open_index(src, index, err, sizeof err);
    if (rc == 0 && d->setup.type != type) {
        close_device(src); /* another kind: its ranges and gains would be wrong */
        rc = -ENODEV;
    }
    return rc;
}

static int rtlsdr_set_freq(struct live_source *src, double hz, double *ret_center_hz)
{
    struct rtlsdr *d = src->state;
    if (!d->dev)
        return -ENODEV;
    int rc = rtlsdr_set_center_freq(d->dev, tuner_choose_hz(&d->setup, hz, ret_center_hz));
    if (rc == 0)
        return 0;
    /* the E4000's driver looks for the lock itself, that of the R820T does not tell */
    return d->setup.type == TUNER_E4000 ? -EAGAIN : -EIO;
}

static int rtlsdr_set_gain(struct live_source *src, int gain_tenth_db)
{
    struct rtlsdr *d = src->state;
    if (!d->dev)
        return -ENODEV;
    return rtlsdr_set_tuner_gain(d->dev, gain_tenth_db) < 0 ? -EIO : 0;
}

static void rtlsdr_close_source(struct live_source *src)
{
    struct rtlsdr *d = src->state;
    if (!d)
        return;
    close_device(src);
    free(d);
}

/* Settling: the oscillator locks within 1 ms, its writes over I2C take 10 ms more or less. */
const struct live_kind live_kind_rtlsdr = {.name = "rtlsdr",
                                           .settle_s = 0.015,
                                           .loss_s = 2,
                                           .open = rtlsdr_open_source,
                                           .set_freq = rtlsdr_set_freq,
                                           .set_gain = rtlsdr_set_gain,
                                           .run = rtlsdr_run,
                                           .reopen = rtlsdr_reopen,
                                           .close = rtlsdr_close_source};
