"""Intake that is built anew reads its topics in another order, and contradicts nothing of what it has said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, Literal, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.applications import ApplicationCorrected
from contracts.erasures import ErasureRequested
from contracts.event import Event
from contracts.message import EventData
from tests.drawing import drawn
from tests.integration.intake.conftest import Connection, Published, sent, take_all
from tests.integration.intake.test_nothing_is_left import ASKED, PERSON, TABLES, applications, confirmations
from tests.unit.intake.forms import SIRET, corrected, submitted

pytestmark = pytest.mark.drawn

Said = Event[EventData]
ALL_TABLES = f"{TABLES}, organisation_key"


class Rebuild(NamedTuple):
    """What was read before the tables were lost, all in another order afterwards, and whose applications there are."""

    before: Sequence[Said]
    afterwards: Sequence[Said]
    applications: frozenset[str]


@st.composite
def rebuilds(draw: st.DrawFn) -> Rebuild:
    """Lanes that are read in two interleavings, the first of them to any point."""
    mine = draw(st.lists(applications(), min_size=1, max_size=2))
    for said in mine:
        # A correction that was sent before the form that it corrects.
        if len(said) > 1 and isinstance(said[1], ApplicationCorrected) and draw(st.booleans()):
            said[:2] = said[1::-1]
    asked = [ASKED, *draw(st.lists(st.just(ASKED + timedelta(days=30)), max_size=1))]
    requests: list[EventData] = [
        ErasureRequested(person_id=PERSON["person_id"], applications=draw(_WISHES), requested_at=at) for at in asked
    ]
    # Of the same organisation, led by somebody else: whoever is read second is flagged.
    other = submitted(organisation_changes={"siret": SIRET})
    lanes: list[list[EventData]] = [
        *mine,
        requests,
        [other, corrected(other, corrected_at=ASKED)],
        *([each] for each in confirmations()),
    ]
    events = [[sent(each) for each in lane] for lane in lanes]
    before = draw(_interleaved(events))
    cut = draw(st.integers(0, len(before)))
    keys = frozenset(each.subject for lane in (*events[: len(mine)], events[len(mine) + 1]) for each in lane)
    return Rebuild(before[:cut], draw(_interleaved(events)), keys)


_WISHES: st.SearchStrategy[Literal["go-on", "withdraw"]] = st.sampled_from(["go-on", "withdraw"])


def _interleaved(lanes: Sequence[Sequence[Said]]) -> st.SearchStrategy[list[Said]]:
    def merged(order: Sequence[int]) -> list[Said]:
        waiting = [iter(lane) for lane in lanes]
        return [next(waiting[number]) for number in order]

    return st.permutations([number for number, lane in enumerate(lanes) for _ in lane]).map(merged)


async def read(connection: Connection, said: Iterable[Said]) -> list[Published]:
    await connection.execute(f"TRUNCATE {ALL_TABLES}")
    return [each for event in said for each in await take_all(connection, event)]


def without_words(data: dict[str, Any] | None) -> object:
    """What stays of an event when its lead is forgotten."""
    if data is None or "organisation" not in data:
        return data
    kept = {name: value for name, value in data.items() if name not in _WORDS}
    kept["organisation"] = data["organisation"]["identified_by"]
    if "project" in data:
        kept["project"] = {name: value for name, value in data["project"].items() if name not in _WORDS}
    return kept


_WORDS = ("project_title", "proposed_tags", "lexicon_version", "title", "summary")


@settings(max_examples=drawn(150), deadline=None, suppress_health_check=list(HealthCheck))
@given(rebuilds())
async def test_what_it_says_again_contradicts_nothing(connection: Connection, rebuild: Rebuild) -> None:
    published = await read(connection, rebuild.before) + await read(connection, rebuild.afterwards)
    first: dict[UUID, Published] = {}
    for each in published:
        known = first.setdefault(each.id, each)
        assert (known.name, known.key, known.numbered) == (each.name, each.key, each.numbered)
        if each.numbered and each.name != "contact.published":
            assert without_words(known.data) == without_words(each.data), "the same event, but for what was forgotten"
        else:
            assert known.data == each.data, "one id says one thing"
    rows = await connection.fetch("SELECT id::text, state, version FROM application")
    assert {row["id"] for row in rows} == rebuild.applications
    for key, state, version in rows:
        # As a reader has it who drops what was seen, and as one who takes the newest version.
        told = [each.data for each in first.values() if each.key == key and each.data and "to" in each.data]
        told = [data for data in told if data["reason"] != "already-withdrawn"]
        changes = [data for data in told if "flags" not in data]
        assert changes[-1]["to"] == state
        newest = max(told, key=lambda data: int(data["version"]))
        assert (newest["to"], newest["version"]) == (state, version)
        versions = {data["version"] for data in changes}
        assert versions == set(range(1, version + 1)), "each version was said"
