/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The versions of the log. A new version is a new step at the end; steps that were released are
 * never changed, because logs in the field have gone through them. */
#include "sqlite_file.h"

/* detector/store_schema.sql as octets, made by CMake. */
static const char schema_1[] = {
#include "store_schema.inc"
    0};

/* When each stretch was listened to: a live session comes back to it. */
static const char schema_2[] =
    "ALTER TABLE coverage_spans ADD COLUMN first_s REAL;"
    "ALTER TABLE coverage_spans ADD COLUMN last_s REAL;"
    "DROP VIEW coverage;"
    "CREATE VIEW coverage AS"
    " SELECT s.band, s.from_hz, s.to_hz, s.heard_s, s.reason,"
    "        strftime('%Y-%m-%dT%H:%M:%fZ', r.start_utc_us / 1e6, 'unixepoch') AS began,"
    "        g.path AS recording, r.command, s.run_id, s.first_s, s.last_s"
    "   FROM coverage_spans AS s"
    "   JOIN runs AS r ON r.run_id = s.run_id"
    "   JOIN recordings AS g ON g.recording_id = r.recording_id"
    "  ORDER BY r.seq, s.n;";

static const char *const steps[] = {schema_1, schema_2};

const struct sqlite_file_kind store_file_kind = {
    .what = "log",
    .application_id = 0x43574c47, /* "CWLG" */
    .wal = true,
    .version = sizeof(steps) / sizeof(*steps),
    .steps = steps,
};
