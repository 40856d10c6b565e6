#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Words on the command line: help, version, mistakes, manual page.
. "$(dirname "$0")/lib.sh"

run 0 --help
for command in replay import known review export; do
    says out "  $command"
done
run 0 --version
says out "cellwarden 0."
for library in libosmocore liquid fftw sqlite jansson libcrypto zlib librtlsdr libpcap; do
    says out "$library"
done
says out "plugged in"

for command in replay import known review export; do
    run 0 "$command" --help
    says out "usage: cellwarden $command"
    says out "example:"
done
run 0 replay -h
says out "--rate HZ"

run 2
says err "see cellwarden --help"
run 2 repaly
says err "unknown command 'repaly': do you mean replay?"
run 2 frobnicate
says err "see cellwarden --help"
run 2 replay
says err "replay needs FILE..."
run 2 replay --rat 1M x
says err "do you mean --rate?"
run 2 replay --rate fast x
says err "is not a number"
run 2 replay --freq 945.3 x
says err "do you mean 945.3M?"
run 2 replay --format mp3 x
says err "one of cu8, cs8, cs16, cf32, gsmtap"
run 2 replay --start yesterday x
says err "--start 2026-11-22T15:24:38Z"
run 2 replay --start 2026-11-22T15:24:38Z x y
says err "one by one"
run 2 replay --position here x
says err "--position 48.1,7.85"
run 2 replay --bands P900,X x
says err "'X' in --bands is no band"
run 2 replay --arfcn 30,300 x
says err "'300' in --arfcn is no channel"
run 2 replay --arfcn 30,, x
says err "in --arfcn is no channel"
run 2 replay --jobs 0 x
says err "out of range"

run 0 --man
cp out cellwarden.1
for command in replay import known review export; do
    says cellwarden.1 ".Ss $command"
done
if command -v groff >/dev/null; then
    groff -mdoc -ww -Tutf8 cellwarden.1 >page 2>warnings
    same "warnings of groff" "$(cat warnings)" ""
fi
finish
