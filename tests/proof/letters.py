"""Mails as people read them: what each is about, and where its link leads."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from typing import Final, NamedTuple

from tests.proof.city import ETHICS, mailbox_of
from tests.proof.edition import SERVICES, Edition
from tests.proof.hearing import DIGEST, KINDS, REMINDER, YEARS, About, Heard

_LINK: Final = re.compile(r"http://127\.0\.0\.1:\d+/(?:links/|v1/)([a-z]+)/[^\s#]+")
_NUMBERED: Final = re.compile(r"^\d+\. ", re.MULTILINE)


class Letter(NamedTuple):
    """A mail, or one matter of those that a digest tells: to whom, its subject, what it says."""

    to: str
    subject: str
    text: str

    @property
    def links(self) -> dict[str, str]:
        """Its links, by the page that they lead to."""
        return {match[1]: match[0] for match in _LINK.finditer(self.text)}


def letters_of(raw: bytes) -> Iterator[Letter]:
    """The letters that a mail holds."""
    mail = email.message_from_bytes(raw, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    to, subject, text = str(mail["Delivered-To"]), str(mail["Subject"]), body.get_content()
    if DIGEST not in subject:
        yield Letter(to, subject, text)
        return
    for matter in _NUMBERED.split(text)[1:]:
        yield Letter(to, matter.partition("\n")[0], matter)


class Reading:
    """Reads mails as who knows the names of the edition's projects, needs and mentors."""

    def __init__(self, edition: Edition) -> None:
        self._names: dict[About, list[str]] = {
            "project": [project.title for project in edition.projects],
            "need": [need.title for need in edition.needs],
            "mentor": [mentor.person.name for mentor in edition.mentors],
        }
        self._parties = {ETHICS: "ethics"} | {mailbox_of(code): "service" for code in SERVICES}
        self._parties |= {project.lead.email: "lead" for project in edition.projects}
        self._parties |= {mentor.person.email: "mentor" for mentor in edition.mentors}
        self._parties |= dict.fromkeys(edition.owners, "owner")

    def about(self, letter: Letter, what: About) -> str:
        """The project, the need or the mentor that a letter names; nothing where it names none."""
        for text in (letter.subject, letter.text):
            if found := [name for name in self._names[what] if name in text]:
                return found[0]
        return ""

    def heard(self, letter: Letter) -> Heard | None:
        """What a letter tells; None where nobody in the script acts on it."""
        party = self._parties.get(letter.to, "")
        for name, kind in KINDS.items():
            if kind.subject in letter.subject and kind.party in ("", party):
                about = {what: self.about(letter, what) for what in kind.about}
                if about.get("project") == "":
                    # Its lead asked to be forgotten: the mail says so in place of its name.
                    return None
                year = next((number for words, number in YEARS.items() if words in letter.text), 0)
                is_again = REMINDER in letter.text
                return Heard(name, letter.to, **about, year=year if name == "impact-year" else 0, again=is_again)
        return None
