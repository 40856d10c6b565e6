/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make_container KIND IN OUT: raw cu8 samples of 945.2 MHz, 600 kS/s, put into what other programs
 * write. KIND:
 *   wav8     RIFF, 8 bits, auxi chunk           wav16    RIFF, 16 bits, a chunk behind the samples
 *   wavf     RIFF, floats, size 0               rf64     RF64 with ds64
 *   bw64     BW64 with ds64                     wrapped  RIFF whose size lost its upper bits
 *   wav24    RIFF, 24 bits                      mono     RIFF, one channel
 *   sdriq    SDRangel, 16 bits                  sdriq24  the same, said to be of 24 bits
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RATE_HZ   600000u
#define CENTER_HZ 945200000u

static FILE *in, *out;
static size_t n_samp;

static void put(const void *data, size_t n)
{
    if (fwrite(data, 1, n, out) != n)
        exit(1);
}

static void put_n(uint64_t value, int n_oct)
{
    for (int i = 0; i < n_oct; i++) {
        uint8_t octet = (uint8_t)(value >> (8 * i));
        put(&octet, 1);
    }
}

static void put_samples(const char *kind)
{
    bool is_8 = strcmp(kind, "wav8") == 0, is_float = strcmp(kind, "wavf") == 0;
    int c;
    rewind(in);
    while ((c = getc(in)) != EOF) {
        if (is_8) {
            put_n((uint64_t)c, 1);
        } else if (is_float) {
            float f = ((float)c - 127.5f) / 127.5f;
            put(&f, sizeof f);
        } else {
            put_n((uint64_t)((2 * c - 255) * 128), 2);
        }
    }
}

/* 2026-11-22 15:24:38.250, a Sunday. */
static void put_auxi(void)
{
    static const unsigned time[8] = {2026, 11, 0, 22, 15, 24, 38, 250};
    put("auxi", 4);
    put_n(68, 4);
    for (int k = 0; k < 2; k++) {
        for (int i = 0; i < 8; i++)
            put_n(time[i], 2);
    }
    put_n(CENTER_HZ, 4);
    for (int i = 0; i < 8; i++)
        put_n(0, 4);
}

static void put_wav(const char *kind)
{
    bool is_8 = strcmp(kind, "wav8") == 0, is_float = strcmp(kind, "wavf") == 0;
    bool is_64 = strcmp(kind, "rf64") == 0 || strcmp(kind, "bw64") == 0;
    unsigned bits = is_8 ? 8 : is_float ? 32 : strcmp(kind, "wav24") == 0 ? 24 : 16;
    unsigned channels = strcmp(kind, "mono") == 0 ? 1 : 2, frame = channels * bits / 8;
    uint64_t size = (uint64_t)n_samp * frame;
    put(is_64 ? strcmp(kind, "bw64") == 0 ? "BW64" : "RF64" : "RIFF", 4);
    put_n(is_64 ? 0xffffffff : 1000, 4); /* nobody reads it */
    put("WAVE", 4);
    if (is_64) {
        put("ds64", 4);
        put_n(28, 4);
        put_n(size + 100, 8);
        put_n(size, 8);
        put_n(n_samp, 8);
        put_n(0, 4);
    }
    put("fmt ", 4);
    put_n(16, 4);
    put_n(is_float ? 3 : 1, 2);
    put_n(channels, 2);
    put_n(RATE_HZ, 4);
    put_n(RATE_HZ * frame, 4);
    put_n(frame, 2);
    put_n(bits, 2);
    put_auxi();
    put("data", 4);
    if (is_64)
        size = 0xffffffff;
    else if (is_float)
        size = 0;
    else if (strcmp(kind, "wrapped") == 0)
        size = size / 2 + 2;
    put_n(size, 4);
    put_samples(kind);
    if (strcmp(kind, "wav16") == 0) {
        put("LIST", 4);
        put_n(1000, 4);
        for (int i = 0; i < 500; i++)
            put_n(0x7fff, 2);
    }
}

static uint32_t crc_32(const uint8_t *p, size_t n)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= p[i];
        for (int k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void put_sdriq(unsigned bits)
{
    uint8_t head[28];
    const uint64_t value[5] = {RATE_HZ, CENTER_HZ, 1795361078250u, bits, 0};
    static const int n_oct[5] = {4, 8, 8, 4, 4};
    size_t at = 0;
    for (int k = 0; k < 5; k++) {
        for (int i = 0; i < n_oct[k]; i++)
            head[at++] = (uint8_t)(value[k] >> (8 * i));
    }
    put(head, sizeof head);
    put_n(crc_32(head, sizeof head), 4);
    put_samples("sdriq");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    in = fopen(argv[2], "rb");
    out = fopen(argv[3], "wb");
    if (!in || !out || fseek(in, 0, SEEK_END) != 0)
        return 1;
    n_samp = (size_t)ftell(in) / 2;
    if (strncmp(argv[1], "sdriq", 5) == 0)
        put_sdriq(argv[1][5] ? 24 : 16);
    else
        put_wav(argv[1]);
    (void)fclose(in);
    return fclose(out) == 0 ? 0 : 1;
}
