/* SPDX-License-Identifier: GPL-3.0-or-later */
/* options_value - the parser of values, shared by command line and file; private to this layer. */
#ifndef CORE_OPTIONS_VALUE_PRIVATE_H
#define CORE_OPTIONS_VALUE_PRIVATE_H

#include "core/options.h"

/* A value that is not from the command line. 0, or -EINVAL with a sentence. */
int options_set_value(const struct opt_command *cmd, const struct opt_row *row, const char *text,
                      char *err, size_t err_cap);

#endif
