"""The rolling choice: the best open need for an application, and who stands first for a free place."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import date
from heapq import heappop, heappush
from typing import NamedTuple
from uuid import UUID

from services.matching.fit import Fit, fit_of
from services.matching.gates import meet, shut_gates
from services.matching.lottery import ticket
from services.matching.register import Candidate, Need, NeedDocument
from services.matching.rules import Rules


class Choice(NamedTuple):
    """A need for an application, with the fit of the one to the other."""

    need: Need
    fit: Fit


def edge(
    candidate: Candidate, need: Need, *, rules: Rules, on: date, was_declined: bool, at_least: int = 0
) -> Fit | None:
    """The fit of an application to a need on that day; None where a gate, the floor included, is shut.

    None also where the fit is less than `at_least`. Whether the need has a free place is no gate.
    """
    project, wanted = candidate.profile, need.document.profile
    meeting = meet(project, wanted)
    if shut_gates(meeting, wanted, is_open=need.is_open, on=on, was_declined=was_declined):
        return None
    return fit_of(project, wanted, meeting, rules, at_least=max(at_least, rules.floor))


def best_need(
    candidate: Candidate, needs: Iterable[Need], *, rules: Rules, on: date, declined: Set[UUID] = frozenset()
) -> Choice | None:
    """The best of equally urgent needs with a free place: by fit, then lottery, in whatever order they come.

    `declined` holds the ids of needs that a person declined for this application. None where no edge is.
    """
    best: list[Choice] = []
    best_total = 0
    for need in needs:
        was_declined = need.need_id in declined
        fit = edge(candidate, need, rules=rules, on=on, was_declined=was_declined, at_least=best_total)
        if fit is not None:
            if fit.total > best_total:
                best, best_total = [], fit.total
            best.append(Choice(need, fit))
    if len(best) <= 1:
        return best[0] if best else None

    def draw(choice: Choice) -> tuple[int, UUID]:
        need_id = choice.need.need_id
        return ticket(rules.lottery_seed, candidate.application_id, need_id), need_id

    return min(best, key=draw)


class WaitingLine:
    """Who of those that wait stands first for one revision of a need: by fit, then lottery.

    Candidates join as they begin to wait and are dropped when they turn out not to wait any more, so that
    many places freed in one transaction cost one scoring of those that wait.
    """

    def __init__(self, document: NeedDocument) -> None:
        self.document = document
        self.joined = 0
        """How many of the pool's arrivals have been looked at."""
        self._heap: list[tuple[int, int, int, int, Candidate, Fit]] = []

    def join(self, candidate: Candidate, need: Need, fit: Fit, *, seed: str) -> None:
        """Puts a candidate in its place in the line."""
        application_id = candidate.application_id
        rank = (-fit.total, ticket(seed, application_id, need.need_id), application_id.int, self.joined)
        heappush(self._heap, (*rank, candidate, fit))

    def pop(self) -> tuple[Candidate, Fit] | None:
        """Takes the first out of the line; None where nobody is left."""
        if not self._heap:
            return None
        *_, candidate, fit = heappop(self._heap)
        return candidate, fit
