"""What a state does not allow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotAllowed:
    """What the state of a thing does not allow; `code` has its sentence. A value and no exception: it is announced."""

    code: str
