"""Links, sessions and forms: nobody makes one up, and none is good for what it was not made for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.pages.signing import Purpose, Signer, Ticket, ticket_for

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)
TICKET = Ticket(id=UUID(int=1), who="Camille Dupont", roles=("operator",), expires_at=NOW + timedelta(minutes=5))
SIGNER = Signer("a key of sixteen letters", "console")


@pytest.mark.parametrize("purpose", ["link", "session"])
def test_what_was_sealed_opens_until_it_is_over(purpose: Purpose) -> None:
    sealed = SIGNER.seal(purpose, TICKET)
    assert SIGNER.open(purpose, sealed, NOW) == TICKET
    assert SIGNER.open(purpose, sealed, TICKET.expires_at) is None


def test_a_link_is_no_session_and_another_key_or_service_opens_nothing() -> None:
    assert Signer("a key of sixteen letters", "desk").open("session", SIGNER.seal("session", TICKET), NOW) is None
    assert SIGNER.open("session", SIGNER.seal("link", TICKET), NOW) is None
    assert Signer("another key of letters", "console").open("link", SIGNER.seal("link", TICKET), NOW) is None


@given(st.text(max_size=3_000))
def test_no_text_opens_anything(text: str) -> None:
    assert SIGNER.open("session", text, NOW) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_no_byte_of_a_ticket_can_be_changed(place: int, change: int) -> None:
    sealed = SIGNER.seal("session", TICKET)
    at = place % len(sealed)
    other = chr((ord(sealed[at]) ^ change) % 128)
    # The last letter holds bits that stand for nothing; the others each count.
    changed = SIGNER.open("session", sealed[:at] + other + sealed[at + 1 :], NOW)
    assert changed is None or changed == TICKET


def test_a_form_is_of_its_own_session() -> None:
    other = TICKET.model_copy(update={"id": UUID(int=2)})
    assert SIGNER.is_form_token(TICKET, SIGNER.form_token(TICKET))
    assert not SIGNER.is_form_token(TICKET, SIGNER.form_token(other))
    assert not SIGNER.is_form_token(TICKET, "é")


def test_a_ticket_needs_a_name_and_a_code_of_a_directorate() -> None:
    for name in ("", "x" * 101):
        with pytest.raises(ValueError, match="a name has 1 to 100 letters"):
            ticket_for(name, "reader", expires_at=NOW)
    with pytest.raises(ValueError, match="directorate can't be read"):
        ticket_for("Camille", "officer", directorate="x" * 101, expires_at=NOW)


def test_a_key_is_changed_and_nobody_is_signed_out() -> None:
    changed = Signer("another key of letters", "console", "a key of sixteen letters")
    assert changed.open("session", SIGNER.seal("session", TICKET), NOW) == TICKET
    assert changed.is_form_token(TICKET, SIGNER.form_token(TICKET))
    # What it signs itself is by the new one alone, which is then enough.
    assert Signer("another key of letters", "console").open("session", changed.seal("session", TICKET), NOW) == TICKET
    assert SIGNER.open("session", changed.seal("session", TICKET), NOW) is None
