/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/config_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/config.h"

#define COMMANDS_CAP 32
#define FILES_CAP    64

static const char system_file[] = "/etc/cellwarden/cellwarden.conf";
static const char system_folder[] = "/etc/cellwarden/conf.d";
static const char no_file[] = "none";
static const char table_word[] = "--help-table";

/* The values that options point at live as long as the program. */
static struct {
    const struct command_row *table;
    size_t n_table;
    struct opt_command command[COMMANDS_CAP]; /* with rows of their own */
    size_t n_commands;
    struct config *config;
    char *file[FILES_CAP]; /* that were read */
    size_t n_files;
} state;

void config_files_set_commands(const struct command_row *table, size_t n)
{
    state.table = table;
    state.n_table = n;
}

/* ---- tables ------------------------------------------------------------------------------- */

/* Commands may make their rows anew at each call, so each is copied. */
static int add_command(const struct opt_command *cmd)
{
    struct opt_row *rows = calloc(cmd->n_rows + 1, sizeof *rows);
    if (!rows || state.n_commands == COMMANDS_CAP) {
        free(rows);
        return -ENOMEM;
    }
    if (cmd->n_rows > 0)
        memcpy(rows, cmd->rows, cmd->n_rows * sizeof *rows);
    struct opt_command *copy = &state.command[state.n_commands++];
    *copy = *cmd;
    copy->rows = rows;
    return 0;
}

/* Asks every command for its table; each answers through config_files_answer(). */
static void collect_tables(void)
{
    for (size_t i = 0; i < state.n_table; i++) {
        char name[32], word[sizeof table_word];
        (void)snprintf(name, sizeof name, "%s", state.table[i].name);
        (void)snprintf(word, sizeof word, "%s", table_word);
        char *argv[] = {name, word, NULL};
        (void)state.table[i].run(2, argv);
    }
}

/* ---- files -------------------------------------------------------------------------------- */

static int read_text(const char *path, char **ret, size_t *ret_n, char *err, size_t err_cap)
{
    FILE *f = fopen(path, "rbe");
    char *text = malloc(CONFIG_TEXT_CAP);
    int rc = f ? text ? 0 : -ENOMEM : -errno;
    if (rc == 0) {
        errno = 0;
        *ret_n = fread(text, 1, CONFIG_TEXT_CAP, f);
        rc = ferror(f) ? errno ? -errno : -EIO : *ret_n == CONFIG_TEXT_CAP ? -EFBIG : 0;
    }
    if (f)
        (void)fclose(f);
    if (rc < 0) {
        (void)snprintf(err, err_cap, "cannot read the configuration '%s': %s", path, strerror(-rc));
        free(text);
        return rc;
    }
    *ret = text;
    return 0;
}

static int apply_file(const struct opt_command *cmd, const char *path, char *err, size_t err_cap)
{
    char *text = NULL;
    size_t n = 0;
    if (state.n_files == FILES_CAP) {
        (void)snprintf(err, err_cap, "more than %d configuration files", FILES_CAP);
        return -E2BIG;
    }
    int rc = read_text(path, &text, &n, err, err_cap);
    if (rc < 0)
        return rc;
    if (state.n_commands == 0)
        collect_tables();
    if (!state.config)
        rc = config_create(&state.config, state.command, state.n_commands);
    if (rc == 0)
        rc = config_parse(state.config, cmd, text, n, path, err, err_cap);
    else
        (void)snprintf(err, err_cap, "out of memory");
    free(text);
    if (rc == 0)
        state.file[state.n_files++] = strdup(path);
    return rc;
}

static int is_conf(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);
    return entry->d_name[0] != '.' && n > 5 && strcmp(entry->d_name + n - 5, ".conf") == 0;
}

static int apply_folder(const struct opt_command *cmd, const char *path, char *err, size_t err_cap)
{
    struct dirent **entry = NULL;
    char name[4096];
    int rc = 0, n = scandir(path, &entry, is_conf, alphasort);
    if (n < 0) {
        rc = -errno;
        (void)snprintf(err, err_cap, "cannot read the folder '%s': %s", path, strerror(-rc));
    }
    for (int i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "%s/%s", path, entry[i]->d_name);
        if (rc == 0)
            rc = apply_file(cmd, name, err, err_cap);
        free(entry[i]);
    }
    free(entry);
    return rc;
}

static int apply_path(const struct opt_command *cmd, const char *path, bool must_be, char *err,
                      size_t err_cap)
{
    struct stat st;
    if (stat(path, &st) < 0 && !must_be)
        return 0;
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return apply_folder(cmd, path, err, err_cap);
    return apply_file(cmd, path, err, err_cap);
}

static int apply_defaults(const struct opt_command *cmd, char *err, size_t err_cap)
{
    char path[4096] = "";
    const char *config_home = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    int rc = apply_path(cmd, system_file, false, err, err_cap);
    if (rc == 0)
        rc = apply_path(cmd, system_folder, false, err, err_cap);
    if (config_home && config_home[0] == '/')
        (void)snprintf(path, sizeof path, "%s/cellwarden.conf", config_home);
    else if (home && home[0] == '/')
        (void)snprintf(path, sizeof path, "%s/.config/cellwarden.conf", home);
    return rc == 0 && path[0] ? apply_path(cmd, path, false, err, err_cap) : rc;
}

/* ---- command line ------------------------------------------------------------------------- */

static bool asks_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--help", 6) == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    }
    return false;
}

/* Takes the words that are meant for this module. */
static int take_words(int *argc, char **argv, const char **ret_path, bool *ret_print, char *err,
                      size_t err_cap)
{
    int n = 1, i = 1;
    for (; i < *argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--print-config") == 0) {
            *ret_print = true;
        } else if (strncmp(argv[i], "--config=", 9) == 0) {
            *ret_path = argv[i] + 9;
        } else if (strcmp(argv[i], "--config") == 0) {
            if (i + 1 >= *argc || strncmp(argv[i + 1], "--", 2) == 0) {
                (void)snprintf(err, err_cap, "--config needs a value: --config PATH");
                return -EINVAL;
            }
            *ret_path = argv[++i];
        } else {
            argv[n++] = argv[i];
        }
    }
    for (; i < *argc; i++)
        argv[n++] = argv[i];
    argv[n] = NULL;
    *argc = n;
    return 0;
}

bool config_files_answer(const struct opt_command *cmd, int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], table_word) != 0)
        return false;
    (void)add_command(cmd);
    return true;
}

enum config_files_result config_files_take(const struct opt_command *cmd, int *argc, char **argv,
                                           char *err, size_t err_cap)
{
    const char *path = NULL;
    bool print = false;
    int rc = take_words(argc, argv, &path, &print, err, err_cap);
    if (rc == 0 && asks_help(*argc, argv))
        return CONFIG_FILES_DONE;
    if (rc == 0 && !path)
        rc = apply_defaults(cmd, err, err_cap);
    else if (rc == 0 && strcmp(path, no_file) != 0)
        rc = apply_path(cmd, path, true, err, err_cap);
    if (rc < 0)
        return CONFIG_FILES_BAD;
    return print ? CONFIG_FILES_PRINT : CONFIG_FILES_DONE;
}

void config_files_print(const struct opt_command *cmd)
{
    if (state.n_files == 0)
        (void)puts("# no configuration file was read");
    for (size_t i = 0; i < state.n_files; i++)
        (void)printf("# read: %s\n", state.file[i] ? state.file[i] : "");
    config_format(cmd, stdout);
}
