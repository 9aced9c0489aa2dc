"""What is said of codes that no vocabulary has: they are taken as they are, and whoever named them is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from libraries.nearest import nearest
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
    "theme-unknown", "public-unknown", "skill-unknown", "directorate-unknown", "strategic-axis-unknown"
]
"""The code of what is said; its sentence is in `libraries/typed/slips.toml`."""

_READERS: Final[dict[Remark, tuple[Callable[[Typed], str | None], VocabularyName]]] = {
    "theme-unknown": (theme, "themes"),
    "public-unknown": (public, "publics"),
    "skill-unknown": (theme, "themes"),
    "directorate-unknown": (directorate, "directorates"),
    "strategic-axis-unknown": (strategic_axis, "strategic-axes"),
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
    if code is None or is_known(code, vocabulary, on=on):
        return []
    return [Asked(remark, field, {"nearest": nearest_code(code, vocabulary, on=on)})]


# A bound, for forms may name what they like; comparing takes half a millisecond.
@lru_cache(maxsize=1_024)
def nearest_code(code: str, vocabulary: VocabularyName, *, on: date) -> str | None:
    """The code of a vocabulary that was probably meant on a day; None where none is much like it."""
    terms = VOCABULARIES.terms(vocabulary).items()
    return nearest(code, {known: term.names(known) for known, term in terms if term.holds_on(on)})
