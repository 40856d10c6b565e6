# SPDX-License-Identifier: GPL-3.0-or-later
# gnuplot -e "folder='...'; picture='...'" sensitivity.gp
# Share of blocks lost over Es/N0: ours (curves), the limit of an exact receiver that knows the
# channel (crosses, at 50, 10 and 1 %), gr-gsm 1.0.0 tuned and untuned (boxes, at 10 and 1 %).
set terminal svg size 900,620 font 'sans,13' background 'white'
set output picture
set logscale y
set xrange [-4:20]
set yrange [0.05:100]
set xlabel 'Es/N0 in dB, Es over one symbol'
set ylabel 'blocks lost, %'
set grid
set key outside bottom center horizontal maxcols 3
$limit_awgn << END
-1.32 50
-0.09 10
1.05 1
END
$limit_tu50 << END
0.18 50
4.48 10
7.90 1
END
$grgsm_awgn << END
4.1 10
5.5 1
END
$grgsm_untuned << END
7.2 10
8.4 1
END
$grgsm_tu50 << END
10.5 10
18.5 10
END
plot folder.'/awgn-xcch.dat' with linespoints lw 2 lc 1 pt 7 ps 0.6 title 'AWGN, blocks', \
     folder.'/awgn-sch.dat' with linespoints lw 1 dt 2 lc 1 pt 6 ps 0.6 title 'AWGN, SCH', \
     $limit_awgn with points lc 1 pt 2 ps 1.2 title 'AWGN, limit of one decoding', \
     folder.'/tu50-xcch.dat' with linespoints lw 2 lc 2 pt 7 ps 0.6 title 'TU50, blocks', \
     folder.'/tu50-sch.dat' with linespoints lw 1 dt 2 lc 2 pt 6 ps 0.6 title 'TU50, SCH', \
     $limit_tu50 with points lc 2 pt 2 ps 1.2 title 'TU50, limit of one decoding', \
     $grgsm_awgn with linespoints lc 1 dt 3 pt 4 title 'gr-gsm tuned, AWGN', \
     $grgsm_untuned with linespoints lc 7 dt 3 pt 4 title 'gr-gsm untuned, AWGN', \
     $grgsm_tu50 with points lc 2 pt 4 title 'gr-gsm tuned, untuned, TU50'
