-- What the console keeps, and all that its login may see and change of the services': this file alone gives it rights.
-- It runs when the services' schemas stand.

-- Links that signed somebody in: each is good once.
CREATE TABLE spent_link (
    link_id    uuid        PRIMARY KEY,
    expires_at timestamptz NOT NULL
);

-- Sessions that were begun and are not over: a session is the cookie itself, signed, and this says what was ended of it.
CREATE TABLE session (
    id               uuid        PRIMARY KEY,
    person           text        NOT NULL CHECK (length(person) BETWEEN 1 AND 300), -- whose, however often they sign in
    who              text        NOT NULL,
    roles            text        NOT NULL,
    began_at         timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    ended_at         timestamptz,
    hint             text,   -- what a provider of identities knows it by, until it is ended
    provider_session text,   -- what the provider calls it itself, if it does
    entitled_by      text[]  -- digests of the entries of the file of people that let somebody in who came from there
);

-- What was done by whom. Nobody changes a line, and a line goes after its years.
CREATE TABLE audit (
    id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    done_at timestamptz NOT NULL,
    who     text        NOT NULL CHECK (length(who) BETWEEN 1 AND 100),
    role    text        NOT NULL,
    what    text        NOT NULL,
    about   text        NOT NULL CHECK (length(about) <= 500),
    why     text        CHECK (length(why) <= 500),
    records integer     NOT NULL DEFAULT 0,
    link    text        CHECK (length(link) <= 200),
    contact_id uuid,        -- of a look: at whose contact
    -- Both are the database's own word, whatever whoever writes the line says.
    written_at timestamptz NOT NULL DEFAULT now(),
    written_in xid8        NOT NULL DEFAULT pg_current_xact_id(),
    CHECK ((what = 'look') = (contact_id IS NOT NULL)),
    CHECK (what <> 'look' OR why <> '')
);
CREATE INDEX ON audit (done_at);
CREATE INDEX ON audit (contact_id, id) WHERE contact_id IS NOT NULL;

CREATE FUNCTION stamp_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.written_at := now();
    NEW.written_in := pg_current_xact_id();
    RETURN NEW;
END $$;
CREATE TRIGGER stamp_audit BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION stamp_audit();

CREATE FUNCTION keep_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.written_at < now() - interval '3 years' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a line of the audit stays as it was written' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER keep_audit BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION keep_audit();

-- The one way to a record's content, which may be personal: one record at a time, and never without a line of the audit.
CREATE FUNCTION open_record(service text, identifier uuid, at timestamptz, by text, as_role text, why text)
RETURNS TABLE (dead_letter_id uuid, topic text, state text, reason text, requested text, resolved_at timestamptz,
               recorded_at timestamptz, value bytea, headers bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
BEGIN
    IF NOT service = ANY (ARRAY['intake', 'journal', 'matching', 'mentoring', 'notifications']) THEN
        RAISE EXCEPTION 'there is no service %', service;
    END IF;
    INSERT INTO console.audit (done_at, who, role, what, about, why)
    VALUES (at, by, as_role, 'open-record', service || ': ' || identifier, why);
    RETURN QUERY EXECUTE format(
        'SELECT dead_letter_id, topic, state, reason, requested, resolved_at, recorded_at, value, headers '
        'FROM %I.held_record WHERE dead_letter_id = $1', service) USING identifier;
END $$;
REVOKE ALL ON FUNCTION open_record FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_record TO engage_console;

GRANT USAGE ON SCHEMA intake, journal, matching, mentoring, notifications TO engage_console;

DO $$
DECLARE
    service text;
BEGIN
    FOREACH service IN ARRAY ARRAY['intake', 'journal', 'matching', 'mentoring', 'notifications'] LOOP
        EXECUTE format('GRANT SELECT ON %I.lane TO engage_console', service);
        EXECUTE format('GRANT UPDATE (next_offset, stopped_because, failures, attempts, suspected_to, moved, revision) '
                       'ON %I.lane TO engage_console', service);
        EXECUTE format('GRANT SELECT (lane_topic, lane_partition, revision, part) ON %I.outbox TO engage_console',
                       service);
        -- Never the content, which may be personal.
        EXECUTE format('GRANT SELECT (topic, partition, "offset", dead_letter_id, state, reason, detail, awaits, blocks, '
                       'key, headers, recorded_at, held_at, waiting_since, retry_at, retries, attempts, requested, '
                       'requested_by, requested_why, repair_id, replaced_by, claimed_by, claimed_why, claimed_until, '
                       'resolved_at) ON %I.held_record TO engage_console', service);
        EXECUTE format('GRANT UPDATE (state, reason, blocks, attempts, requested, requested_by, requested_why, repair_id, '
                       'replaced_by, claimed_by, claimed_why, claimed_until, resolved_at) '
                       'ON %I.held_record TO engage_console', service);
        EXECUTE format('GRANT SELECT ON %I.undecided, %I.repair_outcome TO engage_console', service, service);
        EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %I.repair, %I.repaired TO engage_console', service, service);
        -- What stepping over a record tells of it.
        EXECUTE format('GRANT INSERT (topic, partition, "offset", dead_letter_id, state, reason, detail, blocks, headers, '
                       'recorded_at, held_at, requested_by, requested_why, resolved_at) '
                       'ON %I.held_record TO engage_console', service);
    END LOOP;
END $$;

-- What anybody may read.
GRANT SELECT ON journal.event, journal.thing TO engage_console;

-- How mail stands, and not to whom it goes.
GRANT SELECT (id, kind, state, due_at, next_attempt_at, attempts, in_doubt, settled, bounced, sent_at, waits_for)
   ON notifications.follow_up TO engage_console;

-- In which roles a person is reached, and not how.
GRANT SELECT (contact_id, person_id, role) ON notifications.contact TO engage_console;

-- How a person is reached in one role, for who has said in the audit why they look. The line has to be committed: a
-- transaction that is rolled back afterwards would take the line with it, and not what was seen. A line is good for a
-- minute, so that an old one is no key.
CREATE FUNCTION look_at_contact(line bigint)
RETURNS TABLE (contact_id uuid, person_id uuid, role text, name text, email text, former_email text, telephone text,
               language text, undeliverable text, unsubscribed_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY
    SELECT contact.contact_id, contact.person_id, contact.role, contact.name, contact.email, contact.former_email,
           contact.telephone, contact.language, contact.undeliverable, contact.unsubscribed_at
      FROM console.audit JOIN notifications.contact USING (contact_id)
     WHERE audit.id = line AND audit.what = 'look' AND audit.written_at > now() - interval '1 minute'
       AND pg_xact_status(audit.written_in) = 'committed';
END $$;
REVOKE ALL ON FUNCTION look_at_contact FROM PUBLIC;
GRANT EXECUTE ON FUNCTION look_at_contact TO engage_console;
