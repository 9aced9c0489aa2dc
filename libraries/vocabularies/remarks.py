"""What is said of codes that no vocabulary has: they are taken as they are, and whoever named them is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from libraries.nearest import nearest
from libraries.places.territories import TERRITORIES, territory
from libraries.typed.slip import Asked, Slip, Typed
from libraries.vocabularies.vocabularies import (
    VOCABULARIES,
    VocabularyName,
    directorate,
    is_known,
    public,
    strategic_axis,
    theme,
)

Remark: TypeAlias = Literal[
    "theme-unknown",
    "public-unknown",
    "skill-unknown",
    "directorate-unknown",
    "service-unknown",
    "strategic-axis-unknown",
    "territory-out-of-date",
]
"""The code of what is said; its sentence is in `libraries/typed/slips.toml`."""

_Listed: TypeAlias = VocabularyName | Literal["territories"]

_READERS: Final[dict[Remark, tuple[Callable[[Typed], str | None], _Listed]]] = {
    "theme-unknown": (theme, "themes"),
    "public-unknown": (public, "publics"),
    "skill-unknown": (theme, "themes"),
    "directorate-unknown": (directorate, "directorates"),
    "service-unknown": (directorate, "directorates"),
    "strategic-axis-unknown": (strategic_axis, "strategic-axes"),
    # One that nobody knows is asked back where it is read.
    "territory-out-of-date": (territory, "territories"),
}


def unknown_among(typed: Sequence[Typed] | None, field: str, remark: Remark, *, on: date, most: int) -> list[Asked]:
    """What is said of those labels of a field that were read as a code which may not be named on a day.

    Each by its place in the form, with the nearest that may; of `most` labels, for no more are taken.
    """
    places = enumerate((typed or ())[:most])
    return [said for place, each in places for said in unknown(each, f"{field}.{place}", remark, on=on)]


def unknown(typed: Typed, field: str, remark: Remark, *, on: date) -> list[Asked]:
    """The same of a field with one code: one thing to say, or nothing."""
    reader, vocabulary = _READERS[remark]
    try:
        code = reader(typed)
    except Slip:
        return []  # asked back by itself
    if code is None or _may_be_named(code, vocabulary, on):
        return []
    return [Asked(remark, field, {"nearest": nearest_code(code, vocabulary, on=on)})]


def _may_be_named(code: str, vocabulary: _Listed, on: date) -> bool:
    if vocabulary != "territories":
        return is_known(code, vocabulary, on=on)
    # A priority neighbourhood is listed nowhere, and may be named on any day.
    place = TERRITORIES.by_code.get(code)
    return place is None or place.holds_on(on)


# A bound, for forms may name what they like; comparing takes half a millisecond.
@lru_cache(maxsize=1_024)
def nearest_code(code: str, vocabulary: _Listed, *, on: date) -> str | None:
    """The code of a vocabulary that was probably meant on a day; None where none is much like it."""
    if vocabulary == "territories":
        return nearest(code, {place.code: place.names for place in TERRITORIES.places if place.holds_on(on)})
    terms = VOCABULARIES.terms(vocabulary).items()
    return nearest(code, {known: term.names(known) for known, term in terms if term.holds_on(on)})
