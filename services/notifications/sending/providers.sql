-- What is kept of providers that refuse us.

-- name: fetch_providers
SELECT domain, people, pauses, refused_at, paused_until, by_report FROM provider WHERE domain = ANY($1::text[])

-- name: begin_providers
-- In the order of their names, as everywhere, so that no two transactions wait for each other.
INSERT INTO provider (domain, people, pauses, refused_at, by_report)
SELECT domain, '{}', 0, $2, false FROM unnest($1::text[]) AS domain
ON CONFLICT DO NOTHING

-- name: lock_providers
SELECT domain, people, pauses, refused_at, paused_until, by_report
FROM provider
WHERE domain = ANY($1::text[])
ORDER BY domain
FOR UPDATE

-- name: change_providers
UPDATE provider
SET people = string_to_array(change.people, ',')::uuid[], pauses = change.pauses, refused_at = change.refused_at,
    paused_until = change.paused_until, by_report = change.by_report
FROM unnest($1::text[], $2::text[], $3::integer[], $4::timestamptz[], $5::timestamptz[], $6::boolean[])
     AS change (domain, people, pauses, refused_at, paused_until, by_report)
WHERE provider.domain = change.domain

-- name: clear_providers
DELETE FROM provider WHERE domain = ANY($1::text[]) AND NOT by_report

-- name: fetch_forgotten
-- A scan of few rows, once an hour.
SELECT domain FROM provider WHERE greatest(refused_at, paused_until) < $1 ORDER BY domain

-- name: forget_providers
-- Unless one has refused something again meanwhile.
DELETE FROM provider WHERE domain = ANY($1::text[]) AND greatest(refused_at, paused_until) < $2
