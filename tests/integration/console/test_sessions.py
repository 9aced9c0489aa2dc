"""Sessions end: by who has them, by an operator, by their time; on every page, and by every process."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import structlog

from libraries.chassis.settings import SettingsError, read_settings
from libraries.pages.signing import Role, Ticket
from services.console.app import SERVICE, Console
from services.console.settings import ConsoleSettings
from tests.integration.console.conftest import KEY, SIGNER, link, visitor
from tests.integration.visitor import Visitor


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


def of(console: Console, session: Ticket | None) -> Visitor:
    return Visitor(console, SERVICE, SIGNER, session)


async def entered(console: Console, who: str = "Camille", role: Role = "reader") -> Visitor:
    """Somebody who signed in by a link."""
    answer = await visitor(console, None).send_raw(link(who, role), {})
    assert answer.status == 303
    sealed = re.search(r"engage_console_session=([^;]+)", answer.headers["set-cookie"])
    assert sealed is not None
    session = SIGNER.open("session", sealed[1], datetime.now(UTC))
    assert isinstance(session, Ticket)
    return of(console, session)


async def test_who_signs_out_has_no_session_even_with_the_cookie(console: Console) -> None:
    somebody, another = await entered(console), await entered(console)
    assert (await somebody.get("/stories")).status == 200
    assert (await somebody.send("/leave", {})).status == 303
    assert (await somebody.get("/stories")).status == 401
    assert (await another.get("/stories")).status == 200


async def test_an_operator_ends_all_sessions_of_somebody(console: Console) -> None:
    first, second = await entered(console), await entered(console)
    other, operator = await entered(console, "Dominique"), visitor(console)
    page = (await operator.get("/sessions")).text
    assert page.count('value="link:Camille"') == 1
    assert '<td class="num">2</td>' in page
    assert (await operator.send("/sessions", {"person": "link:Camille"})).status == 422
    assert (await operator.send("/sessions", {"person": "link:Nobody", "why": "so"})).status == 409
    assert (await operator.send("/sessions", {"person": "link:Camille", "why": "left the City"})).status == 303
    for ended in (first, second):
        assert (await ended.get("/stories")).status == 401
        assert (await ended.send("/leave", {})).status == 401
    assert (await other.get("/stories")).status == 200
    assert "link:Camille" not in (await operator.get("/sessions")).text
    audit = (await operator.get("/audit")).text
    assert "end sessions" in audit
    assert "left the City" in audit
    head = visitor(console, "programme-head")
    assert (await head.get("/sessions")).status == 403
    assert (await head.send("/sessions", {"person": "link:Dominique", "why": "so"})).status == 403


async def test_another_process_knows_within_a_second(console: Console) -> None:
    clock = Clock()
    other = Console(read_settings(ConsoleSettings), structlog.get_logger(), clock)
    await other.open()
    try:
        somebody = await entered(console)
        elsewhere = of(other, somebody.session)
        assert (await elsewhere.get("/stories")).status == 200
        await somebody.send("/leave", {})
        assert (await elsewhere.get("/stories")).status == 200
        clock.now += timedelta(seconds=1)
        assert (await elsewhere.get("/stories")).status == 401
    finally:
        await other.close()


async def test_what_is_over_is_not_kept(console: Console, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        await entered(console)
        await connection.execute("UPDATE console.session SET expires_at = now() - interval '1 second'")
        await entered(console, "Dominique")
        assert [row["who"] for row in await connection.fetch("SELECT who FROM console.session")] == ["Dominique"]
    finally:
        await connection.close()


async def test_a_key_is_changed_while_people_are_signed_in(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = await entered(console)
    monkeypatch.setenv("ENGAGE_CONSOLE_KEY", "another key of letters")
    for former, status in ((KEY, 200), (None, 401)):
        if former is None:
            monkeypatch.delenv("ENGAGE_CONSOLE_FORMER_KEY")
        else:
            monkeypatch.setenv("ENGAGE_CONSOLE_FORMER_KEY", former)
        changed = Console(read_settings(ConsoleSettings), structlog.get_logger())
        await changed.open()
        try:
            assert (await of(changed, somebody.session).get("/stories")).status == status
        finally:
            await changed.close()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"OIDC_ISSUER": "https://sso.example"}, "ENGAGE_OIDC_CLIENT_ID, ENGAGE_OIDC_CLIENT_SECRET, ENGAGE_OIDC_ROLES"),
        ({"OIDC_CLIENT_ID": "engage"}, "ENGAGE_OIDC_ISSUER: is not set"),
        ({"OIDC_ISSUER": "http://sso.example"}, "ENGAGE_OIDC_ISSUER: .*https://"),
        ({"OIDC_SCOPES": "email"}, "ENGAGE_OIDC_SCOPES"),
        ({"CONSOLE_FORMER_KEY": "short"}, "ENGAGE_CONSOLE_FORMER_KEY"),
    ],
)
def test_settings_that_do_not_go_together_are_named(
    given: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    common = {
        "DATABASE_URL": "postgresql://x@127.0.0.1/x",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "CONSOLE_KEY": KEY,
    }
    for name, value in {**common, **given}.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)
    with pytest.raises(SettingsError, match=said):
        read_settings(ConsoleSettings)
