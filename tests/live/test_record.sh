#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# record from a receiver: one segment per tuning, times, around a flagged cell, a lost receiver.
. "$SOURCE/lib.sh"
. "$LIVE/live.sh"

# Two windows in turn: every tuning is a segment with its centre, time and place in the stream.
city
run 0 record --rate 1M --freq 940M,948M --dwell 2s --for 7s --out turns --position 48.1,7.85
says out "turns.sigmf-meta: 7.0 s, 4 segments"
same "segments at 940 MHz" "$(grep -c '"core:frequency": 939999' turns.sigmf-meta)" 2
same "segments at 948 MHz" "$(grep -c '"core:frequency": 947999' turns.sigmf-meta)" 2
same "segments with a time" "$(grep -c '"core:datetime": "20' turns.sigmf-meta)" 4
says turns.sigmf-meta "serial 00000042"
says turns.sigmf-meta '"cellwarden:gain_db"'
says turns.sigmf-meta '"cellwarden:clock"'
same "SHA-512" "$(sha512sum <turns.sigmf-data | cut -d' ' -f1)" \
    "$(grep -o '"core:sha512": "[0-9a-f]*"' turns.sigmf-meta | cut -d'"' -f4)"
same "octets" "$(wc -c <turns.sigmf-data)" 14000000
run 0 replay --no-db --known none --local none --json turns.sigmf-meta
says err "and 3 more"
says out '"cell_key":"999-70-2101-6301/24/27"'
says out '"cell_key":"999-70-2101-6303/64/31"'
same "a cell of two segments is one" "$(grep '"type":"cell"' out | grep -c '/64/31')" 1

# Around a flagged cell that comes on the air after five seconds.
PSEUDO_ON=5
city
"$PROGRAM" record --rate 1M --freq 948.2M --on flagged --known none --local none --pre 2s \
    --for 3s --out case --json >out 2>err &
pid=$!
wait_for 60 test -e case.sigmf-meta
kill -INT $pid
wait $pid
same "status after Ctrl-C" $? 130
says out '"type":"trigger","cell_key":"999-70-9527-10/67/61"'
says out '"type":"recording","path":"case.sigmf-meta"'
says case.sigmf-meta '"core:label": "999-70-9527-10/67/61"'
run 0 replay --no-db --known none --local none case.sigmf-meta
says out "9527"

# What cannot be tuned to.
PSEUDO_ON=0
city
run 2 record --rate 1M --freq 940M,948M --on flagged
says err "--on listens to one frequency"
run 1 record --rate 1M --out x
says err "--freq"
finish
