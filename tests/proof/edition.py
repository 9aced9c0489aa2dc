"""A made-up edition of any size: who takes part, what their forms say, and chance that is the same every time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from hashlib import blake2b
from typing import Final, Literal, NamedTuple
from uuid import UUID

from contracts.mentors import MentorEnrolled
from deploy.local.links import LOCAL_HEAD
from deploy.rehearsal.words import moment_of
from services.desk.addresses import id_by_address
from tests.ids import identifier
from tests.proof.people import Flaw, Mentor, Need, Person, Project, Typed

BEGINS: Final = moment_of("2025-01-06", "the proof")
"""A Monday; the contest of 2025 opens on the day after."""
_ENROLLED_AT: Final = BEGINS + timedelta(days=2)
_APPLICATIONS_FROM: Final = BEGINS + timedelta(days=3)
_APPLICATIONS_UNTIL: Final = moment_of("2025-01-30T17:59:00", "the proof")
_MARSEILLE: Final = "13055"
_FOUNDATION: Final = identifier("proof: the foundation")

# As pages list them: a form that is filled in by ticking boxes says them in that order.
_THEMES: Final = (
    "youth-employment", "social-cohesion", "education", "social-justice", "ecological-transition", "housing", "health",
    "inequalities", "inclusion",
)  # fmt: skip
_PUBLICS: Final = ("youth", "children", "women", "seniors", "job-seekers", "residents")
_TERRITORIES: Final = ("quartiers-nord", "centre-ville", "noyaux-villageois")
SERVICES: Final = ("direction-emploi", "direction-habitat", "direction-sante")
"""The services of the City that lift obstacles, and have a mailbox."""
_COVERAGE: Final = ("uncovered", "poorly-covered", "covered")
_WORDS: Final = (
    "Le Fil", "La Cour", "Les Ateliers", "Le Jardin", "La Table", "Les Voisins", "La Fabrique", "Le Relais", "La Voie",
    "Les Passeurs",
)  # fmt: skip

_FLAWS: Final[tuple[Flaw, ...]] = ("no-answer", "wrong-number", "no-laureate", "texts-open", "no-consent")
_FLAWED_EACH: Final = 4
_OF_CONTEST: Final = (2, 8)
"""The last digits of applications to the contest: a fifth of all."""


class Size(NamedTuple):
    """How many of each take part, and for how many years it is played."""

    applications: int
    needs: int
    mentors: int
    years: int


SMALL: Final = Size(15, 5, 4, 1)
WHOLE: Final = Size(150, 30, 25, 3)


class Edition:
    """All who take part. The same size gives the same edition, to the last letter."""

    def __init__(self, size: Size) -> None:
        self.size = size
        self.head = Person(LOCAL_HEAD, "Responsable du programme", "responsable@marseille.example", 0)
        self.jury = Person(_FOUNDATION, "Jury de la fondation", "jury@fondation.example", 0)
        self.deputy = _deputy()

    @property
    def ends(self) -> datetime:
        """Until when it is played."""
        return BEGINS.replace(year=BEGINS.year + self.size.years) + timedelta(days=60)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """The needs of the City; each officer has two."""
        return tuple(self._need(number) for number in range(self.size.needs))

    @cached_property
    def owners(self) -> dict[str, Person]:
        """The officers, by their addresses."""
        return {need.owner.email: need.owner for need in self.needs}

    @cached_property
    def projects(self) -> tuple[Project, ...]:
        """The applications, as they come in."""
        return tuple(self._project(number) for number in range(self.size.applications))

    @cached_property
    def mentors(self) -> tuple[Mentor, ...]:
        """The mentors; managers have several of them."""
        return tuple(self._mentor(number) for number in range(self.size.mentors))

    @cached_property
    def people(self) -> dict[UUID, Person]:
        """Everybody whom a form names, by their ids."""
        found = [need.owner for need in self.needs] + [project.lead for project in self.projects]
        found += [person for mentor in self.mentors for person in (mentor.person, mentor.manager)]
        return {person.id: person for person in (*found, self.head, self.jury, self.deputy)}

    def draw(self, *about: object) -> int:
        """A number from 0 to 999 that chance gives for some words: the same whenever it is asked for."""
        return int.from_bytes(blake2b(repr(about).encode(), digest_size=8).digest(), "big") % 1000

    def _need(self, number: int) -> Need:
        theme, territory = _THEMES[number % len(_THEMES)], _TERRITORIES[number % len(_TERRITORIES)]
        return Need(
            number=number,
            title=f"Besoin {number:03}",
            description=f"Ce qui manque, besoin {number:03}.",
            theme=theme,
            public=_PUBLICS[number % len(_PUBLICS)],
            territory=territory,
            coverage=_COVERAGE[number % len(_COVERAGE)],
            salience="pressing" if number % 2 else "ordinary",
            capacity=str(2 + number % 2),
            directorate=SERVICES[number % len(SERVICES)],
            review_on="" if number % 3 else (date(2025, 11, 3) + timedelta(days=number)).isoformat(),
            owner=_person("référente", number // 2, "marseille.example"),
        )

    def _project(self, number: int) -> Project:
        lead = _person("porteuse", number, "association.example")
        track: Literal["implantation", "contest"] = "contest" if number % 10 in _OF_CONTEST else "implantation"
        is_flawed = track == "implantation" and number % _FLAWED_EACH == 1
        # As many needs' themes and places as there are: what nobody needs is not placed, and most are near something.
        need = self.needs[self.draw("near", number) % len(self.needs)]
        title = f"{_WORDS[number % len(_WORDS)]} {number:03}"
        typed: Typed = {
            "organisation.name": f"Association {number:03}",
            "organisation.legal_form": "association",
            "organisation.commune": _MARSEILLE,
            "organisation.laureate": track == "implantation",
            "project.title": title,
            "project.summary": f"Ce que fait {title}, pour qui et comment.",
            "project.themes": (need.theme,),
            "project.publics": (need.public,) if number % 3 else (),
            "project.territories": (need.territory,),
            "lead.name": lead.name,
            "lead.email": lead.email,
            "lead.language": "fr",
        }
        if track == "contest":
            typed |= {
                "organisation.published_on": "2015-05-04",
                "organisation.operating_income_eur": "120000",
                "organisation.income_year": "2023",
                "project.spread_within_years": "2",
            }
        # The rush: a tenth is sent in the last minute.
        span = (_APPLICATIONS_UNTIL - _APPLICATIONS_FROM) / self.size.applications
        is_late = number % 10 == 9
        applied_at = _APPLICATIONS_UNTIL if is_late else _APPLICATIONS_FROM + span * number
        flaw: Flaw = _FLAWS[number // _FLAWED_EACH % len(_FLAWS)] if is_flawed else "none"
        return Project(number, title, lead, flaw, track, applied_at.replace(microsecond=0), typed)

    def _mentor(self, number: int) -> Mentor:
        person, manager = (
            _person("mentor", number, "marseille.example"),
            _person("cheffe", number // 3, "ville.example"),
        )
        theme = _THEMES[number % len(_THEMES)]
        form = MentorEnrolled(
            mentor_id=identifier(f"proof: mentor {number}"),
            person=person.declared,
            role=f"Agent {number:03}",
            directorate=SERVICES[number % len(SERVICES)],
            skills=(theme,),
            capacity="2",
            line_manager=manager.declared,
            # Most were authorised on paper; their managers are asked again when that ends.
            line_manager_authorised=number % 3 != 0,
            line_manager_authorised_until="2025-12-31" if number % 3 == 1 else None,
            ethics_check_done=number % 4 != 2,
            enrolled_at=_ENROLLED_AT,
        )
        return Mentor(person, manager, form)


def _deputy() -> Person:
    """Who stands in for an officer: the desk gives them an id when they are named."""
    person = _person("suppléante", 0, "marseille.example")
    return person._replace(id=id_by_address(person.email))


def _person(role: str, number: int, domain: str) -> Person:
    letters = "".join(letter if letter.isascii() else "e" for letter in role)
    name = f"{role.capitalize()} {number:03}"
    return Person(identifier(f"proof: {role} {number}"), name, f"{letters}-{number:03}@{domain}", number)
