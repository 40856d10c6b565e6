# SPDX-License-Identifier: GPL-3.0-or-later
# Boxes flagged over time: gnuplot -e "folder='...'; picture='...'" tests/eval/accuracy.gp
set terminal svg size 900,420 dynamic background '#ffffff' font 'sans-serif,13'
set output picture
set logscale x
set xrange [9:600]
set yrange [0:103]
set xtics (10, 20, 30, 60, 120, 300, 600)
set grid lc rgb '#dddddd'
set border 3 lc rgb '#666666'
set tics nomirror
set xlabel 'seconds of signal'
set ylabel 'boxes flagged, %'
set key bottom right
set multiplot layout 1,2
do for [mode in 'watch survey'] {
    set title (mode eq 'watch' ? 'one window watched' : 'survey of the band')
    plot folder.'/'.mode.'-A.dat' using 1:2 with steps lw 2 lc rgb '#1b6ca8' title 'A as shipped', \
         folder.'/'.mode.'-B.dat' using 1:2 with steps lw 2 lc rgb '#2a9d8f' title 'B identity', \
         folder.'/'.mode.'-C.dat' using 1:2 with steps lw 2 lc rgb '#8ab17d' title 'C copy, own area', \
         folder.'/'.mode.'-D.dat' using 1:2 with steps lw 2 lc rgb '#e9a23b' title 'D exact copy', \
         folder.'/'.mode.'-E.dat' using 1:2 with steps lw 2 lc rgb '#c8553d' title 'E and its paging'
}
unset multiplot
