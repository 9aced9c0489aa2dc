"""The summary of a performance, for people and for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from contracts.applications import ApplicationRejected, CorrectionRequested
from contracts.assignments import AssignmentProposed
from contracts.dead_letters import DeadLetterRecorded
from contracts.follow_ups import FollowUpSent
from contracts.message import Language, Reason
from contracts.needs import NeedDeclared
from contracts.pairs import PairActivated, PairEnded
from contracts.rounds import NeedUnmet, RoundCompleted
from deploy.demo.numbers import numbers_of
from deploy.demo.stages import Performance
from deploy.demo.words import called


@dataclass(frozen=True, slots=True)
class Placed:
    """A project, its need, and why: the fit in points out of 1,000 and its parts in words."""

    project: str
    need: str
    fit: int
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Accompanied:
    """A project, the role of the mentor who accompanied its lead, and how that ended."""

    project: str
    mentor: str
    end: str


@dataclass(frozen=True, slots=True)
class InTheWay:
    """An obstacle of a project, the service that owns it, and how it stands."""

    project: str
    kind: str
    service: str
    state: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """What was asked back or set aside, and every reason."""

    what: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answered:
    """Needs that were uncovered, or poorly covered, and have a project now: how many, and whose they are."""

    needs: int
    publics: dict[str, int]
    territories: dict[str, int]


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of everything, in the words of one language; `numbers` are counts by name."""

    language: Language
    answered: Answered
    numbers: dict[str, int]
    needs: Counter[str]
    kinds: dict[str, int]
    round: RoundCompleted
    placed: tuple[Placed, ...]
    unmet: tuple[tuple[str, str], ...]
    accompanied: tuple[Accompanied, ...]
    obstacles: tuple[InTheWay, ...]
    not_taken: tuple[NotTaken, ...]
    mailbox_page: str
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """One JSON object: what matters first, then counts, then the lists behind them."""
        return {
            "answered": asdict(self.answered),
            **self.numbers,
            "round_digest": self.round.digest,
            "round_certified": self.round.certified,
            "seconds": round(self.seconds, 1),
            "mailbox_page": self.mailbox_page,
            "details": {
                "needs_by_coverage": dict(sorted(self.needs.items())),
                "mails_by_kind": self.kinds,
                "assignments": [asdict(placed) for placed in self.placed],
                "pairs": [asdict(pair) for pair in self.accompanied],
                "obstacles": [asdict(obstacle) for obstacle in self.obstacles],
                "unmet": [{"need": need, "why": why} for need, why in self.unmet],
                "not_taken": [asdict(refusal) for refusal in self.not_taken],
            },
        }


def summarise(performance: Performance, language: Language, mailbox_page: Path, seconds: float) -> Summary:
    """The summary of what the topics told and the mail catcher caught."""
    programme, cast = performance.programme, performance.cast
    kinds = Counter(mail.kind for mail in programme.last(FollowUpSent).values())
    (completed,) = programme.last(RoundCompleted).values()
    unmet = [(it.need_title, _said(it.cause, language)) for it in programme.last(NeedUnmet).values()]
    return Summary(
        language=language,
        answered=_answered(cast.needs, programme.confirmed),
        numbers=numbers_of(performance),
        needs=Counter(str(need.coverage) for need in cast.needs),
        kinds=dict(sorted(kinds.items())),
        round=completed,
        placed=tuple(sorted((_placed(it, language) for it in programme.confirmed), key=lambda it: it.project)),
        unmet=tuple(sorted(unmet)),
        accompanied=tuple(_accompanied(performance, language)),
        obstacles=tuple(_obstacles(performance, language)),
        not_taken=tuple(_not_taken(performance, language)),
        mailbox_page=str(mailbox_page),
        seconds=seconds,
    )


def _answered(needs: Sequence[NeedDeclared], confirmed: Sequence[AssignmentProposed]) -> Answered:
    held = {proposal.need_id for proposal in confirmed}
    answered = [need for need in needs if need.need_id in held and need.coverage != "covered"]
    publics = Counter(str(each) for need in answered for each in need.publics or ())
    territories = Counter(str(each) for need in answered for each in need.territories or ())
    return Answered(len(answered), dict(sorted(publics.items())), dict(sorted(territories.items())))


def _placed(proposal: AssignmentProposed, language: Language) -> Placed:
    parts = proposal.parts
    why = tuple(f"{part.fr if language == 'fr' else part.en} ({part.points}/{part.maximum})" for part in parts)
    return Placed(proposal.project_title, proposal.need_title, proposal.fit, why)


def _accompanied(performance: Performance, language: Language) -> list[Accompanied]:
    roles = {mentor.mentor_id: str(mentor.role) for mentor in performance.cast.mentors}
    ended = performance.programme.last(PairEnded)
    pairs = performance.programme.last(PairActivated).values()
    return [
        Accompanied(
            pair.project_title,
            roles[pair.mentor_id],
            called("accompaniment-reasons", ended[pair.pair_id].reason or "", language)
            if pair.pair_id in ended
            else "",
        )
        for pair in sorted(pairs, key=lambda pair: (pair.project_title, pair.occurred_at))
    ]


def _obstacles(performance: Performance, language: Language) -> list[InTheWay]:
    return [
        InTheWay(
            it.project_title,
            called("obstacle-kinds", it.kind, language),
            called("directorates", it.service, language),
            called("obstacle-states", it.to_state, language),
        )
        for it in sorted(performance.programme.obstacles.values(), key=lambda it: it.project_title)
    ]


def _not_taken(performance: Performance, language: Language) -> list[NotTaken]:
    programme = performance.programme
    asked: list[ApplicationRejected | CorrectionRequested] = [
        *programme.last(ApplicationRejected).values(),
        *programme.last(CorrectionRequested).values(),
    ]
    return [
        *(
            NotTaken(it.project_title, tuple(_said(reason, language) for reason in it.reasons))
            for it in sorted(asked, key=lambda it: it.project_title)
        ),
        *(NotTaken(it.topic, (it.detail,)) for it in programme.last(DeadLetterRecorded).values()),
    ]


def _said(reason: Reason, language: Language) -> str:
    return reason.fr if language == "fr" else reason.en
