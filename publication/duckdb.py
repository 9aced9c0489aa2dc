"""Views of DuckDB on what was read from the public topics: a row an event, a column a field, of the right type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from contracts.topic import Topic
from publication.columns import Column, ListOf, Scalar, Struct, columns_of
from publication.schemas import schema_of
from publication.versions import Version, versions

_TYPES: Final[Mapping[Scalar, str]] = {
    "id": "UUID",
    "moment": "TIMESTAMP WITH TIME ZONE",
    "day": "DATE",
    "text": "VARCHAR",
    "whole": "BIGINT",
    "fraction": "DOUBLE",
    "truth": "BOOLEAN",
}
_HEAD: Final = """\
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
"""


def duckdb_views(topics: Iterable[Topic]) -> str:
    """The script: a view of all events, and one an event type of public topics; raises Inexpressible."""
    public = (version for version in versions(topics) if version.topic.privacy == "public")
    return "\n".join([_HEAD, *map(_view, public)])


def view_name(version: Version) -> str:
    """What the view of an event is called, such as `assignment_confirmed`, with `_v2` from the second type on."""
    entity_and_event, _, major = version.model.event_type.removeprefix("engage.").rpartition(".")
    name = entity_and_event.replace(".", "_").replace("-", "_")
    return name if major == "v1" else f"{name}_{major}"


def _view(version: Version) -> str:
    shape = json.dumps(_shape(columns_of(schema_of(version, "reader"))))
    return "\n".join(_lines(version, shape))


def _lines(version: Version, shape: str) -> Iterator[str]:
    yield f"CREATE OR REPLACE VIEW {view_name(version)} AS"
    yield "SELECT topic AS event_topic, source AS event_source, id AS event_id, time AS event_time, correlation_id,"
    yield '  causation_id, partition AS event_partition, "offset" AS event_offset,'
    yield f"  unnest(json_transform(data, '{shape}'))"
    yield f"FROM events WHERE type = '{version.model.event_type}' AND data IS NOT NULL;"
    yield ""


def _shape(column: Column) -> Any:
    match column:
        case Struct(fields):
            return {name: _shape(field) for name, field in fields}
        case ListOf(item):
            return [_shape(item)]
    return _TYPES[column]
