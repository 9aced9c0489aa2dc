-- Mentors, leads, pairs and recusals. No name or address: those are published as contacts and kept elsewhere.

-- One row, locked before anything else is read: whoever chooses a mentor sees what was chosen before.
CREATE TABLE pool (
    name text PRIMARY KEY
);
INSERT INTO pool (name) VALUES ('mentors');

CREATE TABLE mentor (
    mentor_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    profile text NOT NULL,
    capacity integer NOT NULL CHECK (capacity >= 0),
    line_manager_authorised boolean NOT NULL,
    ethics_check_done boolean NOT NULL,
    active boolean NOT NULL,
    -- The assignments of open pairs, how many they are, and those of them that not both have accepted. A capacity may
    -- be revised below what is held.
    accompanied uuid[] NOT NULL DEFAULT '{}',
    held integer NOT NULL GENERATED ALWAYS AS (cardinality(accompanied)) STORED,
    pending integer NOT NULL DEFAULT 0 CHECK (pending BETWEEN 0 AND held),
    starts timestamptz[] NOT NULL DEFAULT '{}',
    version integer NOT NULL CHECK (version >= 1),
    paused_until date,
    authorised_until date,
    handled uuid[] NOT NULL DEFAULT '{}',
    -- When they can take another pair, where that is a matter of time; nothing once it was looked at.
    reopens_at timestamptz
);
-- Rows change often and no indexed column does: room on the page keeps those changes off the index.
ALTER TABLE mentor SET (fillfactor = 50);

CREATE TABLE lead (
    assignment_id uuid PRIMARY KEY,
    application_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    owner_id uuid NOT NULL,
    directorate text NOT NULL,
    organisation_name text NOT NULL,
    project_title text NOT NULL,
    themes text[] NOT NULL,
    territories text[] NOT NULL,
    -- What the lead looks for, the languages they speak, and when they can meet; empty where they don't say.
    skills text[] NOT NULL,
    languages text[] NOT NULL,
    slots text[] NOT NULL,
    confirmed_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'paired', 'sharing', 'released', 'stopped')),
    told boolean NOT NULL,
    passed uuid[] NOT NULL
);
CREATE INDEX lead_of_project ON lead (application_id);
CREATE INDEX lead_queue ON lead (confirmed_at, assignment_id) WHERE state = 'waiting';

CREATE TABLE pair (
    pair_id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL,
    application_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    fit integer NOT NULL CHECK (fit BETWEEN 0 AND 1000),
    rules_version text NOT NULL,
    offered_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    started_at timestamptz,
    state text NOT NULL CHECK (
        state IN ('offered', 'accepted-by-mentor', 'accepted-by-lead', 'accepted', 'active', 'declined', 'expired',
                  'ended')
    ),
    version integer NOT NULL CHECK (version >= 1),
    meetings integer NOT NULL DEFAULT 0 CHECK (meetings >= 0),
    last_contact_at timestamptz CHECK (last_contact_at IS NOT NULL OR state <> 'active'),
    steps integer NOT NULL DEFAULT 0 CHECK (steps >= 0),
    stepped_at timestamptz,
    ends_at timestamptz CHECK (ends_at IS NOT NULL OR state <> 'active'),
    review_asked_at timestamptz,
    mentor_wish text CHECK (mentor_wish IN ('go-on', 'finish')),
    lead_wish text CHECK (lead_wish IN ('go-on', 'finish')),
    paused_until date,
    -- When something falls due for an active pair: a step because it does not meet, its review, or its end.
    due_at timestamptz CHECK (due_at IS NOT NULL = (state = 'active')),
    -- An offer made late, after an outage, is open as long as any other.
    recorded_at timestamptz NOT NULL DEFAULT now(),
    open boolean NOT NULL GENERATED ALWAYS AS (state NOT IN ('declined', 'expired', 'ended')) STORED
);
CREATE UNIQUE INDEX pair_one_open_for_a_lead ON pair (assignment_id) WHERE open;
CREATE INDEX pair_awaited ON pair (expires_at, pair_id)
 WHERE state IN ('offered', 'accepted-by-mentor', 'accepted-by-lead');
CREATE INDEX pair_due ON pair (due_at, pair_id) WHERE state = 'active';
CREATE INDEX pair_open_of_mentor ON pair (mentor_id) WHERE open;

CREATE TABLE recusal (
    application_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (application_id, mentor_id)
);

-- When and how long, never what was said.
CREATE TABLE meeting (
    meeting_id uuid PRIMARY KEY,
    pair_id uuid NOT NULL REFERENCES pair,
    held_on date NOT NULL,
    minutes integer NOT NULL CHECK (minutes >= 1),
    obstacle_id uuid,
    next_step text
);

CREATE TABLE obstacle (
    obstacle_id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL REFERENCES lead,
    kind text NOT NULL,
    service text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz,
    state text NOT NULL CHECK (state IN ('opened', 'taken', 'escalated', 'lifted', 'abandoned')),
    level integer NOT NULL CHECK (level >= 0),
    reason text CHECK (reason IS NOT NULL OR state <> 'abandoned'),
    version integer NOT NULL CHECK (version >= 1)
);
CREATE INDEX obstacle_due ON obstacle (due_at, obstacle_id) WHERE due_at IS NOT NULL;
CREATE INDEX obstacle_open ON obstacle (assignment_id) WHERE state NOT IN ('lifted', 'abandoned');

CREATE TABLE support_action (
    assignment_id uuid NOT NULL REFERENCES lead,
    code text NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'started', 'finished', 'dropped')),
    reason text CHECK (reason IS NOT NULL OR state <> 'dropped'),
    version integer NOT NULL CHECK (version >= 1),
    PRIMARY KEY (assignment_id, code)
);

-- To an organisation, never to a person.
CREATE TABLE introduction (
    introduction_id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL REFERENCES lead,
    partner_kind text NOT NULL,
    partner_name text NOT NULL,
    made_on date NOT NULL,
    outcome text NOT NULL,
    version integer NOT NULL CHECK (version >= 1)
);
CREATE INDEX introduction_of_assignment ON introduction (assignment_id);

-- Figures as JSON, by what they count; year 0 is what the project began with.
CREATE TABLE impact (
    assignment_id uuid NOT NULL REFERENCES lead,
    year integer NOT NULL CHECK (year >= 0),
    figures text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    PRIMARY KEY (assignment_id, year)
);
