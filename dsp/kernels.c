/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dsp/kernels.h"

extern const struct kernels kernels_plain;
#ifdef KERNELS_X86
extern const struct kernels kernels_avx2;
extern const struct kernels kernels_avx512;
#endif

const struct kernels *kernels_at(size_t i)
{
    const struct kernels *list[3] = {&kernels_plain};
    size_t n = 1;
#ifdef KERNELS_X86
    if (__builtin_cpu_supports("avx2"))
        list[n++] = &kernels_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
        list[n++] = &kernels_avx512;
#endif
    return i < n ? list[i] : NULL;
}

const struct kernels *kernels_get(void)
{
    const struct kernels *best = kernels_at(0);
    for (size_t i = 1; kernels_at(i); i++)
        best = kernels_at(i);
    return best;
}
