#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Ctrl-C in the middle: what was heard by then is judged and written.
. "$(dirname "$0")/lib.sh"

make_town

# Feeds the whole town, then keeps the pipe open: the program waits for more when the signal comes.
interrupt() {
    signal=$1
    expected=$2
    rm -f pipe out x.db
    mkfifo pipe
    "$PROGRAM" replay --json --db x.db --format cu8 --rate 600k --freq 945.2M - <pipe >out 2>err &
    pid=$!
    exec 9>pipe
    cat town_945.2MHz_600k.cu8 >&9
    sleep 1
    kill -"$signal" "$pid"
    wait "$pid"
    same "status after SIG$signal" $? "$expected"
    exec 9>&-
    says out '"interrupted":true'
    says out '"type":"cell"'
    same "cells" "$(grep -c '"type":"cell"' out)" 2
    [ -s x.db ] || { echo "FAILED: no log"; failures=$((failures + 1)); }
}
# A shell without job control starts its children with SIGINT ignored; the program takes it back.
interrupt INT 130
interrupt TERM 143
interrupt HUP 129
finish
