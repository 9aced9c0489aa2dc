"""Events that the journal has emptied are whole again for who reads them anew, and name nobody."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from contracts.catalogue import TOPICS
from contracts.codec import decode, encode
from contracts.event import Event
from contracts.message import EventData
from contracts.topic import Topic
from deploy.restores.emptied import UNKNOWN, with_marks
from services.journal.book import ERASED_FIELDS
from tests.events import event_of, example

MARK = "(mark)"
EMPTIED = [
    (topic, model)
    for topic in TOPICS
    if "journal" in topic.consumers
    for model in topic.events
    if not model.model_fields.keys().isdisjoint(ERASED_FIELDS)
]


@pytest.mark.parametrize(("topic", "model"), EMPTIED, ids=[model.__name__ for _, model in EMPTIED])
def test_every_event_keeps_its_contract(topic: Topic, model: type[EventData]) -> None:
    data: EventData = example(model)
    record = encode(event_of(data))
    before: dict[str, Any] = orjson.loads(record.value or b"")
    kept = {name: value for name, value in before.items() if name not in ERASED_FIELDS}
    filled = with_marks(model, kept, MARK)
    again = decode(topic, record.key, orjson.dumps(filled), record.headers)
    assert isinstance(again, Event)
    for name in type(again.data).model_fields.keys() - set(ERASED_FIELDS):
        assert getattr(again.data, name) == getattr(data, name)
    emptied = {name: value for name, value in filled.items() if name in ERASED_FIELDS}
    assert set(texts(emptied)) <= {MARK, UNKNOWN}, "whatever was said there is gone"


def test_what_is_there_stays() -> None:
    topic, model = EMPTIED[0]
    said = orjson.loads(encode(event_of(example(model))).value or b"")
    assert topic.name == "applications.v1"
    assert with_marks(model, said, MARK) == said


def texts(said: object) -> list[str]:
    """All texts in some JSON."""
    if isinstance(said, dict):
        return [text for value in said.values() for text in texts(value)]
    if isinstance(said, list):
        return [text for value in said for text in texts(value)]
    return [said] if isinstance(said, str) else []
