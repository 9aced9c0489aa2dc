"""Mails that are signed: the signature holds as DKIM has it, and breaks with what it covers."""

from __future__ import annotations

from datetime import UTC, datetime
from email.headerregistry import Address
from pathlib import Path
from uuid import UUID

import dkim
import pytest

from libraries.chassis.settings import SettingsError, read_settings
from services.notifications.mails.bodies import Text
from services.notifications.mails.composing import Mail, compose
from services.notifications.mails.signing import Signer
from services.notifications.people import Correspondent
from services.notifications.settings import MailSettings
from tests.tools import program, run

SENDER = Address("Engage", addr_spec="engage@ville.example")


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dkim") / "key.pem"
    openssl = program("openssl", "install openssl")
    assert run([openssl, "genrsa", "-out", path, "2048"], directory=path.parent).returncode == 0
    return path


def public_record(key_file: Path) -> bytes:
    """What the DNS has under the selector."""
    openssl = program("openssl", "install openssl")
    lines = run([openssl, "rsa", "-in", key_file, "-pubout"], directory=key_file.parent).stdout.splitlines()
    return f"v=DKIM1; k=rsa; p={''.join(line for line in lines if not line.startswith('-'))}".encode()


def mail() -> Mail:
    text = Text("fr", "Votre candidature : reçue", "Bonjour,\n\nc’est fait.\n", "<p>Bonjour, c’est fait.</p>\n")
    url = "https://engage.example/v1/unsubscribe/x"
    return compose(
        text,
        to=Correspondent("Éloïse", "eloise@asso.example"),
        sender=SENDER,
        follow_up_id=UUID(int=7),
        at=datetime(2025, 3, 3, tzinfo=UTC),
        unsubscribe_url=url,
    )


def holds(content: bytes, record: bytes) -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes | None:
        return record if name == b"spring._domainkey.ville.example." else None

    try:
        return bool(dkim.verify(content, dnsfunc=dns))
    except dkim.DKIMException:
        return False


def test_a_signature_holds_until_anything_that_it_covers_changes(key_file: Path) -> None:
    signer, record = Signer(key_file.read_bytes(), selector="spring", domain="ville.example"), public_record(key_file)
    signed = signer.sign(mail()).content
    assert holds(signed, record)
    assert not holds(signed.replace(b"fait", b"dit "), record)
    for header in (b"From", b"To", b"Subject", b"List-Unsubscribe", b"List-Unsubscribe-Post"):
        assert not holds(signed.replace(b"\r\n" + header + b": ", b"\r\n" + header + b": other", 1), record), header
        added = signed.replace(b"\r\nMIME-Version", b"\r\n" + header + b": x@y.example\r\nMIME-Version", 1)
        assert not holds(added, record), f"another {header!r} was added"


def environment(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in {"SMTP_URL": "smtp://127.0.0.1:25", "MAIL_FROM": "E <e@ville.example>", **settings}.items():
        monkeypatch.setenv(f"ENGAGE_{name}", value)


def test_the_settings_give_what_signs(key_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, DKIM_KEY_FILE=str(key_file), DKIM_SELECTOR="spring")
    signer = read_settings(MailSettings).signer
    assert signer is not None
    assert holds(signer.sign(mail()).content, public_record(key_file))


def test_without_a_key_nothing_is_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch)
    assert read_settings(MailSettings).signer is None


@pytest.mark.parametrize("content", [None, "", "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----\n"])
def test_a_key_that_is_none_is_named_and_never_shown(
    content: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key.pem"
    if content is not None:
        path.write_text(content)
    environment(monkeypatch, DKIM_KEY_FILE=str(path), DKIM_SELECTOR="spring")
    with pytest.raises(SettingsError, match=r"ENGAGE_DKIM_KEY_FILE: .*key\.pem holds no RSA private key") as raised:
        read_settings(MailSettings)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("setting", [{"DKIM_KEY_FILE": "key.pem"}, {"DKIM_SELECTOR": "spring"}])
def test_a_key_and_its_selector_go_together(setting: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    environment(monkeypatch, **setting)
    with pytest.raises(SettingsError, match="give both, or neither"):
        read_settings(MailSettings)
