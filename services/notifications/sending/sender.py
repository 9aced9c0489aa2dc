"""Sends what is due: claim, deliver, record, each step safe to be the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from libraries.chassis.service import DutyLane
from libraries.chassis.watching import metrics, tracing
from services.notifications.courtesy import Retry
from services.notifications.kinds import KINDS
from services.notifications.mails.composing import message_id_of
from services.notifications.mails.writing import Writer
from services.notifications.people import Contact
from services.notifications.planned.follow_ups import LANES, MAIL
from services.notifications.planned.series import Series
from services.notifications.sending.alarms import Alarms
from services.notifications.sending.attempts import Written, outcome_of, written
from services.notifications.sending.claiming import claim_of
from services.notifications.sending.due_mail import DueMail, portion_of
from services.notifications.sending.endings import plan_reminder, say_cancelled, say_ended
from services.notifications.sending.outcomes import ClaimedMail, Outcome
from services.notifications.sending.providers import Provider
from services.notifications.sending.smtp import Delivery, Mailer
from services.notifications.sending.terms import Terms
from services.notifications.store import Unit

# So many that one transaction for all costs little a mail, so few that all leave within half a claim.
_PORTION: Final = 50
# At most, and after days alone; an arriving contact ends it, so this is for the one that arrives in the very moment.
_WITHOUT_CONTACT: Final = timedelta(days=7)
# How long to leave what is due and not to be had, so that the loop does not spin on it.
_HELD: Final = timedelta(seconds=1)


class Sender:
    """The duty that mails what is due, once; in doubt again, under the same Message-ID and marked so.

    A portion is claimed in one unit of work and its outcomes are recorded in another. What was claimed
    by an owner that died is claimed again when its `claim` ends. Nothing leaves while it is `paused`; what is not
    urgent leaves within the hours of courtesy only, unless `at_any_hour`. A claim is the machine's time: `lease` says
    how long it is by the clock.
    """

    name = MAIL
    lanes = LANES

    def __init__(
        self,
        *,
        mailer: Mailer,
        writer: Writer,
        retry: Retry,
        clock: Callable[[], datetime],
        claim: timedelta = timedelta(seconds=60),
        paused: bool = False,
        at_any_hour: bool = False,
        per_second: float | None = None,
        offices: Mapping[UUID, Contact] | None = None,
        lease: Callable[[timedelta], timedelta] = lambda span: span,
    ) -> None:
        self._mailer = mailer
        self._writer = writer
        self._retry = retry
        self._clock = clock
        self._claimed = claim
        self._lease = lease
        self._paused = paused
        self._at_any_hour = at_any_hour
        self._offices = offices or {}
        # No more than can leave within half a claim, whatever the other lanes send meanwhile.
        most = _PORTION if per_second is None else int(per_second * claim.total_seconds() / 2 / LANES)
        self._portion = max(1, min(_PORTION, most))
        self._unrecorded: dict[int, Sequence[Outcome]] = {}
        self._next: dict[int, datetime | None] = {}
        self._alarms = Alarms()

    async def perform(self, lane: DutyLane) -> datetime | None:
        """Sends one portion of the lane's due mail; returns when the next is due."""
        if self._paused:
            return None
        # Outcomes whose commit failed; while their claims last nobody else has touched these rows.
        await self._record(lane)
        claims = await self._claim(lane)
        if claims:
            deliveries = await self._send(lane, claims)
            await self._record(lane)
            if deliveries and all(delivery.unreachable for delivery in deliveries):
                # No server answers: what else is due is not worth an attempt now.
                return self._clock() + timedelta(seconds=self._retry.first_seconds)
        return self._next.get(lane.partition)

    async def close(self) -> None:
        """Closes the connections to the mail server."""
        await self._mailer.close()

    async def _claim(self, lane: DutyLane) -> list[ClaimedMail]:
        """Claims what is due; where nothing is, the transaction reads the ends of two indexes and writes nothing."""
        claims: dict[UUID, ClaimedMail] = {}

        async def find(unit: Unit) -> Sequence[DueMail | Series]:
            # More by what is set aside, which stays the longest due: a portion full of it would let nothing leave.
            due = await self._lock_due(lane.partition, unit, limit=self._portion + len(lane.set_aside))
            if not lane.set_aside:
                return due
            return portion_of([each for each in due if each.name not in lane.set_aside], self._portion)

        async def do(unit: Unit, due: Sequence[Any]) -> None:
            claims.update(await self._decide(lane.partition, due, unit))

        if not await lane.carry_out(find, do):
            self._wait_for_what_is_held(lane.partition)
        return list(claims.values())

    async def _lock_due(self, lane: int, unit: Unit, *, limit: int) -> Sequence[DueMail | Series]:
        now, dispatch = self._clock(), unit.store.dispatch
        due = await dispatch.next_due(lane)
        self._next[lane] = due.earliest
        # First what gets a row by it, which then stands among the rest in its turn.
        if due.series is not None and due.series <= now:
            return await dispatch.lock_due_series(lane, now=now, limit=limit)
        if due.mail is not None and due.mail <= now:
            return await dispatch.lock_due(lane, now=now, limit=limit)
        return []

    async def _decide(self, lane: int, due: Sequence[Any], unit: Unit) -> dict[UUID, ClaimedMail]:
        """What is sent now, by the follow-ups' ids; what is cancelled is said, and a series moves on."""
        now, dispatch = self._clock(), unit.store.dispatch
        if isinstance(due[0], Series):
            await dispatch.move_on(due, now=now)
            return {}
        decisions, known = await dispatch.claim(lane, due, self._terms(now))
        # Here too: reports come in elsewhere, and other processes pause a provider as well.
        self._alarms.raise_for(known.providers.values(), now)
        for decision in decisions:
            if decision.fate == "cancel":
                metrics.MAILS_ENDED.labels("cancelled").inc()
                say_cancelled(decision, unit, now)
        return {each.follow_up.id: claim_of(each, known, now) for each in decisions if each.fate == "send"}

    def _wait_for_what_is_held(self, lane: int) -> None:
        # Due, and not to be had: locked by another owner of the lane, or set aside until an operator has looked.
        due, now = self._next.get(lane), self._clock()
        if due is not None and due <= now:
            self._next[lane] = now + _HELD

    def _terms(self, now: datetime) -> Terms:
        courtesy, calendar = KINDS.courtesy, KINDS.calendar
        is_open = self._at_any_hour or courtesy.is_open(now, calendar)
        opens_at = None if is_open else courtesy.next_opening(now, calendar)
        until, again = now + self._lease(self._claimed), now + _WITHOUT_CONTACT
        return Terms(now, until, again, opens_at, courtesy.most_a_week, self._offices)

    async def _send(self, lane: DutyLane, claims: Sequence[ClaimedMail]) -> Sequence[Delivery]:
        # Well within the claim, so that no two owners of a lane send the same.
        deadline = asyncio.get_running_loop().time() + self._claimed.total_seconds() / 2
        mails = written(self._writer, [claim for claim in claims if claim.departed_as is None])
        deliveries = await asyncio.gather(*(self._deliver(each, deadline) for each in mails))
        now = self._clock()
        outcomes = [
            outcome_of(
                claim,
                delivery,
                message_id=message_id_of(each.claims[0].follow_up_id, self._writer.sender),
                retry=self._retry,
                now=now,
            )
            for each, delivery in zip(mails, deliveries, strict=True)
            for claim in each.claims
        ]
        self._unrecorded[lane.partition] = outcomes + [
            outcome_of(claim, Delivery("accepted"), message_id=claim.departed_as, retry=self._retry, now=now)
            for claim in claims
            if claim.departed_as is not None
        ]
        return deliveries

    async def _deliver(self, written: Written, deadline: float) -> Delivery:
        mail, claim = written.mail, written.claims[0]
        if isinstance(mail, Delivery):
            return mail
        said = {"follow_up": str(claim.follow_up_id), "mail": claim.kind, "attempt": str(claim.attempts)}
        with tracing.span("deliver", kind="client", because_of=claim.cause, **said) as span:
            delivery = await self._mailer.deliver(mail, deadline=deadline)
            if span is not None:
                span.attributes["engage.verdict"] = delivery.verdict
                span.failed = delivery.reason
        return delivery

    async def _record(self, lane: DutyLane) -> None:
        if not (outcomes := self._unrecorded.get(lane.partition)):
            return

        paused: list[Provider] = []

        async def find(unit: Unit) -> Sequence[Outcome]:
            return outcomes

        async def do(unit: Unit, outcomes: Sequence[Outcome]) -> None:
            now, dispatch = self._clock(), unit.store.dispatch
            recorded = await dispatch.record(outcomes, now=now)
            for each in recorded:
                metrics.MAILS_ENDED.labels(each.follow_up.state).inc()
                if each.follow_up.state != "scheduled":
                    say_ended(each, unit, now)
                    plan_reminder(each, unit, now)
            paused[:] = await dispatch.note_providers(recorded, now=now)
            self._next[lane.partition] = (await dispatch.next_due(lane.partition)).earliest

        await lane.carry_out(find, do)
        del self._unrecorded[lane.partition]
        self._alarms.raise_for(paused, self._clock())
