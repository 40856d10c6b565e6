# SPDX-License-Identifier: GPL-3.0-or-later
# What the tests of live commands share; sourced behind tests/e2e/lib.sh. The air runs in real time
# (the counter of samples is held against the clock), at a rate that sanitizers keep up with.
: "${STANDIN:?}" "${LIVE:?}"
SPEED=1
export LD_LIBRARY_PATH="$STANDIN" CELLWARDEN_STANDIN="$DIR/control"
unset CELLWARDEN_CONFIG STATE_DIRECTORY XDG_STATE_HOME
export HOME="$DIR"

# city [LINE...]: three honest cells in two windows of 1 MS/s and a pseudo base station; the lines
# are added to the control file (what the dongle does).
city() {
    cat >control <<TEXT
air city.scn
speed $SPEED
loud
dongle Generic RTL2832U OEM
serial 00000042
tuner R820T
TEXT
    for line in "$@"; do
        echo "$line" >>control
    done
    {
        echo "noise_dbfs -52"
        echo "receiver_ppm 13"
        honest_cell H1 24 3 6301 20
        honest_cell H2 26 5 6302 26
        honest_cell H3 64 7 6303 17
        pseudo_cell "${PSEUDO_ON:-0}"
    } >city.scn
}

honest_cell() {
    cat <<TEXT
cell $1
    arfcn $2
    bsic $((24 + $3))
    esn0_db $5
    start_fn $((1204410 + $2 * 5003))
    delay_sym $((($2 * 37) % 1250))
    mcc 999
    mnc 70
    lac 2101
    ci $4
    cell_allocation $2
    neighbours 24 26 64 70 80 90
    ncc_permitted 08
    t3212 30
    crh 6
    rxlev_access_min 4
    rlt 36
    bs_ag_blks_res 3
    bs_pa_mfrms 6
    gprs 1
    rac 21
    paging_per_s 9
    paging_imsi_share 0.04
    assign_per_s 1

TEXT
}

pseudo_cell() {
    cat <<TEXT
cell X
    arfcn 67
    bsic 61
    esn0_db 30
    ppm 0.8
    start_fn 3000
    delay_sym 222.8
    mcc 999
    mnc 70
    lac 9527
    ci 10
    cell_allocation none
    neighbours none
    ncc_permitted ff
    t3212 1
    cro 126
    crh 0
    rxlev_access_min 0
    paging_per_s 1
    paging_imsi_share 1
TEXT
    if [ "$1" != 0 ]; then
        echo "    on_s $1"
        echo "    off_s 10000"
    fi
}

# The windows that hold the city, and nothing else.
CHANNELS="--rate 1M --arfcn 24,26,28,64,67"

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
    left=$(($1 * 10))
    shift
    while ! "$@" >/dev/null 2>&1; do
        left=$((left - 1))
        if [ $left -le 0 ]; then
            echo "FAILED: waited in vain for: $*"
            failures=$((failures + 1))
            return 1
        fi
        sleep 0.1
    done
}

# rows QUERY: what the log says.
rows() {
    sqlite3 "${LOG:-x.db}" "$1"
}
