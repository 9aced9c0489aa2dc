"""Ten thousand mutated documents for each reader: a clean violation or an event, and nobody is ever quoted.

The default run tries a share of them; `make fuzz` tries them all.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from contracts.codec import ContractViolation, Record, decode
from contracts.message import personal_fields
from publication.documents import full_document
from publication.golden import golden_examples, record_of
from publication.schemas import schema_of
from publication.versions import Version, versions

CANARY = "Camille Canari"
_DOCUMENTS = int(os.environ.get("ENGAGE_FUZZ_DOCUMENTS", "400"))
_ODD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**30, "", " ", "x" * 300, "\0", "é" * 20, "\ud7ff", [], {}, [None], {"a": 1}, [[[]]],
    CANARY, [CANARY], {CANARY: CANARY}, "2025-13-45", "0000-00-00T00:00:00Z", "not-a-uuid", "NaN", "<b>", "'; --",
)  # fmt: skip


def with_canaries(version: Version) -> Any:
    """The full document, with the canary's name wherever something personal may stand."""
    document = full_document(schema_of(version, "writer"))
    for path in personal_fields(version.model):
        place, steps = document, path.split(".")
        for step in steps[:-1]:
            place = place[step]
        if isinstance(place[steps[-1]], str):
            place[steps[-1]] = f"camille@canari.example {CANARY}"
    return document


def mutated(document: Any, chance: random.Random) -> Any:
    """A copy in which a few places were changed, dropped, doubled or renamed."""
    changed = deepcopy(document)
    for _ in range(chance.randint(1, 4)):
        owner, name = chance.choice(list(_places(changed)))
        match chance.randrange(5):
            case 0:
                del owner[name]
            case 1 if isinstance(owner, dict):
                owner[f"{name}{chance.choice(('', ' ', '_', CANARY))}"] = owner.pop(name)
            case 2:
                owner[name] = [deepcopy(owner[name]) for _ in range(chance.choice((1, 2, 60)))]
            case _:
                owner[name] = deepcopy(chance.choice(_ODD))
        if not changed:
            break
    return changed


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, below in list(inner):
        yield value, name
        yield from _places(below)


def spoilt(value: bytes, chance: random.Random) -> bytes:
    """The bytes with a bit of them cut off, doubled or overwritten, now and then."""
    match chance.randrange(12):
        case 0:
            return value[: chance.randrange(len(value) + 1)]
        case 1:
            place = chance.randrange(len(value))
            return value[:place] + bytes([chance.randrange(256)]) + value[place + 1 :]
        case 2:
            return value + value
        case _:
            return value


@pytest.mark.parametrize("version", versions(), ids=lambda version: version.name)
def test_no_document_does_more_than_be_refused(version: Version) -> None:
    chance = random.Random(version.name)
    example = record_of(golden_examples(version)[-1])
    document = with_canaries(version)
    refused = 0
    for _ in range(_DOCUMENTS):
        value = spoilt(json.dumps(mutated(document, chance), ensure_ascii=chance.random() < 0.5).encode(), chance)
        if (violation := _violation(version, example, value)) is not None:
            refused += 1
            assert not re.search("amille|anari", str(violation)), "a violation never quotes what was sent"
            assert violation.__cause__ is None
    assert refused > _DOCUMENTS / 10, "mutations that change nothing would prove nothing"


def _violation(version: Version, example: Record, value: bytes) -> ContractViolation | None:
    try:
        decode(version.topic, example.key, value, example.headers)
    except ContractViolation as violation:
        return violation
    return None
