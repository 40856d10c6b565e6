/* SPDX-License-Identifier: GPL-3.0-or-later */
/* config - configuration files: every key is an option of a command.
 *
 *   [common]            options of every command that has them
 *   known = /var/lib/cellwarden/known.db
 *   [record]            options of one command
 *   freq = 936.2MHz
 *   bias-tee = yes
 *
 * in   the text of a file; the tables of options
 * out  values in the fields that the rows of one command point at; everything else in the file is
 *      checked as well, so that a slip shows on the first day
 * ref  docs/formats.md "Configuration"
 * cost nothing to speak of
 * thread one object, one thread
 */
#ifndef CORE_CONFIG_H
#define CORE_CONFIG_H

#include "core/options.h"

#define CONFIG_TEXT_CAP (1u << 20)

struct config;

/* all: the tables of every command; borrowed. 0 or -ENOMEM. */
int config_create(struct config **ret, const struct opt_command *all, size_t n_all);
/* The values that were set point into the object: it lasts as long as they are used. */
void config_destroy(struct config *c);

/* Applies a file to cmd, over what was applied before. 0, or negative errno with a sentence that
 * begins with "NAME:LINE: ": unknown section or key, a value that does not fit, a line that is too
 * long or none of "[section]", "key = value", "# comment". */
int config_parse(struct config *c, const struct opt_command *cmd, const char *text, size_t n_oct,
                 const char *name, char *err, size_t err_cap);

/* The effective values of cmd as a file that config_parse() takes; options without a value are
 * comments. */
void config_format(const struct opt_command *cmd, FILE *out);

#endif
