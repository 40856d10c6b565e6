# SPDX-License-Identifier: GPL-3.0-or-later
# What the end-to-end tests share. Sourced by each: PROGRAM, SYNTH and MAKE_INPUT are the built
# programs, SOURCE is this folder. A test runs in a folder of its own, removed at the end.
set -u
: "${PROGRAM:?}" "${SYNTH:?}" "${MAKE_INPUT:?}" "${SOURCE:?}"
DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$DIR"' EXIT
cd "$DIR" || exit 1
# No configuration but the one that a test makes.
export HOME="$DIR" XDG_CONFIG_HOME="$DIR/.config"
failures=0

# run EXPECTED_STATUS WORD...: runs the program, keeps out and err.
run() {
    expected=$1
    shift
    "$PROGRAM" "$@" >out 2>err </dev/null
    status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "FAILED: cellwarden $*: status $status, not $expected"
        head -5 err
        failures=$((failures + 1))
    fi
}

# says FILE TEXT: the text stands in the file.
says() {
    if ! grep -qF -- "$2" "$1"; then
        echo "FAILED: $1 does not say '$2':"
        head -8 "$1"
        failures=$((failures + 1))
    fi
}

# says_not FILE TEXT
says_not() {
    if grep -qF -- "$2" "$1"; then
        echo "FAILED: $1 says '$2':"
        grep -F -- "$2" "$1" | head -3
        failures=$((failures + 1))
    fi
}

# same WHAT A B: two texts are equal.
same() {
    if [ "$2" != "$3" ]; then
        echo "FAILED: $1: '$2' is not '$3'"
        failures=$((failures + 1))
    fi
}

# What may differ between two runs of the same input is the time they took.
without_time() {
    sed 's/"cpu_s":[^,]*,"realtime":[^}]*//' "$1"
}

# One town for the tests that need a signal: from folder TOWN, where ctest made it once, or anew.
make_town() {
    if [ -n "${TOWN:-}" ]; then
        ln -s "$TOWN/town_945.2MHz_600k.cu8" "$TOWN/town.truth" . || exit 1
    else
        "$SYNTH" "$SOURCE/town.scn" -o town_945.2MHz_600k.cu8 --truth town.truth --quiet || exit 1
    fi
}

finish() {
    if [ "$failures" -gt 0 ]; then
        echo "$failures failed"
        exit 1
    fi
    exit 0
}

# skip WHY: ctest counts 77 as skipped.
skip() {
    echo "skipped: $1"
    exit 77
}
