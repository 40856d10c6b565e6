/* SPDX-License-Identifier: GPL-3.0-or-later */
/* channel_list - what --bands and --arfcn say.
 *
 * thread plain value
 */
#ifndef CLI_CHANNEL_LIST_H
#define CLI_CHANNEL_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "gsm/arfcn.h"

struct channel_list {
    unsigned band_mask;
    struct arfcn *list; /* owned; ascending, each once */
    size_t n;           /* 0: every channel of the bands */
};

/* bands "P900,E900" and arfcn "30,512,pcs:512" may be NULL. A bare number 512..810 is DCS1800,
 * or PCS1900 when --bands names only that one. 0, -ENOMEM, or -EINVAL with a sentence. */
int channel_list_parse(struct channel_list *ret, const char *bands, const char *arfcn, char *err,
                       size_t err_cap);
void channel_list_clear(struct channel_list *c);

/* Is the channel one of these? An empty list holds every channel. */
bool channel_wanted(struct arfcn channel, const struct arfcn *only, size_t n_only);

#endif
