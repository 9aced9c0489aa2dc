"""What was worked out once and is asked for again."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# A sender can make up shapes without end, and with 5,000 mentors a ranking takes up to 20 kB: so 20 MB at most.
_MOST: Final = 1_000


class Memo(dict[Key, Value]):
    """What was worked out, by what it was worked out of; it begins anew where it would hold too much."""

    def keep(self, key: Key, value: Value) -> Value:
        """Keeps a value and returns it."""
        if len(self) >= _MOST:
            # All at once: to know which was used last would cost more at each look than to work out a few again.
            self.clear()
        self[key] = value
        return value
