"""How a service says who it is to Kafka, and what it says of settings that do not go together."""

from __future__ import annotations

from pathlib import Path

import pytest

from libraries.chassis.kafka import KafkaSettings
from libraries.chassis.settings import SettingsError, read_settings


def read(monkeypatch: pytest.MonkeyPatch, **settings: str) -> KafkaSettings:
    for name, value in {"bootstrap_servers": "127.0.0.1:1,localhost:2", **settings}.items():
        monkeypatch.setenv(f"ENGAGE_KAFKA_{name.upper()}", value)
    return read_settings(KafkaSettings)


def test_without_security_only_addresses_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch).cluster.options == {"bootstrap_servers": "127.0.0.1:1,localhost:2"}


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_a_user_is_passed_on_as_the_listener_wants_it(
    monkeypatch: pytest.MonkeyPatch, protocol: str, mechanism: str
) -> None:
    settings = read(
        monkeypatch, security_protocol=protocol, sasl_mechanism=mechanism, username="engage-intake", password="hush"
    )
    options = settings.cluster.options
    assert (options["security_protocol"], options["sasl_mechanism"]) == (protocol, mechanism)
    assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("engage-intake", "hush")
    assert (options["ssl_context"] is not None) == (protocol == "SASL_SSL")
    assert "hush" not in repr(settings)


def test_encryption_alone_needs_no_user(monkeypatch: pytest.MonkeyPatch) -> None:
    options = read(monkeypatch, security_protocol="SSL").cluster.options
    assert options["security_protocol"] == "SSL"
    assert options["ssl_context"] is not None


@pytest.mark.parametrize("given", [{}, {"username": "engage-intake"}, {"password": "hush"}])
def test_a_user_must_be_whole(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> None:
    with pytest.raises(
        SettingsError, match=r"ENGAGE_KAFKA_PASSWORD: .*must be set, as ENGAGE_KAFKA_USERNAME must"
    ) as caught:
        read(monkeypatch, security_protocol="SASL_SSL", **given)
    assert "hush" not in str(caught.value)


def test_a_missing_authority_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="ENGAGE_KAFKA_CA_FILE"):
        read(monkeypatch, security_protocol="SSL", ca_file=str(tmp_path / "nothing.pem"))
