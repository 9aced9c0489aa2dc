"""What is looked for is found in whatever way it is written, and nothing else."""

from __future__ import annotations

import json
import unicodedata
from uuid import UUID

import pytest

from contracts.contacts import contact_id_of
from deploy.privacy.wanted import found_in, found_in_bytes, wanted_of

PERSON = UUID("019ab0f0-5c00-7a01-9c11-3a5b7c9d0e20")
NAME = 'Élodie "Lo" Ünal'
WANTED = wanted_of(PERSON, [NAME])


@pytest.mark.parametrize(
    "text",
    [
        NAME,
        NAME.upper(),
        unicodedata.normalize("NFD", NAME),
        json.dumps({"name": NAME}),
        json.dumps({"name": NAME}, ensure_ascii=False),
        'elodie "lo" unal',
    ],
)
def test_a_value_is_found_however_it_is_written(text: str) -> None:
    assert [it.name for it in found_in(f"… {text} …", WANTED)] == ["value 1"]
    assert [it.name for it in found_in_bytes(b"\xff" + text.encode(), WANTED)] == ["value 1"]


@pytest.mark.parametrize(
    "data", [str(PERSON).encode(), str(PERSON).upper().encode(), PERSON.hex.encode(), PERSON.bytes]
)
def test_an_id_is_found_as_text_and_as_bytes(data: bytes) -> None:
    assert [it.name for it in found_in_bytes(b"x" + data, WANTED)] == ["their id"]


def test_the_ids_of_contacts_are_theirs_too() -> None:
    found = found_in(str(contact_id_of("mentor", PERSON)), WANTED)
    assert [it.name for it in found] == ["their contact's id as mentor"]
    assert not any(it.is_value for it in found)


def test_no_name_says_a_value_and_one_that_is_found_anywhere_is_refused() -> None:
    assert not any("lodie" in it.name for it in WANTED)
    with pytest.raises(ValueError, match="4 characters") as refused:
        wanted_of(PERSON, ["Léa "])
    assert "Léa" not in str(refused.value)
