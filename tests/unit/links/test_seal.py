"""What a link's last part proves: to whom, for what, until when, and by which keys."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.links.seal import Link, Seal

KEY, NEWER = b"a key that nobody guesses", b"another that nobody guesses"
SEAL = Seal([KEY])
NOW = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)
UNTIL = date(2025, 3, 4)
ONE, TWO = UUID(int=1), UUID(int=2)

LINKS = st.one_of(
    st.builds(Link, st.uuids(), st.none(), st.none()),
    st.builds(Link, st.uuids(), st.uuids(), st.none()),
    st.builds(Link, st.uuids(), st.uuids(), st.sampled_from(["lead", "mentor", "line-manager", "service"])),
)
PURPOSES = st.sampled_from(["offer", "desk-pair", "desk-need"])


@given(PURPOSES, LINKS)
def test_what_was_sealed_is_read_for_the_same_purpose_and_no_other(purpose: str, link: Link) -> None:
    token = SEAL.token(purpose, link, UNTIL)
    assert SEAL.read(purpose, token, NOW) == (link, False)
    assert SEAL.read(f"{purpose}s", token, NOW) is None
    assert Seal([KEY + b"!"]).read(purpose, token, NOW) is None


@given(LINKS, LINKS)
def test_no_link_is_good_for_another_person_role_or_matter(one: Link, other: Link) -> None:
    token, signature = SEAL.token("offer", other, UNTIL), SEAL.token("offer", one, UNTIL).rpartition(".")[2]
    forged = f"{token.rpartition('.')[0]}.{signature}"
    assert SEAL.read("offer", forged, NOW) == (None if one != other else (one, False))


@given(LINKS, st.integers(0), st.characters())
def test_no_letter_of_a_link_can_be_another(link: Link, place: int, letter: str) -> None:
    token = SEAL.token("offer", link, UNTIL)
    changed = token[: place % len(token)] + letter + token[place % len(token) + 1 :]
    read = SEAL.read("offer", changed, NOW)
    # A UUID may be written in capital letters too: it is the same one.
    assert read is None or read.link == link


@given(st.text(max_size=250))
def test_whatever_else_is_sent_proves_nothing(token: str) -> None:
    assert SEAL.read("offer", token, NOW) is None


@pytest.mark.parametrize(
    "token", ["", "....", f"{ONE}", f"{ONE}.20250304", f"{ONE}.2025030٤.x", f"LEAD.{ONE}.{TWO}.20250304.x", "." * 300]
)
def test_what_is_no_link_is_none(token: str) -> None:
    assert SEAL.read("offer", token, NOW) is None


def test_a_link_is_good_to_the_end_of_its_day_and_then_over() -> None:
    token = SEAL.token("offer", Link(ONE, TWO, "lead"), UNTIL)
    assert SEAL.read("offer", token, datetime(2025, 3, 4, 23, 59, tzinfo=UTC)) == (Link(ONE, TWO, "lead"), False)
    assert SEAL.read("offer", token, datetime(2025, 3, 5, tzinfo=UTC)) == (Link(ONE, TWO, "lead"), True)
    assert SEAL.read("offer", token.replace("20250304", "20250305"), NOW) is None, "nobody can make its days more"


def test_while_the_key_changes_both_are_good_and_the_newer_one_signs() -> None:
    both, link = Seal([NEWER, KEY]), Link(ONE)
    old, new = SEAL.token("offer", link, UNTIL), both.token("offer", link, UNTIL)
    assert both.read("offer", old, NOW) == both.read("offer", new, NOW) == (link, False)
    assert new == Seal([NEWER]).token("offer", link, UNTIL)
    assert Seal([NEWER]).read("offer", old, NOW) is None, "the old key is gone for good"
