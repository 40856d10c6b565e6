/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const tuner_name[] = {"none",   "E4000", "FC0012", "FC0013",
                                         "FC2580", "R820T", "R828D"};
static const char *const open_name[] = {"ok", "access", "busy", "driver"};

static int find_word(const char *word, const char *const *list, int n)
{
    for (int i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0)
            return i;
    return -1;
}

static bool set_text(struct control_dongle *d, const char *key, const char *value)
{
    static const char *const keys[] = {"serial", "manufacturer", "product"};
    char *const into[] = {d->serial, d->manufacturer, d->product};
    int i = find_word(key, keys, 3);
    if (i >= 0)
        snprintf(into[i], sizeof(d->serial), "%.127s", value);
    return i >= 0;
}

static bool set_choice(struct control_dongle *d, const char *key, const char *value)
{
    int i = -1;
    if (strcmp(key, "tuner") == 0 && (i = find_word(value, tuner_name, 7)) >= 0) {
        d->tuner = i;
        d->xtal_hz = i == 6 ? 16000000 : 28800000;
    } else if (strcmp(key, "open") == 0 && (i = find_word(value, open_name, 4)) >= 0) {
        d->open = (enum control_open)i;
    }
    return i >= 0;
}

static bool set_numbers(struct control_dongle *d, const char *key, const char *value)
{
    double x[3] = {0, 0, 0};
    int n = sscanf(value, "%lf %lf %lf", &x[0], &x[1], &x[2]);
    if (n == 1 && strcmp(key, "xtal") == 0)
        d->xtal_hz = (uint32_t)x[0];
    else if (n == 1 && strcmp(key, "gain_ref") == 0)
        d->gain_ref_db = x[0];
    else if (n == 1 && strcmp(key, "settle_ms") == 0)
        d->settle_ms = x[0];
    else if (n == 1 && strcmp(key, "cancel_hangs") == 0)
        d->cancel_hangs = x[0] != 0;
    else if (n == 1 && strcmp(key, "back_first") == 0)
        d->back_first = x[0] != 0;
    else if (n == 3 && strcmp(key, "pll_fails") == 0) {
        d->pll_from_hz = x[0];
        d->pll_to_hz = x[1];
        d->n_pll_fails = (int)x[2];
    } else if (n == 2 && strcmp(key, "lose") == 0 && d->n_losses < CONTROL_LOSSES_CAP) {
        d->lose_at_s[d->n_losses] = x[0];
        d->lose_n[d->n_losses++] = (int)x[1];
    } else if (n == 2 && strcmp(key, "stall") == 0) {
        d->stall_at_s = x[0];
        d->stall_for_s = x[1];
    } else if (n == 2 && strcmp(key, "unplug") == 0) {
        d->unplug_at_s = x[0];
        d->unplug_for_s = x[1];
    } else {
        return false;
    }
    return true;
}

static bool set_global(struct control *c, const char *path, const char *key, const char *value)
{
    if (strcmp(key, "speed") == 0)
        return sscanf(value, "%lf", &c->speed) == 1 && c->speed > 0;
    if (strcmp(key, "loud") == 0)
        return c->loud = true;
    if (strcmp(key, "air") != 0)
        return false;
    const char *slash = strrchr(path, '/');
    int n = slash && value[0] != '/' ? (int)(slash - path) + 1 : 0;
    snprintf(c->air, sizeof(c->air), "%.*s%s", n, path, value);
    return true;
}

static bool add_dongle(struct control *c, const char *name)
{
    if (c->n_dongles == CONTROL_DONGLES_CAP)
        return false;
    struct control_dongle *d = &c->dongle[c->n_dongles++];
    *d = (struct control_dongle){.tuner = 5,
                                 .xtal_hz = 28800000,
                                 .gain_ref_db = 30,
                                 .settle_ms = 5,
                                 .stall_at_s = -1,
                                 .unplug_at_s = -1};
    snprintf(d->name, sizeof(d->name), "%.127s", name);
    snprintf(d->serial, sizeof(d->serial), "00000001");
    return true;
}

static bool read_line(struct control *c, const char *path, char *line)
{
    line[strcspn(line, "#\n")] = '\0';
    char *key = line + strspn(line, " \t");
    size_t n = strlen(key);
    while (n > 0 && (key[n - 1] == ' ' || key[n - 1] == '\t'))
        key[--n] = '\0';
    if (n == 0)
        return true;
    char *value = key + strcspn(key, " \t");
    if (*value)
        *value++ = '\0';
    value += strspn(value, " \t");
    if (strcmp(key, "dongle") == 0)
        return add_dongle(c, value);
    if (c->n_dongles == 0)
        return set_global(c, path, key, value);
    struct control_dongle *d = &c->dongle[c->n_dongles - 1];
    return set_text(d, key, value) || set_choice(d, key, value) || set_numbers(d, key, value);
}

bool control_read(struct control *ret)
{
    const char *path = getenv("CELLWARDEN_STANDIN");
    char line[512];
    int number = 0;
    bool good = true;
    *ret = (struct control){.speed = 1};
    if (!path || !*path)
        return true;
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "stand-in: cannot open '%s'\n", path);
        return false;
    }
    while (good && fgets(line, sizeof(line), f)) {
        number++;
        good = read_line(ret, path, line);
        if (!good)
            fprintf(stderr, "stand-in: %s:%d: a mistake at '%s'\n", path, number, line);
    }
    fclose(f);
    return good;
}

int control_gains(int tuner, const int **ret)
{
    static const int e4000[] = {-10, 15, 40, 65, 90, 115, 140, 165, 190, 215, 240, 290, 340, 420};
    static const int fc0012[] = {-99, -40, 71, 179, 192};
    static const int r82xx[] = {0,   9,   14,  27,  37,  77,  87,  125, 144, 157,
                                166, 197, 207, 229, 254, 280, 297, 328, 338, 364,
                                372, 386, 402, 421, 434, 439, 445, 480, 496};
    static const int none[] = {0};
    *ret = tuner == 1 ? e4000 : tuner == 2 || tuner == 3 ? fc0012 : tuner >= 5 ? r82xx : none;
    return tuner == 1 ? 14 : tuner == 2 || tuner == 3 ? 5 : tuner >= 5 ? 29 : 1;
}
