-- What the desk keeps, and all that its login may see of the services': this file alone gives it rights.
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

-- Words that people gave here and Kafka has: no content, only what is needed to say what became of them.
CREATE TABLE word (
    event_id   uuid        PRIMARY KEY,
    type       text        NOT NULL,
    matter_id  uuid        NOT NULL,
    person_id  uuid        NOT NULL,
    given_at   timestamptz NOT NULL
);
CREATE INDEX ON word (person_id, given_at);
CREATE INDEX ON word (given_at);

GRANT USAGE ON SCHEMA journal, matching, mentoring TO engage_desk;

-- What anybody may read.
GRANT SELECT ON journal.event, journal.thing, journal.lane TO engage_desk;

-- What explains a proposal: the register of needs, who takes part and where it is held, who may decide. Neither who asked
-- to be forgotten, nor what a jury decided and nobody may know yet.
GRANT SELECT (need_id, version, state, owner_id, source, said_at, revision, document) ON matching.need TO engage_desk;
GRANT SELECT (application_id, track, lead_id, organisation_name, project_title, themes, publics, territories, summarised,
              words, said_at, members, laureate) ON matching.candidate TO engage_desk;
GRANT SELECT (assignment_id, application_id, need_id, state, version, fit, parts, rules_version, actor, reason, pinned)
   ON matching.assignment TO engage_desk;
GRANT SELECT (application_id, need_id) ON matching.forbidden TO engage_desk;
GRANT SELECT (application_id, person_id) ON matching.recusal TO engage_desk;
GRANT SELECT (owner_id, person_id, until, named_at, is_over) ON matching.deputy TO engage_desk;

-- What foretells the offers of a round: mentors by what they bring and whether they are free, leads who wait, who abstains
-- from which file. Ids, codes and days; nobody's name or address, which mentoring does not have either.
GRANT SELECT (mentor_id, person_id, source, profile, capacity, line_manager_authorised, ethics_check_done, active, pending,
              starts, version, paused_until, authorised_until, handled, accompanied, told_at, reopens_at, clearances)
   ON mentoring.mentor TO engage_desk;
GRANT SELECT (assignment_id, application_id, lead_id, owner_id, directorate, organisation_name, project_title, themes,
              territories, skills, languages, slots, confirmed_at, state, told, passed) ON mentoring.lead TO engage_desk;
GRANT SELECT (application_id, mentor_id) ON mentoring.recusal TO engage_desk;
