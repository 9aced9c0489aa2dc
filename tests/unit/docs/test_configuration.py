"""The page of settings is the code's own."""

from __future__ import annotations

import pytest

from deploy import configuration


def test_the_page_is_fresh() -> None:
    text = configuration.PAGE.read_text(encoding="utf-8")
    assert configuration.page(text) == text, "run `make configuration`"


def test_the_table_of_a_programmes_files_is_fresh() -> None:
    text = configuration.FILES_PAGE.read_text(encoding="utf-8")
    assert configuration.files_page(text) == text, "run `make configuration`"


def test_every_setting_says_what_it_is() -> None:
    assert [setting.name for setting in configuration.settings() if not setting.description] == []


def test_a_setting_stands_there_with_its_default_its_bounds_and_its_words() -> None:
    found = {setting.name: setting for setting in configuration.settings()}
    assert found["ENGAGE_DATABASE_URL"].default == "required"
    assert found["ENGAGE_DATABASE_CONNECTIONS"][2:4] == ("`4`", "2 to 100")
    assert found["ENGAGE_LOG_LEVEL"].values == "`debug`, `info`, `warning`, `error`"
    assert found["ENGAGE_MAIL_PAUSED"].default == "`false`"
    assert found["ENGAGE_LINK_KEY"][2:4] == ("none", "secret")


def test_what_only_one_service_reads_is_told_apart() -> None:
    readers = {setting.name: setting.reader for setting in configuration.settings()}
    assert readers["ENGAGE_KAFKA_BOOTSTRAP_SERVERS"] == "Every service"
    assert readers["ENGAGE_DOOR_SECRETS"] == "Only intake"
    assert readers["ENGAGE_SMTP_URL"] == "Only notifications"
    assert readers["ENGAGE_KAFKA_REPLICATION"] == "The command line"


def test_a_page_without_the_marks_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="needs the lines"):
        configuration.page("# Configure\n")
