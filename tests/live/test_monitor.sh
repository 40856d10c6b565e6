#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# monitor: one window, without a gap; files at any pace; refusals that say what to do.
. "$SOURCE/lib.sh"
. "$LIVE/live.sh"

city
# 64 and 67 lie in one window, 24 does not
run 1 monitor --rate 1M --arfcn 24,64 --no-db --state none
says err "do not fit into one window"
run 2 monitor --no-db
says err "say where to listen"
run 0 monitor --rate 1M --arfcn 64,67 --for 8 --json --db x.db --state none
same "alerts" "$(grep -c '^{"type":"alert"' out)" 1
says out '"cell_key":"999-70-2101-6303/64/31"'
same "tunings to the window" "$(grep -c 'stand-in: tuned to 948' err)" 1
blocks=$(tail -1 out | sed 's/.*"blocks":\([0-9]*\).*/\1/')
# 8 s of two cells: 9 blocks a multiframe and more, each
[ "$blocks" -gt 500 ] || same "blocks" "$blocks" "more than 500"
# BCCH and CCCH in order, identities blanked
run 0 monitor --rate 1M --arfcn 67 --for 3 --json --blocks --no-db --state none
says out '"type":"block"'
says out '"channel":"CCCH"'

# A file: its pace or faster, the same cells as replay finds.
"$SYNTH" "$SOURCE/town.scn" -o town_945.2MHz_600k.cu8 --quiet
run 0 monitor --speed 0 file:town_945.2MHz_600k.cu8 --json --no-db
cut -d, -f3-9 out | grep '"cell_key":"999' | sort -u >live_cells
"$PROGRAM" replay --json --no-db town_945.2MHz_600k.cu8 2>/dev/null |
    grep '^{"type":"cell"' | cut -d, -f3-9 | sort -u >replay_cells
same "cells live and replayed" "$(grep -c . live_cells)" "$(grep -c . replay_cells)"
cmp -s live_cells replay_cells || same "identities" "$(cat live_cells)" "$(cat replay_cells)"
says out '"type":"alert"'
same "time of a file" "$(head -1 out | grep -o '"start_utc":null')" '"start_utc":null'
# real time takes the file's nine seconds
before=$(date +%s)
run 0 monitor file:town_945.2MHz_600k.cu8 --quiet --no-db
[ $(($(date +%s) - before)) -ge 8 ] || same "seconds at real time" fewer 9
# what the file cannot hear is not covered: scan says so
run 5 scan --speed 0 file:town_945.2MHz_600k.cu8 --bands P900 --no-db
says out "outside the range of the tuner"
finish
