#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same findings, ids and printed quantities on a processor of 2008: the plain inner loops, and
# the C library's and FFTW's code for a machine without AVX.
. "$(dirname "$0")/lib.sh"
data=$(cd "$(dirname "$0")/data" && pwd)
[ "${SANITIZED:-}" = "" ] || skip "sanitizers do not run under an emulator"
command -v qemu-x86_64 >/dev/null || skip "qemu-x86_64 is not installed (package qemu-user)"
qemu-x86_64 -cpu Nehalem "$PROGRAM" --version >/dev/null 2>&1 ||
    skip "this program does not run under qemu-x86_64"

recording="$data/one_cell_941.0MHz_300k.cu8"
run 0 replay --json --blocks --jobs 1 --db here.db "$recording"
without_time out >here
qemu-x86_64 -cpu Nehalem "$PROGRAM" replay --json --blocks --jobs 2 --db there.db "$recording" \
    >out 2>err </dev/null || same "status under qemu" "$?" 0
without_time out >there
same "JSON Lines" "$(cat there)" "$(cat here)"
if command -v sqlite3 >/dev/null; then
    for db in here there; do
        sqlite3 $db.db .dump | grep -v "program\|INSERT INTO runs" >$db.dump
    done
    same "rows" "$(cat there.dump)" "$(cat here.dump)"
fi
finish
