"""What everybody does in the edition, by what they have read: pure, and the same whoever plays it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final, Literal

from contracts.message import EventData
from deploy.rehearsal.words import moment_of
from tests.proof import acts
from tests.proof.accompanying import Accompanying, Memory
from tests.proof.acts import Act
from tests.proof.edition import BEGINS, Edition
from tests.proof.hearing import Heard
from tests.proof.people import Project
from tests.proof.steps import Step

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_ROUNDS: Final = ("2025-02-03T10:00", "2025-02-17T10:00", "2025-03-17T10:00", "2026-01-19T10:00", "2027-01-18T10:00")
_DEPUTISED_UNTIL: Final = date(2025, 12, 1)
_CONTEST_ROUND: Final = "2025-02-03T11:00"
_VERDICTS: Final = "2025-03-03T09:00"
_PUBLISHED: Final = "2025-03-10T10:00"
_DECLINING: Final = ("covered-by-another", "off-topic", "too-early", "no-capacity", "need-changed")
_CRITERIA: Final = ("social-impact", "environmental-impact", "innovation", "spread", "economic-model", "team")


def _at(text: str) -> datetime:
    return moment_of(text, "the script")


class Script:
    """Everybody's part; it remembers what somebody does only once."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition
        self._projects = {project.title: project for project in edition.projects}
        self._needs = {need.title: need for need in edition.needs}
        self._memory = Memory()
        self._accompanying = Accompanying(edition, self._memory)

    def opening(self) -> Iterator[Step]:
        """What people do of themselves: needs, forms, rounds, verdicts."""
        head = self._edition.head.email
        for need in self._edition.needs:
            yield Step(BEGINS + timedelta(minutes=5 * need.number), need.owner.email, acts.DeclareNeed(need))
        first = self._edition.needs[0]
        deputy = acts.NameDeputy(self._edition.deputy, _DEPUTISED_UNTIL)
        yield Step(BEGINS + timedelta(hours=5), first.owner.email, deputy)
        for mentor in self._edition.mentors:
            yield self._sent(mentor.form, mentor.form.enrolled_at)
        for project in self._edition.projects:
            yield self._sent(project.form, project.applied_at)
        for moment in _ROUNDS:
            yield Step(_at(moment), head, acts.AskRound("implantation"))
        yield Step(_at(_CONTEST_ROUND), head, acts.AskRound("contest"))
        for project in self._edition.projects:
            if project.track == "contest":
                yield Step(_at(_VERDICTS), self._edition.jury.email, self._verdict(project))

    def hears(self, heard: Heard, now: datetime) -> Iterator[Step]:
        """What somebody does because of a mail."""
        match heard.kind.partition("-")[0]:
            case "acknowledgement" | "correction" | "rejection":
                yield from self._of_application(heard, now)
            case "assignment":
                yield from self._of_assignment(heard, now)
            case "need":
                yield from self._of_need(heard, now)
            case _:
                yield from self._accompanying.hears(heard, now)

    def after(self, step: Step) -> Iterator[Step]:
        """What follows from what somebody did."""
        if isinstance(step.act, acts.Decide) and step.act.decision == "confirm":
            yield from self._supports(step.act, step.at)
        yield from self._accompanying.after(step)

    def _sent(self, form: EventData, at: datetime) -> Step:
        return Step(at, "formulaire", acts.Send(form))

    def _verdict(self, project: Project) -> Act:
        marks = [self._edition.draw("points", project.title, criterion) % 101 for criterion in _CRITERIA]
        # Not assessed is not nought.
        points = tuple((name, mark if mark >= 5 else None) for name, mark in zip(_CRITERIA, marks, strict=True))
        is_laureate = project.number % 4 == 2
        return acts.PassVerdict(project.title, "laureate" if is_laureate else "not-retained", points, _at(_PUBLISHED))

    def _of_application(self, heard: Heard, now: datetime) -> Iterator[Step]:
        project = self._projects[heard.project]
        lead, n = heard.to, project.number
        match heard.kind:
            case "correction-request" if project.flaw == "wrong-number" and not heard.again:
                yield Step(now + 2 * _DAY, lead, acts.Correct(project))
            case "correction-request" if (
                project.flaw == "no-answer" and heard.again and self._memory.first("c", project.title)
            ):
                yield Step(now + 3 * _HOUR, lead, acts.Correct(project))
            case "correction-request" if project.flaw == "texts-open" and not heard.again:
                act: Act = acts.Withdraw(project.title, "other-funding") if n % 8 == 5 else acts.Correct(project)
                yield Step(now + _DAY, lead, act)
            case "rejection" if project.flaw == "no-laureate" and self._memory.first("corrects", project.title):
                yield Step(now + _DAY, lead, acts.Correct(project))
            case "acknowledgement" if n % 15 == 10 and self._memory.first("is forgotten", project.title):
                applications: Literal["withdraw", "go-on"] = "withdraw" if n % 2 == 0 else "go-on"
                yield Step(now + 90 * _DAY, lead, acts.BeForgotten(project.title, "lead", applications))
            case "acknowledgement" if n % 13 == 5 and self._memory.first("withdraws", project.title):
                yield Step(now + 2 * _DAY, lead, acts.Withdraw(project.title, "mistake"))
            case "acknowledgement" if n % 9 == 7 and self._memory.first("amends", project.title):
                summary = f"{project.title} fait davantage que ce que nous avions écrit."
                yield Step(now + _DAY, lead, acts.Correct(project, summary))

    def _of_assignment(self, heard: Heard, now: datetime) -> Iterator[Step]:
        if heard.kind == "assignment-confirmation":
            yield from self._of_confirmation(heard, now)
            return
        n, pair = self._projects[heard.project].number, (heard.project, heard.need)
        head, by_link = self._edition.head.email, n % 2 == 0
        if n % 12 == 4 and self._memory.first("abstains", heard.project):
            yield Step(now + _HOUR, heard.to, acts.Abstain(*pair))
        elif n % 12 == 6 and not heard.again:
            yield Step(now + _HOUR, head, acts.Place(*pair, "pin", "agreed-in-committee"))
            yield Step(now + _DAY, heard.to, acts.Decide(*pair, "confirm", by_link=True))
        elif n % 12 == 9 and not heard.again:
            yield Step(now + _HOUR, head, acts.Place(*pair, "pin", "known-on-the-ground"))
            yield Step(now + 2 * _HOUR, head, acts.Place(*pair, "lift", "changed"))
            yield Step(now + _DAY, heard.to, acts.Decide(*pair, "confirm"))
        elif n % 12 == 10 and not heard.again and self._memory.first("forbids", heard.project):
            yield Step(now + _HOUR, head, acts.Place(*pair, "forbid", "not-compatible"))
        elif n % 6 == 2 and not heard.again and self._memory.first("declines", heard.project):
            reason = _DECLINING[n % len(_DECLINING)]
            yield Step(now + _DAY, heard.to, acts.Decide(*pair, "decline", reason, by_link=by_link))
        elif self._needs[heard.need].number == 0 and not heard.again and now.date() < _DEPUTISED_UNTIL:
            yield Step(now + _HOUR, self._edition.deputy.email, acts.Decide(*pair, "confirm"))
        elif n % 10 == 1:
            # The officer is away: a head of the programme decides in their place once they are reminded.
            if heard.again:
                yield Step(now + _DAY, head, acts.Decide(*pair, "confirm"))
        else:
            yield Step(now + 2 * _HOUR, heard.to, acts.Decide(*pair, "confirm", by_link=by_link))

    def _of_confirmation(self, heard: Heard, now: datetime) -> Iterator[Step]:
        n, need = self._projects[heard.project].number, self._needs[heard.need]
        if n % 4 == 2:
            yield Step(now + 3 * _HOUR, heard.to, acts.GiveWishes(heard.project, "health", "mon-morning"))
        if n % 15 == 3:
            yield Step(now + timedelta(days=20), need.owner.email, acts.Undo(heard.project, heard.need, "need-changed"))
        if n % 20 == 19:
            yield Step(now + timedelta(days=200), heard.to, acts.Withdraw(heard.project, "project-stopped"))

    def _supports(self, act: acts.Decide, at: datetime) -> Iterator[Step]:
        """What the officer says of the support of a project that they, or somebody in their place, confirmed."""
        n, officer = self._projects[act.project].number, self._needs[act.need].owner.email
        if n % 3 == 0:
            yield Step(at + 40 * _DAY, officer, acts.SupportProject(act.project, act.need, "rooting", "finish"))
        elif n % 6 == 1:
            dropped = acts.SupportProject(act.project, act.need, "deployment", "drop", "not-needed")
            yield Step(at + 50 * _DAY, officer, dropped)

    def _of_need(self, heard: Heard, now: datetime) -> Iterator[Step]:
        need = self._needs[heard.need]
        if need.number % 4 == 3 or not self._memory.first(f"reviews {now.year}", need.title):
            yield Step(now + _DAY, heard.to, acts.CloseNeed(need.title, "answered"))
            return
        review_on = (now + timedelta(days=365)).date().isoformat()
        self._needs[heard.need] = need = need._replace(review_on=review_on, capacity=str(int(need.capacity) + 1))
        yield Step(now + _DAY, heard.to, acts.ReviseNeed(need))
