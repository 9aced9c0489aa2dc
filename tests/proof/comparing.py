"""The state of all services, what they published, and what they wrote to people: in one order, as bytes to compare.

Left out is what the transport, the machine or the click itself has made, and nothing else: each entry says why. What
the desk keeps of its own, sessions and that something was said, is no state of the programme.
"""

from __future__ import annotations

import email
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from email import policy
from pathlib import Path
from typing import Any, Final

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition

from contracts.catalogue import SERVICES, TOPICS
from deploy.local.stack import Stack

TABLES_LEFT_OUT: Final[Mapping[str, str]] = {
    "lane": "how far a service has read, in how many attempts: offsets and counts of transactions",
    "outbox": "what was published and is not yet forgotten",
    "programme": "when the machine put the programme into force",
    "migration": "when the machine made the tables",
    "journal.inbox": "digests of all that was heard, and what services say of erasures is not the same (`_COUNTING`)",
    "notifications.answer": "what a click on the link of an offer has said: a form of the City's has no such page",
}
"""Tables, of all services or of one, that tell how something came and not what it is."""

COLUMNS_LEFT_OUT: Final[Mapping[str, frozenset[str]]] = {
    # As of answers to offers: what a click has said.
    "notifications.clearance": frozenset({"answer", "until", "answered_at", "is_passed_on", "is_refused"}),
    # Where Kafka has an event, and when the machine put it there and took it from there.
    "journal.event": frozenset({"offset", "recorded_at", "received_at", "sequence"}),
    # As of what services have said about erasures: see `_without_counts`.
    "intake.confirmation": frozenset({"removed"}),
    # Which of two events of one version spoke last goes by when Kafka has them, and within a millisecond by their ids.
    "journal.thing": frozenset({"recorded_at", "said_by"}),
}

_PLACES: Final = frozenset({"ce_sequence"})
_IN_ORDER_OF_TIMES: Final = frozenset({"follow-ups.v1", "erasures.v1"})
_CAUSED_BY_THE_LAST: Final = "engage.person.erased.v1"
_COUNTING: Final = frozenset({_CAUSED_BY_THE_LAST, "engage.person.forgotten.v1"})
"""What says how much of a person a service has removed: who comes first has it to remove, and the others have not."""
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


async def published(stack: Stack, ends: Mapping[TopicPartition, int]) -> list[str]:
    """Every record on the topics that anybody may read: its key, its place among those of the key, all that it says.

    Left out is the header that numbers what its producer sends. Follow-ups of one key and one moment share a place:
    two mails about one pair leave at once, and which the mail server takes first is chance. So do erasures: four
    services forget a person at once, and which of them is the last is what says that all have, by chance too.
    """
    places = [TopicPartition(each.name, number) for each in TOPICS for number in range(each.partitions)
              if each.privacy == "public" and ends[TopicPartition(each.name, number)]]  # fmt: skip
    consumer = AIOKafkaConsumer(bootstrap_servers=stack.broker.servers_for_others, enable_auto_commit=False)
    await consumer.start()
    try:
        consumer.assign(places)
        lines, order = [], Order()
        for place in places:
            await consumer.seek_to_beginning(place)
        while any([await consumer.position(place) < ends[place] for place in places]):
            for place, batch in (await consumer.getmany(timeout_ms=200)).items():
                for record in batch:
                    headers = headers_of(record.headers)
                    key, at = record.key.decode(), dict(headers).get("ce_time", "")
                    said = [place.topic, key, order.place_of(place.topic, key, at), headers]
                    value = (record.value or b"").decode()
                    if dict(headers).get("ce_type") in _COUNTING:
                        value = json.dumps(_without_counts(json.loads(value)), ensure_ascii=False)
                    lines.append(f"{json.dumps(said)} {value}")
        return sorted(lines)
    finally:
        await consumer.stop()


def headers_of(said: Iterable[tuple[str, bytes]]) -> list[tuple[str, str]]:
    """The headers of a record that are compared, by name."""
    headers = {name: value.decode() for name, value in said if name not in _PLACES}
    if headers.get("ce_type") == _CAUSED_BY_THE_LAST:
        del headers["ce_causationid"], headers["ce_id"]  # an id is made of its cause
    return sorted(headers.items())


class Order:
    """Counts the records of each key as they come; where only times have an order, those of one time share a place."""

    def __init__(self) -> None:
        self._counts = Counter[tuple[str, str]]()
        self._times: dict[tuple[str, str], str] = {}

    def place_of(self, topic: str, key: str, at: str) -> int:
        """The place of the next record of a key, which says its time."""
        of_key = topic, key
        self._counts[of_key] += topic not in _IN_ORDER_OF_TIMES or self._times.get(of_key) != at
        self._times[of_key] = at
        return self._counts[of_key]


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
    """The lines that only one of the two has; that they stand otherwise, where both have the same."""
    first, second = list(one), list(other)
    left, right = set(first), set(second)
    found = [f"- {line}" for line in first if line not in right] + [f"+ {line}" for line in second if line not in left]
    return found if found or first == second else ["the same lines stand in another order, or more often"]


def _without_counts(data: Mapping[str, Any]) -> dict[str, Any]:
    """What is said of an erasure, of one service or of all, without how much each has removed."""
    kept = {name: value for name, value in data.items() if name != "removed"}
    if "services" in kept:
        kept["services"] = [_without_counts(each) for each in kept["services"]]
    return kept


def _line(name: str, row: Mapping[str, Any], left_out: frozenset[str]) -> str:
    kept = {column: value for column, value in row.items() if column not in left_out}
    if kept.get("type") == _CAUSED_BY_THE_LAST:
        del kept["causation_id"], kept["id"]
    if kept.get("type") in _COUNTING:
        kept["data"] = _without_counts(kept["data"])
    return f"{name} {json.dumps(kept, sort_keys=True, ensure_ascii=False)}"


_TABLES: Final = """
SELECT nspname, relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE nspname = ANY($1) AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY 1, 2
"""
