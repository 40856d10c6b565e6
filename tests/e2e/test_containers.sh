#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One recording in every form in which programs keep it: the same cells come out of each, and what
# is wrong with a file is said.
. "$(dirname "$0")/lib.sh"
make_town
TOWN_FILE=short_945.2MHz_600k.cu8
head -c 4200000 town_945.2MHz_600k.cu8 >$TOWN_FILE

# What must not depend on the form: what was heard of each cell, without ids and times of day.
cells() {
    grep '"type":"cell"' "$1" | sed 's/"cell_id":"[^"]*",//; s/"level_dbfs":[^,]*,//
        s/"fn_epoch_utc":[^,]*,//; s/"snr_db":[^,]*,//; s/"offset_[a-z_]*":[^,]*,//g'
}

# replayed NAME FILE: replays, compares the cells with those of the raw recording.
replayed() {
    shift_name=$1
    shift
    run 0 replay --no-db --known none --local none --json "$@"
    cells out >cells.now
    same "cells of $shift_name" "$(cat cells.now)" "$(cat cells.raw)"
}

run 0 replay --no-db --known none --local none --json "$TOWN_FILE"
cells out >cells.raw
same "cells of the town" "$(wc -l <cells.raw)" 2
sha=$(grep -o '"sha256":"[^"]*"' out)
sum=$(sha512sum "$TOWN_FILE" | cut -d' ' -f1)

# WAV in its kinds.
for kind in wav8 wav16 wavf rf64 bw64 wrapped; do
    "$MAKE_CONTAINER" $kind "$TOWN_FILE" $kind.wav
    replayed $kind $kind.wav
    says err "rate 600 kHz, centre 945.2 MHz, start 2026-11-22T15:24:38.250Z from the WAV header"
    says out '"samples":2100000'
done
says err "wrapped.wav': its header speaks of"
says_not err "cut off"
same "digest of a WAV" "$(sha256sum <wrapped.wav | cut -d' ' -f1)" \
    "$(grep -o '"sha256":"[^"]*"' out | cut -d'"' -f4)"
"$PROGRAM" replay --no-db --known none --local none --json - <wav16.wav >out 2>err
same "status of WAV from a pipe" $? 0
cells out >cells.now
same "cells of WAV from a pipe" "$(cat cells.now)" "$(cat cells.raw)"
same "digest of what lies behind the samples, too" "$(sha256sum <wav16.wav | cut -d' ' -f1)" \
    "$(grep -o '"sha256":"[^"]*"' out | cut -d'"' -f4)"
head -c 4000000 wav8.wav >cut.wav
run 0 replay --no-db --known none --local none cut.wav
says err "it is cut off: 3999"
for kind in wav24 mono; do
    "$MAKE_CONTAINER" $kind "$TOWN_FILE" $kind.wav
    run 1 replay --no-db $kind.wav
done
says err "with 1 channel: IQ needs two"
run 1 replay --no-db wav24.wav
says err "with 24 bits a value: convert it"
run 1 replay --no-db --format wav "$TOWN_FILE"
says err "does not begin with RIFF and WAVE"

# The user's word is above the header's.
run 0 replay --no-db --known none --local none --json --freq 945.4M wav8.wav
says out '"center_hz":945400000.0'

# SDRangel.
"$MAKE_CONTAINER" sdriq "$TOWN_FILE" town.sdriq
replayed sdriq town.sdriq
says err "start 2026-11-22T15:24:38.250Z from the sdriq header"
"$MAKE_CONTAINER" sdriq24 "$TOWN_FILE" town24.sdriq
run 1 replay --no-db town24.sdriq
says err "of 24 bits: only those of 16 bits"
{ printf 'x'; tail -c +2 town.sdriq; } >bad.sdriq
run 1 replay --no-db bad.sdriq
says err "checksum of its first 32 octets is wrong"

# SigMF: a pair by either name, an archive, a file described in place.
meta() {
    cat <<END
{"global": {"core:datatype": "${3:-cu8}", "core:version": "1.2.0", "core:sample_rate": 600000,
 "core:geolocation": {"type": "Point", "coordinates": [7.85, 48.1]}$1},
 "captures": [${2:-{\"core:sample_start\": 0, \"core:frequency\": 945200000,
   \"core:datetime\": \"2026-11-22T15:24:38.25Z\"\}}], "annotations": []}
END
}
mkdir pair
ln -s "../$TOWN_FILE" pair/x.sigmf-data
meta ", \"core:sha512\": \"$sum\"" >pair/x.sigmf-meta
for name in pair/x.sigmf-meta pair/x.sigmf-data; do
    replayed $name $name
    says err "format cu8, rate 600 kHz, centre 945.2 MHz, start 2026-11-22T15:24:38.250Z from"
    same "digest of $name" "$(grep -o '"sha256":"[^"]*"' out)" "$sha"
    says out '"position":'
done
tar -chf town.sigmf pair
replayed archive town.sigmf
same "digest of an archive's samples" "$(grep -o '"sha256":"[^"]*"' out)" "$sha"
cp town.sigmf town.tar
replayed "archive by its look" town.tar
cp "$TOWN_FILE" plain.bin
meta ', "core:dataset": "plain.bin"' >plain.sigmf-meta
replayed "described in place" plain.bin
run 1 replay --no-db --format sigmf - </dev/null
says err "cannot be read from standard input"

# What does not fit together.
run 1 replay --no-db pair/none.sigmf-meta
says err "No such file"
cp "$TOWN_FILE" alone.sigmf-data
run 1 replay --no-db alone.sigmf-data
says err "has no metadata: there is no 'alone.sigmf-meta'"
replayed "without metadata, all said" --format cu8 --rate 600k --freq 945.2M alone.sigmf-data
meta "" >empty.sigmf-meta
run 1 replay --no-db empty.sigmf-meta
says err "has no samples: there is no 'empty.sigmf-data'"
head -c 2000000 town.sigmf >cut.sigmf
run 1 replay --no-db cut.sigmf
says err "is cut off: of the 4200000 octets of 'pair/x.sigmf-data'"
tar -cf none.sigmf out
run 1 replay --no-db none.sigmf
says err "an archive without a SigMF recording"
mkdir two
for i in 1 2; do meta "" >two/$i.sigmf-meta; done
tar -cf two.sigmf two
run 1 replay --no-db two.sigmf
says err "holds 2 recordings"
tar -cf meta.sigmf pair/x.sigmf-meta
run 1 replay --no-db meta.sigmf
says err "there is no 'pair/x.sigmf-data' in it"
head -c 5000 "$TOWN_FILE" >no.sigmf
run 1 replay --no-db no.sigmf
says err "cannot be read as a SigMF archive"
bad() {
    cp "$TOWN_FILE" bad.sigmf-data
    cat >bad.sigmf-meta
    run 1 replay --no-db bad.sigmf-meta
    says err "$1"
}
echo '{"global": ' | bad "no JSON: line"
echo '{"captures": []}' | bad "has no object 'global'"
meta "" "" rf32_le | bad "of real samples"
meta "" "" cf64_le | bad "'cf64_le' is not read"
meta ', "core:dataset": "../../etc/passwd"' | bad "name of a file in the same folder"
meta ', "core:num_channels": 2' | bad "2 channels side by side"
meta "" '{"core:sample_start": "0"}' | bad "must be a whole number"
meta "" '{"core:sample_start": 5}, {"core:sample_start": 4}' | bad "not in the order"

# A recording that was changed after its metadata was written.
{ printf 'x'; tail -c +2 "$TOWN_FILE"; } >pair/y.sigmf-data
cp pair/x.sigmf-meta pair/y.sigmf-meta
run 1 replay --known none --local none --db changed.db pair/y.sigmf-meta
says err "their SHA-512 is another"
says_not out "pseudo"
run 0 replay --no-db --known none --local none --damaged pair/y.sigmf-meta
says err "judged though damaged"

# Segments: after 4.5 s the receiver was tuned away for a second, then back, and lost 0.5 s.
full=town_945.2MHz_600k.cu8
head -c 5400000 "$full" >s.sigmf-data
head -c 1200000 /dev/zero | tr '\000' '\200' >>s.sigmf-data
tail -c +7200001 "$full" >>s.sigmf-data
segments() {
    meta "" '{"core:sample_start": 0, "core:frequency": 945200000, "core:global_index": 1000},
  {"core:sample_start": 2700000, "core:frequency": 935400000, "core:global_index": 2701000},
  {"core:sample_start": 3300000, "core:frequency": 945200000, "core:global_index": '"$1"'}'
}
segments 3601000 >s.sigmf-meta
run 0 replay --no-db --known none --local none --json s.sigmf-meta
same "cells of two stretches" "$(grep -c '"type":"cell"' out)" 2
says out '"last_seen_s":8.9'
says out '"samples":5100000'
says out '"heard_s":7.5'
says out '"heard_s":1.0'
says err "centre 945.2 MHz and 2 more"
run 1 replay --no-db --freq 945.2M s.sigmf-meta
says err "--freq cannot stand for all of them"
# the frame numbers tell that this gap is not the one that was: the cells are others
segments 60000000 >s.sigmf-meta
run 0 replay --no-db --known none --local none --json s.sigmf-meta
same "cells of two stretches at a wrong distance" "$(grep -c '"type":"cell"' out)" 4
# nobody wrote down how far apart
meta "" '{"core:sample_start": 0, "core:frequency": 945200000},
  {"core:sample_start": 2700000, "core:frequency": 945200000}' >t.sigmf-meta
cp "$TOWN_FILE" t.sigmf-data
run 0 replay --no-db --known none --local none t.sigmf-meta
says err "does not say how far apart"

# Another metadata makes another run of the same samples.
run 0 replay --db runs.db --known none --local none --quiet pair/x.sigmf-meta
run 0 replay --db runs.db --known none --local none --quiet town.sigmf
meta "" >pair/x.sigmf-meta
run 0 replay --db runs.db --known none --local none --quiet pair/x.sigmf-meta
if command -v sqlite3 >/dev/null; then
    same "runs" "$(sqlite3 runs.db 'SELECT count(*) FROM runs')" 2
    same "recordings" "$(sqlite3 runs.db 'SELECT count(*) FROM recordings')" 1
    same "position" "$(sqlite3 runs.db 'SELECT DISTINCT position_lat_deg FROM runs')" 48.1
fi
finish
