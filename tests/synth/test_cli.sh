#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cellwarden-synth as it is typed: test_cli.sh PROGRAM SOURCE_FOLDER MEMORY_KB (or unlimited)
set -eu
synth=$1
source=$2
memory_kb=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
one=$source/tests/synth/scenarios/one.scn

fail() {
    echo "test_cli: $1" >&2
    exit 1
}

# help carries an example and exits 0; mistakes exit 2 with a sentence that names them
"$synth" --help | grep -q '^example: ' || fail 'no example in --help'
for bad in "--nonsense" "--set nonsense=1" "--set cell.Z.ppm=1" "--set cell.A.lac=x" \
    "--duration -1"; do
    status=0
    # shellcheck disable=SC2086
    "$synth" "$one" -o "$work/x" $bad 2>"$work/err" || status=$?
    [ "$status" = 2 ] || fail "'$bad' gave status $status"
    [ -s "$work/err" ] || fail "'$bad' gave no sentence"
done
status=0
"$synth" "$work/absent.scn" -o "$work/x" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "absent scenario gave status $status"
status=0
"$synth" "$one" -o "$work/absent/x" 2>"$work/err" || status=$?
[ "$status" = 1 ] || fail "absent folder gave status $status"

# stdout and a file hold the same octets, and the seed decides them
"$synth" "$one" --duration 0.3 -o "$work/a.cf32" --truth "$work/a.jsonl" --quiet 2>"$work/err"
[ ! -s "$work/err" ] || fail '--quiet was not quiet'
"$synth" "$one" --duration 0.3 -o - --quiet >"$work/b.cf32"
cmp "$work/a.cf32" "$work/b.cf32" || fail 'stdout differs from file'
[ "$(wc -c <"$work/a.cf32")" = 2600000 ] || fail 'length is wrong'
"$synth" "$one" --duration 0.3 --seed 2 -o "$work/c.cf32" --quiet
! cmp -s "$work/a.cf32" "$work/c.cf32" || fail 'another seed gave the same octets'

# --set reaches the recording and the truth, and its order is the order of the options
"$synth" "$one" --duration 0.1 --set format=cu8 --set cell.A.esn0_db=3 --set noise_esn0_db=7 \
    --set cell.A.lac=5 --set cell.A.lac=6 -o "$work/d.cu8" --truth "$work/d.jsonl" --quiet
[ "$(wc -c <"$work/d.cu8")" = 216666 ] || fail 'cu8 has another length'
grep -q '"type":"cell".*"esn0_db":7.0.*"lac":6' "$work/d.jsonl" || fail '--set did not arrive'
grep -q '"type":"sch"' "$work/d.jsonl" || fail 'no SCH in the truth'

# memory does not grow with length: 96 MB through a pipe, in less address space than that
(
    ulimit -v "$memory_kb"
    "$synth" "$source/tests/synth/scenarios/noise.scn" --duration 20 -o - --quiet
) | wc -c >"$work/n"
[ "$(cat "$work/n")" -eq 96000000 ] || fail 'noise of 20 s has another length'

# every key is explained
"$synth" --keys >"$work/keys"
while read -r key; do
    grep -q "\`$key" "$source/docs/synth.md" || fail "docs/synth.md does not explain '$key'"
done <"$work/keys"

# the scenarios of the tree can be made
for scn in "$source"/tests/synth/scenarios/*.scn; do
    "$synth" "$scn" --duration 0.05 -o /dev/null --quiet || fail "$scn"
done
echo ok
