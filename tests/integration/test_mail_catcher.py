"""The mail catcher, through SMTP and HTTP."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import aiosmtplib
import pytest

from deploy.local.mail_catcher import MailCatcher


@pytest.fixture
def mail_catcher(tmp_path: Path) -> Iterator[MailCatcher]:
    with MailCatcher(tmp_path / "mails") as catcher:
        yield catcher


def french_mail() -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Ville de Marseille <engage@marseille.example>"
    mail["To"] = "Éloïse <eloise@association.example>"
    mail["Subject"] = "Votre candidature a été reçue"
    mail["Message-ID"] = "<0190@engage.example>"
    mail["Date"] = "Thu, 27 Jun 2024 18:00:00 +0200"
    mail.set_content("Bonjour Éloïse,\nc'est noté <ici>.\n")
    mail.add_alternative("<p>Bonjour <b>Éloïse</b></p>", subtype="html")
    mail.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="invitation.ics")
    return mail


async def send(catcher: MailCatcher, mail: EmailMessage) -> None:
    await aiosmtplib.send(mail, hostname="127.0.0.1", port=urlsplit(catcher.smtp_url).port, start_tls=False)


def page(address: str) -> str:
    with urllib.request.urlopen(address) as response:
        assert response.headers["content-security-policy"].startswith("default-src 'none'")
        content: bytes = response.read()
        return content.decode()


async def test_caught_mail_is_listed_shown_and_kept_raw(mail_catcher: MailCatcher, tmp_path: Path) -> None:
    await send(mail_catcher, french_mail())
    (mail,) = mail_catcher.messages()
    assert mail == {
        "id": "00000001",
        "to": "eloise@association.example",
        "from": "Ville de Marseille <engage@marseille.example>",
        "subject": "Votre candidature a été reçue",
        "message_id": "<0190@engage.example>",
        "date": "Thu, 27 Jun 2024 18:00:00 +0200",
        "text": "Bonjour Éloïse,\nc'est noté <ici>.\n",
    }
    assert "Votre candidature a été reçue</a>" in page(f"{mail_catcher.mailbox_url}/")
    shown = page(f"{mail_catcher.mailbox_url}/mails/00000001")
    assert "c&#x27;est noté &lt;ici&gt;." in shown
    assert '<iframe sandbox title="HTML part of the mail" srcdoc="&lt;p&gt;Bonjour' in shown
    assert "invitation.ics" in shown
    raw = page(f"{mail_catcher.mailbox_url}/messages/00000001")
    assert raw.encode() == (tmp_path / "mails" / "00000001.eml").read_bytes()


async def test_emptied_mailbox_is_empty(mail_catcher: MailCatcher, tmp_path: Path) -> None:
    await send(mail_catcher, french_mail())
    mail_catcher.clear()
    assert mail_catcher.messages() == []
    assert list((tmp_path / "mails").iterdir()) == []


async def test_newest_mail_is_listed_first_on_the_page(mail_catcher: MailCatcher) -> None:
    for subject in ("first", "second"):
        mail = french_mail()
        mail.replace_header("Subject", subject)
        await send(mail_catcher, mail)
    assert [mail["subject"] for mail in mail_catcher.messages()] == ["first", "second"]
    listed = page(f"{mail_catcher.mailbox_url}/")
    assert listed.index("second</a>") < listed.index("first</a>")


def test_unknown_mail_is_not_found(mail_catcher: MailCatcher) -> None:
    for path in ("/messages/..%2Fsecret", "/mails/7", "/nowhere"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(mail_catcher.mailbox_url + path)
