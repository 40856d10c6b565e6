#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Debian's own rtl_test and rtl_tcp run on the stand-in: it has the functions, the types and the
# manners of the real library. They are in package rtl-sdr.
. "$E2E/lib.sh"
for tool in rtl_test rtl_tcp rtl_sdr; do
    command -v $tool >/dev/null || skip "$tool is not installed (package rtl-sdr)"
done
export LD_LIBRARY_PATH="$STANDIN" CELLWARDEN_STANDIN="$DIR/control"
printf 'dongle Generic RTL2832U OEM\nserial 00000042\n' >control

# Its test mode sends a counter; rtl_test says when one is missing.
timeout -s INT 3 rtl_test -s 2400000 >out 2>err
says err 'Generic RTL2832U OEM'
says err 'SN: 00000042'
says err 'Supported gain values (29)'
says err 'User cancel, exiting...'
says err 'Samples per million lost (minimum): 0'
says_not out 'lost at least'

rtl_sdr -f 941000000 -s 2400000 -n 100000 samples >out 2>err
same 'octets of 100000 samples' 200000 "$(wc -c <samples)"

# Debian's server serves the program.
"$E2E/../standin/make_city.sh" "$DIR"
port=$((20000 + $$ % 20000))
stdbuf -oL rtl_tcp -p $port >server_out 2>server_err &
server=$!
tries=0
while [ $tries -lt 300 ] && ! grep -q listening server_out; do
    tries=$((tries + 1))
    sleep 0.1
done
run 0 doctor --seconds 1 --freq 938e6 "rtl_tcp:127.0.0.1:$port"
says out "rtl_tcp 127.0.0.1:$port (R820T)"
says out 'the crystal is +13.0'
kill -KILL $server # a first SIGINT only makes it wait for the next program
wait $server 2>/dev/null
finish
