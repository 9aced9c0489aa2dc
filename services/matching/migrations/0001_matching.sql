-- The register of needs, the candidates, and the assignments that hold one against the other.

-- One row a pool that proposes as events come. Whoever changes the pool holds its row, so that the choice is
-- serial across lanes and replicas.
CREATE TABLE pool (
    track text PRIMARY KEY
);
INSERT INTO pool (track) VALUES ('implantation');

CREATE TABLE need (
    need_id uuid PRIMARY KEY,
    version integer NOT NULL CHECK (version >= 1),
    state text NOT NULL CHECK (state IN ('open', 'closed')),
    owner_id uuid NOT NULL,
    -- The event that declared the need as `document` has it.
    revision uuid NOT NULL,
    document text NOT NULL,
    capacity integer NOT NULL CHECK (capacity >= 0),
    proposed integer NOT NULL DEFAULT 0 CHECK (proposed >= 0),
    confirmed integer NOT NULL DEFAULT 0 CHECK (confirmed >= 0),
    held integer NOT NULL GENERATED ALWAYS AS (proposed + confirmed) STORED,
    -- The last waiting candidate that its free places were offered to, where others are still to be looked at.
    swept_to uuid,
    -- Capacity may be revised below what is confirmed, which stays; then nothing may be proposed.
    CONSTRAINT need_within_capacity CHECK (proposed = 0 OR proposed + confirmed <= capacity),
    CONSTRAINT need_closed_proposes_nothing CHECK (state = 'open' OR proposed = 0)
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
    waiting boolean NOT NULL
) WITH (fillfactor = 90);
CREATE INDEX candidate_waiting ON candidate (application_id) WHERE waiting AND track = 'implantation';

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
    reason text
) WITH (fillfactor = 90);
CREATE UNIQUE INDEX assignment_live ON assignment (application_id) WHERE state IN ('proposed', 'confirmed');
CREATE INDEX assignment_proposed ON assignment (need_id) WHERE state = 'proposed';

CREATE TABLE declined (
    application_id uuid NOT NULL,
    need_id uuid NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (application_id, need_id)
);
