"""The states of each aggregate: what `from` and `to` of its events may say.

Whoever writes an event writes one of these. Whoever reads one takes a later one, too: a state that joins the list is
compatible, and a reader who does not know it treats the thing as one of which it knows no more than that.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias, get_args

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from contracts.message import Code

ApplicationState: TypeAlias = Literal["registered", "rejected", "correction-requested", "withdrawn"]
NeedState: TypeAlias = Literal["open", "review-due", "closed"]
NeedReason: TypeAlias = Literal["declared", "revised", "review-date-passed", "owner-replaced"]
AssignmentState: TypeAlias = Literal["proposed", "confirmed", "declined", "released"]
PairState: TypeAlias = Literal[
    "offered", "accepted-by-mentor", "accepted-by-lead", "accepted", "active", "declined", "expired", "ended"
]
ClearanceState: TypeAlias = Literal["asked", "given", "refused", "dropped"]
ClearanceReason: TypeAlias = Literal[
    "said-by-form", "line-manager-changed", "asked-anew", "mentor-withdrawn", "person-forgotten"
]
ObstacleState: TypeAlias = Literal["opened", "taken", "escalated", "lifted", "abandoned"]
SupportActionState: TypeAlias = Literal["planned", "started", "finished", "dropped"]
IntroductionState: TypeAlias = Literal["awaited", "in-contact", "cooperation", "nothing-came-of-it"]
ImpactState: TypeAlias = Literal["recorded"]
FollowUpState: TypeAlias = Literal["scheduled", "sent", "cancelled", "failed"]


class Known:
    """Marks a code whose values are known: in the JSON Schema a choice for who writes it, and open for who reads it."""

    def __init__(self, literal: Any) -> None:
        self.codes: tuple[str, ...] = get_args(literal)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        made = handler(schema)
        known = {"type": "string", "enum": list(self.codes)}
        return known if handler.mode == "serialization" else {"anyOf": [known, made]}


KnownApplicationState: TypeAlias = Annotated[Code, Known(ApplicationState)]
KnownNeedState: TypeAlias = Annotated[Code, Known(NeedState)]
KnownNeedReason: TypeAlias = Annotated[Code, Known(NeedReason)]
KnownAssignmentState: TypeAlias = Annotated[Code, Known(AssignmentState)]
KnownPairState: TypeAlias = Annotated[Code, Known(PairState)]
KnownClearanceState: TypeAlias = Annotated[Code, Known(ClearanceState)]
KnownClearanceReason: TypeAlias = Annotated[Code, Known(ClearanceReason)]
KnownObstacleState: TypeAlias = Annotated[Code, Known(ObstacleState)]
KnownSupportActionState: TypeAlias = Annotated[Code, Known(SupportActionState)]
KnownIntroductionState: TypeAlias = Annotated[Code, Known(IntroductionState)]
KnownImpactState: TypeAlias = Annotated[Code, Known(ImpactState)]
KnownFollowUpState: TypeAlias = Annotated[Code, Known(FollowUpState)]
