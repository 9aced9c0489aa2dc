-- What the chassis keeps for each service: lanes, inbox, outbox, held records.

CREATE TABLE lane (
    topic            text    NOT NULL,
    partition        integer NOT NULL,
    revision         bigint  NOT NULL DEFAULT 0,
    next_offset      bigint  NOT NULL,
    next_sequence    bigint  NOT NULL DEFAULT 0,
    relayed_sequence bigint  NOT NULL DEFAULT 0,
    dead_in_a_row    integer NOT NULL DEFAULT 0,
    stopped_because  text,
    PRIMARY KEY (topic, partition),
    CHECK (relayed_sequence <= next_sequence)
) WITH (fillfactor = 50);

COMMENT ON TABLE lane IS
    'One partition of one topic as this service consumes it. The row is at once the mark of what was '
    'consumed, the fence against an owner that lost the partition, the lane''s lock, and its gapless sequence.';
COMMENT ON COLUMN lane.revision IS 'One more at every transaction: who does not know the newest owns the lane no more.';

-- Time-ordered ids first: neighbours in time are neighbours in the index.
CREATE TABLE inbox (
    event_id uuid NOT NULL,
    source   text NOT NULL,
    PRIMARY KEY (event_id, source)
);

COMMENT ON TABLE inbox IS 'The identity of every event that was processed: what a producer sends twice has one effect.';

-- The names that Debezium's outbox router calls aggregatetype, aggregateid and type are topic, key and type.
CREATE TABLE outbox (
    lane_topic     text    NOT NULL,
    lane_partition integer NOT NULL,
    sequence       bigint  NOT NULL,
    id             uuid    NOT NULL,
    topic          text    NOT NULL,
    key            text    NOT NULL,
    type           text    NOT NULL,
    time           timestamptz NOT NULL,
    correlation_id uuid    NOT NULL,
    causation_id   uuid,
    traceparent    text,
    payload        bytea,
    PRIMARY KEY (lane_topic, lane_partition, sequence)
);

CREATE VIEW unpublished AS
SELECT outbox.key
  FROM outbox
  JOIN lane ON lane.topic = outbox.lane_topic AND lane.partition = outbox.lane_partition
 WHERE outbox.sequence >= lane.relayed_sequence;

COMMENT ON VIEW unpublished IS
    'Aggregates with events that the broker may not have yet. What another lane publishes of them must wait.';

CREATE TABLE held_record (
    topic          text    NOT NULL,
    partition      integer NOT NULL,
    "offset"       bigint  NOT NULL,
    dead_letter_id uuid    NOT NULL,
    state          text    NOT NULL CHECK (state IN ('dead', 'waiting', 'behind', 'replayed', 'discarded')),
    reason         text    NOT NULL,
    detail         text    NOT NULL,
    awaits         text,
    key            bytea,
    value          bytea,
    headers        bytea   NOT NULL,
    recorded_at    timestamptz NOT NULL,
    held_at        timestamptz NOT NULL,
    waiting_since  timestamptz,
    retry_at       timestamptz,
    retries        integer NOT NULL DEFAULT 0,
    requested      text CHECK (requested IN ('replay', 'discard')),
    requested_by   text,
    requested_why  text,
    resolved_at    timestamptz,
    PRIMARY KEY (topic, partition, "offset")
);

CREATE INDEX held_record_open ON held_record (topic, partition, state) WHERE resolved_at IS NULL;
CREATE UNIQUE INDEX held_record_dead_letter ON held_record (dead_letter_id);

COMMENT ON TABLE held_record IS
    'Records set aside: dead letters, those that wait for what they refer to, and those behind them of the same key.';
