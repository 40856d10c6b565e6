/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SigMF metadata, and the stretches that come of it. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "hw/iq_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sigmf_meta meta;
    struct iq_layout layout;
    char err[200] = "";
    int rc = sigmf_parse(&meta, (const char *)data, size, "x", err, sizeof err);
    assert(rc == 0 || err[0] != '\0');
    if (rc != 0)
        return 0;
    assert(!strchr(meta.dataset, '/') && meta.n_captures <= SIGMF_CAPTURES_CAP);
    rc = iq_layout_sigmf(&layout, &meta, meta.format, meta.rate_hz, "x", err, sizeof err);
    if (rc == 0) {
        assert(layout.n >= 1);
        for (size_t i = 1; i < layout.n; i++) {
            const struct iq_stretch *last = &layout.stretch[i - 1];
            assert(layout.stretch[i].at_oct >
                   last->at_oct + (last->n_samp - 1) * iq_format_oct(meta.format));
            assert(layout.stretch[i].samp >= last->samp + last->n_samp);
        }
        iq_layout_clear(&layout);
    }
    sigmf_clear(&meta);
    return 0;
}
