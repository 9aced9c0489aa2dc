"""Which refused words the restore drill takes for overtaken, and which it takes for lost."""

from __future__ import annotations

import json
from itertools import count

import pytest

from tests.faults.evidence import TOPICS, Found
from tests.restores.forgotten import Place, place_of
from tests.restores.overtaken import overtaken

_OFFSETS = count()
THEIRS, ANOTHER = "an assignment", "another one"


def said(kind: str, *, topic: str = "assignments.v1", name: str = "", cause: str = "", **data: str) -> Found:
    headers = {"ce_type": f"engage.{kind}.v1", "ce_id": name or f"{kind} of {cause}", "ce_causationid": cause}
    value = {"assignment_id": THEIRS, **data}
    return Found(topic, 0, next(_OFFSETS), value["assignment_id"], headers, json.dumps(value).encode())


def released(reason: str = "withdrawn", assignment_id: str = THEIRS) -> Found:
    return said("assignment.released", cause="its withdrawal", reason=reason, assignment_id=assignment_id)


WORD = said("assignment.decided", topic="forms.decisions.v1", name="yes")
REPORT = said("obstacle.reported", topic="forms.reports.v1", name="no room")
CONFIRMED = said("assignment.confirmed", cause="yes")
OPENED = said("obstacle.opened", topic="pairs.v1", cause="no room")
REFUSED = said("assignment.decision-refused", cause="yes")
NOT_OPENED = said("obstacle.update-refused", topic="pairs.v1", cause="no room")


@pytest.mark.parametrize(
    ("before", "since", "wanted"),
    [
        ([CONFIRMED, released()], [released(), REFUSED], [WORD]),
        ([OPENED, released()], [released(), NOT_OPENED], [REPORT]),
        ([CONFIRMED, OPENED, released()], [released(), REFUSED, NOT_OPENED], [WORD, REPORT]),
        ([CONFIRMED, released()], [CONFIRMED, released()], []),
        ([CONFIRMED, released()], [released()], []),
        ([CONFIRMED, released()], [REFUSED], []),
        ([CONFIRMED], [released(), REFUSED], []),
        ([CONFIRMED], [released("better-for-all"), REFUSED], [WORD]),
        ([CONFIRMED, released()], [released("need-closed"), REFUSED], []),
        ([CONFIRMED, released()], [released(assignment_id=ANOTHER), REFUSED], []),
        ([REFUSED, released()], [released(), REFUSED], []),
    ],
    ids=[
        "a confirmation",
        "a report",
        "both",
        "it is followed again",
        "nothing is said of it",
        "its assignment goes on",
        "its assignment went on",
        "the optimum let it go",
        "another decision had it end",
        "another assignment was released",
        "it was refused before",
    ],
)
def test_a_word_is_overtaken_where_it_is_refused_for_what_came_after_it(
    before: list[Found], since: list[Found], wanted: list[Found]
) -> None:
    topics: dict[str, list[Found]] = {topic: [] for topic in TOPICS}
    records = [[_at_a_place_of_its_own(it) for it in some] for some in (before, since)]
    for it in (WORD, REPORT, *records[0], *records[1]):
        topics[it.topic].append(it)
    forgotten: set[Place] = {place_of(it) for it in records[0]}
    assert overtaken(topics, forgotten) == wanted


def _at_a_place_of_its_own(it: Found) -> Found:
    return Found(it.topic, 0, next(_OFFSETS), it.key, it.headers, it.value)
