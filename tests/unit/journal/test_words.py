"""Every event and every state has words in both languages, and names fields that there are."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from contracts.catalogue import topics_read_by
from contracts.message import EventData
from contracts.states import (
    ApplicationState,
    AssignmentState,
    ClearanceState,
    FollowUpState,
    IntroductionState,
    NeedState,
    ObstacleState,
    PairState,
)
from services.journal.journeys.lists import LISTS
from services.journal.journeys.mails import mail_words
from services.journal.journeys.words import WORDS, Words
from services.journal.kinds import KINDS
from services.notifications.kinds import KINDS as KINDS_OF_MAIL
from tests.events import example

EVENTS = [event for topic in topics_read_by("journal") for event in topic.events]


def name_of(event: type[EventData]) -> str:
    return event.event_type.removeprefix("engage.").rpartition(".")[0]


@pytest.mark.parametrize("event", {name_of(event): event for event in EVENTS}.values(), ids=name_of)
def test_every_event_is_said_with_its_values(event: type[EventData]) -> None:
    data = example(event).model_dump(mode="json")
    said = WORDS.event(event.event_type, None, data)
    assert name_of(event) in WORDS.events
    for words in (said.fr, said.en):
        assert "{" not in words
    for sentence in (WORDS.events[name_of(event)].fr, WORDS.events[name_of(event)].en):
        for path in re.findall(r"\{([a-z_.]+)\}", sentence):
            assert has_field(event, path), path


def has_field(model: type[BaseModel], path: str) -> bool:
    first, _, rest = path.partition(".")
    if first not in model.model_fields:
        return False
    return not rest or has_field(model.model_fields[first].annotation, rest)  # type: ignore[arg-type]


def test_no_words_are_of_events_that_there_are_not() -> None:
    assert WORDS.events.keys() == {name_of(event) for event in EVENTS}


@pytest.mark.parametrize(
    ("kind", "states"),
    [
        ("application", get_args(ApplicationState)),
        ("assignment", get_args(AssignmentState)),
        ("need", get_args(NeedState)),
        ("pair", get_args(PairState)),
        ("obstacle", get_args(ObstacleState)),
        ("clearance", get_args(ClearanceState)),
        ("introduction", get_args(IntroductionState)),
        ("follow-up", get_args(FollowUpState)),
    ],
)
def test_every_state_has_words_and_no_other(kind: str, states: tuple[str, ...]) -> None:
    assert WORDS.states[kind].keys() == set(states)


def test_until_names_a_fact_that_is_kept() -> None:
    for kind, states in WORDS.states.items():
        for words in states.values():
            assert words.until is None or words.until in KINDS.kinds[kind].facts


def test_every_kind_has_words() -> None:
    assert KINDS.kinds.keys() - {"matter"} == WORDS.kinds.keys()


def test_what_nobody_has_words_for_is_shown_as_it_is() -> None:
    said: dict[str, Any] = {}
    assert WORDS.event("engage.weather.observed.v1", None, said).fr == "weather.observed"
    assert WORDS.event("odd", None, said).en == "odd"
    assert WORDS.state("pair", "dancing").en == "dancing"
    assert WORDS.event("engage.pair.activated.v1", "pair", {}).en == "Pair active, until —"


def test_lists_show_facts_that_are_kept() -> None:
    joined = {"story_id", "organisation", "title", "need_id", "mentor_id", "need", "assignment", "pair"}
    joined |= {"proposed", "confirmed", "owner_id", "deputy_id", "undecided"}
    joined |= {"active", "offered", "over", "meetings", "clearances", "series"}
    for name, shown in LISTS.lists.items():
        kept = KINDS.kinds[name.removesuffix("s")].facts.keys() | joined
        assert {*shown.columns, *shown.facts} <= kept, name


def test_kinds_of_mail_have_the_programmes_names() -> None:
    for kind in KINDS_OF_MAIL.all:
        assert mail_words(kind.kind) == Words(fr=kind.fr, en=kind.en)
    assert mail_words("of-an-earlier-programme") == Words(fr="of-an-earlier-programme", en="of-an-earlier-programme")
