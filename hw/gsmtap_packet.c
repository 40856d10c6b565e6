/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "hw/gsmtap_file.h"

/* Link types as pcap_datalink() gives them on Linux (tcpdump.org/linktypes.html). */
enum {
    LINK_NULL = 0,
    LINK_ETHERNET = 1,
    LINK_RAW = 12,
    LINK_RAW_FILE = 101,
    LINK_LOOP = 108,
    LINK_COOKED = 113,
    LINK_IPV4 = 228,
    LINK_COOKED2 = 276
};

#define ETHERTYPE_IPV4 0x0800
#define ETHERTYPE_VLAN 0x8100
#define ETHERTYPE_QINQ 0x88a8
#define IP_PROTO_UDP   17
#define GSMTAP_PORT    4729

/* gsmtap.h version 2: 16 octets.
 *
 *   0 version  1 header length in words  2 type  3 timeslot
 *   4 ARFCN with flags (2)               6 signal dBm  7 SNR dB
 *   8 frame number (4)                  12 channel  13 antenna  14 sub-slot  15 reserved
 */
#define TAP_VERSION      2
#define TAP_HEADER_OCT   16
#define TAP_TYPE_UM      1
#define TAP_ARFCN_PCS    0x8000
#define TAP_ARFCN_UP     0x4000
#define TAP_ARFCN_MASK   0x3fff
#define TAP_CHANNEL_ACCH 0x80

/* A run of octets that gets shorter as headers are taken off. */
struct octets {
    const uint8_t *p;
    size_t n;
};

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* Two's complement. */
static int get_signed(uint8_t octet)
{
    return octet < 0x80 ? octet : octet - 0x100;
}

static bool skip(struct octets *o, size_t n)
{
    if (o->n < n)
        return false;
    o->p += n;
    o->n -= n;
    return true;
}

/* Ethernet with up to two VLAN tags. */
static bool take_ethernet(struct octets *o)
{
    if (!skip(o, 12))
        return false;
    for (int tags = 0; tags < 3; tags++) {
        if (o->n < 2)
            return false;
        unsigned type = get16(o->p);
        if (type == ETHERTYPE_IPV4)
            return skip(o, 2);
        if ((type != ETHERTYPE_VLAN && type != ETHERTYPE_QINQ) || !skip(o, 4))
            return false;
    }
    return false;
}

/* Header of n octets whose ethertype stands at `at`. */
static bool take_typed(struct octets *o, size_t n, size_t at)
{
    return o->n >= n && get16(o->p + at) == ETHERTYPE_IPV4 && skip(o, n);
}

/* Four octets of address family, in the byte order of whoever wrote the capture: 2 is IPv4. */
static bool take_family(struct octets *o)
{
    static const uint8_t big[4] = {0, 0, 0, 2}, little[4] = {2, 0, 0, 0};
    if (o->n < 4 || (memcmp(o->p, big, 4) != 0 && memcmp(o->p, little, 4) != 0))
        return false;
    return skip(o, 4);
}

bool gsmtap_packet_link_known(int link_type)
{
    switch (link_type) {
    case LINK_NULL:
    case LINK_ETHERNET:
    case LINK_RAW:
    case LINK_RAW_FILE:
    case LINK_LOOP:
    case LINK_COOKED:
    case LINK_IPV4:
    case LINK_COOKED2:
        return true;
    default:
        return false;
    }
}

static bool take_link(int link_type, struct octets *o)
{
    switch (link_type) {
    case LINK_ETHERNET:
        return take_ethernet(o);
    case LINK_COOKED:
        return take_typed(o, 16, 14);
    case LINK_COOKED2:
        return take_typed(o, 20, 0);
    case LINK_NULL:
    case LINK_LOOP:
        return take_family(o);
    default:
        return gsmtap_packet_link_known(link_type);
    }
}

/* IPv4 and UDP headers; leaves the datagram's octets. A fragment is not a whole datagram. */
static enum gsmtap_result take_udp(struct octets *o)
{
    if (o->n < 20 || o->p[0] >> 4 != 4 || o->p[9] != IP_PROTO_UDP)
        return GSMTAP_OTHER;
    size_t n_header = (size_t)(o->p[0] & 15) * 4, n_total = get16(o->p + 2);
    if (get16(o->p + 6) & 0x3fff)
        return GSMTAP_OTHER;
    if (n_header < 20 || n_total < n_header + 8 || o->n < n_header + 8)
        return GSMTAP_BAD;
    bool cut = n_total > o->n;
    if (!cut)
        o->n = n_total; /* Ethernet pads short packets */
    (void)skip(o, n_header);
    if (get16(o->p + 2) != GSMTAP_PORT)
        return GSMTAP_OTHER;
    size_t n_udp = get16(o->p + 4);
    if (cut || n_udp < 8 || n_udp > o->n)
        return GSMTAP_BAD;
    o->n = n_udp;
    (void)skip(o, 8);
    return GSMTAP_FRAME;
}

static enum gsmtap_result take_gsmtap(struct octets *o, struct gsmtap_frame *ret)
{
    if (o->n < TAP_HEADER_OCT || o->p[0] != TAP_VERSION)
        return GSMTAP_BAD;
    const uint8_t *h = o->p;
    size_t n_header = (size_t)h[1] * 4;
    unsigned arfcn = get16(h + 4);
    if (n_header < TAP_HEADER_OCT || n_header > o->n)
        return GSMTAP_BAD;
    if (h[2] != TAP_TYPE_UM)
        return GSMTAP_NOT_UM;
    if (arfcn & TAP_ARFCN_UP)
        return GSMTAP_UPLINK;
    (void)skip(o, n_header);
    if (o->n > sizeof ret->octets || (arfcn & TAP_ARFCN_MASK) > 1023)
        return GSMTAP_BAD;
    memset(ret, 0, sizeof *ret);
    ret->arfcn = (int)(arfcn & TAP_ARFCN_MASK);
    ret->pcs = (arfcn & TAP_ARFCN_PCS) != 0;
    ret->fn = (uint32_t)get16(h + 8) << 16 | get16(h + 10);
    ret->timeslot = h[3];
    ret->channel_type = h[12] & ~TAP_CHANNEL_ACCH;
    ret->acch = (h[12] & TAP_CHANNEL_ACCH) != 0;
    ret->signal_dbm = get_signed(h[6]);
    ret->snr_db = get_signed(h[7]);
    ret->n_oct = (uint8_t)o->n;
    memcpy(ret->octets, o->p, o->n);
    return GSMTAP_FRAME;
}

enum gsmtap_result gsmtap_packet_parse(int link_type, const uint8_t *data, size_t n_oct,
                                       struct gsmtap_frame *ret)
{
    struct octets o = {data, n_oct};
    if (!take_link(link_type, &o))
        return GSMTAP_OTHER;
    enum gsmtap_result rc = take_udp(&o);
    return rc == GSMTAP_FRAME ? take_gsmtap(&o, ret) : rc;
}

bool gsmtap_file_magic(const uint8_t *head, size_t n_oct)
{
    static const uint8_t magic[][4] = {
        {0xd4, 0xc3, 0xb2, 0xa1},
        {0xa1, 0xb2, 0xc3, 0xd4}, /* pcap, microseconds */
        {0x4d, 0x3c, 0xb2, 0xa1},
        {0xa1, 0xb2, 0x3c, 0x4d}, /* pcap, nanoseconds */
    };
    static const uint8_t section[4] = {0x0a, 0x0d, 0x0d, 0x0a}; /* pcapng, then its byte order */
    static const uint8_t big[4] = {0x1a, 0x2b, 0x3c, 0x4d}, little[4] = {0x4d, 0x3c, 0x2b, 0x1a};
    for (size_t i = 0; n_oct >= 4 && i < sizeof magic / sizeof magic[0]; i++) {
        if (memcmp(head, magic[i], 4) == 0)
            return true;
    }
    return n_oct >= 12 && memcmp(head, section, 4) == 0 &&
           (memcmp(head + 8, big, 4) == 0 || memcmp(head + 8, little, 4) == 0);
}
