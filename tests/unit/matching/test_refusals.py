"""Decisions: which are refused, and in which words."""

from __future__ import annotations

from typing import get_args

import pytest

from contracts.states import AssignmentState
from services.matching.codes import RefusalCode
from services.matching.flows.refusals import refusal_code
from services.matching.settings.texts import refusal
from tests.unit.matching.events import decided, need_id

SOMETHING = need_id("any id")


@pytest.mark.parametrize("state", ["confirmed", "declined", "released"])
@pytest.mark.parametrize("decision", ["confirm", "decline"])
def test_only_a_proposal_can_be_decided(state: AssignmentState, decision: str) -> None:
    assert refusal_code(state, decided(SOMETHING, decision, "off-topic")) == f"already-{state}"


def test_a_decline_needs_a_reason() -> None:
    assert refusal_code("proposed", decided(SOMETHING, "decline")) == "reason-required"
    assert refusal_code("proposed", decided(SOMETHING, "confirm")) is None


def test_a_decline_with_a_reason_is_allowed() -> None:
    assert refusal_code("proposed", decided(SOMETHING, "decline", "off-topic")) is None


@pytest.mark.parametrize("code", get_args(RefusalCode))
def test_every_refusal_has_words_in_both_languages(code: RefusalCode) -> None:
    reason = refusal(code)
    assert reason.code == code
    assert reason.fr.endswith(".")
    assert reason.en.endswith(".")
    assert reason.fr != reason.en
