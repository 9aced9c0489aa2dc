"""What people type: loose types for the fields of forms that a person fills in.

A slip of typing is for the service to repair or to ask back (`libraries.typed` has the repairs), so that none makes a
form vanish. Each type takes nothing as well: null, an empty text, or the field left out. Only what no person can have
caused is refused: another type of JSON, or a size that nobody types. Ids, times of sending and the choices that a
program makes are none of these.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, TypeAlias
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema

from contracts.characters import lines, one_line
from contracts.message import MOST_COUNTED, PERSONAL, Message

MOST_TYPED: Final = 100_000
"""Characters of any text that is typed: far beyond the limit of any rule, so that the rule can say by how much, and
far below what a record holds."""
MOST_CHOSEN: Final = 1_000
AS_MANY: Final = Field(max_length=MOST_CHOSEN, fail_fast=True)
"""Of what such a list holds that is of another type of JSON, the first is told: to tell of each would take a second and
four megabytes for a form of some kilobytes."""


def _line(text: Any) -> Any:
    # A spreadsheet may pad with U+0000, which no text of PostgreSQL can hold.
    return one_line(text.replace("\0", "") if isinstance(text, str) else text)


def _lines(text: Any) -> Any:
    return lines(text.replace("\0", "") if isinstance(text, str) else text)


_OF_ONE_LINE: Final = BeforeValidator(_line)
_OF_LINES: Final = BeforeValidator(_lines)
_TYPED: Final = Field(max_length=MOST_TYPED)

_Line: TypeAlias = Annotated[str, _TYPED, _OF_ONE_LINE]
_Number: TypeAlias = Annotated[
    Annotated[int, Field(ge=-MOST_COUNTED, le=MOST_COUNTED)]
    | Annotated[float, Field(ge=-MOST_COUNTED, le=MOST_COUNTED, allow_inf_nan=False)],
    # To JSON an integer is a number: a union of both would be two names of one thing.
    WithJsonSchema({"type": "number", "minimum": -MOST_COUNTED, "maximum": MOST_COUNTED}),
]

TypedLine: TypeAlias = _Number | _Line | None
"""A text of one line, or the number that a spreadsheet made of it: a title, an identifier, a day, an amount, a code."""

TypedLines: TypeAlias = Annotated[str, _TYPED, _OF_LINES] | None
"""A text of several lines: a summary, a description."""

TypedTruth: TypeAlias = bool | _Number | _Line | None
"""A yes or a no: a box that is ticked, or what a spreadsheet has for one, such as `oui` or 1."""

TypedLabels: TypeAlias = Annotated[tuple[TypedLine, ...], AS_MANY] | None
"""Several codes, or the words for them; the empty ones among them say nothing."""

TypedPersonal: TypeAlias = Annotated[_Number | _Line, PERSONAL] | None
"""A name, an address or a telephone number."""


class DeclaredPerson(Message):
    """A person as somebody typed them into a form; what is published of them is checked, on `contacts.v1`."""

    person_id: UUID = Field(description="The person's id, the same on every topic; the form's program gives it")
    name: TypedPersonal = Field(default=None, description="First and last name")
    email: TypedPersonal = Field(default=None, description="Where mail reaches the person")
    telephone: TypedPersonal = Field(default=None, description="With or without the country's code")
    language: TypedLine = Field(default="fr", description="The language of mail to the person: fr or en")
