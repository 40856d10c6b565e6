# SPDX-License-Identifier: GPL-3.0-or-later
# Shared by scripts/demo, scripts/test and scripts/coverage; sourced, not run.
# shellcheck shell=bash
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$top"

say() {
    printf '%s\n' "$*" >&2
}

fail() {
    printf '%s: %s\n' "scripts/$(basename "$0")" "$*" >&2
    exit 1
}

# Prints the packages of the groups named, one a line.
packages_of() {
    awk -v groups=" $* " '!/^#/ && NF == 2 && index(groups, " " $2 " ") { print $1 }' \
        scripts/packages.txt
}

packages_missing() {
    local name
    for name in $(packages_of "$@"); do
        if [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null || true)" != installed ]
        then
            printf '%s\n' "$name"
        fi
    done
}

# Installs what is missing of the groups named; touches nothing when all is there.
install_packages() {
    local missing root=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        say "This is no Debian: nothing is installed; scripts/packages.txt says what is needed."
        return
    fi
    mapfile -t missing < <(packages_missing "$@")
    if [ "${#missing[@]}" -eq 0 ]; then
        return
    fi
    say "Missing packages: ${missing[*]}"
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "not root and no sudo; as root run" \
            "'apt-get install ${missing[*]}', then '$0 --no-install'"
        root=(sudo)
    fi
    say "Installing them with ${root[*]:+${root[*]} }apt-get (the list: scripts/packages.txt)"
    local apt=("${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq
               -o DPkg::Lock::Timeout=300) log=build/apt.log
    mkdir -p build
    "${apt[@]}" update </dev/null >"$log" 2>&1 ||
        say "apt-get update failed ($log); trying with the package lists that are there."
    if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1
    then
        tail -n 15 "$log" >&2
        fail "apt-get could not install ${missing[*]} (above, all of it in $log);" \
            "is there a network, and is this Debian 12?"
    fi
}

# build_tree PRESET [TARGET...]: configures and builds build/PRESET, incrementally.
build_tree() {
    local preset=$1
    shift
    command -v cmake >/dev/null || fail "cmake is missing; run without --no-install"
    command -v ninja >/dev/null || fail "ninja is missing; run without --no-install"
    mkdir -p build
    if ! cmake --preset "$preset" >"build/$preset.log" 2>&1; then
        cat "build/$preset.log" >&2
        fail "cmake could not configure build/$preset (see above; a package of" \
            "scripts/packages.txt may be missing, or build/$preset belongs to another checkout)"
    fi
    sed -n 's/^--   left out: /Left out: /p' "build/$preset.log" >&2
    local targets=()
    if [ $# -gt 0 ]; then
        targets=(--target "$@")
    fi
    say "Building in build/$preset, $jobs jobs"
    cmake --build "build/$preset" -j "$jobs" "${targets[@]}" >"build/$preset.log" 2>&1 || {
        grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking)' "build/$preset.log" | tail -n 80 >&2
        fail "build/$preset did not build (see above; all of it in build/$preset.log)"
    }
}

jobs=$(nproc 2>/dev/null || echo 2)
