"""Looks through every topic, table and column for who was forgotten: by names, addresses, words that forms gave."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import asyncpg
import cramjam

from contracts.catalogue import SERVICES
from tests.faults.evidence import Found
from tests.faults.verdict import Verdict

_RESTRICTED: Final = ("contacts.v1", "descriptions.v1")
_OF_PEOPLE: Final = ("lead", "person", "owner", "deputy")
# Whole names, as tests.forms makes them up: one is the beginning of another.
_SAID: Final = re.compile(rb"[\w.+-]+@example\.invalid|Personne(?: (?:mentor|owner|deputy))? [\w-]+")
_WRITTEN: Final = re.compile(rb"(?:Association|Projet) [\w-]+")
_COLUMNS: Final = """
SELECT table_name, column_name, data_type
  FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
 WHERE table_schema = $1 AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position
"""


async def check_traces(
    connection: asyncpg.Connection[asyncpg.Record], topics: Mapping[str, Sequence[Found]], verdict: Verdict
) -> None:
    """Nothing says who they are but forms, whose topics end by their retention, and what their tombstone replaces.

    Their words (names of organisations, titles) are in no table either; on public topics they stay. What nobody let be
    published never was on one, whether or not somebody asked.
    """
    forms = [it for topic, found in topics.items() if topic.startswith("forms.") for it in found]
    people = {it.key for it in topics["forms.erasures.v1"]}
    said, written = _names(forms, people), _words(forms, people)
    withheld = _withheld(forms)
    verdict.counted["people forgotten"] = len(people)
    for it in _searched(topics):
        for value in said & set(_SAID.findall(it.value)):
            verdict.say("trace", f"{value.decode()} is in {it}")
        private = withheld if it.topic not in _RESTRICTED else withheld & written
        for value in private & set(_WRITTEN.findall(it.value)):
            verdict.say("trace", f"{value.decode()} is in {it}, and was not to be published")
    async for place, row in _rows(connection):
        for value in (said & set(_SAID.findall(row))) | (written & set(_WRITTEN.findall(row))):
            verdict.say("trace", f"{value.decode()} is in {place}")


def _searched(topics: Mapping[str, Sequence[Found]]) -> Iterator[Found]:
    gone = (it for topic in _RESTRICTED for it in topics[topic] if not it.value)
    erased = {(it.topic, it.partition, it.key): it.offset for it in gone}
    for topic, found in topics.items():
        for it in found:
            replaced = it.offset < erased.get((topic, it.partition, it.key), 0)
            if not topic.startswith("forms.") and not replaced:
                yield it


def _names(forms: Iterable[Found], people: set[str]) -> set[bytes]:
    """The names and addresses that forms gave of these people."""
    named = (it.data[part] for it in forms for part in _OF_PEOPLE if isinstance(it.data.get(part), dict))
    theirs = [person for person in named if person.get("person_id") in people]
    return {person[field].encode() for person in theirs for field in ("name", "email")}


def _words(forms: Iterable[Found], people: set[str]) -> set[bytes]:
    """What these people called their organisations and their projects."""
    theirs = [it.data for it in forms if _leads(it.data) in people]
    texts = [text for data in theirs for text in (data["organisation"]["name"], data["project"]["title"])]
    return {word for text in texts for word in _WRITTEN.findall(text.encode())}


def _withheld(forms: Iterable[Found]) -> set[bytes]:
    """What was called by names and titles that no form let be published."""
    said: dict[bool, set[bytes]] = {True: set(), False: set()}
    for data in (it.data for it in forms):
        if isinstance(data.get("project"), dict) and isinstance(data.get("organisation"), dict):
            texts = f"{data['organisation'].get('name')}\n{data['project'].get('title')}".encode()
            said[data.get("texts_public") is True] |= set(_WRITTEN.findall(texts))
    return said[False] - said[True]


def _leads(data: Mapping[str, Any]) -> str:
    lead = data.get("lead")
    return str(lead.get("person_id")) if isinstance(lead, dict) else ""


async def _rows(connection: asyncpg.Connection[asyncpg.Record]) -> Any:
    """Each column of each row of all services as bytes, with its place."""
    for service in SERVICES:
        for table, column, kind in await connection.fetch(_COLUMNS, service):
            name = f'"{column}"' if kind == "bytea" else f'"{column}"::text'
            query = f'SELECT {name} FROM {service}."{table}" WHERE "{column}" IS NOT NULL'
            for (value,) in await connection.fetch(query):
                data = value.encode() if isinstance(value, str) else value
                if (table, column) == ("outbox", "events"):
                    data = bytes(cramjam.zstd.decompress(data))
                yield f"{service}.{table}.{column}", data
