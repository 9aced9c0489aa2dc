"""A form that takes another's name is set aside, and a file that lists sources is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.codec import Record
from libraries.chassis.settings import SettingsError
from libraries.chassis.sources import sources_of
from tests.eventually import eventually
from tests.integration.chassis.conftest import System, titled
from tests.kafka import Sending

_LIST = """
# The forms of a city.
[[sources]]
name = "urn:form:test"
events = ["engage.application.submitted.v1"]
user = "test-form"
"""


def from_source(sending: Sending, source: str) -> Sending:
    record = sending.record
    headers = [(name, source.encode() if name == "ce_source" else value) for name, value in record.headers]
    return Sending(sending.topic, Record(record.key, record.value, headers))


async def test_who_is_not_listed_and_who_says_to_be_a_service_is_set_aside(system: System, tmp_path: Path) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(_LIST, encoding="utf-8")
    await system.send(
        from_source(titled("forged"), "urn:engage:intake"),
        from_source(titled("unknown"), "urn:form:unknown"),
        titled("listed"),
    )
    async with system.running(sources_file=path):
        await eventually(lambda: _is_written(system, "listed"))
        await eventually(lambda: _are_set_aside(system, 2))
    assert await system.titles() == ["listed"]


async def test_without_a_list_any_form_may_but_no_service(system: System) -> None:
    await system.send(
        from_source(titled("forged"), "urn:engage:matching"), from_source(titled("taken"), "urn:form:any")
    )
    async with system.running():
        await eventually(lambda: _is_written(system, "taken"))
        await eventually(lambda: _are_set_aside(system, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_LIST.replace("submitted", "sumbitted"), r"sources\.toml: sources\.0: .*no form sends"),
        (_LIST.replace('user = "test-form"', ""), r"sources\.toml: sources\.0\.user: Field required"),
        ("sources =", r"sources\.toml: this is no TOML"),
    ],
)
def test_a_wrong_list_is_refused_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=said):
        sources_of(path)


def test_a_list_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        sources_of(tmp_path / "nowhere.toml")


async def _is_written(system: System, title: str) -> bool:
    return title in await system.titles()


async def _are_set_aside(system: System, count: int) -> bool:
    [[found]] = await system.fetch("SELECT count(*) FROM held_record WHERE reason = 'source'")
    return bool(found == count)
