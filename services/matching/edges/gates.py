"""The gates: an edge between a project and a need exists only through all of them; no weight opens one."""

from __future__ import annotations

from datetime import date
from enum import IntEnum
from typing import NamedTuple

from services.matching.codes import Gate
from services.matching.states.profiles import NeedProfile, ProjectProfile


class TerritoryMeeting(IntEnum):
    """How the territories of a project and a need meet."""

    APART = 0
    THROUGH_WHOLE_CITY = 1
    SHARED = 2


class Meeting(NamedTuple):
    """What a project and a need have in common: numbers of themes and publics, and the territory."""

    themes: int
    publics: int
    territory: TerritoryMeeting


_APART, _THROUGH_WHOLE_CITY, _SHARED = TerritoryMeeting


def meet(project: ProjectProfile, need: NeedProfile) -> Meeting:
    """What the two have in common."""
    ours, theirs = project.reach, need.reach
    if not ours.codes.isdisjoint(theirs.codes):
        territory = _SHARED
    elif ours.whole_city or theirs.whole_city:
        territory = _THROUGH_WHOLE_CITY
    else:
        territory = _APART
    return Meeting(len(project.themes & need.themes), len(project.publics & need.publics), territory)


def is_past_review(need: NeedProfile, *, on: date) -> bool:
    """Whether the need had to be reviewed before that day; the review date itself is still in time."""
    return need.review_on is not None and on > need.review_on


def shut_gates(
    meeting: Meeting, *, is_open: bool, is_forbidden: bool, is_recused: bool, is_their_own: bool
) -> list[Gate]:
    """The names of the gates that keep the two apart, all but the floor; empty where none does."""
    shut: list[Gate] = []
    if meeting.territory is _APART:
        shut.append("territory")
    if not meeting.themes and not meeting.publics:
        shut.append("theme-or-public")
    if not is_open:
        shut.append("closed")
    if is_forbidden:
        shut.append("forbidden")
    if is_recused:
        shut.append("recused")
    if is_their_own:
        shut.append("own-project")
    return shut
