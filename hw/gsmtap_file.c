/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/gsmtap_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hw/input.h"

#ifdef HAVE_LIBPCAP
#include <pcap/pcap.h>

struct gsmtap_file {
    struct input *input;
    bool own_input;
    bool interrupted;
    FILE *stream; /* the input as libpcap wants it; closed by pcap_close */
    pcap_t *pcap;
    int link_type;
    struct gsmtap_counts counts;
};

static ssize_t stream_read(void *cookie, char *buf, size_t n)
{
    struct gsmtap_file *f = cookie;
    ssize_t got = input_read(f->input, buf, n);
    if (got >= 0)
        return got;
    f->interrupted = got == -EINTR;
    errno = (int)-got;
    return -1;
}

/* libpcap's words for what it cannot do, in ours. */
static int explain(const struct gsmtap_file *f, const char *said, char *err, size_t err_cap)
{
    const char *name = input_name(f->input);
    if (f->interrupted)
        return -EINTR;
    if (strstr(said, "different from the type of the first interface")) {
        (void)snprintf(err, err_cap,
                       "'%s' mixes link types, which libpcap cannot read: split it by interface, "
                       "tshark -r FILE -Y frame.interface_id==0 -w PART",
                       name);
        return -ENOTSUP;
    }
    (void)snprintf(err, err_cap, "the capture '%s' cannot be read on: %s", name, said);
    return -EIO;
}

static int open_pcap(struct gsmtap_file *f, char *err, size_t err_cap)
{
    char said[PCAP_ERRBUF_SIZE] = "";
    f->stream = fopencookie(f, "r", (cookie_io_functions_t){.read = stream_read});
    if (!f->stream) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    f->pcap = pcap_fopen_offline(f->stream, said);
    if (!f->pcap) {
        (void)fclose(f->stream);
        return explain(f, said, err, err_cap);
    }
    f->link_type = pcap_datalink(f->pcap);
    if (gsmtap_packet_link_known(f->link_type))
        return 0;
    (void)snprintf(err, err_cap,
                   "'%s' holds packets of link type %d, which cannot carry GSMTAP here: capture on "
                   "Ethernet, loopback or \"any\"",
                   input_name(f->input), f->link_type);
    return -ENOTSUP;
}

int gsmtap_file_open_input(struct gsmtap_file **ret, struct input *in, char *err, size_t err_cap)
{
    struct gsmtap_file *f = calloc(1, sizeof *f);
    if (!f) {
        (void)snprintf(err, err_cap, "out of memory");
        return -ENOMEM;
    }
    f->input = in;
    int rc = open_pcap(f, err, err_cap);
    if (rc < 0) {
        gsmtap_file_close(f);
        return rc;
    }
    *ret = f;
    return 0;
}

int gsmtap_file_open(struct gsmtap_file **ret, const char *path, char *err, size_t err_cap)
{
    struct input *in = NULL;
    int rc = input_open(&in, path, err, err_cap);
    if (rc == 0)
        rc = gsmtap_file_open_input(ret, in, err, err_cap);
    if (rc == 0)
        (*ret)->own_input = true;
    else
        input_close(in);
    return rc;
}

void gsmtap_file_close(struct gsmtap_file *f)
{
    if (!f)
        return;
    if (f->pcap)
        pcap_close(f->pcap);
    if (f->own_input)
        input_close(f->input);
    free(f);
}

static void count(struct gsmtap_counts *c, enum gsmtap_result result)
{
    c->n_packets++;
    switch (result) {
    case GSMTAP_FRAME:
        c->n_frames++;
        break;
    case GSMTAP_OTHER:
        c->n_not_gsmtap++;
        break;
    case GSMTAP_NOT_UM:
        c->n_not_um++;
        break;
    case GSMTAP_UPLINK:
        c->n_uplink++;
        break;
    case GSMTAP_BAD:
        c->n_bad++;
        break;
    }
}

int gsmtap_file_next(struct gsmtap_file *f, struct gsmtap_frame *ret, char *err, size_t err_cap)
{
    for (;;) {
        struct pcap_pkthdr *header;
        const u_char *data;
        int rc = pcap_next_ex(f->pcap, &header, &data);
        if (rc == PCAP_ERROR_BREAK)
            return 0;
        if (rc < 0)
            return explain(f, pcap_geterr(f->pcap), err, err_cap);
        enum gsmtap_result result = gsmtap_packet_parse(f->link_type, data, header->caplen, ret);
        count(&f->counts, result);
        if (result != GSMTAP_FRAME)
            continue;
        ret->time_us = (int64_t)header->ts.tv_sec * 1000000 + header->ts.tv_usec;
        return 1;
    }
}

void gsmtap_file_counts(const struct gsmtap_file *f, struct gsmtap_counts *ret)
{
    *ret = f->counts;
}

#else

int gsmtap_file_open_input(struct gsmtap_file **ret, struct input *in, char *err, size_t err_cap)
{
    (void)ret;
    (void)snprintf(err, err_cap,
                   "'%s' is a packet capture, and this program was built without libpcap: build it "
                   "with libpcap-dev",
                   input_name(in));
    return -ENOTSUP;
}

int gsmtap_file_open(struct gsmtap_file **ret, const char *path, char *err, size_t err_cap)
{
    struct input *in;
    int rc = input_open(&in, path, err, err_cap);
    if (rc < 0)
        return rc;
    rc = gsmtap_file_open_input(ret, in, err, err_cap);
    input_close(in);
    return rc;
}

void gsmtap_file_close(struct gsmtap_file *f)
{
    (void)f;
}

int gsmtap_file_next(struct gsmtap_file *f, struct gsmtap_frame *ret, char *err, size_t err_cap)
{
    (void)f;
    (void)ret;
    (void)snprintf(err, err_cap, "built without libpcap");
    return -ENOTSUP;
}

void gsmtap_file_counts(const struct gsmtap_file *f, struct gsmtap_counts *ret)
{
    (void)f;
    memset(ret, 0, sizeof *ret);
}

#endif
