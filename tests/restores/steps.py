"""The steps of a drill, each told with its time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

from tests.faults.verdict import Verdict


class Steps:
    """Tells what is done, each with its time, and how long it took until all was back."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._recovering_since = 0.0

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """One step."""
        began = time.monotonic()
        yield
        self._console.print(f"{time.monotonic() - began:6.1f} s  {what}", highlight=False, soft_wrap=True)

    def begin_recovery(self) -> None:
        """From here on it counts until all is back."""
        self._recovering_since = time.monotonic()

    def end_recovery(self, point: str) -> None:
        """All is back; `point` says what the system has come back to."""
        took = time.monotonic() - self._recovering_since
        self._console.print(
            f"          [bold]recovery time {took:.1f} s; recovery point: {point}[/]", highlight=False, soft_wrap=True
        )

    def say(self, text: str) -> None:
        """A line between steps."""
        self._console.print(f"          {text}", highlight=False, soft_wrap=True)

    def tell(self, verdict: Verdict) -> bool:
        """How an act went; returns whether nothing is to be said against it."""
        for violation in verdict.violations:
            self._console.print(f"[red]{violation.sort}[/]: {escape(violation.text)}", highlight=False, soft_wrap=True)
        counted = ", ".join(f"{count} {what}" for what, count in verdict.counted.items())
        self.say(f"{len(verdict.violations)} violations; {counted}")
        return not verdict.violations
