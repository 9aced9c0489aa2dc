"""Going on with a journey as it happens, until whoever looks has seen enough."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console, Group

from deploy.journeys.page import Page
from libraries.chassis.trouble import trouble_of
from services.journal.journeys.model import Journey


def follow(
    shown: Journey, page: Page, console: Console, *, read: Callable[[], Journey | None], pause: Callable[[], None]
) -> None:
    """Shows what is new of a journey after each pause, for ever; `read` gives it as it is, or None for nothing.

    A journal that is built anew knows nothing of it for a while, and a database may be away: both pass. Raises whatever
    else `read` and `pause` raise.
    """
    # All that was ever shown: a journal that is built anew has less of it for a while.
    seen = {step.event_id for step in shown.steps}
    while True:
        pause()
        try:
            found = read()
        except Exception as error:
            trouble = trouble_of(error)
            if trouble is None or trouble.cause != "away":
                raise
            continue
        if found is None:
            continue
        if new := list(page.news(shown, found, seen)):
            console.print(Group(*new))
        seen.update(step.event_id for step in found.steps)
        shown = found
