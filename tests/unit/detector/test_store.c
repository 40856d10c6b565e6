/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The log: written once, never changed, and it shows when somebody did. */
#include "unit/detector/db_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "../../../detector/sqlite_file.h"

static void a_run_comes_back_as_rows(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_coverage cov = {ARFCN_P900, 935e6, 945e6, 5.0, "", 0, 0};
    struct store_run run = db_run();
    char text[800];
    db_cell(&c);
    run.coverage = &cov;
    run.n_coverage = 1;
    db_write(f, &run, &c, 1, true);
    db_text(f->path,
            "SELECT cell_key || ' ' || band || ' ' || arfcn || ' ' || bsic || ' ' || mcc ||"
            " ' ' || mnc || ' ' || lac || ' ' || ci || ' ' || verdict || ' ' || score_db || ' ' ||"
            " recording || ' ' || review FROM flagged_cells",
            text, sizeof(text));
    assert_string_equal(text, "262-01-21014-6326/30/32 P900 30 32 262 01 21014 6326 suspicious 4.0 "
                              "street.cu8 open");
    db_text(f->path, "SELECT reasons FROM flagged_cells", text, sizeof(text));
    assert_string_equal(text, "AT-01: The cell asks for more attention than any honest one. | "
                              "NB-01: The cell names no neighbour.");
    db_text(f->path, "SELECT hex(l2) FROM observations WHERE si = '4'", text, sizeof(text));
    assert_string_equal(text, "31061C62F2000000000000000000000000000000000000");
    db_text(f->path, "SELECT level_dbfs || ' ' || (level_dbm IS NULL) FROM cells", text,
            sizeof(text));
    assert_string_equal(text, "-20.13 1");
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM coverage WHERE heard_s = 5.0"), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cell_timeline"), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM review_queue"), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM outbox WHERE kind = 'alert'"), 1);
}

static void flagged_cells_has_the_promised_columns_in_order(void **state)
{
    struct db_fixture *f = *state;
    char text[400];
    struct store *s = NULL;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    store_close(s);
    db_text(f->path,
            "SELECT group_concat(name, ' ') FROM (SELECT name FROM"
            " pragma_table_info('flagged_cells') LIMIT 18)",
            text, sizeof(text));
    assert_string_equal(text,
                        "cell_id cell_key first_seen last_seen band arfcn bsic mcc mnc lac ci "
                        "verdict score_db reasons recording review reviewer reviewed_at");
}

static void times_are_null_until_the_start_is_known(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    char text[80];
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_int(f->path, "SELECT first_seen IS NULL AND last_seen IS NULL AND first_s ="
                                     " 0.25 FROM flagged_cells"),
                     1);
    assert_int_equal(db_int(f->path, "SELECT first_utc_us IS NULL AND last_utc_us IS NULL"
                                     " FROM cells"),
                     1);
    assert_int_equal(utc_parse("2026-11-22T10:00:00Z", &run.start_utc_us), 0);
    db_write(f, &run, &c, 1, true);
    db_text(f->path, "SELECT first_seen || ' ' || last_seen FROM flagged_cells", text,
            sizeof(text));
    assert_string_equal(text, "2026-11-22T10:00:00.250Z 2026-11-22T10:00:04.500Z");
}

static void the_same_run_twice_adds_nothing(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    db_write(f, &run, &c, 1, false);
    assert_int_equal(db_int(f->path,
                            "SELECT (SELECT count(*) FROM runs) * 1000 + (SELECT count(*)"
                            " FROM findings) * 100 + (SELECT count(*) FROM observations) * 10 +"
                            " (SELECT count(*) FROM alerts)"),
                     1221);
    run.options = "arfcn=30";
    db_write(f, &run, &c, 1, true);
    run.known_sha256[0] = 1;
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM runs"), 3);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM recordings"), 1);
    /* one cell, judged three times, is one cell */
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM flagged_cells"), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cell_timeline"), 3);
}

static void an_interrupted_run_does_not_hide_a_whole_one(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    run.interrupted = true;
    run.n_samp = 1000;
    c.verdict = VERDICT_UNJUDGED;
    c.n_findings = 0;
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM flagged_cells"), 1);
}

static void ids_follow_from_the_recording_and_the_cell(void **state)
{
    (void)state;
    static struct judged_cell c;
    struct store_run run = db_run();
    uint8_t space[16];
    char a[DIGEST_UUID_CAP], b[DIGEST_UUID_CAP], g[DIGEST_UUID_CAP];
    db_cell(&c);
    digest_uuid_space(run.recording_sha256, space);
    store_cell_id(space, &c, a);
    c.tx = 7; /* the receiver's number is no part of who the cell is */
    c.level_dbfs = -40;
    store_cell_id(space, &c, b);
    assert_string_equal(a, b);
    assert_int_equal(a[14], '5'); /* RFC 4122: version 5 */
    c.fn_epoch_frames += 51;      /* another clock: another transmitter */
    store_cell_id(space, &c, b);
    assert_string_not_equal(a, b);
    store_finding_id(space, &c, &c.findings[0], b);
    store_finding_id(space, &c, &c.findings[1], g);
    assert_string_not_equal(b, g);
    run.recording_sha256[0] ^= 1;
    digest_uuid_space(run.recording_sha256, space);
    store_cell_id(space, &c, g);
    assert_string_not_equal(a, g);
}

static void two_tracks_of_one_name_both_keep_their_rows(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c[2];
    struct store_run run = db_run();
    db_cell(&c[0]);
    db_cell(&c[1]);
    db_write(f, &run, c, 2, true);
    assert_int_equal(db_int(f->path, "SELECT count(DISTINCT cell_id) FROM cells"), 2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM flagged_cells"), 2);
}

static void what_was_written_cannot_be_changed_or_removed(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    assert_int_equal(db_sql(f->path, "INSERT INTO reviews VALUES (1,'k','r','x','open',NULL,'','a',"
                                     "1,'r','c',x'00',x'00')"),
                     SQLITE_OK);
    static const char *const table[] = {"observations", "findings", "alerts", "reviews"};
    for (size_t i = 0; i < 4; i++) {
        char sql[96];
        snprintf(sql, sizeof(sql), "UPDATE %s SET run_id = 'x'", table[i]);
        assert_int_equal(db_sql(f->path, sql), SQLITE_CONSTRAINT);
        snprintf(sql, sizeof(sql), "DELETE FROM %s", table[i]);
        assert_int_equal(db_sql(f->path, sql), SQLITE_CONSTRAINT);
    }
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM findings"), 2);
}

static struct store_chain verify(struct db_fixture *f, enum store_table table)
{
    struct store *s = NULL;
    struct store_chain chain;
    assert_int_equal(store_open_read(&s, f->path, f->err, sizeof(f->err)), 0);
    assert_int_equal(store_verify_chain(s, table, &chain, f->err, sizeof(f->err)), 0);
    store_close(s);
    return chain;
}

static void write_two_runs(struct db_fixture *f)
{
    static struct judged_cell c;
    struct store_run run = db_run();
    db_cell(&c);
    db_write(f, &run, &c, 1, true);
    run.options = "again";
    db_write(f, &run, &c, 1, true);
}

static void an_untouched_chain_holds_over_two_runs(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    static const uint64_t n[] = {4, 4, 2, 0};
    for (int t = 0; t < STORE_TABLE_COUNT; t++) {
        struct store_chain chain = verify(f, (enum store_table)t);
        assert_true(chain.intact);
        assert_int_equal(chain.n_rows, n[t]);
    }
    char hex[80], head[DIGEST_HEX_CAP];
    digest_format(verify(f, STORE_FINDINGS).head, head);
    db_text(f->path, "SELECT lower(hex(hash)) FROM findings ORDER BY seq DESC", hex, sizeof(hex));
    assert_string_equal(head, hex);
}

static void one_changed_octet_breaks_the_chain_at_its_row(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    assert_int_equal(db_sql(f->path, "DROP TRIGGER observations_no_update; UPDATE observations SET"
                                     " l2 = CAST(x'30' || substr(l2, 2) AS BLOB) WHERE seq = 2"),
                     SQLITE_OK);
    struct store_chain chain = verify(f, STORE_OBSERVATIONS);
    assert_false(chain.intact);
    assert_int_equal(chain.bad_seq, 2);
    assert_string_equal(chain.why, "row 2 was changed after it was written");
    assert_true(verify(f, STORE_FINDINGS).intact);
}

static void a_removed_or_rehashed_row_breaks_the_chain(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    assert_int_equal(db_sql(f->path, "DROP TRIGGER findings_no_delete; DELETE FROM findings WHERE"
                                     " seq = 2"),
                     SQLITE_OK);
    struct store_chain chain = verify(f, STORE_FINDINGS);
    assert_false(chain.intact);
    assert_int_equal(chain.bad_seq, 2);
    assert_int_equal(db_sql(f->path, "DROP TRIGGER alerts_no_update; UPDATE alerts SET prev_hash ="
                                     " zeroblob(32) WHERE seq = 2"),
                     SQLITE_OK);
    assert_false(verify(f, STORE_ALERTS).intact);
}

static void a_chain_goes_on_after_an_anchor(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    assert_int_equal(db_sql(f->path,
                            "INSERT INTO chain_anchors SELECT 'findings', seq, hash, 0,"
                            " 'test' FROM findings WHERE seq = 2; DROP TRIGGER findings_no_delete;"
                            " DELETE FROM findings WHERE seq <= 2"),
                     SQLITE_OK);
    struct store_chain chain = verify(f, STORE_FINDINGS);
    assert_true(chain.intact);
    assert_int_equal(chain.n_rows, 2);
}

static void a_run_that_fails_halfway_leaves_nothing(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c;
    struct store_run run = db_run();
    struct store *s = NULL;
    bool is_new = true;
    write_two_runs(f);
    assert_int_equal(db_sql(f->path, "CREATE TRIGGER stop BEFORE INSERT ON alerts BEGIN"
                                     " SELECT raise(ABORT, 'no more'); END"),
                     SQLITE_OK);
    run.options = "third";
    db_cell(&c);
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    assert_true(store_write_run(s, &run, &c, 1, &is_new, f->err, sizeof(f->err)) < 0);
    assert_non_null(strstr(f->err, "no more"));
    assert_false(is_new);
    store_close(s);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM runs"), 2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM findings"), 4);
}

/* ---- files that are something else ---- */

static void expect_refused(struct db_fixture *f, int expected, const char *words)
{
    struct store *s = NULL;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), expected);
    assert_non_null(strstr(f->err, words));
}

static void files_of_others_are_refused_with_a_sentence(void **state)
{
    struct db_fixture *f = *state;
    struct store *s = NULL;
    assert_int_equal(store_open_read(&s, f->path, f->err, sizeof(f->err)), -ENOENT);
    db_write_file(f->path,
                  "This is a letter to the editor, long enough to be no header at all. "
                  "It goes on for more than one hundred octets, so nobody can tell.",
                  130);
    expect_refused(f, -EINVAL, "not a database of this program");
    unlink(f->path);
    assert_int_equal(db_sql(f->path, "CREATE TABLE kismet (x)"), SQLITE_OK);
    expect_refused(f, -EINVAL, "another database");
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM sqlite_master"), 1);
    unlink(f->path);
    store_close(NULL);
    snprintf(f->path, sizeof(f->path), "%s", f->dir);
    expect_refused(f, -ENOENT, "is a directory");
}

static void a_newer_version_is_refused_and_left_alone(void **state)
{
    struct db_fixture *f = *state;
    struct store *s = NULL;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    store_close(s);
    assert_int_equal(db_sql(f->path, "PRAGMA user_version=99"), SQLITE_OK);
    expect_refused(f, -EINVAL, "newer version");
    assert_int_equal(db_int(f->path, "PRAGMA user_version"), 99);
}

static void a_damaged_log_gives_a_sentence(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    FILE *file = fopen(f->path, "r+");
    assert_non_null(file);
    for (long at = 4096; at < 4096 * 12; at += 64) { /* the heads of the pages, too */
        fseek(file, at, SEEK_SET);
        fputs("garbage", file);
    }
    fclose(file);
    struct store *s = NULL;
    int rc = store_open(&s, f->path, f->err, sizeof(f->err));
    if (rc == 0) {
        static struct judged_cell c;
        struct store_run run = db_run();
        run.options = "third";
        db_cell(&c);
        rc = store_write_run(s, &run, &c, 1, NULL, f->err, sizeof(f->err));
        store_close(s);
    }
    assert_int_equal(rc, -EINVAL);
    assert_non_null(strstr(f->err, "damaged"));
}

static void a_read_only_log_is_said_to_be_so(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    chmod(f->path, 0444);
    chmod(f->dir, 0555);
    pid_t pid = fork();
    if (pid == 0) {
        struct store *s = NULL;
        if (geteuid() == 0 && setuid(65534) != 0) /* permissions do not bind root */
            _exit(9);
        if (store_open(&s, f->path, f->err, sizeof(f->err)) != -EROFS)
            _exit(1);
        if (!strstr(f->err, "read-only"))
            _exit(2);
        if (store_open_read(&s, f->path, f->err, sizeof(f->err)) != 0) /* reading goes */
            _exit(3);
        struct store_chain chain;
        if (store_verify_chain(s, STORE_FINDINGS, &chain, f->err, sizeof(f->err)) != 0 ||
            chain.n_rows != 4)
            _exit(4);
        store_close(s);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    chmod(f->dir, 0755);
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* In a child, because the limit holds for the rest of the process's life. */
static int write_with_limit(struct db_fixture *f, rlim_t n_oct)
{
    pid_t pid = fork();
    if (pid == 0) {
        static struct judged_cell c[40];
        struct store *s = NULL;
        struct rlimit limit = {n_oct, n_oct};
        struct store_run run = db_run();
        run.options = "large";
        for (int i = 0; i < 40; i++) {
            db_cell(&c[i]);
            c[i].ci = i;
        }
        signal(SIGXFSZ, SIG_IGN);
        if (store_open(&s, f->path, f->err, sizeof(f->err)) != 0)
            _exit(9);
        setrlimit(RLIMIT_FSIZE, &limit);
        int rc = store_write_run(s, &run, c, 40, NULL, f->err, sizeof(f->err));
        if (rc != -ENOSPC || !strstr(f->err, "the disk is full"))
            _exit(1);
        store_close(s);
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_full_disk_loses_nothing_that_was_committed(void **state)
{
    struct db_fixture *f = *state;
    write_two_runs(f);
    assert_int_equal(write_with_limit(f, 65536), 0);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM runs"), 2);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cells"), 2);
    assert_true(verify(f, STORE_FINDINGS).intact);
    char text[16];
    db_text(f->path, "PRAGMA integrity_check", text, sizeof(text));
    assert_string_equal(text, "ok");
}

/* ---- versions ---- */

static const char *const two_steps[] = {"CREATE TABLE a (x INTEGER) STRICT;",
                                        "ALTER TABLE a ADD COLUMN y TEXT;"};
static const struct sqlite_file_kind old_kind = {
    .what = "log", .application_id = 7, .wal = true, .version = 1, .steps = two_steps};
static const struct sqlite_file_kind new_kind = {
    .what = "log", .application_id = 7, .wal = true, .version = 2, .steps = two_steps};
static const char *const broken_steps[] = {"CREATE TABLE a (x INTEGER) STRICT;",
                                           "ALTER TABLE a ADD COLUMN y TEXT; SELECT nonsense;"};
static const struct sqlite_file_kind broken_kind = {
    .what = "log", .application_id = 7, .wal = true, .version = 2, .steps = broken_steps};

static void make_old_file(struct db_fixture *f)
{
    sqlite3 *db = NULL;
    assert_int_equal(
        sqlite_file_open(&db, &old_kind, f->path, SQLITE_FILE_WRITE, f->err, sizeof(f->err)), 0);
    assert_int_equal(sqlite3_exec(db, "INSERT INTO a VALUES (42)", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void an_older_file_is_migrated_after_a_backup(void **state)
{
    struct db_fixture *f = *state;
    char copy[128];
    sqlite3 *db = NULL;
    make_old_file(f);
    assert_int_equal(
        sqlite_file_open(&db, &new_kind, f->path, SQLITE_FILE_READ, f->err, sizeof(f->err)),
        -EINVAL);
    assert_non_null(strstr(f->err, "older format"));
    assert_int_equal(
        sqlite_file_open(&db, &new_kind, f->path, SQLITE_FILE_WRITE, f->err, sizeof(f->err)), 0);
    sqlite3_close(db);
    assert_int_equal(db_int(f->path, "SELECT x FROM a WHERE y IS NULL"), 42);
    assert_int_equal(db_int(f->path, "PRAGMA user_version"), 2);
    snprintf(copy, sizeof(copy), "%s.backup-v1", f->path);
    assert_int_equal(db_int(copy, "SELECT x FROM a"), 42);
    assert_int_equal(db_int(copy, "PRAGMA user_version"), 1);
    assert_int_equal(db_int(copy, "SELECT count(*) FROM pragma_table_info('a')"), 1);
}

static void a_migration_that_fails_changes_nothing(void **state)
{
    struct db_fixture *f = *state;
    sqlite3 *db = NULL;
    make_old_file(f);
    assert_true(sqlite_file_open(&db, &broken_kind, f->path, SQLITE_FILE_WRITE, f->err,
                                 sizeof(f->err)) < 0);
    assert_int_equal(db_int(f->path, "PRAGMA user_version"), 1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM pragma_table_info('a')"), 1);
    /* and the next try finds another name for its backup */
    assert_int_equal(
        sqlite_file_open(&db, &new_kind, f->path, SQLITE_FILE_WRITE, f->err, sizeof(f->err)), 0);
    sqlite3_close(db);
    char copy[128];
    snprintf(copy, sizeof(copy), "%s.backup-v1.2", f->path);
    assert_int_equal(access(copy, F_OK), 0);
}

/* A live session: three segments, one cell whose identity and verdict come later, one without
 * news in the second. */
static void a_live_session_is_written_in_segments(void **state)
{
    struct db_fixture *f = *state;
    static struct judged_cell c[2];
    struct store_live_cell live[2] = {{true, "11111111-1111-5111-8111-111111111111"},
                                      {true, "22222222-2222-5222-8222-222222222222"}};
    struct store_coverage cov = {ARFCN_P900, 935e6, 945e6, 5.0, "", 1.5, 9.5};
    struct store *s = NULL;
    struct store_run run = db_run();
    db_cell(&c[0]);
    db_cell(&c[1]);
    c[1].channel.number = 77;
    c[0].has_ci = c[0].has_lai = false;
    c[0].verdict = VERDICT_UNJUDGED;
    run.live = true;
    run.receiver = "RTL-SDR R820T 77";
    run.gain_db = 32.8;
    run.live_cells = live;
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    assert_int_equal(store_write_run(s, &run, c, 2, NULL, f->err, sizeof(f->err)), 0);
    db_cell(&c[0]);
    live[1].write = false;
    run.segment = 1; /* the same sample: an alert, and right behind it the end */
    run.coverage = &cov;
    run.n_coverage = 1;
    assert_int_equal(store_write_run(s, &run, c, 2, NULL, f->err, sizeof(f->err)), 0);
    run.segment = 2;
    run.n_coverage = 0;
    live[0].write = false;
    assert_int_equal(store_write_run(s, &run, c, 2, NULL, f->err, sizeof(f->err)), 0);
    store_close(s);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM runs WHERE receiver = "
                                     "'RTL-SDR R820T 77' AND gain_db = 32.8"),
                     3);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM recordings WHERE sha256 LIKE 'live:%'"),
                     1);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cells"), 3);
    assert_int_equal(db_int(f->path, "SELECT count(*) FROM cell_latest"), 2);
    assert_int_equal(db_int(f->path, "SELECT ci FROM cell_latest WHERE cell_id LIKE '1111%'"),
                     c[0].ci);
    assert_int_equal(db_int(f->path, "SELECT count(DISTINCT finding_id) FROM findings"),
                     2 * (int)c[0].n_findings);
    assert_int_equal(db_int(f->path, "SELECT first_s = 1.5 AND last_s = 9.5 FROM coverage"), 1);
}

static void a_version_0_log_of_ours_is_brought_up(void **state)
{
    struct db_fixture *f = *state;
    char copy[128];
    struct store *s = NULL;
    assert_int_equal(db_sql(f->path, "PRAGMA application_id=0x43574c47; CREATE TABLE early (x);"
                                     "INSERT INTO early VALUES (1)"),
                     SQLITE_OK);
    assert_int_equal(store_open(&s, f->path, f->err, sizeof(f->err)), 0);
    store_close(s);
    assert_int_equal(db_int(f->path, "PRAGMA user_version"), 2);
    snprintf(copy, sizeof(copy), "%s.backup-v0", f->path);
    assert_int_equal(db_int(copy, "SELECT x FROM early"), 1);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, db_setup, db_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(a_run_comes_back_as_rows),
        CASE(flagged_cells_has_the_promised_columns_in_order),
        CASE(times_are_null_until_the_start_is_known),
        CASE(the_same_run_twice_adds_nothing),
        CASE(an_interrupted_run_does_not_hide_a_whole_one),
        CASE(ids_follow_from_the_recording_and_the_cell),
        CASE(two_tracks_of_one_name_both_keep_their_rows),
        CASE(what_was_written_cannot_be_changed_or_removed),
        CASE(an_untouched_chain_holds_over_two_runs),
        CASE(one_changed_octet_breaks_the_chain_at_its_row),
        CASE(a_removed_or_rehashed_row_breaks_the_chain),
        CASE(a_chain_goes_on_after_an_anchor),
        CASE(a_run_that_fails_halfway_leaves_nothing),
        CASE(files_of_others_are_refused_with_a_sentence),
        CASE(a_newer_version_is_refused_and_left_alone),
        CASE(a_damaged_log_gives_a_sentence),
        CASE(a_read_only_log_is_said_to_be_so),
        CASE(a_full_disk_loses_nothing_that_was_committed),
        CASE(an_older_file_is_migrated_after_a_backup),
        CASE(a_migration_that_fails_changes_nothing),
        CASE(a_live_session_is_written_in_segments),
        CASE(a_version_0_log_of_ours_is_brought_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
