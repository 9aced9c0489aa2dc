"""Sends what is due: claim, deliver, record, each step safe to be the last one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Final
from uuid import UUID

import orjson
import structlog

from contracts.event import derived_id
from services.chassis.service import DutyLane
from services.chassis.settings import read_settings
from services.chassis.unit_of_work import Cause, UnitOfWork
from services.notifications.follow_ups import (
    LANES,
    cancelled_event,
    failed_event,
    scheduled_event,
    sent_event,
)
from services.notifications.invitations import invitation_of
from services.notifications.kinds import KINDS, Retry
from services.notifications.links import Links, LinkSettings
from services.notifications.mail import AddressError, Mail, compose, message_id_of
from services.notifications.outcomes import Claim, EndState, Leases, Outcome, Person, Portion, Recorded, remind
from services.notifications.settings import MailSettings
from services.notifications.signing import Signer
from services.notifications.smtp import Delivery, Mailer, Verdict
from services.notifications.store import NotificationStore
from services.notifications.texts import Texts, load_texts

_PORTION: Final = 50
_WITHOUT_CONTACT: Final = timedelta(seconds=60)  # at most; an arriving contact ends it
_STATES: Final[dict[Verdict, EndState]] = {"accepted": "sent", "deferred": "scheduled", "refused": "failed"}

_log = structlog.get_logger()


class Sender:
    """The duty that mails what is due, once; in doubt again, under the same Message-ID and marked so.

    A portion is claimed in one unit of work and its outcomes are recorded in another. What was claimed
    by an owner that died is claimed again when its `claim` ends. Nothing leaves while it is `paused`; what is not
    urgent leaves within the hours of courtesy only, unless `at_any_hour`.
    """

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
        bounces: Address | None = None,
        signer: Signer | None = None,
        per_second: float | None = None,
    ) -> None:
        self._mailer = mailer
        self._texts = texts
        self._sender = sender
        self._retry = retry
        self._clock = clock
        self._claimed = claim
        self._paused = paused
        self._at_any_hour = at_any_hour
        self._links = links
        self._bounces = bounces
        self._signer = signer
        # No more than can leave within half a claim, whatever the other lanes send meanwhile.
        most = _PORTION if per_second is None else int(per_second * claim.total_seconds() / 2 / LANES)
        self._portion = max(1, min(_PORTION, most))
        self._unrecorded: dict[int, Sequence[Outcome]] = {}

    async def perform(self, lane: DutyLane) -> bool:
        """Sends one portion of the lane's due mail; False where none was due or no server answers."""
        if self._paused:
            return False
        # Outcomes whose commit failed; while their claims last nobody else has touched these rows.
        await self._record(lane)
        portion = await self._claim(lane)
        claims = portion.claims
        if not claims:
            return portion.full
        # Well within the claim, so that no two owners of a lane send the same.
        deadline = asyncio.get_running_loop().time() + self._claimed.total_seconds() / 2
        together = _in_one_mail(claims)
        deliveries = await asyncio.gather(*(self._deliver(its, deadline) for its in together))
        now = self._clock()
        self._unrecorded[lane.partition] = [
            self._outcome(claim, delivery, its[0].follow_up_id, now)
            for its, delivery in zip(together, deliveries, strict=True)
            for claim in its
        ]
        await self._record(lane)
        return not all(delivery.unreachable for delivery in deliveries)

    async def close(self) -> None:
        """Closes the connections to the mail server."""
        await self._mailer.close()

    async def _claim(self, lane: DutyLane) -> Portion:
        now = self._clock()
        leases = Leases(now + self._claimed, now + _WITHOUT_CONTACT)
        async with lane.unit_of_work() as unit:
            store: NotificationStore = unit.store
            is_open = self._at_any_hour or KINDS.courtesy.is_open(now, KINDS.calendar)
            return await store.claim_due(lane.partition, now=now, limit=self._portion, leases=leases, is_open=is_open)

    async def _deliver(self, claims: Sequence[Claim], deadline: float) -> Delivery:
        claim = claims[0]
        if claim.settled or claim.recipient is None:
            return Delivery("deferred")
        if claim.is_undeliverable:
            return Delivery("refused", "address-undeliverable")
        try:
            mail = self._write(claims, claim.recipient)
        except AddressError:
            return Delivery("refused", "address-invalid")
        except Exception as error:
            # Whatever it is must not hold up the lane; the mail waits for a release that can write it. The
            # error's own text may quote the mail, so only its kind is logged.
            kind = type(error).__name__
            _log.error("a mail could not be written", action="write", kind=claim.kind, error=kind)
            return Delivery("deferred", "text-invalid")
        return await self._mailer.deliver(mail, deadline=deadline)

    def _write(self, claims: Sequence[Claim], recipient: Person) -> Mail:
        claim = claims[0]
        kind, links = KINDS.by_name[claim.kind], self._links
        url = links.unsubscribing(claim.recipient_id) if links and kind.optional else None
        answer_url = links.answering(claim.matter_id, kind.answered_by) if links and kind.answered_by else None
        parameters = [orjson.loads(it.parameters) for it in claims]
        texts = [
            self._texts.render(
                it.kind,
                it.language,
                parameters=its,
                reference=str(it.matter_id),
                recipient=recipient,
                counterpart=it.counterpart,
                unsubscribe_url=url,
                answer_url=answer_url,
                in_digest=kind.digest is not None,
            )
            for it, its in zip(claims, parameters, strict=True)
        ]
        text = self._texts.digest(texts, claim.language, recipient=recipient) if kind.digest else texts[0]
        follow_up_id, now = claim.follow_up_id, self._clock()
        mail = compose(
            text,
            to=recipient,
            sender=self._sender,
            follow_up_id=follow_up_id,
            at=now,
            unsubscribe_url=url,
            bounces=self._bounces,
            invitation=invitation_of(
                kind,
                parameters[0],
                matter_id=claim.matter_id,
                language=claim.language,
                sender=self._sender,
                at=now,
            ),
        )
        return mail if self._signer is None else self._signer.sign(mail)

    def _outcome(self, claim: Claim, delivery: Delivery, written_as: UUID, now: datetime) -> Outcome:
        if delivery.reason is not None:
            _log.warning(
                "a mail did not leave",
                action="send",
                follow_up_id=str(claim.follow_up_id),
                verdict=delivery.verdict,
                reason=delivery.reason,
                attempts=claim.attempts,
                in_doubt=delivery.in_doubt,
            )
        return Outcome(
            follow_up_id=claim.follow_up_id,
            attempts=claim.attempts,
            state=_STATES[delivery.verdict],
            message_id=message_id_of(written_as, self._sender),
            # The same for all that is in one mail, so that it is so again.
            next_attempt_at=now + timedelta(seconds=self._retry.pause(claim.attempts)),
            reason=delivery.reason,
            in_doubt=delivery.in_doubt,
            refused_address=claim.recipient.email if delivery.no_such_address and claim.recipient else None,
        )

    async def _record(self, lane: DutyLane) -> None:
        if outcomes := self._unrecorded.get(lane.partition):
            now = self._clock()
            async with lane.unit_of_work() as unit:
                for recorded in await unit.store.record_outcomes(outcomes, now=now):
                    _publish(recorded, unit, now)
                    _plan_reminder(recorded, unit, now)
            del self._unrecorded[lane.partition]


def _in_one_mail(claims: Sequence[Claim]) -> list[list[Claim]]:
    """Each by itself, but what is for one person's digest together: in the order of their ids, as ever again."""
    mails: dict[UUID, list[Claim]] = {}
    for claim in sorted(claims, key=lambda it: it.follow_up_id):
        is_told = KINDS.by_name[claim.kind].digest and not claim.settled
        mails.setdefault(claim.recipient_id if is_told else claim.follow_up_id, []).append(claim)
    return list(mails.values())


def _publish(recorded: Recorded, unit: UnitOfWork[NotificationStore], now: datetime) -> None:
    follow_up, outcome = recorded.follow_up, recorded.outcome
    attempt = derived_id(follow_up.id, recorded.due_at, source="notifications", ordinal=outcome.attempts)
    unit.because_of(Cause(attempt, now, recorded.correlation_id))
    match follow_up.state:
        case "sent":
            unit.publish(
                sent_event(
                    follow_up,
                    message_id=outcome.message_id,
                    attempts=outcome.attempts,
                    at=now,
                )
            )
        case "failed":
            reason = outcome.reason or "unknown"
            unit.publish(failed_event(follow_up, reason=reason, attempts=outcome.attempts, at=now))
        case _:
            unit.publish(cancelled_event(follow_up, reason=recorded.settled or "settled", at=now))


def _plan_reminder(recorded: Recorded, unit: UnitOfWork[NotificationStore], now: datetime) -> None:
    """One reminder is open at a time: the next is planned when the one before has left."""
    key = recorded.follow_up.key
    after = KINDS.by_name[key.kind].reminder_after(key.reminder)
    if after is not None and recorded.follow_up.state == "sent" and recorded.settled is None:
        planned = remind(recorded, after, identifier=unit.new_id(), at=now, calendar=KINDS.calendar)
        unit.store.schedule(planned)
        unit.publish(scheduled_event(planned, at=now))


def sender_from_environment() -> Sender:
    """The sender that the environment describes.

    Raises services.chassis.settings.SettingsError for a setting, TextsError for a text.
    """
    settings = read_settings(MailSettings)
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
        clock=lambda: datetime.now(UTC),
        claim=timedelta(seconds=settings.mail_claim_seconds),
        paused=settings.mail_paused,
        at_any_hour=settings.mail_at_any_hour,
        links=read_settings(LinkSettings).links,
    )
