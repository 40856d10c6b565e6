/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Times as typed; what parses must read back from its own text. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    int64_t us, back;
    char out[UTC_TEXT_CAP];
    if (utc_parse(text, &us) == 0) {
        utc_format(us, out);
        int64_t year_10000 = INT64_C(253402300800000000), year_0 = INT64_C(-62167219200000000);
        if (us < year_10000 && us >= year_0) {
            assert(utc_parse(out, &back) == 0);
            assert(us - back >= 0 && us - back < 1000);
        }
    }
    if (size >= sizeof us) {
        memcpy(&us, data, sizeof us);
        utc_format(us, out);
        assert(strlen(out) < UTC_TEXT_CAP);
    }
    free(text);
    return 0;
}
