"""A mentor's form as mentoring reads it: what people typed repaired where that is certain, all else to be said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from contracts.contacts import ContactPublished, Work
from contracts.mentors import MentorForm
from contracts.message import MOST_SHORT_CHARACTERS, MOST_TAGS, MOST_TERRITORIES, Language, WeeklySlot
from contracts.moments import FIRST_DAY, LAST_DAY
from libraries.places.territories import territory
from libraries.typed import numbers, texts
from libraries.typed.addresses import is_same
from libraries.typed.labels import labels
from libraries.typed.people import ReadPerson, read_person
from libraries.typed.slip import Asked, Reading, Slip, Typed, plain
from libraries.typed.times import check_times
from libraries.vocabularies.remarks import unknown, unknown_among
from libraries.vocabularies.vocabularies import directorate, theme
from libraries.work_days.city import CITY

_MOST_LANGUAGES: Final = 10
_MOST_PAIRS: Final = 20
_FRENCH: Final = frozenset({"fr", "fra", "french", "francais"})


class ReadMentor(NamedTuple):
    """What a form says of a mentor; `remarks` is what is taken as it is though no vocabulary has it."""

    mentor_id: UUID
    person: ReadPerson
    role: str
    directorate: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    territories: tuple[str, ...]
    slots: tuple[WeeklySlot, ...]
    capacity: int
    paused_until: date | None
    handled_applications: tuple[UUID, ...]
    line_manager_authorised: bool
    line_manager_authorised_until: date | None
    ethics_check_done: bool
    line_manager: ReadPerson | None
    remarks: tuple[Asked, ...]

    @property
    def contact(self) -> ContactPublished:
        """How to reach them, and what those are told of them to whom they are offered."""
        work = Work(occupation=self.role, directorate=self.directorate, skills=self.skills)
        return self.person.contact("mentor").model_copy(update={"work": work})


def read_mentor(form: MentorForm, sent_at: datetime) -> ReadMentor | tuple[Asked, ...]:
    """Reads a form that was sent at a moment; what can't be read of it, in place of anything, where there is any."""
    reading = Reading()
    read = reading.read
    check_times(form, sent_at, reading)
    person = read_person(form.person, "person", reading)
    role = read("role", texts.required, form.role, most=MOST_SHORT_CHARACTERS)
    works_for = read("directorate", directorate, form.directorate)
    skills = labels(form.skills, "skills", theme, reading, most=MOST_TAGS)
    languages = labels(form.languages, "languages", _language, reading, most=_MOST_LANGUAGES)
    territories = labels(form.territories, "territories", territory, reading, most=MOST_TERRITORIES)
    capacity = read("capacity", numbers.required_number, form.capacity, least=0, most=_MOST_PAIRS)
    days = {"first": FIRST_DAY, "last": LAST_DAY}
    paused_until = read("paused_until", numbers.day, form.paused_until, **days)
    line_manager = _line_manager(form, person, reading)
    authorised_until = read("line_manager_authorised_until", numbers.day, form.line_manager_authorised_until, **days)
    if reading.asked or person is None or role is None or works_for is None or capacity is None:
        return tuple(reading.asked)
    return ReadMentor(
        form.mentor_id,
        person,
        role,
        works_for,
        skills,
        languages,
        territories,
        form.slots,
        capacity,
        paused_until,
        form.handled_applications,
        form.line_manager_authorised,
        authorised_until,
        form.ethics_check_done,
        line_manager,
        _remarks(form, on=CITY.day_of(sent_at)),
    )


def _remarks(form: MentorForm, *, on: date) -> tuple[Asked, ...]:
    return (
        *unknown(form.directorate, "directorate", "directorate-unknown", on=on),
        *unknown_among(form.skills, "skills", "skill-unknown", on=on, most=MOST_TAGS),
        *unknown_among(form.territories, "territories", "territory-out-of-date", on=on, most=MOST_TERRITORIES),
    )


def _line_manager(form: MentorForm, person: ReadPerson | None, reading: Reading) -> ReadPerson | None:
    """Who is to authorise the mentor, if the form names somebody; nobody authorises themselves."""
    declared = form.line_manager
    if declared is None or not any(map(plain, (declared.name, declared.email, declared.telephone))):
        return None
    read = read_person(declared, "line_manager", reading)
    same_address = read is not None and person is not None and is_same(read.email, person.email)
    if same_address or declared.person_id == form.person.person_id:
        reading.asked.append(Asked("line-manager-is-the-mentor", "line_manager", {}))
    return read


def _language(typed: Typed) -> Language | None:
    made = texts.code(typed)
    if made is None:
        return None
    if made.partition("-")[0] in _FRENCH:
        return "fr"
    if texts.language(made) == "en":
        return "en"
    raise Slip("language-unclear")
