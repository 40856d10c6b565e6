#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Files that hold no recording, or a bad one: a sentence each, the right exit code, no crash.
. "$(dirname "$0")/lib.sh"

# What cannot be read at all: status 1 and what to do.
run 1 replay --no-db --rate 1M --freq 941M missing.cu8
says err "cannot open 'missing.cu8': No such file"
run 1 replay --no-db --rate 1M --freq 941M .
says err "is a directory"
: >empty.cu8
run 1 replay --no-db --rate 1M --freq 941M empty.cu8
says err "is empty"

# A name that leads nowhere leaves no log behind; a log that cannot be made is said before decoding.
run 1 replay --rate 1M --freq 941M missing.cu8
[ ! -e cellwarden.db ] || { echo "FAILED: an empty log"; failures=$((failures + 1)); }

# What nobody said.
"$MAKE_INPUT" noise >noise.cu8
run 1 replay --no-db noise.cu8
says err "--rate HZ and --freq HZ"
run 1 replay --no-db --freq 941M noise.cu8
says err "add --rate HZ"
run 1 replay --no-db --rate 1M noise.cu8
says err "add --freq HZ"
run 2 replay --no-db --rate 200k --freq 941M noise.cu8
says err "300000 to 20000000"
run 2 replay --no-db --rate 100M --freq 941M noise.cu8
run 2 replay --no-db --db x.db --rate 1M --freq 941M noise.cu8
run 1 replay --db no/where.db --rate 1M --freq 941M noise.cu8
says err "no/where.db"
same "output before the log is open" "$(cat out)" ""
run 1 replay --no-db --rate 1M --freq 700M noise.cu8
says err "--freq"
run 1 replay --no-db --rate 1M --freq 941M --arfcn 1 noise.cu8
says err "--arfcn"

# Other kinds of file.
echo "this is a text file, no recording" >note.cu8
run 1 replay --no-db --rate 1M --freq 941M note.cu8
says err "a text file"
printf 'RIFF\377\377\377\177WAVEfmt ' >sound_1M_941MHz.cu8
run 1 replay --no-db sound_1M_941MHz.cu8
says err "a WAV file"
"$MAKE_INPUT" pcap >dns.pcap
run 1 replay --no-db dns.pcap
says err "holds no GSMTAP frame"
says err "1 packet,"
cp noise.cu8 noise.pcap
run 1 replay --no-db noise.pcap
says err "is no pcap or pcapng capture"
run 1 replay --no-db --format gsmtap noise.cu8
says err "noise.cu8"

# Recordings that can be read and hold no cell: status 0, and it is said.
run 0 replay --no-db --rate 1M --freq 941M noise.cu8
says out "no GSM cell was found"
says out "no all-clear"
run 0 replay --no-db --json --rate 1M --freq 941M noise.cu8
says out '"cells":0,"flagged":0'
says err "no all-clear"
head -c 800000 /dev/zero >zeros_941MHz_1M.cf32
run 0 replay --no-db zeros_941MHz_1M.cf32
says err "every sample is the same"
says out "no GSM cell was found"
for octet in 000 020 377; do
    head -c 800000 /dev/zero | tr '\000' "\\$octet" >same_941MHz_1M.cu8
    run 0 replay --no-db same_941MHz_1M.cu8
    says err "every sample is the same"
    says_not err "clipped"
done
head -c 800001 noise.cu8 >odd_941MHz_1M.cu8
printf 'x' >>odd_941MHz_1M.cu8
run 0 replay --no-db odd_941MHz_1M.cu8
says err "the last 1 octets"
"$MAKE_INPUT" nan >nan_941MHz_1M.cf32
run 0 replay --no-db nan_941MHz_1M.cf32
says err "not finite or beyond any sample's range"
"$MAKE_INPUT" clipped >clipped_941MHz_1M.cu8
run 0 replay --no-db clipped_941MHz_1M.cu8
says err "samples are clipped"
"$MAKE_INPUT" signed >signed_941MHz_1M.cu8
run 0 replay --no-db signed_941MHz_1M.cu8
says err "look like cs8"
printf 'abcdefgh\200\201' >short_941MHz_1M.cu8
run 0 replay --no-db short_941MHz_1M.cu8
says out "no GSM cell was found"

# Formats are guessed from the samples, and that is said; what is said wins.
cp noise.cu8 x_941MHz_1M.bin
run 0 replay --no-db --json x_941MHz_1M.bin
says out '"format":"cu8"'
says err "format cu8 from the look of the samples"
run 0 replay --no-db --json --format cs8 x_941MHz_1M.bin
says out '"format":"cs8"'
run 0 replay --no-db --json --freq 942M x_941MHz_1M.bin
says out '"center_hz":942000000.0'

# A file name that is no text still gives a whole line.
cp noise.cu8 "$(printf 'a\377_941MHz_1M.cu8')"
run 0 replay --no-db --json "$(printf 'a\377_941MHz_1M.cu8')"
says out '"type":"capture","path":"a\\xff_941MHz_1M.cu8"'

# One bad file among good ones: the others are still done, the status is 1.
run 1 replay --no-db --rate 1M --freq 941M missing.cu8 noise.cu8
says err "missing.cu8"
says out "noise.cu8"

# Quiet is quiet, errors are not.
run 0 replay --no-db --quiet --rate 1M --freq 941M noise.cu8
same "notes with --quiet" "$(cat err)" ""
run 1 replay --no-db --quiet missing.cu8
says err "missing.cu8"

# A result that cannot be written is an error.
"$PROGRAM" replay --no-db --json --rate 1M --freq 941M noise.cu8 >/dev/full 2>err
same "status on a full disk" "$?" 1
says err "cannot write the result"
finish
