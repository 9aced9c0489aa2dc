"""What the forms of a case send: good ones, in which a step has changed what it says."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from contracts.applications import ApplicationCorrected, ApplicationSubmitted, ApplicationWithdrawalRequested
from contracts.assignments import AssignmentDecided
from contracts.deputies import DeputyNamed
from contracts.mentors import MentorEnrolled
from contracts.message import EventData
from contracts.needs import NeedClosed, NeedDeclared, NeedRevised
from contracts.offers import PairAnswered
from tests.end_to_end.cases import Form, Step
from tests.ids import identifier

_AT: Final = "2025-01-10T09:00:00Z"
THINGS: Final = ("application", "lead", "need", "owner", "mentor", "mentor person", "deputy")
MODELS: Final[Mapping[Form, type[EventData]]] = {
    "contest": ApplicationSubmitted,
    "implantation": ApplicationSubmitted,
    "correction": ApplicationCorrected,
    "withdrawal": ApplicationWithdrawalRequested,
    "need": NeedDeclared,
    "need-again": NeedRevised,
    "need-closed": NeedClosed,
    "mentor": MentorEnrolled,
    "deputy": DeputyNamed,
    "decision": AssignmentDecided,
    "answer": PairAnswered,
}


def ids_of(case: str) -> dict[str, UUID]:
    """What a case is about, by names such as `lead` and `other lead`."""
    return {name: identifier(f"{name} of {case}") for thing in THINGS for name in (thing, f"other {thing}")}


def document(step: Step, number: int, ids: Mapping[str, UUID]) -> dict[str, Any]:
    """The JSON of a step's form, of a case of that number: no two are of one organisation, or one mailbox.

    `ids` has besides what `ids_of` gives the ids that were seen: of an `assignment`, of a `pair`.
    """
    # No two organisations of a case are the same, unless it says so.
    form = _GOOD[step.form](number + 1000 * step.other, {name: str(made) for name, made in _own(step, ids).items()})
    for path in step.leave_out:
        *folders, name = path.split(".")
        del _within(form, folders)[name]
    for path, value in step.set.items():
        *folders, name = path.split(".")
        _within(form, folders)[name] = _filled(value, ids)
    return form


def _own(step: Step, ids: Mapping[str, UUID]) -> dict[str, UUID]:
    return {thing: ids[f"other {thing}" if step.other and f"other {thing}" in ids else thing] for thing in ids}


def _within(form: dict[str, Any], folders: Iterable[str]) -> dict[str, Any]:
    for folder in folders:
        form = form[folder]
    return form


def _filled(value: Any, ids: Mapping[str, UUID]) -> Any:
    if isinstance(value, dict) and value.keys() == {"text", "times"}:
        return value["text"] * value["times"]
    if isinstance(value, str) and value.startswith("{"):
        return str(ids[value.strip("{}")])
    return copy.deepcopy(value)


def siren(number: int) -> str:
    """A SIREN that nobody bears, and that passes Luhn's check."""
    first = f"98{number:06}"
    counted = sum(sum(divmod(int(digit) * (1 + place % 2), 10)) for place, digit in enumerate(first))
    return f"{first}{-counted % 10}"


def _person(ids: Mapping[str, str], who: str) -> dict[str, Any]:
    mailbox = f"{who.replace(' ', '-')}-{ids[who][:8]}"
    return {"person_id": ids[who], "name": f"Personne {mailbox}", "email": f"{mailbox}@example.invalid"}


def _application(number: int, ids: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    # No need of any case is for its theme, or where it is.
    return {
        "application_id": ids["application"],
        "track": "contest",
        "submitted_at": _AT,
        "organisation": {
            "name": f"Association {ids['application'][:8]}",
            "siren": siren(number),
            "legal_form": "association",
            "commune": "13055",
            "published_on": "2015-03-01",
            "operating_income_eur": 250_000,
            "income_year": 2023,
            "laureate": False,
        },
        "project": {
            "title": f"Projet {ids['application'][:8]}",
            "summary": "Un projet fictif.",
            "themes": ["social-justice"],
            "territories": ["13216"],
            "spread_within_years": 2,
        },
        "lead": _person(ids, "lead"),
        "consent": True,
        "texts_public": True,
        **changes,
    }


def _implantation(number: int, ids: Mapping[str, str], **changes: Any) -> dict[str, Any]:
    form = _application(number, ids, track="implantation", **changes)
    form["organisation"]["laureate"] = True
    return form


def _need(_: int, ids: Mapping[str, str], said: str = "declared_at") -> dict[str, Any]:
    return {
        "need_id": ids["need"],
        "title": f"Besoin {ids['need'][:8]}",
        "themes": ["health"],
        "territories": ["13215"],
        "coverage": "uncovered",
        "salience": "pressing",
        "capacity": 1,
        "directorate": "direction-sante",
        "owner": _person(ids, "owner"),
        said: _AT,
    }


def _mentor(_: int, ids: Mapping[str, str]) -> dict[str, Any]:
    # Without a place, so that nobody is offered one but where a case gives them one.
    return {
        "mentor_id": ids["mentor"],
        "person": _person(ids, "mentor person"),
        "role": "Agent",
        "directorate": "direction-finances",
        "capacity": 0,
        "line_manager_authorised": True,
        "ethics_check_done": True,
        "enrolled_at": _AT,
    }


_GOOD: Final[Mapping[Form, Callable[[int, Mapping[str, str]], dict[str, Any]]]] = {
    "contest": _application,
    "implantation": _implantation,
    "correction": lambda number, ids: _implantation(number, ids, corrected_at=_AT),
    "withdrawal": lambda _, ids: {"application_id": ids["application"], "requested_at": _AT},
    "need": _need,
    "need-again": lambda number, ids: _need(number, ids, "revised_at"),
    "need-closed": lambda _, ids: {"need_id": ids["need"], "closed_at": _AT},
    "mentor": _mentor,
    "deputy": lambda _, ids: {"owner_id": ids["owner"], "deputy": _person(ids, "deputy"), "named_at": _AT},
    "decision": lambda _, ids: {
        "assignment_id": ids["assignment"],
        "decision": "confirm",
        "decided_by": ids["owner"],
        "decided_at": _AT,
    },
    "answer": lambda _, ids: {"pair_id": ids["pair"], "party": "mentor", "answer": "accept", "answered_at": _AT},
}


def payload(form: Mapping[str, Any]) -> bytes:
    """The form as a program writes it."""
    return json.dumps(form, ensure_ascii=False).encode()
