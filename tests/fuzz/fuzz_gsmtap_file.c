/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Packets of every link type; the first octet chooses which. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "hw/gsmtap_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int link_types[] = {0, 1, 12, 101, 108, 113, 228, 276, 127};
    struct gsmtap_frame frame;
    (void)gsmtap_file_magic(data, size);
    if (size < 1)
        return 0;
    int link_type = link_types[data[0] % (sizeof link_types / sizeof link_types[0])];
    uint8_t *packet =
        malloc(size ? size : 1); /* its own block, so that the sanitizer sees its end */
    if (!packet)
        return 0;
    memcpy(packet, data + 1, size - 1);
    if (gsmtap_packet_parse(link_type, packet, size - 1, &frame) == GSMTAP_FRAME) {
        assert(frame.arfcn >= 0 && frame.arfcn <= 1023);
        assert(frame.n_oct <= sizeof frame.octets);
        assert((frame.channel_type & 0x80) == 0);
    }
    free(packet);
    return 0;
}
