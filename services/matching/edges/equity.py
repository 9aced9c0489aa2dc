"""What it is worth that needs are answered, and which territories have all the projects that the rules allow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from libraries.engine.worth import Worth
from services.matching.settings.rules import Rules

if TYPE_CHECKING:
    from services.matching.states.needs import Need


def worth_of(needs: Mapping[UUID, Need], answered: Iterable[UUID], rules: Rules) -> Worth:
    """Equity and coverage where projects answer these needs, each named once a project; their fit is not counted."""
    projects = Counter(answered)
    found = _in_territories(needs, projects)
    equity = sum(min(bound.at_least, found[bound.territory]) for bound in rules.equity)
    return Worth(equity, sum(needs[need_id].document.profile.urgency for need_id in projects))


def full_territories(needs: Mapping[UUID, Need], projects: Mapping[UUID, int], rules: Rules) -> frozenset[str]:
    """The territories that may get no more projects, where needs have so many."""
    found = _in_territories(needs, projects)
    bounds = ((bound.territory, bound.at_most) for bound in rules.equity)
    return frozenset(territory for territory, most in bounds if most is not None and found[territory] >= most)


def _in_territories(needs: Mapping[UUID, Need], projects: Mapping[UUID, int]) -> Counter[str]:
    found = Counter[str]()
    for need_id, count in projects.items():
        if (territory := needs[need_id].document.profile.bounded_in) is not None:
            found[territory] += count
    return found
