"""What stands in for the chassis in tests of a service: a database in which nothing is, a duty's lane."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, ClassVar, TypeVar

from libraries.chassis.service import Due
from libraries.chassis.unit_of_work import UnitOfWork

Item = TypeVar("Item", bound=Due)


class EmptyConnection:
    """A connection to a database in which nothing is yet, and that forgets what it is told."""

    async def fetch(self, *_: object) -> list[Any]:
        """No row."""
        return []

    async def execute(self, *_: object) -> None:
        """Nothing to change."""


class DutyLaneInTests:
    """A duty's lane over the transactions of a test, which commit on leaving.

    What fails with an error of `narrowed` is tried by halves until it is alone, and `set_aside` names it, as the
    chassis does; any other error is the test's.
    """

    narrowed: ClassVar[tuple[type[Exception], ...]] = ()
    partition = 0

    def __init__(self) -> None:
        self.set_aside: list[str] = []

    def unit_of_work(self) -> AbstractAsyncContextManager[UnitOfWork[Any]]:
        """A transaction that commits on leaving and rolls back on an exception."""
        raise NotImplementedError("each service's tests open transactions of its own store")

    def found_nothing(self) -> None:
        """Called within a unit of work in which nothing was due, before it ends."""

    async def carry_out(
        self,
        find: Callable[[UnitOfWork[Any]], Awaitable[Sequence[Item]]],
        do: Callable[[UnitOfWork[Any], Sequence[Item]], Awaitable[None]],
    ) -> int:
        """Does what is due; returns how much was done."""
        done, most = 0, None
        while True:
            found = items = list[Item]()
            try:
                async with self.unit_of_work() as unit:
                    found = [item for item in await find(unit) if item.name not in self.set_aside]
                    if not found:
                        self.found_nothing()
                        return done
                    items = found[:most]
                    await do(unit, items)
            except self.narrowed:
                if not items:
                    raise
                if len(items) == 1:
                    self.set_aside.append(items[0].name)
                most = len(items) // 2 or None
            else:
                done += len(items)
                if len(items) == len(found):
                    return done
