-- What a click on the link of a mail reads or changes.

-- name: wanted
-- Whether a person in a role is known, and since when they want no optional mail.
SELECT unsubscribed_at FROM contact WHERE contact_id = $1

-- name: unsubscribe
-- Since when a person wants no optional mail in a role. One who is not known changes nothing, and is told so.
UPDATE contact SET unsubscribed_at = $2::timestamptz WHERE contact_id = $1

-- name: fetch_offer
-- What has become of an offer, for one party of it, who may have been forgotten since.
SELECT state, CASE $2::text WHEN 'lead' THEN lead_accepted ELSE mentor_accepted END AS has_accepted,
       EXISTS (SELECT FROM erased_person
               WHERE person_id = CASE $2::text WHEN 'lead' THEN lead_id ELSE mentor_person_id END
                 AND erased_at >= offered_at) AS is_forgotten,
       CASE $2::text WHEN 'lead' THEN lead_id ELSE mentor_person_id END <> $3 AS is_handed_over,
       answer, reason, answered_at, coalesce(is_passed_on, false) AS is_passed_on,
       coalesce(is_refused, false) AS is_refused
FROM offer LEFT JOIN answer ON answer.pair_id = offer.pair_id AND answer.party = $2 AND answer.person_id = $3
WHERE offer.pair_id = $1

-- name: fetch_words
-- What the mails of an offer said of it; nothing once that was forgotten. Found by the ids of all that is planned about
-- the pair, which begin alike.
SELECT parameters FROM follow_up
WHERE id BETWEEN $2 AND $3 AND matter_id = $1 AND kind IN ('pair-offer', 'pair-offer-to-lead')
LIMIT 1

-- name: keep_answer
-- The first answer stands once it was passed on; what was not, since Kafka did not answer, may still be changed. The
-- same one again keeps its time, so that it is the same event.
INSERT INTO answer (pair_id, party, person_id, answer, reason, answered_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (pair_id, party, person_id) DO UPDATE
SET answer = excluded.answer, reason = excluded.reason, answered_at = excluded.answered_at
WHERE NOT answer.is_passed_on AND answer.answer <> excluded.answer

-- name: pass_on
-- Kafka has it: it is not sent again.
UPDATE answer SET is_passed_on = true WHERE pair_id = $1 AND party = $2 AND person_id = $3

-- name: fetch_clearance
-- What has become of a clearance, for who is asked for it; either of the two may have been forgotten since.
SELECT kind, mentor_id, proposed_until, state, answer, until, answered_at, is_passed_on, is_refused,
       EXISTS (SELECT FROM erased_person
               WHERE person_id IN (asked_of, mentor_person_id) AND erased_at >= asked_at) AS is_forgotten,
       mentor_person_id
FROM clearance WHERE clearance_id = $1 AND asked_of = $2

-- name: fetch_name
-- How somebody is called in a role, as long as that is known.
SELECT name FROM contact WHERE contact_id = $1

-- name: keep_clearance_answer
-- As of an offer: the first answer stands once it was passed on, and the same one again keeps its time.
UPDATE clearance SET answer = $3, until = $4, answered_at = $5
WHERE clearance_id = $1 AND asked_of = $2 AND NOT is_passed_on
  AND (answer IS DISTINCT FROM $3 OR until IS DISTINCT FROM $4)

-- name: pass_clearance_on
-- Kafka has it: it is not sent again.
UPDATE clearance SET is_passed_on = true WHERE clearance_id = $1 AND asked_of = $2
