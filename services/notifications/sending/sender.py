"""Sends what is due: claim, deliver, record, each step safe to be the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.headerregistry import Address
from typing import Any, Final
from uuid import UUID

from libraries.chassis.service import DutyLane
from libraries.chassis.settings import read_settings
from libraries.chassis.watching import metrics, tracing
from libraries.clocks.programme import programme_clock
from libraries.links.desk import DeskLinks
from libraries.links.holders import service_id
from services.notifications.city_services import CITY_SERVICES
from services.notifications.courtesy import Retry
from services.notifications.kinds import KINDS
from services.notifications.links import Links, LinkSettings
from services.notifications.mails.composing import message_id_of
from services.notifications.mails.signing import Signer
from services.notifications.mails.texts import Texts, load_texts
from services.notifications.mails.writing import Writer
from services.notifications.people import HOLDERS, Contact, office_contact
from services.notifications.planned.follow_ups import LANES, MAIL
from services.notifications.planned.series import Series
from services.notifications.sending.alarms import Alarms
from services.notifications.sending.attempts import Written, outcome_of, written
from services.notifications.sending.claiming import Terms, claim_of
from services.notifications.sending.due_mail import DueMail
from services.notifications.sending.endings import plan_reminder, say_cancelled, say_ended
from services.notifications.sending.outcomes import ClaimedMail, Outcome
from services.notifications.sending.providers import Provider
from services.notifications.sending.smtp import Delivery, Mailer
from services.notifications.settings import MailSettings
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
    how long it is by the clock. Where it `rehearses`, each mail says so.
    """

    name = MAIL
    lanes = LANES

    def __init__(
        self,
        *,
        mailer: Mailer,
        texts: Texts,
        sender: Address,
        retry: Retry,
        clock: Callable[[], datetime],
        claim: timedelta = timedelta(seconds=60),
        paused: bool = False,
        at_any_hour: bool = False,
        links: Links | None = None,
        desk_links: DeskLinks | None = None,
        bounces: Address | None = None,
        signer: Signer | None = None,
        per_second: float | None = None,
        offices: Mapping[UUID, Contact] | None = None,
        lease: Callable[[timedelta], timedelta] = lambda span: span,
        rehearses: bool = False,
    ) -> None:
        self._mailer = mailer
        self._sender = sender
        self._retry = retry
        self._clock = clock
        self._claimed = claim
        self._lease = lease
        self._paused = paused
        self._at_any_hour = at_any_hour
        self._offices = offices or {}
        self._writer = Writer(
            texts,
            sender=sender,
            clock=clock,
            links=links,
            desk_links=desk_links,
            bounces=bounces,
            signer=signer,
            rehearses=rehearses,
        )
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
            now, dispatch = self._clock(), unit.store.dispatch
            due = await dispatch.next_due(lane.partition)
            self._next[lane.partition] = due.earliest
            # First what gets a row by it, which then stands among the rest in its turn.
            if due.series is not None and due.series <= now:
                return await dispatch.lock_due_series(lane.partition, now=now, limit=self._portion)
            if due.mail is not None and due.mail <= now:
                return await dispatch.lock_due(lane.partition, now=now, limit=self._portion)
            return []

        async def do(unit: Unit, due: Sequence[Any]) -> None:
            now, dispatch = self._clock(), unit.store.dispatch
            if isinstance(due[0], Series):
                await dispatch.move_on(due, now=now)
                return
            decisions, known = await dispatch.claim(lane.partition, due, self._terms(now))
            # Here too: reports come in elsewhere, and other processes pause a provider as well.
            self._alarms.raise_for(known.providers.values(), now)
            for decision in decisions:
                if decision.fate == "cancel":
                    metrics.MAILS_ENDED.labels("cancelled").inc()
                    say_cancelled(decision, unit, now)
                elif decision.fate == "send":
                    claims[decision.follow_up.id] = claim_of(decision, known, now)

        if not await lane.carry_out(find, do):
            self._wait_for_what_is_held(lane.partition)
        return list(claims.values())

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
                message_id=message_id_of(each.claims[0].follow_up_id, self._sender),
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


def sender_from_environment() -> Sender:
    """The sender that the environment describes.

    Raises libraries.chassis.settings.SettingsError for a setting, TextsError for a text.
    """
    settings, links = read_settings(MailSettings), read_settings(LinkSettings)
    return Sender(
        mailer=Mailer(
            settings.server,
            connections=settings.smtp_connections,
            local_hostname=settings.sender.domain,
            timeout_seconds=settings.smtp_timeout_seconds,
            per_second=settings.smtp_per_second,
        ),
        texts=load_texts(kind.kind for kind in KINDS.all),
        sender=settings.sender,
        bounces=settings.bounces,
        signer=settings.signer,
        per_second=settings.smtp_per_second,
        retry=KINDS.retry,
        clock=(clock := programme_clock()),
        lease=clock.passing_in,
        rehearses=clock.is_rehearsed,
        claim=timedelta(seconds=settings.mail_claim_seconds),
        paused=settings.mail_paused,
        at_any_hour=settings.mail_at_any_hour,
        links=links.links,
        desk_links=links.desk_links,
        offices=_offices(settings),
    )


def _offices(settings: MailSettings) -> Mapping[UUID, Contact]:
    """How those are reached whom no form names, by their ids."""
    contacts = [office_contact(HOLDERS[office], who) for office, who in settings.offices.items()]
    contacts += [office_contact(service_id(code), it.correspondent, it.language) for code, it in CITY_SERVICES.items()]
    return {contact.person_id: contact for contact in contacts}
