/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "air.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "carrier.h"
#include "gmsk.h"
#include "output.h"
#include "rng.h"
#include "scenario.h"

#define CHUNK_SAMP 16384

static enum iq_format format_of(enum sample_format format)
{
    switch (format) {
    case FORMAT_CU8:
        return IQ_CU8;
    case FORMAT_CS8:
        return IQ_CS8;
    case FORMAT_CS16:
        return IQ_CS16;
    case FORMAT_CF32:
        break;
    }
    return IQ_CF32;
}

static void read_text(struct scenario *s, char *text)
{
    char err[256] = "";
    FILE *f = fmemopen(text, strlen(text), "r");
    assert_non_null(f);
    scenario_init(s);
    if (scenario_parse(s, f, "test", err, sizeof(err)) != 0 ||
        scenario_resolve(s, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    fclose(f);
}

static void transmit(struct air *a, struct scenario *s, FILE *f, struct truth *truth)
{
    struct carrier *cell[SCENARIO_CELL_CAP] = {0};
    struct output out;
    char err[256] = "";
    float *iq = malloc(sizeof(float) * 2 * CHUNK_SAMP);
    rng_tables_init();
    gmsk_tables_init();
    assert_true(iq && output_init(&out, s, f, CHUNK_SAMP) == 0);
    for (int i = 0; i < s->n_cells; i++)
        if (carrier_create(&cell[i], s, i, err, sizeof(err)) != 0)
            fail_msg("%s", err);
    a->n_samp = (size_t)llround(s->duration_s * s->rate_hz);
    for (size_t left = a->n_samp; left > 0;) {
        size_t n = left < CHUNK_SAMP ? left : CHUNK_SAMP;
        memset(iq, 0, sizeof(float) * 2 * n);
        for (int i = 0; i < s->n_cells; i++)
            carrier_add(cell[i], iq, n, truth);
        assert_int_equal(output_write(&out, iq, n), 0);
        left -= n;
    }
    for (int i = 0; i < s->n_cells; i++)
        carrier_destroy(cell[i]);
    output_clear(&out);
    free(iq);
}

static void hex_read(const char *text, uint8_t *ret)
{
    for (int i = 0; i < GSM_L2_OCT; i++) {
        unsigned octet = 0;
        assert_int_equal(sscanf(text + 2 * i, "%2x", &octet), 1);
        ret[i] = (uint8_t)octet;
    }
}

static const char *text_of(json_t *line, const char *key)
{
    const char *text = json_string_value(json_object_get(line, key));
    return text ? text : "";
}

static bool read_sent(json_t *line, struct air_sent *ret)
{
    const char *type = text_of(line, "type"), *channel = text_of(line, "channel");
    bool sch = strcmp(type, "sch") == 0;
    if (!sch && strcmp(type, "block") != 0)
        return false;
    memset(ret, 0, sizeof(*ret));
    snprintf(ret->cell, sizeof(ret->cell), "%s", text_of(line, "cell"));
    ret->kind = sch ? GSM_EVENT_SCH : strcmp(channel, "BCCH") ? GSM_EVENT_CCCH : GSM_EVENT_BCCH;
    ret->dedicated = strcmp(channel, "SDCCH") == 0 || strcmp(channel, "SACCH") == 0;
    ret->arfcn = (int)json_integer_value(json_object_get(line, "arfcn"));
    ret->bsic = (int)json_integer_value(json_object_get(line, "bsic"));
    ret->fn = (uint32_t)json_integer_value(json_object_get(line, "fn"));
    ret->samp = json_number_value(json_object_get(line, "sample"));
    if (!sch)
        hex_read(text_of(line, "hex_blanked"), ret->l2);
    return true;
}

static void read_truth(struct air *a, char *text)
{
    size_t cap = 0;
    char *rest = NULL;
    for (char *p = strtok_r(text, "\n", &rest); p; p = strtok_r(NULL, "\n", &rest)) {
        json_t *line = json_loads(p, 0, NULL);
        assert_non_null(line);
        if (a->n_sent == cap) {
            cap = cap ? 2 * cap : 256;
            a->sent = realloc(a->sent, cap * sizeof(*a->sent));
            assert_non_null(a->sent);
        }
        a->n_sent += read_sent(line, &a->sent[a->n_sent]);
        json_decref(line);
    }
}

__attribute__((format(printf, 2, 0))) static void make(struct air *a, const char *text,
                                                       va_list args)
{
    static struct scenario s;
    char copy[4096], *truth_text = NULL;
    size_t n_oct = 0, n_truth = 0;
    memset(a, 0, sizeof(*a));
    int n = vsnprintf(copy, sizeof(copy), text, args);
    assert_true(n > 0 && (size_t)n < sizeof(copy));
    read_text(&s, copy);
    FILE *f = open_memstream(&a->octets, &n_oct);
    struct truth truth = {.f = open_memstream(&truth_text, &n_truth)};
    assert_true(f && truth.f);
    transmit(a, &s, f, &truth);
    fclose(f);
    fclose(truth.f);
    a->format = format_of(s.format);
    a->rate_hz = s.rate_hz;
    a->center_hz = s.center_hz;
    assert_int_equal(n_oct, a->n_samp * iq_format_oct(a->format));
    read_truth(a, truth_text);
    free(truth_text);
}

void air_make(struct air *a, const char *text, ...)
{
    va_list args;
    va_start(args, text);
    make(a, text, args);
    va_end(args);
}

void air_blank(struct air *a, enum iq_format format, double rate_hz, double center_hz,
               size_t n_samp)
{
    *a = (struct air){.octets = calloc(n_samp, iq_format_oct(format)),
                      .n_samp = n_samp,
                      .format = format,
                      .rate_hz = rate_hz,
                      .center_hz = center_hz};
    assert_non_null(a->octets);
}

void air_clear(struct air *a)
{
    free(a->octets);
    free(a->sent);
    memset(a, 0, sizeof(*a));
}

/* Appends one value to a growing array; the room doubles at powers of two. */
static void *append(void *array, size_t n, const void *value, size_t size)
{
    if ((n & (n - 1)) == 0) {
        array = realloc(array, (n ? 2 * n : 1) * size);
        assert_non_null(array);
    }
    memcpy((char *)array + n * size, value, size);
    return array;
}

static void on_event(void *ctx, const struct gsm_event *event)
{
    struct heard *h = ctx;
    h->event = append(h->event, h->n_events, event, sizeof(*event));
    h->n_events++;
}

static void on_report(void *ctx, const struct cell_report *report)
{
    struct heard *h = ctx;
    h->report = append(h->report, h->n_reports, report, sizeof(*report));
    h->n_reports++;
}

void air_hear(const struct air *a, const struct air_how *how, struct heard *ret)
{
    static const uint8_t seed[] = "test";
    static const struct air_how usual;
    struct receiver *r = NULL;
    char err[256] = "";
    size_t oct = iq_format_oct(a->format);
    if (!how)
        how = &usual;
    memset(ret, 0, sizeof(*ret));
    struct receiver_config cfg = {
        .format = a->format,
        .rate_hz = how->rate_hz > 0.0 ? how->rate_hz : a->rate_hz,
        .center_hz = a->center_hz,
        .ppm = how->ppm,
        .band_mask = ARFCN_ALL_BANDS,
        .jobs = how->jobs ? how->jobs : 1,
        .key_seed = seed,
        .n_key_seed_oct = sizeof(seed),
        .on_event = on_event,
        .on_report = on_report,
        .ctx = ret,
    };
    if (receiver_create(&r, &cfg, err, sizeof(err)) != 0)
        fail_msg("%s", err);
    size_t step = how->block_samp ? how->block_samp : 65536;
    for (size_t at = 0, n; at < a->n_samp; at += n) {
        n = a->n_samp - at < step ? a->n_samp - at : step;
        if (at < how->gap_samp && how->gap_samp - at < n)
            n = how->gap_samp - at;
        struct iq_block block = {.data = a->octets + at * oct,
                                 .n_samp = n,
                                 .gap = at > 0 && at == how->gap_samp,
                                 .format = a->format,
                                 .samp = at,
                                 .rate_hz = cfg.rate_hz,
                                 .center_hz = a->center_hz};
        assert_int_equal(receiver_push(r, &block), 0);
    }
    assert_int_equal(receiver_finish(r), 0);
    receiver_get_stats(r, &ret->stats);
    receiver_destroy(r);
}

void heard_clear(struct heard *h)
{
    free(h->event);
    free(h->report);
    memset(h, 0, sizeof(*h));
}

static const struct air_sent *find_sent(const struct air *a, const struct gsm_event *e)
{
    for (size_t i = 0; i < a->n_sent; i++) {
        const struct air_sent *s = &a->sent[i];
        if (s->fn == e->fn && s->arfcn == (int)e->channel.number && s->kind == e->kind &&
            s->bsic == e->bsic && !s->dedicated)
            return s;
    }
    return NULL;
}

struct score air_score(const struct air *a, const struct heard *h, const char *cell,
                       const char *what)
{
    struct score ret = {0};
    double n = 0.0, sum = 0.0, sum2 = 0.0, sym = a->rate_hz / GSM_SYMBOL_RATE_HZ;
    for (size_t i = 0; i < a->n_sent; i++) {
        if (a->sent[i].dedicated || (cell && strcmp(a->sent[i].cell, cell) != 0))
            continue;
        ret.n_sch += a->sent[i].kind == GSM_EVENT_SCH;
        ret.n_block += a->sent[i].kind != GSM_EVENT_SCH;
    }
    for (size_t i = 0; i < h->n_events; i++) {
        const struct gsm_event *e = &h->event[i];
        const struct air_sent *s = find_sent(a, e);
        if (e->assumed)
            continue;
        if (!s || (e->kind != GSM_EVENT_SCH && memcmp(s->l2, e->l2, GSM_L2_OCT) != 0)) {
            print_message("wrong: %s ARFCN %d BSIC %d FN %u at %.1f, %.1f dB\n",
                          gsm_event_channel_name(e->kind), (int)e->channel.number, e->bsic, e->fn,
                          e->samp, e->snr_db);
            ret.n_wrong++;
            continue;
        }
        if (cell && strcmp(s->cell, cell) != 0)
            continue;
        double late = (e->samp - s->samp) / sym;
        n += 1.0;
        sum += late;
        sum2 += late * late;
        ret.n_sch_got += e->kind == GSM_EVENT_SCH;
        ret.n_block_got += e->kind != GSM_EVENT_SCH;
        ret.snr_db += e->kind != GSM_EVENT_SCH ? e->snr_db : 0.0;
    }
    ret.late_sym = n > 0.0 ? sum / n : 0.0;
    ret.spread_sym = n > 0.0 ? sqrt(fmax(sum2 / n - ret.late_sym * ret.late_sym, 0.0)) : 0.0;
    ret.snr_db /= ret.n_block_got ? ret.n_block_got : 1;
    print_message("%-34s SCH %4d of %4d, blocks %5d of %5d, wrong %d, late %+.2f +- %.2f, "
                  "%5.2f dB\n",
                  what, ret.n_sch_got, ret.n_sch, ret.n_block_got, ret.n_block, ret.n_wrong,
                  ret.late_sym, ret.spread_sym, ret.snr_db);
    return ret;
}

struct score air_run(const char *what, const char *cell, const struct air_how *how,
                     const char *text, ...)
{
    struct air a;
    struct heard h;
    va_list args;
    va_start(args, text);
    make(&a, text, args);
    va_end(args);
    air_hear(&a, how, &h);
    struct score ret = air_score(&a, &h, cell, what);
    heard_clear(&h);
    air_clear(&a);
    return ret;
}
