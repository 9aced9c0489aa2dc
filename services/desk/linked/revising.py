"""What a mentor brings, said anew and whole, and what a lead looks for in one. Pure."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any, Final

from contracts.leads import LeadWishesGiven
from contracts.mentors import MentorRevised
from contracts.message import MOST_SHORT_CHARACTERS, MOST_TAGS, MOST_TERRITORIES
from contracts.moments import LAST_DAY
from libraries.typed.addresses import email, telephone
from libraries.vocabularies.vocabularies import Words
from services.desk.addresses import id_by_address
from services.desk.linked.asked import Asked
from services.desk.linked.choices import LISTS
from services.desk.linked.given import Given, Unclear, together
from services.mentoring.operations import Brought

MOST_PAIRS: Final = 20
_MOST_SLOTS: Final = 18


def revise_mentor(asked: Asked) -> MentorRevised:
    """The mentor's whole form: what is theirs to change, and as it stands what is for others to say."""
    brought, given = asked.kept.brought, asked.given
    if brought is None:
        raise Unclear("skills", _NO_MENTOR)
    said = together(
        {
            "skills": partial(given.choices, "skills", {*LISTS["themes"], *brought.skills}, most=MOST_TAGS),
            "languages": partial(given.choices, "languages", {*LISTS["languages"], *brought.languages}, most=MOST_TAGS),
            "slots": partial(given.choices, "slots", LISTS["slots"], most=_MOST_SLOTS),
            "territories": partial(
                given.choices, "territories", {*LISTS["territories"], *brought.territories}, most=MOST_TERRITORIES
            ),
            "capacity": partial(given.number, "capacity", least=0, most=MOST_PAIRS),
            "paused_until": lambda: _text(given.day_or_none("paused_until", first=asked.today, last=LAST_DAY)),
            "directorate": partial(given.choice, "directorate", (*LISTS["services"], brought.directorate)),
            "role": partial(given.text, "role", most=MOST_SHORT_CHARACTERS, required=True),
            "person": lambda: {"person_id": asked.person_id, **_person(given)},
            "line_manager": partial(_line_manager, given, brought),
        }
    )
    return MentorRevised.model_validate(
        {
            **said,
            "mentor_id": brought.mentor_id,
            "handled_applications": sorted(brought.handled),
            "line_manager_authorised": brought.is_authorised,
            "line_manager_authorised_until": _text(brought.authorised_until),
            "ethics_check_done": brought.is_checked,
            "revised_at": asked.now,
        }
    )


def give_wishes(asked: Asked) -> LeadWishesGiven:
    """What a lead looks for in a mentor, whole."""
    wishes, given = asked.kept.wishes, asked.given
    if wishes is None:
        raise Unclear("skills", _NO_LEAD)
    return LeadWishesGiven.model_validate(
        {
            "assignment_id": wishes.assignment_id,
            "skills": given.choices("skills", {*LISTS["themes"], *wishes.skills}, most=MOST_TAGS),
            "languages": given.choices("languages", LISTS["languages"], most=MOST_TAGS),
            "slots": given.choices("slots", LISTS["slots"], most=_MOST_SLOTS),
            "given_by": asked.reporter,
            "given_at": asked.now,
        }
    )


def _person(given: Given) -> dict[str, Any]:
    """Who they are, as mentoring would read it: what it could not read, it would refuse, and nothing would be kept."""
    said = together(
        {
            "person.name": partial(given.text, "person.name", most=MOST_SHORT_CHARACTERS, required=True),
            "person.email": partial(given.typed, "person.email", email, most=MOST_SHORT_CHARACTERS, required=True),
            "person.telephone": partial(given.typed, "person.telephone", telephone, most=MOST_SHORT_CHARACTERS),
            "person.language": partial(given.choice, "person.language", LISTS["languages"]),
        }
    )
    return {name.removeprefix("person."): value for name, value in said.items()}


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _line_manager(given: Given, brought: Brought) -> dict[str, Any] | None:
    """Whom they type, or, by the id alone, who it is already."""
    names = "line_manager.name", "line_manager.email"
    if all(given.text(name, most=MOST_SHORT_CHARACTERS) is None for name in names):
        known = brought.line_manager_id
        return None if known is None else {"person_id": known}
    said = together(
        {
            names[0]: partial(given.text, names[0], most=MOST_SHORT_CHARACTERS, required=True),
            names[1]: partial(given.typed, names[1], email, most=MOST_SHORT_CHARACTERS, required=True),
        }
    )
    name, address = (said[each] or "" for each in names)
    return {"person_id": id_by_address(address), "name": name, "email": address}


_NO_MENTOR: Final = Words(fr="vous ne participez plus comme mentor", en="you take part as a mentor no more")
_NO_LEAD: Final = Words(
    fr="ce projet n’attend pas encore de mentor\u00a0: essayez dans quelques minutes",
    en="this project does not wait for a mentor yet: try in a few minutes",
)
