"""What of a project and of a need counts for matching, as sets that are made once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from contracts.applications import Project
from contracts.needs import Need
from contracts.unpublished import UNPUBLISHED
from services.matching.codes import READINESS, ReadinessField
from services.matching.settings.territories import Reach, reach_of
from services.matching.states.words import words_of

if TYPE_CHECKING:
    from services.matching.settings.rules import Rules


# A tuple, as all that is made for each application.
class ProjectProfile(NamedTuple):
    """A project's sets; `missing` names what of READINESS the form did not give."""

    themes: frozenset[str]
    publics: frozenset[str]
    reach: Reach
    words: frozenset[str]
    missing: tuple[ReadinessField, ...]


@dataclass(frozen=True, slots=True)
class NeedProfile:
    """A need's sets, the level of its first place, and the last day on which it can be proposed.

    `bounded_in` is the territory with a bound that it counts for.
    `words_wanted` is how many common words give the whole text part; 0 where the need's text says nothing.
    """

    themes: frozenset[str]
    publics: frozenset[str]
    reach: Reach
    words: frozenset[str]
    words_wanted: int
    urgency: int
    bounded_in: str | None
    review_on: date | None


def project_profile(
    *,
    themes: tuple[str, ...],
    publics: tuple[str, ...],
    territories: tuple[str, ...],
    summarised: bool,
    words: frozenset[str],
) -> ProjectProfile:
    """The profile of a project whose words are known already."""
    missing = _missing(summarised, bool(themes), bool(publics), bool(territories))
    return ProjectProfile(frozenset(themes), frozenset(publics), reach_of(territories), words, missing)


@lru_cache
def _missing(*given: bool) -> tuple[ReadinessField, ...]:
    # Sixteen answers, each kept once.
    return tuple([name for name, there in zip(READINESS, given, strict=True) if not there])


def profile_of_project(project: Project) -> ProjectProfile:
    """The profile of a project as its application states it."""
    return project_profile(
        themes=project.themes,
        publics=project.publics,
        territories=project.territories,
        summarised=is_summarised(project),
        # What stands in the place of a text says nothing of the project.
        words=words_of(*[text for text in (project.title, project.summary) if text != UNPUBLISHED]),
    )


def is_summarised(project: Project) -> bool:
    """Whether the project says more than its title."""
    return bool(project.summary.strip())


def profile_of_need(need: Need, rules: Rules) -> NeedProfile:
    """The profile of a need as it is published."""
    words, reach = words_of(need.title, need.description), reach_of(need.territories)
    return NeedProfile(
        frozenset(need.themes),
        frozenset(need.publics),
        reach,
        words,
        min(len(words), rules.words_for_full_text),
        rules.urgency[need.coverage][need.salience],
        rules.bounded_in(reach),
        need.review_on,
    )
