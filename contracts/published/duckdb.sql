-- Views of DuckDB on the public topics: `engage contracts export` writes them, nobody edits them.
-- They read topics/*.jsonl, which kcat writes with -J: docs/analyse.md says how.

-- What a header says; kcat writes names and values in turn.
CREATE OR REPLACE MACRO header_of(headers, name) AS
  headers[2 * list_position(list_slice(headers, 1, len(headers), 2), name)];

-- Every event once, however often it was published; a tombstone has no data.
CREATE OR REPLACE VIEW events AS
SELECT
  topic,
  header_of(headers, 'ce_type') AS type,
  header_of(headers, 'ce_source') AS source,
  header_of(headers, 'ce_id') AS id,
  header_of(headers, 'ce_time')::TIMESTAMP WITH TIME ZONE AS time,
  coalesce(header_of(headers, 'ce_correlationid'), header_of(headers, 'ce_id')) AS correlation_id,
  header_of(headers, 'ce_causationid') AS causation_id,
  key,
  partition,
  "offset",
  payload::JSON AS data
FROM read_json(
  'topics/*.jsonl',
  format = 'newline_delimited',
  columns = {
    topic: 'VARCHAR', partition: 'INTEGER', "offset": 'BIGINT', headers: 'VARCHAR[]', key: 'VARCHAR', payload: 'VARCHAR'
  }
)
QUALIFY row_number() OVER (
  PARTITION BY topic, source, coalesce(id, concat_ws(':', partition, "offset")) ORDER BY partition, "offset"
) = 1;

CREATE OR REPLACE VIEW application_registered AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR", "project": {"title": "VARCHAR", "summary": "VARCHAR", "themes": ["VARCHAR"], "publics": ["VARCHAR"], "territories": ["VARCHAR"]}, "members": "BIGINT", "remarks": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "proposed_tags": [{"kind": "VARCHAR", "code": "VARCHAR", "because": ["VARCHAR"]}], "lexicon_version": "VARCHAR"}'))
FROM events WHERE type = 'engage.application.registered.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_amended AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR", "project": {"title": "VARCHAR", "summary": "VARCHAR", "themes": ["VARCHAR"], "publics": ["VARCHAR"], "territories": ["VARCHAR"]}, "members": "BIGINT", "remarks": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.application.amended.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_rejected AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "asked": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.application.rejected.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_correction_requested AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.application.correction-requested.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_flagged AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR", "flags": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "related_application_ids": ["UUID"]}'))
FROM events WHERE type = 'engage.application.flagged.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_form_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.application.form-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_content_erased AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "lead_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.application.content-erased.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_withdrawn AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "application_id": "UUID", "track": "VARCHAR", "edition": "VARCHAR", "lead_id": "UUID", "organisation": {"name": "VARCHAR", "siren": "VARCHAR", "rna": "VARCHAR", "commune": "VARCHAR", "identified_by": "VARCHAR"}, "project_title": "VARCHAR", "rules_version": "VARCHAR"}'))
FROM events WHERE type = 'engage.application.withdrawn.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW need_published AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "need_id": "UUID", "owner_id": "UUID", "need": {"title": "VARCHAR", "description": "VARCHAR", "themes": ["VARCHAR"], "publics": ["VARCHAR"], "territories": ["VARCHAR"], "coverage": "VARCHAR", "salience": "VARCHAR", "capacity": "BIGINT", "directorate": "VARCHAR", "strategic_axis": "VARCHAR", "review_on": "DATE"}}'))
FROM events WHERE type = 'engage.need.published.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_proposed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "need_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "directorate": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR", "themes": ["VARCHAR"], "territories": ["VARCHAR"], "decider_id": "UUID", "fit": "BIGINT", "parts": [{"name": "VARCHAR", "points": "BIGINT", "maximum": "BIGINT", "fr": "VARCHAR", "en": "VARCHAR"}], "rules_version": "VARCHAR", "pinned": "BOOLEAN", "cost": {"equity": "BIGINT", "coverage": "BIGINT", "kept": "BIGINT", "fit": "BIGINT"}}'))
FROM events WHERE type = 'engage.assignment.proposed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_confirmed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "need_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "directorate": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR", "themes": ["VARCHAR"], "territories": ["VARCHAR"], "decider_id": "UUID"}'))
FROM events WHERE type = 'engage.assignment.confirmed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_declined AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "need_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "directorate": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR", "themes": ["VARCHAR"], "territories": ["VARCHAR"], "decider_id": "UUID"}'))
FROM events WHERE type = 'engage.assignment.declined.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_released AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "need_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "directorate": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR", "themes": ["VARCHAR"], "territories": ["VARCHAR"], "decider_id": "UUID"}'))
FROM events WHERE type = 'engage.assignment.released.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_amended AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "need_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "directorate": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR", "themes": ["VARCHAR"], "territories": ["VARCHAR"], "decider_id": "UUID"}'))
FROM events WHERE type = 'engage.assignment.amended.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_decision_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "decision": "VARCHAR", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "application_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.assignment.decision-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW assignment_undo_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "application_id": "UUID", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.assignment.undo-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW placement_decision_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "need_id": "UUID", "decision": "VARCHAR", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "organisation_name": "VARCHAR", "project_title": "VARCHAR", "need_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.placement.decision-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW need_form_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"need_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.need.form-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW need_flagged AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"need_id": "UUID", "version": "BIGINT", "occurred_at": "TIMESTAMP WITH TIME ZONE", "flags": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.need.flagged.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW need_review_due AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"need_id": "UUID", "owner_id": "UUID", "need_title": "VARCHAR", "directorate": "VARCHAR", "review_on": "DATE", "version": "BIGINT", "occurred_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.need.review-due.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW need_unmet AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"round_id": "UUID", "need_id": "UUID", "need_title": "VARCHAR", "directorate": "VARCHAR", "owner_id": "UUID", "cause": {"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}, "gates": [{"gate": "VARCHAR", "applications": "BIGINT"}], "candidates": "BIGINT", "occurred_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.need.unmet.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW application_unplaced AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "round_id": "UUID", "lead_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "cause": {"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}, "remedies": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "rules_version": "VARCHAR"}'))
FROM events WHERE type = 'engage.application.unplaced.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW nomination_proposed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "round_id": "UUID", "lead_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "held_need_id": "UUID", "needs": [{"need_id": "UUID", "need_title": "VARCHAR", "directorate": "VARCHAR", "fit": "BIGINT", "parts": [{"name": "VARCHAR", "points": "BIGINT", "maximum": "BIGINT", "fr": "VARCHAR", "en": "VARCHAR"}]}], "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "rules_version": "VARCHAR"}'))
FROM events WHERE type = 'engage.nomination.proposed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW round_completed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"round_id": "UUID", "track": "VARCHAR", "applications": "BIGINT", "placed": "BIGINT", "needs": "BIGINT", "unmet": "BIGINT", "pairs": "BIGINT", "objective": {"equity": "BIGINT", "coverage": "BIGINT", "kept": "BIGINT", "fit": "BIGINT"}, "independent": {"equity": "BIGINT", "coverage": "BIGINT", "kept": "BIGINT", "fit": "BIGINT"}, "certified": "BOOLEAN", "rules_version": "VARCHAR", "lottery_seed": "VARCHAR", "digest": "VARCHAR", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.round.completed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW contest_decision_published AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "lead_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "decision": "VARCHAR", "scores": [{"criterion": "VARCHAR", "points": "BIGINT", "maximum": "BIGINT"}], "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.contest.decision-published.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW contest_decision_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"application_id": "UUID", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.contest.decision-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW deputy_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"owner_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.deputy.refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_activated AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "first_contact_by": "DATE", "ends_on": "DATE"}'))
FROM events WHERE type = 'engage.pair.activated.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_amended AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "owner_id": "UUID", "expires_at": "TIMESTAMP WITH TIME ZONE", "first_contact_by": "DATE", "ends_on": "DATE"}'))
FROM events WHERE type = 'engage.pair.amended.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_ended AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.pair.ended.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_meeting_held AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "meeting_id": "UUID", "number": "BIGINT", "held_on": "DATE", "minutes": "BIGINT", "obstacle_id": "UUID", "next_step": "VARCHAR"}'))
FROM events WHERE type = 'engage.pair.meeting-held.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_paused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "until": "DATE"}'))
FROM events WHERE type = 'engage.pair.paused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_review_due AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "ends_on": "DATE", "renewable": "BOOLEAN"}'))
FROM events WHERE type = 'engage.pair.review-due.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_review_recorded AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "party": "VARCHAR", "wish": "VARCHAR", "goals": "VARCHAR"}'))
FROM events WHERE type = 'engage.pair.review-recorded.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_renewed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "ends_on": "DATE"}'))
FROM events WHERE type = 'engage.pair.renewed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_idle AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "step": "VARCHAR", "last_contact_on": "DATE", "owner_id": "UUID"}'))
FROM events WHERE type = 'engage.pair.idle.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_offered AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "fit": "BIGINT", "rules_version": "VARCHAR", "expires_at": "TIMESTAMP WITH TIME ZONE", "parts": [{"name": "VARCHAR", "points": "BIGINT", "maximum": "BIGINT", "fr": "VARCHAR", "en": "VARCHAR"}], "alternates": [{"mentor_id": "UUID", "fit": "BIGINT"}], "themes": ["VARCHAR"], "territories": ["VARCHAR"]}'))
FROM events WHERE type = 'engage.pair.offered.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_accepted AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "party": "VARCHAR"}'))
FROM events WHERE type = 'engage.pair.accepted.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_declined AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "party": "VARCHAR"}'))
FROM events WHERE type = 'engage.pair.declined.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_expired AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "pair_id": "UUID", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "whole_project": "BOOLEAN", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "awaited": ["VARCHAR"]}'))
FROM events WHERE type = 'engage.pair.expired.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_answer_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"pair_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.pair.answer-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW pair_no_mentor_found AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}], "owner_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "blocked": [{"mentor_id": "UUID", "fit": "BIGINT", "cause": "VARCHAR", "held_by": ["UUID"]}]}'))
FROM events WHERE type = 'engage.pair.no-mentor-found.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_form_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"mentor_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.mentor.form-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_flagged AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"mentor_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "flags": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.mentor.flagged.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_clearance_asked AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "clearance_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "clearance": "VARCHAR", "asked_of": "UUID", "held_until": "DATE", "proposed_until": "DATE"}'))
FROM events WHERE type = 'engage.mentor.clearance-asked.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_clearance_given AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "clearance_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "clearance": "VARCHAR", "asked_of": "UUID", "until": "DATE"}'))
FROM events WHERE type = 'engage.mentor.clearance-given.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_clearance_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "clearance_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "clearance": "VARCHAR", "asked_of": "UUID"}'))
FROM events WHERE type = 'engage.mentor.clearance-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_clearance_dropped AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "clearance_id": "UUID", "mentor_id": "UUID", "mentor_person_id": "UUID", "clearance": "VARCHAR", "asked_of": "UUID"}'))
FROM events WHERE type = 'engage.mentor.clearance-dropped.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW mentor_clearance_answer_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"clearance_id": "UUID", "mentor_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.mentor.clearance-answer-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW lead_wishes_flagged AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "flags": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.lead.wishes-flagged.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_opened AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE", "is_described": "BOOLEAN"}'))
FROM events WHERE type = 'engage.obstacle.opened.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_taken AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE", "is_described": "BOOLEAN"}'))
FROM events WHERE type = 'engage.obstacle.taken.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_amended AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE", "is_described": "BOOLEAN"}'))
FROM events WHERE type = 'engage.obstacle.amended.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_lifted AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.obstacle.lifted.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_escalated AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "level": "VARCHAR", "is_described": "BOOLEAN", "due_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.obstacle.escalated.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_abandoned AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "obstacle_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "kind": "VARCHAR", "service": "VARCHAR", "organisation_name": "VARCHAR", "project_title": "VARCHAR"}'))
FROM events WHERE type = 'engage.obstacle.abandoned.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_flagged AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "obstacle_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "flags": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.obstacle.flagged.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW obstacle_update_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "obstacle_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.obstacle.update-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW support_plan_opened AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "actions": ["VARCHAR"]}'))
FROM events WHERE type = 'engage.support.plan-opened.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW support_action_changed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "action": "VARCHAR"}'))
FROM events WHERE type = 'engage.support.action-changed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW introduction_recorded AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "introduction_id": "UUID", "partner_kind": "VARCHAR", "partner_name": "VARCHAR", "made_on": "DATE"}'))
FROM events WHERE type = 'engage.introduction.recorded.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW support_update_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"assignment_id": "UUID", "action": "VARCHAR", "introduction_id": "UUID", "occurred_at": "TIMESTAMP WITH TIME ZONE", "reasons": [{"code": "VARCHAR", "field": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "nearest": "VARCHAR"}]}'))
FROM events WHERE type = 'engage.support.update-refused.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW impact_recorded AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "assignment_id": "UUID", "application_id": "UUID", "lead_id": "UUID", "owner_id": "UUID", "organisation_name": "VARCHAR", "project_title": "VARCHAR", "year": "BIGINT", "figures": [{"code": "VARCHAR", "value": "BIGINT", "baseline": "BIGINT"}]}'))
FROM events WHERE type = 'engage.impact.recorded.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW vocabulary_published AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"vocabulary_id": "UUID", "vocabulary": {"name": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "version": "VARCHAR", "pattern": "VARCHAR", "codes": [{"code": "VARCHAR", "fr": "VARCHAR", "en": "VARCHAR", "valid_from": "DATE", "valid_until": "DATE", "holds": ["VARCHAR"], "matches": [{"vocabulary": "VARCHAR", "code": "VARCHAR", "match": "VARCHAR"}]}]}, "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT"}'))
FROM events WHERE type = 'engage.vocabulary.published.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW follow_up_planned AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"matter_id": "UUID", "application_id": "UUID", "actor": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "follow_ups": [{"follow_up_id": "UUID", "kind": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE", "recipient_id": "UUID", "reminder": "BIGINT", "occasions": [{"follow_up_id": "UUID", "kind": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE"}]}]}'))
FROM events WHERE type = 'engage.follow-up.planned.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW follow_up_sent AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "follow_up_id": "UUID", "kind": "VARCHAR", "recipient_id": "UUID", "matter_id": "UUID", "reminder": "BIGINT", "in_doubt": "BOOLEAN", "message_id": "VARCHAR", "attempts": "BIGINT"}'))
FROM events WHERE type = 'engage.follow-up.sent.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW follow_up_cancelled AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "follow_up_id": "UUID", "kind": "VARCHAR", "recipient_id": "UUID", "matter_id": "UUID", "reminder": "BIGINT", "in_doubt": "BOOLEAN"}'))
FROM events WHERE type = 'engage.follow-up.cancelled.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW follow_up_failed AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"from": "VARCHAR", "to": "VARCHAR", "actor": "VARCHAR", "reason": "VARCHAR", "occurred_at": "TIMESTAMP WITH TIME ZONE", "version": "BIGINT", "follow_up_id": "UUID", "kind": "VARCHAR", "recipient_id": "UUID", "matter_id": "UUID", "reminder": "BIGINT", "in_doubt": "BOOLEAN", "attempts": "BIGINT"}'))
FROM events WHERE type = 'engage.follow-up.failed.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW person_forgotten AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"person_id": "UUID", "service": "VARCHAR", "removed": [{"what": "VARCHAR", "count": "BIGINT"}], "requested_at": "TIMESTAMP WITH TIME ZONE"}'))
FROM events WHERE type = 'engage.person.forgotten.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW person_erased AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"person_id": "UUID", "requested_at": "TIMESTAMP WITH TIME ZONE", "services": [{"service": "VARCHAR", "removed": [{"what": "VARCHAR", "count": "BIGINT"}]}]}'))
FROM events WHERE type = 'engage.person.erased.v1' AND data IS NOT NULL;

CREATE OR REPLACE VIEW form_refused AS
SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,
  causation_id, partition AS event_partition, "offset" AS event_offset,
  unnest(json_transform(data, '{"refusal_id": "UUID", "service": "VARCHAR", "topic": "VARCHAR", "partition": "BIGINT", "offset": "BIGINT", "recorded_at": "TIMESTAMP WITH TIME ZONE", "reason": "VARCHAR", "detail": "VARCHAR", "problems": [{"field": "VARCHAR", "expected": "VARCHAR"}], "subject_id": "UUID", "ce_id": "VARCHAR", "ce_source": "VARCHAR", "ce_type": "VARCHAR"}'))
FROM events WHERE type = 'engage.form.refused.v1' AND data IS NOT NULL;
