#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Where the CPU time goes, by source file: samples of perf, each function looked up in the libraries
# of the build. A function that the compiler inlined counts for the file of its caller.
# usage: stages.sh BUILD CASE PROGRAM ARGUMENT...     prints one JSON line a file
set -euo pipefail
if [ $# -lt 3 ] || [ "$1" = --help ]; then
    sed -n 's/^# usage: /usage: bench\//p' "$0"
    exit $(($# < 3))
fi
build=$1
name=$2
shift 2
if ! command -v perf >/dev/null; then
    echo "stages.sh: perf is not installed (package linux-perf): no stage table" >&2
    exit 0
fi
data=$(mktemp)
trap 'rm -f "$data" "$data.symbols" "$data.report"' EXIT
if ! perf record -q -e cpu-clock:u -F 4000 -o "$data" -- "$@" >/dev/null 2>&1; then
    echo "stages.sh: perf may not count here: no stage table" >&2
    exit 0
fi
nm -A "$build"/{core,hw,dsp,gsm,detector}/lib*.a 2>/dev/null |
    awk '$2 ~ /^[tTw]$/ || $3 ~ /^[tTw]$/ { split($1, at, ":"); print $NF, at[2] }' |
    sed 's/\.o$//' | sort -u >"$data.symbols"
perf report -i "$data" --stdio --no-children --sort dso,symbol --percent-limit 0 2>/dev/null |
    grep -v '^#' >"$data.report"
awk -v name="$name" '
    FNR == NR { sub(/:.*/, "", $2); file[$1] = $2; next }
    NF >= 4 && $1 ~ /%$/ {
        share = $1 + 0
        dso = $2
        symbol = $4
        sub(/\.(constprop|part|isra|cold).*/, "", symbol)
        where = symbol in file ? file[symbol] : dso ~ /cellwarden/ ? "other" : dso
        sub(/\.so.*/, "", where)
        sum[where] += share
        if (share > top[where] || !(where in top)) { top[where] = share; what[where] = symbol }
    }
    END {
        for (where in sum)
            printf "{\"type\":\"stage\",\"case\":\"%s\",\"where\":\"%s\",\"percent\":%.2f," \
                   "\"most\":\"%s\"}\n", name, where, sum[where], what[where]
    }' "$data.symbols" "$data.report"
