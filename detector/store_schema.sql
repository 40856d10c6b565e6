-- SPDX-License-Identifier: GPL-3.0-or-later
-- The log (cellwarden.db), format 1. Words and examples: docs/formats.md.
--
-- Times: *_utc_us is microseconds since 1970-01-01 UTC, NULL when nobody knows when the recording
-- began; *_s is seconds of signal since its first sample. Octets are BLOB; show them with hex().
-- Only octets without identities ever come here (docs/formats.md "Identities").

-- One recording, known by the SHA-256 of its octets; the path is where it was seen last.
CREATE TABLE recordings (
    recording_id  TEXT PRIMARY KEY,             -- UUIDv5 of the SHA-256
    sha256        TEXT NOT NULL UNIQUE,
    path          TEXT NOT NULL,
    format        TEXT NOT NULL,
    rate_hz       REAL,                         -- NULL: GSMTAP
    center_hz     REAL,
    n_samp        INTEGER NOT NULL,
    signal_s      REAL NOT NULL,
    start_utc_us  INTEGER,
    sigmf         TEXT                          -- metadata as JSON when the recording had some
) STRICT;

-- One run of the program over one recording.
CREATE TABLE runs (
    seq              INTEGER PRIMARY KEY,
    run_id           TEXT NOT NULL UNIQUE,
    recording_id     TEXT NOT NULL REFERENCES recordings,
    command          TEXT NOT NULL,
    version          TEXT NOT NULL,
    options          TEXT NOT NULL,
    start_utc_us     INTEGER,
    signal_s         REAL NOT NULL,
    n_samp           INTEGER NOT NULL,
    interrupted      INTEGER NOT NULL,          -- 1: stopped before the end of the recording
    receiver         TEXT,                      -- device and serial; NULL: from a file
    gain_db          REAL,
    ppm              REAL NOT NULL,
    clock_quality    TEXT,
    position_lat_deg REAL,
    position_lon_deg REAL,
    position_quality TEXT,
    rules_sha256     TEXT NOT NULL,
    known_sha256     TEXT,                      -- NULL: judged without a known-cell database
    local_sha256     TEXT
) STRICT;

-- Which frequencies a run heard, for how long; why not, where it did not.
CREATE TABLE coverage_spans (
    run_id   TEXT NOT NULL REFERENCES runs (run_id),
    n        INTEGER NOT NULL,
    band     TEXT,                              -- NULL: outside the GSM bands
    from_hz  REAL NOT NULL,
    to_hz    REAL NOT NULL,
    heard_s  REAL NOT NULL,
    reason   TEXT,                              -- NULL: heard
    PRIMARY KEY (run_id, n)
) STRICT;

-- A transmitter as one run heard it.
CREATE TABLE cells (
    run_id           TEXT NOT NULL REFERENCES runs (run_id),
    cell_id          TEXT NOT NULL,             -- the same in every run over the same recording
    cell_key         TEXT NOT NULL,             -- MCC-MNC-LAC-CI/ARFCN/BSIC, ? for what is not known
    tx               INTEGER NOT NULL,
    band             TEXT NOT NULL,
    arfcn            INTEGER NOT NULL,
    bsic             INTEGER,
    mcc              TEXT,
    mnc              TEXT,
    lac              INTEGER,
    ci               INTEGER,
    level_dbfs       REAL,
    level_dbm        REAL,
    snr_db           REAL,
    offset_hz        REAL,
    offset_se_hz     REAL,
    offset_ppm_rel   REAL,
    clock_ppm        REAL,
    phase_error_deg  REAL,
    delay_spread_us  REAL,
    first_s          REAL NOT NULL,
    last_s           REAL NOT NULL,
    first_utc_us     INTEGER,
    last_utc_us      INTEGER,
    fn_epoch_frames  REAL,                      -- frame number at second 0 of signal
    n_sch            INTEGER NOT NULL,
    n_blocks         INTEGER NOT NULL,
    n_blocks_failed  INTEGER NOT NULL,
    PRIMARY KEY (run_id, cell_id)
) STRICT;
CREATE INDEX cells_by_id ON cells (cell_id);
CREATE INDEX cells_by_key ON cells (cell_key);

-- Append-only and hash-chained from here on: observations, findings, alerts, reviews.
-- hash = SHA-256(prev_hash, all other columns in order), docs/formats.md "Hash chain".

-- One distinct content of a system information message.
CREATE TABLE observations (
    seq          INTEGER PRIMARY KEY,
    run_id       TEXT NOT NULL,
    cell_id      TEXT NOT NULL,
    si           TEXT NOT NULL,                 -- "1", "2", "2bis", ...
    l2           BLOB NOT NULL,                 -- 23 octets as received
    n_clean      INTEGER NOT NULL,
    n_repaired   INTEGER NOT NULL,
    fn_first     INTEGER NOT NULL,
    fn_last      INTEGER NOT NULL,
    first_s      REAL NOT NULL,
    last_s       REAL NOT NULL,
    tc_mask      INTEGER NOT NULL,              -- bit TC: seen at TC = (FN / 51) mod 8
    prev_hash    BLOB NOT NULL,
    hash         BLOB NOT NULL
) STRICT;
CREATE INDEX observations_by_cell ON observations (run_id, cell_id);

-- One rule that fired on one cell.
CREATE TABLE findings (
    seq           INTEGER PRIMARY KEY,
    finding_id    TEXT NOT NULL,
    run_id        TEXT NOT NULL,
    cell_id       TEXT NOT NULL,
    rule          TEXT NOT NULL,
    rule_version  INTEGER NOT NULL,
    weight_db     REAL NOT NULL,                -- before the cap of its group
    observed      TEXT NOT NULL,
    expected      TEXT NOT NULL,
    statistics    TEXT NOT NULL,                -- how often an honest cell shows it
    text          TEXT NOT NULL,                -- one sentence
    first_s       REAL NOT NULL,
    last_s        REAL NOT NULL,
    fn_first      INTEGER NOT NULL,
    fn_last       INTEGER NOT NULL,
    evidence      BLOB NOT NULL,                -- the SI messages it rests on, 23 octets each
    prev_hash     BLOB NOT NULL,
    hash          BLOB NOT NULL
) STRICT;
CREATE INDEX findings_by_cell ON findings (run_id, cell_id);

-- The verdict on a cell, also the harmless ones: "why was it not flagged?" has an answer.
CREATE TABLE alerts (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL,
    cell_id        TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    score_db       REAL NOT NULL,
    flagged        INTEGER NOT NULL,
    allowed        TEXT,                        -- kind of the allow-list entry
    allowed_note   TEXT,
    evaluable      INTEGER NOT NULL,
    rules_total    INTEGER NOT NULL,
    not_evaluable  TEXT NOT NULL,               -- rule ids, separated by blanks
    reasons_key    TEXT NOT NULL,               -- ids of the rules that fired, sorted, once each
    text           TEXT NOT NULL,
    prev_hash      BLOB NOT NULL,
    hash           BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX alerts_by_cell ON alerts (run_id, cell_id);

-- A person's decision. It holds for the cell key under this rule set, for these reasons.
CREATE TABLE reviews (
    seq             INTEGER PRIMARY KEY,
    cell_key        TEXT NOT NULL,
    rules_sha256    TEXT NOT NULL,
    reasons_key     TEXT NOT NULL,
    state           TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'dismissed', 'explained')),
    kind            TEXT,                       -- of the allow-list entry that was made
    note            TEXT NOT NULL,
    reviewer        TEXT NOT NULL,
    decided_utc_us  INTEGER NOT NULL,
    run_id          TEXT NOT NULL,              -- the judgement that the person looked at
    cell_id         TEXT NOT NULL,
    prev_hash       BLOB NOT NULL,
    hash            BLOB NOT NULL
) STRICT;
CREATE INDEX reviews_by_key ON reviews (cell_key, rules_sha256, reasons_key);

-- Where a chain goes on after whole segments were removed on purpose.
CREATE TABLE chain_anchors (
    name            TEXT NOT NULL,              -- "observations", ...
    seq             INTEGER NOT NULL,           -- last row that was removed
    hash            BLOB NOT NULL,              -- its hash
    removed_utc_us  INTEGER NOT NULL,
    reason          TEXT NOT NULL,
    PRIMARY KEY (name, seq)
) STRICT;

-- What a fleet's forwarder still has to send; filled in the same transaction as the fact.
CREATE TABLE outbox (
    seq          INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL,                 -- "alert" or "review"
    ref          INTEGER NOT NULL,              -- seq of that row
    sent_utc_us  INTEGER
) STRICT;

CREATE TRIGGER observations_no_update BEFORE UPDATE ON observations BEGIN
    SELECT raise(ABORT, 'observations are append-only'); END;
CREATE TRIGGER observations_no_delete BEFORE DELETE ON observations BEGIN
    SELECT raise(ABORT, 'observations are append-only'); END;
CREATE TRIGGER findings_no_update BEFORE UPDATE ON findings BEGIN
    SELECT raise(ABORT, 'findings are append-only'); END;
CREATE TRIGGER findings_no_delete BEFORE DELETE ON findings BEGIN
    SELECT raise(ABORT, 'findings are append-only'); END;
CREATE TRIGGER alerts_no_update BEFORE UPDATE ON alerts BEGIN
    SELECT raise(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER alerts_no_delete BEFORE DELETE ON alerts BEGIN
    SELECT raise(ABORT, 'alerts are append-only'); END;
CREATE TRIGGER reviews_no_update BEFORE UPDATE ON reviews BEGIN
    SELECT raise(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews BEGIN
    SELECT raise(ABORT, 'reviews are append-only'); END;
CREATE TRIGGER alerts_to_outbox AFTER INSERT ON alerts WHEN new.flagged = 1 BEGIN
    INSERT INTO outbox (kind, ref) VALUES ('alert', new.seq); END;
CREATE TRIGGER reviews_to_outbox AFTER INSERT ON reviews BEGIN
    INSERT INTO outbox (kind, ref) VALUES ('review', new.seq); END;

-- The judgement of each cell that counts now: of the latest run over its recording that went to
-- the end, else of the latest one.
CREATE VIEW cell_latest AS
SELECT c.cell_id, c.cell_key,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.first_utc_us / 1e6, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_utc_us / 1e6, 'unixepoch') AS last_seen,
       c.band, c.arfcn, c.bsic, c.mcc, c.mnc, c.lac, c.ci,
       a.verdict, a.score_db,
       (SELECT group_concat(f.rule || ': ' || f.text, ' | ')
          FROM (SELECT rule, text FROM findings
                 WHERE run_id = c.run_id AND cell_id = c.cell_id
                 ORDER BY weight_db DESC, rule) AS f) AS reasons,
       g.path AS recording,
       coalesce(v.state, 'open') AS review,
       v.reviewer,
       strftime('%Y-%m-%dT%H:%M:%fZ', v.decided_utc_us / 1e6, 'unixepoch') AS reviewed_at,
       v.note AS review_note,
       a.allowed, a.flagged, a.evaluable, a.rules_total, a.reasons_key, a.not_evaluable,
       a.text AS alert, a.allowed_note,
       c.level_dbfs, c.level_dbm, c.snr_db, c.offset_hz, c.offset_ppm_rel, c.first_s, c.last_s,
       c.fn_epoch_frames, c.n_sch, c.n_blocks, c.n_blocks_failed,
       c.run_id, r.seq AS run_seq, r.command, r.version, r.rules_sha256, r.known_sha256,
       r.local_sha256, g.sha256 AS recording_sha256
  FROM cells AS c
  JOIN runs AS r ON r.run_id = c.run_id
  JOIN recordings AS g ON g.recording_id = r.recording_id
  JOIN alerts AS a ON a.run_id = c.run_id AND a.cell_id = c.cell_id
  LEFT JOIN reviews AS v ON v.seq = (SELECT max(w.seq) FROM reviews AS w
                                      WHERE w.cell_key = c.cell_key
                                        AND w.rules_sha256 = r.rules_sha256
                                        AND w.reasons_key = a.reasons_key)
 WHERE c.run_id = (SELECT c2.run_id FROM cells AS c2 JOIN runs AS r2 ON r2.run_id = c2.run_id
                    WHERE c2.cell_id = c.cell_id
                    ORDER BY r2.interrupted, r2.seq DESC LIMIT 1);

-- What a person wants to see first.
CREATE VIEW flagged_cells AS
SELECT cell_id, cell_key, first_seen, last_seen, band, arfcn, bsic, mcc, mnc, lac, ci, verdict,
       score_db, reasons, recording, review, reviewer, reviewed_at, review_note, snr_db, first_s,
       last_s, run_id
  FROM cell_latest
 WHERE flagged = 1;

-- Every sighting of every cell, flagged or not, in the order of time.
CREATE VIEW cell_timeline AS
SELECT c.cell_key,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.first_utc_us / 1e6, 'unixepoch') AS first_seen,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.last_utc_us / 1e6, 'unixepoch') AS last_seen,
       g.path AS recording, c.first_s, c.last_s, a.verdict, a.score_db, a.allowed,
       a.reasons_key AS rules, c.level_dbfs, c.level_dbm, c.snr_db, c.offset_hz, c.cell_id, c.run_id
  FROM cells AS c
  JOIN runs AS r ON r.run_id = c.run_id
  JOIN recordings AS g ON g.recording_id = r.recording_id
  JOIN alerts AS a ON a.run_id = c.run_id AND a.cell_id = c.cell_id
 ORDER BY c.cell_key, c.first_utc_us, r.seq, c.first_s;

-- Flagged cells on which nobody has decided yet, the worst first.
CREATE VIEW review_queue AS
SELECT cell_id, cell_key, first_seen, last_seen, band, arfcn, verdict, score_db, reasons, recording
  FROM flagged_cells
 WHERE review = 'open'
 ORDER BY score_db DESC, cell_key;

-- What was listened to, and what was not and why.
CREATE VIEW coverage AS
SELECT s.band, s.from_hz, s.to_hz, s.heard_s, s.reason,
       strftime('%Y-%m-%dT%H:%M:%fZ', r.start_utc_us / 1e6, 'unixepoch') AS began,
       g.path AS recording, r.command, s.run_id
  FROM coverage_spans AS s
  JOIN runs AS r ON r.run_id = s.run_id
  JOIN recordings AS g ON g.recording_id = r.recording_id
 ORDER BY r.seq, s.n;
