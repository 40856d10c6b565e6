#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Lists, databases and outputs that somebody broke: a sentence each, status 1, what was there stays.
. "$(dirname "$0")/lib.sh"
command -v sqlite3 >/dev/null || skip "sqlite3 is not installed"

# Lists that are none, or are made to harm.
printf 'mcc,mnc,lac,ci\n262,01,1,1\n' >good.csv
run 0 import --kind cells --source operator good.csv
cp known.db before.db
head -c 200000 /dev/urandom >binary.csv
run 1 import --kind cells --source operator binary.csv
says err "cellwarden: "
head -c 10000000 /dev/zero | tr '\0' x >line.csv
run 1 import --kind cells --source operator line.csv
(printf 'mcc,mnc,lac,ci\n' && cat line.csv) >line_after.csv
run 1 import --kind cells --source operator line_after.csv
says err "line 2"
printf 'mcc,mnc,lac,ci\n262,01,1\0001,1\n' >nul.csv
run 1 import --kind cells --source operator nul.csv
says err "nothing was changed"
printf 'mcc,mnc,lac,ci,site\n262,01,1,1,"never closed\n262,01,1,2,x\n' >quote.csv
run 1 import --kind cells --source operator quote.csv
says err "line 2"
printf '\037\213\010\000garbage' >packed.csv.gz
run 1 import --kind cells --source operator packed.csv.gz
run 1 import --kind cells --source operator .
run 1 import --kind cells --source operator /dev/null
says err "holds no row"
cmp known.db before.db || failures=$((failures + 1))

# Names that would move the cursor.
mkdir evil
name=$(printf 'evil/\033[2J\033]0;x\007.csv')
printf 'mcc,mnc,lac,ci,\033[31m\n1,\033]0;y\007,3,4,5\n' >"$name"
run 1 import --kind cells --source operator "$name"
same "escapes in a message" "$(grep -c "$(printf '\033')" err)" 0
says err '\x1b[2J'
printf 'mcc,mnc,operator,band,arfcn_lo,arfcn_hi\n262,01,\033[31mOne\302\233,P900,1,10\n' >"$name"
run 0 import --kind allocations --source regulator "$name"
run 0 known stat
same "escapes in known stat" "$(grep -c "$(printf '\033')" out)" 0
says out '\x1b[31mOne\xc2\x9b'
run 1 replay --no-db "$name"
same "escapes in replay" "$(cat out err | grep -c "$(printf '\033')")" 0
"$MAKE_INPUT" noise >"$(printf 'evil/\033[2J_941MHz_1M.cu8')"
run 0 replay --no-db "$(printf 'evil/\033[2J_941MHz_1M.cu8')"
same "escapes in the table" "$(cat out err | grep -c "$(printf '\033')")" 0
says out 'evil/\x1b[2J'

# Databases that are none.
cp "$(printf 'evil/\033[2J_941MHz_1M.cu8')" noise_941MHz_1M.cu8
mkdir folder.db
sqlite3 other.db 'CREATE TABLE t (x); INSERT INTO t VALUES (1)'
head -c 5000 known.db >cut.db
head -c 100 known.db >short.db
for bad in folder.db other.db cut.db short.db; do
    cksum <$bad >sum_before 2>/dev/null
    run 1 replay --no-db --known $bad noise_941MHz_1M.cu8
    says err "$bad"
    run 1 known find --known $bad 262-01-1-1
    says err "$bad"
    run 1 import --kind cells --source operator --known $bad good.csv
    cksum <$bad >sum_after 2>/dev/null
    cmp sum_before sum_after || failures=$((failures + 1))
done
for bad in folder.db other.db cut.db short.db; do
    run 1 replay --db $bad noise_941MHz_1M.cu8
    says err "$bad"
    run 1 replay --no-db --local $bad noise_941MHz_1M.cu8
    says err "$bad"
    run 1 review list --db $bad
    says err "$bad"
done

# A log that grows no further: the run is lost, said so, and earlier runs are whole.
make_town
town=town_945.2MHz_600k.cu8
run 0 replay --quiet noise_941MHz_1M.cu8
sqlite3 cellwarden.db 'SELECT count(*) FROM runs' >runs
same "runs" "$(cat runs)" 1
(
    ulimit -f 100 # blocks of 512 or 1024 octets: room for the output, none for the new rows
    "$PROGRAM" replay --quiet --json $town >limited 2>err
)
same "status at the file limit" "$?" 1
says err "the disk is full or a size limit is reached"
says err "what was committed before is unchanged"
says limited '"type":"summary"'
same "integrity" "$(sqlite3 cellwarden.db 'PRAGMA integrity_check')" ok
same "runs after it" "$(sqlite3 cellwarden.db 'SELECT count(*) FROM runs')" 1
run 0 replay --quiet $town
same "runs without the limit" "$(sqlite3 cellwarden.db 'SELECT count(*) FROM runs')" 2

# A result that nobody can take: the log has it.
"$PROGRAM" replay --quiet --json --arfcn 52 $town >/dev/full 2>err
same "status on a full disk" "$?" 1
says err "cannot write the result"
same "runs after a full disk" "$(sqlite3 cellwarden.db 'SELECT count(*) FROM runs')" 3
same "integrity" "$(sqlite3 cellwarden.db 'PRAGMA integrity_check')" ok
for command in "known stat" "review list" "export csv" "--help" "--version" "replay --help"; do
    # shellcheck disable=SC2086
    "$PROGRAM" $command >/dev/full 2>err
    same "status of $command on a full disk" "$?" 1
done

# A reader that went away: no word, and the status a shell expects.
mkfifo pipe
for command in "replay --no-db --quiet --json --blocks $town" \
    "export csv --view coverage --quiet"; do
    head -c 10 <pipe >/dev/null &
    # shellcheck disable=SC2086
    "$PROGRAM" $command >pipe 2>err
    case "$command$?" in
    replay*141) ;;
    export*141 | export*0) ;; # so short that the pipe may have held it all
    *)
        echo "FAILED: $command into a closed pipe: no status 141"
        failures=$((failures + 1))
        ;;
    esac
    same "words about a closed pipe" "$(cat err)" ""
    wait
done

# A log that another program holds: it is said after some seconds.
mkfifo hold
sqlite3 cellwarden.db <hold >/dev/null &
exec 9>hold
printf 'BEGIN IMMEDIATE;\nSELECT 1;\n.shell touch held\n' >&9
while [ ! -e held ]; do sleep 0.1; done
run 1 replay --quiet noise_941MHz_1M.cu8 --arfcn 30
says err "another program is writing to it"
exec 9>&-
wait
run 0 replay --quiet noise_941MHz_1M.cu8 --arfcn 30
finish
