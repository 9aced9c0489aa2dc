"""Where projects and needs are: codes of the city's territories and which of them meet."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from libraries.places.territories import TERRITORIES


class Reach(NamedTuple):
    """The territories that a project or a need names, with those inside them; `whole_city` meets all."""

    codes: frozenset[str]
    whole_city: bool


_CONTENTS: Final = TERRITORIES.contents()


# A bound, for forms may name what they like; a real edition has some hundreds of combinations.
@lru_cache(maxsize=16_384)
def reach_of(named: tuple[str, ...]) -> Reach:
    """The reach of the codes that a form names; naming none is the whole city without any code of its own.

    A code that no file knows (a priority neighbourhood's, say) holds itself. Neither case counts nor
    whether words are joined by a space or a hyphen.
    """
    codes: set[str] = set()
    for name in named:
        code = name.lower().replace(" ", "-")
        codes.add(TERRITORIES.whole_city.code if code in TERRITORIES.everywhere else code)
        codes |= _CONTENTS.get(code, frozenset())
    return Reach(frozenset(codes), not codes or TERRITORIES.whole_city.code in codes)
