"""A missing or wrong setting is named with what it should be, and nothing secret is quoted."""

from __future__ import annotations

import pytest

from libraries.chassis.settings import Settings, SettingsError, read_settings


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGE_KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setenv("ENGAGE_DATABASE_URL", "postgresql://engage:secret@db/engage")
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings)
    assert str(caught.value).startswith("ENGAGE_KAFKA_BOOTSTRAP_SERVERS: is not set (should be: Kafka's addresses")


def test_a_wrong_setting_is_named_and_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:9092")
    monkeypatch.setenv("ENGAGE_DATABASE_URL", "mysql://engage:secret@db/engage")
    monkeypatch.setenv("ENGAGE_BATCH_RECORDS", "0")
    with pytest.raises(SettingsError) as caught:
        read_settings(Settings)
    lines = str(caught.value).splitlines()
    assert [line.split(":")[0] for line in lines] == ["ENGAGE_DATABASE_URL", "ENGAGE_BATCH_RECORDS"]
    assert "secret" not in str(caught.value)


def test_right_settings_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENGAGE_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1,localhost:2")
    monkeypatch.setenv("ENGAGE_DATABASE_URL", "postgresql://engage@db/engage")
    monkeypatch.setenv("ENGAGE_BATCH_RECORDS", "200")
    settings = read_settings(Settings)
    assert settings.batch_records == 200
    assert settings.kafka_bootstrap_servers == "127.0.0.1:1,localhost:2"
