-- What operators ask and decide, on a connection with the service's schema as its search path. They are people: a scan
-- is fast enough for them, and an index for them would cost every mail.

-- name: list_follow_ups
-- Those that meet a filter; what is null is not asked for. The last one keeps what is due and misses a contact, of the
-- recipient or of whom the mail introduces.
SELECT id, kind, state, recipient_id, counterpart_id, matter_id, due_at, next_attempt_at, attempts, in_doubt, settled,
       sent_at, bounced, message_id, requested, requested_by, requested_why
FROM follow_up
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
  AND ($3::uuid IS NULL OR recipient_id = $3) AND ($4::uuid IS NULL OR matter_id = $4) AND due_at <= $5
  AND (NOT $6 OR state = 'scheduled' AND due_at <= now() AND EXISTS (
      SELECT FROM unnest(ARRAY[recipient_id, counterpart_id]) AS named
      WHERE named IS NOT NULL AND named NOT IN (SELECT person_id FROM contact)))

-- name: list_series
-- Those of which something is to come, of a person or a matter where one is given.
SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
       settled
FROM series
WHERE next_due_at IS NOT NULL AND ($1::uuid IS NULL OR recipient_id = $1) AND ($2::uuid IS NULL OR matter_id = $2)

-- name: show_follow_up
-- All that is known of one, but what it says.
SELECT id, kind, state, recipient_id, counterpart_id, matter_id, due_at, next_attempt_at, attempts, in_doubt, settled,
       sent_at, bounced, message_id, requested, requested_by, requested_why
FROM follow_up
WHERE id = $1

-- name: fetch_series_beside
-- The series about the matter of a follow-up that has no row yet: the ids of all that is planned about it begin alike.
SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
       settled
FROM series
WHERE id BETWEEN $1 AND $2 AND next_due_at IS NOT NULL

-- name: cancel
-- Due at once, so that the next portion of its lane cancels it and says so: only the service publishes. One that is
-- being sent is at its last attempt.
UPDATE follow_up
SET settled = coalesce(settled, 'cancelled-by-operator'), requested = 'cancel', requested_by = $2, requested_why = $3,
    waits_for = NULL, next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END
WHERE id = $1 AND state IN ('scheduled', 'sending')

-- name: send_now
-- Due before all else of its lane, at any hour and however much the person gets.
UPDATE follow_up
SET requested = 'send-now', requested_by = $2, requested_why = $3, waits_for = NULL, next_attempt_at = 'epoch'
WHERE id = $1 AND state = 'scheduled' AND settled IS NULL

-- name: mark_bounced
-- That a mail which had left came back, and to whom it was.
UPDATE follow_up SET bounced = $2 WHERE id = $1 AND state = 'sent' RETURNING recipient_id

-- name: fetch_email
-- Where a mail to a person goes now.
SELECT email FROM contact WHERE person_id = $1

-- name: mark_undeliverable
-- Unless the person has another address by now: reports come days later. Mail servers change the case of addresses.
UPDATE contact SET undeliverable = 'bounce-' || $3 WHERE person_id = $1 AND lower(email) = lower($2)

-- name: list_undeliverable
-- Whose address is not written to any more, and why; never the address.
SELECT person_id, undeliverable, updated_at
FROM contact
WHERE undeliverable IS NOT NULL
ORDER BY person_id

-- name: restore
-- The address is written to again, whatever was said of it.
UPDATE contact SET undeliverable = NULL WHERE person_id = $1 AND undeliverable IS NOT NULL
