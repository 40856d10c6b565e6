/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What librtlsdr and the kernel show of dongles, also of those that may not be opened. */
#include <stdio.h>
#include <string.h>

#include "cli/doctor.h"
#include "hw/dongle.h"

#define DVB_MODULE      "dvb_usb_rtl28xxu"
#define HIGH_SPEED_MBIT 480.0

static void check_dongles(struct doctor *d)
{
    char list[500];
    struct doctor_result *r = doctor_begin(d, "dongles");
    int n = dongle_count();
    doctor_value(r, "dongles", n);
    if (n == 0) {
        doctor_say(
            d, r, DOCTOR_FAIL,
            "no RTL-SDR dongle is on the USB: plug one in; give it to the virtual machine if "
            "this is one; try another port; lsusb must show a Realtek device");
        return;
    }
    dongle_format_list(list, sizeof list);
    doctor_say(d, r, DOCTOR_OK, "%d dongle%s: %s", n, n == 1 ? "" : "s", list);
}

static void check_driver(struct doctor *d, const struct dongle_usb *usb, int n)
{
    struct doctor_result *r = doctor_begin(d, "driver");
    bool loaded = dongle_module_loaded(d->root, DVB_MODULE);
    const char *holder = NULL;
    for (int i = 0; i < n; i++) {
        if (usb[i].driver[0] && strcmp(usb[i].driver, "usbfs") != 0)
            holder = usb[i].driver;
    }
    if (holder)
        doctor_say(d, r, DOCTOR_WARN,
                   "the kernel driver %s holds a dongle to watch television: librtlsdr takes it "
                   "away, but surer is 'blacklist " DVB_MODULE "' in /etc/modprobe.d/rtlsdr.conf, "
                   "then plug it in again",
                   holder);
    else if (loaded)
        doctor_say(d, r, DOCTOR_WARN,
                   "the kernel module " DVB_MODULE " is loaded and may take a dongle that is "
                   "plugged in: 'rmmod " DVB_MODULE "', and 'blacklist " DVB_MODULE
                   "' in /etc/modprobe.d/rtlsdr.conf");
    else
        doctor_say(d, r, DOCTOR_OK, "no kernel driver is in the way");
}

static void check_permission(struct doctor *d, const struct dongle_usb *usb, int n)
{
    struct doctor_result *r = doctor_begin(d, "permission");
    for (int i = 0; i < n; i++) {
        if (usb[i].node_writable)
            continue;
        doctor_say(d, r, DOCTOR_FAIL,
                   "%s %s: install package librtlsdr0 (its udev rule gives dongles to group "
                   "plugdev), 'adduser $USER plugdev', log in again, plug the dongle in again",
                   usb[i].node,
                   usb[i].node_exists ? "may not be opened by this user" : "is missing");
        return;
    }
    doctor_say(d, r, DOCTOR_OK, "this user may open %s", n == 1 ? "it" : "them");
}

static void check_speed(struct doctor *d, const struct dongle_usb *usb, int n)
{
    struct doctor_result *r = doctor_begin(d, "usb");
    double least = 0;
    for (int i = 0; i < n; i++) {
        if (usb[i].speed_mbit > 0 && (least <= 0 || usb[i].speed_mbit < least))
            least = usb[i].speed_mbit;
    }
    if (least <= 0) {
        doctor_say(d, r, DOCTOR_SKIP, "the kernel does not tell the speed of the USB");
        return;
    }
    doctor_value(r, "mbit_per_s", least);
    if (least < HIGH_SPEED_MBIT)
        doctor_say(d, r, DOCTOR_FAIL,
                   "the dongle is connected at %.4g Mbit/s, which loses most samples: use a USB 2 "
                   "port, no old hub or extension, and a USB 2 controller in a virtual machine",
                   least);
    else
        doctor_say(d, r, DOCTOR_OK, "connected at %.4g Mbit/s", least);
}

void doctor_check_usb(struct doctor *d)
{
    struct dongle_usb usb[DONGLE_CAP];
    check_dongles(d);
    int n = dongle_usb_list(d->root, usb, DONGLE_CAP);
    if (n <= 0) {
        struct doctor_result *r = doctor_begin(d, "driver");
        doctor_say(
            d, r, DOCTOR_SKIP,
            "the kernel shows no dongle below /sys/bus/usb: driver, permission and USB speed "
            "were not checked");
        return;
    }
    check_driver(d, usb, n);
    check_permission(d, usb, n);
    check_speed(d, usb, n);
}
