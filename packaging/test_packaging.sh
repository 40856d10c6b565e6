#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The files of the package: systemd finds nothing wrong with the unit, the program takes its command
# line and the configuration as it is shipped.
set -u
: "${PROGRAM:?}" "${UNIT:?}" "${SOURCE:?}"
failures=0
fail() {
    echo "FAILED: $*"
    failures=$((failures + 1))
}
DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$DIR"' EXIT

# Every option of the unit is one of the program: with --print-config nothing is done.
line=$(sed -n 's/^ExecStart=[^ ]*cellwarden //p' "$UNIT" | sed "s|%S|$DIR|g; s|%i|42|g")
[ -n "$line" ] || fail "the unit starts nothing"
# shellcheck disable=SC2086
"$PROGRAM" ${line%% *} --config none --print-config ${line#* } >"$DIR/out" 2>&1 ||
    fail "the unit's command line: $(cat "$DIR/out")"
grep -q "db = $DIR/cellwarden/42.db" "$DIR/out" || fail "the unit's log"

# The configuration as shipped, and with every key that it shows.
"$PROGRAM" scan --config "$SOURCE/cellwarden.conf" --print-config >"$DIR/out" 2>&1 ||
    fail "cellwarden.conf: $(cat "$DIR/out")"
sed 's/^# \([a-z-]* = \)/\1/' "$SOURCE/cellwarden.conf" >"$DIR/full.conf"
"$PROGRAM" scan --config "$DIR/full.conf" --print-config >"$DIR/out" 2>&1 ||
    fail "cellwarden.conf with all keys: $(cat "$DIR/out")"
grep -q "bands = P900,E900" "$DIR/out" || fail "keys of cellwarden.conf"

if ! command -v systemd-analyze >/dev/null; then
    [ "$failures" -eq 0 ] || exit 1
    echo "skipped: systemd-analyze is not installed"
    exit 77
fi
# The unit runs a program that need not be installed yet.
sed "s|^ExecStart=[^ ]*|ExecStart=$PROGRAM|; /^Documentation/d" "$UNIT" >"$DIR/cellwarden@.service"
cp "$DIR/cellwarden@.service" "$DIR/cellwarden@42.service"
systemd-analyze verify "$DIR/cellwarden@42.service" >"$DIR/out" 2>&1 ||
    fail "systemd-analyze verify"
grep "cellwarden@" "$DIR/out" && fail "systemd-analyze has something to say"
score=$(systemd-analyze security --offline=true "$DIR/cellwarden@42.service" 2>/dev/null |
    sed -n 's/.*exposure level.*: \([0-9]*\)\..*/\1/p')
[ -z "$score" ] || [ "$score" -le 2 ] || fail "exposure level $score, not below 3"
if command -v systemd-sysusers >/dev/null; then
    mkdir -p "$DIR/etc"
    systemd-sysusers --root="$DIR" "$SOURCE/cellwarden.sysusers" 2>"$DIR/err" ||
        fail "sysusers: $(cat "$DIR/err")"
fi
[ "$failures" -eq 0 ]
