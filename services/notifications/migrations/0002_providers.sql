-- What a provider of mail has refused for our fault, whoever it was for, since it last took a mail: hardly any has a row.
CREATE TABLE provider (
    domain text PRIMARY KEY,
    people uuid[] NOT NULL,             -- to whom, as many as make it a matter of the provider
    pauses integer NOT NULL,
    refused_at timestamptz NOT NULL,
    paused_until timestamptz,           -- nothing is sent to it until then
    by_report boolean NOT NULL          -- said by a report: that a server takes our mail says nothing of the provider
);
