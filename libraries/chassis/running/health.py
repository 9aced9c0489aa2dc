"""Health from the parts themselves: alive while they run, ready while they do their work."""

from __future__ import annotations

import time
from typing import Final

from libraries.chassis.lanes.committer import Committer
from libraries.chassis.outbox.relay import Relay
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.running.membership import Membership
from libraries.chassis.running.ownership import Ownership

_POLL_SECONDS: Final = 30.0
"""Polls give up after a second; a rebalance may take as long as members are given to let go of their lanes."""

_RELAY_SECONDS: Final = 30.0
"""Longer than a producer takes to give a batch up, so that a broker that restarts is no alarm."""


class Health:
    """Judges a running service by what its parts last did, and by what has `failed` so that it can't go on."""

    def __init__(
        self, around: Surroundings, ownership: Ownership, membership: Membership, committer: Committer, relay: Relay
    ) -> None:
        self._around = around
        self._ownership = ownership
        self._membership = membership
        self._committer = committer
        self._relay = relay
        self.failed: BaseException | None = None

    @property
    def stands_by(self) -> bool:
        """Whether another replica of a single writer does the work at the moment."""
        return self._around.service.single_writer and not self._ownership.is_won

    def alive(self) -> list[str]:
        """Why the process should be restarted; empty while it is alive."""
        return ["a part of it ended unforeseen"] if self.failed is not None else []

    def ready(self) -> list[str]:
        """Why the service does not do its work at the moment; empty while it does, or stands by for one that does."""
        problems = [*self.alive(), *self._around.troubles.lasting()]
        lanes = self._committer.lanes.values()
        problems.extend(f"lane {lane.name}: {lane.problem}" for lane in lanes if lane.problem)
        problems.extend(
            f"lane {lane.name} stopped: {lane.position.stopped_because}"
            for lane in lanes
            if lane.position.stopped_because
        )
        if self._relay.oldest_seconds > _RELAY_SECONDS:
            problems.append("committed events are not published: is Kafka there?")
        if self.stands_by:
            return problems  # it has neither lanes nor polls, and is as ready as can be
        if not self._membership.assigned_once:
            problems.append("no partitions assigned yet")
        polled_at = self._membership.polled_at
        if polled_at is not None and (silent := time.monotonic() - polled_at) > _POLL_SECONDS:
            problems.append(f"no poll for {silent:.0f} s")
        return problems
