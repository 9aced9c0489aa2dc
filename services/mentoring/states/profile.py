"""What a mentor brings."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """What a mentor brings. `document` is the same as kept text.

    Equal documents share one profile, so profiles are compared by identity.
    """

    document: str
    directorate: str
    skills: frozenset[str]
    languages: frozenset[str]
    territories: frozenset[str]
    slots: frozenset[str]


# More than all profiles of a large programme: where one fell out, its equal would count as another.
@lru_cache(maxsize=20_000)
def profile_of(document: str) -> Profile:
    """The profile that a kept document holds; kept by content, so that a rolled-back change leaves no trace."""
    values = json.loads(document)
    return Profile(
        document,
        values["directorate"],
        frozenset(values["skills"]),
        frozenset(values["languages"]),
        frozenset(values["territories"]),
        frozenset(values["slots"]),
    )


NOTHING: Final = profile_of('{"directorate": "", "skills": [], "languages": [], "territories": [], "slots": []}')
"""Of whom nothing is known any more; every form names a directorate, so it is the profile of none."""
