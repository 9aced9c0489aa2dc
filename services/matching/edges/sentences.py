"""Why a project fits a need as far as it does: a sentence for each part, French and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from contracts.fits import FitPart
from services.matching.codes import ReadinessField
from services.matching.edges.fit import FitPoints
from services.matching.edges.gates import TerritoryMeeting
from services.matching.settings.rules import Rules
from services.matching.settings.texts import TEXTS, PartText
from services.matching.states.candidates import Candidate
from services.matching.states.profiles import NeedProfile

PARTS: Final = ("theme", "public", "territory", "readiness", "text")
_TERRITORY: Final[Mapping[TerritoryMeeting, PartText]] = {
    TerritoryMeeting.SHARED: "territory-shared",
    TerritoryMeeting.THROUGH_WHOLE_CITY: "territory-through-whole-city",
    TerritoryMeeting.APART: "territory-apart",
}


def parts_of(candidate: Candidate, need: NeedProfile, fit: FitPoints, rules: Rules) -> tuple[FitPart, ...]:
    """The five parts of an application's fit to a need, with their sentences; their points add up to the fit."""
    weights, meeting, project = rules.weights, fit.meeting, candidate.profile
    public: PartText = "public" if need.publics else "public-any"
    readiness: PartText = "readiness-missing" if project.missing else "readiness-complete"
    wanted = need.words_wanted
    text: PartText = "text-unpublished" if candidate.is_withheld else "text" if wanted else "text-none"
    shared = min(fit.shared_words, wanted)
    return (
        _part("theme", fit.theme, weights.theme, "theme", meeting.themes, len(need.themes)),
        _part("public", fit.public, weights.public, public, meeting.publics, len(need.publics)),
        _part("territory", fit.territory, weights.territory, _TERRITORY[meeting.territory]),
        _part("readiness", fit.readiness, weights.readiness, readiness, 0, 0, project.missing),
        _part("text", fit.text, weights.text, text, shared, wanted),
    )


# There are few distinct parts and each is used for thousands of proposals: 0.1 µs against 6.
@lru_cache(maxsize=4096)
def _part(
    name: str,
    points: int,
    maximum: int,
    text: PartText,
    met: int = 0,
    total: int = 0,
    missing: tuple[ReadinessField, ...] = (),
) -> FitPart:
    fields = [TEXTS.fields[field] for field in missing]
    french = TEXTS.parts[text].fr.format(met=met, total=total, missing=", ".join([field.fr for field in fields]))
    english = TEXTS.parts[text].en.format(met=met, total=total, missing=", ".join([field.en for field in fields]))
    # A rule set may give a part no weight at all, but the contract wants a maximum of at least 1.
    return FitPart(name=name, points=points, maximum=max(1, maximum), fr=french, en=english)
