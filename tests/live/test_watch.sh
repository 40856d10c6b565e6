#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# scan --watch: a transmitter that comes on later is found and told of; signals are answered; it
# ends when it is asked to.
. "$SOURCE/lib.sh"
. "$LIVE/live.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

PSEUDO_ON=14 city
"$PROGRAM" scan $CHANNELS --watch --revisit 5 --json --db x.db --state none >out 2>err &
pid=$!
wait_for 60 grep -q '"type":"cell".*"arfcn":64,.*"ci":6303' out
says_not out '"type":"alert"'
kill -USR1 $pid
wait_for 10 grep -q 'cells, 0 flagged; heard P900' err
# the log is taken away and asked for again: the new one tells the whole story
mv x.db old.db
rm -f x.db-wal x.db-shm
kill -HUP $pid
wait_for 20 grep -q 'was opened again' err
wait_for 6 sh -c '[ "$(sqlite3 x.db "SELECT count(*) FROM cell_latest")" -ge 3 ]'
wait_for 100 grep -q '"type":"alert".*/67/61' out
wait_for 20 sh -c '[ "$(sqlite3 x.db "SELECT count(*) FROM flagged_cells")" = 1 ]'
same "cells in the new log" "$(rows 'SELECT count(*) FROM cell_latest')" 4
kill -INT $pid
wait $pid
same "status after SIGINT" $? 130
says out '"interrupted":true'
same "summaries" "$(grep -c '"type":"summary"' out)" 1
same "integrity" "$(rows 'PRAGMA integrity_check')" ok
# only what has news is written again: the same cell is not in the log for every visit
same "rows of a quiet cell" "$(rows "SELECT count(*) <= 4 FROM cells WHERE arfcn = 24")" 1
finish
