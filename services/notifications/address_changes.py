"""Changes of address that wait: shown, and confirmed by whoever reads the mail at the old one, or by an operator."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from libraries.chassis.store import Connection, named_queries
from services.notifications.planned.follow_ups import ids_about

BY_LINK: Final = "link"

ChangeState: TypeAlias = Literal["waiting", "confirmed", "replaced"]

_QUERIES: Final = named_queries("services.notifications", "address_changes.sql")


class WaitingChange(NamedTuple):
    """A change that waits, and why the address that would have to confirm it can't be written to, if so."""

    id: UUID
    former_undeliverable: str | None


class ShownChange(NamedTuple):
    """What has become of a change, and the address that it is to, while that waits."""

    state: ChangeState
    new_address: str | None


async def show_change(connection: Connection, change_id: UUID) -> ShownChange | None:
    """A change as its link shows it; None where there is none."""
    row = await connection.fetchrow(_QUERIES["show"], change_id)
    return None if row is None else ShownChange(*row)


async def waiting_change(connection: Connection, contact_id: UUID) -> WaitingChange | None:
    """The change of a contact that waits, if one does."""
    row = await connection.fetchrow(_QUERIES["find_waiting"], contact_id)
    return None if row is None else WaitingChange(*row)


async def confirm(connection: Connection, change_id: UUID, *, at: datetime, by: str, why: str | None = None) -> bool:
    """Has the new address trusted from now on; False where nothing waits any more."""
    async with connection.transaction():
        # The contact before the change, as where contacts are written: so that no two transactions wait for each other.
        if await connection.execute(_QUERIES["trust"], change_id) != "UPDATE 1":
            return False
        await connection.execute(_QUERIES["confirm"], change_id, at, by, why)
        await connection.execute(_QUERIES["settle_mail"], change_id, *ids_about(change_id))
        return True
