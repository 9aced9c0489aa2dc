"""What people do, in their own words: an act is taken by a form's event, or in a browser, and means the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, TypeAlias

from contracts.message import EventData
from tests.proof.people import Mentor, Need, Person, Project

Party: TypeAlias = Literal["lead", "mentor"]


@dataclass(frozen=True)
class Send:
    """A form of the City's or the foundation's own: the desk has none for it, so it is sent as it is in both plays."""

    form: EventData


@dataclass(frozen=True)
class DeclareNeed:
    """An officer declares a need."""

    need: Need


@dataclass(frozen=True)
class ReviseNeed:
    """An officer says a need again after its review, from the link of the mail that asks for it."""

    need: Need


@dataclass(frozen=True)
class CloseNeed:
    """An officer closes a need."""

    need: str
    reason: str


@dataclass(frozen=True)
class NameDeputy:
    """An officer names who stands in for them, until the end of a day."""

    deputy: Person
    until: date


@dataclass(frozen=True)
class AskRound:
    """A head of the programme asks for a round."""

    track: Literal["implantation", "contest"]


@dataclass(frozen=True)
class Decide:
    """Somebody confirms or declines a proposal; with an account, or by the link of their mail."""

    project: str
    need: str
    decision: Literal["confirm", "decline"]
    reason: str | None = None
    by_link: bool = False


@dataclass(frozen=True)
class Place:
    """A head of the programme pins a project to a need, forbids it, or takes that back."""

    project: str
    need: str
    decision: Literal["pin", "forbid", "lift"]
    reason: str


@dataclass(frozen=True)
class Undo:
    """An officer takes a confirmation back."""

    project: str
    need: str
    reason: str


@dataclass(frozen=True)
class Abstain:
    """An officer knows an association too well."""

    project: str
    need: str


@dataclass(frozen=True)
class PassVerdict:
    """The foundation decides on a project of the contest, under an embargo in the city's time."""

    project: str
    decision: Literal["laureate", "not-retained"]
    points: tuple[tuple[str, int | None], ...]
    publish_at: datetime


@dataclass(frozen=True)
class Correct:
    """A lead corrects an application: the whole form, as it would be right."""

    project: Project
    summary: str | None = None


@dataclass(frozen=True)
class Withdraw:
    """A lead takes an application back."""

    project: str
    reason: str


@dataclass(frozen=True)
class AnswerOffer:
    """A mentor or a lead answers an offer."""

    project: str
    party: Party
    answer: Literal["accept", "decline"]
    reason: str | None = None


@dataclass(frozen=True)
class Clear:
    """A line manager authorises a mentor until a day (None: the one that is proposed), or the ethics officer does."""

    mentor: str
    kind: Literal["line-manager", "ethics"]
    answer: Literal["give", "refuse"]
    until: date | None = None


@dataclass(frozen=True)
class Meet:
    """A pair has met today."""

    project: str
    party: Party
    minutes: int
    next_step: str | None = None


@dataclass(frozen=True)
class Review:
    """A party of a pair looks back."""

    project: str
    party: Party
    wish: Literal["go-on", "finish"]
    goals: Literal["reached", "partly", "not-reached"]


@dataclass(frozen=True)
class Pause:
    """A pair rests until a day."""

    project: str
    party: Party
    until: date
    reason: str


@dataclass(frozen=True)
class Resume:
    """A pair that rests goes on."""

    project: str
    party: Party


@dataclass(frozen=True)
class EndPair:
    """A pair is to end; a lead may want another (no reason then), and the officer may end one that does not meet."""

    project: str
    party: Literal["lead", "mentor", "owner"]
    reason: str | None


@dataclass(frozen=True)
class ReportObstacle:
    """Something stands in a project's way, says a party on the page of their pair."""

    project: str
    party: Party
    kind: str
    service: str | None
    comment: str


@dataclass(frozen=True)
class UpdateObstacle:
    """An obstacle is taken, handed on to another service, lifted or given up, by who has the link to it."""

    project: str
    party: Literal["service", "owner", "lead"]
    update: Literal["take", "hand-on", "lift", "abandon"]
    service: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class ReportImpact:
    """A lead gives a year's figures."""

    project: str
    year: int
    figures: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class GiveWishes:
    """A lead says what they look for in a mentor."""

    project: str
    skill: str
    slot: str


@dataclass(frozen=True)
class ReviseMentor:
    """A mentor changes what they bring, on their own page, to which that of a pair leads."""

    project: str
    mentor: Mentor
    capacity: str
    slot: str


@dataclass(frozen=True)
class AbstainFromFile:
    """A mentor has a link of interest with the association of another project."""

    project: str
    other: str


@dataclass(frozen=True)
class Leave:
    """A mentor leaves for good: on their own page, to which that of a pair leads, or by a head of the programme."""

    project: str
    party: Literal["mentor", "head"]
    reason: str

    @property
    def by_link(self) -> bool:
        """Whether it needs no account."""
        return self.party == "mentor"


@dataclass(frozen=True)
class Introduce:
    """A party of a pair notes to whom the project was introduced today."""

    project: str
    party: Party
    partner: str
    kind: str


@dataclass(frozen=True)
class TellOutcome:
    """A party of a pair says what came of the introduction of the project."""

    project: str
    party: Party
    outcome: str


@dataclass(frozen=True)
class SupportProject:
    """The officer who decides on a confirmed project says how far an action of its support plan is."""

    project: str
    need: str
    action: str
    update: Literal["finish", "drop"]
    reason: str | None = None


@dataclass(frozen=True)
class BeForgotten:
    """A lead on the page of their application, or a mentor on their own, asks to be forgotten."""

    project: str
    party: Party
    applications: Literal["go-on", "withdraw"] = "go-on"


Act: TypeAlias = (
    Send | DeclareNeed | ReviseNeed | CloseNeed | NameDeputy | AskRound | Decide | Place | Undo | Abstain | PassVerdict
    | Correct | Withdraw | AnswerOffer | Clear | Meet | Review | Pause | Resume | EndPair | ReportObstacle
    | UpdateObstacle | ReportImpact | GiveWishes | ReviseMentor | AbstainFromFile | Leave | Introduce | TellOutcome
    | SupportProject | BeForgotten
)  # fmt: skip
