"""Whether a service has done all that it can at a moment of a rehearsal, and when it has something to do next."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from libraries.chassis.lanes.committer import Committer
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.surroundings import Surroundings

if TYPE_CHECKING:
    from libraries.chassis.running.duties import DutyRoster

_A_MOMENT: Final = timedelta(seconds=0.5)
_LOOK_SECONDS: Final = 0.003
_SOON: Final = timedelta(seconds=2)
"""A record that waits is worth waiting for if it is tried again so soon: what it waits for mostly follows at once."""


class Resting:
    """Looks at the parts of a running service for whoever moves the clock: they go on when everything rests."""

    def __init__(self, around: Surroundings, committer: Committer, relay: Relay, roster: DutyRoster) -> None:
        self._around = around
        self._committer = committer
        self._relay = relay
        self._roster = roster

    async def told(self) -> dict[str, Any]:
        """Whether it rests, by what its clock shows; its next deadline; and how far it has come on each partition.

        Where it does not, the answer waits a moment: it mostly does soon, and to be asked again and again costs more.
        Partitions are named as `topic/number`, with the offset of the first record that is not dealt with.
        """
        # Those who wait for a deadline may not have seen yet that the clock was set.
        self._around.deadlines.look()
        asked_at = self._around.machine_clock()
        # Many things make it rest, and none of them tells.
        while not self._rests() and self._around.machine_clock() < asked_at + _A_MOMENT:  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        following = min(self._deadlines(), default=None)
        return {
            "now": self._around.programme_clock().isoformat(),
            "rests": self._rests(),
            "next": None if following is None else following.isoformat(),
            "lanes": {
                f"{name.topic}/{name.partition}": lane.next_offset for name, lane in self._committer.lanes.items()
            },
        }

    def _deadlines(self) -> Iterator[datetime]:
        for duty in self._roster.wanted():
            if (due := self._around.deadlines.next_of(duty)) is not None:
                yield due

    def _rests(self) -> bool:
        committer, soon = self._committer, self._around.machine_clock() + _SOON
        lanes = committer.lanes.values()
        return (
            not committer.turn.locked()
            and not committer.filled.is_set()
            and not committer.reservoir.records
            and not self._relay.unrelayed
            and not any(lane.held.retry_at is not None and lane.held.retry_at <= soon for lane in lanes)
            and all(self._around.deadlines.is_waited_for(duty) for duty in self._roster.wanted())
        )
