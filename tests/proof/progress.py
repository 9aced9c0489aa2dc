"""How far a play has come, said while it goes on: the whole edition takes long, and who waits wants to know."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

_EACH_SECONDS: Final = 30.0


class Progress:
    """Says where a play stands, twice a minute at most."""

    def __init__(self, how: str, say: Callable[[str], None]) -> None:
        self._how = how
        self._say = say
        self._started = self._said = time.monotonic()

    def note(self, moment: datetime, taken: int, stops: int, seconds: Mapping[str, float]) -> None:
        """Takes in to which moment a play has come, with how many steps and stops, and where its seconds went."""
        now = time.monotonic()
        if now - self._said < _EACH_SECONDS:
            return
        self._said = now
        went = ", ".join(f"{what} {count:.0f} s" for what, count in seconds.items())
        minutes = (now - self._started) / 60
        self._say(f"{self._how}: {moment:%Y-%m-%d}, {taken} steps, {stops} stops, {minutes:.1f} minutes ({went})")
