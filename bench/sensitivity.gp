# SPDX-License-Identifier: GPL-3.0-or-later
# gnuplot -e "folder='...'; pictures='docs/sensitivity'" sensitivity.gp
# Share of blocks and of SCH lost over Es/N0: ours, gr-gsm tuned and untuned (both measured on the
# same recordings), and the limit of an exact receiver that knows the channel.
ours = '#0b6e99'
tuned = '#e08e0b'
untuned = '#c0392b'
bound = '#333333'
set terminal svg size 980,480 font 'DejaVu Sans,12' background 'white' dynamic
set logscale y
set yrange [0.05:100]
set format y '%g %%'
set xlabel 'E_s/N_0 in dB'
set grid xtics ytics lt 1 lc rgb '#d5d5d5' lw 0.7
set border 3 lc rgb '#888888'
set tics nomirror
set mytics 10
set xtics 4
set key off
# the legend: a short line and its name each, in one row below
x = "0.05 0.22 0.48 0.71"
legend_from(k, n) = real(word(n == 4 ? x : "0.15 0.42 0.70", k))

set style line 1 lc rgb ours lw 2.6 pt 7 ps 0.55
set style line 2 lc rgb tuned lw 2.0 pt 5 ps 0.45
set style line 3 lc rgb untuned lw 2.0 pt 9 ps 0.55
set style line 4 lc rgb bound lw 1.6 dt 2 pt 2 ps 1.1

$block_awgn << END
-1.32 50
-0.09 10
1.05 1
END
$block_tu50 << END
0.18 50
4.48 10
7.90 1
END
$sch_awgn << END
-3.28 50
-1.35 10
0.18 1
END
$sch_tu50 << END
5.81 10
11.68 1
END

# Two panels with one legend below.
begin(name) = sprintf("%s%s.svg", pictures, name)
set output begin('')
set multiplot layout 1,2 margins 0.075,0.985,0.23,0.90 spacing 0.075
set title 'BCCH and CCCH blocks, plain noise' font ',14'
set ylabel 'not read'
set xrange [-4:16]
plot folder.'/untuned-awgn-xcch.dat' w lp ls 3, folder.'/tuned-awgn-xcch.dat' w lp ls 2, \
     folder.'/awgn-xcch.dat' w lp ls 1, $block_awgn w lp ls 4
set title 'BCCH and CCCH blocks, TU50' font ',14'
unset ylabel
set xrange [0:28]
do for [k = 1:4] {
    set arrow 10 + k from screen legend_from(k, 4), 0.06 to screen legend_from(k, 4) + 0.035, 0.06 nohead ls k
    set label 10 + k word("'cellwarden' 'gr-gsm, carrier in place' 'gr-gsm, 20 ppm off' 'limit of one decoding'", k) at screen legend_from(k, 4) + 0.045, 0.06 left font ',12'
}
plot folder.'/tu50-xcch.dat' w lp ls 1, \
     $block_tu50 w lp ls 4, \
     folder.'/tuned-tu50-xcch.dat' w lp ls 2, \
     folder.'/untuned-tu50-xcch.dat' w lp ls 3
unset multiplot
unset arrow
unset label

set output begin('-sch')
set multiplot layout 1,2 margins 0.075,0.985,0.23,0.90 spacing 0.075
set title 'SCH, plain noise' font ',14'
set ylabel 'not read'
set xrange [-4:16]
plot folder.'/untuned-awgn-sch.dat' w lp ls 3, folder.'/tuned-awgn-sch.dat' w lp ls 2, \
     folder.'/awgn-sch.dat' w lp ls 1, $sch_awgn w lp ls 4
set title 'SCH, TU50' font ',14'
unset ylabel
set xrange [0:28]
do for [k = 1:4] {
    set arrow 10 + k from screen legend_from(k, 4), 0.06 to screen legend_from(k, 4) + 0.035, 0.06 nohead ls k
    set label 10 + k word("'cellwarden' 'gr-gsm, carrier in place' 'gr-gsm, 20 ppm off' 'limit of one decoding'", k) at screen legend_from(k, 4) + 0.045, 0.06 left font ',12'
}
plot folder.'/tu50-sch.dat' w lp ls 1, \
     $sch_tu50 w lp ls 4, \
     folder.'/tuned-tu50-sch.dat' w lp ls 2, \
     folder.'/untuned-tu50-sch.dat' w lp ls 3
unset multiplot
unset arrow
unset label

set terminal svg size 980,760 font 'DejaVu Sans,12' background 'white' dynamic
set output begin('-echoes')
set multiplot layout 2,3 margins 0.075,0.985,0.145,0.935 spacing 0.055,0.10
set xrange [0:32]
set xtics 8
do for [k = 1:3] {
    set arrow 10 + k from screen legend_from(k, 3), 0.04 to screen legend_from(k, 3) + 0.035, 0.04 nohead ls k
    set label 10 + k word("'cellwarden' 'gr-gsm, carrier in place' 'gr-gsm, 20 ppm off'", k) at screen legend_from(k, 3) + 0.045, 0.04 left font ',12'
}
do for [row = 0:1] {
    kind = row ? 'sch' : 'xcch'
    do for [column = 1:3] {
        profile = word('ht100 eq50 ra250', column)
        set title word('HT100 EQ50 RA250', column).(row ? ', SCH' : ', blocks') font ',14'
        if (row == 1) { set xlabel 'E_s/N_0 in dB' } else { unset xlabel }
        if (column == 1) { set ylabel 'not read' } else { unset ylabel }
        plot folder.'/'.profile.'-'.kind.'.dat' w lp ls 1, \
             folder.'/tuned-'.profile.'-'.kind.'.dat' w lp ls 2, \
             folder.'/untuned-'.profile.'-'.kind.'.dat' w lp ls 3
        unset arrow
        unset label
    }
}
unset multiplot
