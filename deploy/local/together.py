"""Several things done at the same time."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol


class Action(Protocol):
    """What can be done without anything being given; what it returns is nobody's."""

    def __call__(self) -> object:
        """Does it."""
        ...


def together(*actions: Action) -> None:
    """Do all at the same time, wait for all, then raise what the first that failed raised."""
    if not actions:
        return
    with ThreadPoolExecutor(max_workers=len(actions)) as threads:
        futures: list[Future[object]] = [threads.submit(action) for action in actions]
    for future in futures:
        future.result()
