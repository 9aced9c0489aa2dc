"""The fit of a project to a need: five parts in whole points, together at most 1,000."""

from __future__ import annotations

from typing import NamedTuple

from services.matching.codes import READINESS
from services.matching.edges.gates import Meeting, TerritoryMeeting
from services.matching.settings.rules import Rules
from services.matching.states.profiles import NeedProfile, ProjectProfile

_SHARED = TerritoryMeeting.SHARED
_APART = TerritoryMeeting.APART
_FIELDS = len(READINESS)


class FitPoints(NamedTuple):
    """Points by part, and what they come from: the meeting of both, and for the text part `shared_words`."""

    total: int
    theme: int
    public: int
    territory: int
    readiness: int
    text: int
    shared_words: int
    meeting: Meeting


def fit_of(
    project: ProjectProfile, need: NeedProfile, meeting: Meeting, rules: Rules, *, at_least: int = 0
) -> FitPoints | None:
    """The fit, in integers rounded down part by part; None where it is less than `at_least`.

    A need that names no public takes any. Where it is unknown what a project offers, its readiness is
    less, and no other part is guessed.
    """
    weights = rules.weights
    theme = weights.theme * meeting.themes // len(need.themes)
    public = weights.public * meeting.publics // len(need.publics) if need.publics else weights.public
    if meeting.territory is _SHARED:
        territory = weights.territory
    elif meeting.territory is _APART:
        territory = 0
    else:
        territory = weights.territory * rules.through_whole_city_percent // 100
    readiness = weights.readiness * (_FIELDS - len(project.missing)) // _FIELDS
    without_text = theme + public + territory + readiness
    # Comparing words costs as much as all the rest: not where it could change nothing.
    if without_text + weights.text < at_least:
        return None
    shared, wanted = len(project.words & need.words), need.words_wanted
    text = weights.text * min(shared, wanted) // wanted if wanted else 0
    total = without_text + text
    return FitPoints(total, theme, public, territory, readiness, text, shared, meeting) if total >= at_least else None
