"""A clearance given by the link of its mail, from the mentor's form to what mentoring says: both services run."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from contracts.clearances import ETHICS_OFFICER
from contracts.message import EventData
from contracts.typed import DeclaredPerson
from deploy.local.stack import Stack
from libraries.links.seal import Seal
from services.notifications.links import Links
from tests.eventually import eventually
from tests.integration.notifications.happenings import named
from tests.integration.notifications.links import click, mails_to, publish
from tests.kafka import read_all
from tests.unit.mentoring.examples import enrolled, erasure_of, event, manager_id, mentor_id, revised

ETHICS = "deontologie@ville.example"
TODAY = datetime.now(UTC).date()
LATER = (TODAY + timedelta(days=400)).isoformat()


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    environment = {"ENGAGE_MAIL_ETHICS": f"Déontologie <{ETHICS}>"}
    with Stack(services=("mentoring", "notifications"), environment=environment) as made:
        yield made


def form(number: int, **changes: Any) -> dict[str, Any]:
    manager = DeclaredPerson(
        person_id=manager_id(number), name=f"Chef {number}", email=f"chef{number}.de@marseille.example"
    )
    return {"line_manager": manager, "line_manager_authorised": False, **changes}


async def say(stack: Stack, topic: str, data: EventData) -> None:
    await publish(stack, topic, event(data)._replace(id=str(named(f"{data!r} {datetime.now(UTC)}"))))


async def link_to(stack: Stack, who: str, number: int) -> str:
    """The link of the mail that asks somebody about the mentor of that number."""
    found = ""

    async def is_there() -> bool:
        nonlocal found
        for mail in mails_to(stack, who):
            plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
            assert plain is not None
            assert html is not None
            if f"Mentor {number}," not in plain.get_content():
                continue
            (found,) = set(re.findall(r"http://\S+(?=#(?:give|refuse))", plain.get_content()))
            assert f'href="{found}#give"' in html.get_content()
            assert f'href="{found}#refuse"' in html.get_content()
        return bool(found)

    await eventually(is_there)
    return found


async def enrol(stack: Stack, number: int) -> str:
    """Has a mentor enrol who lacks the authorisation; returns the link to give it."""
    await say(stack, "forms.mentors.v1", enrolled(number, **form(number)))
    return await link_to(stack, f"chef{number}.de", number)


async def answers_about(stack: Stack, number: int) -> list[tuple[str, str, str | None]]:
    records = await read_all(stack.broker.bootstrap_servers, "forms.decisions.v1")
    data = [json.loads(it.value) for it in records]
    ours = [it for it in data if it["mentor_id"] == str(mentor_id(number))]
    return [(it["answered_by"], it["answer"], it["until"]) for it in ours]


async def comes_to_say(url: str, words: str) -> None:
    async def is_said() -> bool:
        return words in click(url, "GET", "")[1]

    await eventually(is_said)


async def test_both_are_asked_and_give_it_by_their_links(stack: Stack) -> None:
    await say(stack, "forms.mentors.v1", enrolled(1, **form(1, ethics_check_done=False)))
    manager, ethics = await link_to(stack, "chef1.de", 1), await link_to(stack, ETHICS, 1)
    status, page = click(manager, "GET", "")
    assert status == 200
    assert "<strong>Mentor 1</strong>" in page
    assert re.search(r'type="date" name="until" id="until" value="20\d\d-\d\d-\d\d" min="20', page)
    assert 'name="until"' not in click(ethics, "GET", "")[1], "an ethics check has no end"
    assert await answers_about(stack, 1) == [], "looking answers nothing: programs open links before people do"
    assert click(manager, body=f"answer=give&until={LATER}")[0] == 200
    assert click(ethics, body="answer=give&until=2001-01-01")[0] == 200
    # By the person: two clearances are two keys, and between keys Kafka promises no order.
    assert sorted(await answers_about(stack, 1), key=lambda answer: answer[0]) == [
        (str(manager_id(1)), "give", LATER),
        (str(ETHICS_OFFICER), "give", None),
    ]
    said: list[str] = []

    async def are_given() -> bool:
        records = await read_all(stack.broker.bootstrap_servers, "pairs.v1")
        said[:] = [
            json.loads(it.value)["clearance"] for it in records if b"clearance-given" in str(it.headers).encode()
        ]
        return len(said) == 2

    await eventually(are_given)
    assert sorted(said) == ["ethics", "line-manager"]
    status, page = click(manager, body="answer=refuse")
    assert status == 409
    assert "C’est accordé" in page
    assert "<form" not in page, "nobody is asked again"


NO_DAYS = [f"answer=give&until={day}" for day in ("", "2024-01-01", "soon")]


@pytest.mark.parametrize("body", ["", "answer=perhaps", "answer=give", "answer=give" + "x" * 1000, *NO_DAYS])
async def test_what_is_no_answer_is_asked_again(stack: Stack, body: str) -> None:
    link = await enrol(stack, 2) if not mails_to(stack, "chef2.de") else await link_to(stack, "chef2.de", 2)
    status, page = click(link, body=body)
    assert status == 422
    assert "pas été comprise" in page
    assert "<form" in page
    assert await answers_about(stack, 2) == []


async def test_a_day_may_be_typed_as_people_write_it(stack: Stack) -> None:
    link = await enrol(stack, 3)
    assert click(link, body="answer=give&until=31%2F12%2F2098")[0] == 200
    assert await answers_about(stack, 3) == [(str(manager_id(3)), "give", "2098-12-31")]


async def test_many_clicks_are_one_answer_and_a_refusal_is_told_to_the_mentor(stack: Stack) -> None:
    link = await enrol(stack, 4)
    clicks = await asyncio.gather(*(asyncio.to_thread(click, link, body="answer=refuse") for _ in range(30)))
    assert {status for status, _ in clicks} == {200}
    assert await answers_about(stack, 4) == [(str(manager_id(4)), "refuse", None)]
    await comes_to_say(link, "C’est refusé")

    async def is_told() -> bool:
        return any("pas autorisé" in str(mail["Subject"]) for mail in mails_to(stack, "mentor4@"))

    await eventually(is_told)


@pytest.mark.parametrize("number", [5, 6, 7])
async def test_a_link_ends_with_its_matter_and_says_so(stack: Stack, number: int) -> None:
    link = await enrol(stack, number)
    if number == 5:
        await say(stack, "forms.mentors.v1", revised(number, **form(number, line_manager_authorised=True)))
    elif number == 6:
        other = form(16)["line_manager"]
        await say(stack, "forms.mentors.v1", revised(number, **form(number, line_manager=other)))
        assert await link_to(stack, "chef16.de", number) != link, "another line manager is asked"
    else:
        await say(stack, "forms.erasures.v1", erasure_of(manager_id(number)))
    await comes_to_say(link, "Il n’y a plus à répondre")
    status, page = click(link, body=f"answer=give&until={LATER}")
    assert status == 410
    assert "<form" not in page
    assert await answers_about(stack, number) == []


async def test_a_link_is_for_one_person_and_one_clearance_until_its_time_is_over(stack: Stack) -> None:
    link = await enrol(stack, 8)
    token = urlsplit(link).path.rpartition("/")[2]
    forged = token.replace(str(manager_id(8)), str(manager_id(1)))
    assert click(link.replace(token, forged), body="answer=refuse")[0] == 404
    links = Links(stack.addresses()["notifications"], Seal([stack.door_secret.encode()]))
    stranger = links.clearing(named("nothing"), manager_id(8), datetime.now(UTC))
    assert click(stranger, "GET", "")[0] == 503, "not known here yet"
    old = links.clearing(named("nothing"), manager_id(8), datetime.now(UTC) - timedelta(days=100))
    assert click(old, body="answer=refuse")[0] == 410
