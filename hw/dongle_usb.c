/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Dongles as the kernel shows them, also those that may not be opened. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hw/dongle.h"

#define PATH_CAP 512

/* Maker and product numbers of dongles, as in the table of librtlsdr. */
static const char *const known_ids[] = {
    "0bda:2832", "0bda:2838", "0413:6680", "0413:6f0f", "0458:707f", "0ccd:00a9", "0ccd:00b3",
    "0ccd:00b4", "0ccd:00b5", "0ccd:00b7", "0ccd:00b8", "0ccd:00b9", "0ccd:00c0", "0ccd:00c6",
    "0ccd:00d3", "0ccd:00d7", "0ccd:00e0", "1554:5020", "15f4:0131", "15f4:0133", "185b:0620",
    "185b:0650", "185b:0680", "1b80:d393", "1b80:d394", "1b80:d395", "1b80:d397", "1b80:d398",
    "1b80:d39d", "1b80:d3a4", "1b80:d3a8", "1b80:d3af", "1b80:d3b0", "1b80:d3b1", "1d19:1101",
    "1d19:1102", "1d19:1103", "1d19:1104", "1f4d:a803", "1f4d:b803", "1f4d:c803", "1f4d:d286",
    "1f4d:d803",
};

/* The first line of a file of a device, without its end; "" when there is none. */
static void read_line(const char *folder, const char *name, char *ret, size_t cap)
{
    char path[PATH_CAP + 64];
    ret[0] = '\0';
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *f = fopen(path, "re");
    if (!f)
        return;
    if (fgets(ret, (int)cap, f))
        ret[strcspn(ret, "\n")] = '\0';
    else
        ret[0] = '\0';
    (void)fclose(f);
}

static bool is_known(const char *id)
{
    for (size_t i = 0; i < sizeof known_ids / sizeof known_ids[0]; i++) {
        if (strcmp(id, known_ids[i]) == 0)
            return true;
    }
    return false;
}

/* Which kernel driver has the interface that samples come through: DEVICE/DEVICE:1.0/driver. */
static void read_driver(const char *folder, const char *device, struct dongle_usb *ret)
{
    char path[PATH_CAP + 64], target[PATH_CAP];
    (void)snprintf(path, sizeof path, "%s/%.30s:1.0/driver", folder, device);
    ssize_t n = readlink(path, target, sizeof target - 1);
    if (n <= 0)
        return;
    target[n] = '\0';
    const char *slash = strrchr(target, '/');
    (void)snprintf(ret->driver, sizeof ret->driver, "%.60s", slash ? slash + 1 : target);
}

/* True when the device in folder is a dongle. */
static bool read_device(const char *root, const char *folder, const char *device,
                        struct dongle_usb *ret)
{
    char maker[8], product[8], bus[8], number[8], speed[16], path[PATH_CAP];
    *ret = (struct dongle_usb){0};
    read_line(folder, "idVendor", maker, sizeof maker);
    read_line(folder, "idProduct", product, sizeof product);
    (void)snprintf(ret->id, sizeof ret->id, "%.4s:%.4s", maker, product);
    if (!is_known(ret->id))
        return false;
    read_line(folder, "serial", ret->serial, sizeof ret->serial);
    read_line(folder, "speed", speed, sizeof speed);
    read_line(folder, "busnum", bus, sizeof bus);
    read_line(folder, "devnum", number, sizeof number);
    ret->speed_mbit = strtod(speed, NULL);
    (void)snprintf(ret->node, sizeof ret->node, "/dev/bus/usb/%03ld/%03ld", strtol(bus, NULL, 10),
                   strtol(number, NULL, 10));
    (void)snprintf(path, sizeof path, "%.400s%s", root, ret->node);
    ret->node_exists = access(path, F_OK) == 0;
    ret->node_writable = access(path, R_OK | W_OK) == 0;
    read_driver(folder, device, ret);
    return true;
}

int dongle_usb_list(const char *root, struct dongle_usb *ret, int cap)
{
    char path[PATH_CAP], folder[PATH_CAP];
    (void)snprintf(path, sizeof path, "%.200s/sys/bus/usb/devices", root);
    DIR *dir = opendir(path);
    if (!dir)
        return -ENOENT;
    int n = 0;
    const struct dirent *e;
    while (n < cap && (e = readdir(dir)) != NULL) {
        if (e->d_name[0] == '.' || strchr(e->d_name, ':') || strlen(e->d_name) > 30)
            continue;
        (void)snprintf(folder, sizeof folder, "%.400s/%.30s", path, e->d_name);
        if (read_device(root, folder, e->d_name, &ret[n]))
            n++;
    }
    (void)closedir(dir);
    return n;
}

bool dongle_module_loaded(const char *root, const char *name)
{
    char path[PATH_CAP], line[1024];
    bool found = false;
    (void)snprintf(path, sizeof path, "%.400s/proc/modules", root);
    FILE *f = fopen(path, "re");
    if (!f)
        return false;
    size_t n = strlen(name);
    while (!found && fgets(line, sizeof line, f))
        found = strncmp(line, name, n) == 0 && line[n] == ' ';
    (void)fclose(f);
    return found;
}
