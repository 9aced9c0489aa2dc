"""What a duty of matching finds to be done, one matter after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from services.matching.store import Unit


class Matter(NamedTuple):
    """One thing that is due, by a name that it keeps; it holds ids alone, for after a rollback the pool is another."""

    name: str
    act: Callable[[Unit], None]


async def do_each(unit: Unit, matters: Sequence[Matter]) -> None:
    """Does each matter in its turn."""
    for matter in matters:
        matter.act(unit)
