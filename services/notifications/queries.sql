-- name: fetch_keys
SELECT matter_id, recipient_id, kind, occasion FROM follow_up WHERE matter_id = ANY($1::uuid[])

-- name: lock_open
-- Locked in the order of their ids, as everywhere, so that no two transactions wait for each other.
SELECT id, matter_id, recipient_id, kind, occasion, matter_version, state, version, in_doubt
FROM follow_up
WHERE matter_id = ANY($1::uuid[]) AND state IN ('scheduled', 'sending') AND settled IS NULL
ORDER BY id
FOR UPDATE

-- name: plan
INSERT INTO follow_up
       (id, lane, kind, recipient_id, counterpart_id, matter_id, matter_version, occasion, correlation_id,
        parameters, due_at, next_attempt_at, state, version, settled, application_id)
SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[], $4::uuid[], $5::uuid[], $6::uuid[], $7::integer[],
                     $8::text[], $9::uuid[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::text[],
                     $14::integer[], $15::text[], $16::uuid[])

-- name: settle
-- What is being sent keeps its claim: it is cancelled if the attempt fails. What stays scheduled is due at once, so that
-- the next portion of its lane cancels it and says so.
UPDATE follow_up
SET state = change.state, version = change.version, settled = change.reason,
    next_attempt_at = CASE WHEN change.state = 'scheduled' THEN '-infinity' ELSE next_attempt_at END
FROM unnest($1::uuid[], $2::text[], $3::integer[], $4::text[]) AS change (id, state, version, reason)
WHERE follow_up.id = change.id

-- name: erase_contacts
DELETE FROM contact WHERE person_id = ANY($1::uuid[])

-- name: settle_erased
-- Due at once, so that the next portion of each lane cancels them and says so.
WITH erased AS (
    SELECT id FROM follow_up
    WHERE (recipient_id = ANY($1::uuid[]) OR counterpart_id = ANY($1::uuid[])) AND state IN ('scheduled', 'sending')
    ORDER BY id
    FOR UPDATE
)
UPDATE follow_up
SET settled = coalesce(settled, 'contact-erased'),
    next_attempt_at = CASE WHEN state = 'scheduled' THEN '-infinity' ELSE next_attempt_at END
FROM erased
WHERE follow_up.id = erased.id

-- name: forget_content
-- Of every state: what is still scheduled is settled, and never written.
UPDATE follow_up SET parameters = '{}' WHERE recipient_id = ANY($1::uuid[]) AND parameters <> '{}'

-- name: purge
-- Once an hour: a scan costs less than an index that every mail is entered in.
WITH old AS (
    SELECT id FROM follow_up
    WHERE state IN ('sent', 'cancelled', 'failed') AND parameters <> '{}' AND coalesce(sent_at, due_at) < $1
    ORDER BY id
    LIMIT $2
    FOR UPDATE SKIP LOCKED
)
UPDATE follow_up SET parameters = '{}' FROM old WHERE follow_up.id = old.id

-- name: keep_recusals
INSERT INTO recusal (person_id, application_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT DO NOTHING

-- name: keep_contacts
INSERT INTO contact AS kept (person_id, name, email, language, updated_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
ON CONFLICT (person_id) DO UPDATE
SET name = excluded.name, email = excluded.email, language = excluded.language, updated_at = excluded.updated_at,
    undeliverable = CASE WHEN kept.email = excluded.email THEN kept.undeliverable END
WHERE kept.updated_at <= excluded.updated_at

-- name: wake_waiting
-- What waited for one of these contacts is due as planned; nothing else has a later time without an attempt.
WITH waiting AS (
    SELECT id FROM follow_up
    WHERE (recipient_id = ANY($1::uuid[]) OR counterpart_id = ANY($1::uuid[]))
      AND state = 'scheduled' AND attempts = 0 AND next_attempt_at > due_at
    ORDER BY id
    FOR UPDATE
)
UPDATE follow_up SET next_attempt_at = due_at FROM waiting WHERE follow_up.id = waiting.id

-- name: claim_due
-- Its plan went out on the lane of the event that caused it, and what comes of it goes out on the duty's: only
-- once the broker has the first may there be a second. A claim that ended without a result leaves its row due again,
-- still `sending`: then a mail may have left. What is for one person's digest ($11) is taken whole.
-- What nobody can be reached for is put off, so that it does not stand in the way of what can be sent: for
-- longer the longer it is overdue, since a contact that arrives while this runs can't wake what it can't see.
-- What is not urgent ($6, or an operator's word) leaves in open hours ($7). Of it, digests apart ($10), a person gets $8 in
-- any seven days: the one in turn waits until so many of those before it are older. All of a person's mail is in one
-- lane, so nobody else counts.
WITH picked AS MATERIALIZED (
    SELECT id
    FROM follow_up
    WHERE lane = $1 AND state IN ('scheduled', 'sending') AND next_attempt_at <= $2
      AND ($7 OR settled IS NOT NULL OR kind = ANY($6::text[]) OR requested = 'send-now')
      AND id::text NOT IN (SELECT key FROM unpublished)
    ORDER BY next_attempt_at, recipient_id, CASE WHEN kind <> ALL($11::text[]) THEN id END
    FETCH FIRST $3 ROWS WITH TIES
), due AS MATERIALIZED (
    SELECT id, recipient_id, counterpart_id, application_id, settled, next_attempt_at,
           kind = ANY($10::text[]) OR requested IS NOT DISTINCT FROM 'send-now' AS uncounted,
           kind = ANY($9::text[]) AS optional
    FROM follow_up
    WHERE id IN (SELECT id FROM picked) AND state IN ('scheduled', 'sending') AND next_attempt_at <= $2
    FOR UPDATE SKIP LOCKED
), reached AS MATERIALIZED (
    SELECT due.id, due.recipient_id, due.next_attempt_at, unwanted,
           uncounted OR settled IS NOT NULL OR unwanted IS NOT NULL AS uncounted,
           recipient.name, recipient.email, recipient.language, recipient.undeliverable,
           counterpart.name AS counterpart_name, counterpart.email AS counterpart_email,
           settled IS NOT NULL OR unwanted IS NOT NULL
           OR recipient.person_id IS NOT NULL
           AND (counterpart_id IS NULL OR counterpart.person_id IS NOT NULL) AS ready
    FROM due
    LEFT JOIN contact AS recipient ON recipient.person_id = recipient_id
    CROSS JOIN LATERAL (
        SELECT CASE
                   WHEN EXISTS (
                       SELECT FROM recusal
                       WHERE recusal.person_id = recipient_id AND recusal.application_id = due.application_id
                   ) THEN 'recused'
                   WHEN recipient.unsubscribed_at IS NOT NULL AND due.optional THEN 'unsubscribed'
               END AS unwanted
    ) AS choice
    LEFT JOIN contact AS counterpart ON counterpart.person_id = counterpart_id
), in_turn AS MATERIALIZED (
    SELECT reached.*,
           row_number() OVER (PARTITION BY recipient_id, uncounted OR NOT ready ORDER BY next_attempt_at, id) AS turn
    FROM reached
), allowed AS MATERIALIZED (
    SELECT in_turn.*,
           CASE
               WHEN uncounted OR NOT ready THEN NULL
               WHEN turn > $8 THEN $2::timestamptz + interval '7 days'
               ELSE (
                   SELECT at + interval '7 days'
                   FROM (
                       SELECT sent_at AS at
                       FROM follow_up AS recent
                       WHERE recent.recipient_id = in_turn.recipient_id AND recent.state = 'sent'
                         AND sent_at > $2::timestamptz - interval '7 days' AND recent.kind <> ALL($10::text[])
                       UNION ALL
                       SELECT $2::timestamptz
                       FROM follow_up AS recent
                       WHERE recent.recipient_id = in_turn.recipient_id AND recent.state = 'sending'
                         AND recent.kind <> ALL($10::text[]) AND recent.id NOT IN (SELECT id FROM due)
                   ) AS counted
                   ORDER BY at DESC
                   OFFSET $8 - turn
                   LIMIT 1
               )
           END AS not_before
    FROM in_turn
)
UPDATE follow_up
SET state = CASE WHEN ready AND not_before IS NULL THEN 'sending' ELSE state END,
    settled = coalesce(settled, unwanted),
    attempts = attempts + (ready AND not_before IS NULL)::integer,
    in_doubt = in_doubt OR (ready AND not_before IS NULL AND state = 'sending'),
    next_attempt_at = CASE
        WHEN not_before IS NOT NULL THEN not_before
        WHEN ready THEN $4::timestamptz
        ELSE least($5::timestamptz, $2::timestamptz + greatest(interval '1 second', ($2::timestamptz - due_at) / 2))
    END
FROM allowed
WHERE follow_up.id = allowed.id
RETURNING ready AND not_before IS NULL AS ready, undeliverable, follow_up.recipient_id, follow_up.id, kind, matter_id, parameters, attempts, settled,
          name, email, language, counterpart_name, counterpart_email

-- name: unsubscribe
UPDATE contact SET unsubscribed_at = $2::timestamptz WHERE person_id = $1

-- name: mark_undeliverable
-- Unless the person has another address by now.
UPDATE contact
SET undeliverable = refused.reason
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS refused (id, email, reason)
JOIN follow_up ON follow_up.id = refused.id
WHERE contact.person_id = recipient_id AND contact.email = refused.email

-- name: record_outcomes
-- Only the claim that made an outcome may record it: each claim counts one attempt more.
WITH held AS MATERIALIZED (
    SELECT id FROM follow_up WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE
)
UPDATE follow_up
SET state = CASE WHEN outcome.state = 'scheduled' AND settled IS NOT NULL THEN 'cancelled' ELSE outcome.state END,
    version = version + CASE WHEN outcome.state = 'scheduled' AND settled IS NULL THEN 0 ELSE 1 END,
    in_doubt = follow_up.in_doubt OR outcome.in_doubt,
    next_attempt_at = outcome.next_attempt_at,
    message_id = CASE WHEN outcome.state = 'sent' THEN outcome.message_id END,
    sent_at = CASE WHEN outcome.state = 'sent' THEN $7::timestamptz END
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::boolean[], $5::timestamptz[], $6::text[])
     AS outcome (id, attempts, state, in_doubt, next_attempt_at, message_id)
JOIN held ON held.id = outcome.id
WHERE follow_up.id = outcome.id AND follow_up.state = 'sending' AND follow_up.attempts = outcome.attempts
RETURNING follow_up.id, matter_id, recipient_id, kind, occasion, matter_version, follow_up.state, version,
          follow_up.attempts, follow_up.in_doubt, settled, correlation_id, due_at, counterpart_id, application_id, parameters

-- name: fetch_offer
-- What the mails of an offer said of it; nothing once that was forgotten.
SELECT parameters FROM follow_up WHERE matter_id = $1 AND kind IN ('pair-offer', 'pair-offer-to-lead') LIMIT 1
