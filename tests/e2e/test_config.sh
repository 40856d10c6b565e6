#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Configuration files: defaults, then files, then the command line.
. "$(dirname "$0")/lib.sh"
"$MAKE_INPUT" noise >noise.cu8

# A file of its own, over the defaults and under the command line.
cat >mine.conf <<END
# a comment
[common]
jobs = 1
known = none
[replay]
rate = 1M
freq = 941M
no-db = yes
[scan]
bands = P900
END
run 0 replay --config mine.conf --json noise.cu8
says out '"rate_hz":1000000.0,"center_hz":941000000.0'
run 0 replay --config=mine.conf --freq 942M --json noise.cu8
says out '"center_hz":942000000.0'
run 0 replay --config mine.conf --print-config noise.cu8
says out "# read: mine.conf"
says out "rate = 1e+06"
says out "known = none"
says out "# arfcn ="
"$PROGRAM" replay --config mine.conf --print-config x >again.conf
run 0 replay --config again.conf --print-config x
grep -v "^# read" out >one
same "printed twice" "$(grep -v "^# read" again.conf)" "$(cat one)"

# The user's file, and none of it.
mkdir -p .config
printf '[replay]\nrate = 1M\nfreq = 943M\nno-db = yes\n' >.config/cellwarden.conf
run 0 replay --json noise.cu8
says out '"center_hz":943000000.0'
run 1 replay --config none --no-db noise.cu8
says err "--rate HZ and --freq HZ"

# A folder of files: in the order of their names, others left alone.
mkdir conf.d
printf '[replay]\nfreq = 944M\nrate = 1M\n' >conf.d/10-a.conf
printf '[replay]\nfreq = 945M\nno-db = on\n' >conf.d/20-b.conf
printf 'no configuration\n' >conf.d/README
run 0 replay --config conf.d --json noise.cu8
says out '"center_hz":945000000.0'

# What is wrong is said with file and line, status 2, before anything is done.
bad() {
    cat >bad.conf
    run 2 replay --config bad.conf noise.cu8
    says err "$1"
}
printf '[replay]\n\nrat = 1M\n' | bad "bad.conf:3: unknown key 'rat': do you mean rate?"
printf '[replay]\nrate = 1\n' | bad "bad.conf:2: '1' is out of range"
printf '[scan]\nbogus = 1\n' | bad "bad.conf:2: unknown key 'bogus'"
printf '[scan]\nfor = soon\n' | bad "bad.conf:2: 'soon'"
printf '[monitor]\ngain = loud\n' | bad "bad.conf:2: 'loud' is not a number"
printf '[replays]\nrate = 1M\n' | bad "bad.conf:2: unknown section [replays]"
printf '[common]\nfreq = 941M\nquiet = perhaps\n' |
    bad "bad.conf:3: 'perhaps' is neither yes nor no"
run 2 replay --config missing.conf noise.cu8
says err "cannot read the configuration 'missing.conf'"
run 2 replay --config
says err "--config needs a value"

# Every command prints what holds for it, and what it prints it takes; help does not need a file.
for command in replay record monitor scan import known review export doctor; do
    printf '[%s]\n' $command >empty.conf
    "$PROGRAM" $command --config empty.conf --print-config a b >all.conf 2>err ||
        "$PROGRAM" $command --config empty.conf --print-config a >all.conf 2>err ||
        "$PROGRAM" $command --config empty.conf --print-config >all.conf 2>err ||
        { echo "FAILED: $command --print-config"; cat err; failures=$((failures + 1)); }
    says all.conf "[$command]"
    "$PROGRAM" $command --config bad.conf --help >out 2>err || failures=$((failures + 1))
    says out "--print-config"
done
finish
