-- How to reach a person in a role. No mail needs the telephone: it is shown to who has said why they look.
CREATE TABLE contact (
    contact_id uuid PRIMARY KEY,
    person_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('lead', 'mentor', 'owner', 'line-manager')),
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL CHECK (language IN ('fr', 'en')),
    said_at timestamptz NOT NULL,       -- by the event that said so, to tell what an erasure covers
    undeliverable text,                 -- why nothing can be delivered to this address
    unsubscribed_at timestamptz,        -- since when they want no optional mail
    former_email text,                  -- what was trusted last, while the other waits to be confirmed
    former_undeliverable text,
    former_said_at timestamptz,
    change_id uuid,                     -- the change that waits
    telephone text,
    work text,                          -- of a mentor, for those whom they are offered to: what they do and know, as JSON
    CHECK ((former_email IS NULL) = (change_id IS NULL)),
    CHECK (former_undeliverable IS NULL OR former_email IS NOT NULL)
);

-- Changes of address, and how each was decided: no addresses, so that it stays when the person is forgotten.
CREATE TABLE address_change (
    id uuid PRIMARY KEY,
    contact_id uuid NOT NULL,
    person_id uuid NOT NULL,
    role text NOT NULL,
    said_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'confirmed', 'replaced')),
    decided_at timestamptz,
    decided_by text,                    -- `link`, or the operator
    decided_why text
);

-- What was written of obstacles that are in the way, for who is to lift them.
CREATE TABLE description (
    matter_id uuid PRIMARY KEY,         -- an obstacle, or an application
    authors uuid[] NOT NULL,            -- who may have written it
    words text NOT NULL,                -- JSON: what texts say, by the name of the parameter
    said_at timestamptz NOT NULL,       -- by the event that said so, to tell what an erasure covers
    until timestamptz                   -- when it is dropped, once it was taken back: mail about that still shows it
);

-- Who abstains from which file: nothing about it is sent to them.
CREATE TABLE recusal (
    person_id uuid,
    application_id uuid,
    PRIMARY KEY (person_id, application_id)
);

-- One row per recipient, matter, kind and occasion, for ever: what was once planned is never planned again. The id is
-- made of these four, so that the primary key is what makes them unique, and begins with half of the matter's id, so
-- that it also finds all of a matter: no other index of the hot path is needed but the one of what is due.
CREATE TABLE follow_up (
    id uuid PRIMARY KEY,
    lane smallint NOT NULL,
    kind text NOT NULL,
    recipient_id uuid NOT NULL,
    counterpart_id uuid,                -- whom the mail introduces, if anyone
    matter_id uuid NOT NULL,
    application_id uuid NOT NULL,       -- the file that the matter belongs to
    matter_version integer NOT NULL,    -- the matter's version that planned it: only a later one settles it
    occasion text NOT NULL,
    correlation_id uuid NOT NULL,
    caused_at timestamptz NOT NULL,     -- when the event was that planned it, to tell what an erasure covers
    words_of uuid,                      -- the lead, where the parameters hold what they wrote
    parameters text NOT NULL,           -- JSON: what the text needs besides names and addresses
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'scheduled'
        CHECK (state IN ('scheduled', 'sending', 'sent', 'cancelled', 'failed')),
    settled text,                       -- why it must no longer be sent
    next_attempt_at timestamptz NOT NULL, -- while it is being sent: when its claim ends
    waits_for uuid,                     -- whose contact is missing, or what was written of what
    attempts integer NOT NULL DEFAULT 0,
    in_doubt boolean NOT NULL DEFAULT false,
    message_id text,
    sent_at timestamptz,
    counted boolean NOT NULL DEFAULT false, -- sent, and among what a person gets only so much of in a week
    bounced text,                       -- the enhanced status code of a report that it could not be delivered
    -- What an operator asked for last: to cancel it, or to send it at once.
    requested text CHECK (requested IN ('cancel', 'send-now')),
    requested_by text,
    requested_why text,
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

-- In the order in which it is taken: a thousand that are due at the same ten o'clock are not sorted for each portion.
CREATE INDEX follow_up_due ON follow_up (lane, next_attempt_at, recipient_id) WHERE state IN ('scheduled', 'sending');
-- For what a person was sent of late. Most mail answers what somebody did, is not counted and not in here.
CREATE INDEX follow_up_counted ON follow_up (recipient_id, sent_at) WHERE counted;
-- For a contact or a description that arrives; hardly anything waits for one, so it costs nothing.
CREATE INDEX follow_up_waits_for ON follow_up (waits_for) WHERE waits_for IS NOT NULL;

-- What one event plans for one person over the years: one row until the next of it falls due and gets its own.
CREATE TABLE series (
    id uuid PRIMARY KEY,                -- made as a follow-up's is, and kept for ever as they are
    lane smallint NOT NULL,
    planned_by text NOT NULL,
    recipient_id uuid NOT NULL,
    matter_id uuid NOT NULL,
    application_id uuid NOT NULL,
    matter_version integer NOT NULL,
    correlation_id uuid NOT NULL,
    caused_at timestamptz NOT NULL,
    words_of uuid,
    parameters text NOT NULL,           -- of each follow-up; emptied with the last one
    occasions text NOT NULL,            -- JSON: the kinds to come and when each is due, the first due first
    next_due_at timestamptz,            -- null once nothing is to come
    settled text,                       -- why nothing more of it must be sent
    occasion text NOT NULL              -- of its follow-ups: empty but where it came back to somebody
);

CREATE INDEX series_due ON series (lane, next_due_at) WHERE next_due_at IS NOT NULL;

-- What became of each pair that was offered: what whoever opens a link of the offer is told.
CREATE TABLE offer (
    pair_id uuid PRIMARY KEY,
    lead_id uuid NOT NULL,
    mentor_person_id uuid NOT NULL,
    offered_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'declined', 'expired', 'active', 'ended')),
    version integer NOT NULL,
    lead_accepted boolean NOT NULL,
    mentor_accepted boolean NOT NULL
);

-- What each party of an offer answered by the link of its mail: the first answer stands.
CREATE TABLE answer (
    pair_id uuid,
    party text CHECK (party IN ('mentor', 'lead')),
    person_id uuid,                     -- whose link it was: another may be this party by now
    answer text NOT NULL CHECK (answer IN ('accept', 'decline')),
    reason text,
    answered_at timestamptz NOT NULL,
    is_passed_on boolean NOT NULL DEFAULT false, -- whether Kafka has it
    is_refused boolean NOT NULL DEFAULT false,
    PRIMARY KEY (pair_id, party, person_id)
);

-- What became of each clearance of a mentor that somebody was asked for, and what they answered by the link of its mail:
-- the first answer stands.
CREATE TABLE clearance (
    clearance_id uuid PRIMARY KEY,
    mentor_id uuid NOT NULL,
    mentor_person_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('line-manager', 'ethics')),
    asked_of uuid NOT NULL,
    asked_at timestamptz NOT NULL,
    proposed_until date,
    state text NOT NULL CHECK (state IN ('asked', 'given', 'refused', 'dropped')),
    version integer NOT NULL,
    answer text CHECK (answer IN ('give', 'refuse')),
    until date,
    answered_at timestamptz CHECK ((answered_at IS NULL) = (answer IS NULL)),
    is_passed_on boolean NOT NULL DEFAULT false, -- whether Kafka has the answer
    is_refused boolean NOT NULL DEFAULT false
);
