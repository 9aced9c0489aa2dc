"""Every code that the contracts enumerate, or that a service says, is in words; and none that nobody says."""

from __future__ import annotations

import ast
from typing import Any, get_args

import pytest

from contracts import clearances, contest, message, needs, states, support
from libraries.vocabularies.published import OWN_CODES, vocabularies
from publication.vocabulary import vocabulary_document
from services.matching import codes
from services.mentoring.settings.rhythms import SETTINGS
from tests.unit.docs.documents import ROOT

_CONTRACTS: dict[str, Any] = {
    "tracks": message.Track,
    "coverages": needs.Coverage,
    "saliences": needs.Salience,
    "application-states": states.ApplicationState,
    "need-states": states.NeedState,
    "need-reasons": states.NeedReason,
    "assignment-states": states.AssignmentState,
    "pair-states": states.PairState,
    "clearance-states": states.ClearanceState,
    "clearance-reasons": states.ClearanceReason,
    "obstacle-states": states.ObstacleState,
    "support-action-states": states.SupportActionState,
    "introduction-states": states.IntroductionState,
    "impact-states": states.ImpactState,
    "follow-up-states": states.FollowUpState,
    "contest-decisions": contest.ContestDecision,
    "clearances": clearances.ClearanceKind,
    "partner-kinds": support.PartnerKind,
    "gates": codes.Gate,
}


@pytest.mark.parametrize("name", _CONTRACTS)
def test_what_the_contracts_enumerate_is_in_words(name: str) -> None:
    assert set(OWN_CODES[name].codes) == set(get_args(_CONTRACTS[name]))


def test_what_a_programme_sets_is_in_words() -> None:
    assert set(OWN_CODES["obstacle-kinds"].codes) == set(SETTINGS.obstacles.work_days)
    assert set(OWN_CODES["support-actions"].codes) == set(SETTINGS.support.actions)


def _reasons(service: str) -> set[str]:
    """The texts that a service gives as a `reason` of its events."""
    found = set()
    for path in (ROOT / "services" / service).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        named = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        given = (node.value for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "reason")
        for part in (part for value in given for part in ast.walk(value)):
            if isinstance(part, ast.Constant):
                found.add(part.value)
            elif isinstance(part, ast.Name):
                found.add(named.get(part.id))
    return {code for code in found if isinstance(code, str)}


def test_why_a_state_changed_is_in_words() -> None:
    constants = {value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}
    assert set(OWN_CODES["assignment-reasons"].codes) == constants
    said = {*OWN_CODES["accompaniment-reasons"].codes, *OWN_CODES["clearance-reasons"].codes}
    assert _reasons("mentoring") <= said
    assert said - _reasons("mentoring") <= {"said-by-form", "line-manager-changed", "asked-anew", "person-forgotten"}


def test_no_two_vocabularies_share_a_name_and_none_is_lost() -> None:
    names = [listed["name"] for listed in vocabulary_document()]
    assert len(names) == len(set(names))
    assert {listed.name for listed in vocabularies()} < set(names)
    assert {"follow-up-kinds", "field-reasons", "priority-neighbourhoods"} <= set(names)


def test_each_crossing_leads_there_and_back() -> None:
    matches = {
        (listed.name, code.code, match.vocabulary, match.code): match.match
        for listed in vocabularies()
        for code in listed.codes
        for match in code.matches
    }
    turned = {"exact": "exact", "close": "close", "broad": "narrow", "narrow": "broad"}
    assert matches["themes", "youth-employment", "strategic-axes", "inclusive"] == "broad"
    for (name, code, other_name, other), match in matches.items():
        assert matches[other_name, other, name, code] == turned[match]


def test_what_a_zone_holds_is_not_invented() -> None:
    (places,) = (listed for listed in vocabularies() if listed.name == "territories")
    held = {code.code: code.holds for code in places.codes}
    assert len(held["marseille"] or ()) == len(places.codes) - 1
    assert held["quartiers-nord"] is None
