"""How a person is reached is shown one at a time, to who may see it, and never without a line in the audit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest

from contracts.contacts import contact_id_of
from libraries.pages.signing import Role
from services.console.app import Console
from tests.integration.conftest import connect
from tests.integration.console.conftest import visitor

PERSON = UUID("0192f0c1-2a3b-7c4d-8e5f-0a1b2c3d4e5f")
LEAD, OWNER = contact_id_of("lead", PERSON), contact_id_of("owner", PERSON)
_CONTACT = """
INSERT INTO notifications.contact (contact_id, person_id, role, name, email, language, said_at, telephone)
VALUES ($1, $2, $3, 'Jeanne Moreau-Diallo', $4, 'fr', now(), $5)
"""
_LINE = (
    "INSERT INTO audit (done_at, who, role, what, about, why, contact_id) VALUES (now(), 'x', 'x', $1, 'lead', $2, $3)"
)
_LOOK = "SELECT * FROM look_at_contact($1)"


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """The console's own login, and what it may do: two contacts of one person are there."""
    administrator = await asyncpg.connect(database_url)
    await administrator.execute(_CONTACT, LEAD, PERSON, "lead", "jeanne@association.example", "06 12 34 56 78")
    await administrator.execute(_CONTACT, OWNER, PERSON, "owner", "jeanne@ville.example", None)
    await administrator.close()
    connection = await connect(database_url, "console")
    await connection.execute("SET ROLE engage_console")
    yield connection
    await connection.close()


async def test_a_look_shows_one_role_of_one_person_and_is_in_the_audit(
    console: Console, connection: asyncpg.Connection[asyncpg.Record]
) -> None:
    head = visitor(console, "programme-head")
    found = (await head.get(f"/person?id={PERSON}")).text
    assert (str(LEAD) in found, str(OWNER) in found) == (True, True)
    assert "association.example" not in found
    shown = await head.send("/person", {"contact_id": LEAD, "why": "a call about the visit"})
    assert shown.status == 200
    for text in ("Jeanne Moreau-Diallo", "jeanne@association.example", "06 12 34 56 78", "This look is in the audit"):
        assert text in shown.text
    assert "ville.example" not in shown.text
    audit = (await head.get("/audit?only=looks")).text
    for text in ("look at a person", "a call about the visit", "Camille", str(LEAD)):
        assert text in audit
    assert "Jeanne" not in audit
    assert "a call about the visit" in (await head.get(f"/person?id={LEAD}")).text


async def test_no_look_without_a_reason_a_role_or_a_right(
    console: Console, connection: asyncpg.Connection[asyncpg.Record]
) -> None:
    operator = visitor(console)
    for fields, status in (
        ({"contact_id": LEAD}, 422),
        ({"contact_id": LEAD, "why": "  "}, 422),
        ({"contact_id": LEAD, "why": "x" * 501}, 422),
        ({"why": "so"}, 422),
        ({"contact_id": PERSON, "why": "so"}, 404),
    ):
        assert (await operator.send("/person", fields)).status == status
    others: tuple[Role, ...] = ("reader", "officer")
    for role in others:
        other = visitor(console, role)
        assert (await other.get(f"/person?id={PERSON}")).status == 403
        assert (await other.send("/person", {"contact_id": LEAD, "why": "so"})).status == 403
    assert (
        await operator.send("/person", {"contact_id": LEAD, "why": "so"}, sec_fetch_site="cross-site")
    ).status == 403
    assert await connection.fetchval("SELECT count(*) FROM audit") == 0


async def test_an_id_of_nobody_is_told_so(console: Console, connection: asyncpg.Connection[asyncpg.Record]) -> None:
    for text in ("x", "%00", str(UUID(int=7)), "x" * 5_000):
        answer = await visitor(console).get(f"/person?id={text}")
        assert (answer.status, "Nobody is reached under this id" in answer.text) == (404, True)


async def test_the_consoles_login_reads_no_address_itself(connection: asyncpg.Connection[asyncpg.Record]) -> None:
    assert len(await connection.fetch("SELECT contact_id, person_id, role FROM notifications.contact")) == 2
    for column in ("name", "email", "former_email", "telephone", "work", "*"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT {column} FROM notifications.contact")


async def test_nothing_is_seen_by_a_line_that_could_still_be_taken_back(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    async with connection.transaction():
        line = await connection.fetchval(f"{_LINE} RETURNING id", "look", "so", LEAD)
        assert await connection.fetch(_LOOK, line) == []
        async with connection.transaction():
            inner = await connection.fetchval(f"{_LINE} RETURNING id", "look", "so", LEAD)
        assert await connection.fetch(_LOOK, inner) == []
    assert len(await connection.fetch(_LOOK, line)) == 1


async def test_a_line_of_the_audit_says_itself_when_it_was_written_and_stays(
    connection: asyncpg.Connection[asyncpg.Record],
) -> None:
    forged = (
        "INSERT INTO audit (done_at, who, role, what, about, why, contact_id, written_at, written_in)"
        " VALUES (now() - interval '9 years', 'x', 'x', 'look', 'lead', 'so', $1, now() - interval '9 years', '3')"
        " RETURNING id"
    )
    async with connection.transaction():
        line = await connection.fetchval(forged, LEAD)
        assert await connection.fetch(_LOOK, line) == []
    for change in ("DELETE FROM audit", "UPDATE audit SET contact_id = NULL", "UPDATE audit SET written_at = now()"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(change)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute("ALTER TABLE audit DISABLE TRIGGER ALL")


async def test_a_line_is_good_for_its_own_contact_and_for_a_minute(
    connection: asyncpg.Connection[asyncpg.Record], database_url: str
) -> None:
    line = await connection.fetchval(f"{_LINE} RETURNING id", "look", "so", OWNER)
    assert [row["email"] for row in await connection.fetch(_LOOK, line)] == ["jeanne@ville.example"]
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(_LINE, "look", "", LEAD)
    with pytest.raises(asyncpg.CheckViolationError):
        await connection.execute(_LINE, "replay", "so", LEAD)
    administrator = await asyncpg.connect(database_url)
    await administrator.execute("ALTER TABLE console.audit DISABLE TRIGGER keep_audit")
    await administrator.execute("UPDATE console.audit SET written_at = now() - interval '61 seconds'")
    await administrator.close()
    assert await connection.fetch(_LOOK, line) == []


async def test_whoever_else_logs_in_calls_it_not(database_url: str) -> None:
    connection = await connect(database_url, "matching")
    try:
        await connection.execute("SET ROLE engage_matching")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch("SELECT * FROM console.look_at_contact(1)")
    finally:
        await connection.close()


async def test_a_contact_that_was_erased_is_gone_and_the_look_stays(
    console: Console, connection: asyncpg.Connection[asyncpg.Record], database_url: str
) -> None:
    operator = visitor(console)
    await operator.send("/person", {"contact_id": LEAD, "why": "before"})
    administrator = await asyncpg.connect(database_url)
    await administrator.execute("DELETE FROM notifications.contact WHERE contact_id = $1", LEAD)
    await administrator.close()
    assert (await operator.send("/person", {"contact_id": LEAD, "why": "after"})).status == 404
    assert await connection.fetchval("SELECT count(*) FROM audit WHERE what = 'look'") == 1
