-- What a click on the link of a mail reads or changes.

-- name: unsubscribe
-- Since when a person wants no optional mail. One who is not known changes nothing, and is not told so.
UPDATE contact SET unsubscribed_at = $2::timestamptz WHERE person_id = $1

-- name: fetch_offer
-- What the mails of an offer said of it; nothing once that was forgotten. Found by the ids of all that is planned about
-- the pair, which begin alike.
SELECT parameters FROM follow_up
WHERE id BETWEEN $2 AND $3 AND matter_id = $1 AND kind IN ('pair-offer', 'pair-offer-to-lead')
LIMIT 1
