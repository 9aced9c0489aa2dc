-- Changes of address, one at a time, by their ids or their contacts'.

-- name: show
-- The new address is shown to whoever holds the link, who is to tell whether it is theirs.
SELECT state, email
FROM address_change LEFT JOIN contact
  ON contact.contact_id = address_change.contact_id AND contact.change_id = address_change.id
WHERE id = $1

-- name: find_waiting
-- The one that waits to be confirmed; a contact has one at most.
SELECT change_id, former_undeliverable FROM contact WHERE contact_id = $1 AND change_id IS NOT NULL

-- name: trust
-- Found by its contact, which has no index by changes.
UPDATE contact
SET former_email = NULL, former_undeliverable = NULL, former_said_at = NULL, change_id = NULL
WHERE contact_id = (SELECT contact_id FROM address_change WHERE id = $1) AND change_id = $1

-- name: confirm
-- Who confirmed it, why and when.
UPDATE address_change SET state = 'confirmed', decided_at = $2, decided_by = $3, decided_why = $4 WHERE id = $1

-- name: settle_mail
-- What asks for it and has not left is not sent any more: due at once, so that its lane says so.
UPDATE follow_up
SET settled = coalesce(settled, 'address-confirmed'),
    next_attempt_at = CASE WHEN state = 'scheduled' THEN 'epoch' ELSE next_attempt_at END
WHERE id BETWEEN $2 AND $3 AND matter_id = $1 AND state IN ('scheduled', 'sending')
