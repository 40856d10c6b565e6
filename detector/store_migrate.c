/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The versions of the log. A new version is a new step at the end; steps that were released are
 * never changed, because logs in the field have gone through them. */
#include "sqlite_file.h"

/* detector/store_schema.sql as octets, made by CMake. */
static const char schema_1[] = {
#include "store_schema.inc"
    0};

static const char *const steps[] = {schema_1};

const struct sqlite_file_kind store_file_kind = {
    .what = "log",
    .application_id = 0x43574c47, /* "CWLG" */
    .wal = true,
    .version = sizeof(steps) / sizeof(*steps),
    .steps = steps,
};
