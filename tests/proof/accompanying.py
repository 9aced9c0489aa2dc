"""What mentors, leads, line managers and services do, by what they have read: pairs, obstacles, figures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from tests.proof import acts
from tests.proof.acts import Party
from tests.proof.edition import SERVICES, Edition
from tests.proof.hearing import Heard
from tests.proof.steps import Step

_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_KINDS: Final = ("premises", "authorisation", "funding", "partners", "recruitment", "other")
_BETWEEN_MEETINGS: Final = timedelta(days=42)


class Memory:
    """What people have done once, and do not do again."""

    def __init__(self) -> None:
        self._once: set[tuple[str, str]] = set()

    def first(self, what: str, about: str) -> bool:
        """Whether it is the first time; from then on it is not."""
        if (what, about) in self._once:
            return False
        self._once.add((what, about))
        return True


class Accompanying:
    """The part of those who go a project's way with it, and of its lead."""

    def __init__(self, edition: Edition, memory: Memory) -> None:
        self._edition = edition
        self._memory = memory
        self._projects = {project.title: project for project in edition.projects}
        self._mentors = {mentor.person.name: mentor for mentor in edition.mentors}
        self._silent: set[tuple[str, str]] = set()
        self._mentor_of: dict[str, str] = {}

    def hears(self, heard: Heard, now: datetime) -> Iterator[Step]:
        """What somebody does because of a mail."""
        match heard.kind.partition("-")[0]:
            case "clearance":
                yield from self._of_clearance(heard, now)
            case "introduction" | "fit" | "review" | "pair":
                yield from self._of_pair(heard, now)
            case "impact":
                yield from self._of_impact(heard, now)
            case "obstacle":
                yield from self._of_obstacle(heard, now)

    def after(self, step: Step) -> Iterator[Step]:
        """What follows from what somebody did: the next meeting."""
        if isinstance(step.act, acts.Meet):
            at = step.at + _BETWEEN_MEETINGS
            turn: Party = "lead" if step.act.party == "mentor" else "mentor"
            project = self._projects[step.act.project]
            who = project.lead.email if turn == "lead" else step.who
            if turn == "lead":
                yield Step(at, who, acts.Meet(project.title, "lead", 45))
            elif (mentor := self._mentor_of.get(project.title)) is not None:
                yield Step(at, mentor, acts.Meet(project.title, "mentor", 90, "meet-again"))

    def _of_clearance(self, heard: Heard, now: datetime) -> Iterator[Step]:
        if heard.again:
            return
        number = self._mentors[heard.mentor].person.number
        if heard.kind == "clearance-by-ethics-officer":
            answer = acts.Clear(heard.mentor, "ethics", "refuse" if number % 16 == 14 else "give")
            yield Step(now + 4 * _HOUR, heard.to, answer)
        else:
            # The day that is proposed, or another.
            until = now.date() + timedelta(days=300) if number % 6 == 3 else None
            refuses = number % 12 == 9 and not heard.kind.endswith("anew")
            act = acts.Clear(heard.mentor, "line-manager", "refuse" if refuses else "give", None if refuses else until)
            yield Step(now + 6 * _HOUR, heard.to, act)

    def _of_pair(self, heard: Heard, now: datetime) -> Iterator[Step]:
        title, n = heard.project, self._projects[heard.project].number
        match heard.kind:
            case "pair-offer" | "pair-offer-to-lead":
                yield from self._of_offer(heard, now, n)
            case "introduction-to-mentor":
                self._mentor_of[title] = heard.to
                yield from self._begins(heard, now, n)
                yield from self._takes_part(heard, now)
                yield from self._introduces(heard, now, n)
            case "pair-end-to-mentor" if self._is_forgotten(heard.to):
                yield Step(now + 3 * _DAY, heard.to, acts.BeForgotten(title, "mentor"))
            case "pair-nudge-to-mentor" if n % 12 != 0:
                yield Step(now + 2 * _DAY, heard.to, acts.Meet(title, "mentor", 60, "meet-again"))
            case "pair-not-meeting" if n % 24 == 0:
                yield Step(now + _DAY, heard.to, acts.EndPair(title, "owner", "no-time"))
            case "fit-check-to-lead" if n % 11 == 2 and self._memory.first("asks for another", title):
                yield Step(now + _DAY, heard.to, acts.EndPair(title, "lead", None))
            case "review-to-lead" | "review-to-mentor" if not heard.again:
                party: Party = "lead" if heard.kind == "review-to-lead" else "mentor"
                goes_on = self._memory.first(heard.kind, title) and n % 5 != 4
                act = acts.Review(title, party, "go-on" if goes_on else "finish", "partly" if goes_on else "reached")
                yield Step(now + 3 * _DAY, heard.to, act)

    def _of_offer(self, heard: Heard, now: datetime, n: int) -> Iterator[Step]:
        title, is_mentor = heard.project, heard.kind == "pair-offer"
        if is_mentor and n % 9 == 2 and not heard.again and self._memory.first("silent", title):
            self._silent.add((heard.to, title))
        if (heard.to, title) in self._silent or heard.again:
            return
        party: Party = "mentor" if is_mentor else "lead"
        declines = (n % 7 == 6 if is_mentor else n % 14 == 11) and self._memory.first(f"{party} declines", title)
        act = acts.AnswerOffer(title, party, *(("decline", "no-time") if declines else ("accept", None)))
        yield Step(now + (_HOUR if is_mentor else 2 * _HOUR), heard.to, act)

    def _begins(self, heard: Heard, now: datetime, n: int) -> Iterator[Step]:
        """What a pair does of itself once it is formed."""
        title, lead = heard.project, self._projects[heard.project].lead.email
        if n % 6 != 0:
            yield Step(now + 7 * _DAY, heard.to, acts.Meet(title, "mentor", 60, "visit-premises"))
        if n % 4 in (0, 3):
            kind, service = _KINDS[n // 4 % len(_KINDS)], SERVICES[n % len(SERVICES)] if n % 8 else None
            comment = f"Ce qui manque à {title}."
            party: Party = "mentor" if n % 16 == 8 else "lead"
            act = acts.ReportObstacle(title, party, kind, service, comment)
            yield Step(now + 20 * _DAY, heard.to if party == "mentor" else lead, act)
        if n % 9 == 1:
            until = (now + 90 * _DAY).date()
            yield Step(now + 60 * _DAY, lead, acts.Pause(title, "lead", until, "holidays"))
            yield Step(now + 75 * _DAY, heard.to, acts.Resume(title, "mentor"))
        if n % 16 == 14:
            yield Step(now + 100 * _DAY, heard.to, acts.EndPair(title, "mentor", "no-time"))
        if n % 16 == 11:
            yield Step(now + 120 * _DAY, lead, acts.EndPair(title, "lead", "goals-reached"))

    def _is_forgotten(self, email: str) -> bool:
        mentor = next(each for each in self._edition.mentors if each.person.email == email)
        return mentor.person.number % 10 == 4 and self._memory.first("is forgotten", mentor.person.name)

    def _takes_part(self, heard: Heard, now: datetime) -> Iterator[Step]:
        """What a mentor says once of their own part, from the page of their first pair."""
        title, mentor = heard.project, next(each for each in self._edition.mentors if each.person.email == heard.to)
        number = mentor.person.number
        if not self._memory.first("takes part", mentor.person.name):
            return
        if number % 4 == 0:
            yield Step(now + 10 * _DAY, heard.to, acts.ReviseMentor(title, mentor, "3", "tue-evening"))
        if number % 6 == 2:
            yield Step(now + 12 * _DAY, heard.to, acts.AbstainFromFile(title, self._another_than(title)))
        if number % 12 == 3:
            yield Step(now + 30 * _DAY, heard.to, acts.Leave(title, "mentor", "changes-post"))
        if number % 24 == 16:
            yield Step(now + 35 * _DAY, self._edition.head.email, acts.Leave(title, "head", "leaves-the-city"))

    def _another_than(self, title: str) -> str:
        """Another project, whose application is in order and stays so."""
        return next(
            project.title
            for project in self._edition.projects
            if project.flaw == "none" and project.number % 13 != 5 and project.number % 20 != 19
            and project.number % 15 != 10 and project.title != title
        )  # fmt: skip

    def _introduces(self, heard: Heard, now: datetime, n: int) -> Iterator[Step]:
        title, lead = heard.project, self._projects[heard.project].lead.email
        if n % 5 != 1 or not self._memory.first("introduces", title):
            return
        yield Step(now + 25 * _DAY, heard.to, acts.Introduce(title, "mentor", f"Maison {n:03}", "incubator"))
        yield Step(now + 65 * _DAY, lead, acts.TellOutcome(title, "lead", "cooperation"))

    def _of_impact(self, heard: Heard, now: datetime) -> Iterator[Step]:
        n = self._projects[heard.project].number
        # Some never count, and some when they are asked again.
        if n % 8 == 7 or heard.again != (n % 8 == 6):
            return
        reached = 20 + self._edition.draw("reached", heard.project, heard.year) % 80
        figures = (("people-reached", reached), ("volunteers", reached // 10)) if n % 3 else (("jobs-created", 3),)
        yield Step(now + 2 * _DAY, heard.to, acts.ReportImpact(heard.project, heard.year, figures))

    def _of_obstacle(self, heard: Heard, now: datetime) -> Iterator[Step]:
        title, n = heard.project, self._projects[heard.project].number // 4
        lead = self._projects[title].lead.email
        match heard.kind:
            case "obstacle-opened-to-service" if n % 4 == 0 and self._memory.first("takes", title):
                yield Step(now + _DAY, heard.to, acts.UpdateObstacle(title, "service", "take"))
                yield Step(now + 10 * _DAY, heard.to, acts.UpdateObstacle(title, "service", "lift"))
            case "obstacle-opened" if n % 4 == 1:
                yield Step(now + _DAY, heard.to, acts.UpdateObstacle(title, "owner", "take"))
                yield Step(now + 5 * _DAY, lead, acts.UpdateObstacle(title, "lead", "lift"))
            case "obstacle-opened" if n % 4 == 2 and self._memory.first("hands on", title):
                other = SERVICES[(SERVICES.index("direction-sante") + n) % len(SERVICES)]
                yield Step(now + _DAY, heard.to, acts.UpdateObstacle(title, "owner", "hand-on", service=other))
                yield Step(now + 30 * _DAY, lead, acts.UpdateObstacle(title, "lead", "lift"))
            case "obstacle-late" if self._memory.first("gives up", title):
                act = acts.UpdateObstacle(title, "owner", "abandon", reason="no-budget")
                yield Step(now + 15 * _DAY, heard.to, act)
