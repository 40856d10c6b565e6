#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The scripts answer --help, refuse what they do not know with a sentence, and agree with the one
# list of packages. usage: test_scripts.sh ROOT
set -u
cd "$1" || exit 1
bad=0

complain() {
    printf '%s\n' "$*"
    bad=$((bad + 1))
}

for script in scripts/demo scripts/test scripts/coverage .ci/run; do
    bash -n "$script" || complain "$script: bash cannot read it"
    [ -x "$script" ] || complain "$script: not executable"
done
for script in scripts/demo scripts/test scripts/coverage; do
    said=$("$script" --help 2>&1) || complain "$script --help: exit status is not 0"
    [[ $said == "usage: $script"* ]] || complain "$script --help: does not begin with its usage"
    [[ $said == *"example: $script"* ]] || complain "$script --help: shows no example"
    said=$("$script" --no-such-option 2>&1) && complain "$script: accepts --no-such-option"
    [[ $said == "$script: unknown option '--no-such-option'"* ]] ||
        complain "$script: says '$said' about an unknown option"
done
for script in scripts/demo scripts/test; do
    said=$("$script" --jobs none 2>&1) && complain "$script: accepts --jobs none"
    [[ $said == *"--jobs needs a number"* ]] || complain "$script: says '$said' about --jobs none"
done
awk '!/^#/ && (NF != 2 || ($2 != "need" && $2 != "all")) { exit 1 }' scripts/packages.txt ||
    complain "scripts/packages.txt: a line that is not 'package need|all'"
if command -v shellcheck >/dev/null; then
    shellcheck -S warning -x scripts/demo scripts/test scripts/coverage .ci/run "$0" ||
        complain "shellcheck found something"
fi
[ "$bad" -eq 0 ]
