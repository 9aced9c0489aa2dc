"""What is looked for of a person: their ids, and values that are known of them, in every way that they are written."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, get_args
from uuid import UUID

from contracts.contacts import ContactRole, contact_id_of

LEAST_CHARACTERS: Final = 4
"""A value that is shorter is found in words that have nothing to do with anybody."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to look for. `name` says what it is without saying it, so that the outcome may be kept and shown."""

    name: str
    is_value: bool
    spellings: tuple[str, ...]
    raw: bytes | None = field(default=None)


def wanted_of(person_id: UUID, values: Sequence[str]) -> tuple[Wanted, ...]:
    """The person's id, the ids of their contacts, and the values; raises ValueError for one that is too short."""
    ids = [("their id", person_id)]
    ids += [(f"their contact's id as {role}", contact_id_of(role, person_id)) for role in get_args(ContactRole)]
    return (
        *(Wanted(name, False, (str(it), it.hex), it.bytes) for name, it in ids),
        *(Wanted(f"value {number}", True, _spellings(value)) for number, value in enumerate(values, 1)),
    )


def found_in(text: str, wanted: Iterable[Wanted]) -> list[Wanted]:
    """What of all that is wanted a text holds, whatever its case."""
    folded = text.casefold()
    return [it for it in wanted if any(spelling in folded for spelling in it.spellings)]


def found_in_bytes(data: bytes, wanted: Iterable[Wanted]) -> list[Wanted]:
    """The same of bytes, which may be a text, hold one somewhere, or hold an id as its 16 bytes."""
    folded = data.decode(errors="replace").casefold()
    return [
        it
        for it in wanted
        if any(spelling in folded for spelling in it.spellings) or (it.raw is not None and it.raw in data)
    ]


def _spellings(value: str) -> tuple[str, ...]:
    value = value.strip()
    if len(value) < LEAST_CHARACTERS:
        raise ValueError(f"a value must have {LEAST_CHARACTERS} characters or more: a shorter one is found anywhere")
    decomposed = unicodedata.normalize("NFD", value)
    forms = {
        unicodedata.normalize("NFC", value),
        decomposed,
        # As matching and intake compare texts.
        "".join(character for character in decomposed if not unicodedata.combining(character)),
    }
    # As a document of JSON has it, with or without its letters escaped.
    forms |= {json.dumps(form, ensure_ascii=escaped)[1:-1] for form in forms for escaped in (True, False)}
    return tuple(sorted({form.casefold() for form in forms}))
