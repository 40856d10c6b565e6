/* SPDX-License-Identifier: GPL-3.0-or-later */
/* cmocka_all - cmocka with what it needs before it. */
#ifndef TESTS_UNIT_GSM_CMOCKA_ALL_H
#define TESTS_UNIT_GSM_CMOCKA_ALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
