"""How well a mentor suits a project and its lead: integers out of 1000, each part by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from services.mentoring.mentor import Profile
from services.mentoring.rules import PairingRules


# A tuple of sets that know their hash: it is looked up several times for each lead.
class Shape(NamedTuple):
    """What of a project and its lead matters to the fit; many share one.

    `skills` are what the lead looks for, where they say so: else the project's themes are. A mentor shares one of
    the `languages`, and can meet in one of the `slots` of the week; where there are none, any will do.
    """

    themes: frozenset[str]
    territories: frozenset[str]
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    slots: frozenset[str] = frozenset()

    @property
    def wanted(self) -> frozenset[str]:
        """What a mentor should know."""
        return self.skills or self.themes

    def described_by(self, project: Shape) -> Shape:
        """The project as it is described now, with the same wishes."""
        return self._replace(themes=project.themes, territories=project.territories)


@lru_cache(maxsize=10_000)
def shared(shape: Shape) -> Shape:
    """The one shape that is equal to this one: thousands of leads are kept in memory, and few shapes."""
    return shape


@dataclass(frozen=True, slots=True)
class Fit:
    """The parts of a fit, in points."""

    skills: int
    territory: int
    availability: int

    @property
    def total(self) -> int:
        """The fit, 0 to 1000."""
        return self.skills + self.territory + self.availability


def speaks(profile: Profile, shape: Shape) -> bool:
    """Whether a mentor and a lead share a language, as far as both say: a gate, which no points open."""
    return not (shape.languages and profile.languages) or not shape.languages.isdisjoint(profile.languages)


def fit(profile: Profile, shape: Shape, rules: PairingRules) -> Fit:
    """The fit of a mentor to a project: the shares that they know of what is wanted, and whether they can meet."""
    everywhere, weights = rules.whole_city, rules.weights
    if profile.territories & everywhere or shape.territories & everywhere:
        territory = weights.territory
    else:
        territory = _part(weights.territory, shape.territories, profile.territories, rules)
    if not shape.slots:
        availability = weights.availability
    elif not profile.slots:
        availability = unstated_share(weights.availability, rules)
    else:
        availability = 0 if shape.slots.isdisjoint(profile.slots) else weights.availability
    return Fit(_part(weights.skills, shape.wanted, profile.skills, rules), territory, availability)


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
