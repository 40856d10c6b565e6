/* SPDX-License-Identifier: GPL-3.0-or-later */
/* WAV as SDR programs write it: RIFF whose sizes may be wrong beyond 4 GiB, RF64, BW64. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/utc.h"
#include "hw/iq_layout.h"

enum { FORMAT_PCM = 1, FORMAT_FLOAT = 3, FORMAT_EXTENSIBLE = 0xfffe };

/* Two SYSTEMTIMEs, then the centre frequency. */
#define AUXI_MIN_OCT   36
#define SYSTEMTIME_OCT 16
/* Chunks behind the samples that a walk to the end of the file looks at. */
#define TAIL_CHUNKS 64

struct wav {
    struct iq_layout *ret;
    const uint8_t *head;
    size_t n_head;
    uint64_t length;
    const struct iq_peek *peek;
    const char *name;
    char *err;
    size_t err_cap;
    uint64_t data_oct64; /* of ds64; 0: none */
    bool has_format;
    unsigned frame_oct;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct wav *w, const char *fmt, ...)
{
    va_list ap;
    int n = snprintf(w->err, w->err_cap, "'%s' is a WAV file ", w->name);
    size_t used = n < 0 ? 0 : (size_t)n < w->err_cap ? (size_t)n : w->err_cap;
    va_start(ap, fmt);
    (void)vsnprintf(w->err + used, w->err_cap - used, fmt, ap);
    va_end(ap);
    return -EINVAL;
}

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const uint8_t *p)
{
    return (uint64_t)get32(p) | (uint64_t)get32(p + 4) << 32;
}

bool iq_layout_is_wav(const uint8_t *head, size_t n_oct)
{
    return n_oct >= 12 &&
           (memcmp(head, "RIFF", 4) == 0 || memcmp(head, "RF64", 4) == 0 ||
            memcmp(head, "BW64", 4) == 0) &&
           memcmp(head + 8, "WAVE", 4) == 0;
}

static int take_format(struct wav *w, const uint8_t *p, size_t n)
{
    if (n < 16)
        return refuse(w, "whose fmt chunk is too short");
    unsigned tag = get16(p), channels = get16(p + 2), bits = get16(p + 14);
    if (tag == FORMAT_EXTENSIBLE && n >= 26)
        tag = get16(p + 24);
    if (tag != FORMAT_PCM && tag != FORMAT_FLOAT)
        return refuse(w, "of kind %u: only plain samples (1) and floats (3) are read", tag);
    if (channels != 2)
        return refuse(w, "with %u channel%s: IQ needs two, I and Q", channels,
                      channels == 1 ? "" : "s");
    if (tag == FORMAT_PCM && bits == 8)
        w->ret->format = IQ_CU8;
    else if (tag == FORMAT_PCM && bits == 16)
        w->ret->format = IQ_CS16;
    else if (tag == FORMAT_FLOAT && bits == 32)
        w->ret->format = IQ_CF32;
    else
        return refuse(w, "with %u bits a value: convert it to 16 bits, 8 bits or 32-bit floats",
                      bits);
    w->ret->rate_hz = get32(p + 4);
    w->frame_oct = (unsigned)iq_format_oct(w->ret->format);
    w->has_format = true;
    return 0;
}

/* SYSTEMTIME: year, month, day of week, day, hour, minute, second, millisecond. */
static int64_t system_time_us(const uint8_t *p)
{
    char text[UTC_TEXT_CAP];
    int64_t us;
    (void)snprintf(text, sizeof text, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", get16(p) % 10000u,
                   get16(p + 2) % 100u, get16(p + 6) % 100u, get16(p + 8) % 100u,
                   get16(p + 10) % 100u, get16(p + 12) % 100u, get16(p + 14) % 1000u);
    return get16(p) > 1970 && get16(p) < 10000 && utc_parse(text, &us) == 0 ? us : UTC_UNKNOWN;
}

/* SpectraVue's chunk, which HDSDR, SDRuno and SDR# write as well; some programs put XML there. */
static void take_auxi(struct wav *w, const uint8_t *p, size_t n)
{
    if (n < AUXI_MIN_OCT || p[0] == '<' || p[1] == '<') {
        (void)snprintf(w->ret->note, sizeof w->ret->note,
                       "its auxi chunk is of a kind that is not read");
        return;
    }
    w->ret->start_utc_us = system_time_us(p);
    w->ret->stretch[0].center_hz = get32(p + 2 * SYSTEMTIME_OCT);
}

/* True when chunks follow at that place up to the end of the file: then the size of the chunk of
 * samples was right. */
static bool chunks_up_to_end(const struct wav *w, uint64_t at)
{
    for (int i = 0; i < TAIL_CHUNKS; i++) {
        uint8_t head[8];
        /* an odd chunk is padded, not by every program */
        if (at == w->length || at + 1 == w->length)
            return true;
        if (at + sizeof head > w->length || !w->peek ||
            w->peek->run(w->peek->ctx, at, head, sizeof head) != (int64_t)sizeof head)
            return false;
        for (int k = 0; k < 4; k++) {
            if (head[k] < 0x20 || head[k] > 0x7e)
                return false;
        }
        at += sizeof head + get32(head + 4);
        at += at & 1;
    }
    return false;
}

/* Samples begin at at_oct; size_oct is what the chunk says of its length. */
static int take_data(struct wav *w, uint64_t at_oct, uint64_t size_oct)
{
    struct iq_stretch *s = &w->ret->stretch[0];
    if (!w->has_format)
        return refuse(w, "whose samples come before their format");
    s->at_oct = at_oct;
    s->n_samp = IQ_TO_END;
    if (size_oct == 0 || size_oct >= 0xffffff00u) {
        if (w->data_oct64 > 0)
            size_oct = w->data_oct64;
        else
            return 0; /* written to a pipe, or the program was ended: what is there counts */
    }
    uint64_t room = w->length > at_oct ? w->length - at_oct : 0;
    if (w->length == 0) {
        s->n_samp = size_oct / w->frame_oct;
    } else if (size_oct > room) {
        (void)snprintf(w->ret->note, sizeof w->ret->note,
                       "it is cut off: %llu of %llu octets of samples are there",
                       (unsigned long long)room, (unsigned long long)size_oct);
    } else if (chunks_up_to_end(w, at_oct + size_oct + (size_oct & 1))) {
        s->n_samp = size_oct / w->frame_oct;
    } else {
        (void)snprintf(w->ret->note, sizeof w->ret->note,
                       "its header speaks of %llu octets of samples, but %llu follow: all of them "
                       "are read",
                       (unsigned long long)size_oct, (unsigned long long)room);
    }
    return 0;
}

/* One chunk whose content may end beyond the head. 1: the samples were found. */
static int take_chunk(struct wav *w, const uint8_t *id, uint64_t at, uint64_t size)
{
    const uint8_t *p = w->head + at;
    uint64_t left = w->n_head - at;
    size_t n = (size_t)(size < left ? size : left);
    if (memcmp(id, "data", 4) == 0) {
        int rc = take_data(w, at, size);
        return rc < 0 ? rc : 1;
    }
    if (memcmp(id, "ds64", 4) == 0 && n >= 24)
        w->data_oct64 = get64(p + 8);
    if (memcmp(id, "auxi", 4) == 0)
        take_auxi(w, p, n);
    return memcmp(id, "fmt ", 4) == 0 ? take_format(w, p, n) : 0;
}

static int walk(struct wav *w)
{
    uint64_t at = 12;
    while (at + 8 <= w->n_head) {
        const uint8_t *id = w->head + at;
        uint64_t size = get32(id + 4);
        int rc = take_chunk(w, id, at + 8, size);
        if (rc != 0)
            return rc < 0 ? rc : 0;
        at += 8 + size + (size & 1);
    }
    return refuse(w, "without samples within its first %zu octets", w->n_head);
}

int iq_layout_wav(struct iq_layout *ret, const uint8_t *head, size_t n_oct, uint64_t length,
                  const struct iq_peek *peek, const char *name, char *err, size_t err_cap)
{
    struct wav w = {.ret = ret,
                    .head = head,
                    .n_head = n_oct,
                    .length = length,
                    .peek = peek,
                    .name = name,
                    .err = err,
                    .err_cap = err_cap};
    int rc = iq_layout_raw(ret);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "out of memory");
        return rc;
    }
    ret->container = IQ_WAV;
    if (iq_layout_is_wav(head, n_oct)) {
        rc = walk(&w);
    } else {
        (void)snprintf(err, err_cap, "'%s' is no WAV file: it does not begin with RIFF and WAVE",
                       name);
        rc = -EINVAL;
    }
    if (rc < 0)
        iq_layout_clear(ret);
    return rc;
}
