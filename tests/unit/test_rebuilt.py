"""What the checker of faults allows an intake that was built anew to say again, and what it does not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.faults.evidence import Found
from tests.faults.rebuilt import (
    check_versions_of_applications,
    ends_later,
    newest,
    once_each,
    says_the_same,
    withdrawals,
)
from tests.faults.verdict import Verdict

LEAD = "a lead"
NUMBER = {"ce_sequence": "forms.applications.v1/0:0000000000000001"}
WORDS: dict[str, Any] = {"organisation": {"name": "Les Jardins", "identified_by": "siren"}, "project_title": "Potager"}
EMPTY: dict[str, Any] = {"organisation": {"name": "(effacé)", "identified_by": "siren"}, "project_title": "(effacé)"}


def said(kind: str, version: int = 1, *, topic: str = "applications.v1", numbered: bool = True, **data: Any) -> Found:
    headers = {"ce_type": f"engage.{kind}.v1", **(NUMBER if numbered else {})}
    value = {"lead_id": LEAD, "version": version, "to": kind.partition(".")[2], **data}
    return Found(topic, 0, 0, "k", headers, json.dumps(value).encode())


@pytest.mark.parametrize(
    ("again", "allowed"),
    [
        (said("application.registered", **WORDS), True),
        (said("application.registered", **EMPTY), True),
        (said("application.registered", 2, **EMPTY), False),
        (said("application.registered", **{**EMPTY, "to": "rejected"}), False),
        (said("application.registered", numbered=False, **EMPTY), False),
        (said("application.registered", topic="pairs.v1", **EMPTY), False),
    ],
)
def test_an_event_said_again_lacks_at_most_the_words_of_who_was_forgotten(again: Found, allowed: bool) -> None:
    first = said("application.registered", **WORDS)
    assert says_the_same(first, again, {LEAD}) == says_the_same(again, first, {LEAD}) == allowed
    assert says_the_same(first, again, frozenset()) == (first == again), "of others nothing is missing"


R, A, F, W = "registered", "amended", "flagged", "withdrawn"


@pytest.mark.parametrize(
    ("told", "late", "wrong"),
    [
        ([(R, 1), (F, 1), (A, 2), (W, 3)], False, []),
        ([(R, 1), (W, 2), (A, 2), (W, 3)], False, []),
        ([(R, 1), (A, 2), (W, 3), (W, 2), (F, 1)], True, []),
        ([(R, 1), (A, 3)], False, ["disorder"]),
        ([(R, 1), (A, 2), (A, 2)], False, ["disorder"]),
        ([(R, 1), (F, 2)], False, ["double"]),
        ([(R, 1), (A, 2), (W, 2)], False, ["loss"]),
        ([(R, 1), (W, 3)], False, ["loss"]),
    ],
)
def test_forms_count_the_versions(told: Sequence[tuple[str, int]], late: bool, wrong: list[str]) -> None:
    events = [said(f"application.{kind}", version) for kind, version in told]
    for rebuilds in (0, 1):
        verdict = Verdict()
        check_versions_of_applications(events, rebuilds, verdict)
        assert [it.sort for it in verdict.violations] == (["disorder"] if late and not rebuilds else wrong)


def test_the_highest_version_counts_and_of_two_words_on_it_the_later() -> None:
    events = [said(f"application.{kind}", version) for kind, version in ((R, 1), (W, 2), (A, 2), (W, 3), (W, 2))]
    assert [(it["to"], it["version"]) for it in newest(events).values()] == [(W, 3)]
    assert [(it["to"], it["version"]) for it in newest(events[:3]).values()] == [(A, 2)]


def test_a_withdrawal_is_one_with_and_without_words_and_an_end_however_often_it_comes() -> None:
    by_form = [said("application.withdrawn", 2, **words) for words in (WORDS, EMPTY)]
    assert withdrawals(by_form, frozenset()) == {"k": 1}
    ends = [said("application.withdrawn", version) for version in (2, 3)]
    assert withdrawals(ends, frozenset()) == {"k": 2}
    assert withdrawals(ends, {"k"}) == {"k": 1}


def test_intake_speaks_once_more_on_a_request_for_each_time_that_it_was_built_anew() -> None:
    words = [said("person.forgotten", requested_at="then", removed=number) for number in range(2)]
    for rebuilds, wrong in ((0, 1), (1, 0)):
        verdict = Verdict()
        assert once_each(words, rebuilds, verdict) == words[:1]
        assert len(verdict.violations) == wrong
    assert len(once_each([*words, said("person.forgotten", requested_at="again")], 1, Verdict())) == 2


def test_a_contact_out_of_order_is_one_that_ends_later() -> None:
    def record(offset: int, value: bytes, key: str = "k") -> Found:
        return Found("contacts.v1", 0, offset, key, {}, value)

    contact = record(1, b"{}")
    assert ends_later(contact, [record(0, b""), contact, record(2, b"")])
    assert not ends_later(contact, [record(0, b""), contact, record(2, b"", "another"), record(3, b"{}")])
