"""The edges of the pool: which needs could hold an application now, and what it would be worth to each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from libraries.engine.worth import LOTTERY_BITS, Worth
from services.matching.codes import Gate
from services.matching.edges.equity import worth_of
from services.matching.edges.fit import FitPoints, fit_of
from services.matching.edges.gates import meet, shut_gates
from services.matching.edges.lottery import ticket
from services.matching.edges.need_index import NeedIndex, positions_in
from services.matching.pool.people import People
from services.matching.pool.records import Records
from services.matching.settings.rules import Rules
from services.matching.states.candidates import ROLLING_TRACK, Candidate
from services.matching.states.needs import Need

# The lowest ticket wins, and the optimum wants the greatest worth.
_LAST_TICKET: Final = (1 << LOTTERY_BITS) - 1


class Edges(Records):
    """Records, and what follows from two of them: the gates between them, their fit, what one is worth to the other."""

    def __init__(self, rules: Rules, people: People | None = None) -> None:
        super().__init__(rules, people)
        self._index = NeedIndex()
        self._in_order: list[Need] = []
        """The needs at their positions in the index."""

    def edges(self, candidate: Candidate) -> Iterator[tuple[Need, FitPoints]]:
        """The needs that could hold an application and that people do not hold it against already.

        In the order in which they were declared.
        """
        # The index first: it leaves few of thousands of needs to be weighed one by one.
        held = self.live_of(candidate.application_id)
        for position in positions_in(self._index.meeting(candidate.profile)):
            need = self._in_order[position]
            if held and (live := held.get(need.need_id)) is not None and live.is_fixed:
                continue
            if (fit := self.edge(candidate, need)) is not None:
                yield need, fit

    def room(self, candidate: Candidate) -> int:
        """How many needs an application may answer besides those that people hold it against."""
        if candidate.track != ROLLING_TRACK:
            return 0
        most, live = self.rules.most_needs(candidate.members), self._live.get(candidate.application_id)
        return most if live is None else most - sum([assignment.is_fixed for assignment in live.values()])

    def shut_gates(self, candidate: Candidate, need: Need) -> list[Gate]:
        """The gates that keep an application from a need; the floor alone, where all others are open."""
        meeting = meet(candidate.profile, need.document.profile)
        pair = candidate.application_id, need.need_id
        is_abstained_from = self.is_abstained_from(candidate, need)
        shut = shut_gates(
            meeting,
            is_open=need.is_open,
            is_forbidden=pair in self.forbidden,
            is_recused=is_abstained_from and (candidate.application_id, need.owner_id) in self.recused,
            is_their_own=is_abstained_from and candidate.lead_id == need.owner_id,
        )
        if shut:
            return shut
        fit = fit_of(candidate.profile, need.document.profile, meeting, self.rules, at_least=self.rules.floor)
        return [] if fit is not None else ["floor"]

    def edge(self, candidate: Candidate, need: Need) -> FitPoints | None:
        """The fit of an application to a need; None where a gate, the floor included, is shut.

        Whether the need has a free place is no gate.
        """
        # `shut_gates` without the names, the cheapest gate first: it is asked for every pair.
        if not need.is_open or (candidate.application_id, need.need_id) in self.forbidden:
            return None
        if self.is_abstained_from(candidate, need):
            return None
        project, wanted = candidate.profile, need.document.profile
        meeting = meet(project, wanted)
        if not meeting.territory or not (meeting.themes or meeting.publics):
            return None
        return fit_of(project, wanted, meeting, self.rules, at_least=self.rules.floor)

    def worth(self, candidate: Candidate, need: Need, fit: FitPoints) -> Worth:
        """What an application is worth to a need: a published assignment kept, the fit, the lottery."""
        kept = self.live_at(candidate.application_id, need.need_id) is not None
        drawn = ticket(self.rules.lottery_seed, candidate.application_id, need.need_id)
        return Worth(0, 0, int(kept), fit.total, _LAST_TICKET - drawn)

    def objective(self) -> Worth:
        """What the live assignments are worth: territories, urgency of the needs they answer, and their fit."""
        fit = sum(assignment.fit for assignment in self.live)
        answered = (assignment.need_id for assignment in self.live)
        return worth_of(self.needs, answered, self.rules)._replace(fit=fit)

    def _replace_indexed(self, need: Need) -> None:
        """Puts a need where its last version stood, or behind all others; the index itself is left as it is."""
        if need.need_id in self.needs:
            self._in_order[self._index.position_of(need.need_id)] = need
        else:
            self._in_order.append(need)
