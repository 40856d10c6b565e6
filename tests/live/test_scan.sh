#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One survey: every cell found, the pseudo base station told at once, coverage said, rows written,
# the crystal learned.
. "$SOURCE/lib.sh"
. "$LIVE/live.sh"

city
# A program with a name that a shell would take apart is run as it is; it says what it was given.
hook='hook; echo $HOME > shell.was.here'
cat >"$hook" <<TEXT
#!/bin/sh
cat >>"$DIR/told"
echo "\$#" >>"$DIR/arguments"
sleep 3
TEXT
chmod +x "$hook"
run 3 scan $CHANNELS --json --db x.db --exit-code --position 48.1,7.85 --exec "./$hook"
for arfcn in 24 26 64 67; do
    grep -q "^{\"type\":\"cell\".*\"arfcn\":$arfcn,.*\"ci\":[0-9]" out ||
        same "cell on $arfcn" none one
done
says out '"cell_key":"999-70-2101-6303/64/31"'
same "first line" "$(head -1 out | cut -c1-35)" '{"type":"capture","path":"rtlsdr","'
same "last line" "$(tail -1 out | cut -c1-30)" '{"type":"summary","sha256":nul'
# once, and again when the verdict gets worse
alerts=$(grep -c '^{"type":"alert"' out)
[ "$alerts" -eq 1 ] || [ "$alerts" -eq 2 ] || same "alerts" "$alerts" "1 or 2"
says out '"cell_key":"999-70-9527-10/67/61"'
# the alert comes when it arises: before the coverage of the end, and with its findings
alert=$(grep -n '^{"type":"alert"' out | head -1 | cut -d: -f1)
coverage=$(grep -n '^{"type":"coverage"' out | head -1 | cut -d: -f1)
finding=$(grep -n '^{"type":"finding"' out | head -1 | cut -d: -f1)
[ "$finding" -lt "$alert" ] && [ "$alert" -lt "$coverage" ] ||
    same "order of finding, alert, coverage" "$finding $alert $coverage" "ascending"
says out '"reason":"channel left out by --arfcn"'
says out '"coverage":"Listened to P900 (5 of 124 channels'
says_not out '"dropped_samples":null'
# one id a cell, from the first line to the last
same "ids of the pseudo base station" \
    "$(grep '^{"type":"cell".*"arfcn":67,' out | grep -o '"cell_id":"[^"]*"' | sort -u | wc -l)" 1
# the program was told, on its standard input alone, and was not waited for
same "alerts told" "$(grep -c '"type":"alert".*"cell_key":"999-70-9527-10/67/61"' told)" "$alerts"
same "arguments" "$(sort -u arguments)" 0
[ ! -e shell.was.here ] || same "what a shell made" shell.was.here nothing
grep -v '^stand-in' err >words
says words "crystal of 00000042: +1"

if command -v sqlite3 >/dev/null; then
    same "flagged" "$(rows 'SELECT cell_key FROM flagged_cells')" 999-70-9527-10/67/61
    same "cells" "$(rows 'SELECT count(*) FROM cell_latest')" 4
    same "receiver" "$(rows 'SELECT DISTINCT receiver FROM runs')" "RTL-SDR R820T 00000042"
    same "gain" "$(rows 'SELECT count(*) FROM runs WHERE gain_db IS NULL')" 0
    same "position" "$(rows 'SELECT DISTINCT position_lat_deg FROM runs')" 48.1
    same "time" "$(rows "SELECT count(*) FROM cells WHERE first_utc_us IS NULL")" 0
    same "this year" "$(rows 'SELECT DISTINCT substr(first_seen, 1, 4) FROM cell_timeline')" \
        "$(date -u +%Y)"
    same "coverage heard" \
        "$(rows 'SELECT count(*) > 0 FROM coverage WHERE heard_s > 0.05 AND last_s > first_s')" 1
    same "alert in the outbox" "$(rows 'SELECT count(*) > 0 FROM outbox')" 1
    "$PROGRAM" review show --db x.db 999-70-9527-10/67/61 >shown 2>&1
    says shown 999-70-9527-10/67/61
fi

# What was learned is where the next run begins; a stated error wins.
run 0 scan $CHANNELS --db x.db --once -q
grep -q '^1[23]\.[0-9]* 4 .* 00000042$' .local/state/cellwarden/receivers ||
    same "state" "$(cat .local/state/cellwarden/receivers)" "13 ppm of 4 cells"
run 0 scan $CHANNELS --no-db --json
says err "as learned before"
offset=$(grep '^{"type":"cell".*"arfcn":24,.*"ci":6301' out | tail -1 |
    sed 's/.*"offset_hz":\(-*[0-9]*\).*/\1/')
[ "$offset" -gt -900 ] && [ "$offset" -lt 900 ] || same "offset after learning" "$offset" "about 0"

# A band that this tuner cannot reach: said, and status 5.
run 5 scan --bands DCS1800 --no-db --state none
says out "NOT listened to: DCS1800 (outside the range of the tuner)"
says out "no all-clear"
# Words that cannot be right.
run 2 scan --once --watch
run 2 scan --bands P901
run 2 scan --position here
run 2 scan --db x.db --no-db
run 4 scan rtlsdr:serial=nobody --no-db
finish
