"""Links that prove a right: whose they are, until when, and by which keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libraries.chassis.settings import SettingsError, read_settings
from libraries.links.seal import Link, Seal
from services.notifications.links import Links, LinkSettings

KEY, NEWER = b"a key that nobody guesses", b"another that nobody guesses"
URL = "https://engage.example"
NOW = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)
ONE, TWO = UUID(int=1), UUID(int=2)
LINKS = Links(URL, Seal([KEY]))


def token(url: str) -> str:
    return url.rpartition("/")[2]


def test_each_link_names_one_thing_and_nobody_can_make_it_up() -> None:
    other = Links(URL, Seal([KEY + b"!"]))
    stop, offer = token(LINKS.unsubscribing(ONE, NOW)), token(LINKS.answering(ONE, "mentor", TWO, NOW))
    change, clearance = token(LINKS.confirming(ONE, NOW)), token(LINKS.clearing(ONE, TWO, NOW))
    assert LINKS.clearance_of(clearance, NOW) == (Link(ONE, TWO), False)
    assert LINKS.clearance_of(clearance.replace(str(TWO), str(ONE)), NOW) is None
    assert LINKS.clearance_of(offer.partition(".")[2], NOW) is None, "an offer's link clears nobody"
    assert other.clearance_of(clearance, NOW) is None
    assert LINKS.contact_of(stop, NOW) == LINKS.change_of(change, NOW) == (Link(ONE), False)
    assert LINKS.offer_of(offer, NOW) == (ONE, "mentor", TWO, False)
    assert LINKS.offer_of(offer.replace(str(TWO), str(ONE)), NOW) is None
    assert LINKS.contact_of(stop.replace(str(ONE), str(TWO)), NOW) is None
    assert LINKS.offer_of(offer.replace("mentor", "lead"), NOW) is None
    for links, stopping, changing, offering in ((other, stop, change, offer), (LINKS, change, stop, stop)):
        assert links.contact_of(stopping, NOW) is None
        assert links.change_of(changing, NOW) is None
        assert links.offer_of(offering, NOW) is None


@given(st.text(max_size=120))
def test_whatever_else_is_sent_is_none_of_ours(given_: str) -> None:
    assert LINKS.contact_of(given_, NOW) is None
    assert LINKS.change_of(given_, NOW) is None
    assert LINKS.offer_of(given_, NOW) is None
    assert LINKS.clearance_of(given_, NOW) is None


def test_a_link_is_over_after_its_days_and_nobody_can_make_them_more() -> None:
    stop = token(LINKS.unsubscribing(ONE, NOW))
    last = NOW.replace(hour=0) + timedelta(days=400)
    assert LINKS.contact_of(stop, last) == (Link(ONE), False)
    assert LINKS.contact_of(stop, last + timedelta(days=1)) == (Link(ONE), True)
    until = stop.split(".")[1]
    assert LINKS.contact_of(stop.replace(until, str(int(until) + 1)), NOW) is None
    offer = LINKS.offer_of(token(LINKS.answering(ONE, "lead", TWO, NOW)), NOW + timedelta(days=61))
    assert offer is not None
    assert offer.is_over


def test_what_is_made_again_on_the_same_day_is_the_same() -> None:
    assert LINKS.answering(ONE, "lead", TWO, NOW) == LINKS.answering(ONE, "lead", TWO, NOW.replace(hour=1))


def test_while_the_key_changes_both_are_good_and_the_newer_one_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_PUBLIC_URL", URL)
    monkeypatch.setenv("ENGAGE_LINK_KEY", f"{NEWER.decode()}, {KEY.decode()}")
    both = read_settings(LinkSettings).links
    assert both is not None
    old, new = token(LINKS.confirming(ONE, NOW)), token(both.confirming(ONE, NOW))
    assert both.change_of(old, NOW) == both.change_of(new, NOW) == (Link(ONE), False)
    assert Links(URL, Seal([NEWER])).change_of(new, NOW) == (Link(ONE), False)
    assert Links(URL, Seal([NEWER])).change_of(old, NOW) is None, "the old key is gone for good"
    assert LINKS.change_of(new, NOW) is None, "not signed by the old one any more"


SETTINGS = {"PUBLIC_URL": URL, "DESK_URL": "https://desk.example", "LINK_KEY": KEY.decode()}


@pytest.mark.parametrize(
    ("given_", "links", "desk_links"),
    [
        ((), False, False),
        (("PUBLIC_URL", "LINK_KEY"), True, False),
        (("DESK_URL", "LINK_KEY"), False, True),
        (("PUBLIC_URL", "DESK_URL", "LINK_KEY"), True, True),
    ],
)
def test_mails_lead_to_what_is_reached_from_outside(
    given_: tuple[str, ...], links: bool, desk_links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(f"ENGAGE_{name}", raising=False)
    for name in given_:
        monkeypatch.setenv(f"ENGAGE_{name}", SETTINGS[name])
    settings = read_settings(LinkSettings)
    assert (settings.links is not None, settings.desk_links is not None) == (links, desk_links)


@pytest.mark.parametrize("given_", ["PUBLIC_URL", "DESK_URL", "LINK_KEY"])
def test_an_address_and_a_key_go_together(given_: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(f"ENGAGE_{name}", raising=False)
    monkeypatch.setenv(f"ENGAGE_{given_}", SETTINGS[given_])
    with pytest.raises(SettingsError, match="ENGAGE_LINK_KEY"):
        read_settings(LinkSettings)
