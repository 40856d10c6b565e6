#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A recording of two cells: what is printed, in which order, and that it never changes.
. "$(dirname "$0")/lib.sh"

make_town
town=town_945.2MHz_600k.cu8
run 0 replay --no-db --json --blocks --jobs 1 $town
cp out first

# Every key of the format, in the lines of its type.
keys() {
    type=$1
    shift
    grep "\"type\":\"$type\"" first >lines
    [ -s lines ] || { echo "FAILED: no $type line"; failures=$((failures + 1)); return; }
    for key in "$@"; do
        same "$type lines without $key" "$(grep -cv "\"$key\":" lines)" 0
    done
}
keys capture path format rate_hz center_hz start_utc
keys sch band arfcn fn bsic sample offset_hz snr_db assumed
keys block band arfcn fn bsic channel hex bit_errors combined repaired
keys cell cell_id cell_key band arfcn bsic mcc mnc lac ci level_dbfs snr_db offset_hz \
    offset_se_hz clock_ppm clock_se_ppm phase_error_deg delay_spread_us taps_db offset_ppm_rel \
    first_seen_s last_seen_s fn_epoch_utc si_seen verdict score_db allowed \
    evaluable rules_total
keys si cell_id si fn count hex fields
keys finding cell_id rule weight_db observed expected text
keys alert cell_id verdict score_db rules not_evaluable text
keys coverage band from_hz to_hz heard_s reason
keys summary sha256 samples signal_s carriers cells flagged blocks blocks_failed dropped_samples \
    cpu_s realtime

# Order: capture, events by sample, cells with what belongs to them, coverage, summary.
sed 's/{"type":"\([a-z]*\)".*/\1/' first | uniq >order
tr '\n' ' ' <order |
    sed 's/\(sch block \)*\(sch \)\{0,1\}cell/events cell/; s/block events/events/' >in_order
same "order of the lines" "$(cat in_order)" \
    "capture events cell si cell si finding alert coverage summary "
grep -E '"type":"(sch|block)"' first |
    sed 's/.*"band":"\([A-Z0-9]*\)","arfcn":\([0-9]*\).*"sample":\([0-9.]*\).*/\3 \1 \2/' >events
same "events by sample" "$(sort -n -k1,1 -s events | cksum)" "$(cksum <events)"

# What it says is what was sent.
grep '"type":"cell"' first | grep '"arfcn":51' >cell
says cell '"cell_key":"999-70-2101-6326/51/26"'
says cell '"bsic":26,"mcc":"999","mnc":"70","lac":2101,"ci":6326'
says cell '"flagged":false'
grep '"type":"cell"' first | grep '"arfcn":52' >cell
says cell '"mcc":"999","mnc":"70","lac":9527,"ci":10'
says cell '"flagged":true'
same "hexadecimal digits of a block" "$(grep -cE '"hex":"[0-9a-f]{46}"' first)" \
    "$(grep -cE '"type":"(block|si)"' first)"
same "sha256" "$(sed -n 's/.*"sha256":"\([0-9a-f]*\)".*/\1/p' first)" \
    "$(sha256sum $town | cut -c1-64)"
says first '"samples":5400000,"signal_s":9.0'
says first '"from_hz":944900000.0,"to_hz":945500000.0,"heard_s":9.0,"reason":null'
grep '"type":"block"' first | sed 's/.*"hex":"\([0-9a-f]*\)".*/\1/' | sort -u >heard
sed -n 's/.*"hex_blanked":"\([0-9a-f]*\)".*/\1/p' town.truth | sort -u >sent
same "blocks that nobody sent" "$(comm -23 heard sent | wc -l)" 0

# The same again, with other numbers of workers.
run 0 replay --no-db --json --blocks --jobs 1 $town
without_time first >a
without_time out >b
cmp a b || failures=$((failures + 1))
run 0 replay --no-db --json --blocks --jobs 3 $town
without_time out >b
cmp a b || failures=$((failures + 1))

# Standard input gives the same cells with the same ids.
"$PROGRAM" replay --no-db --json --format cu8 --rate 600k --freq 945.2M - <$town >out 2>err
same "status on standard input" $? 0
grep '"type":"cell"' first >a
grep '"type":"cell"' out >b
cmp a b || failures=$((failures + 1))

# Time: the epoch of the frame numbers follows from --start.
run 0 replay --no-db --json --start 2026-11-22T15:24:38Z --position 48.1,7.85 $town
says out '"start_utc":"2026-11-22T15:24:38.000Z"'
says out '"position":[48.1'
same "cells with an epoch" "$(grep -c '"fn_epoch_utc":"2026-11-22T' out)" 2
says first '"fn_epoch_utc":null'

# Channels that were not asked for are not looked at, and that is said.
run 0 replay --no-db --json --arfcn 51 $town
same "cells on ARFCN 51" "$(grep -c '"type":"cell"' out)" 1
says out '"reason":"channel left out by --arfcn"'
run 0 replay --no-db --json --arfcn 51 --bands P900 $town
says out '"reason":"band left out by --bands"'

# For people: a table, reasons, and what was not listened to; colours only on a terminal.
run 3 replay --no-db --exit-code $town
says out "P900       51   26  999  70  2101  6326"
says out "999-70-9527-10/52/61"
says out "1 flagged"
says out "listened to: P900 944.9-945.5 MHz"
says err "judging without it"
same "colours in a file" "$(grep -c "$(printf '\033')" out)" 0
run 0 replay --no-db --exit-code --arfcn 51 $town
run 0 replay --no-db -v $town
says err "FCCH"
says err "ppm"
finish
