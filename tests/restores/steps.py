"""The steps of a drill, each told with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console

from tests.faults.verdict import Verdict


class Steps:
    """Tells what is done, and sums up how long those steps took that bring the system back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.recovery_seconds = 0.0

    @contextmanager
    def step(self, what: str, *, recovers: bool = False) -> Iterator[None]:
        """One step; `recovers`: it is part of what brings the system back."""
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        self.recovery_seconds += took if recovers else 0.0
        self._console.print(f"{took:6.1f} s  {what}", highlight=False)

    def say(self, text: str) -> None:
        """A line between steps."""
        self._console.print(f"          {text}", highlight=False)

    def tell(self, verdicts: Sequence[Verdict]) -> None:
        """How it went."""
        self.say(f"recovery time: {self.recovery_seconds:.1f} s")
        for verdict in verdicts:
            for violation in verdict.violations:
                self._console.print(f"[red]{violation.sort}[/]: {violation.text}", highlight=False, markup=True)
            counted = ", ".join(f"{count} {what}" for what, count in verdict.counted.items())
            self.say(f"{len(verdict.violations)} violations; {counted}")
