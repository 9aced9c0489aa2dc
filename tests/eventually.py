"""Waiting for what happens in another process, by looking rather than sleeping a guessed time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Value = TypeVar("Value")


async def eventually(look: Callable[[], Awaitable[Value]], *, within: float = 20.0) -> Value:
    """What `look` gives once it is true; raises AssertionError with the last look after `within` seconds."""
    deadline = time.monotonic() + within
    while not (seen := await look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"still {seen!r} after {within} s")
        await asyncio.sleep(0.02)
    return seen
