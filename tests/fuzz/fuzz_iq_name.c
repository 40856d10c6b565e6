/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File names and the first octets of files, as strangers hand them in. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/utc.h"
#include "hw/iq_source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *name = malloc(size + 1);
    if (!name)
        return 0;
    if (size > 0)
        memcpy(name, data, size);
    name[size] = '\0';
    struct iq_source_info info;
    iq_name_guess(name, &info);
    assert(!info.guessed_rate || (isfinite(info.rate_hz) && info.rate_hz > 0));
    assert(!info.guessed_center || (isfinite(info.center_hz) && info.center_hz >= 0));
    assert(info.guessed_start == (info.start_utc_us != UTC_UNKNOWN));
    enum iq_format format = iq_content_guess(data, size);
    assert(format == IQ_FORMAT_UNKNOWN || !iq_content_contradicts(data, size, format));
    (void)iq_content_other(data, size);
    free(name);
    return 0;
}
