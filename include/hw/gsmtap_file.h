/* SPDX-License-Identifier: GPL-3.0-or-later */
/* gsmtap_file - frames of a GSMTAP capture in pcap or pcapng.
 *
 * in   a file: Ethernet, Linux cooked (v1, v2), raw IP, IPv4, null link types; IPv4 UDP port 4729
 * out  GSMTAP Um downlink frames as values; identities are NOT yet blanked: the caller's next
 *      step must be gsm/gsmtap_cells.h, which blanks before anything else
 * ref  osmocom gsmtap.h version 2
 * cost limited by the disk
 * thread one object, one thread
 */
#ifndef HW_GSMTAP_FILE_H
#define HW_GSMTAP_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct gsmtap_frame {
    int arfcn;   /* 0..1023 */
    bool pcs;    /* PCS band flag of the ARFCN field */
    uint32_t fn; /* 0: not known */
    int timeslot;
    int channel_type; /* GSMTAP_CHANNEL_* without the ACCH flag */
    bool acch;
    int signal_dbm;
    int snr_db;
    int64_t time_us; /* packet time, UTC */
    uint8_t n_oct;
    uint8_t octets[64];
};

struct gsmtap_counts {
    uint64_t n_packets, n_frames, n_uplink, n_not_gsmtap, n_not_um, n_bad;
};

struct gsmtap_file;
struct input;

enum gsmtap_result {
    GSMTAP_FRAME = 0,
    GSMTAP_OTHER,  /* no UDP datagram to port 4729 */
    GSMTAP_NOT_UM, /* GSMTAP, but not a frame of the GSM air interface */
    GSMTAP_UPLINK,
    GSMTAP_BAD /* cut short, or lengths that contradict each other */
};

/* One packet of a capture to a frame. link_type as pcap_datalink() says; *ret is written for
 * GSMTAP_FRAME only, without its time. */
enum gsmtap_result gsmtap_packet_parse(int link_type, const uint8_t *data, size_t n_oct,
                                       struct gsmtap_frame *ret);
bool gsmtap_packet_link_known(int link_type);

/* True when the first octets look like pcap or pcapng. */
bool gsmtap_file_magic(const uint8_t *head, size_t n_oct);

/* Opens "-" or a path. Returns 0, or negative errno with a sentence in err; -ENOTSUP when built
 * without libpcap, or for a pcapng with mixed link types. */
int gsmtap_file_open(struct gsmtap_file **ret, const char *path, char *err, size_t err_cap);
/* The same on an input that is open already; it stays the caller's and must outlive the file. */
int gsmtap_file_open_input(struct gsmtap_file **ret, struct input *in, char *err, size_t err_cap);
void gsmtap_file_close(struct gsmtap_file *f);
/* 1 and *ret; 0 at the end; -EINTR after a signal; other negative errno with a sentence in err when
 * the capture breaks off. */
int gsmtap_file_next(struct gsmtap_file *f, struct gsmtap_frame *ret, char *err, size_t err_cap);
void gsmtap_file_counts(const struct gsmtap_file *f, struct gsmtap_counts *ret);

#endif
