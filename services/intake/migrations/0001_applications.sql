-- Applications, each version of them as it was received, and the keys under which they may be duplicates.

CREATE TABLE application (
    id uuid PRIMARY KEY,
    track text NOT NULL CHECK (track IN ('implantation', 'contest')),
    edition text NOT NULL,
    rules_version text NOT NULL,
    state text NOT NULL CHECK (state IN ('registered', 'rejected', 'correction-requested', 'withdrawn')),
    version integer NOT NULL CHECK (version > 0),
    lead_id uuid NOT NULL,
    project_key text NOT NULL,
    organisation_name text NOT NULL,
    siren text,
    rna text,
    commune text,
    identified_by text NOT NULL CHECK (identified_by IN ('siren', 'rna', 'name-and-commune')),
    project_title text NOT NULL,
    flags text NOT NULL,
    source text NOT NULL,
    said_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    ended_from text CHECK (ended_from IN ('registered', 'rejected', 'correction-requested'))
);

-- The id is last so that the first few holders of a key are read in order, however many it has.
CREATE INDEX application_by_project ON application (edition, project_key, id);
-- For erasures, which name a person and no application.
CREATE INDEX application_by_lead ON application (lead_id);

COMMENT ON TABLE application IS
    'Applications as they stand. Names, titles, numbers and keys are empty once their lead asked to be forgotten.';
COMMENT ON COLUMN application.source IS 'The form that introduced it: no other may speak of it.';
COMMENT ON COLUMN application.said_at IS
    'When the form was sent that it says: what was said before an erasure is forgotten, what came after it is not.';
COMMENT ON COLUMN application.ended_from IS
    'The state in which an erasure ended it: forms that were sent before and are read later go on from there.';

CREATE TABLE organisation_key (
    key text NOT NULL,
    application_id uuid NOT NULL,
    lead_id uuid NOT NULL,
    said_at timestamptz NOT NULL,
    -- The id is last so that the first few holders of a key are read in order, however many it has.
    PRIMARY KEY (key, application_id)
);
CREATE INDEX organisation_key_by_application ON organisation_key (application_id);
-- For erasures, which name a person and no organisation.
CREATE INDEX organisation_key_by_lead ON organisation_key (lead_id);

COMMENT ON TABLE organisation_key IS
    'By what organisations may be found to apply twice: SIREN, RNA, folded name and commune, of every version. Each is '
    'forgotten with the lead whose form said it last.';

-- Personal data: `payload` is the whole form, empty once its lead was erased.
CREATE TABLE application_version (
    application_id uuid NOT NULL,
    version integer NOT NULL CHECK (version > 0),
    event_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    payload bytea NOT NULL,
    answers text NOT NULL,
    lead_id uuid NOT NULL,
    PRIMARY KEY (application_id, version)
);
-- For erasures, which name a person and no application.
CREATE INDEX application_version_by_lead ON application_version (lead_id);

CREATE TABLE lead (
    person_id uuid PRIMARY KEY,
    source text,
    reached_at timestamptz,
    withdrawn_until timestamptz
);

COMMENT ON TABLE lead IS
    'Persons as leads: ids and times. An erasure leaves the row, or another form could bring in somebody under the id.';
COMMENT ON COLUMN lead.source IS 'The form that introduced them: no other may name them. Null: none has yet.';
COMMENT ON COLUMN lead.reached_at IS
    'When the form was sent that says how to reach them, as it is on contacts.v1. Null: nothing is there.';
COMMENT ON COLUMN lead.withdrawn_until IS
    'They asked to be forgotten and that their applications be withdrawn: those sent until then, whenever they are read.';

CREATE TABLE confirmation (
    person_id uuid NOT NULL,
    requested_at timestamptz NOT NULL,
    service text NOT NULL,
    removed text NOT NULL,
    PRIMARY KEY (person_id, requested_at, service)
);

COMMENT ON TABLE confirmation IS
    'Which service has forgotten whom: once all have, intake says so. Kept, so that it says so once.';
COMMENT ON COLUMN confirmation.removed IS 'JSON: how much of what; no content.';
