/* SPDX-License-Identifier: GPL-3.0-or-later */
/* make_input - bad recordings for the tests: make_input KIND > FILE */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define SAMPLES 400000

static uint32_t next_random(void)
{
    static uint32_t x = 12345;
    x = x * 1664525u + 1013904223u;
    return x >> 8;
}

/* Sum of four uniform values, about -4..4. */
static double noise(void)
{
    double sum = 0;
    for (int i = 0; i < 4; i++)
        sum += (double)next_random() / 8388608.0 - 1.0;
    return sum;
}

static void put_cu8(double spread)
{
    for (int i = 0; i < 2 * SAMPLES; i++) {
        double v = 127.5 + spread * noise();
        (void)putchar(v < 0 ? 0 : v > 255 ? 255 : (int)v);
    }
}

static void put_cs8(void)
{
    for (int i = 0; i < 2 * SAMPLES; i++)
        (void)putchar((int)(20 * noise()) & 0xff);
}

/* Noise in which every 1000th value is no number and every 1500th is infinite. */
static void put_nan(void)
{
    for (int i = 0; i < 2 * SAMPLES; i++) {
        float v = (float)(0.1 * noise());
        if (i % 1000 == 0)
            v = NAN;
        if (i % 1500 == 1)
            v = INFINITY;
        (void)fwrite(&v, sizeof v, 1, stdout);
    }
}

static void put32(uint32_t v)
{
    (void)fwrite(&v, sizeof v, 1, stdout);
}

/* A capture of one DNS query. */
static void put_pcap(void)
{
    static const uint8_t packet[] = {0x45, 0,    0, 0x21, 0, 0,   0,   0,   0x40, 0x11, 0,
                                     0,    127,  0, 0,    1, 127, 0,   0,   1,    0xc0, 0x01,
                                     0,    0x35, 0, 0x0d, 0, 0,   'h', 'e', 'l',  'l',  'o'};
    put32(0xa1b2c3d4);
    put32(0x00040002);
    put32(0);
    put32(0);
    put32(65535);
    put32(228);
    put32(1700000000);
    put32(0);
    put32(sizeof packet);
    put32(sizeof packet);
    (void)fwrite(packet, 1, sizeof packet, stdout);
}

int main(int argc, char **argv)
{
    const char *kind = argc == 2 ? argv[1] : "";
    if (strcmp(kind, "noise") == 0)
        put_cu8(20);
    else if (strcmp(kind, "clipped") == 0)
        put_cu8(120);
    else if (strcmp(kind, "signed") == 0)
        put_cs8();
    else if (strcmp(kind, "nan") == 0)
        put_nan();
    else if (strcmp(kind, "pcap") == 0)
        put_pcap();
    else
        return 2;
    return ferror(stdout) || fflush(stdout) != 0;
}
