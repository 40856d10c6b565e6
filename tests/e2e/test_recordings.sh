#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Real signals: off the air, from a phone, and from a base station in the laboratory.
. "$(dirname "$0")/lib.sh"
R=${CELLWARDEN_RECORDINGS:-}
[ -n "$R" ] || skip "CELLWARDEN_RECORDINGS is not set"

# 160 ms of one strong cell: every SCH and all six blocks.
run 0 replay --no-db --json --blocks --rate 500000 --freq 941e6 "$R/GSMSP_941.0MHz_500k.cfile"
for fn in 674997 675001 675007 675011 675017 675021; do
    same "block at FN $fn" \
        "$(grep '"type":"block"' out | grep '"arfcn":30' | grep '"bsic":32' |
            grep '"channel":"CCCH"' | grep '"bit_errors":0,' | grep -c "\"fn\":$fn,")" 1
done
same "blocks" "$(grep -c '"type":"block"' out)" 6
for fn in 674996 675006 675016 675026; do
    same "SCH at FN $fn" "$(grep '"type":"sch"' out | grep -c "\"fn\":$fn,\"bsic\":32")" 1
done
same "cells" "$(grep -c '"type":"cell"' out)" 1
says out '"verdict":"unjudged"'

# 20 ms, four carriers, three of them with an SCH in view.
run 0 replay --no-db --json --blocks "$R/GSMSP_941MHz_4M.cfile"
says out '"arfcn":30,"fn":614683,"bsic":32'
says out '"arfcn":24,"fn":614683,"bsic":38'
says out '"arfcn":22,"fn":112425,"bsic":33'
same "SCH" "$(grep -c '"type":"sch"' out)" 3

# Cells of a town, heard by a phone: all of them, and no operator's cell flagged.
for name in airport cbd; do
    run 0 replay --no-db --json "$R/field/germany2012_$name.pcap"
    while read -r arfcn mcc mnc lac ci label; do
        line=$(grep '"type":"cell"' out | grep "\"arfcn\":$arfcn," |
            grep "\"mcc\":\"$mcc\",\"mnc\":\"$mnc\",\"lac\":$lac,\"ci\":$ci,")
        same "$name: cell $mcc-$mnc-$lac-$ci on $arfcn" \
            "$(printf '%s\n' "$line" | grep -c cell_id)" 1
        if [ "$label" != univ_private_cell ]; then
            same "$name: flagged cells among $mcc-$mnc-$lac-$ci" \
                "$(printf '%s\n' "$line" | grep -c '"flagged":true')" 0
        fi
    done <"$R/field/germany2012_$name.txt"
done

# The same frames as pcapng, as another program writes it, give the same cells.
if command -v editcap >/dev/null; then
    grep '"type":"cell"' out | sed 's/"cell_id":"[^"]*"//' >from_pcap
    editcap -F pcapng "$R/field/germany2012_cbd.pcap" cbd.pcapng
    run 0 replay --no-db --json cbd.pcapng
    same "cells of a pcapng" \
        "$(grep '"type":"cell"' out | sed 's/"cell_id":"[^"]*"//' | cksum)" "$(cksum <from_pcap)"
fi

# A capture from standard input is the same recording; one that is cut off says so.
run 0 replay --no-db --json "$R/field/germany2012_cbd.pcap"
grep -v '"type":"capture"' out >from_file
"$PROGRAM" replay --no-db --json - <"$R/field/germany2012_cbd.pcap" >out 2>err
same "status on a capture from standard input" $? 0
grep -v '"type":"capture"' out >from_stdin
same "a capture from standard input" "$(without_time from_stdin | cksum)" \
    "$(without_time from_file | cksum)"
head -c 20000 "$R/field/germany2012_cbd.pcap" >cut.pcap
run 0 replay --no-db cut.pcap
says err "cannot be read on"
says err "what came before is judged"
says out "normal"

# A real stack that pages real (made-up) identities: none of its blocks comes through as it was.
xz -dc "$R/realbts/pseudo-1.bursts.txt.xz" >bursts.txt
xz -dc "$R/realbts/pseudo-1.blocks.txt.xz" | awk '$1 == "L2" && $3 == "CCCH" {print $4}' |
    grep -E '^..06(21|22|24)' | grep -vE '^..0621..(01f0|0001f0)' | sort -u >paged
cat >lab.scn <<S
rate 600k
center 945.2MHz
format cu8
duration_s 20
peak 0.9
cell P
    arfcn 51
    esn0_db 25
    bursts $DIR/bursts.txt
S
if "$SYNTH" lab.scn -o lab_945.2MHz_600k.cu8 --quiet; then
    run 0 replay --json --blocks --db lab.db lab_945.2MHz_600k.cu8
    same "cells of the laboratory" "$(grep -c '"type":"cell"' out)" 1
    says out '"lac":9999'
    [ "$(wc -l <paged)" -gt 20 ] || { echo "FAILED: too few identities paged"; failures=1; }
    same "paged identities in the output" "$(grep -cFf paged out)" 0
    if command -v sqlite3 >/dev/null; then
        sqlite3 lab.db .dump | tr 'A-F' 'a-f' >dump
        same "paged identities in the log" "$(grep -cFf paged dump)" 0
    fi
else
    failures=$((failures + 1))
fi
finish
