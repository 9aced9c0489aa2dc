"""What the sender does in a transaction: series moved on, what is due claimed, outcomes recorded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from libraries.chassis.erasures import fetch_erasures
from libraries.chassis.store import Connection, named_queries
from libraries.typed.addresses import provider_of
from services.notifications.contacts import contacts_of, fetch_contacts
from services.notifications.descriptions import fetch_descriptions
from services.notifications.forgotten import lock_against_erasures
from services.notifications.kinds import KINDS
from services.notifications.planned.rows import (
    insert_follow_ups,
    move_series_on,
    planned_of,
    series_of,
)
from services.notifications.planned.series import Series
from services.notifications.sending.claiming import WEEK, Decision, decide
from services.notifications.sending.due_mail import DueMail
from services.notifications.sending.outcomes import Outcome, Recorded, after
from services.notifications.sending.provider_register import (
    fetch_forgotten,
    fetch_providers,
    forget_providers,
    note_refusals,
    note_taken,
)
from services.notifications.sending.providers import Provider
from services.notifications.sending.terms import Known, Terms

_QUERIES: Final = named_queries("services.notifications.sending")
_DIGEST: Final = [kind.kind for kind in KINDS.all if kind.digest]


class NextDue(NamedTuple):
    """When the first follow-up and the first series of a lane fall due; None where there are none."""

    mail: datetime | None
    series: datetime | None

    @property
    def earliest(self) -> datetime | None:
        """When the lane has something to do."""
        return min((due for due in self if due is not None), default=None)


class Dispatch:
    """The sender's half of the store: a fixed number of statements, however much is due."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def next_due(self, lane: int) -> NextDue:
        """When a lane has something to do: the ends of two indexes, and nothing locked."""
        row = await self._connection.fetchrow(_QUERIES["next_due"], lane)
        return NextDue(None, None) if row is None else NextDue(*row)

    async def lock_due_series(self, lane: int, *, now: datetime, limit: int) -> list[Series]:
        """Locks the series of a lane of which something falls due, oldest first."""
        # Before any row: an erasure that waits for one of them must not be waited for.
        await lock_against_erasures(self._connection)
        return [series_of(row) for row in await self._connection.fetch(_QUERIES["lock_due_series"], lane, now, limit)]

    async def move_on(self, series: Sequence[Series], *, now: datetime) -> None:
        """Gives what is due of these series rows of their own, and moves the series on."""
        await insert_follow_ups(
            self._connection, (each.planned(occasion) for each in series for occasion in each.due(now))
        )
        await move_series_on(self._connection, [(each, each.without(each.due(now))) for each in series])

    async def lock_due(self, lane: int, *, now: datetime, limit: int) -> list[DueMail]:
        """Locks what is due in a lane, oldest first, and what is for one person's digest as a whole."""
        # A digest that was cut in two would be two mails on one morning.
        rows = await self._connection.fetch(_QUERIES["lock_due"], lane, now, limit, _DIGEST)
        return [
            DueMail(planned_of(row), row["next_attempt_at"], row["is_requested"], row["departed_as"]) for row in rows
        ]

    async def claim(self, lane: int, mails: Sequence[DueMail], terms: Terms) -> tuple[list[Decision], Known]:
        """Decides what becomes of what was locked, and writes it."""
        known = await self._known(lane, mails, terms)
        decisions = decide(mails, known, terms)
        changes = [
            (
                decision.follow_up.id,
                decision.follow_up.state,
                decision.follow_up.attempts,
                decision.follow_up.in_doubt,
                decision.follow_up.settled,
                decision.next_attempt_at,
                decision.waits_for,
            )
            for decision in decisions
        ]
        await self._connection.execute(_QUERIES["apply"], *zip(*changes, strict=True))
        return decisions, known

    async def record(self, outcomes: Sequence[Outcome], *, now: datetime) -> list[Recorded]:
        """Records what became of claims, and returns it in the order of `outcomes`.

        An outcome whose claim was taken over meanwhile is ignored.
        """
        # A reminder says again what the mail said: an erasure must see both, or neither.
        await lock_against_erasures(self._connection)
        # In the order of their ids, as everywhere, so that no two transactions wait for each other.
        ordered = sorted(outcomes, key=lambda outcome: outcome.follow_up_id)
        rows = await self._connection.fetch(
            _QUERIES["lock_claims"],
            [outcome.follow_up_id for outcome in ordered],
            [outcome.attempts for outcome in ordered],
        )
        # Fewer than were asked for where a claim ended and another owner of the lane took the row.
        claimed = {row["id"]: planned_of(row) for row in rows}
        recorded = []
        for outcome in outcomes:
            if (planned := claimed.get(outcome.follow_up_id)) is not None:
                recorded.append(Recorded(planned._replace(follow_up=after(planned.follow_up, outcome)), outcome))
        if recorded:
            await self._write(recorded, now)
        return recorded

    async def note_providers(self, recorded: Sequence[Recorded], *, now: datetime) -> list[Provider]:
        """Notes what providers made of us; returns those that are paused because of it."""
        refusals: dict[str, list[UUID]] = {}
        for each in recorded:
            if each.outcome.provider_says == "refuses us":
                refusals.setdefault(each.outcome.provider, []).append(each.follow_up.key.recipient_id)
        paused = await note_refusals(self._connection, refusals, at=now, by_report=False) if refusals else []
        # Afterwards: one that took a mail among these does not refuse all.
        if taken := {each.outcome.provider for each in recorded if each.outcome.provider_says == "takes mail"}:
            await note_taken(self._connection, taken)
        return [provider for provider in paused if provider.domain not in taken]

    async def _write(self, recorded: Sequence[Recorded], now: datetime) -> None:
        changes = [
            (
                each.follow_up.id,
                each.follow_up.state,
                each.follow_up.in_doubt,
                each.outcome.next_attempt_at,
                each.outcome.message_id if (is_sent := each.follow_up.state == "sent") else None,
                now if is_sent else None,
                is_sent and KINDS.by_name[each.follow_up.key.kind].is_counted,
            )
            for each in recorded
        ]
        await self._connection.execute(_QUERIES["record_outcomes"], *zip(*changes, strict=True))
        refused = [each for each in recorded if each.outcome.refused_address]
        if refused:
            # In the same transaction: the next portion must not write to it again.
            await self._connection.execute(
                _QUERIES["mark_undeliverable"],
                [contacts_of(each.follow_up.key.kind, each.follow_up.key.recipient_id, None)[0] for each in refused],
                [each.outcome.refused_address for each in refused],
                [each.outcome.reason for each in refused],
            )

    async def _known(self, lane: int, mails: Sequence[DueMail], terms: Terms) -> Known:
        contacts = await fetch_contacts(self._connection, sorted({each for mail in mails for each in mail.contacts}))
        contacts |= terms.offices
        unreached = {who for mail in mails if not contacts.keys() >= {*mail.contacts} for who in mail.people}
        described = {each for mail in mails for each in mail.described}
        files = sorted({mail.file for mail in mails})
        recusals = await self._connection.fetch(_QUERIES["fetch_recusals"], *zip(*files, strict=True))
        return Known(
            contacts=contacts,
            forgotten=frozenset(await fetch_erasures(self._connection, unreached)),
            recusals={tuple(row) for row in recusals},
            recent=await self._recent(lane, mails, terms),
            descriptions=await fetch_descriptions(self._connection, described) if described else {},
            providers=await fetch_providers(
                self._connection,
                {
                    provider_of(email)
                    for contact in contacts.values()
                    for email in {contact.email, contact.trusted.email}
                },
            ),
        )

    async def _recent(self, lane: int, mails: Sequence[DueMail], terms: Terms) -> dict[UUID, list[datetime]]:
        counted = sorted({mail.recipient_id for mail in mails if mail.is_counted})
        recent: dict[UUID, list[datetime]] = {person_id: [] for person_id in counted}
        if counted:
            ours = {mail.id for mail in mails}
            # What an owner of this lane claimed before it died, or lost it, may still leave.
            for row in await self._connection.fetch(_QUERIES["fetch_under_way"], lane, terms.now, terms.claimed_until):
                if row["id"] not in ours and row["recipient_id"] in recent and KINDS.by_name[row["kind"]].is_counted:
                    recent[row["recipient_id"]].append(terms.now)
            since, most = terms.now - WEEK, terms.most_a_week
            for row in await self._connection.fetch(_QUERIES["fetch_recent"], counted, since, most):
                recent[row["id"]].append(row["sent_at"])
        return recent

    async def look_through(self, after_id: UUID, *, before: datetime, limit: int) -> list[tuple[UUID, bool]]:
        """The next follow-ups by their ids, and of each whether it ended before a moment and still says something."""
        rows = await self._connection.fetch(_QUERIES["look_through"], after_id, before, limit)
        return [(row["id"], row["is_old"]) for row in rows]

    async def forgotten_providers(self, *, before: datetime) -> list[str]:
        """The domains of providers that refused something, none of it since a moment."""
        return await fetch_forgotten(self._connection, before=before)

    async def forget_providers(self, domains: Collection[str], *, before: datetime) -> None:
        """Forgets what these refused."""
        await forget_providers(self._connection, domains, before=before)

    async def empty(self, follow_ups: Collection[UUID]) -> None:
        """Empties what these mails said."""
        # In the order of their ids, as everywhere, so that no two transactions wait for each other.
        await self._connection.execute(_QUERIES["empty"], sorted(follow_ups))
