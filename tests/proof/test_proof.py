"""An edition in which every step that a person takes is taken in a browser is the same as through raw events.

`ENGAGE_PROOF=whole` plays 150 applications, 30 needs and 25 mentors over three years; without it a small one.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Final, get_args

import pytest

from tests.proof.acts import Act
from tests.proof.comparing import differences
from tests.proof.edition import SMALL, WHOLE
from tests.proof.proof import COMPARED, Played, in_a_browser, through_events

_IS_WHOLE: Final = os.environ.get("ENGAGE_PROOF") == "whole"

pytestmark = pytest.mark.timeout(3 * 3600 if _IS_WHOLE else 1800)


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> tuple[Played, Played]:
    """The edition in a browser, and then through raw events; what came of each stays in a directory of its own."""
    size, directory = WHOLE if _IS_WHOLE else SMALL, tmp_path_factory.mktemp("proof")
    # In a thread of its own: the fixtures of other pages' tests keep a loop in this one.
    with ThreadPoolExecutor(1) as beside:
        browser = beside.submit(asyncio.run, in_a_browser(size, directory / "browser")).result()
        browser.write(directory / "browser")
        print(browser.summed_up("in a browser"), flush=True)
        raw = beside.submit(asyncio.run, through_events(size, directory / "raw", browser.said)).result()
        raw.write(directory / "raw")
        print(raw.summed_up("through events"), flush=True)
    return browser, raw


@pytest.mark.parametrize("what", COMPARED)
def test_both_are_the_same_byte_for_byte(plays: tuple[Played, Played], what: str) -> None:
    browser, raw = (getattr(played, what) for played in plays)
    assert differences(browser, raw)[:20] == []
    assert browser == raw
    assert browser or what == "missed"


def test_nothing_went_wrong_on_the_way(plays: tuple[Played, Played]) -> None:
    assert [played.complaints[:20] for played in plays] == [[], []]


def test_everybody_has_done_whatever_there_is_to_do(plays: tuple[Played, Played]) -> None:
    assert {act.__name__ for act in get_args(Act)} == set(plays[0].kinds)
