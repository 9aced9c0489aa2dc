"""What somebody typed into a form of these pages, read field by field; what can't be read names its field.

Days and numbers are read as any form's are: `15/03/2026`, `1 200`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from contracts.moments import FIRST_FOUNDING_DAY, LAST_DAY
from libraries.days_in_words import day_said
from libraries.pages.asking import Fields
from libraries.typed.numbers import day as typed_day
from libraries.typed.numbers import required_number
from libraries.typed.slip import Asked, Slip, Typed
from libraries.typed.words import reasons_of
from libraries.vocabularies.vocabularies import Words


class Unclear(Exception):
    """Fields that can't be taken, each by its name in the form with what would be right: one, and `others`."""

    def __init__(self, field: str, why: Words, others: Mapping[str, Words] | None = None) -> None:
        super().__init__(f"{field}: {why.en}")
        self.field = field
        self.why = why
        self.whys: Mapping[str, Words] = {field: why, **(others or {})}

    @classmethod
    def of(cls, whys: Mapping[str, Words]) -> Unclear:
        """All of some fields, the first first; there is one at least."""
        (field, why), *others = whys.items()
        return cls(field, why, dict(others))


def together(readers: Mapping[str, Callable[[], object]]) -> dict[str, Any]:
    """What each of some readers finds, by its name; raises Unclear once, for all fields that can't be taken."""
    found, whys = taken(readers)
    if whys:
        raise Unclear.of(whys)
    return found


def taken(readers: Mapping[str, Callable[[], object]]) -> tuple[dict[str, Any], dict[str, Words]]:
    """What those of some readers find that find anything, by their names; and what is wrong, by the fields' names."""
    found: dict[str, Any] = {}
    whys: dict[str, Words] = {}
    for name, read in readers.items():
        try:
            found[name] = read()
        except Unclear as problem:
            whys |= problem.whys
    return found, whys


class Given:
    """The fields of a form; each method raises Unclear where its field is not what it should be."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def text(self, name: str, *, most: int, required: bool = False) -> str | None:
        """What stands in a field, without space around it; None where it is empty."""
        value = (self._fields.get(name) or [""])[0].replace("\r\n", "\n").strip()
        if "\x00" in value or len(value) > most:
            why = Words(
                fr=f"{len(value)} caractères, {most} au plus, et aucun caractère nul",
                en=f"it has {len(value)} characters: at most {most}, and no null character",
            )
            raise Unclear(name, why)
        if required and not value:
            raise Unclear(name, _MISSING)
        return value or None

    def typed(self, name: str, reader: Callable[[Typed], object], *, most: int, required: bool = False) -> str | None:
        """What stands in a field that a service will read with this reader: as it was typed, once that reads it."""
        value = self.text(name, most=most, required=required)
        try:
            reader(value)
        except Slip as slip:
            (reason,) = reasons_of([Asked(slip.code, name, slip.values)])
            raise Unclear(name, Words(fr=reason.fr, en=reason.en)) from None
        return value

    def texts(self, name: str, *, most: int) -> tuple[str, ...]:
        """The values of a field that may be chosen more than once."""
        values = [value.strip() for value in self._fields.get(name, ()) if value.strip()]
        if len(values) > most or any(len(value) > _MOST_CODE for value in values):
            raise Unclear(name, Words(fr=f"{most} choix au plus", en=f"at most {most} choices"))
        return tuple(values)

    def choices(self, name: str, codes: Collection[str], *, most: int) -> tuple[str, ...]:
        """Some of some codes, or none."""
        values = self.texts(name, most=most)
        if not set(values) <= set(codes):
            raise Unclear(name, _NOT_PROPOSED)
        return values

    def choice(self, name: str, codes: Mapping[str, object] | Sequence[str]) -> str:
        """One of some codes."""
        value = self.text(name, most=_MOST_CODE)
        if value is None or value not in codes:
            raise Unclear(name, _NOT_PROPOSED)
        return value

    def choice_or_none(self, name: str, codes: Mapping[str, object]) -> str | None:
        """One of some codes; None where nothing is chosen."""
        return None if self.text(name, most=_MOST_CODE) is None else self.choice(name, codes)

    def day(self, name: str, *, first: date | None = None, last: date | None = None) -> date:
        """A day, within bounds that are both included."""
        written = self.text(name, most=_MOST_CODE, required=True)
        try:
            day = typed_day(written, first=FIRST_FOUNDING_DAY, last=LAST_DAY)
        except Slip:
            day = None
        if day is None:
            raise Unclear(name, Words(fr="écrivez un jour comme 15/03/2026", en="write a day as 2026-03-15"))
        if first is not None and day < first:
            french, english = _in_words(first)
            raise Unclear(name, Words(fr=f"au plus tôt le {french}", en=f"{english} at the earliest"))
        if last is not None and day > last:
            french, english = _in_words(last)
            raise Unclear(name, Words(fr=f"au plus tard le {french}", en=f"{english} at the latest"))
        return day

    def day_or_none(self, name: str, *, first: date | None = None, last: date | None = None) -> date | None:
        """A day within bounds; None where the field is empty."""
        return None if self.text(name, most=_MOST_CODE) is None else self.day(name, first=first, last=last)

    def number(self, name: str, *, least: int, most: int) -> int:
        """A whole number, within bounds that are both included."""
        try:
            return required_number(self.text(name, most=_MOST_CODE, required=True), least=least, most=most)
        except Slip:
            raise Unclear(
                name, Words(fr=f"un nombre de {least} à {most}", en=f"a number from {least} to {most}")
            ) from None


_MOST_CODE: Final = 100
_NOT_PROPOSED: Final = Words(fr="choisissez une des réponses proposées", en="choose one of the answers")
_MISSING: Final = Words(fr="il manque une réponse", en="an answer is missing")


def _in_words(day: date) -> tuple[str, str]:
    """A day in French and in English, such as 15 mars 2026."""
    return day_said(day, "fr"), day_said(day, "en")
