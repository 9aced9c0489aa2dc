-- What the chassis keeps for each service: lanes, inbox, outbox, held records.

CREATE TABLE lane (
    topic           text    NOT NULL,
    partition       integer NOT NULL,
    revision        bigint  NOT NULL DEFAULT 0,
    next_offset     bigint  NOT NULL,
    failures        integer NOT NULL DEFAULT 0,
    stopped_because text,
    attempts        integer NOT NULL DEFAULT 0,
    suspected_to    bigint  NOT NULL DEFAULT 0,
    seen            text    NOT NULL DEFAULT '{}',
    moved           boolean NOT NULL DEFAULT false,
    PRIMARY KEY (topic, partition)
-- Every cycle writes a row version: room on the page keeps them off the index.
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

COMMENT ON TABLE lane IS
    'One partition of one topic as this service consumes it, or a lane of its own. The row is at once the mark of what '
    'was consumed, the fence against an owner that lost the lane, and its lock.';
COMMENT ON COLUMN lane.revision IS 'One more at every transaction: who does not know the newest owns the lane no more.';
COMMENT ON COLUMN lane.failures IS 'Unexpected failures against what went well; too many stop the lane.';
COMMENT ON COLUMN lane.attempts IS
    'Attempts at what begins at next_offset that were started and not finished; every step forward sets it to 0.';
COMMENT ON COLUMN lane.suspected_to IS
    'Records before this offset are taken one at a time: one of them may have ended the process.';
COMMENT ON COLUMN lane.seen IS
    'JSON: the last number that came from each lane of each producer; what comes again with a lower one is a duplicate.';
COMMENT ON COLUMN lane.moved IS 'An operator has resumed or moved the lane: its owner opens it anew.';

-- Time-ordered ids first: neighbours in time are neighbours in the index.
CREATE TABLE inbox (
    event_id uuid   NOT NULL,
    source   text   NOT NULL,
    digest   bigint NOT NULL,
    PRIMARY KEY (event_id, source)
);

COMMENT ON TABLE inbox IS
    'The identity of every event of a form that was processed: what is sent twice has one effect. Events of our own '
    'services are told apart by the numbers in lane.seen.';
COMMENT ON COLUMN inbox.digest IS 'Eight bytes of a digest of its content: the same identity with another is a mistake.';

CREATE TABLE outbox (
    lane_topic     text    NOT NULL,
    lane_partition integer NOT NULL,
    revision       bigint  NOT NULL,
    part           integer NOT NULL,
    events         bytea   NOT NULL,
    PRIMARY KEY (lane_topic, lane_partition, revision, part)
-- Rows live for a moment: the table is to stay a handful of pages.
) WITH (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
-- Written once, read never but after a crash: neither compressed nor moved to another table while it fits a page.
ALTER TABLE outbox ALTER COLUMN events SET STORAGE EXTERNAL;

COMMENT ON TABLE outbox IS
    'What was committed and Kafka may not have yet, some dozen events a row: a line of JSON about them, then their data, '
    'compressed (Zstandard).';

CREATE TABLE held_record (
    topic          text    NOT NULL,
    partition      integer NOT NULL,
    "offset"       bigint  NOT NULL,
    dead_letter_id uuid    NOT NULL,
    state          text    NOT NULL CHECK (state IN ('dead', 'waiting', 'behind', 'replayed', 'discarded', 'replaced')),
    reason         text    NOT NULL,
    detail         text    NOT NULL,
    awaits         text,
    blocks         boolean NOT NULL,
    key            bytea,
    value          bytea,
    headers        bytea   NOT NULL,
    recorded_at    timestamptz NOT NULL,
    held_at        timestamptz NOT NULL,
    waiting_since  timestamptz,
    retry_at       timestamptz,
    retries        integer NOT NULL DEFAULT 0,
    attempts       integer NOT NULL DEFAULT 0,
    requested      text CHECK (requested IN ('replay', 'discard', 'replace')),
    requested_by   text,
    requested_why  text,
    repair_id      uuid,
    replaced_by    text,
    claimed_by     text,
    claimed_why    text,
    claimed_until  timestamptz,
    resolved_at    timestamptz,
    PRIMARY KEY (topic, partition, "offset")
);

-- What holds back later records: dead letters that hold nothing back may be many, and are not in it.
CREATE INDEX held_record_blocking ON held_record (topic, partition, key, "offset")
    WHERE blocks AND resolved_at IS NULL;
CREATE INDEX held_record_waiting ON held_record (topic, partition, retry_at) WHERE retry_at IS NOT NULL AND resolved_at IS NULL;
CREATE INDEX held_record_requested ON held_record (topic, partition) WHERE requested IS NOT NULL AND resolved_at IS NULL;
CREATE INDEX held_record_repair ON held_record (repair_id) WHERE requested IS NOT NULL AND resolved_at IS NULL;
CREATE UNIQUE INDEX held_record_dead_letter ON held_record (dead_letter_id);

COMMENT ON TABLE held_record IS
    'Records set aside: dead letters, those that wait for what they refer to, and those behind them of the same key; '
    'and what a duty could not do, under the topic `duty.<name>`.';
COMMENT ON COLUMN held_record.attempts IS 'Attempts at this record that were started and not finished.';
COMMENT ON COLUMN held_record.blocks IS 'Whether later records of its key wait behind it.';
COMMENT ON COLUMN held_record.repair_id IS 'The repair that asked for what is requested; none where an erasure did.';
COMMENT ON COLUMN held_record.replaced_by IS 'The id of the event that an operator sent in its place.';
COMMENT ON COLUMN held_record.claimed_by IS 'Who said that they look at it; that is over at claimed_until.';

-- Header names and values are in hexadecimal within JSON, so that a sender's bytes are shown escaped; of what came in
-- structured mode type and source are not known here.
CREATE VIEW undecided AS
SELECT dead_letter_id AS id, state, reason, detail, topic, partition, "offset", encode(key, 'escape') AS key, recorded_at,
       held_at, retries, claimed_by, claimed_why, claimed_until, headers <> '[]' OR topic LIKE 'duty.%' AS has_content,
       left(encode(decode(substring(convert_from(headers, 'UTF8') FROM '\["ce_type","([0-9a-f]*)"\]'), 'hex'),
                   'escape'), 200) AS type,
       left(encode(decode(substring(convert_from(headers, 'UTF8') FROM '\["ce_source","([0-9a-f]*)"\]'), 'hex'),
                   'escape'), 200) AS source
  FROM held_record
 WHERE state IN ('dead', 'waiting') AND resolved_at IS NULL AND requested IS NULL;

COMMENT ON VIEW undecided IS 'What waits for a decision, without its content.';

CREATE TABLE repair (
    repair_id  uuid        PRIMARY KEY,
    decision   text        NOT NULL CHECK (decision IN ('replay', 'discard', 'replace')),
    about      text        NOT NULL,
    asked_by   text        NOT NULL,
    asked_why  text        NOT NULL,
    asked_at   timestamptz NOT NULL,
    stopped_by text,
    stopped_at timestamptz
);
CREATE INDEX repair_asked_at ON repair (asked_at);

COMMENT ON TABLE repair IS 'A decision of an operator on records that were set aside, with who and why.';

CREATE TABLE repaired (
    repair_id      uuid    NOT NULL REFERENCES repair ON DELETE CASCADE,
    dead_letter_id uuid    NOT NULL,
    is_stopped     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (repair_id, dead_letter_id)
);

COMMENT ON TABLE repaired IS 'The records that a repair is about; those of a stopped one that it had not come to.';

-- Of what only waited nothing is kept once it went well: that a replayed record is gone says that it is committed.
CREATE VIEW repair_outcome AS
SELECT repair.repair_id, repaired.dead_letter_id AS id, held.reason,
       CASE WHEN held.state IS NULL THEN CASE repair.decision WHEN 'replay' THEN 'committed' ELSE 'gone' END
            WHEN repaired.is_stopped AND held.resolved_at IS NULL AND held.requested IS NULL THEN 'stopped'
            WHEN held.requested IS NOT NULL AND held.resolved_at IS NULL THEN 'asked'
            WHEN held.state = 'replayed' THEN 'committed'
            WHEN held.state IN ('discarded', 'replaced') THEN held.state
            WHEN held.state IN ('waiting', 'behind') THEN 'waits'
            WHEN repair.decision = 'discard' THEN 'undone'
            ELSE 'dead-again' END AS outcome,
       coalesce(held.state = 'discarded' AND held.headers <> '[]' AND held.reason <> 'skipped', false) AS can_be_undone
  FROM repair JOIN repaired USING (repair_id) LEFT JOIN held_record AS held USING (dead_letter_id);

COMMENT ON VIEW repair_outcome IS 'What became of each record of a repair, as it stands now.';

CREATE TABLE erased_person (
    person_id uuid        PRIMARY KEY,
    erased_at timestamptz NOT NULL
);

COMMENT ON TABLE erased_person IS
    'Who asked to be forgotten, and when: nothing else is kept of them. Topics are read in no order between them, so '
    'what they said before they asked may come after it, and is then told apart by this.';
