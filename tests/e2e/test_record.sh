#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# record: whole recordings that replay reads, whatever ends them.
. "$(dirname "$0")/lib.sh"
make_town
TOWN_FILE=town_945.2MHz_600k.cu8
FAST="--speed 0"

# sha512 NAME: what the metadata says is what the samples have.
checked() {
    same "SHA-512 of $1" "$(sha512sum <"$1.sigmf-data" | cut -d' ' -f1)" \
        "$(grep -o '"core:sha512": "[0-9a-f]*"' "$1.sigmf-meta" | cut -d'"' -f4)"
    [ ! -e "$1.sigmf-meta.part" ] || { echo "FAILED: $1 has a part"; failures=$((failures + 1)); }
}

# All of it, octet for octet.
run 0 record $FAST --out all --position 48.1,7.85 file:$TOWN_FILE
says out "all.sigmf-meta: 9.0 s, 1 segment"
cmp all.sigmf-data $TOWN_FILE || failures=$((failures + 1))
checked all
says all.sigmf-meta '"core:frequency": 945200000'
says all.sigmf-meta '"core:hw": "file town'
says all.sigmf-meta '"cellwarden:delete_after": "'
says_not all.sigmf-meta "core:datetime"
says_not all.sigmf-meta "cellwarden:ppm"
run 0 replay --no-db --known none --local none --json all.sigmf-meta
same "cells of what was recorded" "$(grep -c '"type":"cell"' out)" 2
says out '"position":'

# What is there is not written over.
run 1 record $FAST --out all file:$TOWN_FILE
says err "all.sigmf-meta': File exists"
run 1 record $FAST --out no/where file:$TOWN_FILE
says err "no/where.sigmf-data"
says_not err "nothing was recorded"

# Limits: time, octets, how many are kept.
run 0 record $FAST --json --for 2.5s --out short --retain 0 file:$TOWN_FILE
says out '"samples":1500000,"signal_s":2.5,"segments":1,"dropped_samples":0,"disk_full":false'
cmp -n 3000000 short.sigmf-data $TOWN_FILE || failures=$((failures + 1))
checked short
says_not short.sigmf-meta "delete_after"
run 0 record $FAST --age 4s --out turn file:$TOWN_FILE
same "recordings of 4 s" "$(grep -c sigmf-meta out)" 3
cat turn.sigmf-data turn-2.sigmf-data turn-3.sigmf-data | cmp - $TOWN_FILE ||
    failures=$((failures + 1))
for name in turn turn-2 turn-3; do checked $name; done
run 0 record $FAST --size 3M --keep 2 --out kept file:$TOWN_FILE
same "what is kept" "$(ls kept*meta | tr '\n' ' ')" "kept-3.sigmf-meta kept-4.sigmf-meta "
same "samples kept" "$(ls kept*data | wc -l)" 2

# Names made here.
mkdir made
run 0 record $FAST --for 1s --out made/ file:$TOWN_FILE
run 0 record $FAST --for 1s --out made/ file:$TOWN_FILE
same "names" "$(ls made | grep meta | tr '\n' ' ')" \
    "cellwarden-945.2MHz-2.sigmf-meta cellwarden-945.2MHz.sigmf-meta "

# A disk that takes no more: whole samples, whole metadata, status 1 and a sentence.
(ulimit -f 5001 && "$PROGRAM" record $FAST --out full file:$TOWN_FILE >out 2>err)
same "status on a full disk" $? 1
says err "full.sigmf-meta': the disk takes no more"
says out "full.sigmf-meta: "
checked full
run 0 replay --no-db --known none --local none --quiet full.sigmf-meta
same "whole samples" $(($(wc -c <full.sigmf-data) % 2)) 0

# A small disk, where one can be had.
mkdir small
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=4m tmpfs small 2>/dev/null; then
    "$PROGRAM" record $FAST --out small/x file:$TOWN_FILE >out 2>err
    same "status on a small disk" $? 1
    says err "No space left on device"
    checked small/x
    umount small
fi

# Ctrl-C in the middle of it.
"$PROGRAM" record --out stopped file:$TOWN_FILE >out 2>err &
pid=$!
sleep 2
kill -INT $pid
wait $pid
same "status after Ctrl-C" $? 130
says out "stopped.sigmf-meta: "
checked stopped
run 0 replay --no-db --known none --local none --quiet stopped.sigmf-meta

# Around a flagged cell: what came before it is there, too.
run 0 record $FAST --on flagged --known none --local none --pre 1s --for 2s --out case \
    file:$TOWN_FILE
says err "is flagged (suspicious"
says out "case.sigmf-meta: 3."
checked case
says case.sigmf-meta '"core:label": "999-70-9527-10/52/61"'
says case.sigmf-meta '"core:comment": "suspicious'
at=$(grep -o '"core:global_index": [0-9]*' case.sigmf-meta | cut -d' ' -f2)
size=$(wc -c <case.sigmf-data)
tail -c +$((2 * at + 1)) $TOWN_FILE | cmp -n "$size" - case.sigmf-data || failures=$((failures + 1))
run 0 replay --no-db --known none --local none case.sigmf-meta
says out "9527"
run 0 record $FAST --on flagged --known none --local none --arfcn 51 --out none file:$TOWN_FILE
says err "no cell was flagged: nothing was recorded"
[ ! -e none.sigmf-data ] || { echo "FAILED: an empty recording"; failures=$((failures + 1)); }

# What cannot be meant.
run 1 record --freq 936.2M file:$TOWN_FILE
says err "a file cannot be tuned"
run 2 record --freq 936.2M,x rtl_tcp:127.0.0.1:1
says err "--freq is no list of frequencies"
run 2 record --arfcn 51 file:$TOWN_FILE
says err "add it"
run 2 record --for soon file:$TOWN_FILE
says err "'soon' is no time for --for"
run 2 record --position here file:$TOWN_FILE
says err "'here' is no place"
run 1 record file:nothing.cu8
says err "nothing.cu8"
run 1 record --freq 936.2M rtl_tcp:127.0.0.1:1
says err "127.0.0.1"
finish
