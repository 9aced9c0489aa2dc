"""Which needs pass the gates of theme, public and territory with a project, as bit masks over their positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from services.matching.states.profiles import NeedProfile, ProjectProfile

_WHOLE_CITY: Final = ""
"""Stands among the territories for needs that meet every project; no form can give it as a code."""


class NeedIndex:
    """Positions of needs, and for each theme, public and territory the mask of the needs that name it.

    It says the same as the gates, for thousands of needs at once.
    """

    __slots__ = ("_position", "_publics", "_territories", "_themes")

    def __init__(self) -> None:
        self._position: dict[UUID, int] = {}
        self._themes: dict[str, int] = {}
        self._publics: dict[str, int] = {}
        self._territories: dict[str, int] = {}

    def position_of(self, need_id: UUID) -> int:
        """Where a need stands; raises KeyError for one that was never put."""
        return self._position[need_id]

    def put(self, need_id: UUID, profile: NeedProfile, *, instead_of: NeedProfile | None = None) -> None:
        """Adds a need behind the others, or its new profile in its old position."""
        bit = 1 << self._position.setdefault(need_id, len(self._position))
        if instead_of is not None:
            for masks, codes in self._codes(instead_of):
                for code in codes:
                    masks[code] &= ~bit
        for masks, codes in self._codes(profile):
            for code in codes:
                masks[code] = masks.get(code, 0) | bit

    def meeting(self, project: ProjectProfile) -> int:
        """The mask of the needs that share a theme or a public with a project and meet it somewhere."""
        mask = 0
        for code in project.themes:
            mask |= self._themes.get(code, 0)
        for code in project.publics:
            mask |= self._publics.get(code, 0)
        if project.reach.whole_city:
            return mask
        somewhere = self._territories.get(_WHOLE_CITY, 0)
        for code in project.reach.codes:
            somewhere |= self._territories.get(code, 0)
        return mask & somewhere

    def _codes(self, profile: NeedProfile) -> Iterator[tuple[dict[str, int], Iterable[str]]]:
        yield self._themes, profile.themes
        yield self._publics, profile.publics
        yield self._territories, profile.reach.codes
        if profile.reach.whole_city:
            yield self._territories, (_WHOLE_CITY,)


def positions_in(mask: int) -> Iterator[int]:
    """The positions of a mask's bits, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
