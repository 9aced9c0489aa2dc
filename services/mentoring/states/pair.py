"""A pair (binôme) of a mentor and a lead, and what each state allows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from typing import Final, Literal, NamedTuple, TypeAlias
from uuid import UUID

from contracts.states import PairState
from services.mentoring.states.not_allowed import NotAllowed

Party: TypeAlias = Literal["mentor", "lead"]
Wish: TypeAlias = Literal["go-on", "finish"]

PENDING: Final[frozenset[PairState]] = frozenset({"offered", "accepted-by-mentor", "accepted-by-lead"})
CLOSED: Final[frozenset[PairState]] = frozenset({"declined", "expired", "ended"})

_ACCEPTANCES: Final[dict[tuple[PairState, Party], PairState]] = {
    ("offered", "mentor"): "accepted-by-mentor",
    ("offered", "lead"): "accepted-by-lead",
    ("accepted-by-mentor", "lead"): "accepted",
    ("accepted-by-lead", "mentor"): "accepted",
}
_AWAITED: Final[dict[PairState, tuple[Party, ...]]] = {
    "offered": ("mentor", "lead"),
    "accepted-by-mentor": ("lead",),
    "accepted-by-lead": ("mentor",),
}
_UNANSWERED_BY_LEAD: Final[dict[PairState, PairState]] = {
    "accepted-by-lead": "offered",
    "accepted": "accepted-by-mentor",
}
# How it is said that a state allows no decline; the closed ones allow nothing at all.
_REFUSALS: Final[dict[PairState, str]] = {
    "declined": "pair-declined",
    "expired": "pair-expired",
    "ended": "pair-ended",
    "active": "pair-active",
}


class KnownMeeting(NamedTuple):
    """A meeting that was reported before: nothing is asked of it any more but which pair met."""

    pair_id: UUID


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair; `version` grows by one with every change, `started_at` is when both had accepted.

    At `expires_at` an offer ends that not both have accepted. An active pair counts its meetings, and the `steps`
    that were taken, the last one at `stepped_at`, because it has not met since `last_contact_at`; it rests until
    `paused_until`. It ends at `ends_at`, unless both wish to go on once they were asked, at `review_asked_at`.
    `recorded_at` is when the offer was committed; None before.
    """

    pair_id: UUID
    assignment_id: UUID
    application_id: UUID
    mentor_id: UUID
    fit: int
    rules_version: str
    offered_at: datetime
    expires_at: datetime
    started_at: datetime | None = None
    state: PairState = "offered"
    version: int = 1
    meetings: int = 0
    last_contact_at: datetime | None = None
    steps: int = 0
    stepped_at: datetime | None = None
    ends_at: datetime | None = None
    review_asked_at: datetime | None = None
    mentor_wish: Wish | None = None
    lead_wish: Wish | None = None
    paused_until: date | None = None
    recorded_at: datetime | None = None

    @property
    def closes_at(self) -> datetime:
        """From when it may expire: an offer made late, after an outage, is open as long as any other."""
        if self.recorded_at is None:
            return self.expires_at
        return max(self.expires_at, self.recorded_at + (self.expires_at - self.offered_at))

    @property
    def open(self) -> bool:
        """Whether it holds a place of the mentor, and the lead."""
        return self.state not in CLOSED

    @property
    def awaited(self) -> tuple[Party, ...]:
        """Who has still to accept it."""
        return _AWAITED.get(self.state, ())

    @property
    def begun(self) -> bool:
        """Whether both have accepted it, now or before its end."""
        return self.started_at is not None

    def recorded(self, at: datetime) -> Pair:
        """The pair as it is committed for the first time."""
        return replace(self, recorded_at=at)


def accept(pair: Pair, party: Party, *, at: datetime) -> Pair | NotAllowed:
    """The pair accepted by a party; the very same pair where that party had accepted before."""
    if not pair.open:
        return NotAllowed(_REFUSALS[pair.state])
    state = _ACCEPTANCES.get((pair.state, party))
    if state is None:
        return pair
    return _changed(pair, state, started_at=at if state == "accepted" else None)


def activate(pair: Pair, *, cleared: bool, at: datetime, ends_at: datetime) -> Pair:
    """The pair active where both have accepted it and the mentor is `cleared`; else the very same pair."""
    if pair.state == "accepted" and cleared:
        # As if they had just met: the ladder of who does not meet counts from there.
        return replace(_changed(pair, "active", started_at=pair.started_at), last_contact_at=at, ends_at=ends_at)
    return pair


def meet(pair: Pair, on: date, *, today: date) -> Pair | NotAllowed:
    """The active pair after a meeting `on` a day, reported `today`; one since the last contact takes steps back."""
    if pair.state != "active" or pair.last_contact_at is None:
        return NotAllowed("pair-not-active")
    if on > today:
        return NotAllowed("meeting-in-the-future")
    met = replace(pair, meetings=pair.meetings + 1, version=pair.version + 1)
    # A report names a day and no time; noon is on that day in every zone of Europe.
    held_at = datetime.combine(on, time(12), UTC)
    if held_at <= pair.last_contact_at:
        return met
    return replace(met, last_contact_at=held_at, steps=0, stepped_at=None)


def remind(pair: Pair, *, at: datetime) -> Pair:
    """The active pair after one more step because it does not meet."""
    return replace(pair, steps=pair.steps + 1, stepped_at=at, version=pair.version + 1)


def pause(pair: Pair, until: date, *, today: date) -> Pair | NotAllowed:
    """The active pair at rest until a day; the very same pair where it rests until that day already.

    One that rests goes on at once where that day is today.
    """
    if pair.state != "active":
        return NotAllowed("pair-not-active")
    if until == pair.paused_until and until >= today:
        return pair
    rests = pair.paused_until is not None and pair.paused_until > today
    if until < today or (until == today and not rests):
        return NotAllowed("pause-in-the-past")
    return replace(pair, paused_until=until, version=pair.version + 1)


def ask_for_review(pair: Pair, *, at: datetime) -> Pair:
    """The active pair once both were asked whether to go on."""
    return replace(pair, review_asked_at=at, mentor_wish=None, lead_wish=None, version=pair.version + 1)


def review(pair: Pair, party: Party, wish: Wish) -> Pair | NotAllowed:
    """The active pair with the wish of a party; the very same pair where they said so before."""
    if pair.state != "active":
        return NotAllowed("pair-not-active")
    if pair.review_asked_at is None:
        return NotAllowed("review-not-due")
    if wish == (pair.mentor_wish if party == "mentor" else pair.lead_wish):
        return pair
    version = pair.version + 1
    return (
        replace(pair, mentor_wish=wish, version=version)
        if party == "mentor"
        else replace(pair, lead_wish=wish, version=version)
    )


def renew(pair: Pair, *, ends_at: datetime) -> Pair:
    """The pair with a later end where both wish to go on; else the very same."""
    if not pair.mentor_wish == pair.lead_wish == "go-on":
        return pair
    return replace(
        pair, ends_at=ends_at, review_asked_at=None, mentor_wish=None, lead_wish=None, version=pair.version + 1
    )


def amend(pair: Pair) -> Pair:
    """The open pair of which something else is said now."""
    return replace(pair, version=pair.version + 1)


def led_anew(pair: Pair, *, expires_at: datetime) -> Pair:
    """The open pair with another lead, who has not answered it yet, nor said whether to go on.

    One that is active stays so: nobody loses their mentor with a change of lead. An offer is open for as long as any.
    """
    if pair.state == "active":
        return amend(replace(pair, lead_wish=None))
    state = _UNANSWERED_BY_LEAD.get(pair.state, pair.state)
    return _changed(replace(pair, expires_at=max(pair.expires_at, expires_at)), state, started_at=None)


def decline(pair: Pair) -> Pair | NotAllowed:
    """The pair declined: possible until it is active, also for who had accepted."""
    if pair.state in _REFUSALS:
        return NotAllowed(_REFUSALS[pair.state])
    return _changed(pair, "declined", started_at=pair.started_at)


def expire(pair: Pair, *, at: datetime) -> Pair:
    """The pair expired where its time is over and somebody is still awaited; else the very same pair."""
    if pair.awaited and pair.expires_at <= at:
        return _changed(pair, "expired", started_at=pair.started_at)
    return pair


def end(pair: Pair) -> Pair | NotAllowed:
    """The pair ended, from any open state."""
    if not pair.open:
        return NotAllowed(_REFUSALS[pair.state])
    return _changed(pair, "ended", started_at=pair.started_at)


def _changed(pair: Pair, state: PairState, *, started_at: datetime | None) -> Pair:
    return replace(pair, state=state, started_at=started_at, version=pair.version + 1)
