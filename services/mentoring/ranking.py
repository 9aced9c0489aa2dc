"""All mentors ranked for a project at once: who brings what is kept as bits of integers, one bit a mentor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeAlias

from services.mentoring.fit import Shape, share, unstated_share
from services.mentoring.mentor import Profile
from services.mentoring.rules import PairingRules

Levels: TypeAlias = Sequence[tuple[int, int]]
"""Points and the mentors who have them, as bits."""


class Ranking:
    """Gives each mentor the fit that `fit` gives them, in a few operations however many they are.

    Measured for 5,000 mentors: 40 µs, where their fits one by one take 5.7 ms.
    """

    def __init__(self, rules: PairingRules) -> None:
        self._rules = rules
        self._everyone = 0
        self._skills: dict[str, int] = {}
        self._territories: dict[str, int] = {}
        self._without_skills = 0
        self._without_territories = 0
        self._levels: dict[Shape, Levels] = {}

    def enter(self, bit: int, profile: Profile) -> None:
        """Gives a mentor, known by a bit of their own, that profile."""
        self._everyone |= bit
        for skill in profile.skills:
            self._skills[skill] = self._skills.get(skill, 0) | bit
        for territory in profile.territories:
            self._territories[territory] = self._territories.get(territory, 0) | bit
        if not profile.skills:
            self._without_skills |= bit
        if not profile.territories:
            self._without_territories |= bit
        self._levels.clear()

    def leave(self, bit: int, profile: Profile) -> None:
        """Takes a mentor's profile back."""
        self._everyone &= ~bit
        for skill in profile.skills:
            self._skills[skill] &= ~bit
        for territory in profile.territories:
            self._territories[territory] &= ~bit
        self._without_skills &= ~bit
        self._without_territories &= ~bit
        self._levels.clear()

    def levels(self, shape: Shape) -> Levels:
        """Every mentor under their points for a project, best first."""
        if (levels := self._levels.get(shape)) is None:
            totals: dict[int, int] = {}
            territory = self._by_territory(shape.territories)
            for points, mentors in self._by_skills(shape.themes):
                for more, others in territory:
                    if both := mentors & others:
                        totals[points + more] = totals.get(points + more, 0) | both
            levels = self._levels[shape] = sorted(totals.items(), reverse=True)
        return levels

    def _by_skills(self, themes: Collection[str]) -> Levels:
        return self._parts(self._rules.weights.skills, themes, self._skills, self._without_skills)

    def _by_territory(self, wanted: Collection[str]) -> Levels:
        weight, whole_city = self._rules.weights.territory, self._rules.whole_city
        if not whole_city.isdisjoint(wanted):
            return [(weight, self._everyone)]
        everywhere = 0
        for code in whole_city:
            everywhere |= self._territories.get(code, 0)
        parts = self._parts(weight, wanted, self._territories, self._without_territories)
        return [(weight, everywhere), *((points, mentors & ~everywhere) for points, mentors in parts)]

    def _parts(self, weight: int, wanted: Collection[str], having: dict[str, int], silent: int) -> Levels:
        unstated = unstated_share(weight, self._rules)
        if not wanted:
            return [(unstated, self._everyone)]
        # exactly[n] are the mentors who have n of those looked at so far.
        exactly = [self._everyone & ~silent]
        for value in wanted:
            more = having.get(value, 0)
            fewer = [mentors & ~more for mentors in exactly]
            moved = [mentors & more for mentors in exactly]
            exactly = [a | b for a, b in zip([*fewer, 0], [0, *moved], strict=True)]
        return [(unstated, silent), *((share(weight, n, len(wanted)), bits) for n, bits in enumerate(exactly))]
