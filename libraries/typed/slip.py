"""A slip of typing, and the collecting of all that a form has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, ParamSpec, TypeVar
from unicodedata import normalize

Typed = str | int | float | None
"""What may stand in a field that a person fills in."""

_P = ParamSpec("_P")
_T = TypeVar("_T")

# What people write in a field that they have nothing for.
_NOTHING = frozenset(
    {"", "n/a", "na", "n.a.", "nc", "n.c.", "néant", "neant", "aucun", "aucune", "sans objet", "-", "--", "?", "none"}
    | {"null", "nan", "#n/a", "inconnu", "unknown", "/", "."}
)
_LONGEST_NOTHING = max(map(len, _NOTHING))
_LONGEST_LINE = 1_000
# Neither a number nor a day ends so, nor an address, and no code or name is as long.
_CUT_OFF = "x" * 100


class Slip(Exception):
    """What was typed can't be read with certainty; `code` has its sentence, which names the `values`."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


class Asked(NamedTuple):
    """What is to be asked back: a reason's code, the form's field, and the values that its sentence names."""

    code: str
    field: str
    values: Mapping[str, object]


class Reading:
    """Reads the fields of one form, and keeps what has to be asked back."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def read(self, field: str, reader: Callable[_P, _T], *typed: _P.args, **options: _P.kwargs) -> _T | None:
        """What was typed in a field; None where nothing was, or where it has to be asked back."""
        try:
            return reader(*typed, **options)
        except Slip as slip:
            self.asked.append(Asked(slip.code, field, slip.values))
            return None


def cut_off(text: str) -> str:
    """A text as far as it is read where it is on one line: what is longer ends as nothing that is ever read does."""
    return text if len(text) <= _LONGEST_LINE + len(_CUT_OFF) else text[:_LONGEST_LINE] + _CUT_OFF


def plain(typed: Typed) -> str:
    """What was typed as a text without what a keyboard or a spreadsheet adds: empty where it says nothing.

    Full-width letters become plain ones (NFKC), white space around goes, a spreadsheet's apostrophe before and quotes
    around go, and what people write for nothing (`N/A`, `néant`, `-`) is nothing. What is longer than whatever is read
    so, a thousand characters, is cut off, and ends in a way that no reader can take for anything.
    """
    if typed is None:
        return ""
    if isinstance(typed, float) and typed.is_integer():
        typed = int(typed)
    text = typed if isinstance(typed, str) else str(typed)
    if len(text) > _LONGEST_LINE or not (text.isascii() and text.isalnum()):
        # Before and after: one letter can become eighteen, and a hundred thousand of those would take seconds.
        text = cut_off(normalize("NFKC", cut_off(text.strip())).strip()).removeprefix("'").strip()
        if len(text) > 1 and (text[0], text[-1]) in {('"', '"'), ("“", "”"), ("«", "»"), ("'", "'"), ("’", "’")}:
            text = text[1:-1].strip()
    return "" if len(text) <= _LONGEST_NOTHING and text.casefold() in _NOTHING else text
