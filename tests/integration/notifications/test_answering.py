"""An offer answered by the links of its mail: what the form's topic gets, and what nobody can do."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from deploy.local.stack import Stack
from tests.eventually import eventually
from tests.integration.notifications.happenings import contact, named, offered
from tests.integration.notifications.links import click, mails_to, publish
from tests.kafka import read_all


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=("notifications",)) as made:
        yield made


async def offer_links(stack: Stack, name: str) -> dict[str, str]:
    """The links of the mails that offer a pair, by whom they went to."""
    people = {"mentor": f"person of mentor {name}", "lead": f"lead {name}"}
    await publish(stack, "contacts.v1", *(contact(person) for person in people.values()))
    await publish(stack, "pairs.v1", offered(name))
    found: dict[str, str] = {}

    async def both() -> bool:
        for party, person in people.items():
            for mail in mails_to(stack, person.replace(" ", "-")):
                plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
                assert plain is not None
                assert html is not None
                (link,) = set(re.findall(r"http://\S+(?=#(?:accept|decline))", plain.get_content()))
                assert f'href="{link}#accept"' in html.get_content()
                assert f'href="{link}#decline"' in html.get_content()
                found[party] = link
        return len(found) == 2

    await eventually(both)
    return found


async def answers(stack: Stack) -> list[tuple[str, str, str, str | None]]:
    events = await read_all(stack.broker.bootstrap_servers, "forms.decisions.v1")
    data = [json.loads(it.value) for it in events]
    return [(it["pair_id"], it["party"], it["answer"], it["reason"]) for it in data]


async def test_both_answer_by_their_links(stack: Stack) -> None:
    links = await offer_links(stack, "a")
    for link in links.values():
        status, page = click(link, "GET", "")
        assert status == 200
        assert "J’accepte" in page
        assert "<strong>Projet a, Association a</strong>" in page
    assert await answers(stack) == [], "looking answers nothing: programs open links before people do"
    assert click(links["mentor"], body="answer=accept&reason=no-time")[0] == 200
    assert click(links["lead"], body="answer=decline&reason=other-field")[0] == 200
    pair = str(named("pair a"))
    assert await answers(stack) == [(pair, "mentor", "accept", None), (pair, "lead", "decline", "other-field")]


@pytest.mark.parametrize(
    "body", ["", "answer=perhaps", "answer=decline&reason=Not+a+code", "answer=accept" + "x" * 1000]
)
async def test_what_is_no_answer_is_asked_again(stack: Stack, body: str) -> None:
    links = await offer_links(stack, "b")
    before = await answers(stack)
    status, page = click(links["mentor"], body=body)
    assert status == 422
    assert "pas été comprise" in page
    assert await answers(stack) == before


async def test_a_link_answers_for_one_party_of_one_offer(stack: Stack) -> None:
    links = await offer_links(stack, "c")
    token = urlsplit(links["mentor"]).path.rpartition("/")[2]
    for forged in (token.replace("mentor", "lead"), token.replace(str(named("pair c")), str(named("pair a")))):
        assert click(links["mentor"].replace(token, forged), body="answer=accept")[0] == 404
