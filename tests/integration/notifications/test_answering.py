"""An offer answered by the links of its mail: what the form's topic gets, and what nobody can do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from contracts.event import Event
from deploy.local.stack import Stack
from libraries.links.seal import Seal
from services.notifications.links import Links
from tests.eventually import eventually
from tests.integration.notifications.happenings import (
    accepted,
    activated,
    answer_refused,
    contact,
    ended,
    erasure_requested,
    named,
    offer_declined,
    offer_expired,
    offered,
    pair_amended,
)
from tests.integration.notifications.links import click, clicked, mails_to, publish
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
        assert "<title>Un accompagnement vous est proposé\u00a0: Projet a, Association a · Engage</title>" in page
    assert await answers(stack) == [], "looking answers nothing: programs open links before people do"
    status, page = click(links["mentor"], body="answer=accept&reason=no-time")
    assert status == 200
    assert "<title>Merci" in page, "a tab says what has become of its page"
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


async def test_sixty_clicks_on_one_link_are_one_answer_and_the_first_one_stands(stack: Stack) -> None:
    links = await offer_links(stack, "d")
    clicks = await asyncio.gather(*(asyncio.to_thread(click, links["mentor"], body="answer=accept") for _ in range(60)))
    assert {status for status, _ in clicks} == {200}
    pair = str(named("pair d"))
    of_pair = [answer for answer in await answers(stack) if answer[0] == pair]
    assert of_pair == [(pair, "mentor", "accept", None)]
    status, page = click(links["mentor"], body="answer=decline&reason=no-time")
    assert status == 409
    assert "Vous avez accepté cette proposition" in page
    assert "<form" not in page, "nobody is asked again"
    status, page = click(links["mentor"], "GET", "")
    assert status == 200
    assert "Vous avez accepté" in page
    assert "J’accepte" in click(links["lead"], "GET", "")[1], "the other is still asked"
    assert [answer for answer in await answers(stack) if answer[0] == pair] == of_pair


@pytest.mark.parametrize(
    ("name", "happens", "words"),
    [
        ("e", lambda name: (accepted(name, "mentor"), activated(name)), "a déjà commencé"),
        ("f", lambda name: (offer_declined(name, 2),), "elle a été déclinée"),
        ("g", lambda name: (offer_expired(name, 2),), "son délai est passé"),
        ("h", lambda name: (ended(name),), "elle a pris fin"),
    ],
)
async def test_a_link_says_what_is_true_once_the_offer_has_an_end(
    stack: Stack, name: str, happens: Callable[[str], tuple[Event[Any], ...]], words: str
) -> None:
    links = await offer_links(stack, name)
    await publish(stack, "pairs.v1", *happens(name))

    async def is_said() -> bool:
        return words in click(links["mentor"], "GET", "")[1]

    await eventually(is_said)
    before = await answers(stack)
    status, page = click(links["mentor"], body="answer=accept")
    assert status == 410
    assert words in page
    assert "<form" not in page
    assert await answers(stack) == before


async def test_an_answer_that_changes_nothing_is_told_so(stack: Stack) -> None:
    links = await offer_links(stack, "i")
    assert click(links["lead"], body="answer=accept")[0] == 200
    records = await read_all(stack.broker.bootstrap_servers, "forms.decisions.v1")
    (answered,) = [data for data in (json.loads(it.value) for it in records) if data["pair_id"] == str(named("pair i"))]
    await publish(stack, "pairs.v1", answer_refused("i", datetime.fromisoformat(answered["answered_at"])))

    async def is_said() -> bool:
        return "n’a pas pu être prise en compte" in click(links["lead"], "GET", "")[1]

    await eventually(is_said)


async def test_a_lead_who_was_replaced_answers_for_nobody(stack: Stack) -> None:
    links = await offer_links(stack, "l")
    assert click(links["lead"], body="answer=accept")[0] == 200
    await publish(stack, "pairs.v1", pair_amended("l", 2, lead_id=named("lead new"), to="offered"))

    async def is_over() -> bool:
        return "Une autre personne a repris votre rôle" in click(links["lead"], "GET", "")[1]

    await eventually(is_over)
    assert click(links["lead"], body="answer=decline")[0] == 410
    await publish(stack, "contacts.v1", contact("lead new"))

    async def is_offered() -> bool:
        return bool(mails_to(stack, "lead-new"))

    await eventually(is_offered)
    body = mails_to(stack, "lead-new")[0].get_body(("plain",))
    assert body is not None
    (url,) = set(re.findall(r"http://\S+(?=#(?:accept|decline))", body.get_content()))
    assert "J’accepte" in click(url, "GET", "")[1], "what somebody else has answered is not theirs"
    assert click(url, body="answer=accept")[0] == 200
    pair = str(named("pair l"))
    assert [it[1:3] for it in await answers(stack) if it[0] == pair] == [("lead", "accept")] * 2


async def test_links_to_who_was_forgotten_end(stack: Stack) -> None:
    links = await offer_links(stack, "j")
    await publish(stack, "forms.erasures.v1", erasure_requested("lead j"))

    async def is_over() -> bool:
        return "elle a pris fin" in click(links["lead"], "GET", "")[1]

    await eventually(is_over)
    assert click(links["lead"], body="answer=accept")[0] == 410


async def test_pages_load_nothing_are_shown_nowhere_else_and_kept_by_nobody(stack: Stack) -> None:
    links = await offer_links(stack, "k")
    for url, method in ((links["lead"], "GET"), (links["lead"] + "x", "GET"), (links["lead"], "DELETE")):
        _, _, headers = clicked(url, method, "")
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    _, page, headers = clicked(links["lead"], "GET", "")
    (style,) = re.findall(r"<style>(.*?)</style>", page)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in headers["content-security-policy"]


async def test_a_link_whose_time_is_over_says_so(stack: Stack) -> None:
    links = Links(stack.addresses()["notifications"], Seal([stack.door_secret.encode()]))
    old = datetime.now(UTC) - timedelta(days=500)
    identifier = named("pair a")
    for url in (
        links.answering(identifier, "lead", identifier, old),
        links.unsubscribing(identifier, old),
        links.confirming(identifier, old),
    ):
        for method in ("GET", "POST"):
            status, page = click(url, method)
            assert status == 410
            assert "n’est plus valable" in page


async def test_a_link_answers_for_one_party_of_one_offer(stack: Stack) -> None:
    links = await offer_links(stack, "c")
    token = urlsplit(links["mentor"]).path.rpartition("/")[2]
    for forged in (token.replace("mentor", "lead"), token.replace(str(named("pair c")), str(named("pair a")))):
        assert click(links["mentor"].replace(token, forged), body="answer=accept")[0] == 404
