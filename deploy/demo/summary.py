"""The summary of a performance, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contracts.message import Reason
from contracts.rounds import NeedUnmet, RoundCompleted
from deploy.demo.cast import Cast
from deploy.demo.programme import Programme
from deploy.local.stack import Stack


@dataclass(frozen=True, slots=True)
class Placed:
    """A project, its need, and why: the fit in points out of 1,000 and its parts in words."""

    project: str
    need: str
    fit: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accompanied:
    """A project and the role of the mentor who accompanies its lead."""

    project: str
    mentor: str


@dataclass(frozen=True, slots=True)
class InTheWay:
    """An obstacle of a project, the service that owns it, and how it stands."""

    project: str
    kind: str
    service: str
    state: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """What was refused or asked back, and every reason."""

    what: str
    outcome: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was decided, whom it paired and which mails went out."""

    applications: int
    placed: tuple[Placed, ...]
    accompanied: tuple[Accompanied, ...]
    obstacles: tuple[InTheWay, ...]
    not_taken: tuple[NotTaken, ...]
    rejected: int
    corrections_requested: int
    flagged: int
    declined: int
    moved: int
    round: RoundCompleted | None
    unmet: tuple[NeedUnmet, ...]
    offers_declined: int
    handed_over: int
    meetings: int
    dead_letters: int
    subjects: dict[str, int]
    scheduled: int
    mailbox: str
    mailbox_page: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """One JSON object: counts first, then the lists behind them."""
        return {
            "applications": self.applications,
            "rejected": self.rejected,
            "corrections_requested": self.corrections_requested,
            "flagged": self.flagged,
            "dead_letters": self.dead_letters,
            "assignments": len(self.placed),
            "assignments_declined": self.declined,
            "assignments_moved": self.moved,
            "needs_unmet": len(self.unmet),
            "round_digest": self.round.digest if self.round else None,
            "pairs": len(self.accompanied),
            "offers_declined": self.offers_declined,
            "handed_over": self.handed_over,
            "meetings": self.meetings,
            "obstacles": len(self.obstacles),
            "mails": sum(self.subjects.values()),
            "follow_ups_scheduled": self.scheduled,
            "seconds": round(self.seconds, 1),
            "mailbox": self.mailbox,
            "mailbox_page": self.mailbox_page,
            "details": {
                "assignments": [asdict(placed) for placed in self.placed],
                "pairs": [asdict(pair) for pair in self.accompanied],
                "obstacles": [asdict(obstacle) for obstacle in self.obstacles],
                "unmet": [{"need": it.need_title, "why": it.cause.fr} for it in self.unmet],
                "not_taken": [asdict(refusal) for refusal in self.not_taken],
                "subjects": self.subjects,
            },
        }


def summarise(programme: Programme, cast: Cast, stack: Stack, mailbox_page: Path, seconds: float) -> Summary:
    """The summary of what the topics told and the mail catcher caught."""
    roles = {mentor.mentor_id: str(mentor.role) for mentor in cast.mentors}
    mails = stack.mail_catcher.messages()
    return Summary(
        applications=len(programme.registered),
        placed=tuple(sorted(_placed(programme), key=lambda placed: placed.project)),
        accompanied=tuple(
            Accompanied(pair.project_title, roles[pair.mentor_id])
            for pair in sorted(programme.accompanied, key=lambda pair: pair.project_title)
        ),
        obstacles=tuple(
            InTheWay(it.project_title, it.kind, it.service, it.to_state)
            for it in sorted(programme.obstacles.values(), key=lambda it: it.project_title)
        ),
        not_taken=tuple(_not_taken(programme)),
        rejected=len(programme.rejected),
        corrections_requested=len(programme.asked),
        flagged=len(programme.flagged),
        declined=len(programme.declined),
        moved=len(programme.released),
        round=next(iter(programme.rounds.values()), None),
        unmet=tuple(sorted(programme.unmet.values(), key=lambda it: it.need_title)),
        offers_declined=len(programme.refused_offers),
        handed_over=sum(pair.reason == "mentor-withdrawn" for pair in programme.ended.values()),
        meetings=len(programme.meetings),
        dead_letters=len(programme.dead_letters),
        subjects=dict(Counter(mail["subject"] for mail in mails).most_common()),
        scheduled=len(programme.scheduled.keys() - programme.sent.keys() - programme.not_sent.keys()),
        mailbox=str(stack.directory / "mails"),
        mailbox_page=str(mailbox_page),
        seconds=seconds,
    )


def _placed(programme: Programme) -> list[Placed]:
    proposals = [programme.proposed[identifier] for identifier in programme.confirmed]
    return [
        Placed(
            proposal.project_title,
            proposal.need_title,
            proposal.fit,
            tuple(f"{part.fr} ({part.points}/{part.maximum})" for part in proposal.parts),
        )
        for proposal in proposals
    ]


def _not_taken(programme: Programme) -> list[NotTaken]:
    return [
        *(
            NotTaken(rejection.project_title, "rejected", _sentences(rejection.reasons))
            for rejection in programme.rejected.values()
        ),
        *(
            NotTaken(request.project_title, "correction requested", _sentences(request.reasons))
            for request in programme.asked.values()
        ),
        *(
            NotTaken(f"{letter.topic}, offset {letter.offset}", "dead letter", (letter.detail,))
            for letter in programme.dead_letters.values()
        ),
    ]


def _sentences(reasons: Sequence[Reason]) -> tuple[str, ...]:
    return tuple(reason.fr for reason in reasons)
