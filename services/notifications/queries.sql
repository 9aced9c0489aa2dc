-- Connections keep the plans that they made while the tables were empty. So what is looked up by ids is looked up once
-- an id (LATERAL … OFFSET 0), which leaves the planner nothing but the index, and what is changed is found that way
-- first and changed by its place (ctid). A row that another transaction has changed meanwhile is then not found at its
-- place: either it was locked by the statement before, or the number of rows that come back says so.

-- name: fetch_planned
-- All that was ever planned about some matters: to know it again, and to settle what is open.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, state, attempts, in_doubt, settled
    FROM follow_up
    WHERE follow_up.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: fetch_series
-- The series about some matters: to know them again, and to settle what is to come. A table of their own keeps what
-- is due in years out of the index of what is due.
SELECT known.*
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS matter (id, first, last)
CROSS JOIN LATERAL (
    SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
           settled
    FROM series
    WHERE series.id BETWEEN matter.first AND matter.last AND matter_id = matter.id
    OFFSET 0
) AS known

-- name: settle
-- Only what is as it was read: a sender may have claimed it, or recorded what came of it.
UPDATE follow_up
SET state = found.state, settled = found.reason, waits_for = NULL
FROM (
    SELECT change.state, change.reason, row.place
    FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[], $5::text[])
         AS change (id, before, attempts, state, reason)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up
        WHERE follow_up.id = change.id AND follow_up.state = change.before AND follow_up.attempts = change.attempts
          AND settled IS NULL
        OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place

-- name: move_series_on
-- Only what is as it was read: a part of it may have fallen due, or have been settled.
UPDATE series
SET occasions = found.occasions, next_due_at = found.next_due_at,
    parameters = CASE WHEN found.next_due_at IS NULL THEN '{}' ELSE parameters END
FROM (
    SELECT change.occasions, change.next_due_at, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[]) AS change (id, before, occasions, next_due_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM series
        WHERE series.id = change.id AND series.occasions = change.before
        OFFSET 0
    ) AS row
) AS found
WHERE series.ctid = found.place

-- name: fetch_contacts
-- How some people are reached, as far as that is known.
SELECT known.*
FROM unnest($1::uuid[]) AS person (id)
CROSS JOIN LATERAL (
    SELECT person_id, name, email, language, updated_at, undeliverable, unsubscribed_at
    FROM contact WHERE person_id = person.id
    OFFSET 0
) AS known

-- name: change_contacts
-- Unless what is there is newer. What was said of an address holds as long as the address does; what a person chose
-- (unsubscribed_at) holds whatever the address.
UPDATE contact
SET name = found.name, email = found.email, language = found.language, updated_at = found.updated_at,
    undeliverable = CASE WHEN contact.email = found.email THEN undeliverable END
FROM (
    SELECT change.*, row.place
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
         AS change (person_id, name, email, language, updated_at)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM contact
        WHERE contact.person_id = change.person_id AND contact.updated_at <= change.updated_at
        OFFSET 0
    ) AS row
) AS found
WHERE contact.ctid = found.place

-- name: wake_waiting
-- What waited for one of these contacts is due as planned. What another transaction holds it has just looked at: it is
-- looked at again in a while.
UPDATE follow_up
SET next_attempt_at = due_at, waits_for = NULL
FROM (
    SELECT row.place
    FROM unnest($1::uuid[]) AS person (id)
    CROSS JOIN LATERAL (
        SELECT ctid AS place FROM follow_up WHERE waits_for = person.id FOR UPDATE SKIP LOCKED OFFSET 0
    ) AS row
) AS found
WHERE follow_up.ctid = found.place
RETURNING lane, due_at

-- name: keep_recusals
-- Who abstains from which file. They say so more than once, and it is true for ever.
INSERT INTO recusal (person_id, application_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT DO NOTHING

-- name: erase_contacts
-- The name and the address, and with them why nothing could be delivered and what the person chose.
DELETE FROM contact WHERE person_id = ANY($1::uuid[])

-- name: erase_follow_ups
-- A scan, as also of series: erasures name a person and no matter, and are few; an index that every mail is entered in
-- three times would cost more. What is open is due at once, so that its lane cancels it and says so.
WITH erased AS MATERIALIZED (
    SELECT id FROM follow_up
    WHERE recipient_id = ANY($1::uuid[]) AND (parameters <> '{}' OR state IN ('scheduled', 'sending'))
       OR counterpart_id = ANY($1::uuid[]) AND state IN ('scheduled', 'sending')
    ORDER BY id
    FOR UPDATE
)
UPDATE follow_up
SET parameters = CASE WHEN recipient_id = ANY($1::uuid[]) THEN '{}' ELSE parameters END,
    settled = CASE WHEN state IN ('scheduled', 'sending') THEN coalesce(settled, 'contact-erased') ELSE settled END,
    next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END,
    waits_for = NULL
FROM erased
WHERE follow_up.id = erased.id
RETURNING lane

-- name: erase_series
-- Due at once as well, so that the lane cancels each part of it and says so.
WITH erased AS MATERIALIZED (
    SELECT id FROM series WHERE recipient_id = ANY($1::uuid[]) AND next_due_at IS NOT NULL ORDER BY id FOR UPDATE
)
UPDATE series
SET parameters = '{}', settled = coalesce(settled, 'contact-erased'), next_due_at = 'epoch'
FROM erased
WHERE series.id = erased.id
RETURNING lane
