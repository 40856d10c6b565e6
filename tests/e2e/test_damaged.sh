#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Good cells, badly recorded or badly described: a sentence says what to do, nothing is made up.
. "$(dirname "$0")/lib.sh"

make_town
town="replay --no-db --json --format cu8 --rate 600k --freq 945.2M"

# I and Q swapped: no cell on a channel where nobody sends.
dd if=town_945.2MHz_600k.cu8 of=swapped.cu8 conv=swab status=none
# shellcheck disable=SC2086
run 0 $town swapped.cu8
says err "as if I and Q are swapped"
says out '"cells":0'

# Another rate: twice, half, one percent.
head -c 2160000 town_945.2MHz_600k.cu8 >part.cu8
for rate in 1200k 606k 300k 450k; do
    run 0 replay --no-db --json --format cu8 --rate $rate --freq 945.2M part.cu8
    says err "try --rate 600000"
    says out '"cells":0'
done

# A crystal beyond what is searched.
"$SYNTH" "$SOURCE/town.scn" -o far.cu8 --truth far.truth --quiet --set rate=1.2M \
    --set receiver_ppm=108 --duration 3
run 0 replay --no-db --json --format cu8 --rate 1.2M --freq 945.2M far.cu8
says err "try --ppm 108"
run 0 replay --no-db --json --format cu8 --rate 1.2M --freq 945.2M --ppm 108 far.cu8
says_not err "try --ppm"
says out '"cells":2'

# Samples are missing in the middle: the cells go on, none is counted twice.
{
    head -c 4800000 town_945.2MHz_600k.cu8
    tail -c +4950001 town_945.2MHz_600k.cu8
} >gap.cu8
# shellcheck disable=SC2086
run 0 $town gap.cu8
says err "samples seem to be missing"
same "cells of a recording with a gap" "$(grep -c '"type":"cell"' out)" 2

# A good one is not doubted.
# shellcheck disable=SC2086
run 0 $town town_945.2MHz_600k.cu8
for word in missing swapped --ppm --rate real; do
    says_not err "$word"
done
finish
