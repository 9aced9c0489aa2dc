-- The changes that wait for the owner of the pool, and the pool as the owner last left it.

-- One row. Whoever puts a change in line holds it until the commit, so that the numbers have no gap and say the
-- order of the commits; `decided` is the last change that the owner has dealt with.
CREATE TABLE line (
    appended bigint NOT NULL DEFAULT 0,
    decided bigint NOT NULL DEFAULT 0,
    CONSTRAINT line_decides_what_there_is CHECK (decided <= appended)
) WITH (fillfactor = 50);
CREATE UNIQUE INDEX line_is_one ON line ((true));
INSERT INTO line DEFAULT VALUES;

CREATE TABLE change (
    number bigint PRIMARY KEY,
    -- The need, application or assignment that it is about.
    subject uuid NOT NULL,
    type text NOT NULL,
    event_id uuid NOT NULL,
    time timestamptz NOT NULL,
    correlation_id uuid NOT NULL,
    traceparent text,
    data bytea NOT NULL
) WITH (fillfactor = 100, autovacuum_vacuum_insert_scale_factor = 0.5);
CREATE INDEX change_subject ON change (subject);

CREATE TABLE need (
    need_id uuid PRIMARY KEY,
    version integer NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('open', 'review-due', 'closed')),
    owner_id uuid NOT NULL,
    -- The event that declared the need as `document` has it.
    revision uuid NOT NULL,
    document text NOT NULL,
    -- How many of its places people have filled by their word; these may be more than it has.
    fixed integer NOT NULL CHECK (fixed >= 0)
) WITH (fillfactor = 70);

CREATE TABLE candidate (
    application_id uuid PRIMARY KEY,
    track text NOT NULL,
    lead_id uuid NOT NULL,
    organisation_name text NOT NULL,
    project_title text NOT NULL,
    themes text[] NOT NULL,
    publics text[] NOT NULL,
    territories text[] NOT NULL,
    summarised boolean NOT NULL,
    -- The words of title and summary as they are compared, separated by spaces.
    words text NOT NULL,
    -- Organisations of a coalition besides its lead.
    members integer NOT NULL CHECK (members >= 0),
    laureate boolean NOT NULL,
    -- It was withdrawn or rejected, or waits for its correction.
    has_left boolean NOT NULL DEFAULT false
) WITH (fillfactor = 90);

CREATE TABLE assignment (
    assignment_id uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    need_id uuid NOT NULL REFERENCES need,
    state text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'declined', 'released')),
    version integer NOT NULL CHECK (version >= 1),
    fit integer NOT NULL CHECK (fit BETWEEN 0 AND 1000),
    parts text NOT NULL,
    rules_version text NOT NULL,
    -- Who brought it into its state, and why.
    actor text NOT NULL,
    reason text,
    pinned boolean NOT NULL
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX assignment_live ON assignment (application_id, need_id) WHERE state IN ('proposed', 'confirmed');

CREATE TABLE forbidden (
    application_id uuid NOT NULL,
    need_id uuid NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (application_id, need_id)
);

CREATE TABLE recusal (
    application_id uuid NOT NULL,
    person_id uuid NOT NULL,
    PRIMARY KEY (application_id, person_id)
);

-- What a jury decided of applications to the contest and nobody may know yet.
CREATE TABLE contest_verdict (
    application_id uuid PRIMARY KEY,
    decision text NOT NULL CHECK (decision IN ('laureate', 'not-retained')),
    scores text NOT NULL,
    publish_at timestamptz NOT NULL,
    actor text NOT NULL,
    reason text,
    -- The event that brought it: the cause of its publication.
    event_id uuid NOT NULL,
    correlation_id uuid NOT NULL,
    traceparent text
);
