"""A need's form as matching reads it: what people typed repaired where that is certain, all else to be said."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from contracts.message import MOST_LONG_CHARACTERS, MOST_SHORT_CHARACTERS, MOST_TAGS, MOST_TERRITORIES
from contracts.moments import FIRST_DAY, LAST_DAY
from contracts.needs import Need as PublicNeed
from contracts.needs import NeedDeclared, NeedRevised
from libraries.places.territories import territory
from libraries.typed import numbers, texts
from libraries.typed.labels import labels
from libraries.typed.people import ReadPerson, read_person
from libraries.typed.slip import Asked, Reading
from libraries.typed.times import check_times
from libraries.vocabularies.remarks import unknown, unknown_among
from libraries.vocabularies.vocabularies import directorate, public, strategic_axis, theme
from libraries.work_days.city import CITY

_MOST_PLACES: Final = 100_000


class ReadNeed(NamedTuple):
    """What a form says of a need: what is published of it (all but its evidence), its owner, and what nobody knows."""

    content: PublicNeed
    owner: ReadPerson
    remarks: tuple[Asked, ...]


def read_need(form: NeedDeclared | NeedRevised, sent_at: datetime) -> ReadNeed | tuple[Asked, ...]:
    """Reads a form that was sent at a moment; what can't be read of it, in place of anything, where there is any."""
    reading = Reading()
    read = reading.read
    check_times(form, sent_at, reading)
    owner = read_person(form.owner, "owner", reading)
    read("evidence", texts.optional, form.evidence, most=MOST_LONG_CHARACTERS)
    content = {
        "title": read("title", texts.required, form.title, most=MOST_SHORT_CHARACTERS),
        "description": read("description", texts.optional, form.description, most=MOST_LONG_CHARACTERS),
        "themes": labels(form.themes, "themes", theme, reading, least=1, most=MOST_TAGS),
        "publics": labels(form.publics, "publics", public, reading, most=MOST_TAGS),
        "territories": labels(form.territories, "territories", territory, reading, least=1, most=MOST_TERRITORIES),
        "coverage": form.coverage,
        "salience": form.salience,
        "capacity": read("capacity", numbers.required_number, form.capacity, least=0, most=_MOST_PLACES),
        "directorate": read("directorate", directorate, form.directorate),
        "strategic_axis": read("strategic_axis", strategic_axis, form.strategic_axis),
        "review_on": read("review_on", numbers.day, form.review_on, first=FIRST_DAY, last=LAST_DAY),
    }
    if reading.asked or owner is None:
        return tuple(reading.asked)
    return ReadNeed(PublicNeed.model_validate(content), owner, _remarks(form, on=CITY.day_of(sent_at)))


def _remarks(form: NeedDeclared | NeedRevised, *, on: date) -> tuple[Asked, ...]:
    return (
        *unknown_among(form.themes, "themes", "theme-unknown", on=on, most=MOST_TAGS),
        *unknown_among(form.publics, "publics", "public-unknown", on=on, most=MOST_TAGS),
        *unknown_among(form.territories, "territories", "territory-out-of-date", on=on, most=MOST_TERRITORIES),
        *unknown(form.directorate, "directorate", "directorate-unknown", on=on),
        *unknown(form.strategic_axis, "strategic_axis", "strategic-axis-unknown", on=on),
    )
