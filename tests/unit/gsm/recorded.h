/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recorded - real recordings, found by the environment variable CELLWARDEN_RECORDINGS. For tests.
 */
#ifndef TESTS_UNIT_GSM_RECORDED_H
#define TESTS_UNIT_GSM_RECORDED_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDED_PATH_CAP 4096

/* Path of a recording. Says so and returns false when there are no recordings here. */
static inline bool recorded_path(const char *name, char ret[RECORDED_PATH_CAP])
{
    const char *folder = getenv("CELLWARDEN_RECORDINGS");
    if (folder == NULL || *folder == '\0') {
        fputs("skipped: CELLWARDEN_RECORDINGS is not set\n", stderr);
        return false;
    }
    snprintf(ret, RECORDED_PATH_CAP, "%s/%s", folder, name);
    FILE *file = fopen(ret, "rb");
    if (file == NULL) {
        fprintf(stderr, "skipped: no \"%s\"\n", ret);
        return false;
    }
    fclose(file);
    return true;
}

/* The lines of a file packed by xz; close with pclose. */
static inline FILE *recorded_open_xz(const char *path)
{
    char command[RECORDED_PATH_CAP + 32];
    snprintf(command, sizeof(command), "xz -dc '%s'", path);
    return popen(command, "r");
}

/* One frame of the captures in field/: raw IPv4, UDP, GSMTAP version 2. */
struct recorded_frame {
    double at_s; /* of the day */
    uint16_t arfcn;
    int8_t signal_dbm;
    uint32_t fn;
    uint8_t chan_type; /* 1: BCCH */
    uint8_t l2[23];
};

static inline uint32_t recorded_u32(const uint8_t *data, bool little)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++) {
        value = value << 8 | data[little ? 3 - i : i];
    }
    return value;
}

/* Reads the file header. Returns NULL when it is not such a capture. */
static inline FILE *recorded_open_pcap(const char *path)
{
    uint8_t header[24];
    FILE *file = fopen(path, "rb");
    if (file != NULL && (fread(header, sizeof(header), 1, file) != 1 ||
                         recorded_u32(header, true) != 0xa1b2c3d4 || header[20] != 228)) {
        fclose(file);
        return NULL;
    }
    return file;
}

/* Next frame; false at the end. 20 octets of IPv4, 8 of UDP, 16 of GSMTAP, 23 of block. */
static inline bool recorded_next_frame(FILE *pcap, struct recorded_frame *ret)
{
    uint8_t record[16];
    uint8_t packet[67];
    if (fread(record, sizeof(record), 1, pcap) != 1 ||
        recorded_u32(record + 8, true) != sizeof(packet) ||
        fread(packet, sizeof(packet), 1, pcap) != 1) {
        return false;
    }
    const uint8_t *gsmtap = packet + 28;
    ret->at_s = recorded_u32(record, true) + recorded_u32(record + 4, true) * 1e-6;
    ret->arfcn = (uint16_t)(gsmtap[4] << 8 | gsmtap[5]);
    ret->signal_dbm = (int8_t)gsmtap[6];
    ret->fn = recorded_u32(gsmtap + 8, false);
    ret->chan_type = gsmtap[12];
    memcpy(ret->l2, gsmtap + 16, sizeof(ret->l2));
    return true;
}

#endif
