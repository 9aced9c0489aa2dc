"""All that matching keeps, in plain values, and what has to be written of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final
from uuid import UUID

from libraries.engine.worth import LOTTERY_BITS, Worth
from services.matching.changes import Changes
from services.matching.equity import worth_of
from services.matching.fit import FitPoints, fit_of
from services.matching.gates import FLOOR, meet, shut_gates
from services.matching.lottery import ticket
from services.matching.register import ROLLING_TRACK, Assignment, Candidate, ContestVerdict, Forbidden, Need, Recusal
from services.matching.rules import Rules

_NO_TICKET: Final = (1 << LOTTERY_BITS) - 1
_NOTHING: Final[Mapping[UUID, Assignment]] = {}


class Records:
    """Candidates, needs, what holds one against the other, and people's words; what an edge is, and is worth."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.changes = Changes()
        self.candidates: dict[UUID, Candidate] = {}
        self.needs: dict[UUID, Need] = {}
        self.assignments: dict[UUID, Assignment] = {}
        """Those that are live, and those ended ones that a decision at hand names."""
        self.forbidden: set[tuple[UUID, UUID]] = set()
        self.recused: set[tuple[UUID, UUID]] = set()
        """Applications with persons."""
        self.verdicts: dict[UUID, ContestVerdict] = {}
        """Decisions of the contest under embargo, by application."""
        self.reviews: dict[UUID, date] = {}
        """The last days of the open needs that have one."""
        self.settled = True
        """Whether what is proposed is known to follow these rules: not yet where the pool was read anew."""
        self.settlements = 0
        """How often new rules have moved something, from the first day on."""
        self._live: dict[UUID, dict[UUID, Assignment]] = {}
        """By application and need."""

    def recall(self, assignments: Iterable[Assignment]) -> None:
        """Takes assignments that were kept elsewhere."""
        for assignment in assignments:
            self.assignments[assignment.assignment_id] = assignment
            if assignment.is_live:
                self._live.setdefault(assignment.application_id, {})[assignment.need_id] = assignment

    def forget(self, assignments: Iterable[UUID]) -> None:
        """Lets go of assignments that hold nothing any more."""
        for assignment_id in assignments:
            self.assignments.pop(assignment_id, None)

    def live_at(self, application_id: UUID, need_id: UUID) -> Assignment | None:
        """What holds an application against a need, if anything does."""
        return self._live.get(application_id, _NOTHING).get(need_id)

    def live_of(self, application_id: UUID) -> Mapping[UUID, Assignment]:
        """All that holds an application, by need."""
        return self._live.get(application_id, _NOTHING)

    @property
    def live(self) -> Iterator[Assignment]:
        """Every assignment that holds a place."""
        return (assignment for held in self._live.values() for assignment in held.values())

    def room(self, candidate: Candidate) -> int:
        """How many needs an application may answer besides those that people hold it against."""
        if candidate.track != ROLLING_TRACK:
            return 0
        most, live = self.rules.most_needs(candidate.members), self._live.get(candidate.application_id)
        return most if live is None else most - sum([assignment.is_fixed for assignment in live.values()])

    def shut_gates(self, candidate: Candidate, need: Need) -> list[str]:
        """The gates that keep an application from a need; the floor alone, where all others are open."""
        meeting = meet(candidate.profile, need.document.profile)
        pair = candidate.application_id, need.need_id
        shut = shut_gates(
            meeting,
            is_open=need.is_open,
            is_forbidden=pair in self.forbidden,
            is_recused=(candidate.application_id, need.owner_id) in self.recused,
        )
        if shut:
            return shut
        fit = fit_of(candidate.profile, need.document.profile, meeting, self.rules, at_least=self.rules.floor)
        return [] if fit is not None else [FLOOR]

    def edge(self, candidate: Candidate, need: Need) -> FitPoints | None:
        """The fit of an application to a need; None where a gate, the floor included, is shut.

        Whether the need has a free place is no gate.
        """
        if not need.is_open or (candidate.application_id, need.need_id) in self.forbidden:
            return None
        if (candidate.application_id, need.owner_id) in self.recused:
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
        return Worth(0, 0, int(kept), fit.total, _NO_TICKET - drawn)

    # People's words.

    def forbid(self, forbidden: Forbidden) -> None:
        """Keeps a person's word that an application is not for a need."""
        pair = forbidden.application_id, forbidden.need_id
        self.forbidden.add(pair)
        self.changes.forbidden[pair] = forbidden

    def allow(self, application_id: UUID, need_id: UUID) -> None:
        """Takes a ban back."""
        self.forbidden.discard((application_id, need_id))
        self.changes.forbidden[application_id, need_id] = None

    def keep_verdict(self, verdict: ContestVerdict) -> None:
        """Keeps what a jury decided until it may be known."""
        self.verdicts[verdict.application_id] = verdict
        self.changes.verdicts[verdict.application_id] = verdict

    def drop_verdict(self, application_id: UUID) -> None:
        """Lets go of what a jury decided, if it did: it was published, or the application is gone."""
        if self.verdicts.pop(application_id, None) is not None:
            self.changes.verdicts[application_id] = None

    def recuse(self, recusal: Recusal) -> None:
        """Keeps that a person abstains from a file."""
        if recusal not in self.recused:
            self.recused.add(recusal)
            self.changes.recusals.append(recusal)

    def count_settlement(self) -> None:
        """Counts that new rules move something; from now on what is proposed follows them."""
        self.settled, self.settlements = True, self.settlements + 1
        self.changes.settled = True

    def objective(self) -> Worth:
        """What the live assignments are worth: territories, urgency of the needs they answer, and their fit."""
        fit = sum(assignment.fit for assignment in self.live)
        answered = (assignment.need_id for assignment in self.live)
        return worth_of(self.needs, answered, self.rules)._replace(fit=fit)
