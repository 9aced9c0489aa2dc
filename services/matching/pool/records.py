"""All that matching keeps, in plain values, and what has to be written of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Final
from uuid import UUID

from services.matching.pool.people import People
from services.matching.settings.rules import Rules
from services.matching.states.assignments import Assignment
from services.matching.states.candidates import Candidate
from services.matching.states.changes import Changes
from services.matching.states.statements import ContestVerdict, Forbidden, Recusal
from services.matching.states.vocabularies import SaidVocabulary

if TYPE_CHECKING:
    from services.matching.states.needs import Need

_NOTHING: Final[Mapping[UUID, Assignment]] = {}


class Records:
    """Candidates, needs, what holds one against the other, and people's words."""

    def __init__(self, rules: Rules, people: People | None = None) -> None:
        self.rules = rules
        self.people = People() if people is None else people
        self.changes = Changes()
        self.candidates: dict[UUID, Candidate] = {}
        self.needs: dict[UUID, Need] = {}
        self.assignments: dict[UUID, Assignment] = {}
        """Those that are live, and those ended ones that a decision at hand names."""
        # Pairs of ids and not the words themselves: both sets are asked for each pair of an application and a need.
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
        self.said: dict[str, SaidVocabulary] = {}
        """What was published last of each vocabulary, by its name."""
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

    def amend(self, assignment: Assignment) -> None:
        """Counts that something else is said of a live assignment now."""
        assignment.version += 1
        self.changes.assignments.update(assignment.assignment_id)

    # Who decides.

    def abstains(self, person_id: UUID, candidate: Candidate) -> bool:
        """Whether a person keeps out of an application's file: they said so, or it is their own."""
        return candidate.lead_id == person_id or (candidate.application_id, person_id) in self.recused

    def is_abstained_from(self, candidate: Candidate, need: Need) -> bool:
        """Whether a need's owner keeps out of an application's file, and has no deputy to decide in their place."""
        if not self.abstains(need.owner_id, candidate):
            return False
        deputy_id = self.people.deputy_of(need.owner_id)
        return deputy_id is None or self.abstains(deputy_id, candidate)

    def abstained_from(self, owner_id: UUID) -> list[Candidate]:
        """The candidates whose file an owner keeps out of: their deputy decides whether needs of theirs are open."""
        return [candidate for candidate in self.candidates.values() if self.abstains(owner_id, candidate)]

    def decider_of(self, candidate: Candidate, need: Need) -> UUID | None:
        """Who is to decide: a need's owner, or the deputy where the owner abstains or is gone; else a head alone."""
        for person_id in (self.people.owner_of(need), self.people.deputy_of(need.owner_id)):
            if person_id is not None and not self.abstains(person_id, candidate):
                return person_id
        return None

    def leave(self, application_id: UUID) -> None:
        """Remembers that an application has come, and takes no part now."""
        self.changes.left[application_id] = None

    # What people have said.

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

    def forget_texts(self, candidate: Candidate) -> bool:
        """Empties what people wrote of an application; returns whether there was anything left of it."""
        emptied = candidate.without_texts(self.words_of_needs())
        if emptied == candidate:
            return False
        # Its edges stay as they are: they are priced by nothing that was emptied.
        self.candidates[candidate.application_id] = emptied
        self.changes.candidates.update(candidate.application_id)
        return True

    def words_of_needs(self) -> frozenset[str]:
        """The words of all needs: the City's own, which it published."""
        return frozenset().union(*(need.document.profile.words for need in self.needs.values()))

    def say(self, saying: SaidVocabulary) -> None:
        """Keeps what is published of a vocabulary now."""
        self.said[saying.name] = saying
        self.changes.said[saying.name] = None

    def count_settlement(self) -> None:
        """Counts that new rules move something; from now on what is proposed follows them."""
        self.settled, self.settlements = True, self.settlements + 1
        self.changes.settled = True
