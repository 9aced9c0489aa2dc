-- What operators ask and decide, on a connection with the service's schema as its search path. They are people: a scan
-- is fast enough for them, and an index for them would cost every mail.

-- name: list_follow_ups
-- Those that meet a filter; what is null is not asked for. $6 keeps what is due and misses a contact, of the recipient
-- or of whom the mail introduces, in the role that $7 to $9 give for its kind, at the moment $10.
SELECT id, kind, state, recipient_id, counterpart_id, matter_id, due_at, next_attempt_at, attempts, in_doubt, settled,
       sent_at, bounced, message_id, requested, requested_by, requested_why
FROM follow_up
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR kind = $2)
  AND ($3::uuid IS NULL OR recipient_id = $3) AND ($4::uuid IS NULL OR matter_id = $4) AND due_at <= $5
  AND (NOT $6 OR state = 'scheduled' AND due_at <= $10 AND EXISTS (
      SELECT FROM unnest($7::text[], $8::text[], $9::text[]) AS role (kind, recipient, introduced)
      CROSS JOIN LATERAL (VALUES (recipient_id, recipient), (counterpart_id, introduced)) AS named (person_id, role)
      WHERE role.kind = follow_up.kind AND named.person_id IS NOT NULL AND named.role IS NOT NULL
        AND NOT EXISTS (
          SELECT FROM contact WHERE contact.person_id = named.person_id AND contact.role = named.role)))

-- name: list_series
-- Those of which something is to come, of a person or a matter where one is given.
SELECT matter_id, recipient_id, planned_by, application_id, matter_version, correlation_id, parameters, occasions,
       settled, caused_at, words_of, occasion, traceparent
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
       settled, caused_at, words_of, occasion, traceparent
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
UPDATE follow_up SET bounced = $2 WHERE id = $1 AND state = 'sent' RETURNING recipient_id, kind

-- name: fetch_emails
-- Where mail to a person in a role goes now; the second is there while a change waits, and proves rights.
SELECT email, former_email FROM contact WHERE contact_id = $1

-- name: mark_undeliverable
-- Those of a person's addresses that a report names.
UPDATE contact
SET undeliverable = CASE WHEN email = ANY($2) THEN 'bounce-' || $3 ELSE undeliverable END,
    former_undeliverable = CASE WHEN former_email = ANY($2) THEN 'bounce-' || $3 ELSE former_undeliverable END
WHERE contact_id = $1

-- name: list_undeliverable
-- Whose address is not written to any more, and why; never the address. Of a change that waits, also the address that
-- was trusted before: its owner can't confirm it.
SELECT person_id, role, undeliverable, said_at, change_id IS NOT NULL AS is_changing, former_undeliverable
FROM contact
WHERE undeliverable IS NOT NULL OR former_undeliverable IS NOT NULL
ORDER BY person_id, role

-- name: restore
-- Whatever was said of a person's addresses, they are written to again.
UPDATE contact SET undeliverable = NULL, former_undeliverable = NULL
WHERE person_id = $1 AND (undeliverable IS NOT NULL OR former_undeliverable IS NOT NULL)

-- name: count_mails
-- How mail stands at a moment: due, late, failed or come back since a week, and to come.
SELECT count(*) FILTER (WHERE state = 'scheduled' AND next_attempt_at <= $1 AND settled IS NULL) AS due,
       count(*) FILTER (WHERE state = 'scheduled' AND next_attempt_at <= $2 AND settled IS NULL) AS late,
       count(*) FILTER (WHERE state = 'failed' OR bounced IS NOT NULL) AS failed,
       count(*) FILTER (WHERE state = 'scheduled' AND settled IS NULL) AS scheduled
  FROM follow_up
 WHERE state IN ('scheduled', 'sending') OR due_at > $1::timestamptz - interval '7 days'

-- name: note_departed
INSERT INTO departed_mail (follow_up_id, message_id, told_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) ON CONFLICT DO NOTHING

-- name: untold
-- What a mail that left has become: nothing, where what it was about came out otherwise.
SELECT follow_up_id, follow_up.kind, follow_up.state
  FROM departed_mail LEFT JOIN follow_up ON follow_up.id = follow_up_id
 WHERE follow_up.state IS DISTINCT FROM 'sent'
 ORDER BY follow_up_id
