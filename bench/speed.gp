# SPDX-License-Identifier: GPL-3.0-or-later
# gnuplot -e "folder='...'; picture='...'" speed.gp
# What hearing costs over the number of cells, the rate of the samples and the length of the
# recording: CPU in ms a second of signal (left scale), memory in MiB (right scale).
set terminal svg size 1100,420 font 'sans,12' background 'white'
set output picture
set multiplot layout 1,3
set grid
set key bottom right
set yrange [0:*]
set y2range [0:*]
set ytics nomirror
set y2tics
set ylabel 'user CPU, ms a second of signal'
set title 'cells (2.4 MS/s)'
set xlabel 'cells'
plot '< sort -g '.folder.'/growth-cells.dat' using 1:2 with linespoints lw 2 pt 7 ps 0.6 title 'CPU', \
     '' using 1:3 axes x1y2 with linespoints dt 2 pt 6 ps 0.6 title 'memory'
unset ylabel
set title 'rate (one cell, cu8)'
set xlabel 'MS/s'
plot '< sort -g '.folder.'/growth-rate.dat' using ($1/1e6):2 with linespoints lw 2 pt 7 ps 0.6 title 'CPU', \
     '' using ($1/1e6):3 axes x1y2 with linespoints dt 2 pt 6 ps 0.6 title 'memory'
set title 'length (one cell, 2.4 MS/s, from a pipe)'
set xlabel 's'
set y2label 'peak memory, MiB'
plot '< sort -g '.folder.'/growth-length.dat' using 1:2 with linespoints lw 2 pt 7 ps 0.6 title 'CPU', \
     '' using 1:3 axes x1y2 with linespoints dt 2 pt 6 ps 0.6 title 'memory'
unset multiplot
