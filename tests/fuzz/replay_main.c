/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay_main - a fuzz target without a fuzzer: runs it over every file of its corpus, over every
 * length of it cut short, and over copies with octets changed. The changes come from a fixed
 * sequence, so a failure happens again. Each input lies in its own block of exactly its size, so
 * that the address sanitizer sees the first octet read too far.
 *
 * usage: replay_NAME CORPUS-FOLDER
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUTS_MAX         64
#define CHANGES_PER_FILE 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t n_runs;

/* xorshift64*, Marsaglia / Vigna: the same sequence everywhere. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dULL;
}

static int run_copy(const uint8_t *data, size_t n_oct)
{
    uint8_t *copy = malloc(n_oct ? n_oct : 1);

    if (!copy)
        return -ENOMEM;
    if (n_oct)
        memcpy(copy, data, n_oct);
    /* one octet is there for n_oct == 0 only because malloc(0) may be NULL */
    LLVMFuzzerTestOneInput(copy, n_oct);
    free(copy);
    n_runs++;
    return 0;
}

static int run_cuts(const uint8_t *data, size_t n_oct)
{
    size_t step = n_oct / CUTS_MAX + 1;
    int rc = 0;

    for (size_t n = 0; rc == 0 && n < n_oct; n += step)
        rc = run_copy(data, n);
    return rc;
}

static int run_changes(uint8_t *data, size_t n_oct)
{
    uint64_t seed = 0x9e3779b97f4a7c15ULL;
    int rc = 0;

    for (int i = 0; rc == 0 && n_oct > 0 && i < CHANGES_PER_FILE; i++) {
        uint64_t r = next_random(&seed);
        size_t at = (size_t)(r >> 16) % n_oct;
        uint8_t was = data[at];
        data[at] = (uint8_t)(i % 4 == 0 ? 0xff : i % 4 == 1 ? 0 : r & 0xff);
        rc = run_copy(data, n_oct);
        data[at] = was;
    }
    return rc;
}

static int run_file(const char *path)
{
    FILE *in = fopen(path, "rb");
    uint8_t *data = NULL;
    size_t n_oct = 0, cap = 0;
    int rc = 0;

    if (!in)
        return -errno;
    while (rc == 0 && !feof(in) && !ferror(in)) {
        if (n_oct == cap) {
            cap = cap ? 2 * cap : 65536;
            uint8_t *larger = realloc(data, cap);
            rc = larger ? 0 : -ENOMEM;
            data = larger ? larger : data;
        }
        if (rc == 0)
            n_oct += fread(data + n_oct, 1, cap - n_oct, in);
    }
    if (rc == 0 && ferror(in))
        rc = -EIO;
    fclose(in);
    if (rc == 0)
        rc = run_copy(data, n_oct);
    if (rc == 0)
        rc = run_cuts(data, n_oct);
    if (rc == 0)
        rc = run_changes(data, n_oct);
    free(data);
    return rc;
}

static int run_folder(const char *folder, int *ret_n_files)
{
    struct dirent **entry;
    int n = scandir(folder, &entry, NULL, alphasort);
    int rc = n < 0 ? -errno : 0;

    for (int i = 0; i < n; i++) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, entry[i]->d_name);
        if (rc == 0 && entry[i]->d_name[0] != '.') {
            rc = run_file(path);
            if (rc < 0)
                fprintf(stderr, "%s: %s\n", path, strerror(-rc));
            ++*ret_n_files;
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    return rc;
}

int main(int argc, char **argv)
{
    int n_files = 0;

    if (argc != 2) {
        fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return 2;
    }
    int rc = run_folder(argv[1], &n_files);
    if (rc < 0 || n_files == 0) {
        fprintf(stderr, "no corpus in '%s': %s\n", argv[1],
                rc < 0 ? strerror(-rc) : "the folder is empty");
        return 1;
    }
    printf("%d files, %zu inputs\n", n_files, n_runs);
    return 0;
}
