"""What was sent from a page: who says it, of what, and what they saw."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from libraries.links.seal import Link
from libraries.work_days.city import CITY
from services.desk.linked.given import Given
from services.desk.linked.matters import Matter, Thing
from services.desk.linked.standing import LinkedPage
from services.journal.operations import Names
from services.mentoring.operations import Brought, Wishes


class Kept(NamedTuple):
    """What mentoring has of who speaks, and nobody else reads: what a mentor brings, what a lead looks for.

    Of a mentor also the applications from whose files they abstain, and those that they look for among all by a
    `search`: by their ids, what each is of.
    """

    brought: Brought | None = None
    wishes: Wishes | None = None
    abstained: Mapping[UUID, Names] = {}
    search: str = ""
    found: Mapping[UUID, Names] = {}


class Asked(NamedTuple):
    """What was sent from a page: by whom, in which matter beside which other things, when; `seen` is what they saw."""

    page: LinkedPage
    link: Link
    matter: Matter
    things: tuple[Thing, ...]
    given: Given
    now: datetime
    seen: str
    kept: Kept = Kept()

    @property
    def today(self) -> date:
        """The day on the wall of the City."""
        return CITY.day_of(self.now)

    @property
    def person_id(self) -> UUID:
        """Who speaks."""
        assert self.link.person_id is not None
        return self.link.person_id

    @property
    def assignment_id(self) -> UUID:
        """Of which assignment the page is."""
        assignment_id = self.matter.person("assignment_id")
        assert assignment_id is not None, "pairs, obstacles and assignments name it in each event"
        return assignment_id

    @property
    def reporter(self) -> str:
        """How events name who speaks: a mentor by the mentor's id, a service of the City as an officer by its own."""
        if self.link.role == "mentor":
            return f"mentor:{self.matter.facts['mentor_id']}"
        return f"{'lead' if self.link.role == 'lead' else 'officer'}:{self.person_id}"

    def id_of(self, *words: object) -> UUID:
        """An id for what a form names anew: the same for a second click on what they saw."""
        return uuid5(self.matter.id, "\n".join(str(word) for word in (self.person_id, self.seen, *words)))
