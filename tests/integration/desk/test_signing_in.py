"""How people come to the desk and go: by the doors of the console, which `tests/strangers` tries at a real provider."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from libraries.chassis.settings import read_settings
from services.desk.app import SERVICE, Desk
from services.desk.settings import DeskSettings
from tests.integration.desk.conftest import SIGNER, visitor
from tests.integration.visitor import Visitor


async def test_who_signs_out_has_no_session_even_with_the_cookie(desk: Desk) -> None:
    officer = visitor(desk, "officer")
    async with desk.database.within() as connection:
        assert officer.session is not None
        begun = (
            "INSERT INTO session (id, person, who, roles, began_at, expires_at) VALUES ($1, 'x', 'x', 'x', now(), $2)"
        )
        await connection.execute(begun, officer.session.id, officer.session.expires_at)
    assert (await officer.get("/needs")).status == 200
    assert (await officer.send("/leave", {})).status == 303
    assert (await officer.get("/needs")).status == 401


async def test_whoever_may_do_nothing_here_may_leave(desk: Desk) -> None:
    operator = visitor(desk, "operator", person_id=None)
    assert (await operator.get("/")).status == 403
    assert (await operator.send_raw("/leave", {})).status == 403
    assert (await operator.send("/leave", {})).status == 303


async def test_with_a_provider_one_time_links_open_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "people.toml").write_text("version = 1\n")
    for name, value in {
        "ISSUER": "https://sso.example",
        "CLIENT_ID": "engage",
        "CLIENT_SECRET": "secret",
        "ROLES_FILE": str(tmp_path / "people.toml"),
        "NAME": "ProConnect",
    }.items():
        monkeypatch.setenv(f"ENGAGE_OIDC_{name}", value)
    other = Desk(read_settings(DeskSettings), structlog.get_logger())
    await other.open()
    try:
        nobody, ticket = Visitor(other, SERVICE, SIGNER, None), visitor(desk, "officer").session
        assert ticket is not None
        outside = await nobody.get("/needs")
        assert outside.status == 401
        assert 'href="/sign-in?goes_on=/needs"' in outside.text
        assert "Sign in with ProConnect" in outside.text
        assert "engage desk link" not in outside.text
        sealed = SIGNER.seal("link", ticket)
        assert (await nobody.get(f"/enter/{sealed}")).status == 410
        assert (await nobody.send_raw(f"/enter/{sealed}", {})).status == 410
        assert (await visitor(desk).get(f"/enter/{sealed}")).status == 200
    finally:
        await other.close()
