#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Lets gr-gsm read samples (cf32, standard input, one carrier in the middle) and prints what it
# decoded as the lines that compare.c reads. The decoder that Debian installs is copied to a folder
# for the time of the run, without its UDP sockets: Debian 12 has renamed the block they need, and
# decoding does not.
# tuned: the carrier stands in place, no correction; untuned: automatic correction, as a dongle
# needs it.
# usage: grgsm.sh GRGSM_LINES tuned|untuned RATE FREQ ARFCN BSIC
set -euo pipefail
if [ $# -ne 6 ]; then
    sed -n 's/^# usage: /usage: bench\//p' "$0"
    exit 2
fi
lines=$1
config=$2
rate=$3
freq=$4
decoder=${GRGSM_DECODE:-$(command -v grgsm_decode || true)}
if [ -z "$decoder" ]; then
    echo "grgsm.sh: gr-gsm is not installed (package gr-gsm): nothing to compare with" >&2
    exit 1
fi
copy=$(mktemp --suffix=.py)
trap 'rm -f "$copy" "$copy.said"' EXIT
sed '/socket_pdu/d' "$decoder" >"$copy"
words=(-m BCCH -t 0 -v -p -c /dev/stdin -s "$rate")
if [ "$config" = untuned ]; then
    words+=(-f "$freq")
fi
# What it prints beside blocks and bursts goes to standard error.
if ! /usr/bin/python3 "$copy" "${words[@]}" 2>"$copy.said" | "$lines" "$5" "$6"; then
    tail -n 5 "$copy.said" >&2
    exit 1
fi
