#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures gr-gsm end to end on the scenes of ours, in its two configurations, with the same
# generator and the same counting: lines of JSON for bench/reference/grgsm.jsonl. About 20 minutes
# of one processor.
# usage: grgsm_points.sh BUILD OUT [SECONDS]
set -euo pipefail
if [ $# -lt 2 ] || [ "$1" = --help ]; then
    sed -n 's/^# usage: /usage: bench\//p' "$0"
    exit $(($# < 2))
fi
build=$1
out=$2
seconds=${3:-40}
source=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
decoder=${GRGSM_DECODE:-$(command -v grgsm_decode || true)}
if [ -z "$decoder" ]; then
    echo "grgsm_points.sh: gr-gsm is not installed (package gr-gsm): $out stays as it is" >&2
    exit 0
fi
version=$(dpkg-query -W -f '${Version}' gr-gsm 2>/dev/null || echo unknown)
printf '{"type":"receiver","receiver":"gr-gsm","version":"%s","date":"%s"}\n' \
    "$version" "$(date -u +%F)" >"$out"

# points CONFIG SETTINGS SCENE ESN0...: untuned is 20 ppm off, as a good dongle is.
points() {
    local config=$1 settings=$2 scene=$3 esn0
    shift 3
    for esn0; do
        nice -n 10 "$build/bench/bench_sensitivity" --program "$build/cli/cellwarden" \
            --synth "$build/tests/synth/cellwarden-synth" --source "$source" --out "$out" \
            --scene "$scene" --esn0 "$esn0" --seeds 1 --duration "$seconds" --set "$settings" \
            --receiver "gr-gsm $config" --reader \
            "bash $source/bench/grgsm.sh $build/bench/grgsm_lines $config 1083333.333333 945.2M \
51 10"
    done
}
points tuned receiver_ppm=0 awgn 1 2 3 4 5 6 7 8 9 10 12 14
points untuned receiver_ppm=20 awgn 3 4 5 6 7 8 9 10 12 14
points tuned receiver_ppm=0 tu50 2 4 6 8 10 12 14 16 20 24
points untuned receiver_ppm=20 tu50 6 8 10 12 14 16 18 20 24 28
for scene in ht100 eq50 ra250; do
    points tuned receiver_ppm=0 "$scene" 8 12 20 30
    points untuned receiver_ppm=20 "$scene" 8 12 20 30
done
sed -i '/"type":"bench"/d' "$out"
