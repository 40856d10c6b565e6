/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/plain_text.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* One character of UTF-8 (RFC 3629). Returns its length, or 0 when the octets are none. */
static size_t next_character(const unsigned char *p, unsigned *ret)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xc0 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n == 0 || p[0] > 0xf4)
        return 0;
    unsigned c = n == 1 ? p[0] : p[0] & (0x7fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((p[i] & 0xc0) != 0x80) /* also ends at the terminator */
            return 0;
        c = c << 6 | (p[i] & 0x3fu);
    }
    if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret = c;
    return n;
}

/* Characters that change what a terminal shows of other characters. */
static bool is_hostile(unsigned c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

size_t plain_text_format(const char *text, char *ret, size_t cap)
{
    const unsigned char *p = (const unsigned char *)(text ? text : "");
    size_t len = 0;
    while (*p) {
        unsigned c = 0;
        char piece[32];
        size_t n = next_character(p, &c), n_piece = 0;
        bool as_hex = n == 0 || is_hostile(c);
        n = n ? n : 1;
        for (size_t i = 0; i < n; i++)
            n_piece += as_hex ? (size_t)sprintf(piece + n_piece, "\\x%02x", p[i]) : 1;
        if (!as_hex)
            memcpy(piece, p, n);
        if (n_piece >= cap - len)
            break;
        memcpy(ret + len, piece, n_piece);
        len += n_piece;
        p += n;
    }
    ret[len] = 0;
    return len;
}

static char *format_whole(const char *text)
{
    size_t cap = 4 * strlen(text) + 1;
    char *ret = malloc(cap);
    if (ret)
        (void)plain_text_format(text, ret, cap);
    return ret;
}

void plain_text_put(FILE *out, const char *text)
{
    char *plain = text ? format_whole(text) : NULL;
    if (plain)
        (void)fputs(plain, out);
    free(plain);
}

json_t *plain_text_json(const char *text)
{
    if (!text)
        return json_null();
    json_t *ret = json_string(text);
    if (ret)
        return ret;
    char *plain = format_whole(text);
    ret = plain ? json_string(plain) : NULL;
    free(plain);
    return ret ? ret : json_null();
}
