/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is typed for a source. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "hw/live_spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), err[400] = "";
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    struct live_spec s;
    int rc = live_spec_parse(text, &s, err, sizeof err);
    assert(rc == 0 || err[0] != '\0');
    if (rc == 0 && s.kind == LIVE_RTLTCP) {
        long port = strtol(s.port, NULL, 10);
        assert(s.host[0] != '\0' && port >= 1 && port <= 65535);
    }
    if (rc == 0 && s.kind == LIVE_RTLSDR)
        assert(s.index >= -1 && s.index <= 255 && memchr(s.serial, 0, sizeof s.serial));
    if (rc == 0 && s.kind == LIVE_FILE)
        assert(s.path >= text && s.path < text + size);
    free(text);
    return 0;
}
