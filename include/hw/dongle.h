/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dongle - RTL-SDR receivers on this machine.
 *
 * thread any
 */
#ifndef HW_DONGLE_H
#define HW_DONGLE_H

/* How many receivers librtlsdr sees on the USB. */
int dongle_count(void);

#endif
