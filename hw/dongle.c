/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hw/dongle.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <rtl-sdr.h>

/* Results of libusb that rtlsdr_open() hands on. */
enum { USB_ERROR_ACCESS = -3, USB_ERROR_NO_DEVICE = -4, USB_ERROR_BUSY = -6 };

int dongle_count(void)
{
    return (int)rtlsdr_get_device_count();
}

int dongle_list(struct dongle *ret, int cap)
{
    int n = dongle_count();
    for (int i = 0; i < n && i < cap; i++) {
        struct dongle *d = &ret[i];
        memset(d, 0, sizeof *d); /* on an error the library leaves the strings as they are */
        (void)snprintf(d->name, sizeof d->name, "%s", rtlsdr_get_device_name((uint32_t)i));
        d->readable =
            rtlsdr_get_device_usb_strings((uint32_t)i, d->manufacturer, d->product, d->serial) == 0;
        if (!d->readable)
            d->manufacturer[0] = d->product[0] = d->serial[0] = '\0';
        d->manufacturer[DONGLE_TEXT_CAP - 1] = d->product[DONGLE_TEXT_CAP - 1] = '\0';
        d->serial[DONGLE_TEXT_CAP - 1] = '\0';
    }
    return n;
}

static void format_list(const struct dongle *d, int n, char *ret, size_t cap)
{
    size_t used = 0;
    ret[0] = '\0';
    for (int i = 0; i < n && i < DONGLE_CAP && used < cap; i++)
        used += (size_t)snprintf(ret + used, cap - used, "%s%d: %.40s, serial %.40s", i ? "; " : "",
                                 i, d[i].name, d[i].readable ? d[i].serial : "not readable");
}

void dongle_format_list(char *ret, size_t cap)
{
    struct dongle d[DONGLE_CAP];
    int n = dongle_list(d, DONGLE_CAP);
    format_list(d, n, ret, cap);
}

static int find_serial(const struct live_spec *spec, const struct dongle *d, int n, char *err,
                       size_t err_cap)
{
    int found = -1, n_found = 0;
    char list[300];
    for (int i = 0; i < n; i++) {
        if (d[i].readable && strcmp(d[i].serial, spec->serial) == 0) {
            found = i;
            n_found++;
        }
    }
    if (n_found == 1)
        return found;
    format_list(d, n, list, sizeof list);
    if (n_found == 0)
        (void)snprintf(err, err_cap, "no dongle has the serial number '%.60s'; there are: %s",
                       spec->serial, list);
    else
        (void)snprintf(err, err_cap,
                       "%d dongles have the serial number '%.60s': choose by index (%s), or give "
                       "them numbers of their own with rtl_eeprom -s",
                       n_found, spec->serial, list);
    return n_found == 0 ? -ENODEV : -EINVAL;
}

int dongle_find(const struct live_spec *spec, char *err, size_t err_cap)
{
    struct dongle d[DONGLE_CAP];
    char list[300];
    int n = dongle_list(d, DONGLE_CAP);
    n = n < DONGLE_CAP ? n : DONGLE_CAP;
    if (n == 0) {
        (void)snprintf(err, err_cap,
                       "no RTL-SDR dongle is plugged in: plug one in (a virtual machine must be "
                       "given the USB device), then see cellwarden doctor");
        return -ENODEV;
    }
    if (spec->serial[0])
        return find_serial(spec, d, n, err, err_cap);
    if (spec->index < 0 && n == 1)
        return 0;
    if (spec->index >= 0 && spec->index < n)
        return spec->index;
    format_list(d, n, list, sizeof list);
    if (spec->index < 0)
        (void)snprintf(err, err_cap,
                       "there are %d dongles: say which, rtlsdr:INDEX or rtlsdr:serial=S (%s)", n,
                       list);
    else
        (void)snprintf(err, err_cap, "there is no dongle %d; there are: %s", spec->index, list);
    return spec->index < 0 ? -EINVAL : -ENODEV;
}

bool dongle_is_blog_v4(const char *manufacturer, const char *product)
{
    return strcmp(manufacturer, "RTLSDRBlog") == 0 && strcmp(product, "Blog V4") == 0;
}

int dongle_open_error(int rc, bool opened, int index, char *err, size_t err_cap)
{
    if (rc == 0 && opened)
        return 0;
    if (rc == 0) {
        (void)snprintf(err, err_cap,
                       "a kernel driver holds dongle %d and does not let go: run 'rmmod "
                       "dvb_usb_rtl28xxu' as root, and keep it out with a line 'blacklist "
                       "dvb_usb_rtl28xxu' in /etc/modprobe.d/rtlsdr.conf",
                       index);
        return -EBUSY;
    }
    if (rc == USB_ERROR_ACCESS) {
        (void)snprintf(err, err_cap,
                       "no permission to open dongle %d: install package librtlsdr0 (its udev "
                       "rule), join group plugdev ('adduser $USER plugdev', log in again) and plug "
                       "it in again",
                       index);
        return -EACCES;
    }
    if (rc == USB_ERROR_BUSY) {
        (void)snprintf(err, err_cap,
                       "dongle %d is used by another program (rtl_tcp, a second cellwarden?): end "
                       "it first",
                       index);
        return -EBUSY;
    }
    (void)snprintf(err, err_cap,
                   "dongle %d does not open%s (USB error %d): plug it in again, without a hub",
                   index, rc == USB_ERROR_NO_DEVICE ? ", it was just unplugged" : "", rc);
    return -ENODEV;
}
