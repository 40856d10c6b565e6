/* SPDX-License-Identifier: GPL-3.0-or-later */
/* known_cells - the known-cell database (known.db): what was imported, nothing else.
 *
 * in   imports: CSV of cells, allocations, allow-lists (plain or .gz)
 * out  look-up by CGI, LAC, network
 * ref  docs/formats.md
 * cost see the header's functions; look-ups are index reads
 * thread one object, one thread; SQLite stays inside known_cells.c and known_import.c
 */
#ifndef DETECTOR_KNOWN_CELLS_H
#define DETECTOR_KNOWN_CELLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/digest.h"
#include "gsm/arfcn.h"

/* Who says so; higher wins. */
enum known_source { KNOWN_CROWD = 1, KNOWN_REGULATOR = 2, KNOWN_OPERATOR = 3 };
enum known_kind { KNOWN_KIND_CELLS = 0, KNOWN_KIND_ALLOCATIONS, KNOWN_KIND_ALLOW };

struct known_cell {
    enum known_source source;
    bool added; /* by this organisation itself (`known add`), not by a list */
    char mcc[4];
    char mnc[4]; /* as imported; compare with known_mnc_equal: "1" and "01" are the same network */
    int lac;
    int ci;
    int arfcn; /* -1: not said */
    int bsic;  /* -1: not said */
    bool has_position;
    double lat_deg, lon_deg;
    double range_m; /* 0: not said */
    char site[48];
    char note[160]; /* of an added cell: why it is known */
    char type[24];
    int64_t valid_from_us, valid_to_us; /* UTC_UNKNOWN: open */
};

struct known_allocation {
    char mcc[4];
    char mnc[4];
    char operator_name[64];
    enum arfcn_band band;
    int arfcn_lo, arfcn_hi;
    int64_t valid_from_us, valid_to_us; /* UTC_UNKNOWN: open */
    enum known_source source;
};

struct known_network {
    bool listed_cells;  /* some cell of this MCC-MNC is known */
    bool operator_list; /* an operator's own list of cells is in: complete by contract */
    bool regulator_list;
    uint64_t n_cells;
    bool has_allocations;     /* some allocation for this MCC-MNC is known */
    bool allocations_expired; /* one is known, and none of it held at the time that was asked for:
                               * filled by the detector */
    bool country_allocations; /* some allocation for this MCC is known: the table covers it */
    char operator_name[64];
};

struct known_cells;

/* Opens read-only. Returns 0, -ENOENT when the file does not exist, -EINVAL with a sentence for a
 * file of another program or of a newer version. */
int known_cells_open(struct known_cells **ret, const char *path, char *err, size_t err_cap);
void known_cells_close(struct known_cells *k);
/* SHA-256 of the content (not of the file's pages): the same imports give the same digest. */
void known_cells_digest(const struct known_cells *k, uint8_t ret[DIGEST_OCT]);

/* Cells with this CGI, best source first; returns their number (may exceed cap) or -errno. */
int known_cells_find(struct known_cells *k, const char *mcc, const char *mnc, int lac, int ci,
                     struct known_cell *ret, size_t cap);
/* Is the LAC used by any known cell of this network? 1, 0, or -errno. */
int known_cells_find_lac(struct known_cells *k, const char *mcc, const char *mnc, int lac);
int known_cells_find_network(struct known_cells *k, const char *mcc, const char *mnc,
                             struct known_network *ret);
/* Allocations of this network, by band and arfcn_lo; returns their number or -errno. */
int known_cells_find_allocations(struct known_cells *k, const char *mcc, const char *mnc,
                                 struct known_allocation *ret, size_t cap);
/* Cells within radius_m of a place, nearest first. */
int known_cells_find_near(struct known_cells *k, double lat_deg, double lon_deg, double radius_m,
                          struct known_cell *ret, size_t cap);

/* What was imported and still holds, list by list; n_rows is what is left of a list after others
 * replaced networks in it. */
struct known_list {
    enum known_kind kind;
    enum known_source source;
    char name[64]; /* "" unless the import gave one */
    char file[256];
    uint64_t n_rows, n_bad, n_skipped;
    int64_t imported_utc_us;
};
int known_cells_list_imports(struct known_cells *k,
                             int (*each)(void *ctx, const struct known_list *list), void *ctx);
/* Cells by LAC, CI, best source first; mnc "" and mcc "": any. Stops when each returns non-zero. */
int known_cells_list(struct known_cells *k, const char *mcc, const char *mnc,
                     int (*each)(void *ctx, const struct known_cell *cell), void *ctx);
/* Networks by MCC, MNC: cells known from each source (index enum known_source). */
int known_cells_list_networks(struct known_cells *k,
                              int (*each)(void *ctx, const char *mcc, const char *mnc,
                                          const uint64_t n_cells[KNOWN_OPERATOR + 1]),
                              void *ctx);

/* "262-01-21014-6326", also with "/ARFCN/BSIC" behind it as in a cell key. 0 or -EINVAL. */
int known_cgi_parse(const char *text, char mcc[4], char mnc[4], int *lac, int *ci);
/* "48.1,7.85" in degrees. 0 or -EINVAL. */
int known_place_parse(const char *text, double *ret_lat_deg, double *ret_lon_deg);
/* Great-circle distance. */
double known_distance_m(double lat_a_deg, double lon_a_deg, double lat_b_deg, double lon_b_deg);

/* "operator", "regulator", "crowd"; the value of a word or 0. */
const char *known_source_name(enum known_source source);
enum known_source known_source_find(const char *word);
const char *known_kind_name(enum known_kind kind);

/* Square of the map in which a place is stored: rows of 0.05 degrees from south to north. */
int64_t known_tile(double lat_deg, double lon_deg);

/* True when the two texts name the same network code as numbers. */
bool known_mnc_equal(const char *a, const char *b);

#endif
