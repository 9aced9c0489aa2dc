"""The links of mails, as people find them in their mailbox."""

from __future__ import annotations

import email
import json
import re
import time
import urllib.request
from email import policy
from typing import Final, NamedTuple

from deploy.local.stack import Stack

_LINK: Final = re.compile(r"\S+/links/([a-z]+)/(\S+)")
_PAUSE_SECONDS: Final = 0.3


class LinkOfMail(NamedTuple):
    """A link to the desk in somebody's mail: its page, the role that it is for, the person, the matter."""

    url: str
    page: str
    role: str
    person_id: str
    matter_id: str
    subject: str


def links_of(stack: Stack, page: str, role: str) -> list[LinkOfMail]:
    """The links to a page for a role in all mails that were caught, the oldest first."""
    with urllib.request.urlopen(f"{stack.mail_catcher.mailbox_url}/messages") as answer:
        caught = json.load(answer)
    found = []
    for each in caught:
        with urllib.request.urlopen(f"{stack.mail_catcher.mailbox_url}/messages/{each['id']}") as answer:
            mail = email.message_from_bytes(answer.read(), policy=policy.default)
        body = mail.get_body(("plain",))
        assert body is not None
        for match in _LINK.finditer(body.get_content()):
            of_role, person_id, matter_id, *_ = match[2].split(".")
            if (match[1], of_role) == (page, role):
                found.append(LinkOfMail(match[0], page, role, person_id, matter_id, str(mail["Subject"])))
    return found


def link_of(stack: Stack, page: str, role: str, matter_id: str | None = None, seconds: float = 30) -> LinkOfMail:
    """The last link to a page for a role, of one matter where that is given, once a mail has it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = [link for link in links_of(stack, page, role) if matter_id in (None, link.matter_id)]
        if found:
            return found[-1]
        time.sleep(_PAUSE_SECONDS)
    raise AssertionError(f"no mail has a link to {page} for {role}")
