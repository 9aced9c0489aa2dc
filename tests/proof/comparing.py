"""The state of all services, what they published, and what they wrote to people: in one order, as bytes to compare.

Left out is what a transport, a machine or chance makes, and nothing else. Each entry says why.
"""

from __future__ import annotations

import email
import json
import re
from collections.abc import Iterable, Mapping
from email import policy
from pathlib import Path
from typing import Any, Final

import asyncpg

from contracts.catalogue import SERVICES, TOPICS
from contracts.event import encode_data
from deploy.local.stack import Stack
from deploy.rehearsal.listening import Listener

TABLES_LEFT_OUT: Final[Mapping[str, str]] = {
    "lane": "how far a service has read, in how many attempts: offsets and counts of transactions",
    "inbox": "the source of each form's event beside its id",
    "outbox": "what was published and is not yet forgotten",
    "programme": "when the machine put the programme into force",
    "migration": "when the machine made the tables",
    "notifications.answer": "what a click on the link of an offer has said: a form of the City's has no such page",
}
"""Tables, of all services or of one, that tell how something came and not what it is."""

COLUMNS_LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    # Which form introduced somebody or something: the desk, or the City's own.
    "matching.need": frozenset({"source"}),
    "matching.officer": frozenset({"source"}),
    # As of answers to offers: what a click has said.
    "notifications.clearance": frozenset({"answer", "until", "answered_at", "is_passed_on", "is_refused"}),
    # Where Kafka has an event, and when the machine put it there and took it from there.
    "journal.event": frozenset({"partition", "offset", "recorded_at", "received_at", "sequence"}),
    "journal.thing": frozenset({"recorded_at"}),
}

_LINK: Final = re.compile(r"http://127\.0\.0\.1:\d+/\S+")


async def state_of(stack: Stack) -> list[str]:
    """Every row of every table of the services, one a line, as JSON."""
    connection = await asyncpg.connect(stack.postgresql.database_url("engage"))
    try:
        lines = []
        for schema, table in await connection.fetch(_TABLES, list(SERVICES)):
            name = f"{schema}.{table}"
            if table in TABLES_LEFT_OUT or name in TABLES_LEFT_OUT:
                continue
            left_out = COLUMNS_LEFT_OUT.get(name, frozenset())
            rows = await connection.fetch(f'SELECT to_jsonb(row) AS row FROM "{schema}"."{table}" AS row')
            lines += sorted(_line(name, json.loads(row["row"]), left_out) for row in rows)
        return lines
    finally:
        await connection.close()


async def published(stack: Stack, ends: Mapping[Any, int]) -> list[str]:
    """Every event on the topics that anybody may read, in the order of its key, one a line.

    Left out are offsets, and the number of an event among those of its producer's lane.
    """
    topics = [topic for topic in TOPICS if topic.privacy == "public"]
    async with Listener(stack.broker.servers_for_others, topics) as listener:
        told = await listener.new(ends)
    return sorted(
        f"{each.topic} {each.event.subject} {each.event.time.isoformat()} {each.event.id} {each.event.type} "
        f"{each.event.correlation_id} {each.event.causation_id} {encode_data(each.event.data).decode()}"
        for each in told
    )


def written(directory: Path) -> list[str]:
    """Every mail to people: to whom, when, its subject and its text, without where its links lead."""
    found = []
    for path in directory.glob("*.eml"):
        mail = email.message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        text = _LINK.sub("(lien)", body.get_content())
        found.append(json.dumps([mail["Delivered-To"], str(mail["Date"]), mail["Subject"], text], ensure_ascii=False))
    return sorted(found)


def differences(one: Iterable[str], other: Iterable[str]) -> list[str]:
    """The lines that only one of the two has."""
    first, second = list(one), list(other)
    left, right = set(first), set(second)
    found = [f"- {line}" for line in first if line not in right] + [f"+ {line}" for line in second if line not in left]
    return found if found or first == second else ["a line stands more often in one than in the other"]


def _line(name: str, row: Mapping[str, Any], left_out: frozenset[str]) -> str:
    kept = {column: value for column, value in row.items() if column not in left_out}
    return f"{name} {json.dumps(kept, sort_keys=True, ensure_ascii=False)}"


_TABLES: Final = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = ANY($1) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1, 2
"""
