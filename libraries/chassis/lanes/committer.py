"""The committer: one a process. It takes what waits in all lanes, and commits it together, cycle after cycle."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from functools import partial
from typing import Final

from libraries.chassis.database import is_transient
from libraries.chassis.lanes.commits import Commits
from libraries.chassis.lanes.lane import ALONE, Lane, Part, Reservoir
from libraries.chassis.lanes.ledger import LaneLost, Ledger
from libraries.chassis.lanes.narrowing import narrowed
from libraries.chassis.lanes.passing_over import begun_with
from libraries.chassis.lanes.precedence import CALM_SECONDS, records_go_first, seconds_to_gather
from libraries.chassis.lanes.processing import killed
from libraries.chassis.lanes.releasing import Releaser
from libraries.chassis.process.backoff import Backoff, Stopping, persistently, within
from libraries.chassis.process.surroundings import Surroundings
from libraries.chassis.records.name import LaneName
from libraries.chassis.watching import metrics, spans, telling
from libraries.chassis.watching.log import named

_LOOK_SECONDS: Final = 1.0
"""How often an idle committer looks at what no record tells it: held records that are due, operators' words."""

_RELEASE_SECONDS: Final = 0.03
"""So long a cycle tries held records, of one lane after the other: a long repair takes turns with what comes."""

_COMMITTING: Final = "committing to PostgreSQL"
"""The one trouble of whatever this process commits: health has to hear when it is over, whoever noticed it."""


class Committer:
    """Takes lanes' records in cycles: begun at once when idle, gathering for some milliseconds under load.

    All lanes share a cycle's transaction. What fails unforeseen leaves it: each lane by itself, then by halves, then
    record by record, until the one that fails stands alone and is set aside; the next cycle is for all again. Whoever
    commits anything in this process waits for the `turn`.
    """

    def __init__(self, around: Surroundings, ledger: Ledger, commits: Commits) -> None:
        self._around = around
        self.ledger = ledger
        self._commits = commits
        self._releaser = Releaser(around, commits)
        self._backoff = Backoff(around.stopping)
        self.lanes: dict[LaneName, Lane] = {}
        self.reservoir = Reservoir(around.settings.batch_records)
        self.lost: set[LaneName] = set()
        self.turn = asyncio.Lock()
        self.filled = asyncio.Event()
        self._ended = 0.0
        self._took = 0.0
        self._last = 0  # records of the last cycle

    async def run(self) -> None:
        """Cycles until the service stops; raises what nobody foresaw."""
        while not self._around.stopping.is_set():
            await within(self.filled.wait(), self._until_a_look())
            await self._gather()
            async with self.turn:
                await self.cycle()

    def _until_a_look(self) -> float:
        # Slept through to the moment, and not past it: a record that waits a tenth of a second is not held up a second.
        due = [lane.held.retry_at for lane in self.lanes.values() if lane.held.retry_at is not None]
        if not due:
            return _LOOK_SECONDS
        return min(max((min(due) - self._around.machine_clock()).total_seconds(), 0.01), _LOOK_SECONDS)

    async def _gather(self) -> None:
        settings, now = self._around.settings, time.monotonic()
        wait = seconds_to_gather(now, ended_at=self._ended, took=self._last, gather_seconds=settings.gather_ms / 1000)
        if wait > 0 and self.filled.is_set() and self.reservoir.records < settings.batch_records:
            await asyncio.sleep(wait)

    async def calm(self) -> None:
        """Waits for as long as records go first."""
        asked_at = time.monotonic()
        while records_go_first(time.monotonic(), asked_at=asked_at, took_at=self._took, waiting=self.reservoir.records):
            if await within(self._around.stopping.wait(), CALM_SECONDS / 2):
                return

    async def cycle(self) -> None:
        """Takes what waits, fairly, commits it, and then what is due of held records; the turn must be held."""
        # Cleared before anything is taken: what comes meanwhile must begin the next cycle, and not wait for a look.
        self.filled.clear()
        if taken := self._take():
            self._took = time.monotonic()
        self._last = sum(len(part.records) for part in taken)
        for lane in self.lanes.values():
            lane.go_on()  # the next records are fetched and read while these are committed
        together = []
        for part in taken:
            if part.lane.is_suspected:
                await self._one_by_one(part)
            else:
                together.append(part)
        if not await self._begin([part.lane for part in together if not part.lane.proven]):
            # What was taken is read again from where the lanes stand, all of it: nothing was begun.
            self.lose({part.lane.name for part in together})
        elif parts := [part for part in (begun_with(self._around, part) for part in together) if part.records]:
            await self._carry(parts)
        # After the records, so that what they brought is there for what waited for it.
        await self._release()
        if self.reservoir.records:
            self.filled.set()
        self._ended = time.monotonic()

    def _take(self) -> list[Part]:
        """As much of each lane as is its share of a cycle: a long backlog holds up no other lane."""
        ready = [
            lane for lane in self.lanes.values() if lane.waiting and not lane.is_stopped and lane.name not in self.lost
        ]
        # At least one each, even where there are more lanes than a cycle has records: no lane may stand still.
        share = max(1, self._around.settings.batch_records // max(len(ready), 1))
        return [Part(lane, records) for lane in ready if (records := lane.take(share))]

    async def _begin(self, lanes: Iterable[Lane]) -> bool:
        """Writes that attempts begin, before a record could end us; whether these lanes are still ours.

        Lanes where something was committed in this process need none: it is not what comes there that ends it.
        """
        begun = [lane for lane in lanes if lane.begin()]
        try:
            if begun:
                await self._patiently(partial(self.ledger.begin_attempts, [(at.name, at.position) for at in begun]))
        except LaneLost as lost:
            self.lose({lane.name for lane in begun} | lost.names)
            return False
        return True

    async def _one_by_one(self, part: Part) -> None:
        """Tries the records of a lane alone that has ended processes: whoever does it again and again is set aside."""
        lane = part.lane
        # Once for all of them: a process that dies in their middle comes back to what is left of the same suspicion.
        if lane.position.suspected_to <= lane.next_offset:
            self._around.log.warning("one of these records may end the process", action="suspect", lane=str(lane.name))
            lane.suspect(part.records)
        for received in part.records:
            if lane.name in self.lost or lane.is_stopped:
                return
            # Before the next attempt and not after it: what ended us so often would end us again.
            if lane.position.attempts >= ALONE:
                received.violation = killed(lane.position.attempts)
            elif not await self._begin([lane]):
                return
            if begun_with(self._around, single := Part(lane, [received])).records:
                await self._carry([single])
            else:
                await self._note(lane)

    async def _note(self, lane: Lane) -> None:
        """What was passed over has to count as finished too."""
        try:
            await self._patiently(partial(self._commits.note, [lane]))
        except LaneLost as lost:
            self.lose(lost.names)

    async def _carry(self, parts: Sequence[Part]) -> None:
        """Commits parts, together as far as that goes, however often it takes."""
        # A stack and not a queue: halves are tried in the order of their offsets before what comes after them.
        waiting = [parts]
        while waiting:
            parts = [part for part in waiting.pop() if part.lane.name not in self.lost and not part.lane.is_stopped]
            if not parts:
                continue
            started = time.perf_counter()
            try:
                await self._patiently(partial(self._commits.records, parts))
            except LaneLost as lost:
                self.lose(lost.names)
                # Without those that are lost, which the next turn leaves out: the others are still ours.
                waiting.append(parts)
            except Stopping:
                raise
            except Exception as error:
                waiting += reversed(narrowed(parts, error))
            else:
                self._tell(parts, time.perf_counter() - started)

    async def _patiently(self, work: Callable[[], Awaitable[None]]) -> None:
        """Does work again and again while the database is away."""
        await persistently(
            work,
            backoff=self._backoff,
            passes=is_transient,
            failed=self._failed,
        )
        self._around.troubles.went_well(_COMMITTING)

    def _failed(self, error: Exception) -> None:
        metrics.RETRIES.inc()
        self._around.troubles.failed(_COMMITTING, named(error))
        self._around.log.warning("trying again", action="retry", error=named(error))

    def lose(self, names: Iterable[LaneName]) -> None:
        """Lets go of lanes that another owner has moved, or whose commit we did not hear of: they are opened anew."""
        if not (names := set(names)):
            return
        if not names.isdisjoint(self._commits.with_writer(())):
            names |= self.lanes.keys()  # none of them can commit without the writer's
        metrics.LANES_LOST.inc(len(names))
        self._around.log.warning("lanes lost", action="fence", lanes=sorted(map(str, names)))
        self.lost |= names
        for name in names & self.lanes.keys():
            self.lanes[name].drop()  # it is read again, and nothing must cycle for it until then
        self._around.reopen.set()

    async def _release(self) -> None:
        now = self._around.machine_clock()
        due = [lane for lane in self.lanes.values() if lane.held.is_due(now)]
        until = time.monotonic() + _RELEASE_SECONDS
        # Whose turn was longest ago comes first, and may be the only one of this cycle.
        for lane in sorted(due, key=lambda lane: lane.released_at):
            if lane.name in self.lost:
                continue
            if time.monotonic() >= until:
                break
            lane.released_at = time.monotonic()
            try:
                await self._releaser.release(lane, until)
                self._around.troubles.went_well(_COMMITTING)
            except LaneLost as lost:
                self.lose(lost.names)
            except Exception as error:
                if not is_transient(error):
                    raise
                # Its answer may have been lost after the commit: only the database knows what is left to do.
                self._failed(error)
                self.lose(self._commits.with_writer([lane.name]))

    def _tell(self, parts: Sequence[Part], seconds: float) -> None:
        telling.count_cycle(sum(len(part.records) for part in parts), seconds)
        spans.tell_of([received for part in parts for received in part.records], seconds)
        for lane, records in parts:
            telling.count_committed(lane.name.topic, records, self._around.machine_clock())
            telling.tell(self._around.log, records, seconds=seconds)
            if lane.position.stopped_because is not None:
                lane.stop()
                # Nothing else tells people that a lane needs them: it does not go on by itself.
                self._around.log.critical(
                    "lane stopped", action="stop-lane", lane=str(lane.name), reason=lane.position.stopped_because
                )
