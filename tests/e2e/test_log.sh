#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The log: written once, the same rows for the same recording, refused where it cannot be kept.
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

make_town
run 0 replay --json town_945.2MHz_600k.cu8
[ -s cellwarden.db ] || { echo "FAILED: no cellwarden.db"; failures=1; }
rows() {
    for table in recordings runs cells observations findings alerts coverage_spans; do
        sqlite3 cellwarden.db "SELECT '$table', count(*) FROM $table"
    done
}
rows >before
sqlite3 cellwarden.db .dump >dump_before
run 0 replay --json town_945.2MHz_600k.cu8
rows >after
same "rows after a second replay" "$(cat after)" "$(cat before)"
same "cells in the log" "$(sqlite3 cellwarden.db 'SELECT count(*) FROM cells')" 2
same "flagged cells in the log" \
    "$(sqlite3 cellwarden.db 'SELECT arfcn, mcc, lac, ci FROM flagged_cells')" "52|999|9527|10"

# The ids in the log are those of the JSON lines.
for id in $(sqlite3 cellwarden.db 'SELECT cell_id FROM flagged_cells'); do
    says out "\"cell_id\":\"$id\""
done

# The place stands in the log; other channels or another place make another run of it.
run 0 replay --quiet --db place.db --position 48.1,7.85 --arfcn 52 town_945.2MHz_600k.cu8
run 0 replay --quiet --db place.db --position 48.1,7.85 town_945.2MHz_600k.cu8
run 0 replay --quiet --db place.db town_945.2MHz_600k.cu8
same "places in the log" "$(sqlite3 place.db \
    'SELECT options, position_lat_deg, position_lon_deg FROM runs ORDER BY seq')" \
    "--arfcn 52 --position 48.1000000,7.8500000|48.1|7.85
--position 48.1000000,7.8500000|48.1|7.85
||"

# What was paged is neither printed nor logged: not one block as it was sent.
run 0 replay --json --blocks --db blocks.db town_945.2MHz_600k.cu8
sqlite3 blocks.db .dump >dump
grep '"type":"block"' town.truth |
    sed -n 's/.*"hex":"\([0-9a-f]*\)","hex_blanked":"\([0-9a-f]*\)".*/\1 \2/p' |
    awk '$1 != $2 {print $1}' | sort -u >sent
[ "$(wc -l <sent)" -gt 50 ] || { echo "FAILED: too few identities were sent"; failures=1; }
for file in out dump; do
    same "identities in $file" "$(tr 'A-F' 'a-f' <$file | grep -cFf sent)" 0
done

# Where no log can be kept.
run 1 replay --db nowhere/x.db town_945.2MHz_600k.cu8
says err "nowhere/x.db"
same "output without a log" "$(cat out)" ""
echo "this is no database, only text that is long enough" >text.db
run 1 replay --db text.db town_945.2MHz_600k.cu8
says err "text.db"
sqlite3 other.db 'CREATE TABLE t (x); PRAGMA application_id = 7'
run 1 replay --db other.db town_945.2MHz_600k.cu8
says err "other.db"
cp cellwarden.db newer.db
sqlite3 newer.db 'PRAGMA user_version = 999' >/dev/null
run 1 replay --db newer.db town_945.2MHz_600k.cu8
says err "newer"
run 1 replay --known text.db --no-db town_945.2MHz_600k.cu8
says err "text.db"
finish
