#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# cellwarden doctor on the stand-in: what the user sees on good and on bad days.
. "$E2E/lib.sh"
export LD_LIBRARY_PATH="$STANDIN"

# control LINE...: the stand-in's control file; a city is on the air.
"$E2E/../standin/make_city.sh" "$DIR"
control() {
    printf '%s\n' "$@" >control
    export CELLWARDEN_STANDIN="$DIR/control"
}

# The whole examination: the crystal of the city's receiver is 13 ppm fast, whatever the tuner's
# oscillator rounds to.
control 'air city.scn' 'dongle Generic RTL2832U OEM' 'serial 00000042'
run 0 doctor --seconds 1 --freq 938e6
says out 'RTL-SDR R820T, serial 00000042'
says out 'cannot hear DCS1800, PCS1900'
says out 'an E4000 dongle reaches'
says out 'no sample was lost'
says out 'the crystal is +13.0'
says out '0 failed'

run 0 doctor --json --seconds 1 --freq 938e6
says out '"check":"crystal","state":"ok"'
says out '"lost_samples":0.0'
says out '{"type":"doctor_summary"'
ppm=$(sed -n 's/.*"values":{"ppm":\([0-9.-]*\),.*/\1/p' out)
same 'ppm to 0.1' 13.0 "$(printf '%.1f' "$ppm")"

# An RTL-SDR Blog V4 hears the same: without its crystal it would listen somewhere else.
control 'air city.scn' 'dongle V4' 'manufacturer RTLSDRBlog' 'product Blog V4' 'tuner R828D' \
    'xtal 28800000'
run 0 doctor --seconds 1 --freq 938e6
says out 'the crystal is +13.0'

control ''
run 4 doctor
says out 'no RTL-SDR dongle is on the USB'
control 'dongle x' 'open access'
run 1 doctor
says out 'plugdev'
control 'dongle x' 'open driver'
run 1 doctor
says out 'blacklist dvb_usb_rtl28xxu'
control 'dongle x' 'dongle y'
run 1 doctor
says out 'there are 2 dongles: say which'
control 'dongle x' 'tuner none'
run 4 doctor
says out 'is not recognised'
control 'dongle x' 'tuner FC0012' 'gain_ref 15'
run 0 doctor --no-cells --seconds 1
says out 'hears E900, R900, GSM850, 73 of 124 channels of P900'
control 'dongle x' 'unplug 1 0'
run 4 doctor --no-cells --seconds 30
says out 'was unplugged'
control 'dongle x' 'lose 1 40'
run 1 doctor --no-cells --seconds 8
says out 'of the samples were lost'
says out 'no hub'
control 'dongle x' 'pll_fails 930e6 940e6 1'
run 0 doctor --no-cells --seconds 1
says out 'did not lock at once'
# no antenna: what is left is the noise of the grid
control 'air quiet.scn' 'dongle x'
printf 'noise_dbfs -85\n' >quiet.scn
run 0 doctor --no-cells --seconds 1
says out 'is the antenna connected'

# The same dongle behind a network.
control 'air city.scn' 'dongle x'
"$RTL_TCP" >port 2>server_err &
server=$!
tries=0
while [ $tries -lt 300 ] && [ ! -s port ]; do
    tries=$((tries + 1))
    sleep 0.1
done
run 0 doctor --seconds 1 --freq 938e6 "rtl_tcp:127.0.0.1:$(cat port)"
says out "rtl_tcp 127.0.0.1:$(cat port) (R820T)"
says out 'the crystal is +13.0'
kill $server
wait $server 2>/dev/null
run 1 doctor "rtl_tcp:127.0.0.1:$(cat port)"
says out 'is rtl_tcp running there'

run 2 doctor nonsense
says err 'is no source'
finish
