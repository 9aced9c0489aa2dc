"""The checker of faults says of a word that had no effect why it was refused, where it was."""

from __future__ import annotations

import json
from collections import Counter

from tests.faults.evidence import Found
from tests.faults.refusals import refusals
from tests.faults.verdict import Verdict, compare


def refused(kind: str, code: str, **about: str | None) -> Found:
    value = json.dumps({**about, "reasons": [{"code": code}]}).encode()
    return Found("assignments.v1", 0, 0, "a", {"ce_type": f"engage.{kind}.v1"}, value)


def test_a_loss_says_why_its_word_was_refused() -> None:
    events = [
        refused("assignment.decision-refused", "already-released", assignment_id="a"),
        refused("obstacle.update-refused", "assignment-released", assignment_id="b", obstacle_id="o"),
        refused("support.update-refused", "assignment-released", assignment_id="c", introduction_id=None),
    ]
    verdict = Verdict()
    compare("answer", Counter("abo"), Counter("b"), verdict, refusals(events))
    assert [it.text for it in verdict.violations] == [
        "answer a: 0 instead of 1, refused as already-released",
        "answer o: 0 instead of 1, refused as assignment-released",
    ]
    assert "c" in refusals(events)
