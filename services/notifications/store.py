"""The state of one transaction: follow-ups planned, settled, claimed and recorded, and the contact register."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import asyncpg

from contracts.contacts import ContactPublished
from contracts.event import Event
from contracts.message import EventData
from services.chassis.store import Connection, named_queries
from services.notifications.follow_ups import FollowUp, Key, Planned, lane_of, matters_of
from services.notifications.kinds import KINDS
from services.notifications.outcomes import Claim, Leases, Outcome, Person, Portion, Recorded

_QUERIES = named_queries("services.notifications")
_URGENT = [kind.kind for kind in KINDS.all if kind.urgent]
_OPTIONAL = [kind.kind for kind in KINDS.all if kind.optional]
_DIGEST = [kind.kind for kind in KINDS.all if kind.digest]
_UNCOUNTED = [kind.kind for kind in KINDS.all if kind.urgent or kind.digest]


@dataclass(frozen=True, slots=True)
class _Change:
    follow_up: FollowUp
    reason: str


class NotificationStore:
    """What handlers of up to a batch of events read and change, in a fixed number of statements."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: set[Key] = set()
        self._open: dict[UUID, dict[UUID, FollowUp]] = {}
        self._planned: dict[UUID, Planned] = {}
        self._changes: dict[UUID, _Change] = {}
        self._contacts: dict[UUID, ContactPublished] = {}
        self._erased: set[UUID] = set()
        self._recusals: set[tuple[UUID, UUID]] = set()

    async def load(self, events: Sequence[Event[EventData]]) -> None:
        """Fetches the keys of what was planned, and locks what is open, about the matters of these events."""
        planning = {it for event in events if KINDS.planned_by.get(type(event.data)) for it in matters_of(event.data)}
        settling = {it for event in events if KINDS.settled_by.get(type(event.data)) for it in matters_of(event.data)}
        self._known = set()
        self._open = {}
        if planning:
            rows = await self._connection.fetch(_QUERIES["fetch_keys"], planning)
            self._known = {Key(*row) for row in rows}
        if settling:
            for row in await self._connection.fetch(_QUERIES["lock_open"], settling):
                self._open.setdefault(row["matter_id"], {})[row["id"]] = _follow_up(row)

    def open_of(self, matter_id: UUID) -> Collection[FollowUp]:
        """What is scheduled or being sent about a matter; a copy, which later changes leave alone."""
        return tuple(self._open.get(matter_id, {}).values())

    def schedule(self, planned: Planned) -> bool:
        """Adds a follow-up; False, and nothing is added, where its key was planned before."""
        follow_up = planned.follow_up
        if follow_up.key in self._known:
            return False
        self._known.add(follow_up.key)
        self._planned[follow_up.id] = planned
        self._open.setdefault(follow_up.key.matter_id, {})[follow_up.id] = follow_up
        return True

    def settle(self, follow_up: FollowUp, *, reason: str) -> None:
        """Keeps what a follow-up has become: it is never sent.

        One that is not cancelled yet is by the sender; an attempt that is under way may end, and is the last one.
        """
        del self._open[follow_up.key.matter_id][follow_up.id]
        self._changes[follow_up.id] = _Change(follow_up, reason)

    def keep_contact(self, contact: ContactPublished) -> None:
        """Replaces what is known of a person, unless it is newer."""
        known = self._contacts.get(contact.person_id)
        if known is None or known.updated_at <= contact.updated_at:
            self._contacts[contact.person_id] = contact

    def keep_recusal(self, person_id: UUID, application_id: UUID) -> None:
        """Keeps that nothing about an application is to be sent to a person."""
        self._recusals.add((person_id, application_id))

    def erase_contact(self, person_id: UUID) -> None:
        """Forgets a person; what is scheduled for them, or introduces them, will be cancelled."""
        self._contacts.pop(person_id, None)
        self._erased.add(person_id)

    async def save(self) -> None:
        """Writes every change once.

        Raises asyncpg.SerializationError where another transaction has planned the same meanwhile: none
        of the events made here may be published, and the next attempt will find what the other wrote.
        """
        planned, self._planned = self._planned, {}
        changes, self._changes = self._changes, {}
        if planned:
            await self._insert(planned.values(), changes)
        if changes:
            await self._settle([change for key, change in changes.items() if key not in planned])
        if self._recusals:
            recusals, self._recusals = sorted(self._recusals), set()
            await self._connection.execute(_QUERIES["keep_recusals"], *zip(*recusals, strict=True))
        await self._save_contacts()

    async def _insert(self, planned: Iterable[Planned], changes: dict[UUID, _Change]) -> None:
        records = [_record(new, changes.get(new.follow_up.id)) for new in planned]
        try:
            await self._connection.execute(_QUERIES["plan"], *zip(*records, strict=True))
        except asyncpg.UniqueViolationError as error:
            raise asyncpg.SerializationError("a follow-up was planned by two transactions at once") from error

    async def _settle(self, changes: Sequence[_Change]) -> None:
        if changes:
            await self._connection.execute(
                _QUERIES["settle"],
                [change.follow_up.id for change in changes],
                [change.follow_up.state for change in changes],
                [change.follow_up.version for change in changes],
                [change.reason for change in changes],
            )

    async def _save_contacts(self) -> None:
        erased, self._erased = sorted(self._erased), set()
        contacts = [self._contacts[person_id] for person_id in sorted(self._contacts)]
        self._contacts = {}
        if erased:
            await self._connection.execute(_QUERIES["erase_contacts"], erased)
            await self._connection.execute(_QUERIES["settle_erased"], erased)
            await self._connection.execute(_QUERIES["forget_content"], erased)
        if contacts:
            await self._connection.execute(
                _QUERIES["keep_contacts"],
                [contact.person_id for contact in contacts],
                [contact.name for contact in contacts],
                [contact.email for contact in contacts],
                [contact.language for contact in contacts],
                [contact.updated_at for contact in contacts],
            )
            await self._connection.execute(_QUERIES["wake_waiting"], [contact.person_id for contact in contacts])

    async def purge(self, before: datetime, *, limit: int) -> int:
        """Empties what mails said that ended before a moment, and says of how many."""
        status = await self._connection.execute(_QUERIES["purge"], before, limit)
        return int(status.rpartition(" ")[2])

    async def claim_due(self, lane: int, *, now: datetime, limit: int, leases: Leases, is_open: bool) -> Portion:
        """Claims what is due in a lane, oldest first.

        Unless the hours are open only what is urgent; of all else no more for a person in seven days than courtesy
        allows: what is beyond is put off until it is. What nobody can be reached for yet is put off instead, until its
        contact arrives or `leases.without_contact`. What was claimed before and has no outcome is claimed again once
        its claim has ended, and is in doubt from then on.
        """
        until, later = leases.claimed, leases.without_contact
        courtesy = _URGENT, is_open, KINDS.courtesy.most_a_week, _OPTIONAL, _UNCOUNTED, _DIGEST
        rows = await self._connection.fetch(_QUERIES["claim_due"], lane, now, limit, until, later, *courtesy)
        return Portion([_claim(row) for row in rows if row["ready"]], full=len(rows) >= limit)

    async def record_outcomes(self, outcomes: Sequence[Outcome], *, now: datetime) -> list[Recorded]:
        """Records what became of claims, and returns what now has an end, in the order of `outcomes`.

        An outcome whose claim was taken over meanwhile is ignored.
        """
        rows = await self._connection.fetch(
            _QUERIES["record_outcomes"],
            [outcome.follow_up_id for outcome in outcomes],
            [outcome.attempts for outcome in outcomes],
            [outcome.state for outcome in outcomes],
            [outcome.in_doubt for outcome in outcomes],
            [outcome.next_attempt_at for outcome in outcomes],
            [outcome.message_id for outcome in outcomes],
            now,
        )
        if refused := [outcome for outcome in outcomes if outcome.refused_address]:
            await self._connection.execute(
                _QUERIES["mark_undeliverable"],
                [outcome.follow_up_id for outcome in refused],
                [outcome.refused_address for outcome in refused],
                [outcome.reason for outcome in refused],
            )
        ended = {row["id"]: row for row in rows if row["state"] != "scheduled"}
        return [
            _recorded(ended[outcome.follow_up_id], outcome) for outcome in outcomes if outcome.follow_up_id in ended
        ]


def _record(planned: Planned, change: _Change | None) -> tuple[object, ...]:
    follow_up = planned.follow_up if change is None else change.follow_up
    key = follow_up.key
    return (
        follow_up.id, lane_of(key.recipient_id), key.kind, key.recipient_id, planned.counterpart_id, key.matter_id,
        follow_up.matter_version, key.occasion, planned.correlation_id, planned.parameters, planned.due_at,
        planned.due_at, follow_up.state, follow_up.version, None if change is None else change.reason,
        planned.application_id,
    )  # fmt: skip


def _follow_up(row: asyncpg.Record) -> FollowUp:
    key = Key(row["matter_id"], row["recipient_id"], row["kind"], row["occasion"])
    return FollowUp(row["id"], key, row["matter_version"], row["state"], row["version"], row["in_doubt"])


def _claim(row: asyncpg.Record) -> Claim:
    name, email, language = row["name"], row["email"], row["language"]
    counterpart = row["counterpart_name"], row["counterpart_email"]
    return Claim(
        follow_up_id=row["id"],
        kind=row["kind"],
        matter_id=row["matter_id"],
        recipient_id=row["recipient_id"],
        parameters=row["parameters"],
        attempts=row["attempts"],
        settled=row["settled"] is not None,
        recipient=None if email is None else Person(name, email),
        language=language,
        is_undeliverable=row["undeliverable"] is not None,
        counterpart=None if counterpart[1] is None else Person(*counterpart),
    )


def _recorded(row: asyncpg.Record, outcome: Outcome) -> Recorded:
    return Recorded(
        follow_up=replace(_follow_up(row), state=row["state"]),
        outcome=outcome,
        settled=row["settled"],
        correlation_id=row["correlation_id"],
        due_at=row["due_at"],
        counterpart_id=row["counterpart_id"],
        application_id=row["application_id"],
        parameters=row["parameters"],
    )
