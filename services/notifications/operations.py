"""What operators may do, on a connection in the service's schema: with follow-ups, and with mail that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

import asyncpg

from contracts.contacts import ContactRole, contact_id_of
from libraries.chassis.store import Connection, named_queries
from libraries.typed.addresses import is_same, provider_of
from services.notifications.address_changes import confirm, waiting_change
from services.notifications.contacts import contacts_of
from services.notifications.forgotten import lock_against_erasures
from services.notifications.kinds import KINDS
from services.notifications.mails.bounces import Bounce, bounce_of
from services.notifications.planned.follow_ups import ids_about
from services.notifications.planned.rows import insert_follow_ups, move_series_on, series_of
from services.notifications.planned.series import Occasion, Series
from services.notifications.sending.provider_register import note_refusals

Instruction: TypeAlias = Literal["cancel", "send-now"]

QUERIES: Final = named_queries("services.notifications", "operations.sql")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which follow-ups to list; None for whatever it is. `unreachable`: due, and a contact is missing."""

    before: datetime
    state: str | None = None
    kind: str | None = None
    recipient_id: UUID | None = None
    matter_id: UUID | None = None
    unreachable: bool = False


async def list_follow_ups(connection: Connection, wanted: Filter, *, at: datetime) -> list[dict[str, Any]]:
    """Follow-ups that meet a filter at a moment, the first due first; of a series what is to come as well."""
    people = wanted.recipient_id, wanted.matter_id
    query = QUERIES["list_follow_ups"]
    roles = [(kind.kind, kind.to, kind.introduces) for kind in KINDS.all]
    asked = wanted.state, wanted.kind, *people, wanted.before, wanted.unreachable
    rows = await connection.fetch(query, *asked, *zip(*roles, strict=True), at)
    series = await connection.fetch(QUERIES["list_series"], *people)
    found = [{**row, "series": None} for row in map(dict, rows)]
    if wanted.state in (None, "scheduled") and not wanted.unreachable:
        found += [
            _to_come(each, occasion)
            for each in map(series_of, series)
            for occasion in each.occasions
            if occasion.due_at <= wanted.before and wanted.kind in (None, occasion.kind)
        ]
    return sorted(found, key=lambda row: (row["due_at"], row["id"]))


async def count_mails(connection: Connection, now: datetime, *, late_before: datetime) -> Mapping[str, int]:
    """How many mails are `due`, `late` (due before a moment), `failed` or came back in a week, and `scheduled`."""
    row = await connection.fetchrow(QUERIES["count_mails"], now, late_before)
    assert row is not None  # counts are always one row
    return dict(row)


async def show(connection: Connection, follow_up_id: UUID) -> dict[str, Any] | None:
    """All that is known of one; None where there is none."""
    if row := await connection.fetchrow(QUERIES["show_follow_up"], follow_up_id):
        return {**dict(row), "series": None}
    found = await _occasion(connection, follow_up_id)
    return None if found is None else _to_come(*found)


async def instruct(connection: Connection, instruction: Instruction, follow_up_id: UUID, *, by: str, why: str) -> bool:
    """Asks the sender to cancel one or to send it now; False where it is not to be sent any more.

    What is to come in a series gets its row by it.
    """
    async with connection.transaction():
        # Before any row, as where the sender moves a series on.
        await lock_against_erasures(connection)
        if found := await _occasion(connection, follow_up_id):
            # Moved on as the sender does, and refused by the database where that one does so in this moment.
            series, occasion = found
            await insert_follow_ups(connection, [series.planned(occasion)])
            await move_series_on(connection, [(series, series.without([occasion]))])
        query = QUERIES["cancel" if instruction == "cancel" else "send_now"]
        return await connection.execute(query, follow_up_id, by, why) == "UPDATE 1"


class Departed(NamedTuple):
    """A mail that left, as Kafka was told at a moment, and that the restored database knows nothing of."""

    follow_up_id: UUID
    message_id: str
    told_at: datetime


async def note_departed(connection: Connection, mails: Sequence[Departed]) -> None:
    """Notes mails that had left before the database was restored: when they fall due again, nothing leaves."""
    if mails:
        await connection.execute(QUERIES["note_departed"], *zip(*mails, strict=True))


async def untold(connection: Connection) -> list[asyncpg.Record]:
    """Mails that had left before the database was restored, and are no follow-ups that were sent: their ids."""
    return await connection.fetch(QUERIES["untold"])


class Returned(NamedTuple):
    """A mail that was taken in, what it reports, if that is a failure, and what it means for us."""

    bounce: Bounce | None
    outcome: str


async def take_in(connection: Connection, content: bytes, *, at: datetime) -> Returned:
    """Takes in a delivery report: its mail is marked, and an address that does not exist is written to no more.

    Where a provider sends back whatever we send, for our fault, mail to it pauses.
    """
    if (bounce := bounce_of(content)) is None:
        return Returned(None, "no report of a failure")
    # Both or neither: a report that is taken in again after a failure finds its mail as it was.
    async with connection.transaction():
        mail = await connection.fetchrow(QUERIES["mark_bounced"], bounce.follow_up_id, bounce.status)
        if mail is None:
            return Returned(bounce, "not a mail of ours")
        contact_id = contacts_of(mail["kind"], mail["recipient_id"], None)[0]
        if bounce.diagnosis.is_provider and await _note_refusal(connection, contact_id, mail["recipient_id"], at):
            return Returned(bounce, "came back; mail to its provider pauses")
        if not bounce.no_such_address:
            return Returned(bounce, "came back")
        if await _mark_undeliverable(connection, contact_id, bounce):
            return Returned(bounce, "address not written to any more")
        return Returned(bounce, "came back from an old address")


async def _mark_undeliverable(connection: Connection, contact_id: UUID, bounce: Bounce) -> bool:
    # Reports come days later, when there may be another address; they spell it as it travelled, in ASCII.
    row = await connection.fetchrow(QUERIES["fetch_emails"], contact_id)
    named = [email for email in row or () if email is not None and is_same(email, bounce.recipient)]
    if not named:
        return False
    await connection.execute(QUERIES["mark_undeliverable"], contact_id, named, bounce.status)
    return True


async def _note_refusal(connection: Connection, contact_id: UUID, person_id: UUID, at: datetime) -> bool:
    row = await connection.fetchrow(QUERIES["fetch_emails"], contact_id)
    if row is None:
        return False
    return bool(await note_refusals(connection, {provider_of(row["email"]): [person_id]}, at=at, by_report=True))


async def list_undeliverable(connection: Connection) -> list[dict[str, Any]]:
    """The people whose address is not written to any more, and why; never the address."""
    return [dict(row) for row in await connection.fetch(QUERIES["list_undeliverable"])]


async def restore(connection: Connection, person_id: UUID) -> bool:
    """Has a person's addresses written to again, in every role; False where nothing kept mail from them."""
    return await connection.execute(QUERIES["restore"], person_id) != "UPDATE 0"


Confirmation: TypeAlias = Literal["confirmed", "nothing waits", "still reached"]


async def confirm_address(
    connection: Connection, person_id: UUID, role: ContactRole, *, at: datetime, by: str, why: str
) -> Confirmation:
    """Confirms a person's new address in a role for them, where nobody reads mail at the one that was trusted.

    Whoever can be asked there is not passed over: an operator is easier to deceive than a mailbox.
    """
    change = await waiting_change(connection, contact_id_of(role, person_id))
    if change is None:
        return "nothing waits"
    if change.former_undeliverable is None:
        return "still reached"
    return "confirmed" if await confirm(connection, change.id, at=at, by=by, why=why) else "nothing waits"


async def _occasion(connection: Connection, follow_up_id: UUID) -> tuple[Series, Occasion] | None:
    beside = await connection.fetch(QUERIES["fetch_series_beside"], *ids_about(follow_up_id))
    for series in map(series_of, beside):
        for occasion in series.occasions:
            if series.follow_up(occasion).id == follow_up_id:
                return series, occasion
    return None


def _to_come(series: Series, occasion: Occasion) -> dict[str, Any]:
    follow_up = series.follow_up(occasion)
    return {
        "id": follow_up.id,
        "kind": occasion.kind,
        "state": "scheduled",
        "recipient_id": follow_up.key.recipient_id,
        "matter_id": follow_up.key.matter_id,
        "due_at": occasion.due_at,
        "attempts": 0,
        "in_doubt": False,
        "settled": series.settled,
        "series": {"id": series.key.id, "planned_by": series.key.kind, "next_due_at": series.next_due_at},
    }
