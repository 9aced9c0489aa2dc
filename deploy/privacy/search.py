"""The proof of an erasure: all tables and all topics looked through, what is left and why, and who has confirmed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from contracts.catalogue import TOPIC_BY_NAME
from deploy.privacy.confirmations import TOPICS_OF_ERASURES, Confirmation, Confirmations
from deploy.privacy.places import Sentence, places
from deploy.privacy.tables import Connect, Tell, search_tables
from deploy.privacy.tally import Found, Tally
from deploy.privacy.topics import gone_by, read_topics, search_records
from deploy.privacy.wanted import wanted_of
from deploy.roles import WITH_SCHEMA
from libraries.chassis.kafka import Cluster

_UNKNOWN: Final = Sentence(
    fr="aucun registre ne dit pourquoi : deploy/privacy/places.toml doit le nommer",
    en="no register says why: deploy/privacy/places.toml has to name it",
)
_NOT_ERASED: Final = Sentence(
    fr="pas effacé : pas demandé, pas encore fait, dit après la demande, ou écrit par quelqu’un d’autre",
    en="not erased: not asked for, not done yet, said after the request, or written by somebody else",
)


@dataclass(frozen=True, slots=True)
class Left:
    """Something that is left: what, where, how often, why, and until when at the latest, where that is known."""

    found: Found
    because: Sentence
    gone_by: datetime | None


@dataclass(frozen=True, slots=True)
class Proof:
    """All that is left of a person, and who has confirmed that they are forgotten."""

    person_id: UUID
    requested_at: datetime | None
    erased_at: datetime | None
    confirmed: Sequence[Confirmation]
    missing: Sequence[str]
    left: Sequence[Left]
    looked_at: Mapping[str, int]

    @property
    def values_left(self) -> int:
        """In how many rows and records a value is found."""
        return sum(it.found.times for it in self.left if it.found.wanted.is_value)


async def search(cluster: Cluster, connect: Connect, person_id: UUID, values: Sequence[str], tell: Tell) -> Proof:
    """Looks for a person's ids and for values in all tables and topics; raises ValueError for a value too short."""
    wanted, tally, heard = wanted_of(person_id, values), Tally(), Confirmations(person_id)
    # Confirmations before all: who confirms while tables are looked at is not held to what they still had.
    await read_topics(cluster, TOPICS_OF_ERASURES, tell, heard.hear)
    # Tables before topics: what leaves them meanwhile is on a topic by then, and is found there.
    await search_tables(connect, WITH_SCHEMA, wanted, tally, tell)
    tally.looked_at["topics"] += await read_topics(
        cluster, TOPIC_BY_NAME, tell, lambda records: search_records(records, wanted, tally)
    )
    left = [_explained(it) for it in tally.found()]
    return Proof(
        person_id, heard.requested_at, heard.erased_at, heard.confirmed, heard.missing, left, dict(tally.looked_at)
    )


def _explained(found: Found) -> Left:
    known, place = places(), found.place
    if place.is_topic:
        topic = known.by_topic().get(place.holder)
        until = None if found.newest is None else gone_by(TOPIC_BY_NAME[place.holder], found.newest)
        return Left(found, _UNKNOWN if topic is None else known.reasons[topic.kept], until)
    table = known.by_table().get(place.holder)
    if table is None or place.part not in table.columns:
        # Numbers and times are in no list, and hold no id.
        return Left(found, _UNKNOWN, None)
    # By its name somebody who acted is known where people's columns hold more than ids, as in the audit.
    is_kept = place.part in table.people or not (found.wanted.is_value or place.part in table.personal)
    return Left(found, known.reasons[table.kept] if is_kept else _NOT_ERASED, None)
