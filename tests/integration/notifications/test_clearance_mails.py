"""Whoever is to give a mentor's clearance is written to, reminded, and left alone once there is nothing to answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import pytest

from contracts.clearances import ETHICS_OFFICER, ClearanceKind
from contracts.event import Event
from services.notifications.people import Correspondent, office_contact
from tests.integration.notifications.happenings import (
    START,
    clearance_asked,
    clearance_dropped,
    clearance_given,
    clearance_refused,
    contact,
    erasure_requested,
    named,
)
from tests.integration.notifications.test_roles import plain, told
from tests.integration.notifications.test_sender import Office, office

__all__ = ["office"]

MANAGER, MENTOR = named("manager a"), named("person of mentor a")
ETHICS = Correspondent("Déontologie", "deontologie@ville.example")


async def people(office: Office) -> None:
    await office.desk.handle(contact("manager a"), contact("person of mentor a", name="Bo Mentor"))


@pytest.mark.parametrize("held_until", [None, date(2025, 6, 30)])
async def test_a_line_manager_is_told_whom_it_is_about_and_reminded_twice(
    office: Office, held_until: date | None
) -> None:
    await people(office)
    await office.desk.handle(clearance_asked("a", held_until=held_until))
    assert (await told(office))[MANAGER] == ["clearance-by-line-manager"]
    for _ in range(8):
        office.clock.advance(timedelta(days=7).total_seconds())
        await told(office)
    assert (await told(office))[MANAGER] == ["clearance-by-line-manager"] * 3
    texts = [plain(mail) for mail in office.server.mails]
    assert all("Bo Mentor" in text for text in texts)
    assert all(("30 juin 2025" in text) is (held_until is not None) for text in texts)
    subjects = [str(mail["Subject"]) for mail in office.server.mails]
    assert [subject.startswith("Rappel") for subject in subjects] == [False, True, True]
    assert not any("Bo" in subject for subject in subjects), "a name stands in the text alone"


@pytest.mark.parametrize(
    ("happens", "of_mentor"),
    [
        (clearance_given("a"), []),
        (clearance_refused("a"), ["clearance-refused"]),
        (clearance_dropped("a"), []),
        (erasure_requested("person of mentor a"), []),
        (erasure_requested("manager a"), []),
    ],
)
async def test_nobody_is_reminded_of_what_is_settled(office: Office, happens: Event[Any], of_mentor: list[str]) -> None:
    await people(office)
    await office.desk.handle(clearance_asked("a"))
    await told(office)
    await office.desk.handle(happens)
    office.clock.now = START + timedelta(days=30)
    found = await told(office)
    assert found[MANAGER] == ["clearance-by-line-manager"]
    assert found.get(MENTOR, []) == of_mentor


@pytest.mark.parametrize("kind", get_args(ClearanceKind))
@pytest.mark.parametrize("happens", [clearance_given, clearance_refused, clearance_dropped])
async def test_what_is_settled_at_once_never_leaves_and_nothing_else_is(
    office: Office, happens: Callable[[str, ClearanceKind], Event[Any]], kind: ClearanceKind
) -> None:
    office.sender._offices = {ETHICS_OFFICER: office_contact(ETHICS_OFFICER, ETHICS)}
    await people(office)
    others = [clearance_asked("b", kind), contact("manager b"), contact("person of mentor b")]
    await office.desk.handle(clearance_asked("a", kind), *others, happens("a", kind))
    found = await told(office)
    asked = [kinds for kinds in found.values() if kinds != ["clearance-refused"]]
    assert asked == [[f"clearance-by-{kind}" if kind == "line-manager" else "clearance-by-ethics-officer"]]


@pytest.mark.parametrize("is_late", [False, True])
async def test_the_ethics_officer_is_asked_once_a_setting_says_how(office: Office, *, is_late: bool) -> None:
    officer = {ETHICS_OFFICER: office_contact(ETHICS_OFFICER, ETHICS)}
    office.sender._offices = {} if is_late else officer
    await people(office)
    await office.desk.handle(*(clearance_asked(name, "ethics") for name in "abcdefgh"))
    await office.desk.handle(*(contact(f"person of mentor {name}") for name in "bcdefgh"))
    found = (await told(office)).get(ETHICS_OFFICER, [])
    if is_late:
        assert found == []
        assert {row["settled"] for row in await office.desk.rows()} == {None}, "it waits"
        office.sender._offices = officer
        office.clock.now += timedelta(days=2)
        found = (await told(office))[ETHICS_OFFICER]
    assert found == ["clearance-by-ethics-officer"] * 8, "however many there are in a week"
    assert set(office.server.recipients) == {ETHICS.email}


async def test_an_address_of_a_line_manager_that_nobody_confirmed_proves_no_right(office: Office) -> None:
    await people(office)
    await office.desk.handle(contact("manager a", email="stranger@ville.example", hours=1), clearance_asked("a"))
    await told(office)
    assert set(office.server.recipients) == {"manager-a@asso.example"}
