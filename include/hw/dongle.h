/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dongle - RTL-SDR receivers on this machine.
 *
 * in   the USB, through librtlsdr; /sys and /proc below a root folder
 * out  plain values
 * cost some ms: every dongle is opened for a moment to read its strings
 * thread any
 */
#ifndef HW_DONGLE_H
#define HW_DONGLE_H

#include <stdbool.h>
#include <stddef.h>

#include "hw/live_spec.h"

#define DONGLE_CAP      16
#define DONGLE_TEXT_CAP 256 /* as librtlsdr wants it */

struct dongle {
    char name[128]; /* "Generic RTL2832U OEM" */
    char manufacturer[DONGLE_TEXT_CAP], product[DONGLE_TEXT_CAP], serial[DONGLE_TEXT_CAP];
    bool readable; /* false: it could not be opened for a moment, its strings are "" */
};

/* How many receivers librtlsdr sees on the USB. */
int dongle_count(void);
/* The first cap of them; returns how many there are. */
int dongle_list(struct dongle *ret, int cap);
/* "0: Generic RTL2832U OEM, serial 00000001; 1: ...", as much as fits. */
void dongle_format_list(char *ret, size_t cap);

/* Index of the one that is meant. -ENODEV: there is none; -EINVAL: several could be meant, with
 * their list. */
int dongle_find(const struct live_spec *spec, char *err, size_t err_cap);
/* An RTL-SDR Blog V4: an R828D at 28.8 MHz, which librtlsdr 0.6.0 takes for one at 16 MHz. */
bool dongle_is_blog_v4(const char *manufacturer, const char *product);
/* What a result of rtlsdr_open() means: negative errno, with what to do in err. opened: whether
 * it gave a device (0.6.0 says 0 without one when a kernel driver does not let go). */
int dongle_open_error(int rc, bool opened, int index, char *err, size_t err_cap);

/* One dongle as the kernel shows it. */
struct dongle_usb {
    char id[12]; /* "0bda:2838" */
    char serial[64];
    char node[64];     /* "/dev/bus/usb/001/004" */
    char driver[64];   /* kernel driver of its first interface; "": none */
    double speed_mbit; /* 480: high speed; 0: not known */
    bool node_exists, node_writable;
};

/* Dongles below root ("" for the real /sys and /dev), by the numbers that librtlsdr knows. Returns
 * how many there are, -ENOENT without a USB in /sys. */
int dongle_usb_list(const char *root, struct dongle_usb *ret, int cap);
/* True when the kernel module name is loaded ("dvb_usb_rtl28xxu"). */
bool dongle_module_loaded(const char *root, const char *name);

#endif
