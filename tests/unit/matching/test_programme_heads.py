"""Who heads the programme comes from the environment, and is checked before anything is decided."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

import pytest

from libraries.chassis.settings import SettingsError
from libraries.chassis.store import Connection
from services.matching.app import SERVICE, store_from_environment
from services.matching.settings.deciding import programme_heads
from tests.forms import identifier


@pytest.fixture(autouse=True)
def _read_anew() -> Iterator[None]:
    programme_heads.cache_clear()
    yield
    programme_heads.cache_clear()


def test_there_are_none_unless_a_setting_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENGAGE_PROGRAMME_HEADS", raising=False)
    assert store_from_environment(cast("Connection", None)).pool.people.heads == frozenset()


def test_handlers_know_them_by_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    head = identifier("head")
    monkeypatch.setenv("ENGAGE_PROGRAMME_HEADS", f'["{head}"]')
    assert store_from_environment(cast("Connection", None)).pool.people.heads == {head}


@pytest.mark.parametrize("wrong", ['["nobody"]', '"one"'])
def test_a_wrong_one_keeps_the_service_from_starting(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("ENGAGE_PROGRAMME_HEADS", wrong)
    duty, _ = SERVICE.duties
    with pytest.raises(SettingsError, match=r"ENGAGE_PROGRAMME_HEADS.*person ids"):
        duty()
