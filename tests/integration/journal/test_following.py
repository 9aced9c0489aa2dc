"""A journey that is followed: what is new is told once, when it comes, and where it stands then."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest
from rich.console import Console

from deploy.journeys.following import follow
from deploy.journeys.page import Page
from libraries.chassis.postgresql import DatabaseAway
from services.journal.journeys.model import Journey
from services.journal.operations import NothingFound, begin_again, read_journey
from tests.conformance.stage import Stage, service_named
from tests.ids import identifier
from tests.integration.conftest import connect
from tests.integration.journal.test_store import everything, keep
from tests.unit.journal.events import Told

APPLICATION = identifier("application a")


class Followed:
    """Somebody who follows a story while it goes on; a pause passes the time until the next thing happens."""

    def __init__(self, database_url: str, *, all_steps: bool = False) -> None:
        self._url = database_url
        self._page = Page("en", all_steps=all_steps)
        self.console = Console(file=io.StringIO(), width=80)

    def run(self, *happens: Callable[[], None]) -> list[str]:
        """What is printed after each thing that happens."""
        waiting: Iterator[Callable[[], None]] = iter(happens)
        printed: list[str] = []

        def pause() -> None:
            printed.append(self._taken())
            if (happening := next(waiting, None)) is None:
                raise KeyboardInterrupt
            happening()

        shown = self.read()
        assert shown is not None
        with pytest.raises(KeyboardInterrupt):
            follow(shown, self._page, self.console, read=self.read, pause=pause)
        return printed[1:]

    def hears(self, *events: Told) -> Callable[[], None]:
        return lambda: asyncio.run(self._keep(events))

    def forgets(self) -> None:
        asyncio.run(self._begin_again())

    def read(self) -> Journey | None:
        return asyncio.run(self._read())

    async def _keep(self, events: Sequence[Told]) -> None:
        connection = await connect(self._url, "journal")
        await keep(Stage(service_named("journal"), connection), *events)
        await connection.close()

    async def _begin_again(self) -> None:
        connection = await connect(self._url, "journal")
        await begin_again(connection)
        await connection.close()

    async def _read(self) -> Journey | None:
        connection = await connect(self._url, "journal")
        try:
            return await read_journey(connection, APPLICATION)
        except NothingFound:
            return None
        finally:
            await connection.close()

    def _taken(self) -> str:
        assert isinstance(self.console.file, io.StringIO)
        text = self.console.file.getvalue()
        self.console.file.seek(0)
        self.console.file.truncate()
        return text


def named(*types: str) -> list[Told]:
    """Of the story, the events of these types, in their order."""
    return [each for each in everything("a") if each.event.type.removeprefix("engage.").rpartition(".")[0] in types]


@pytest.fixture
def followed(database_url: str) -> Followed:
    made = Followed(database_url)
    made.hears(*named("application.registered"))()
    return made


def test_what_comes_is_told_once_with_where_it_stands(followed: Followed) -> None:
    first, nothing, second = followed.run(
        followed.hears(*named("assignment.proposed")), lambda: None, followed.hears(*named("assignment.confirmed"))
    )
    assert nothing == ""
    assert "Application registered" not in first + second, "it was shown before"
    assert first.count("Now") == second.count("Now") == 1
    assert "Assignment proposed" in first or "proposed" in first
    assert "confirmed" in second
    # The day was shown above, and is not said again for each thing that comes.
    assert f"{everything('a')[0].event.time:%Y-%m-%d}" not in first + second


def test_what_happened_before_and_comes_late_is_told_when_it_comes(followed: Followed) -> None:
    late, early = named("assignment.confirmed"), named("assignment.proposed")
    first, second = followed.run(followed.hears(*late), followed.hears(*early))
    assert "confirmed" in first
    assert "proposed" in second
    assert all(len(line) <= 80 for line in (first + second).splitlines())


def test_mails_that_leave_have_a_line_only_where_all_is_asked_for(database_url: str, followed: Followed) -> None:
    (planned, sent) = (named("follow-up.planned"), named("follow-up.sent"))
    [_, short] = followed.run(followed.hears(*planned), followed.hears(*sent))
    assert "Mail sent" not in short
    assert "sent 1" in short, "how many left is told with where it stands"
    whole = Followed(database_url, all_steps=True)
    whole.forgets()
    whole.hears(*named("application.registered"), *planned)()
    [told] = whole.run(whole.hears(*sent))
    assert "Mail sent" in told


def test_a_journal_that_is_built_anew_tells_nothing_twice(followed: Followed) -> None:
    events = named("application.registered", "assignment.proposed")
    again = followed.hears(*events[:1]), followed.hears(*events[1:])
    told = followed.run(followed.hears(*events[1:]), followed.forgets, *again)
    assert told[1] == ""
    assert not any("0:00" in line and "atching" in line for line in (told[2] + told[3]).splitlines()), told


def test_a_database_that_is_away_for_a_while_is_waited_for(followed: Followed) -> None:
    shown = followed.read()
    assert shown is not None
    answers: list[Journey | Exception | None] = [DatabaseAway("gone"), None, replace(shown, now=()), ValueError("ours")]

    def read() -> Journey | None:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="ours"):
        follow(shown, Page("fr"), followed.console, read=read, pause=lambda: None)
    assert answers == []
