/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/hash_thread.h"
#include "cli/stop.h"
#include "core/utc.h"
#include "hw/input.h"
#include "hw/iq_input.h"

struct recording {
    struct input *input; /* of a capture; an IQ source owns its own */
    struct iq_source *source;
    struct gsmtap_file *capture;
    struct hash_thread *hash;
    struct iq_source_info info;
    uint8_t key_seed[DIGEST_OCT];
    struct gsmtap_frame first_frame; /* read ahead for its time */
    bool has_first_frame;
    bool interrupted;
    uint8_t first_samp[8]; /* its octets, whatever the format */
    bool any_samp, varied; /* varied: a later sample differs from the first */
    char broken_off[400];  /* why a capture ended before its end; "" */
};

static int open_source(struct recording *r, const struct iq_source_config *said, struct input *in,
                       char *err, size_t err_cap)
{
    struct iq_source_config cfg = *said;
    cfg.input = in;
    int rc = iq_source_open(&r->source, &cfg, err, err_cap);
    if (rc < 0) {
        input_close(in);
        return rc;
    }
    iq_source_set_tap(r->source, hash_thread_push, r->hash);
    iq_source_info(r->source, &r->info);
    rc = r->info.has_sha512 ? hash_thread_want_sha512(r->hash) : 0;
    if (rc < 0)
        (void)snprintf(err, err_cap, "out of memory");
    return rc;
}

/* The packet times are the time axis, so the first frame tells when the capture began. */
static int open_capture(struct recording *r, const struct iq_source_config *said, struct input *in,
                        char *err, size_t err_cap)
{
    r->input = in;
    input_set_tap(in, hash_thread_push, r->hash);
    r->info.start_utc_us = said->start_utc_us;
    int rc = gsmtap_file_open_input(&r->capture, in, err, err_cap);
    if (rc < 0)
        return rc;
    rc = gsmtap_file_next(r->capture, &r->first_frame, err, err_cap);
    r->has_first_frame = rc > 0;
    if (r->has_first_frame && r->info.start_utc_us == UTC_UNKNOWN)
        r->info.start_utc_us = r->first_frame.time_us;
    return rc < 0 ? rc : 0;
}

static bool is_capture_name(const char *path)
{
    const char *dot = strrchr(path, '.');
    return dot && (strcasecmp(dot, ".pcap") == 0 || strcasecmp(dot, ".pcapng") == 0);
}

static int open_input(struct recording *r, const struct iq_source_config *said, bool gsmtap,
                      char *err, size_t err_cap)
{
    struct input *in = NULL;
    int rc =
        gsmtap ? input_open(&in, said->path, err, err_cap) : iq_input_open(&in, said, err, err_cap);
    if (rc < 0)
        return rc;
    size_t n_head;
    const uint8_t *head = input_head(in, &n_head);
    rc = digest_run(head, n_head, r->key_seed);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "cannot compute SHA-256");
        input_close(in);
        return rc;
    }
    bool any = said->format == IQ_FORMAT_UNKNOWN && said->container == IQ_CONTAINER_UNKNOWN &&
               input_sigmf(in) == NULL;
    if (!gsmtap && any && is_capture_name(said->path) && !gsmtap_file_magic(head, n_head)) {
        (void)snprintf(err, err_cap,
                       "'%s' is no pcap or pcapng capture, whatever its name: if it holds samples, "
                       "say which with --format",
                       said->path);
        input_close(in);
        return -EINVAL;
    }
    if (gsmtap || (any && gsmtap_file_magic(head, n_head)))
        return open_capture(r, said, in, err, err_cap);
    return open_source(r, said, in, err, err_cap);
}

int recording_open(struct recording **ret, const struct iq_source_config *said, bool gsmtap,
                   char *err, size_t err_cap)
{
    struct recording *r = calloc(1, sizeof *r);
    stop_block();
    int rc = r ? hash_thread_create(&r->hash) : -ENOMEM;
    stop_unblock();
    if (rc < 0)
        (void)snprintf(err, err_cap, "cannot start the digest: %s", strerror(-rc));
    if (rc == 0)
        rc = open_input(r, said, gsmtap, err, err_cap);
    if (rc < 0) {
        recording_close(r);
        return rc;
    }
    *ret = r;
    return 0;
}

void recording_close(struct recording *r)
{
    if (!r)
        return;
    gsmtap_file_close(r->capture);
    input_close(r->input);
    iq_source_close(r->source);
    hash_thread_destroy(r->hash);
    free(r);
}

bool recording_is_gsmtap(const struct recording *r)
{
    return r->capture != NULL;
}

const char *recording_format(const struct recording *r)
{
    return r->capture ? "gsmtap" : iq_format_name(r->info.format);
}

void recording_info(const struct recording *r, struct iq_source_info *ret)
{
    *ret = r->info;
}

void recording_counts(const struct recording *r, struct gsmtap_counts *ret)
{
    memset(ret, 0, sizeof *ret);
    if (r->capture)
        gsmtap_file_counts(r->capture, ret);
}

const char *recording_note(const struct recording *r, size_t i)
{
    if (r->source)
        return iq_source_note(r->source, i);
    return i == 0 && r->broken_off[0] ? r->broken_off : NULL;
}

void recording_key_seed(const struct recording *r, uint8_t ret[DIGEST_OCT])
{
    memcpy(ret, r->key_seed, DIGEST_OCT);
}

/* Whether a signal asks to end here. */
static bool stopped(struct recording *r)
{
    if (stop_signal() != 0)
        r->interrupted = true;
    return r->interrupted;
}

/* Ends at the first block in which something happens. */
static void look_for_change(struct recording *r, const struct iq_block *b)
{
    const uint8_t *data = b->data;
    size_t oct = iq_format_oct(b->format);
    if (r->varied || b->n_samp == 0 || oct > sizeof r->first_samp)
        return;
    if (!r->any_samp)
        memcpy(r->first_samp, data, oct);
    r->any_samp = true;
    r->varied = memcmp(r->first_samp, data, oct) != 0 ||
                memcmp(data, data + oct, (b->n_samp - 1) * oct) != 0;
}

bool recording_is_constant(const struct recording *r)
{
    return r->any_samp && !r->varied;
}

int recording_next_block(struct recording *r, struct iq_block *ret, char *err, size_t err_cap)
{
    int rc = -EINTR;
    while (rc == -EINTR && !stopped(r))
        rc = iq_source_next(r->source, ret);
    if (r->interrupted)
        return 0;
    if (rc < 0)
        (void)snprintf(err, err_cap, "reading breaks off: %s", strerror(-rc));
    if (rc > 0)
        look_for_change(r, ret);
    return rc;
}

int recording_next_frame(struct recording *r, struct gsmtap_frame *ret, char *err, size_t err_cap)
{
    if (stopped(r))
        return 0;
    if (r->has_first_frame) {
        *ret = r->first_frame;
        r->has_first_frame = false;
        return 1;
    }
    int rc = gsmtap_file_next(r->capture, ret, err, err_cap);
    if (rc >= 0)
        return rc;
    if (stopped(r))
        return 0;
    if (rc == -ENOTSUP)
        return rc;
    /* A capture that was cut off is common, and what came before the cut is as good as ever. */
    (void)snprintf(r->broken_off, sizeof r->broken_off, "%s; what came before is judged", err);
    return 0;
}

bool recording_interrupted(const struct recording *r)
{
    return r->interrupted;
}

int recording_check(struct recording *r, char *err, size_t err_cap)
{
    uint8_t value[SHA512_OCT];
    if (!r->info.has_sha512 || r->interrupted)
        return 0;
    int rc = hash_thread_get_sha512(r->hash, value);
    if (rc < 0 || memcmp(value, r->info.sha512, sizeof value) == 0)
        return rc;
    (void)snprintf(err, err_cap,
                   "the samples are not those that the metadata was written for: their SHA-512 is "
                   "another, the recording was cut or changed");
    return -EBADMSG;
}

int recording_digest(struct recording *r, uint8_t ret[DIGEST_OCT])
{
    if (r->capture && !r->interrupted)
        (void)input_drain(r->input);
    return hash_thread_get(r->hash, ret);
}
