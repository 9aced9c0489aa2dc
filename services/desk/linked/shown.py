"""What the page of a matter shows: values for its template, made of what the journal told. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from contracts.message import Language
from libraries.days_in_words import day_said
from libraries.vocabularies.field_names import FIELD_NAMES
from libraries.vocabularies.vocabularies import spaced_out
from libraries.work_days.city import CITY
from services.desk.linked import correcting
from services.desk.linked.choices import LISTS, ListName
from services.desk.linked.introducing import introductions_of
from services.desk.linked.matters import Matter, Thing, Told
from services.desk.linked.standing import LinkedPage
from services.desk.linked.taking_part import LEAVING

_OPEN_OBSTACLES: Final = frozenset({"opened", "taken", "escalated"})
_LAST_YEAR: Final = 3
_DAYS_OF_A_YEAR: Final = 365


def of_application(matter: Matter, things: Iterable[Thing], language: Language, now: datetime) -> dict[str, Any]:
    """What is missing or was decided, and why; where it is held; and the form, with what anybody may know."""
    judged = matter.last(
        "application.registered", "application.amended", "application.rejected", "application.correction-requested"
    )
    said: Mapping[str, Any] = judged.data if judged else {}
    unplaced = matter.last("application.unplaced") if matter.state == "registered" else None
    held = [thing for thing in things if thing.kind == "assignment" and thing.state in ("proposed", "confirmed")]
    return {
        "reasons": _reasons(said.get("reasons"), language),
        "asked": _reasons(said.get("asked"), language),
        "remarks": _reasons(said.get("remarks"), language),
        "wanted": _wanted(matter, said, language),
        # Once a need holds it, what a round before said of it is past.
        "unplaced": None if unplaced is None or held else _unplaced(unplaced, language),
        "held": [thing for thing in held if thing.state == "confirmed"],
        "is_weighed": any(thing.state == "proposed" for thing in held),
        "decided": matter.last("contest.decision-published"),
        "fields": correcting.FIELDS,
        "known": correcting.known(matter),
        "is_corrected_here": correcting.is_corrected_here(matter),
    }


def of_project(matter: Matter, things: Iterable[Thing], language: Language, now: datetime) -> dict[str, Any]:
    """The figures of each year, and what stands in the way."""
    recorded = {each.data["year"]: each.data["figures"] for each in matter.all("impact.recorded")}
    confirmed = matter.last("assignment.confirmed")
    years = 0 if confirmed is None else (now - confirmed.at).days // _DAYS_OF_A_YEAR
    return {
        "recorded": sorted(recorded.items()),
        "years": range(_LAST_YEAR + 1),
        # Of the year that has ended; of the beginning, as long as nobody said where the project began.
        "year": min(years, _LAST_YEAR) if 0 in recorded else 0,
        "today": CITY.day_of(now),
        "introductions": introductions_of(things, matter.id),
        "obstacles": _obstacles(things, matter.id),
    }


def of_pair(matter: Matter, things: Iterable[Thing], language: Language, now: datetime) -> dict[str, Any]:
    """Whom it accompanies until when, the meetings, and what stands in the way."""
    today = CITY.day_of(now)
    paused = matter.last("pair.paused")
    until = None if paused is None else date.fromisoformat(paused.data["until"])
    last = matter.last("pair.review-due", "pair.renewed")
    is_due = matter.state == "active" and last is not None and last.type == "engage.pair.review-due.v1"
    return {
        "meetings": matter.all("pair.meeting-held"),
        "rests_until": until if until is not None and until > today else None,
        "review": last.data if is_due and last is not None else None,
        "reviewed": _reviewed(matter, last) if is_due else {},
        "today": today,
        "introductions": introductions_of(things, matter.person("assignment_id")),
        "obstacles": _obstacles(things, matter.person("assignment_id")),
    }


def of_mentor(matter: Matter, things: Iterable[Thing], language: Language, now: datetime) -> dict[str, Any]:
    """What they may say when they leave; what they bring stands beside the matter."""
    return {"leaving": LEAVING, "today": CITY.day_of(now)}


def of_obstacle(matter: Matter, things: Iterable[Thing], language: Language, now: datetime) -> dict[str, Any]:
    """What is missing, who has it in charge, and until when."""
    last = matter.last("obstacle.opened", "obstacle.taken", "obstacle.escalated", "obstacle.amended")
    until = last.data.get("due_at") if last else None
    return {"due_on": None if until is None else CITY.day_of(datetime.fromisoformat(until))}


SHOWN: Final = {
    "application": of_application,
    "project": of_project,
    "pair": of_pair,
    "mentor": of_mentor,
    "obstacle": of_obstacle,
}
"""What makes the values of each page."""

THINGS: Final[Mapping[LinkedPage, tuple[str, ...]]] = {
    "application": ("assignment",),
    "project": ("obstacle", "introduction"),
    "pair": ("obstacle", "introduction"),
    "mentor": (),
    "obstacle": (),
}
"""The kinds of other things that each page shows."""


def listed(name: ListName, code: str, language: Language) -> str:
    """What a code of a list is called; the code itself, spaced out, where the list does not have it."""
    words = LISTS[name].get(code)
    return spaced_out(code) if words is None else words.in_language(language)


def day(value: date | str, language: Language) -> str:
    """A day in words, such as 15 mars 2026."""
    given = date.fromisoformat(value) if isinstance(value, str) else value
    return day_said(given, language)


def _reasons(reasons: Iterable[Mapping[str, Any]] | None, language: Language) -> list[tuple[str | None, str]]:
    """Why, in words, each with the name of the form's field that it is about."""
    found = []
    for reason in reasons or ():
        field = reason.get("field")
        found.append((None if field is None else FIELD_NAMES.name(field, language), reason[language]))
    return found


def _wanted(matter: Matter, said: Mapping[str, Any], language: Language) -> dict[str, str]:
    """What has to be corrected, by the form's fields: what was asked back, what rejects, and what is missing beside."""
    if matter.state not in ("correction-requested", "rejected"):
        return {}
    return correcting.wanted((*(said.get("asked") or ()), *(said.get("reasons") or ())), language)


def _unplaced(told: Told, language: Language) -> dict[str, Any]:
    return {
        "cause": told.data["cause"][language],
        "remedies": _reasons(told.data.get("remedies"), language),
    }


def _obstacles(things: Iterable[Thing], assignment_id: object) -> list[tuple[Thing, bool]]:
    """Those of an assignment, each with whether it still stands in the way."""
    of_it = [thing for thing in things if thing.kind == "obstacle" and thing.parent_id == assignment_id]
    return [(thing, thing.state in _OPEN_OBSTACLES) for thing in of_it]


def _reviewed(matter: Matter, due: Told | None) -> dict[str, str]:
    """What each party has answered since it was asked."""
    since = 0 if due is None else due.data["version"]
    answers = [each.data for each in matter.all("pair.review-recorded") if each.data["version"] > since]
    return {each["party"]: each["wish"] for each in answers}
