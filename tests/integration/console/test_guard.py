"""Who is let in, and what a browser may do with what it is shown."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from libraries.pages.signing import Role
from services.console.app import Console
from tests.integration.console.conftest import held_id, link, visitor

PATHS = (
    "/",
    "/now",
    "/stories",
    "/programme",
    "/programme/rounds",
    "/repair",
    "/repair/lanes",
    "/audit",
    f"/repairs/intake/{held_id(1)}",
)


async def test_nothing_is_shown_to_nobody(console: Console) -> None:
    nobody = visitor(console, None)
    for path in PATHS:
        assert (await nobody.get(path)).status == 401
    for path in (
        "/repair/decide",
        "/repair/preview",
        "/repair/lanes",
        "/repair/claim",
        "/repair/record",
        "/repair/record/edit",
        "/leave",
    ):
        assert (await nobody.send_raw(path, {})).status == 401


async def test_a_session_that_is_over_is_none(console: Console) -> None:
    late = visitor(console)
    assert late.session is not None
    late = replace(
        late, session=late.session.model_copy(update={"expires_at": datetime.now(UTC) - timedelta(seconds=1)})
    )
    assert (await late.get("/")).status == 401


@pytest.mark.parametrize(
    ("role", "repairs", "audits"),
    [("reader", 403, 403), ("officer", 403, 403), ("programme-head", 403, 200), ("operator", 422, 200)],
)
async def test_each_role_may_do_its_own(console: Console, role: Role, repairs: int, audits: int) -> None:
    somebody = visitor(console, role)
    assert (await somebody.get("/repair")).status == 200
    assert (await somebody.send("/repair/decide", {})).status == repairs
    assert (await somebody.get("/audit")).status == audits


async def test_every_answer_says_what_a_browser_may_do_with_it(console: Console) -> None:
    somebody = visitor(console)
    for path in (
        "/",
        "/nowhere",
        "/static/console.css",
        "/static/pages.css",
        f"/repairs/intake/{held_id(99)}",
        "/enter/x",
    ):
        answer = await somebody.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert ("no-store" in answer.headers["cache-control"]) is not path.startswith("/static")


async def test_only_a_form_of_ones_own_pages_is_taken(console: Console) -> None:
    somebody, another = visitor(console), visitor(console)
    assert (await somebody.send_raw("/repair/decide", {"service": "intake"})).status == 403
    stolen = await somebody.send_raw("/repair/decide", {"form_token": another.form_token})
    assert stolen.status == 403
    assert (await somebody.send("/repair/decide", {}, sec_fetch_site="cross-site")).status == 403


async def test_a_link_opens_once_and_looking_at_it_opens_nothing(console: Console) -> None:
    nobody, path = visitor(console, None), link()
    for _ in range(3):
        looked = await nobody.get(path)
        assert (looked.status, "set-cookie" in looked.headers) == (200, False)
    answers = await asyncio.gather(*(nobody.send_raw(path, {}) for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [303, 410, 410, 410, 410]
    cookie = next(answer for answer in answers if answer.status == 303).headers["set-cookie"].lower()
    for attribute in ("httponly", "samesite=strict", "max-age=28800", "path=/"):
        assert attribute in cookie
    assert (await nobody.send_raw(link(minutes=0), {})).status == 410
    assert (await nobody.send_raw("/enter/somebody", {})).status == 410


async def test_a_database_that_is_busy_is_said_and_costs_a_moment(console: Console) -> None:
    somebody = visitor(console)
    async with AsyncExitStack() as taken:
        for _ in range(2):
            await taken.enter_async_context(console.database.within())
        answer = await somebody.get("/stories")
    assert answer.status == 503
    assert "does not answer in time" in answer.text
    assert (await somebody.get("/stories")).status == 200


async def test_a_search_that_can_mean_nothing_is_told_so(console: Console) -> None:
    somebody = visitor(console)
    for text in ("'", "%00", "%F0%9F%8E%AD", "x" * 20_000, "999999999"):
        assert (await somebody.get(f"/stories?q={text}")).status == 404


async def test_the_console_waits_for_no_lock(console: Console, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE intake.held_record IN ACCESS EXCLUSIVE MODE")
            assert (await visitor(console).get("/repair")).status == 503
    finally:
        await connection.close()
