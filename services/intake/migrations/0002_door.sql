-- What forms sent over HTTP: who sent which message, so that it has one effect however often it is sent.

CREATE TABLE door_message (
    form text NOT NULL,
    message_id text NOT NULL,
    digest bytea NOT NULL,
    application_id uuid NOT NULL,
    received_at timestamptz NOT NULL,
    published boolean NOT NULL DEFAULT false,
    PRIMARY KEY (form, message_id)
);

CREATE INDEX door_message_by_application ON door_message (application_id);
CREATE INDEX door_message_by_time ON door_message (received_at);

COMMENT ON TABLE door_message IS
    'Messages that came over HTTP, for as long as their senders may send them again. No content: `digest` is '
    'the SHA-256 of the body.';
