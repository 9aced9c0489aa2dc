"""Words: what somebody says at the desk, passed on once as a form's event, and what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, TypeVar
from uuid import UUID, uuid5

import asyncpg
import orjson
from aiokafka.errors import KafkaError

from contracts.event import Event
from contracts.message import EventData
from contracts.sources import DESK
from libraries.chassis.forms import FormPublisher
from libraries.chassis.store import Connection, named_queries
from libraries.pages.asking import Refused

_QUERIES: Final = named_queries("services.desk")
RECENT: Final = timedelta(days=1)
"""For so long a page shows what somebody said beside what it was about."""
KEPT_DAYS: Final = 30
"""For so many days it is kept that a person said something; not what they said."""
SILENT: Final = frozenset(
    {
        "engage.lead.wishes-given.v1",
        "engage.mentor.recusal-declared.v1",
        "engage.mentor.revised.v1",
        "engage.mentor.withdrawn.v1",
    }
)
"""Words that no public event answers, unless they are refused or end a pair: what they change shows where they were
said."""
_MOST: Final = 200
_OF_THE_MATTER: Final = frozenset({"submitted_at"})
"""Times that a form says of its matter, and not of when it is sent."""

_Said = TypeVar("_Said", bound=EventData)

Standing: TypeAlias = Literal["under-way", "done", "refused"]


@dataclass(frozen=True, slots=True)
class Word:
    """What somebody said: an event's id and type, what it is about, when; and what became of it, where that is known.

    `reasons` are those of a refusal, each in both languages.
    """

    event_id: UUID
    type: str
    matter_id: UUID
    given_at: datetime
    standing: Standing
    outcome: str | None = None
    reasons: tuple[Mapping[str, Any], ...] = ()


def word_id(person_id: UUID, data: EventData, seen: str) -> UUID:
    """The id of what somebody says on what they saw: a second click says the same, and is the same event.

    `seen` names the state that they saw. When they say the same of another state, it is another event.
    """
    content = data.model_dump(mode="json", exclude=_times(data))
    digest = hashlib.sha256(orjson.dumps([data.event_type, content, seen], option=orjson.OPT_SORT_KEYS)).hexdigest()
    return uuid5(person_id, digest)


def _times(data: EventData) -> set[str]:
    return {name for name in type(data).model_fields if name.endswith("_at") and name != "publish_at"}


async def give(
    connection: Connection, forms: FormPublisher, person_id: UUID, data: EventData, *, seen: str, now: datetime
) -> UUID:
    """Passes a word on, and keeps that it was given; returns its event's id. Raises Refused where Kafka is away.

    Whoever says the same again of what they saw says it at the moment at which they first did: to a service it is the
    same event, whether Kafka had it already or not.
    """
    event_id = word_id(person_id, data, seen)
    text, subject = str(event_id), str(data.aggregate_id)
    async with connection.transaction():
        await connection.execute(_QUERIES["forget_words"], now - timedelta(days=KEPT_DAYS))
        first_at: datetime = await connection.fetchval(
            _QUERIES["keep_word"], event_id, data.event_type, data.aggregate_id, person_id, now
        )
    try:
        await forms.publish(Event(text, DESK, subject, first_at, text, None, None, _said_at(data, first_at)))
    except (KafkaError, OSError, TimeoutError):
        raise Refused(
            503,
            "Votre réponse n’a pas pu être transmise. Rien n’est perdu pour les autres\u00a0: "
            "réessayez dans un instant.",
            "What you said could not be passed on. Nothing else is lost: try again in a moment.",
        ) from None
    await connection.execute(_QUERIES["pass_word_on"], event_id)
    return event_id


def _said_at(data: _Said, at: datetime) -> _Said:
    """What somebody says, as they said it at a moment."""
    return data.model_copy(update=dict.fromkeys(_times(data) - _OF_THE_MATTER, at))


async def find(connection: Connection, event_id: UUID, person_id: UUID) -> Word | None:
    """A word that somebody gave; None for one that nobody gave, or another."""
    row = await connection.fetchrow(_QUERIES["find_word"], event_id, person_id)
    return None if row is None else (await _with_outcomes(connection, [row]))[0]


async def read(connection: Connection, person_id: UUID, since: datetime) -> list[Word]:
    """What somebody said since a moment, the newest first."""
    return await _with_outcomes(connection, await connection.fetch(_QUERIES["read_words"], person_id, since, _MOST))


async def _with_outcomes(connection: Connection, rows: Iterable[asyncpg.Record]) -> list[Word]:
    rows = list(rows)
    found = await connection.fetch(_QUERIES["read_outcome"], [str(row["event_id"]) for row in rows])
    outcomes = {UUID(row["correlation_id"]): row for row in found}
    return [_word(row, outcomes.get(row["event_id"])) for row in rows]


def _word(row: asyncpg.Record, outcome: asyncpg.Record | None) -> Word:
    head = row["event_id"], row["type"], row["matter_id"], row["given_at"]
    if outcome is None:
        return Word(*head, "under-way")
    if "refused" not in outcome["type"]:
        return Word(*head, "done", outcome["type"])
    data = orjson.loads(outcome["data"] or "{}")
    return Word(*head, "refused", outcome["type"], tuple(data.get("reasons") or data.get("problems") or ()))
