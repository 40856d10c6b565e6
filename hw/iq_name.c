/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/utc.h"
#include "hw/iq_source.h"

/* A number with a unit is a centre frequency from here on, below it a sample rate: GSM starts at
 * 869 MHz, and no receiver that writes such files samples faster than this. */
#define CENTRE_FROM_HZ 50e6
/* gr-gsm's test recordings name the decimation of a 100 MHz converter. */
#define GRGSM_CLOCK_HZ 100e6
#define WORD_CAP       48

static const struct {
    const char *ending;
    enum iq_format format;
} ending_table[] = {
    {"cu8", IQ_CU8},  {"u8", IQ_CU8},       {"cs8", IQ_CS8},   {"s8", IQ_CS8},
    {"c8", IQ_CS8},   {"cs16", IQ_CS16},    {"s16", IQ_CS16},  {"sc16", IQ_CS16},
    {"c16", IQ_CS16}, {"cfile", IQ_CF32},   {"cf32", IQ_CF32}, {"fc32", IQ_CF32},
    {"c32", IQ_CF32}, {"complex", IQ_CF32},
};

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void set_rate(struct iq_source_info *info, double hz)
{
    if (info->guessed_rate || !(hz >= 1e3))
        return;
    info->rate_hz = hz;
    info->guessed_rate = true;
}

static void set_center(struct iq_source_info *info, double hz)
{
    if (info->guessed_center)
        return;
    info->center_hz = hz;
    info->guessed_center = true;
}

static void set_start(struct iq_source_info *info, const char *date, const char *time)
{
    char text[UTC_TEXT_CAP];
    (void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", date, date + 4, date + 6,
                   time, time + 2, time + 4);
    if (!info->guessed_start && utc_parse(text, &info->start_utc_us) == 0)
        info->guessed_start = true;
}

static bool all_digits(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
    }
    return n > 0;
}

/* gqrx_YYYYMMDD_HHMMSS_FREQ_RATE_fc.raw: all in one, times in UTC. */
static bool guess_gqrx(const char *name, struct iq_source_info *ret)
{
    if (strncasecmp(name, "gqrx_", 5) != 0)
        return false;
    const char *date = name + 5;
    if (strlen(date) < 17 || !all_digits(date, 8) || date[8] != '_' || !all_digits(date + 9, 6) ||
        date[15] != '_')
        return false;
    char *end;
    double freq_hz = strtod(date + 16, &end);
    if (*end != '_' || !all_digits(date + 16, (size_t)(end - date - 16)))
        return false;
    const char *rate = end + 1;
    double rate_hz = strtod(rate, &end);
    if (strncasecmp(end, "_fc.", 4) != 0 || !all_digits(rate, (size_t)(end - rate)))
        return false;
    set_center(ret, freq_hz);
    set_rate(ret, rate_hz);
    set_start(ret, date, date + 9);
    ret->format = IQ_CF32;
    ret->guessed_format = true;
    return true;
}

/* Downlink of a bare ARFCN as gr-gsm counts, TS 45.005 2; 0 when there is none. */
static double bare_arfcn_hz(int n)
{
    if (n >= 0 && n <= 124)
        return 935e6 + 200e3 * n;
    if (n >= 128 && n <= 251)
        return 869.2e6 + 200e3 * (n - 128);
    if (n >= 512 && n <= 885)
        return 1805.2e6 + 200e3 * (n - 512);
    if (n >= 955 && n <= 1023)
        return 935e6 + 200e3 * (n - 1024);
    return 0;
}

/* Value of a word that is one letter and up to four digits ("a725"), else -1. */
static int letter_number(const char *word, char letter)
{
    size_t n = strlen(word);
    if (n < 2 || n > 5 || word[0] != letter || !all_digits(word + 1, n - 1))
        return -1;
    return (int)strtol(word + 1, NULL, 10);
}

/* A number followed by a unit: k, M, G, then nothing, Hz or sps. Its value goes to the centre or
 * to the rate by size; "sps" is a rate whatever its size. */
static void guess_word_number(const char *word, struct iq_source_info *ret)
{
    if (!isdigit((unsigned char)word[0]))
        return;
    char *unit;
    double value = strtod(word, &unit);
    bool prefix = strchr("kKMG", *unit) != NULL && *unit != '\0';
    if (prefix)
        value *= *unit == 'M' ? 1e6 : *unit == 'G' ? 1e9 : 1e3;
    const char *rest = unit + prefix;
    bool is_rate = strcasecmp(rest, "sps") == 0 || strcasecmp(rest, "s") == 0;
    bool is_hz = strcasecmp(rest, "hz") == 0;
    if (!isfinite(value) || !(is_rate || is_hz || (prefix && *rest == '\0')))
        return;
    if (!is_rate && value >= CENTRE_FROM_HZ)
        set_center(ret, value);
    else
        set_rate(ret, value);
}

/* "20150303" then "122423Z" (SDR programs), or "20150303T122423Z" in one word. */
static void guess_word_time(const char *last, const char *word, struct iq_source_info *ret)
{
    size_t n = strlen(word);
    if (n == 7 && word[6] == 'Z' && all_digits(word, 6) && strlen(last) == 8 && all_digits(last, 8))
        set_start(ret, last, word);
    if (n == 16 && word[8] == 'T' && word[15] == 'Z' && all_digits(word, 8) &&
        all_digits(word + 9, 6))
        set_start(ret, word, word + 9);
}

/* Next word of the name; words end at anything but a letter, a digit or a decimal point. */
static const char *next_word(const char *p, char word[WORD_CAP])
{
    size_t n = 0;
    while (*p && !isalnum((unsigned char)*p))
        p++;
    while (isalnum((unsigned char)*p) ||
           (*p == '.' && n > 0 && isdigit((unsigned char)p[-1]) && isdigit((unsigned char)p[1]))) {
        if (n + 1 < WORD_CAP)
            word[n++] = *p;
        p++;
    }
    word[n] = '\0';
    return p;
}

static void guess_words(const char *name, struct iq_source_info *ret)
{
    char word[WORD_CAP], last[WORD_CAP] = "";
    int arfcn = -1, decimation = -1;
    for (const char *p = next_word(name, word); word[0]; p = next_word(p, word)) {
        guess_word_number(word, ret);
        guess_word_time(last, word, ret);
        if (letter_number(word, 'a') >= 0)
            arfcn = letter_number(word, 'a');
        if (letter_number(word, 'd') > 0)
            decimation = letter_number(word, 'd');
        memcpy(last, word, sizeof last);
    }
    if (arfcn >= 0 && decimation > 0 && bare_arfcn_hz(arfcn) > 0) {
        set_center(ret, bare_arfcn_hz(arfcn));
        set_rate(ret, GRGSM_CLOCK_HZ / decimation);
    }
}

static void guess_ending(const char *name, struct iq_source_info *ret)
{
    const char *dot = strrchr(name, '.');
    if (!dot || ret->guessed_format)
        return;
    for (size_t i = 0; i < sizeof ending_table / sizeof ending_table[0]; i++) {
        if (strcasecmp(dot + 1, ending_table[i].ending) == 0) {
            ret->format = ending_table[i].format;
            ret->guessed_format = true;
        }
    }
}

void iq_name_guess(const char *path, struct iq_source_info *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->start_utc_us = UTC_UNKNOWN;
    const char *name = base_name(path);
    if (!guess_gqrx(name, ret))
        guess_words(name, ret);
    guess_ending(name, ret);
}
