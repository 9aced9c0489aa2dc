"""What of a project and its lead matters to the choice of a mentor."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple


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


# Some kilobytes each. One that fell out is only kept twice: equality, and not identity, is what is asked of shapes.
@lru_cache(maxsize=10_000)
def shared(shape: Shape) -> Shape:
    """The one shape that is equal to this one: thousands of leads are kept in memory, and few shapes."""
    return shape
