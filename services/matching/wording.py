"""Words for people, French and English: why a project fits a need, why a decision was refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from contracts.assignments import FitPart
from contracts.message import Reason
from libraries.engine.worth import Worth
from services.matching.considering import Consideration
from services.matching.fit import FitPoints
from services.matching.gates import GATES, TerritoryMeeting
from services.matching.profiles import READINESS, NeedProfile, ProjectProfile
from services.matching.register import Candidate, Need
from services.matching.rules import Rules

Text = Mapping[str, str]
LANGUAGES: Final = ("fr", "en")
PARTS: Final = ("theme", "public", "territory", "readiness", "text")
_TERRITORY: Final = {
    TerritoryMeeting.SHARED: "territory-shared",
    TerritoryMeeting.THROUGH_WHOLE_CITY: "territory-through-whole-city",
    TerritoryMeeting.APART: "territory-apart",
}
_PART_TEXTS: Final = frozenset(
    {"theme", "public", "public-any", *_TERRITORY.values(), "readiness-complete", "readiness-missing"}
    | {"text", "text-none"}
)
REFUSALS: Final = frozenset(
    {"already-confirmed", "already-declined", "already-released", "reason-required", "no-candidate", "need-not-open"}
    | {"already-pinned", "no-place-left", "nothing-to-lift", "not-in-the-contest"}
)
UNMET_CAUSES: Final = frozenset({"no-candidates", "no-capacity", "all-gated", "placed-elsewhere", "territory-full"})
_LEVELS: Final = Worth._fields
_STANDINGS: Final = frozenset({"held", "fixed", "possible", "no-place", *(f"missing-{level}" for level in _LEVELS)})


def _read_texts() -> Mapping[str, Mapping[str, Text]]:
    """The texts; raises ValueError where one is missing in a language or none needs it."""
    texts = json.loads(files("services.matching").joinpath("texts.json").read_text(encoding="utf-8"))
    for section, wanted in (
        ("parts", _PART_TEXTS),
        ("fields", set(READINESS)),
        ("refusals", REFUSALS),
        ("unmet", UNMET_CAUSES),
        ("standings", _STANDINGS),
        ("gates", GATES),
    ):
        if set(texts[section]) != wanted:
            raise ValueError(f"texts.json, {section}: {sorted(set(texts[section]) ^ wanted)} missing or unknown")
        for name, text in texts[section].items():
            if set(text) != set(LANGUAGES) or not all(text.values()):
                raise ValueError(f"texts.json, {section}.{name}: give {' and '.join(LANGUAGES)}")
    return {section: texts[section] for section in texts.keys() - {"version"}}


_TEXTS: Final = _read_texts()


def parts_of(fit: FitPoints, *, project: ProjectProfile, need: NeedProfile, rules: Rules) -> tuple[FitPart, ...]:
    """The five parts of a fit with their sentences; their points add up to the fit."""
    weights, meeting = rules.weights, fit.meeting
    public = "public" if need.publics else "public-any"
    readiness = "readiness-missing" if project.missing else "readiness-complete"
    wanted = need.words_wanted
    shared = min(fit.shared_words, wanted)
    return (
        _part("theme", fit.theme, weights.theme, "theme", meeting.themes, len(need.themes)),
        _part("public", fit.public, weights.public, public, meeting.publics, len(need.publics)),
        _part("territory", fit.territory, weights.territory, _TERRITORY[meeting.territory]),
        _part("readiness", fit.readiness, weights.readiness, readiness, 0, 0, project.missing),
        _part("text", fit.text, weights.text, "text" if wanted else "text-none", shared, wanted),
    )


def parts_between(candidate: Candidate, need: Need, fit: FitPoints, rules: Rules) -> tuple[FitPart, ...]:
    """The parts of an application's fit to a need."""
    return parts_of(fit, project=candidate.profile, need=need.document.profile, rules=rules)


# There are few distinct parts and each is used for thousands of proposals: 0.1 µs against 6.
@lru_cache(maxsize=4096)
def _part(
    name: str,
    points: int,
    maximum: int,
    text: str,
    met: int = 0,
    total: int = 0,
    missing: tuple[str, ...] = (),
) -> FitPart:
    sentences = {
        language: _TEXTS["parts"][text][language].format(
            met=met, total=total, missing=", ".join(_TEXTS["fields"][field][language] for field in missing)
        )
        for language in LANGUAGES
    }
    # A rule set may give a part no weight at all, but the contract wants a maximum of at least 1.
    return FitPart(name=name, points=points, maximum=max(1, maximum), **sentences)


@lru_cache
def refusal(code: str) -> Reason:
    """Why a decision was refused; raises KeyError for a code without words."""
    text = _TEXTS["refusals"][code]
    return Reason(code=code, field="reason" if code == "reason-required" else None, fr=text["fr"], en=text["en"])


@lru_cache
def unmet_cause(code: str) -> Reason:
    """Why nobody answers a need; raises KeyError for a code without words."""
    text = _TEXTS["unmet"][code]
    return Reason(code=code, fr=text["fr"], en=text["en"])


def standing_text(it: Consideration, language: str) -> str:
    """Why a need holds an application or does not, in `fr` or `en`; raises KeyError for another language."""
    texts = _TEXTS["standings"]
    if it.standing == "shut":
        words = ", ".join(_TEXTS["gates"][gate][language] for gate in it.shut)
        return f"{words[:1].upper()}{words[1:]}."
    if it.standing != "missing" or it.missing is None:
        return texts[it.standing][language]
    level, points = next((name, its) for name, its in zip(_LEVELS, it.missing, strict=True) if its)
    return texts[f"missing-{level}"][language].format(points=points)
