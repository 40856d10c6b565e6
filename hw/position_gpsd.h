/* SPDX-License-Identifier: GPL-3.0-or-later */
/* position_gpsd - the one place that speaks to gpsd; private to this layer.
 *
 * thread its own one waits for reports; the rest one caller
 */
#ifndef HW_POSITION_GPSD_PRIVATE_H
#define HW_POSITION_GPSD_PRIVATE_H

#include "hw/position.h"

struct position_gpsd;

/* 0, -ENOMEM, -EAGAIN; -ENOTSUP without libgps. */
int position_gpsd_open(struct position_gpsd **ret, const char *host, const char *port);
void position_gpsd_close(struct position_gpsd *g);
/* The newest report, however old. */
void position_gpsd_get(struct position_gpsd *g, struct position_fix *ret);
void position_gpsd_get_trouble(struct position_gpsd *g, char *ret, size_t cap);

#endif
