-- Mails that had left before the database was restored to an earlier time, as `follow-ups.v1` tells. Their follow-ups fall
-- due once more, and are told as sent without a second mail.
CREATE TABLE departed_mail (
    follow_up_id uuid PRIMARY KEY,
    message_id text NOT NULL,
    told_at timestamptz NOT NULL        -- when Kafka was told that it had left
);
