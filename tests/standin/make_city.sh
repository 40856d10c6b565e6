#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes an invented city on the whole of P-GSM 900 into FOLDER, for the stand-in receiver:
#   city.scn         40 honest cells of two operators and three pseudo base stations, 12 windows of
#                    2 MHz; the third pseudo base station is on the air from second 60 to 150 only
#   control          the stand-in's control file: one R820T dongle, its crystal 13 ppm fast
#   cells_A.csv cells_B.csv allocations.csv   the operators' lists, for cellwarden import
# Nothing here takes longer than a moment: the air is made while it is listened to.
set -eu
case ${1:---help} in
-h | --help)
    echo "usage: make_city.sh FOLDER [SPEED]"
    echo "example: make_city.sh /tmp/city && cd /tmp/city && CELLWARDEN_STANDIN=/tmp/city/control" \
        "LD_LIBRARY_PATH=build/debug/tests/standin/lib cellwarden scan rtlsdr"
    exit 0
    ;;
esac
mkdir -p "$1"
cd "$1"
cat >control <<TEXT
air city.scn
speed ${2:-1}
dongle Generic RTL2832U OEM
serial 00000042
manufacturer Realtek
product RTL2838UHIDIR
tuner R820T
TEXT
echo "mcc,mnc,operator,band,arfcn_lo,arfcn_hi,valid_from,valid_to" >allocations.csv
for operator in A B; do
    echo "mcc,mnc,lac,ci,arfcn,bsic,lat,lon,site,type,valid_from,valid_to" >cells_$operator.csv
done
awk '
function channel(i) { return 1 + int(i * 124 / 43) }
function pseudo(i) { return i == 9 || i == 23 || i == 37 }
function operator(i) { return int(i / 2) % 2 }
# the channels of the next cells of the same operator, on both sides
function neighbours(i,    k, n, list) {
    for (k = 1; k < 43 && n < 6; k++) {
        if (i - k >= 0 && !pseudo(i - k) && operator(i - k) == operator(i)) {
            list = list " " channel(i - k)
            n++
        }
        if (i + k < 43 && !pseudo(i + k) && operator(i + k) == operator(i)) {
            list = list " " channel(i + k)
            n++
        }
    }
    return list
}
function honest(i,    b, bcc, lac, ci, ncc) {
    b = operator(i)
    ncc = b ? 7 : 3
    bcc = (i * 5) % 8
    lac = b ? 793 : 2101 + int(i / 22)
    ci = b ? 30200 + i : 6300 + i
    print "cell " (b ? "B" : "A") i
    print "    arfcn " channel(i) "\n    bsic " ncc * 8 + bcc
    print "    esn0_db " 9 + (i * 7) % 25
    print "    ppm " ((i * 13) % 9 - 4) / 1000
    print "    start_fn " (i * 733103 + 1204410) % 2715648
    print "    delay_sym " (i * 373.37) % 1250
    print "    mcc 999\n    mnc " 70 + b "\n    lac " lac "\n    ci " ci
    print "    cell_allocation " channel(i)
    print "    neighbours" neighbours(i)
    print "    ncc_permitted " (b ? "80" : "08")
    print "    t3212 " (b ? 10 : 30) "\n    crh 6\n    rxlev_access_min " (b ? 8 : 4)
    print "    rlt " (b ? 24 : 36) "\n    pwrc " 1 - b "\n    dtx 1"
    print "    bs_ag_blks_res " (b ? 1 : 3) "\n    bs_pa_mfrms 6\n    gprs 1\n    rac " (b ? 7 : 21)
    print "    neighbours2ter " (b ? "600 610" : "540 555 562") "\n    multiband " (b ? 1 : 2)
    print "    paging_per_s " (b ? 4 : 9) "\n    paging_imsi_share 0.04"
    print "    assign_per_s 1\n    assign_lu_share 0.2\n    assign_packet_share 0.4\n"
    printf "999,%d,%d,%d,%d,%d,%.4f,%.4f,%s-%04d,macro,2024-03-01,\n", 70 + b, lac, ci,
        channel(i), ncc * 8 + bcc, 47.90 + i / 1000, 7.73 + i % 7 / 500, b ? "B" : "A", i \
        >>("cells_" (b ? "B" : "A") ".csv")
}
# Another location area, so that every telephone near it must say who it is; no neighbours, so
# that none leaves; a cheap oscillator.
function catcher(i) {
    print "cell X" i
    print "    arfcn " channel(i) "\n    bsic 61\n    esn0_db 30\n    ppm 0.8\n    wander_ppm 0.01"
    if (i == 37)
        print "    on_s 60\n    off_s 150"
    print "    start_fn " 3000 + i "\n    delay_sym 222.8"
    print "    mcc 999\n    mnc " 70 + operator(i) "\n    lac " 9500 + i "\n    ci 10"
    print "    cell_allocation none\n    neighbours none\n    ncc_permitted ff\n    t3212 1"
    print "    cro 126\n    crh 0\n    rxlev_access_min 0\n    neci 1\n    rlt 32\n    dtx 2"
    print "    bs_ag_blks_res 1\n    bs_pa_mfrms 2\n    gprs 0\n    paging_per_s 1.5"
    print "    paging_imsi_share 1\n    assign_per_s 9\n    assign_lu_share 0.95"
    print "    assign_ta_max 1\n    sdcch_timeslots 3\n"
}
BEGIN {
    print "# made by make_city.sh\nnoise_dbfs -52\nreceiver_ppm 13\nseed 2026\n"
    for (i = 0; i < 43; i++) {
        if (pseudo(i))
            catcher(i)
        else
            honest(i)
        printf "999,%d,Operator %s,P900,%d,%d,2015-01-01,\n", 70 + operator(i),
            operator(i) ? "B" : "A", channel(i), i < 42 ? channel(i + 1) - 1 : 124 \
            >>"allocations.csv"
    }
}' >city.scn
