#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Lists go in, cells are asked for, flagged cells are decided on, and the decision holds.
. "$(dirname "$0")/lib.sh"

# Lists.
printf 'mcc,mnc,lac,ci,arfcn,bsic,lat,lon,site\n' >plan.csv
printf '999,70,2101,6326,51,26,48.0,7.8,\033[2Jroof\n' >>plan.csv
run 0 import --kind cells --source operator plan.csv
says out "1 row taken"
run 0 known find 999-70-2101-6326
says out '\x1b[2Jroof'
run 0 known find --near 48.0,7.81 --radius 2k --json
says out '"ci":6326'
run 0 known find 999-70-2101-1
says out "its LAC 2101 is used there"
printf 'mcc,mnc,lac,ci\n999,70,2101,x\n999,70,1,1\n' >bad.csv
run 1 import --kind cells --source operator bad.csv
says err "line 2: ci"
says err "nothing was changed"
run 0 known list 999-70
says out "999-70-2101-6326"
run 2 import --kind cells plan.csv
run 2 import --kind cells --source operator --name "$(printf '%064d' 0)" plan.csv
says err "63 are the most"
run 2 import --kind cells --source operator --map x plan.csv
says err "is not their=our"
run 1 import --kind cells --source operator --tmpdir nowhere plan.csv
says err "nowhere"

# A second operator's list stands beside it; a list that comes again takes its own place.
printf 'mcc,mnc,lac,ci\n999,71,1,1\n999,71,1,2\n' >second.csv
run 0 import --kind cells --source operator second.csv
says_not out "replace"
run 0 known find 999-70-2101-6326
says out "operator"
printf 'mcc,mnc,lac,ci\n999,71,1,1\n' >second.csv
run 0 import --kind cells --source operator --json second.csv
says out '"replaced":2'
run 0 known find 999-71-1-1 --json
says out '"source":"operator"'
run 0 known find 999-71-1-2
says out "not known; 1 other cell of"
run 0 known find 999-70-2101-6326 --json
says out '"ci":6326'
run 0 known stat
same "lists" "$(grep -c '^cells' out)" 2
run 1 import --kind cells --source crowd missing.csv
says err "missing.csv"

# Programs that start at once on files that are not there yet: each keeps what it was given.
together() {
    pids=
    for i in 1 2 3 4 5 6; do
        "$PROGRAM" "$@" "$i" >"out$i" 2>"err$i" </dev/null &
        pids="$pids $!"
    done
    for pid in $pids; do
        wait "$pid" || { echo "FAILED: one of six: $*"; cat err?; failures=$((failures + 1)); }
    done
}
mkdir six && cd six
for i in 1 2 3 4 5 6; do
    printf 'mcc,mnc,lac,ci\n999,7%d,1,1\n' "$i" >"$i"
done
together import --kind cells --source operator
run 0 known stat
same "lists of six imports" "$(grep -c '^cells' out)" 6
same "locks left" "$(ls | grep -c lock)" 0
for i in 1 2 3 4 5 6; do
    printf 'mcc,mnc,kind,note\n999,7%d,rail,x\n' "$i" >"$i"
done
together import --kind allow --source operator
cd ..

# A flagged cell, from the list to the decision.
make_town
run 1 review list
says err "there is no log"
run 0 replay --quiet town_945.2MHz_600k.cu8
run 0 review list --open
says out "999-70-9527-10/52/"
key=$(sed -n 's/.*\(999-70-9527-10[0-9/]*\).*/\1/p' out)
run 0 review show "$key"
says out "review: open"
# The sum is the score: what stands in the last column of its lines, added by hand.
sum=$(awk '/^score, in dB/ {on = 1; next} on && NF == 0 {exit}
           on && $1 == "score" {printf "%.2f %.2f", total, $NF; exit} on {total += $NF}' out)
[ -n "$sum" ] || { echo "FAILED: no score"; failures=1; }
same "the sum and the score" "${sum% *}" "${sum#* }"
run 0 review why 999-70-2101-6326
says out "no rule fired"
run 0 export csv --quiet
same "lines of the CSV" "$(wc -l <out | tr -d ' ')" 2
run 2 review set "$key" explained
run 2 review set "$key" explained --reviewer me --kind friend
run 2 review set "$key" dismissed --reviewer me --kind rail
run 2 export csv --view bogus
says err "cell_timeline"
run 1 review set nobody confirmed --reviewer me
run 0 review set "$key" dismissed --reviewer me --note "=1+1"
run 0 review list --open
says out "no flagged cell waits"
run 0 export csv --quiet
says out ",dismissed,me,"
says out ",'=1+1,"

# Explained: the next judgement knows.
run 3 replay --quiet --exit-code town_945.2MHz_600k.cu8
run 0 review set "$key" explained --kind "mobile site" --reviewer me --note "ours, on wheels"
run 0 replay --quiet --json --exit-code town_945.2MHz_600k.cu8
says out '"allowed":"mobile site"'
run 0 review list
says out "no cell is flagged"
run 0 review why "$key"
says out "mobile site: ours, on wheels (me)"
says out "dismissed"

# A cell that this organisation adds is known to the next judgement.
run 0 replay --quiet --json --local none.db town_945.2MHz_600k.cu8
run 0 replay --quiet --json --known none.db town_945.2MHz_600k.cu8
says err "there is no known-cell database 'none.db'"
run 0 replay --no-db --quiet --json --local none town_945.2MHz_600k.cu8
says out '"rule":"ID-02"'
run 0 known add 999-70-9527-10 --arfcn 52 --bsic 61 --local none.db --note "letter of May"
run 0 known find 999-70-9527-10 --local none.db
says out "letter of May"
run 0 replay --no-db --quiet --json --local none.db town_945.2MHz_600k.cu8
says_not out '"rule":"ID-02"'
finish
