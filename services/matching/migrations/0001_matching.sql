-- The pool as its single writer last left it. The writer keeps it in memory and alone writes here, so it answers
-- for what a foreign key or a unique index would check at each row; one that these lack, its tests hold.

CREATE TABLE need (
    need_id uuid PRIMARY KEY,
    version integer NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('open', 'review-due', 'closed')),
    owner_id uuid NOT NULL,
    -- Which form it belongs to: the one that declared it first.
    source text NOT NULL,
    -- When its newest revision was sent: an owner who asked since to be forgotten owns it no more.
    said_at timestamptz NOT NULL,
    -- The event that declared the need as `document` has it.
    revision uuid NOT NULL,
    document text NOT NULL
) WITH (fillfactor = 70);

-- Who owns needs or stands in for who does, by id alone: of who is forgotten it says no more than of any other id.
CREATE TABLE officer (
    person_id uuid PRIMARY KEY,
    -- Which form they belong to: the one that named them first.
    source text NOT NULL,
    -- When it was said how they are reached, as contacts have it; null where contacts have nothing.
    reached_at timestamptz
);

CREATE TABLE deputy (
    owner_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    until timestamptz,
    named_at timestamptz NOT NULL,
    -- Whether that has passed and was told; what they decided before may still come.
    is_over boolean NOT NULL
);

CREATE TABLE candidate (
    application_id uuid PRIMARY KEY,
    track text NOT NULL,
    lead_id uuid NOT NULL,
    organisation_name text NOT NULL,
    project_title text NOT NULL,
    -- Codes, separated by bars: an array would take 20 bytes more and be slower to write.
    themes text NOT NULL,
    publics text NOT NULL,
    territories text NOT NULL,
    summarised boolean NOT NULL,
    -- The words of title and summary as they are compared, separated by spaces.
    words text NOT NULL,
    -- When the form was sent that says all this.
    said_at timestamptz NOT NULL,
    -- Organisations of a coalition besides its lead.
    members integer NOT NULL CHECK (members >= 0),
    laureate boolean NOT NULL
) WITH (fillfactor = 90);

-- Applications that took part once and left (withdrawn, rejected, waiting for their correction): whoever refers to
-- one is answered and need not wait for it. One that came back is among the candidates too.
CREATE TABLE former_candidate (
    application_id uuid PRIMARY KEY
);

CREATE TABLE assignment (
    assignment_id uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    need_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('proposed', 'confirmed', 'declined', 'released')),
    version integer NOT NULL CHECK (version >= 1),
    fit integer NOT NULL CHECK (fit BETWEEN 0 AND 1000),
    parts text NOT NULL,
    rules_version text NOT NULL,
    -- Who brought it into its state, and why.
    actor text NOT NULL,
    reason text,
    pinned boolean NOT NULL
-- No index holds its state, so that a confirmation finds room on its own page and touches no index.
) WITH (fillfactor = 70);

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

-- One row: how often new rules have moved something. The number tells one such cause from the next.
CREATE TABLE settlement (
    times integer NOT NULL
);
INSERT INTO settlement VALUES (0);
