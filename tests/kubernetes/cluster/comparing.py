"""Whether what comes back holds all that was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def lost(said: Any, kept: Any, place: str = "") -> Iterator[str]:
    """The places of what was said and is not kept as it was; what is there beside it does not matter."""
    if isinstance(said, dict) and isinstance(kept, dict):
        for name, value in said.items():
            yield from lost(value, kept.get(name), f"{place}.{name}")
    elif isinstance(said, list) and isinstance(kept, list) and len(said) == len(kept):
        for number, (one, other) in enumerate(zip(said, kept, strict=True)):
            yield from lost(one, other, f"{place}[{number}]")
    elif said != kept:
        yield f"{place}: {said!r} was said, and {kept!r} is kept"
