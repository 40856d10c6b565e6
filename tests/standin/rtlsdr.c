/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A librtlsdr.so.0 without a dongle, for tests: the functions of librtlsdr 0.6.0 as its header
 * declares them, with what the real one gets wrong. See control.h for what it pretends. */
#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <rtl-sdr.h>

#include "air.h"
#include "control.h"
#include "oscillator.h"

#define RTL_XTAL_HZ 28800000u
#define TWO_22      4194304.0

enum state { INACTIVE, RUNNING, CANCELING };

struct rtlsdr_dev {
    const struct control_dongle *c;
    int slot; /* in control */
    pthread_mutex_t lock;
    struct air *air;
    uint32_t freq_hz, rate_hz, rtl_xtal_hz, tuner_xtal_hz, offset_hz;
    int gain_tenth_db, ppm, bias_tee;
    bool test_mode, lost, unlocked, retuned, streams;
    uint64_t settled_samp;
    enum state state;
    uint64_t samp; /* next one of the stream */
    int64_t start_ns;
    uint64_t start_samp; /* of the reading under way */
    float chunk[2 * AIR_CHUNK_SAMP];
    size_t n_chunk; /* samples of it not handed out yet */
    uint32_t random;
    uint8_t counter;
};

static struct {
    pthread_once_t once;
    pthread_mutex_t lock;
    struct control control;
    bool open[CONTROL_DONGLES_CAP], unplugged_before[CONTROL_DONGLES_CAP];
    bool stalled_before[CONTROL_DONGLES_CAP], to_front[CONTROL_DONGLES_CAP];
    int n_lost[CONTROL_DONGLES_CAP], n_pll_left[CONTROL_DONGLES_CAP];
    int64_t back_ns[CONTROL_DONGLES_CAP]; /* away until then; 0: there */
    int64_t begin_ns;
} world = {.once = PTHREAD_ONCE_INIT, .lock = PTHREAD_MUTEX_INITIALIZER};

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void nap_ns(int64_t ns)
{
    struct timespec t = {.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    if (ns > 0)
        nanosleep(&t, NULL);
}

static void begin(void)
{
    if (!control_read(&world.control))
        _Exit(99);
    world.begin_ns = now_ns();
    for (int i = 0; i < CONTROL_DONGLES_CAP; i++)
        world.n_pll_left[i] = world.control.dongle[i].n_pll_fails;
}

/* The slot of the index-th dongle that is plugged in, or -1; *ret_n is how many there are. */
static int find_slot(uint32_t index, uint32_t *ret_n)
{
    int found = -1;
    uint32_t n = 0;
    pthread_once(&world.once, begin);
    pthread_mutex_lock(&world.lock);
    for (int k = 0; k < 2 * world.control.n_dongles; k++) {
        int i = k % world.control.n_dongles;
        /* those that came back to a port before the others first, then the others */
        if (world.to_front[i] != (k < world.control.n_dongles))
            continue;
        if (world.back_ns[i] != 0 && now_ns() < world.back_ns[i])
            continue;
        world.back_ns[i] = 0;
        if (n++ == index)
            found = i;
    }
    pthread_mutex_unlock(&world.lock);
    if (ret_n)
        *ret_n = n;
    return found;
}

uint32_t rtlsdr_get_device_count(void)
{
    uint32_t n;
    find_slot(0, &n);
    return n;
}

const char *rtlsdr_get_device_name(uint32_t index)
{
    int slot = find_slot(index, NULL);
    return slot < 0 ? "" : world.control.dongle[slot].name;
}

static int copy_strings(const struct control_dongle *c, char *manufact, char *product, char *serial)
{
    if (manufact)
        snprintf(manufact, 256, "%s", c->manufacturer);
    if (product)
        snprintf(product, 256, "%s", c->product);
    if (serial)
        snprintf(serial, 256, "%s", c->serial);
    return 0;
}

int rtlsdr_get_device_usb_strings(uint32_t index, char *manufact, char *product, char *serial)
{
    int slot = find_slot(index, NULL);
    if (slot < 0)
        return -2;
    if (world.control.dongle[slot].open == OPEN_ACCESS)
        return -3; /* the strings are left as they are */
    return copy_strings(&world.control.dongle[slot], manufact, product, serial);
}

int rtlsdr_get_index_by_serial(const char *serial)
{
    char text[256];
    uint32_t n = rtlsdr_get_device_count();
    if (!serial)
        return -1;
    for (uint32_t i = 0; i < n; i++)
        if (rtlsdr_get_device_usb_strings(i, NULL, NULL, text) == 0 && strcmp(text, serial) == 0)
            return (int)i;
    return n == 0 ? -2 : -3;
}

int rtlsdr_open(rtlsdr_dev_t **ret, uint32_t index)
{
    char err[256] = "";
    int slot = find_slot(index, NULL);
    if (slot < 0)
        return -1;
    const struct control_dongle *c = &world.control.dongle[slot];
    if (c->open == OPEN_DRIVER)
        return 0; /* "Detaching kernel driver failed!", and no device */
    if (c->open == OPEN_ACCESS)
        return -3;
    pthread_mutex_lock(&world.lock);
    bool busy = world.open[slot] || c->open == OPEN_BUSY;
    world.open[slot] = world.open[slot] || !busy;
    pthread_mutex_unlock(&world.lock);
    if (busy)
        return -6;
    struct rtlsdr_dev *dev = calloc(1, sizeof(*dev));
    if (!dev || air_open(&dev->air, world.control.air[0] ? world.control.air : NULL, err,
                         sizeof(err)) != 0) {
        fprintf(stderr, "stand-in: %s\n", err);
        _Exit(99);
    }
    pthread_mutex_init(&dev->lock, NULL);
    dev->c = c;
    dev->slot = slot;
    dev->rtl_xtal_hz = RTL_XTAL_HZ;
    dev->tuner_xtal_hz = c->tuner == RTLSDR_TUNER_R828D ? 16000000 : RTL_XTAL_HZ;
    dev->random = 1;
    dev->retuned = true;
    *ret = dev;
    return 0;
}

int rtlsdr_close(rtlsdr_dev_t *dev)
{
    if (!dev)
        return -1;
    for (;;) {
        pthread_mutex_lock(&dev->lock);
        bool idle = dev->state == INACTIVE || dev->lost;
        pthread_mutex_unlock(&dev->lock);
        if (idle)
            break;
        nap_ns(1000000);
    }
    if (dev->bias_tee)
        fprintf(stderr, "stand-in: closed with the bias tee on\n");
    pthread_mutex_lock(&world.lock);
    world.open[dev->slot] = false;
    pthread_mutex_unlock(&world.lock);
    air_close(dev->air);
    pthread_mutex_destroy(&dev->lock);
    free(dev);
    return 0;
}

int rtlsdr_set_xtal_freq(rtlsdr_dev_t *dev, uint32_t rtl_freq, uint32_t tuner_freq)
{
    if (!dev)
        return -1;
    if (rtl_freq > 0 && (rtl_freq < RTL_XTAL_HZ - 1000 || rtl_freq > RTL_XTAL_HZ + 1000))
        return -2;
    if (rtl_freq > 0)
        dev->rtl_xtal_hz = rtl_freq;
    dev->tuner_xtal_hz = tuner_freq ? tuner_freq : dev->rtl_xtal_hz;
    return dev->freq_hz ? rtlsdr_set_center_freq(dev, dev->freq_hz) : 0;
}

int rtlsdr_get_xtal_freq(rtlsdr_dev_t *dev, uint32_t *rtl_freq, uint32_t *tuner_freq)
{
    if (!dev)
        return -1;
    if (rtl_freq)
        *rtl_freq = dev->rtl_xtal_hz;
    if (tuner_freq)
        *tuner_freq = dev->tuner_xtal_hz;
    return 0;
}

int rtlsdr_get_usb_strings(rtlsdr_dev_t *dev, char *manufact, char *product, char *serial)
{
    return dev ? copy_strings(dev->c, manufact, product, serial) : -1;
}

/* Where the middle of the window really is; 0 when the tuner cannot go there. */
static double true_hz(const struct rtlsdr_dev *dev, uint32_t hz)
{
    const struct oscillator o = {.tuner = dev->c->tuner,
                                 .real_xtal_hz = dev->c->xtal_hz,
                                 .said_xtal_hz = dev->tuner_xtal_hz,
                                 .rate_hz = dev->rate_hz,
                                 .offset_hz = dev->offset_hz};
    return oscillator_hz(&o, hz);
}

int rtlsdr_set_center_freq(rtlsdr_dev_t *dev, uint32_t freq)
{
    if (!dev || dev->c->tuner == 0)
        return -1;
    pthread_mutex_lock(&dev->lock);
    int rc = dev->lost || !(true_hz(dev, freq) > 0) ? -1 : 0;
    dev->freq_hz = rc == 0 ? freq : 0;
    bool there = freq >= dev->c->pll_from_hz && freq <= dev->c->pll_to_hz;
    bool still = there && dev->unlocked; /* it must be set elsewhere before it tries anew */
    dev->unlocked = still || (there && world.n_pll_left[dev->slot] > 0);
    if (dev->unlocked && !still)
        world.n_pll_left[dev->slot]--;
    if (dev->unlocked && dev->c->tuner == RTLSDR_TUNER_E4000)
        rc = -1;
    dev->retuned = true;
    pthread_mutex_unlock(&dev->lock);
    return rc;
}

uint32_t rtlsdr_get_center_freq(rtlsdr_dev_t *dev)
{
    return dev ? dev->freq_hz : 0;
}

int rtlsdr_set_freq_correction(rtlsdr_dev_t *dev, int ppm)
{
    if (!dev)
        return -1;
    if (dev->ppm == ppm)
        return -2;
    dev->ppm = ppm;
    return 0;
}

int rtlsdr_get_freq_correction(rtlsdr_dev_t *dev)
{
    return dev ? dev->ppm : 0;
}

enum rtlsdr_tuner rtlsdr_get_tuner_type(rtlsdr_dev_t *dev)
{
    return dev ? (enum rtlsdr_tuner)dev->c->tuner : RTLSDR_TUNER_UNKNOWN;
}

int rtlsdr_get_tuner_gains(rtlsdr_dev_t *dev, int *gains)
{
    const int *list = NULL;
    if (!dev)
        return -1;
    int n = control_gains(dev->c->tuner, &list);
    if (gains)
        memcpy(gains, list, (size_t)n * sizeof(*list));
    return n;
}

int rtlsdr_set_tuner_gain(rtlsdr_dev_t *dev, int gain)
{
    if (!dev || dev->lost)
        return -1;
    pthread_mutex_lock(&dev->lock);
    dev->gain_tenth_db = gain;
    pthread_mutex_unlock(&dev->lock);
    return 0;
}

int rtlsdr_get_tuner_gain(rtlsdr_dev_t *dev)
{
    return dev ? dev->gain_tenth_db : 0;
}

int rtlsdr_set_sample_rate(rtlsdr_dev_t *dev, uint32_t rate)
{
    if (!dev)
        return -1;
    if (rate <= 225000 || rate > 3200000 || (rate > 300000 && rate <= 900000))
        return -EINVAL;
    pthread_mutex_lock(&dev->lock);
    dev->rate_hz = rate;
    dev->retuned = true;
    pthread_mutex_unlock(&dev->lock);
    return 0;
}

uint32_t rtlsdr_get_sample_rate(rtlsdr_dev_t *dev)
{
    return dev ? dev->rate_hz : 0;
}

int rtlsdr_set_testmode(rtlsdr_dev_t *dev, int on)
{
    if (!dev)
        return -1;
    dev->test_mode = on != 0;
    return 0;
}

int rtlsdr_set_offset_tuning(rtlsdr_dev_t *dev, int on)
{
    if (!dev)
        return -1;
    if (dev->c->tuner >= RTLSDR_TUNER_R820T)
        return -2;
    dev->offset_hz = on ? dev->rate_hz / 2 * 170 / 100 : 0;
    return dev->freq_hz ? rtlsdr_set_center_freq(dev, dev->freq_hz) : 0;
}

int rtlsdr_get_offset_tuning(rtlsdr_dev_t *dev)
{
    return dev ? dev->offset_hz != 0 : -1;
}

int rtlsdr_set_bias_tee_gpio(rtlsdr_dev_t *dev, int gpio, int on)
{
    (void)gpio;
    if (!dev)
        return -1;
    dev->bias_tee = on;
    return 0;
}

int rtlsdr_set_bias_tee(rtlsdr_dev_t *dev, int on)
{
    return rtlsdr_set_bias_tee_gpio(dev, 0, on);
}

static float some_noise(struct rtlsdr_dev *dev, float peak)
{
    dev->random = dev->random * 1664525u + 1013904223u;
    return peak * ((float)(dev->random >> 8) / 8388608.0f - 1.0f);
}

/* Samples of now, for the frequency of now. Called with the lock held. */
static void next_chunk(struct rtlsdr_dev *dev)
{
    char err[256] = "";
    if (dev->retuned) {
        double ratio = trunc(dev->rtl_xtal_hz * TWO_22 / dev->rate_hz / 4) * 4;
        double rate_hz = dev->rtl_xtal_hz * TWO_22 / ratio;
        if (air_tune(dev->air, dev->freq_hz ? true_hz(dev, dev->freq_hz) : 1e6, rate_hz, dev->samp,
                     err, sizeof(err)) != 0) {
            fprintf(stderr, "stand-in: %s\n", err);
            _Exit(99);
        }
        if (world.control.loud && dev->freq_hz)
            fprintf(stderr, "stand-in: tuned to %.6f MHz\n", true_hz(dev, dev->freq_hz) / 1e6);
        dev->settled_samp = dev->samp + (uint64_t)(dev->c->settle_ms * 1e-3 * rate_hz);
        dev->retuned = false;
    }
    air_fill(dev->air, dev->chunk);
    dev->n_chunk = AIR_CHUNK_SAMP;
}

static uint8_t octet_of(struct rtlsdr_dev *dev, float x, float gain)
{
    if (dev->samp < dev->settled_samp)
        return (uint8_t)(127.5f + some_noise(dev, 100.0f));
    if (dev->unlocked || dev->freq_hz == 0)
        return (uint8_t)(127.4f + some_noise(dev, 0.2f));
    float v = floorf(127.5f * (1.0f + gain * x) + 0.5f);
    return (uint8_t)(v < 0.0f ? 0.0f : v > 255.0f ? 255.0f : v);
}

static void fill(struct rtlsdr_dev *dev, uint8_t *buf, uint32_t n_oct)
{
    pthread_mutex_lock(&dev->lock);
    float gain = (float)pow(10, (dev->gain_tenth_db / 10.0 - dev->c->gain_ref_db) / 20);
    for (uint32_t i = 0; i + 1 < n_oct; i += 2) {
        if (dev->test_mode) {
            buf[i] = dev->counter++;
            buf[i + 1] = dev->counter++;
        } else {
            if (dev->n_chunk == 0 || dev->retuned)
                next_chunk(dev);
            const float *x = dev->chunk + 2 * (AIR_CHUNK_SAMP - dev->n_chunk--);
            buf[i] = octet_of(dev, x[0], gain);
            buf[i + 1] = octet_of(dev, x[1], gain);
        }
        dev->samp++;
    }
    pthread_mutex_unlock(&dev->lock);
}

static double stream_s(const struct rtlsdr_dev *dev)
{
    return (double)dev->samp / dev->rate_hz;
}

static bool is_canceled(struct rtlsdr_dev *dev)
{
    pthread_mutex_lock(&dev->lock);
    bool canceled = dev->state == CANCELING;
    pthread_mutex_unlock(&dev->lock);
    return canceled;
}

/* Nothing comes. True: the reading shall end. */
static bool stall(struct rtlsdr_dev *dev)
{
    int64_t until =
        dev->c->stall_for_s > 0 ? now_ns() + (int64_t)(dev->c->stall_for_s * 1e9) : INT64_MAX;
    world.stalled_before[dev->slot] = true;
    while (now_ns() < until) {
        if (is_canceled(dev) && !dev->c->cancel_hangs)
            return true;
        nap_ns(5000000);
    }
    return false;
}

static void unplug(struct rtlsdr_dev *dev)
{
    double for_s = dev->c->unplug_for_s;
    pthread_mutex_lock(&world.lock);
    world.unplugged_before[dev->slot] = true;
    world.to_front[dev->slot] = dev->c->back_first;
    world.back_ns[dev->slot] = for_s > 0 ? now_ns() + (int64_t)(for_s * 1e9) : INT64_MAX;
    pthread_mutex_unlock(&world.lock);
    pthread_mutex_lock(&dev->lock);
    dev->lost = true;
    pthread_mutex_unlock(&dev->lock);
}

/* Waits for the time of the last sample of the transfer. False: canceled meanwhile. */
static bool wait_due(struct rtlsdr_dev *dev)
{
    double s = (double)(dev->samp - dev->start_samp) / dev->rate_hz / world.control.speed;
    int64_t due = dev->start_ns + (int64_t)(s * 1e9);
    for (;;) {
        int64_t left = due - now_ns();
        if (is_canceled(dev))
            return false;
        if (left <= 0)
            return true;
        nap_ns(left < 10000000 ? left : 10000000);
    }
}

/* A transfer that is lost: its samples are taken, nobody gets them. */
static bool is_lost(struct rtlsdr_dev *dev)
{
    int i = world.n_lost[dev->slot];
    if (i >= dev->c->n_losses || stream_s(dev) < dev->c->lose_at_s[i])
        return false;
    static __thread int n;
    if (++n < dev->c->lose_n[i])
        return true;
    n = 0;
    world.n_lost[dev->slot]++;
    return true;
}

static int read_loop(struct rtlsdr_dev *dev, rtlsdr_read_async_cb_t cb, void *ctx, uint8_t *buf,
                     uint32_t n_oct)
{
    while (!is_canceled(dev)) {
        if (dev->c->unplug_at_s >= 0 && !world.unplugged_before[dev->slot] &&
            stream_s(dev) >= dev->c->unplug_at_s) {
            unplug(dev);
            return -4;
        }
        if (dev->c->stall_at_s >= 0 && !world.stalled_before[dev->slot] &&
            stream_s(dev) >= dev->c->stall_at_s && stall(dev))
            return 0;
        fill(dev, buf, n_oct);
        if (!wait_due(dev))
            return 0;
        if (!is_lost(dev))
            cb(buf, n_oct, ctx);
    }
    return 0;
}

int rtlsdr_read_async(rtlsdr_dev_t *dev, rtlsdr_read_async_cb_t cb, void *ctx, uint32_t buf_num,
                      uint32_t buf_len)
{
    (void)buf_num;
    uint32_t n_oct = buf_len > 0 && buf_len % 512 == 0 ? buf_len : 16 * 32 * 512;
    if (!dev)
        return -1;
    uint8_t *buf = malloc(n_oct);
    pthread_mutex_lock(&dev->lock);
    bool idle = dev->state == INACTIVE && buf;
    if (idle) {
        /* frame numbers go on while nobody reads, also over opening and closing */
        double s = (double)(now_ns() - world.begin_ns) * 1e-9 * world.control.speed;
        dev->state = RUNNING;
        dev->start_ns = now_ns();
        dev->samp = (uint64_t)(s * dev->rate_hz);
        dev->start_samp = dev->samp;
        dev->retuned = true;
    }
    pthread_mutex_unlock(&dev->lock);
    if (!idle) {
        free(buf);
        return -2;
    }
    int rc = read_loop(dev, cb, ctx, buf, n_oct);
    free(buf);
    pthread_mutex_lock(&dev->lock);
    dev->state = INACTIVE;
    pthread_mutex_unlock(&dev->lock);
    return rc;
}

int rtlsdr_wait_async(rtlsdr_dev_t *dev, rtlsdr_read_async_cb_t cb, void *ctx)
{
    return rtlsdr_read_async(dev, cb, ctx, 0, 0);
}

int rtlsdr_read_sync(rtlsdr_dev_t *dev, void *buf, int len, int *n_read)
{
    if (!dev)
        return -1;
    fill(dev, buf, (uint32_t)len);
    *n_read = len;
    return 0;
}

int rtlsdr_cancel_async(rtlsdr_dev_t *dev)
{
    if (!dev)
        return -1;
    pthread_mutex_lock(&dev->lock);
    int rc = dev->state == RUNNING ? 0 : -2;
    if (rc == 0)
        dev->state = CANCELING;
    pthread_mutex_unlock(&dev->lock);
    return rc;
}
