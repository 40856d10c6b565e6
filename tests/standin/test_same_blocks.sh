#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same octets by two ways: from a file, and through rtl_tcp over the loopback. What is decoded
# must be the same, block by block, with frame numbers and octets.
. "$E2E/lib.sh"
export LD_LIBRARY_PATH="$STANDIN" CELLWARDEN_STANDIN="$DIR/control"
printf 'dongle x\n' >control
rate=300000
cat >air.scn <<TEXT
rate $rate
center 939.8MHz
format cu8
duration_s 8
noise_dbfs -45
cell A
    arfcn 24
    bsic 10
    esn0_db 25
    paging_per_s 9
    assign_per_s 3
TEXT
"$SYNTH" air.scn -o air.cu8 --quiet
"$RTL_TCP" 0 air.cu8 $rate >port 2>server_err &
server=$!
tries=0
while [ $tries -lt 300 ] && [ ! -s port ]; do
    tries=$((tries + 1))
    sleep 0.1
done
run 0 monitor --json --blocks --no-db --state none --gain 30 --rate $rate --freq 939.8MHz \
    --known none --local none --for 12 "rtl_tcp:127.0.0.1:$(cat port)"
kill $server
wait $server 2>/dev/null
grep -q '"dropped_samples":0' out || skip "this machine was too busy to take every sample"
blocks() {
    grep '"type":"block"' "$1" |
        sed 's/.*"arfcn":\([0-9]*\),"fn":\([0-9]*\),.*"hex":"\([0-9a-f]*\)".*/\1 \2 \3/' | sort -u
}
blocks out >over_network
run 0 replay --json --blocks --no-db --known none --local none --rate $rate --freq 939.8MHz air.cu8
blocks out >from_file
n=$(grep -c . from_file)
[ "$n" -gt 200 ] || same "blocks of the file" "$n" "more than 200"
same "blocks that differ" "$(comm -3 over_network from_file | head -5)" ""
finish
