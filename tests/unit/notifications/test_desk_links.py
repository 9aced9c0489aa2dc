"""Mails that lead to the desk: whose right their link is, and where none goes."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.headerregistry import Address
from uuid import UUID

import pytest

from libraries.links.desk import OWN_PAGES, DeskLinks, desk_right
from libraries.links.seal import Link, Seal
from services.notifications.kinds import KINDS
from services.notifications.kinds_file import Kind
from services.notifications.mails.text_files import SAMPLES, text_file
from services.notifications.mails.texts import load_texts
from services.notifications.mails.writing import Writer
from services.notifications.people import Correspondent
from services.notifications.sending.outcomes import ClaimedMail

SEAL = Seal([b"a key that nobody guesses"])
NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
MATTER, SOMEBODY = UUID(int=1), UUID(int=2)
LED_TO_DESK = [kind for kind in KINDS.all if kind.desk]
TEXTS = load_texts(kind.kind for kind in LED_TO_DESK)


def written(kind: Kind, *, has_desk: bool = True, is_trusted: bool = True, application_id: UUID | None = None) -> str:
    """The plain text of a mail of this kind, as its reader sees it."""
    claim = ClaimedMail(
        follow_up_id=MATTER,
        kind=kind.kind,
        matter_id=MATTER,
        recipient_id=SOMEBODY,
        contact_id=SOMEBODY,
        parameters=json.dumps({**SAMPLES.common, **text_file(kind.text_name).sample}),
        attempts=1,
        recipient=Correspondent("Ada", "ada@asso.example"),
        language="fr",
        is_undeliverable=False,
        counterpart=SAMPLES.people[kind.introduces] if kind.introduces else None,
        application_id=application_id,
        is_trusted=is_trusted,
    )
    desk = DeskLinks("https://desk.example", SEAL) if has_desk else None
    sender = Address("Engage", addr_spec="engage@ville.example")
    mail = Writer(TEXTS, sender=sender, clock=lambda: NOW, desk_links=desk).write([claim])
    body = message_from_bytes(mail.content, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("kind", LED_TO_DESK, ids=lambda kind: kind.kind)
def test_a_link_is_its_readers_in_their_role_and_of_this_matter(kind: Kind) -> None:
    assert kind.desk is not None
    found = re.findall(r"https://desk\.example/links/([a-z]+)/(\S+)", written(kind))
    ((page, token),) = found
    assert page == kind.desk
    about = SOMEBODY if kind.desk in OWN_PAGES else MATTER
    assert desk_right(SEAL, kind.desk, token, NOW) == (Link(about, SOMEBODY, kind.to), False)


@pytest.mark.parametrize("kind", LED_TO_DESK, ids=lambda kind: kind.kind)
def test_without_a_desk_or_a_confirmed_address_no_right_leaves(kind: Kind) -> None:
    for mail in (written(kind, has_desk=False), written(kind, is_trusted=False)):
        assert "desk.example" not in mail
        assert str(SOMEBODY) not in mail


def test_a_decision_on_no_assignment_leads_to_no_page_of_one() -> None:
    refused = KINDS.by_name["decision-refused"]
    assert "desk.example" in written(refused, application_id=UUID(int=3))
    assert "desk.example" not in written(refused, application_id=MATTER)
