/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/lanes.h"

extern const struct lanes_set lanes_plain;
#ifdef KERNELS_X86
extern const struct lanes_set lanes_avx2;
extern const struct lanes_set lanes_avx512;
#endif

const struct lanes_set *lanes_at(size_t i)
{
    const struct lanes_set *list[3] = {&lanes_plain};
    size_t n = 1;
#ifdef KERNELS_X86
    if (__builtin_cpu_supports("avx2"))
        list[n++] = &lanes_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        list[n++] = &lanes_avx512;
#endif
    return i < n ? list[i] : NULL;
}

const struct lanes_set *lanes_get(void)
{
    const struct lanes_set *best = lanes_at(0);
    for (size_t i = 1; lanes_at(i); i++)
        best = lanes_at(i);
    return best;
}
