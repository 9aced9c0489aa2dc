"""Links to the desk: each opens one page, for one person in one role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from libraries.links.desk import DESK_PAGES, DESK_PATH, DeskLinks, DeskPage, desk_right
from libraries.links.seal import Link, Seal

SEAL = Seal([b"a key that nobody guesses"])
LINKS = DeskLinks("https://desk.example", SEAL)
NOW = datetime(2025, 3, 3, 23, 30, tzinfo=UTC)
LEAD = Link(UUID(int=1), UUID(int=2), "lead")


def opened(url: str, page: DeskPage) -> str:
    assert url.startswith(f"https://desk.example{DESK_PATH}{page}/")
    return url.rpartition("/")[2]


@pytest.mark.parametrize("page", DESK_PAGES)
def test_a_link_opens_its_page_and_no_other(page: DeskPage) -> None:
    token = opened(LINKS.to(page, LEAD, NOW), page)
    for other in DESK_PAGES:
        assert desk_right(SEAL, other, token, NOW) == ((LEAD, False) if other == page else None)


@pytest.mark.parametrize("link", [Link(UUID(int=1)), Link(UUID(int=1), UUID(int=2))])
def test_what_names_nobody_in_a_role_opens_nothing(link: Link) -> None:
    assert desk_right(SEAL, "pair", opened(LINKS.to("pair", link, NOW), "pair"), NOW) is None


def test_what_is_made_again_on_the_same_day_is_the_same_and_ends_with_its_days() -> None:
    url = LINKS.to("pair", LEAD, NOW)
    assert url == LINKS.to("pair", LEAD, NOW.replace(hour=1))
    token = opened(url, "pair")
    assert desk_right(SEAL, "pair", token, NOW + timedelta(days=400)) == (LEAD, False)
    assert desk_right(SEAL, "pair", token, NOW + timedelta(days=401)) == (LEAD, True)
