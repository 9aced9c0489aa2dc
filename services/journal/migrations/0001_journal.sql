-- Every event that anybody may read, and the facts of dead letters, in one table a month.
CREATE TABLE event (
    happened_at timestamptz NOT NULL,   -- the event's own time, by which it lies in a month
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    id text NOT NULL,                   -- as its sender gave it
    source text NOT NULL,
    type text NOT NULL,
    key uuid NOT NULL,
    thing_id uuid NOT NULL,             -- what it is about
    recorded_at timestamptz NOT NULL,   -- by Kafka's record
    received_at timestamptz NOT NULL,   -- when the journal took it
    correlation_id text NOT NULL,
    causation_id text,
    trace_id uuid,
    sequence text,
    data jsonb,                         -- null for a record without a value: its key's thing is gone
    PRIMARY KEY (topic, partition, "offset", happened_at)
) PARTITION BY RANGE (happened_at);
CREATE INDEX ON event (thing_id, happened_at);
CREATE INDEX ON event (id);
CREATE INDEX ON event (correlation_id);
CREATE INDEX ON event (trace_id) WHERE trace_id IS NOT NULL;

-- What events are about, as they leave it. `story_id` is what its story begins with, where an event has said so;
-- `parent_id` what else it hangs on. Which of the two is read first changes nothing of where it ends up.
CREATE TABLE thing (
    id uuid PRIMARY KEY,
    kind text,                          -- null while others have only named it
    story_id uuid,
    parent_id uuid,
    need_id uuid,
    mentor_id uuid,
    state text,
    version integer NOT NULL,           -- of the last event that spoke of it; its record's time and its id decide then
    recorded_at timestamptz NOT NULL,
    said_by text NOT NULL,
    said_at timestamptz NOT NULL,       -- that event's own time
    facts jsonb NOT NULL,
    erased_at timestamptz,              -- of an application: what its form said before is not kept
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);
CREATE INDEX ON thing ((coalesce(story_id, parent_id)));
CREATE INDEX ON thing (kind, last_at);
CREATE INDEX ON thing (need_id) WHERE need_id IS NOT NULL;
CREATE INDEX ON thing (mentor_id) WHERE mentor_id IS NOT NULL;
CREATE INDEX ON thing ((facts ->> 'siren')) WHERE facts ? 'siren';
CREATE INDEX ON thing ((facts ->> 'rna')) WHERE facts ? 'rna';
CREATE INDEX ON thing (last_at);

-- The journal's login creates no tables: these two functions of the migrations' login make months for it and drop them,
-- and do nothing else.
CREATE FUNCTION make_months(months date[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = journal AS $$
DECLARE
    month date;
BEGIN
    FOREACH month IN ARRAY months LOOP
        EXECUTE format('CREATE TABLE IF NOT EXISTS %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)',
                       'event_' || to_char(month, 'YYYY_MM'),
                       date_trunc('month', month::timestamp) AT TIME ZONE 'UTC',
                       (date_trunc('month', month::timestamp) + interval '1 month') AT TIME ZONE 'UTC');
    END LOOP;
END $$;

CREATE FUNCTION drop_months(before date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = journal AS $$
DECLARE
    partition text;
    dropped integer := 0;
BEGIN
    FOR partition IN
        SELECT relname FROM pg_catalog.pg_class
         WHERE relispartition AND relkind = 'r' AND relnamespace = 'journal'::regnamespace
           AND relname ~ '^event_\d{4}_\d\d$' AND to_date(right(relname, 7), 'YYYY_MM') < before
    LOOP
        EXECUTE format('DROP TABLE %I', partition);
        dropped := dropped + 1;
    END LOOP;
    RETURN dropped;
END $$;

REVOKE EXECUTE ON FUNCTION make_months, drop_months FROM PUBLIC;
GRANT EXECUTE ON FUNCTION make_months, drop_months TO engage_journal;
