"""How well a mentor suits a project and its lead: integers out of 1000, each part by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from contracts.fits import FitPart
from libraries.places.territories import TERRITORIES
from services.mentoring.settings.pairing_rules import PairingRules
from services.mentoring.settings.sentences import SENTENCES
from services.mentoring.states.profile import Profile
from services.mentoring.states.shape import Shape


@dataclass(frozen=True, slots=True)
class MentorFit:
    """The parts of a mentor's fit, in points."""

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


def fit_of(profile: Profile, shape: Shape, rules: PairingRules) -> MentorFit:
    """The fit of a mentor to a project: the shares that they know of what is wanted, and whether they can meet."""
    everywhere, weights = TERRITORIES.everywhere, rules.weights
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
    return MentorFit(_part(weights.skills, shape.wanted, profile.skills, rules), territory, availability)


# Mentors and leads come in few sorts, so that a round of offers says the same of many pairs.
@lru_cache(maxsize=4096)
def parts_of(profile: Profile, shape: Shape, rules: PairingRules) -> tuple[FitPart, ...]:
    """The parts of a mentor's fit to a project with their sentences; their points add up to the fit."""
    found, weights = fit_of(profile, shape, rules), rules.weights
    return (
        _explained("skills", found.skills, weights.skills),
        _explained("territory", found.territory, weights.territory),
        _explained("availability", found.availability, weights.availability),
    )


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


def _explained(name: str, points: int, maximum: int) -> FitPart:
    sentence = SENTENCES.sentences[f"fit-{name}"]
    # A rule set may give a part no weight at all, but the contract wants a maximum of at least 1.
    return FitPart(name=name, points=points, maximum=max(1, maximum), fr=sentence.fr[0], en=sentence.en[0])
