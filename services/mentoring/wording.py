"""Codes put into words, in French and English, from the versioned texts."""

from __future__ import annotations

from functools import lru_cache

from contracts.assignments import FitPart
from contracts.message import Reason
from services.mentoring.fit import Shape, fit
from services.mentoring.mentor import Profile
from services.mentoring.rules import TEXTS, PairingRules


@lru_cache(maxsize=4096)
def reason(code: str, count: int = 1) -> Reason:
    """The reason of that code, said of `count` mentors where the sentence counts them.

    Raises KeyError for a code that has no text.
    """
    text = TEXTS.texts[code]
    return Reason(code=code, fr=_say(text.fr, count), en=_say(text.en, count))


@lru_cache(maxsize=4096)
def parts_of(profile: Profile, shape: Shape, rules: PairingRules) -> tuple[FitPart, ...]:
    """The parts of a mentor's fit to a project with their sentences; their points add up to the fit."""
    found, weights = fit(profile, shape, rules), rules.weights
    return (
        _part("skills", found.skills, weights.skills),
        _part("territory", found.territory, weights.territory),
        _part("availability", found.availability, weights.availability),
    )


def _part(name: str, points: int, maximum: int) -> FitPart:
    text = TEXTS.texts[f"fit-{name}"]
    # A rule set may give a part no weight at all, but the contract wants a maximum of at least 1.
    return FitPart(name=name, points=points, maximum=max(1, maximum), fr=text.fr[0], en=text.en[0])


def _say(forms: tuple[str, ...], count: int) -> str:
    return (forms[0] if count == 1 else forms[-1]).format(count=count)
