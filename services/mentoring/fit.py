"""How well a mentor suits a project: integers out of 1000, each part by itself."""

from __future__ import annotations

from dataclasses import dataclass

from services.mentoring.mentor import Profile
from services.mentoring.rules import PairingRules


@dataclass(frozen=True, slots=True)
class Shape:
    """What of a project matters to the fit; many projects share one."""

    themes: frozenset[str]
    territories: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fit:
    """The parts of a fit, in points."""

    skills: int
    territory: int

    @property
    def total(self) -> int:
        """The fit, 0 to 1000."""
        return self.skills + self.territory


def fit(profile: Profile, shape: Shape, rules: PairingRules) -> Fit:
    """The fit of a mentor to a project: the shares of its themes and territories that the mentor knows."""
    everywhere = rules.whole_city
    if profile.territories & everywhere or shape.territories & everywhere:
        territory = rules.weights.territory
    else:
        territory = _part(rules.weights.territory, shape.territories, profile.territories, rules)
    return Fit(_part(rules.weights.skills, shape.themes, profile.skills, rules), territory)


def share(weight: int, matched: int, wanted: int) -> int:
    """The points of a part where `matched` of `wanted` are known."""
    return weight * matched // wanted


def unstated_share(weight: int, rules: PairingRules) -> int:
    """The points of a part where the mentor or the project does not say."""
    return weight * rules.unstated // 1000


def _part(weight: int, wanted: frozenset[str], offered: frozenset[str], rules: PairingRules) -> int:
    if not wanted or not offered:
        return unstated_share(weight, rules)
    return share(weight, len(wanted & offered), len(wanted))
