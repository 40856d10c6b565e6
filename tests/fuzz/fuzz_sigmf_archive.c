/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive as a file in memory: its metadata is found and parsed, its samples are read. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hw/iq_input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int fd = -1;
    char path[40], err[300] = "", buf[4096];
    struct input *in = NULL;
    if (fd < 0)
        fd = memfd_create("fuzz", 0);
    if (fd < 0 || ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        return 0;
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    int rc = sigmf_archive_open(&in, path, err, sizeof err);
    assert(rc == 0 || err[0] != '\0');
    if (rc != 0)
        return 0;
    assert(input_sigmf(in) != NULL);
    for (ssize_t n = 1, sum = 0; n > 0 && sum < 1 << 20; sum += n)
        n = input_read(in, buf, sizeof buf);
    input_close(in);
    return 0;
}
