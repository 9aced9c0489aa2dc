"""Ends clients whose own end may wait for a broker that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any


async def ended(stop: Coroutine[Any, Any, None], seconds: float) -> bool:
    """Lets something stop for so long; whether that went well.

    In a task of its own: aiokafka's clients, stopped while a broker is away, may raise the CancelledError
    of their own tasks, which must not look like ours.
    """
    task = asyncio.create_task(stop)
    try:
        await asyncio.wait([task], timeout=seconds)
    finally:
        task.cancel()
    return task.done() and not task.cancelled() and task.exception() is None
