"""Services of the City that have obstacles in charge: whom mail reaches of them, and in which order who is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.event import Event
from libraries.data_files import DataFileError, parse_data_file
from libraries.links.holders import service_id
from services.notifications.city_services import CityService, CityServicesFile
from services.notifications.people import office_contact
from tests.integration.notifications.happenings import (
    START,
    contact,
    obstacle_abandoned,
    obstacle_escalated,
    obstacle_lifted,
    obstacle_opened,
    obstacle_taken,
)
from tests.integration.notifications.test_roles import plain
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

HERITAGE = CityService(name="Direction du patrimoine", email="patrimoine@ville.example")
HOUSING = CityService(name="Housing directorate", email="habitat@ville.example", language="en")
OWNER = "owner@asso.example"


@pytest.fixture
def served(office: Office) -> Office:
    """With two services that mail reaches, and everybody else known."""
    services = {"patrimoine": HERITAGE, "direction-habitat": HOUSING}
    office.desk.services = services
    office.sender._offices = {
        service_id(code): office_contact(service_id(code), service.correspondent, service.language)
        for code, service in services.items()
    }
    office.clock.now = START.replace(hour=10)
    return office


async def sent(office: Office) -> list[str]:
    """To which addresses mail left since it was asked last."""
    before = len(office.server.mails)
    await office.send()
    return sorted(str(it["To"].addresses[0].addr_spec) for it in office.server.mails[before:])


async def test_a_service_is_told_first_and_the_owner_when_it_is_late(served: Office) -> None:
    await served.desk.handle(contact("owner"), contact("lead a"), obstacle_opened("a"))
    assert await sent(served) == [HERITAGE.email]
    assert "Votre service en a la charge" in plain(served.server.mails[-1])
    await served.desk.handle(obstacle_escalated("a", 2))
    assert await sent(served) == [HERITAGE.email]
    await served.desk.handle(obstacle_escalated("a", 3, "directorate"))
    assert await sent(served) == [OWNER]


async def test_where_no_mail_reaches_the_service_the_owner_is_told(served: Office) -> None:
    await served.desk.handle(contact("owner"), obstacle_opened("a", service="nobody-there"))
    assert await sent(served) == [OWNER]
    assert "Nobody there" in plain(served.server.mails[-1])


async def test_a_service_that_it_is_handed_to_is_told_in_its_language(served: Office) -> None:
    await served.desk.handle(contact("owner"), obstacle_opened("a"))
    assert await sent(served) == [HERITAGE.email]
    await served.desk.handle(obstacle_taken("a", 2))
    assert await sent(served) == [], "who takes it themselves is told nothing"
    await served.desk.handle(obstacle_taken("a", 3, service="direction-habitat"))
    assert await sent(served) == [HOUSING.email]
    assert "Your service is in charge of it" in plain(served.server.mails[-1])


@pytest.mark.parametrize("over", [obstacle_lifted, obstacle_abandoned])
async def test_what_is_over_before_it_left_is_told_to_no_service(
    served: Office, over: Callable[[str, int], Event[Any]]
) -> None:
    await served.desk.handle(contact("owner"), obstacle_opened("a"), over("a", 2))
    await served.desk.handle(obstacle_opened("b"), obstacle_escalated("b", 2), obstacle_taken("b", 3), over("b", 4))
    assert await sent(served) == []


async def test_a_service_that_takes_what_is_late_is_told_no_more_that_it_is(served: Office) -> None:
    await served.desk.handle(obstacle_opened("a"))
    assert await sent(served) == [HERITAGE.email]
    await served.desk.handle(obstacle_escalated("a", 2), obstacle_taken("a", 3))
    assert await sent(served) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x]\nname = 'X'", "x.email: Field required"),
        ("[x]\nname = 'X'\nemail = 'nowhere'", "is no e-mail address"),
        ("[x]\nname = 'X'\nemail = 'a@b.example'\nfax = '1'", "x.fax"),
        ("[X_Y]\nname = 'X'\nemail = 'a@b.example'", "X_Y"),
        ("[x", "this is no TOML"),
    ],
)
def test_a_wrong_file_is_named_with_its_field(text: str, told: str) -> None:
    with pytest.raises(DataFileError, match=r"city_services\.toml") as raised:
        parse_data_file(text, "city_services.toml", CityServicesFile)
    assert told in str(raised.value)


def test_a_file_lists_services_by_their_codes() -> None:
    text = "[patrimoine]\nname = 'Direction du patrimoine'\nemail = 'patrimoine@ville.example'"
    assert parse_data_file(text, "city_services.toml", CityServicesFile).root == {"patrimoine": HERITAGE}
