/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/sigmf_write.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/ring.h"
#include "core/sha512.h"
#include "sigmf_text.h"

#define QUEUE_OCT (UINT64_C(32) << 20)
#define SLOT_OCT  262144
#define SLOTS_MIN 4
#define IDLE_MS   200
#define FULL_NS   1000000
/* Blocks set aside for the metadata at the start: on a full disk it is what must still fit. */
#define RESERVE_OCT (1 << 20)
/* The kernel is told to begin writing after this much, not when its memory is full. */
#define FLUSH_OCT (UINT64_C(8) << 20)

/* What is known of a slot beside what the ring keeps. */
struct slot_note {
    double center_hz;
    struct sigmf_stamp stamp;
};

struct sigmf_writer {
    struct sigmf_writer_config cfg;
    char *text[5]; /* copies of the texts of cfg */
    char *data_path, *meta_path, *part_path;
    int data_fd, part_fd;
    size_t oct; /* of a sample */
    struct ring *ring;
    struct slot_note *note; /* of each slot of the ring */
    pthread_t thread;
    bool running, finished;
    atomic_bool closing;
    atomic_int error;
    /* the caller's */
    size_t i_put;           /* slots committed, ever */
    struct ring_slot *slot; /* being filled */
    struct iq_block last;   /* where the next block goes on */
    uint64_t n_oct, n_dropped;
    struct sigmf_annotation *annotation;
    size_t n_annotations;
    /* the thread's */
    size_t i_take;
    struct sha512 *digest;
    uint64_t n_written, n_flushed; /* octets */
    struct sigmf_segment *segment;
    size_t n_segments, cap_segments;
};

/* ---- thread ------------------------------------------------------------------------------- */

static int add_segment(struct sigmf_writer *w, const struct ring_slot *slot,
                       const struct slot_note *note)
{
    const struct sigmf_segment *last = w->n_segments ? &w->segment[w->n_segments - 1] : NULL;
    bool follows = last && slot->samp == last->samp + last->n_samp;
    bool same_center =
        last && !(note->center_hz > last->center_hz) && !(note->center_hz < last->center_hz);
    if (follows && same_center && !slot->gap)
        return 0;
    if (w->n_segments == w->cap_segments) {
        size_t cap = w->cap_segments ? 2 * w->cap_segments : 16;
        struct sigmf_segment *grown = realloc(w->segment, cap * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        w->segment = grown;
        w->cap_segments = cap;
    }
    /* a loss that the count of samples does not show: how much is not known */
    bool has_samp = !(follows && same_center && slot->gap);
    w->segment[w->n_segments++] = (struct sigmf_segment){.at = w->n_written / w->oct,
                                                         .samp = slot->samp,
                                                         .has_samp = has_samp,
                                                         .center_hz = note->center_hz,
                                                         .stamp = note->stamp};
    return 0;
}

/* Writes all, or as much as the disk takes: *ret_n tells. */
static int write_all(int fd, const uint8_t *data, size_t n_oct, size_t *ret_n)
{
    *ret_n = 0;
    while (*ret_n < n_oct) {
        ssize_t n = write(fd, data + *ret_n, n_oct - *ret_n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        *ret_n += (size_t)n;
    }
    return 0;
}

static int write_slot(struct sigmf_writer *w, const struct ring_slot *slot,
                      const struct slot_note *note)
{
    size_t n = 0;
    int rc = add_segment(w, slot, note);
    if (rc < 0)
        return rc;
    rc = write_all(w->data_fd, slot->data, slot->n_oct, &n);
    n -= n % w->oct;
    int hashed = sha512_push(w->digest, slot->data, n);
    w->segment[w->n_segments - 1].n_samp += n / w->oct;
    w->n_written += n;
    if (w->n_written - w->n_flushed >= FLUSH_OCT) {
        (void)sync_file_range(w->data_fd, (off_t)w->n_flushed, (off_t)(w->n_written - w->n_flushed),
                              SYNC_FILE_RANGE_WRITE);
        w->n_flushed = w->n_written;
    }
    if (rc < 0 && ftruncate(w->data_fd, (off_t)w->n_written) < 0)
        rc = -errno;
    return rc < 0 ? rc : hashed;
}

static void *run(void *arg)
{
    struct sigmf_writer *w = arg;
    for (;;) {
        bool closing = atomic_load(&w->closing);
        const struct ring_slot *slot = ring_peek(w->ring, 0);
        if (!slot && closing)
            return NULL;
        if (!slot) {
            (void)ring_wait(w->ring, IDLE_MS);
            continue;
        }
        if (atomic_load(&w->error) == 0) {
            int rc = write_slot(w, slot, &w->note[w->i_take % ring_slots(w->ring)]);
            if (rc < 0)
                atomic_store(&w->error, rc);
        }
        w->i_take++;
        ring_release(w->ring);
    }
}

/* ---- create ------------------------------------------------------------------------------- */

static int copy_texts(struct sigmf_writer *w)
{
    const char **text[] = {&w->cfg.stem, &w->cfg.hardware, &w->cfg.recorder, &w->cfg.description,
                           &w->cfg.clock};
    for (size_t i = 0; i < sizeof text / sizeof text[0]; i++) {
        if (!*text[i])
            continue;
        w->text[i] = strdup(*text[i]);
        if (!w->text[i])
            return -ENOMEM;
        *text[i] = w->text[i];
    }
    if (asprintf(&w->data_path, "%s.sigmf-data", w->cfg.stem) < 0)
        w->data_path = NULL;
    if (asprintf(&w->meta_path, "%s.sigmf-meta", w->cfg.stem) < 0)
        w->meta_path = NULL;
    if (asprintf(&w->part_path, "%s.sigmf-meta.part", w->cfg.stem) < 0)
        w->part_path = NULL;
    return w->data_path && w->meta_path && w->part_path ? 0 : -ENOMEM;
}

static int say_errno(const char *what, const char *path, int rc, char *err, size_t err_cap)
{
    (void)snprintf(err, err_cap, "cannot %s '%s': %s", what, path, strerror(-rc));
    return rc;
}

/* Writes the metadata over what is there, so that a full disk is no hindrance. */
static int write_part(struct sigmf_writer *w, bool complete)
{
    struct sigmf_text t = {.cfg = &w->cfg,
                           .segment = w->segment,
                           .n_segments = w->n_segments,
                           .annotation = w->annotation,
                           .n_annotations = w->n_annotations,
                           .n_dropped = w->n_dropped,
                           .has_sha512 = complete};
    int rc = complete ? sha512_get(w->digest, t.sha512) : 0;
    char *text = rc == 0 ? sigmf_text_format(&t) : NULL;
    size_t n = 0;
    if (!text)
        return rc < 0 ? rc : -ENOMEM;
    if (lseek(w->part_fd, 0, SEEK_SET) < 0)
        rc = -errno;
    if (rc == 0)
        rc = write_all(w->part_fd, (const uint8_t *)text, strlen(text), &n);
    if (rc == 0 && complete && ftruncate(w->part_fd, (off_t)n) < 0)
        rc = -errno;
    free(text);
    return rc;
}

static int open_files(struct sigmf_writer *w, char *err, size_t err_cap)
{
    if (access(w->meta_path, F_OK) == 0)
        return say_errno("make", w->meta_path, -EEXIST, err, err_cap);
    w->data_fd = open(w->data_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (w->data_fd < 0)
        return say_errno("make", w->data_path, -errno, err, err_cap);
    w->part_fd = open(w->part_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (w->part_fd < 0)
        return say_errno("make", w->part_path, -errno, err, err_cap);
    int rc = -posix_fallocate(w->part_fd, 0, RESERVE_OCT);
    if (rc == 0 || rc == -EFBIG || rc == -EOPNOTSUPP)
        rc = write_part(w, false);
    return rc < 0 ? say_errno("write", w->part_path, rc, err, err_cap) : 0;
}

/* Signals are for the caller's thread. */
static int start_thread(struct sigmf_writer *w)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int rc = -pthread_create(&w->thread, NULL, run, w);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return rc;
}

static int start(struct sigmf_writer *w, char *err, size_t err_cap)
{
    size_t n_slots = (w->cfg.queue_oct ? w->cfg.queue_oct : QUEUE_OCT) / SLOT_OCT;
    int rc = ring_create(&w->ring, n_slots < SLOTS_MIN ? SLOTS_MIN : n_slots, SLOT_OCT);
    if (rc == 0)
        w->note = calloc(ring_slots(w->ring), sizeof *w->note);
    if (rc == 0)
        rc = w->note ? sha512_create(&w->digest) : -ENOMEM;
    if (rc == 0)
        rc = open_files(w, err, err_cap);
    if (rc == 0)
        rc = start_thread(w);
    w->running = rc == 0;
    return rc;
}

int sigmf_writer_create(struct sigmf_writer **ret, const struct sigmf_writer_config *cfg, char *err,
                        size_t err_cap)
{
    struct sigmf_writer *w = calloc(1, sizeof *w);
    int rc = -ENOMEM;
    err[0] = '\0';
    if (w) {
        w->data_fd = w->part_fd = -1;
        w->cfg = *cfg;
        w->oct = iq_format_oct(cfg->format);
        rc = w->oct > 0 ? copy_texts(w) : -EINVAL;
    }
    if (rc == 0)
        rc = start(w, err, err_cap);
    if (rc < 0 && err[0] == '\0')
        (void)snprintf(err, err_cap, "cannot record to '%s': %s", cfg->stem, strerror(-rc));
    if (rc < 0) {
        sigmf_writer_destroy(w);
        return rc;
    }
    *ret = w;
    return 0;
}

/* ---- push --------------------------------------------------------------------------------- */

static void commit(struct sigmf_writer *w)
{
    if (!w->slot)
        return;
    w->slot = NULL;
    w->i_put++;
    ring_commit(w->ring);
}

/* A slot for samples that begin at samp; NULL: the queue is full. */
static struct ring_slot *begin_slot(struct sigmf_writer *w, const struct iq_block *block,
                                    const struct sigmf_stamp *stamp, size_t n_done, bool gap)
{
    struct ring_slot *slot = ring_reserve(w->ring);
    while (!slot && w->cfg.wait && atomic_load(&w->error) == 0) {
        const struct timespec pause = {.tv_nsec = FULL_NS};
        (void)clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
        slot = ring_reserve(w->ring);
    }
    if (!slot)
        return NULL;
    struct slot_note *note = &w->note[w->i_put % ring_slots(w->ring)];
    *note = (struct slot_note){block->center_hz, *stamp};
    if (n_done > 0 && stamp->utc_us != INT64_MIN)
        note->stamp.utc_us += llround((double)n_done / w->cfg.rate_hz * 1e6);
    slot->n_oct = 0;
    slot->samp = block->samp + n_done;
    slot->gap = gap;
    return slot;
}

int sigmf_writer_push(struct sigmf_writer *w, const struct iq_block *block,
                      const struct sigmf_stamp *stamp)
{
    const uint8_t *data = block->data;
    size_t n_oct = block->n_samp * w->oct, at = 0;
    bool gap = block->gap;
    bool goes_on = !gap && w->last.samp == block->samp && !(block->center_hz > w->last.center_hz) &&
                   !(block->center_hz < w->last.center_hz);
    if (!goes_on)
        commit(w);
    while (at < n_oct) {
        if (!w->slot)
            w->slot = begin_slot(w, block, stamp, at / w->oct, gap && at == 0);
        if (!w->slot)
            break;
        size_t room = SLOT_OCT - w->slot->n_oct, n = n_oct - at < room ? n_oct - at : room;
        memcpy(w->slot->data + w->slot->n_oct, data + at, n);
        w->slot->n_oct += n;
        at += n;
        if (w->slot->n_oct == SLOT_OCT)
            commit(w);
    }
    w->n_oct += at;
    w->n_dropped += (n_oct - at) / w->oct;
    w->last = (struct iq_block){.samp = block->samp + at / w->oct, .center_hz = block->center_hz};
    return atomic_load(&w->error);
}

int sigmf_writer_annotate(struct sigmf_writer *w, const struct sigmf_annotation *a)
{
    struct sigmf_annotation *grown =
        realloc(w->annotation, (w->n_annotations + 1) * sizeof *w->annotation);
    if (!grown)
        return -ENOMEM;
    w->annotation = grown;
    w->annotation[w->n_annotations++] = *a;
    return 0;
}

void sigmf_writer_set_position(struct sigmf_writer *w, double lat_deg, double lon_deg)
{
    w->cfg.has_position = true;
    w->cfg.position_deg[0] = lat_deg;
    w->cfg.position_deg[1] = lon_deg;
}

uint64_t sigmf_writer_octets(const struct sigmf_writer *w)
{
    return w->n_oct;
}

uint64_t sigmf_writer_dropped(const struct sigmf_writer *w)
{
    return w->n_dropped;
}

/* ---- finish ------------------------------------------------------------------------------- */

static void stop_thread(struct sigmf_writer *w)
{
    if (!w->running)
        return;
    commit(w);
    atomic_store(&w->closing, true);
    ring_wake(w->ring);
    (void)pthread_join(w->thread, NULL);
    w->running = false;
}

/* The folder, so that the new name survives a power cut. */
static void sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    int fd = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
    free(folder);
}

static int finish_files(struct sigmf_writer *w, char *err, size_t err_cap)
{
    int rc = write_part(w, true);
    if (rc == 0 && (fsync(w->data_fd) < 0 || fsync(w->part_fd) < 0))
        rc = -errno;
    if (rc == 0 && rename(w->part_path, w->meta_path) < 0)
        rc = -errno;
    if (rc < 0)
        return say_errno("write", w->meta_path, rc, err, err_cap);
    w->finished = true;
    sync_folder(w->meta_path);
    return 0;
}

/* The last segment may be one of which nothing reached the disk. */
static void drop_empty_segment(struct sigmf_writer *w)
{
    if (w->n_segments > 0 && w->segment[w->n_segments - 1].n_samp == 0)
        w->n_segments--;
}

int sigmf_writer_finish(struct sigmf_writer *w, struct sigmf_written *ret, char *err,
                        size_t err_cap)
{
    stop_thread(w);
    drop_empty_segment(w);
    memset(ret, 0, sizeof *ret);
    ret->n_samp = w->n_written / w->oct;
    ret->n_dropped = w->n_dropped;
    ret->n_segments = w->n_segments;
    ret->stopped = atomic_load(&w->error);
    (void)snprintf(ret->meta_path, sizeof ret->meta_path, "%s", w->meta_path);
    if (ret->n_samp == 0) {
        (void)snprintf(err, err_cap, "no sample was recorded to '%s'%s%s", w->data_path,
                       ret->stopped ? ": " : "", ret->stopped ? strerror(-ret->stopped) : "");
        return ret->stopped ? ret->stopped : -ENODATA;
    }
    int rc = finish_files(w, err, err_cap);
    w->finished = true; /* the samples stay, whatever became of the metadata */
    return rc;
}

void sigmf_writer_destroy(struct sigmf_writer *w)
{
    if (!w)
        return;
    stop_thread(w);
    if (w->data_fd >= 0) {
        (void)close(w->data_fd);
        if (!w->finished)
            (void)unlink(w->data_path);
    }
    if (w->part_fd >= 0) {
        (void)close(w->part_fd);
        if (!w->finished)
            (void)unlink(w->part_path);
    }
    for (size_t i = 0; i < sizeof w->text / sizeof w->text[0]; i++)
        free(w->text[i]);
    ring_destroy(w->ring);
    sha512_destroy(w->digest);
    free(w->note);
    free(w->segment);
    free(w->annotation);
    free(w->data_path);
    free(w->meta_path);
    free(w->part_path);
    free(w);
}
