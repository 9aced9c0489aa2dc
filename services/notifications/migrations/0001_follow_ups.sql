-- How to reach a person. The telephone is published too, but nothing here would use it.
CREATE TABLE contact (
    person_id uuid PRIMARY KEY,
    name text NOT NULL,
    email text NOT NULL,
    language text NOT NULL CHECK (language IN ('fr', 'en')),
    updated_at timestamptz NOT NULL,
    undeliverable text,                 -- why nothing can be delivered to this address
    unsubscribed_at timestamptz         -- since when they want no optional mail
);

-- Who abstains from which file: nothing about it is sent to them.
CREATE TABLE recusal (
    person_id uuid,
    application_id uuid,
    PRIMARY KEY (person_id, application_id)
);

-- One row per recipient and matter, for ever: what was once planned is never planned again.
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
    parameters text NOT NULL,           -- JSON: what the text needs besides names and addresses
    due_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'scheduled'
        CHECK (state IN ('scheduled', 'sending', 'sent', 'cancelled', 'failed')),
    version integer NOT NULL DEFAULT 1, -- how many of its events were published
    settled text,                       -- why it must no longer be sent
    next_attempt_at timestamptz NOT NULL, -- while it is being sent: when its claim ends
    attempts integer NOT NULL DEFAULT 0,
    in_doubt boolean NOT NULL DEFAULT false,
    message_id text,
    sent_at timestamptz,
    bounced text,                       -- the enhanced status code of a report that it could not be delivered
    -- What an operator asked for last: to cancel it, or to send it at once.
    requested text CHECK (requested IN ('cancel', 'send-now')),
    requested_by text,
    requested_why text,
    CONSTRAINT follow_up_planned_once UNIQUE (matter_id, recipient_id, kind, occasion),
    CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);

CREATE INDEX follow_up_due ON follow_up (lane, next_attempt_at) WHERE state IN ('scheduled', 'sending');
-- For what a person was sent of late.
CREATE INDEX follow_up_sent_to ON follow_up (recipient_id, sent_at) WHERE state = 'sent';
-- For erasures, which name a person and no matter.
CREATE INDEX follow_up_open_recipient ON follow_up (recipient_id) WHERE state IN ('scheduled', 'sending');
CREATE INDEX follow_up_open_counterpart ON follow_up (counterpart_id)
    WHERE state IN ('scheduled', 'sending') AND counterpart_id IS NOT NULL;
