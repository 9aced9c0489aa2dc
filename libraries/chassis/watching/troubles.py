"""Troubles: what fails again and again at the moment, by name, so that health can say it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_GRACE_SECONDS: Final = 2.0
"""A failure that is over sooner is nobody's business: connections are lost and found again. Kept well under the five
seconds after which an operator has to see what goes on failing."""


@dataclass(slots=True)
class _Trouble:
    since: float
    text: str
    times: int = 1


class Troubles:
    """What fails, since when and how; each part of a service says so of itself and says when it went well again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._open: dict[str, _Trouble] = {}

    def failed(self, name: str, text: str) -> None:
        """A part has failed, once more or for the first time; `text` names the error and nothing personal."""
        # Since the first failure, with the latest words: how long it lasts matters, and what it is now.
        if (known := self._open.get(name)) is None:
            self._open[name] = _Trouble(self._clock(), text)
        else:
            known.text, known.times = text, known.times + 1

    def went_well(self, name: str) -> None:
        """A part has done its work."""
        self._open.pop(name, None)

    def failing(self) -> dict[str, float]:
        """What fails at the moment, and for how many seconds."""
        now = self._clock()
        return {name: now - trouble.since for name, trouble in self._open.items()}

    def lasting(self) -> list[str]:
        """What has failed for longer than a moment, the oldest first, in words for an operator."""
        now = self._clock()
        lasting = [
            (trouble.since, f"{name} fails for {now - trouble.since:.0f} s, {trouble.times} times: {trouble.text}")
            for name, trouble in self._open.items()
            if now - trouble.since >= _GRACE_SECONDS
        ]
        return [text for _, text in sorted(lasting)]
