"""How a person is reached after each word about them, decided without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contacts import ContactPublished, contact_id_of
from libraries.typed.addresses import is_same
from services.notifications.people import Contact, told

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
WHO = UUID(int=1)
A, B, C = "ada@asso.example", "ada@new.example", "ada@newest.example"


def said(*addresses: str) -> Contact:
    contact, changes = None, count(1)
    for hour, email in enumerate(addresses):
        fields = {"contact_id": contact_id_of("lead", WHO), "person_id": WHO, "role": "lead", "name": "Ada"}
        word = ContactPublished.model_validate({**fields, "email": email, "language": "fr"})
        contact = told(contact, word, NOW + timedelta(hours=hour), lambda: UUID(int=next(changes)))
    assert contact is not None
    return contact


def test_the_first_address_is_trusted_and_a_second_waits() -> None:
    assert (said(A).trusted.email, said(A).change_id) == (A, None)
    assert (said(A, B).trusted.email, said(A, B).correspondent.email) == (A, B)
    assert said(A, B).former_said_at == NOW


def test_of_several_changes_the_last_one_waits_for_the_one_that_was_trusted() -> None:
    contact = said(A, B, C)
    assert (contact.trusted.email, contact.email, contact.change_id) == (A, C, UUID(int=2))
    assert said(A, B, B).change_id == UUID(int=1), "said again it is no other"
    assert said(A, B, B.upper()).change_id == UUID(int=1)


def test_a_change_that_is_taken_back_leaves_nothing() -> None:
    assert said(A, B, A) == said(A)._replace(said_at=NOW + timedelta(hours=2))
    assert said(A, A.upper()).change_id is None


def test_what_was_said_of_an_address_stays_with_it() -> None:
    word = ContactPublished.model_validate(
        {
            "contact_id": contact_id_of("lead", WHO),
            "person_id": WHO,
            "role": "lead",
            "name": "Ada",
            "email": B,
            "language": "fr",
        }
    )
    dead = said(A)._replace(undeliverable="smtp-550", unsubscribed_at=NOW)
    changed = told(dead, word, NOW, lambda: UUID(int=1))
    assert (changed.undeliverable, changed.former_undeliverable) == (None, "smtp-550")
    assert changed.unsubscribed_at == NOW, "what a person chose holds whatever the address"


@given(st.lists(st.sampled_from([A, B, C, A.upper()]), min_size=1, max_size=9))
def test_nobody_but_the_first_address_is_ever_trusted_unless_it_confirms(addresses: list[str]) -> None:
    contact = said(*addresses)
    assert is_same(contact.trusted.email, addresses[0])
    assert contact.email == addresses[-1]
    assert (contact.change_id is None) == is_same(addresses[-1], addresses[0])


@pytest.mark.parametrize(
    ("email", "other", "same"),
    [
        ("Ada@Asso.Example", "ada@asso.example", True),
        ("ada@éco.example", "ada@xn--co-9ia.example", True),
        ("ada@ÉCO.example", "ada@éco.example", True),
        # Two domains, and two owners, for IDNA 2008; and two mailboxes.
        ("ada@strasse.example", "ada@straße.example", False),
        ("strauss@asso.example", "strauß@asso.example", False),
        ("ada@βόλος.example", "ada@βόλοσ.example", False),
        ("a..b@asso.example", "A..B@asso.example", True),
    ],
)
def test_two_addresses_are_one_where_mail_to_them_is(email: str, other: str, same: bool) -> None:
    assert is_same(email, other) == same
    assert (said(email, other).change_id is None) == same
