"""A support plan's actions, introductions and figures, and what each state allows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal, TypeAlias
from uuid import UUID

from contracts.erasures import ERASED
from contracts.states import SupportActionState
from contracts.support import ImpactReported, IntroductionReported
from services.mentoring.states.not_allowed import NotAllowed

Update: TypeAlias = Literal["start", "finish", "drop"]

_OUTCOME: Final[dict[Update, SupportActionState]] = {"start": "started", "finish": "finished", "drop": "dropped"}


@dataclass(frozen=True, slots=True)
class Action:
    """An action of a support plan, told apart by its assignment and code; `version` grows with every change."""

    assignment_id: UUID
    code: str
    state: SupportActionState = "planned"
    reason: str | None = None
    version: int = 1

    @property
    def open(self) -> bool:
        """Whether it is still to be finished."""
        return self.state in ("planned", "started")


@dataclass(frozen=True, slots=True)
class Introduction:
    """An introduction to a partner, which is an organisation; `outcome` is what came of it so far.

    `reported_by` is who wrote the partner's name; told anew by somebody else with nothing new, it is the same.
    """

    introduction_id: UUID
    assignment_id: UUID
    partner_kind: str
    partner_name: str
    made_on: date
    outcome: str
    version: int = 1
    reported_by: str = field(default="", compare=False)

    def emptied(self) -> Introduction:
        """The introduction without the partner's name, whose writer is forgotten but for what they are."""
        kind, _, _ = self.reported_by.partition(":")
        return replace(self, partner_name=ERASED, reported_by=kind)


@dataclass(frozen=True, slots=True)
class Impact:
    """The figures of a year as JSON text, codes sorted; year 0 is the beginning."""

    assignment_id: UUID
    year: int
    figures: str
    version: int = 1

    @property
    def by_code(self) -> Mapping[str, int]:
        """The figures by what they count."""
        return dict(json.loads(self.figures))


def update(action: Action, said: Update, *, reason: str | None) -> Action | NotAllowed:
    """The action started, finished or dropped for a reason; the very same where it is that already."""
    state = _OUTCOME[said]
    if action.state == state:
        return action
    if not action.open:
        return NotAllowed("support-action-closed")
    if said == "drop" and reason is None:
        return NotAllowed("dropped-without-reason")
    return replace(action, state=state, reason=reason, version=action.version + 1)


def reopen(action: Action) -> Action:
    """The action of an assignment that is confirmed anew."""
    return replace(action, state="planned", reason=None, version=action.version + 1)


def introduced(said: IntroductionReported, known: Introduction | None, *, forgotten: bool = False) -> Introduction:
    """The introduction as it is told of now; the very same where nothing is new in it.

    Whoever reports it and was `forgotten` since leaves no name of a partner, nor takes away what another one wrote.
    """
    version = known.version if known else 1
    told = Introduction(
        said.introduction_id,
        said.assignment_id,
        said.partner_kind,
        said.partner_name,
        said.made_on,
        said.outcome,
        version,
        # As ids are written everywhere else, by which it is found again.
        said.reported_by.lower(),
    )
    if forgotten:
        told = told.emptied()
    if known is None:
        return told
    if forgotten or told.partner_name == known.partner_name:
        told = replace(told, partner_name=known.partner_name, reported_by=known.reported_by)
    return known if told == known else replace(told, version=version + 1)


def reported(report: ImpactReported, known: Impact | None) -> Impact | NotAllowed:
    """The figures of a year as they are reported now; the very same where they are known.

    No figure at all, or one that comes twice, is not allowed: which of the two would count?
    """
    codes = {indicator.code for indicator in report.indicators}
    if not codes or len(codes) < len(report.indicators):
        return NotAllowed("figure-twice" if codes else "no-figures")
    # Sorted, so that the same figures in another order are the same text.
    in_order = sorted(report.indicators, key=lambda indicator: indicator.code)
    figures = json.dumps({indicator.code: indicator.value for indicator in in_order})
    if known is not None and known.figures == figures:
        return known
    return Impact(report.assignment_id, report.year, figures, known.version + 1 if known else 1)
