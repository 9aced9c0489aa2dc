"""Who leaves: leads with their projects, mentors with their pairs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from contracts.applications import ApplicationWithdrawalRequested
from contracts.mentors import MentorWithdrawn
from contracts.message import EventData
from contracts.offers import PairAnswered
from contracts.pairs import PairEndRequested, PairPauseRequested
from tests.forms import START

ANOTHER_PAIR = "another-pair"
_LAST_DAY = date(2099, 12, 31)


def withdrawal(application_id: UUID) -> EventData:
    """A lead whose project is accompanied takes it back: its assignments are released."""
    return ApplicationWithdrawalRequested(application_id=application_id, requested_at=START)


def departure(mentor_id: UUID) -> EventData:
    """A mentor leaves the programme: each of their leads is handed over."""
    return MentorWithdrawn(mentor_id=mentor_id, withdrawn_at=START)


def crowd(pair_id: UUID, number: int, chance: random.Random) -> Sequence[EventData]:
    """What is said of one active pair at once in a round, on two topics, and so on two lanes of mentoring."""
    # Who rests until a day is not told of it twice, so each round has its own: the last that there may be, and before.
    until = _LAST_DAY - timedelta(days=number)
    said: list[EventData] = [
        PairAnswered(pair_id=pair_id, party="lead", answer="decline", answered_at=START),
        PairPauseRequested(pair_id=pair_id, until=until, reason="absence", requested_by="mentor:m", requested_at=START),
    ]
    if chance.random() < 0.5:
        said.append(
            PairEndRequested(pair_id=pair_id, requested_by="officer:o", requested_at=START, reason=ANOTHER_PAIR)
        )
    chance.shuffle(said)
    return said
