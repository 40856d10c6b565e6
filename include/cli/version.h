/* SPDX-License-Identifier: GPL-3.0-or-later */
/* version - what this program is and what it is made of. */
#ifndef CLI_VERSION_H
#define CLI_VERSION_H

#include <stdio.h>

/* Version, licence, the libraries it was built with, how many dongles are plugged in. */
void version_print(FILE *out);

#endif
