"""What is found of one thing that a running system needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

State: TypeAlias = Literal["ok", "warning", "failed", "not-tried"]
"""A warning is what works, and what an operator should know all the same."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of one thing; `remedy` is what to do about it, empty where nothing has to be."""

    thing: str
    state: State
    seen: str
    remedy: str = ""


Findings: TypeAlias = AsyncIterator[Finding]
