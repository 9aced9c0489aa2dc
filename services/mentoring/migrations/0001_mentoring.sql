-- Mentors, leads, pairs and recusals. No name or address: those are published as contacts and kept elsewhere.
-- One replica at a time writes here, and keeps what is alive in memory: so nothing is locked, what falls due needs no
-- index, and no row refers to another by a foreign key (4 µs a row): the writer makes none whose lead or pair it does
-- not know, and deletes none.

CREATE TABLE mentor (
    mentor_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    -- Which form introduced them: no other's word about them counts.
    source text NOT NULL,
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
    -- When what they said last was sent: what was said before they asked to be forgotten goes, what came after stays.
    told_at timestamptz NOT NULL,
    -- When they can take another pair, where that is a matter of time; nothing once it was looked at.
    reopens_at timestamptz,
    -- As JSON: their line manager, what their form claims, and what was asked last of whom; ids and days.
    clearances text NOT NULL
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
    state text NOT NULL CHECK (state IN ('held', 'waiting', 'paired', 'sharing', 'released', 'stopped')),
    told boolean NOT NULL,
    passed uuid[] NOT NULL
);
-- For erasures, which name a person and no assignment: also of those that ended long ago.
CREATE INDEX lead_by_person ON lead (lead_id);

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
    -- An offer made late, after an outage, is open as long as any other.
    recorded_at timestamptz NOT NULL,
    open boolean NOT NULL GENERATED ALWAYS AS (state NOT IN ('declined', 'expired', 'ended')) STORED
);
-- The open ones are read when a writer begins; that a lead has one at most is the last thing to hold, whatever wrote.
CREATE UNIQUE INDEX pair_one_open_for_a_lead ON pair (assignment_id) WHERE open;
-- Answers change what no index has: room on the page keeps those changes off the indexes.
ALTER TABLE pair SET (fillfactor = 70);

CREATE TABLE recusal (
    application_id uuid NOT NULL,
    mentor_id uuid NOT NULL,
    declared_at timestamptz NOT NULL,
    PRIMARY KEY (application_id, mentor_id)
);

-- When and how long, never what was said.
CREATE TABLE meeting (
    meeting_id uuid PRIMARY KEY,
    pair_id uuid NOT NULL,
    held_on date NOT NULL,
    minutes integer NOT NULL CHECK (minutes >= 1),
    obstacle_id uuid,
    next_step text
);

CREATE TABLE obstacle (
    obstacle_id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL,
    kind text NOT NULL,
    service text NOT NULL,
    opened_at timestamptz NOT NULL,
    due_at timestamptz,
    state text NOT NULL CHECK (state IN ('opened', 'taken', 'escalated', 'lifted', 'abandoned')),
    level integer NOT NULL CHECK (level >= 0),
    reason text CHECK (reason IS NOT NULL OR state <> 'abandoned'),
    version integer NOT NULL CHECK (version >= 1),
    authors uuid[] NOT NULL             -- who may have written what it is, while descriptions.v1 says it
);

-- An action has no row until something changed it: it is planned.
CREATE TABLE support_action (
    assignment_id uuid NOT NULL,
    code text NOT NULL,
    state text NOT NULL CHECK (state IN ('planned', 'started', 'finished', 'dropped')),
    reason text CHECK (reason IS NOT NULL OR state <> 'dropped'),
    version integer NOT NULL CHECK (version >= 1),
    PRIMARY KEY (assignment_id, code)
);

-- To an organisation, never to a person.
CREATE TABLE introduction (
    introduction_id uuid PRIMARY KEY,
    assignment_id uuid NOT NULL,
    partner_kind text NOT NULL,
    partner_name text NOT NULL,
    made_on date NOT NULL,
    outcome text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    -- Who wrote the partner's name, which is forgotten with them: lead, mentor or officer, and their id until then.
    reported_by text NOT NULL
);
-- For the list of support plans that operators ask for.
CREATE INDEX introduction_of_assignment ON introduction (assignment_id);
-- For erasures.
CREATE INDEX introduction_by_reporter ON introduction (reported_by);

-- Figures as JSON, by what they count; year 0 is what the project began with.
CREATE TABLE impact (
    assignment_id uuid NOT NULL,
    year integer NOT NULL CHECK (year >= 0),
    figures text NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    PRIMARY KEY (assignment_id, year)
);
