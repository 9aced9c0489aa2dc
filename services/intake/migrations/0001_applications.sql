-- Applications, each version of them as it was received, and the keys under which they may be duplicates.

CREATE TABLE application (
    id uuid PRIMARY KEY,
    track text NOT NULL CHECK (track IN ('implantation', 'contest')),
    edition text NOT NULL,
    rules_version text NOT NULL,
    state text NOT NULL CHECK (state IN ('registered', 'rejected', 'correction-requested', 'withdrawn')),
    version integer NOT NULL CHECK (version > 0),
    lead_id uuid NOT NULL,
    organisation_key text NOT NULL,
    project_key text NOT NULL,
    organisation_name text NOT NULL,
    siren text,
    rna text,
    commune text,
    identified_by text NOT NULL CHECK (identified_by IN ('siren', 'rna', 'name-and-commune')),
    project_title text NOT NULL,
    flags text NOT NULL,
    changed_at timestamptz NOT NULL
);

-- The id is last so that the first few holders of a key are read in order, however many it has.
CREATE INDEX application_by_organisation ON application (edition, organisation_key, id);
CREATE INDEX application_by_project ON application (edition, project_key, id);

-- Personal data: `payload` is the whole form, empty once its lead was erased. Flags raised with a version take the number after it.
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

-- Who asked to be forgotten, and when: what they wrote before may be read later, at the latest when intake is built
-- anew from its topics. An id that leads nowhere is all that is kept.
CREATE TABLE erasure (
    person_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
