"""A mail as it leaves."""

from __future__ import annotations

from datetime import UTC, datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from typing import cast
from uuid import UUID

import pytest

from contracts.message import Language
from libraries.typed.addresses import AddressError
from services.notifications.mails.bodies import Text
from services.notifications.mails.composing import Mail, compose, message_id_of
from services.notifications.mails.headers import check_finished
from services.notifications.people import Correspondent

ID = UUID("01890c5e-7b1a-8c33-9d2f-3f0a8c6d1e55")
SENDER = Address("Engage Marseille", addr_spec="engage@ville.example")
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)
TEXT = Text(
    "fr",
    "Votre candidature est bien enregistrée : L’Épicerie",
    "Bonjour Éloïse,\n\n.un point\nFrom ici\n\nUne = deux; " + "long " * 60 + "end\n",
    '<!doctype html>\n<html lang="fr"><p>Bonjour Éloïse — ça va ?</p></html>\n',
)


READER = Correspondent("Éloïse Durand", "eloise@asso.example")


def mail(person: Correspondent = READER, text: Text = TEXT) -> Mail:
    return compose(text, to=person, sender=SENDER, follow_up_id=ID, at=NOON)


def read(composed: Mail) -> EmailMessage:
    return BytesParser(policy=policy.default).parsebytes(composed.content)


def test_headers() -> None:
    message = read(mail())
    assert {name: message[name] for name in message} == {
        "From": "Engage Marseille <engage@ville.example>",
        "To": "Éloïse Durand <eloise@asso.example>",
        "Subject": TEXT.subject,
        "Date": "Tue, 01 Jul 2025 12:00:00 +0000",
        "Message-ID": f"<{ID}@ville.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "fr",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="=_{ID.hex}"',
    }
    assert message_id_of(ID, SENDER) == message["Message-ID"]
    assert not message.defects


def test_bodies_arrive_as_they_were_written() -> None:
    plain, html = read(mail()).iter_parts()
    assert (plain.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert cast("EmailMessage", plain).get_content().replace("\r\n", "\n") == TEXT.plain
    assert cast("EmailMessage", html).get_content().replace("\r\n", "\n") == TEXT.html


def test_lines_are_short_ascii_and_end_as_smtp_wants() -> None:
    content = mail().content
    assert content.isascii()
    assert content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_the_same_mail_twice_is_the_same_bytes() -> None:
    assert mail() == mail()


def test_a_name_cannot_add_a_header() -> None:
    message = read(mail(Correspondent("Eve\r\nBcc: all@example.org", "eve@asso.example")))
    assert message["Bcc"] is None
    assert message["To"].addresses[0].addr_spec == "eve@asso.example"


def test_a_domain_in_other_letters_travels_as_ascii() -> None:
    composed = mail(Correspondent("Zoé", "zoe@forêt.example"))
    assert composed.recipient == "zoe@xn--fort-ipa.example"
    assert not composed.international


def test_a_local_part_in_other_letters_needs_a_server_that_knows_it() -> None:
    composed = mail(Correspondent("Zoé", "zoé@asso.example"))
    assert composed.international
    assert "zoé@asso.example".encode() in composed.content


@pytest.mark.parametrize("email", ["a,b@asso.example", "a@", "@asso.example", "a@b@c.example", "a@b..example\n"])
def test_an_address_that_is_none_is_refused_without_being_quoted(email: str) -> None:
    with pytest.raises(AddressError) as refusal:
        mail(Correspondent("Eve", email))
    assert email.strip() not in str(refusal.value)


def test_what_comes_back_names_the_mail_and_what_people_answer_to_stays_the_same() -> None:
    bounces = Address("", addr_spec="bounces@ville.example")
    composed = compose(TEXT, to=READER, sender=SENDER, follow_up_id=ID, at=NOON, bounces=bounces)
    assert composed.sender == f"bounces+{ID.hex}@ville.example"
    assert read(composed)["From"] == "Engage Marseille <engage@ville.example>"
    assert mail().sender == "engage@ville.example"


def test_an_optional_mail_can_be_ended_by_one_click() -> None:
    url = f"https://engage.example/v1/unsubscribe/{ID}.AbCdEf"
    message = read(compose(TEXT, to=READER, sender=SENDER, follow_up_id=ID, at=NOON, unsubscribe_url=url))
    assert message["List-Unsubscribe"] == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(("language", "word"), [("fr", "RÉPÉTITION"), ("en", "REHEARSAL")])
def test_a_mail_of_a_rehearsal_says_so_first_of_all(language: Language, word: str) -> None:
    text = Text(language, "Subject", "Hello\n", "<!doctype html>\n<html><body>\n<p>Hello</p></body></html>\n")
    composed = compose(text, to=READER, sender=SENDER, follow_up_id=ID, at=NOON, rehearses=True)
    check_finished(composed.content, composed.fields)
    message = read(composed)
    assert message["X-Engage-Rehearsal"] == "true"
    plain, html = (str(part.get_content()) for part in message.iter_parts())
    assert plain.startswith(word)
    assert html.index(word) < html.index("Hello")
    assert word not in str(read(mail(text=text)).get_body())
    assert "X-Engage-Rehearsal" not in read(mail(text=text))
