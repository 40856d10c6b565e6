/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/channel_list.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_CAP     24
#define CHANNELS_CAP 2048

/* Short names beside those of gsm/arfcn.h. */
static const struct {
    const char *name;
    enum arfcn_band band;
} short_names[] = {
    {"pcs", ARFCN_PCS1900}, {"dcs", ARFCN_DCS1800}, {"850", ARFCN_GSM850}, {"egsm", ARFCN_E900}};

static enum arfcn_band find_band(const char *name)
{
    for (size_t i = 0; i < sizeof short_names / sizeof short_names[0]; i++) {
        if (strcasecmp(name, short_names[i].name) == 0)
            return short_names[i].band;
    }
    return arfcn_band_find(name);
}

/* Next word of a list with commas; NULL at the end, "" for a word that is empty or too long. */
static const char *next_word(const char *p, char word[WORD_CAP])
{
    if (!p)
        return NULL;
    size_t n = strcspn(p, ",");
    word[0] = '\0';
    if (n < WORD_CAP)
        (void)snprintf(word, WORD_CAP, "%.*s", (int)n, p);
    return p + n;
}

static int parse_bands(const char *text, unsigned *ret, char *err, size_t err_cap)
{
    char word[WORD_CAP];
    *ret = 0;
    for (const char *p = text; (p = next_word(p, word)) != NULL; p = *p ? p + 1 : NULL) {
        enum arfcn_band band = find_band(word);
        if (band == ARFCN_BAND_UNKNOWN) {
            (void)snprintf(err, err_cap,
                           "'%s' in --bands is no band: P900, E900, R900, GSM850, DCS1800 or "
                           "PCS1900",
                           word);
            return -EINVAL;
        }
        *ret |= ARFCN_BAND_BIT((unsigned)band);
    }
    return 0;
}

/* "30" or "pcs:512". */
static int parse_channel(const char *word, unsigned band_mask, struct arfcn *ret)
{
    char name[WORD_CAP];
    const char *colon = strchr(word, ':');
    const char *digits = colon ? colon + 1 : word;
    char *end;
    if (*digits < '0' || *digits > '9')
        return -EINVAL;
    long number = strtol(digits, &end, 10);
    if (*end != '\0' || number < 0 || number > 1023)
        return -EINVAL;
    ret->number = (int)number;
    if (colon) {
        (void)snprintf(name, sizeof name, "%.*s", (int)(colon - word), word);
        ret->band = find_band(name);
    } else {
        ret->band = arfcn_band_of(ret->number, band_mask == ARFCN_BAND_BIT(ARFCN_PCS1900));
    }
    return arfcn_downlink_hz(*ret) > 0 ? 0 : -EINVAL;
}

static int compare(const void *a, const void *b)
{
    struct arfcn x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return arfcn_compare(x, y);
}

/* Order and doubles as typed must not change a result. */
static void sort_once(struct channel_list *c)
{
    qsort(c->list, c->n, sizeof *c->list, compare);
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (n == 0 || arfcn_compare(c->list[i], c->list[n - 1]) != 0)
            c->list[n++] = c->list[i];
    }
    c->n = n;
}

int channel_list_parse(struct channel_list *ret, const char *bands, const char *arfcn, char *err,
                       size_t err_cap)
{
    char word[WORD_CAP];
    memset(ret, 0, sizeof *ret);
    ret->band_mask = ARFCN_ALL_BANDS;
    int rc = bands ? parse_bands(bands, &ret->band_mask, err, err_cap) : 0;
    if (rc < 0 || !arfcn)
        return rc;
    ret->list = calloc(CHANNELS_CAP, sizeof *ret->list);
    if (!ret->list)
        return -ENOMEM;
    for (const char *p = arfcn; (p = next_word(p, word)) != NULL; p = *p ? p + 1 : NULL) {
        if (ret->n == CHANNELS_CAP || parse_channel(word, ret->band_mask, &ret->list[ret->n]) < 0) {
            (void)snprintf(err, err_cap,
                           "'%s' in --arfcn is no channel: write for example 30,512,pcs:512", word);
            channel_list_clear(ret);
            return -EINVAL;
        }
        ret->n++;
    }
    sort_once(ret);
    return 0;
}

bool channel_wanted(struct arfcn channel, const struct arfcn *only, size_t n_only)
{
    for (size_t i = 0; i < n_only; i++) {
        if (arfcn_compare(channel, only[i]) == 0)
            return true;
    }
    return n_only == 0;
}

void channel_list_clear(struct channel_list *c)
{
    free(c->list);
    memset(c, 0, sizeof *c);
}
