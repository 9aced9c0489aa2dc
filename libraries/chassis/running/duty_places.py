"""A duty's lane in the hands of its owner: units of work in it, and what fails of what is due set aside alone."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from libraries.chassis.database import is_transient
from libraries.chassis.lanes.commits import Commits, NothingDone, OwnLane
from libraries.chassis.lanes.committer import Committer
from libraries.chassis.lanes.holding import hold_duty_item
from libraries.chassis.lanes.ledger import QUERIES, LaneLost
from libraries.chassis.process.backoff import Stopping
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.service import Duty, Item
from libraries.chassis.unit_of_work import UnitOfWork
from libraries.chassis.watching import metrics

DUTY_TOPIC: Final = "duty"
"""What the names of duties' lanes begin with, so that they are no topic's."""


@dataclass(slots=True)
class DutyPlace:
    """A duty's lane while this process owns it.

    The advisory lock makes it likely that there is one owner; the ledger makes it certain that only one commits.
    """

    duty: Duty
    partition: int
    lane: OwnLane
    around: Surroundings
    committer: Committer
    commits: Commits
    set_aside: set[str] = field(default_factory=set)

    @property
    def name(self) -> tuple[str, int]:
        """Its name among deadlines."""
        return self.duty.name, self.partition

    @asynccontextmanager
    async def unit_of_work(self) -> AsyncIterator[UnitOfWork[Any]]:
        """A unit of work in the committer's turn; raises LaneLost where another replica owns the lane."""
        async with self.committer.turn, self.commits.unit_of_work(self.lane) as transaction:
            yield transaction.unit

    async def carry_out(
        self,
        find: Callable[[UnitOfWork[Any]], Awaitable[Sequence[Item]]],
        do: Callable[[UnitOfWork[Any], Sequence[Item]], Awaitable[None]],
    ) -> int:
        """Does what is found, narrowing down to what fails, which is set aside; returns how much was done."""
        done, most = 0, None
        # Looked for anew after each failure: it took back all of its transaction, and with it what was found.
        while True:
            items: Sequence[Item] = ()
            try:
                async with self.unit_of_work() as unit:
                    found = [item for item in await find(unit) if item.name not in self.set_aside]
                    if not found:
                        # Raised and not returned, so that the claim of the lane is rolled back: nothing was done.
                        raise NothingDone
                    items = found[:most]
                    await do(unit, items)
            except NothingDone:
                return done
            except (LaneLost, Stopping):
                raise
            except Exception as error:
                if is_transient(error) or not items:
                    # The database is away, or `find` itself fails: none of what is due is to blame.
                    raise
                if len(items) > 1:
                    most = len(items) // 2
                else:
                    await self._set_aside(items[0].name, error)
                    # As many as are found again: what is left may all be well.
                    most = None
            else:
                done += len(items)
                if len(items) == len(found):
                    return done

    async def _set_aside(self, item: str, error: Exception) -> None:
        detail = f"{type(error).__name__} in what is due"
        self.around.log.error("set aside", action="duty", duty=self.duty.name, item=item, exc_info=error)
        topic = f"{DUTY_TOPIC}.{self.duty.name}"
        async with self.committer.turn, self.commits.unit_of_work(self.lane) as transaction:
            place = LaneName(topic, self.partition), self.lane.position.next_offset
            letters = await hold_duty_item(
                transaction.connection, self.around.service.name, *place, item, detail, self.around.machine_clock()
            )
            transaction.unit.published.extend(letters)
        # Only now, since it is committed: counted before, a lost transaction would be counted with it.
        metrics.DEAD_LETTERS.labels(topic, "duty-failed").inc()
        self.set_aside.add(item)

    async def look_up_what_is_set_aside(self) -> None:
        """Reads what failed before and is not to be tried, and lets go of what operators have decided on."""
        place = f"{DUTY_TOPIC}.{self.duty.name}", self.partition
        async with self.around.database.pool.acquire() as connection:
            await connection.execute(QUERIES["release_duty_items"], *place, self.around.machine_clock())
            rows = await connection.fetch(QUERIES["held_duty_items"], *place)
        self.set_aside = {row["key"].decode() for row in rows}
