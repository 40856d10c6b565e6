#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What goes wrong in the field: no log, a full disk, a dongle that is pulled out, an oscillator that
# does not lock, a terminal that is closed, a hook that hangs or is not there.
. "$SOURCE/lib.sh"
. "$LIVE/live.sh"

# ---- the log ----
city
mkdir closed
: >closed/x.db
chmod 444 closed/x.db
if [ "$(id -u)" -ne 0 ]; then
    run 1 scan $CHANNELS --db closed/x.db --state none
    says err "closed/x.db"
fi
run 1 scan $CHANNELS --db no/such/folder/x.db --state none
says err "no/such/folder"
# A disk that is full: listening goes on, it is said once, and the status tells. The limit leaves
# room for SQLite's index of the write-ahead log and for nothing else.
"$PROGRAM" scan $CHANNELS --db full.db --state none --for 1 -q >out 2>err
(
    ulimit -f 72
    exec "$PROGRAM" scan $CHANNELS --db full.db --state none --exec ./nobody >out 2>err
)
same "status on a full disk" $? 1
says out "999-70-9527-10/67/61"
says out "Listened to P900"
says err "listening goes on"
same "times it is said" "$(grep -c 'listening goes on' err)" 1
says err "is not complete"
says err "cannot run './nobody' of --exec"

# ---- the receiver ----
city "unplug 5 100"
run 4 scan $CHANNELS --db x.db --state none --json
says out '"type":"summary"'
city "pll_fails 947e6 949e6 100"
run 5 scan $CHANNELS --no-db --state none --json
says out '"reason":"the tuner could not be set there"'
says out '"arfcn":24,'
# pulled out and put back while it watches: the gap is counted, and it goes on
city "unplug 4 3"
run 0 monitor --rate 1M --arfcn 64,67 --for 10 --json --no-db --state none
says out '"type":"alert"'
says_not out '"dropped_samples":0,'

# ---- the terminal ----
command -v script >/dev/null || skip "script(1) is not installed; the rest was tried"
unset NO_COLOR
city
escape=$(printf '\033')
# on_terminal COMMAND: what stands on a terminal of its own.
on_terminal() {
    script -qec "$1" /dev/null </dev/null >"${2:-tty}" 2>/dev/null
}
scan="'$PROGRAM' scan $CHANNELS --state none"
on_terminal "$scan --no-db"
says tty "${escape}[1mscan RTL-SDR R820T"
grep -q "${escape}\[[0-9;]*m""P900       67   61" tty || same "coloured row of 67" none one
says tty "samples lost, gain"
says tty "Listened to P900"
NO_COLOR=1 on_terminal "stty cols 60 rows 10; $scan --no-db --for 3"
says_not tty "${escape}[1m"
tr '\r' '\n' <tty | sed "s/${escape}\[[0-9]*[A-Z]//g" >plain
longest=$(grep '^P900 ' plain | head -20 |
    awk '{ if (length($0) > n) n = length($0) } END { print n + 0 }')
[ "$longest" -gt 30 ] && [ "$longest" -lt 60 ] ||
    same "longest row of 60 columns" "$longest" "below 60"
# closed while it watches: what is heard goes to the log all the same
command -v sqlite3 >/dev/null || finish
PSEUDO_ON=12 city
script -qec "echo \$\$ >pid; exec $scan --watch --revisit 5 --db x2.db" /dev/null </dev/null \
    >tty 2>/dev/null &
terminal=$!
wait_for 30 test -s x2.db
kill -KILL $terminal
wait $terminal 2>/dev/null
LOG=x2.db
wait_for 90 sh -c '[ "$(sqlite3 x2.db "SELECT count(*) FROM flagged_cells")" = 1 ]'
pid=$(cat pid)
kill -INT "$pid"
wait_for 20 sh -c "! kill -0 $pid"
same "cells in the log" "$(rows 'SELECT count(*) FROM cell_latest')" 4
finish
