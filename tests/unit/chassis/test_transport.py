"""What goes to another machine is verified unless a setting says in so many words that it need not be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic_settings import BaseSettings

from libraries.chassis.kafka import KafkaSettings
from libraries.chassis.postgresql import DatabaseSettings
from libraries.chassis.settings import SettingsError, read_settings
from libraries.chassis.transport import is_on_this_machine
from services.intake.door.settings import DoorSettings
from services.notifications.links import LinkSettings
from services.notifications.settings import MailSettings

PASSWORD = "hush-hush-hush-hush"


def read(monkeypatch: pytest.MonkeyPatch, kind: type[BaseSettings], **settings: str) -> Any:
    for name, value in settings.items():
        monkeypatch.setenv(f"ENGAGE_{name.upper()}", value)
    return read_settings(kind)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.9.10", "::1", "[::1]", "localhost", "LOCALHOST", "/run/postgresql"]
)
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert is_on_this_machine(host)


@pytest.mark.parametrize("host", ["10.0.0.1", "::2", "localhost.example", "kafka", "127.0.0.1.example", "", "0.0.0.0"])
def test_all_else_is_another_machine(host: str) -> None:
    assert not is_on_this_machine(host)


@pytest.mark.parametrize(
    ("url", "verified"),
    [
        ("postgresql://engage@db.example/engage", True),
        ("postgresql://engage@127.0.0.1:5433/engage", False),
        ("postgresql://engage@localhost/engage?host=/run/postgresql", False),
        ("postgresql://engage@127.0.0.1,db.example/engage", True),
        ("postgresql://engage@127.0.0.1/engage?host=db.example", True),
    ],
)
def test_postgresql_on_another_machine_is_verified(monkeypatch: pytest.MonkeyPatch, url: str, verified: bool) -> None:
    assert (read(monkeypatch, DatabaseSettings, database_url=url).database.tls is not None) == verified
    off = read(monkeypatch, DatabaseSettings, database_url=url, database_tls="off").database
    assert off.options["ssl"] is False, "asyncpg would otherwise take what it is offered, unverified"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"database_url": "postgresql://a@db/b?sslmode=disable"}, "ENGAGE_DATABASE_URL: must not say sslmode"),
        ({"database_url": "postgresql:///b"}, "ENGAGE_DATABASE_URL: .*empty host"),
        ({"database_url": "postgresql://a@db/b", "database_tls": "prefer"}, "ENGAGE_DATABASE_TLS"),
        ({"database_url": "postgresql://a@db/b", "database_ca_file": __file__}, "ENGAGE_DATABASE_CA_FILE"),
    ],
)
def test_a_database_that_is_said_wrongly_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        read(monkeypatch, DatabaseSettings, **settings)


@pytest.mark.parametrize("protocol", ["PLAINTEXT", "SASL_PLAINTEXT"])
def test_kafka_on_another_machine_is_not_reached_in_the_clear(monkeypatch: pytest.MonkeyPatch, protocol: str) -> None:
    user = {"kafka_username": "engage", "kafka_password": PASSWORD}
    settings = {"kafka_bootstrap_servers": "127.0.0.1:1,kafka:9092", "kafka_security_protocol": protocol, **user}
    with pytest.raises(SettingsError, match=f"ENGAGE_KAFKA_SECURITY_PROTOCOL: {protocol} .*ENGAGE_KAFKA_TLS=off"):
        read(monkeypatch, KafkaSettings, **settings)
    assert read(monkeypatch, KafkaSettings, **settings, kafka_tls="off").cluster


def test_a_password_for_kafka_never_goes_to_another_machine_in_the_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {
        "kafka_security_protocol": "SASL_PLAINTEXT",
        "kafka_sasl_mechanism": "PLAIN",
        "kafka_username": "engage",
        "kafka_password": PASSWORD,
        "kafka_tls": "off",
    }
    with pytest.raises(SettingsError, match="would send the password in the clear") as caught:
        read(monkeypatch, KafkaSettings, kafka_bootstrap_servers="kafka:9092", **settings)
    assert PASSWORD not in str(caught.value)
    assert read(monkeypatch, KafkaSettings, kafka_bootstrap_servers="127.0.0.1:9092", **settings).cluster


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"kafka_security_protocol": "SSL", "kafka_certificate_file": __file__}, "ENGAGE_KAFKA_KEY_FILE: give both"),
        ({"kafka_certificate_file": __file__, "kafka_key_file": __file__}, "is of no use but with SSL"),
        (
            {"kafka_security_protocol": "SSL", "kafka_certificate_file": __file__, "kafka_key_file": __file__},
            "do not belong together",
        ),
    ],
)
def test_a_certificate_that_can_not_be_shown_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], says: str
) -> None:
    with pytest.raises(SettingsError, match=says):
        read(monkeypatch, KafkaSettings, kafka_bootstrap_servers="127.0.0.1:1", **settings)


@pytest.mark.parametrize(
    ("url", "said", "tls"),
    [
        ("smtp://mail.example", {}, "verify"),
        ("smtp://127.0.0.1", {}, None),
        ("smtp://127.0.0.1", {"smtp_tls": "verify"}, "verify"),
        ("smtp://mail.example", {"smtp_tls": "off"}, "off"),
    ],
)
def test_mail_for_another_machine_is_encrypted(
    monkeypatch: pytest.MonkeyPatch, url: str, said: dict[str, str], tls: str | None
) -> None:
    assert read(monkeypatch, MailSettings, smtp_url=url, **said).server.tls == tls


@pytest.mark.parametrize("url", ["smtp://me:hush@mail.example", "smtps://mail.example"])
def test_mail_with_a_password_is_never_in_the_clear(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    with pytest.raises(SettingsError, match="ENGAGE_SMTP_TLS: can't be off") as caught:
        read(monkeypatch, MailSettings, smtp_url=url, smtp_tls="off")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "name", "others"),
    [
        (DatabaseSettings, "database_url", {}),
        (DatabaseSettings, "database_password", {"database_url": "postgresql://a@127.0.0.1/b"}),
        (KafkaSettings, "kafka_password", {"kafka_bootstrap_servers": "127.0.0.1:1"}),
        (KafkaSettings, "kafka_key_password", {"kafka_bootstrap_servers": "127.0.0.1:1"}),
        (MailSettings, "smtp_url", {}),
        (LinkSettings, "link_key", {"public_url": "https://engage.example"}),
        (DoorSettings, "door_secrets", {}),
    ],
)
def test_every_secret_can_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: type[BaseSettings], name: str, others: dict[str, str]
) -> None:
    values = {
        "database_url": "postgresql://engage:hush@127.0.0.1/engage",
        "smtp_url": "smtp://me:hush@127.0.0.1",
        "door_secrets": '{"city-form": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]}',
    }
    file = tmp_path / "secret"
    file.write_text(values.get(name, PASSWORD) + "\n")
    monkeypatch.delenv(f"ENGAGE_{name.upper()}", raising=False)
    given = getattr(read(monkeypatch, kind, **others, **{f"{name}_file": str(file)}), name)
    monkeypatch.delenv(f"ENGAGE_{name.upper()}_FILE")
    assert given == getattr(read(monkeypatch, kind, **others, **{name: values.get(name, PASSWORD)}), name)


def test_a_file_that_can_not_be_used_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"ENGAGE_LINK_KEY_FILE: .* can't be read \(FileNotFoundError\)"):
        read(monkeypatch, LinkSettings, public_url="https://engage.example", link_key_file=str(tmp_path / "none"))
    with pytest.raises(SettingsError, match="ENGAGE_LINK_KEY, ENGAGE_LINK_KEY_FILE: give one of them"):
        read(monkeypatch, LinkSettings, link_key=PASSWORD)


def test_what_is_no_json_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="ENGAGE_DOOR_SECRETS: is no JSON") as caught:
        read(monkeypatch, DoorSettings, door_secrets=PASSWORD)
    assert PASSWORD not in str(caught.value)
