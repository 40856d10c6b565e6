#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Colours and the progress bar are for a terminal only, and NO_COLOR turns the colours off.
. "$(dirname "$0")/lib.sh"
command -v script >/dev/null || skip "script(1) is not installed"

make_town
town=town_945.2MHz_600k.cu8
# long enough that the bar, redrawn every 0.2 s, is seen on a quick machine
for i in 1 2 3 4 5 6; do cat $town; done >long_945.2MHz_600k.cu8
unset NO_COLOR
escape=$(printf '\033')
# What the program prints where both streams are a terminal.
on_terminal() {
    script -qec "'$PROGRAM' replay --no-db $* $town" /dev/null </dev/null >tty 2>/dev/null
}
on_terminal
says tty "${escape}[33msuspicious"
says tty "times real time"
town=long_945.2MHz_600k.cu8
on_terminal
says tty " % $town"
town=town_945.2MHz_600k.cu8
NO_COLOR=1 on_terminal --quiet
says tty "suspicious"
says_not tty "$escape"
on_terminal --quiet
says_not tty " % $town"
says tty "${escape}[33msuspicious"
on_terminal --json --quiet
says_not tty "$escape"
finish
