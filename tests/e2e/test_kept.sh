#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A recording kept in the tree: what was sent is written down beside it, so that generator and
# receiver cannot change together unseen.
. "$(dirname "$0")/lib.sh"
data=$(cd "$(dirname "$0")/data" && pwd)

run 0 replay --no-db --json --blocks "$data/one_cell_941.0MHz_300k.cu8"
says err "guessed"
sch='"type":"sch".*"fn":\([0-9]*\),"bsic":\([0-9]*\).*"assumed":false'
block='"type":"block".*"fn":\([0-9]*\),.*"channel":"\([A-Z]*\)","hex":"\([0-9a-f]*\)"'
sed -n -e "s/.*$sch.*/SCH \1 \2/p" -e "s/.*$block.*/\2 \1 \3/p" out >heard
same "lines heard" "$(wc -l <heard | tr -d ' ')" "$(wc -l <"$data/one_cell.expected" | tr -d ' ')"
same "what was heard" "$(cat heard)" "$(cat "$data/one_cell.expected")"
says out '"mcc":"999","mnc":"70","lac":2101,"ci":6326'
finish
