"""Who may do what in the console is as its table in the documents says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from libraries.pages.signing import ticket_for
from services.console.rights import ROLES, Right, may

PAGE = Path(__file__).resolve().parents[3] / "docs" / "operate.md"
_ROW = re.compile(r"^\| `([a-z]+)`: [^|]+\| (yes|no) \| (yes|no) \| (yes|no) \| (yes|no) \|$", re.MULTILINE)


def test_the_table_of_rights_is_true() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "| right | " + " | ".join(f"`{role}`" for role in ROLES) + " |" in text
    rows = {name: answers for name, *answers in _ROW.findall(text)}
    assert set(rows) == set(get_args(Right))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    for right, answers in rows.items():
        held = [may(ticket_for("x", role, expires_at=at), right) for role in ROLES]
        assert ["yes" if each else "no" for each in held] == answers, right


def test_several_roles_may_what_any_may_and_nobody_what_is_unknown() -> None:
    both = ticket_for("x", "reader", "programme-head", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert may(both, "audit")
    assert not may(both, "repair")
    assert not may(both, "everything")
    foundation = ticket_for("x", "foundation", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert not any(may(foundation, right) for right in get_args(Right))
