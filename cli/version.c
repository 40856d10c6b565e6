/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/version.h"

#include "build_info.h"
#include "core/notify.h"
#include "hw/dongle.h"
#include "hw/position.h"

static const struct {
    const char *name;
    const char *version;
} library_table[] = {
    {"libosmocore", BUILD_OSMOCORE},
    {"liquid-dsp", BUILD_LIQUID},
    {"fftw3f", BUILD_FFTW},
    {"sqlite3", BUILD_SQLITE},
    {"jansson", BUILD_JANSSON},
    {"libcrypto", BUILD_CRYPTO},
    {"zlib", BUILD_ZLIB},
    {"librtlsdr", BUILD_RTLSDR},
    {"libarchive", BUILD_ARCHIVE},
    {"inih", BUILD_INIH},
    {"libpcap", BUILD_PCAP},
};

void version_print(FILE *out)
{
    int n = dongle_count();
    fprintf(out, "cellwarden %s (%s)\nGPL-3.0-or-later; receives only\n", BUILD_VERSION,
            BUILD_COMPILER);
    for (size_t i = 0; i < sizeof library_table / sizeof library_table[0]; i++)
        fprintf(out, "  %-12s %s\n", library_table[i].name, library_table[i].version);
    fprintf(out, "  %-12s %s\n", "libgps", position_gpsd_version());
    fprintf(out, "  %-12s %s\n", "libsystemd", notify_version());
    fprintf(out, "%d RTL-SDR receiver%s plugged in\n", n, n == 1 ? "" : "s");
}
