"""The settings of sending."""

from __future__ import annotations

import pytest

from libraries.chassis.settings import SettingsError, read_settings
from services.notifications.settings import MailSettings, SmtpServer, parse_smtp_url


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://127.0.0.1:2525", SmtpServer("127.0.0.1", 2525)),
        ("smtp://mail.example", SmtpServer("mail.example", 25)),
        ("smtps://mail.example/", SmtpServer("mail.example", 465, implicit_tls=True)),
        ("smtp://me%40x:p%2Fw@mail.example:587", SmtpServer("mail.example", 587, False, "me@x", "p/w")),
        ("smtp://[::1]:25", SmtpServer("::1", 25)),
    ],
)
def test_an_smtp_url_names_a_server(url: str, server: SmtpServer) -> None:
    assert parse_smtp_url(url) == server


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("http://secret.example", "must begin with smtp:// or smtps://"),
        ("smtp://", "names no host"),
        ("smtp://secret.example:70000", "is no URL"),
        ("smtp://secret@mail.example", "both a user and a password"),
        ("smtp://secret.example/inbox", "must end after the port"),
    ],
)
def test_a_wrong_url_is_named_with_what_it_should_be_and_never_quoted(
    url: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", url)
    with pytest.raises(SettingsError, match="ENGAGE_SMTP_URL") as error:
        read_settings(MailSettings)
    assert problem in str(error.value)
    assert "smtp://host:port" in str(error.value)
    assert "secret" not in str(error.value)


def test_the_url_is_required_and_the_sender_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGE_SMTP_URL", raising=False)
    monkeypatch.delenv("ENGAGE_MAIL_FROM", raising=False)
    with pytest.raises(SettingsError, match="ENGAGE_SMTP_URL: is not set"):
        read_settings(MailSettings)
    monkeypatch.setenv("ENGAGE_SMTP_URL", "smtp://localhost")
    assert read_settings(MailSettings).sender.domain == "engage.example"


@pytest.mark.parametrize("sender", ["", "Engage", "a@b.example, c@d.example", "Engage <@d.example>", "é@ville.example"])
def test_a_wrong_sender_is_named(sender: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", "smtp://localhost")
    monkeypatch.setenv("ENGAGE_MAIL_FROM", sender)
    with pytest.raises(SettingsError, match="ENGAGE_MAIL_FROM"):
        read_settings(MailSettings)


def test_a_password_shows_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", "smtps://me:hush@mail.example")
    settings = read_settings(MailSettings)
    assert "hush" not in repr(settings)
    assert "hush" not in repr(settings.server)
    assert settings.server.password == "hush"


@pytest.mark.parametrize("url", ["smtp://mail.example", "smtps://me:hush@192.0.2.1", "smtp://localhost.example"])
def test_the_mail_of_a_rehearsal_never_leaves_the_machine(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", url)
    monkeypatch.setenv("ENGAGE_REHEARSAL_CLOCK", "clock.json")
    with pytest.raises(SettingsError, match="ENGAGE_SMTP_URL: must name a server on this machine"):
        read_settings(MailSettings)
    monkeypatch.setenv("ENGAGE_REHEARSAL_CLOCK", "")
    assert read_settings(MailSettings).server.host != "127.0.0.1", "an empty setting is none"


def test_a_rehearsal_may_write_to_a_catcher_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_SMTP_URL", "smtp://127.0.0.1:2525")
    monkeypatch.setenv("ENGAGE_REHEARSAL_CLOCK", "clock.json")
    assert read_settings(MailSettings).server.port == 2525
