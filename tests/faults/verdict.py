"""What a checker says: every breach of the promise, and what it counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, Literal

Sort = Literal["loss", "double", "disorder", "trace", "unrest"]
"""A trace is something that is left of who was forgotten."""

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True)
class Violation:
    """One breach of the promise, with the ids that prove it."""

    sort: Sort
    text: str


@dataclass
class Verdict:
    """What the checker counted, and every violation."""

    violations: list[Violation] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    in_doubt: list[str] = field(default_factory=list)

    def say(self, sort: Sort, text: str) -> None:
        """Adds a violation."""
        self.violations.append(Violation(sort, text))

    def with_more(self, other: Verdict) -> Verdict:
        """Both together."""
        in_doubt = [*self.in_doubt, *other.in_doubt]
        return Verdict([*self.violations, *other.violations], self.counted + other.counted, in_doubt)


def compare(
    what: str, wanted: Counter[str], got: Counter[str], verdict: Verdict, why: Mapping[str, str] = _NOTHING
) -> None:
    """Each wanted key as often as wanted, and nothing else; `why` has what else is known of a key."""
    for key in sorted(wanted.keys() | got.keys()):
        if got[key] != wanted[key]:
            sort: Sort = "loss" if got[key] < wanted[key] else "double"
            verdict.say(sort, f"{what} {key}: {got[key]} instead of {wanted[key]}{why.get(key, '')}")
    verdict.counted[what] = got.total()
