"""One attempt for each claim: into which mails claims are written, and what an attempt's result means for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

import structlog

from libraries.chassis.watching import metrics
from libraries.typed.addresses import AddressError, provider_of
from services.notifications.courtesy import Retry
from services.notifications.kinds import KINDS
from services.notifications.mails.composing import Mail
from services.notifications.mails.writing import Writer
from services.notifications.sending.outcomes import ClaimedMail, EndState, Outcome, ProviderSays
from services.notifications.sending.providers import MOST_ATTEMPTS, pause_after
from services.notifications.sending.smtp import Delivery, Verdict

CANNOT_BE_WRITTEN: Final = "cannot-be-written"
_STATES: Final[dict[Verdict, EndState]] = {"accepted": "sent", "deferred": "scheduled", "refused": "failed"}

_log = structlog.get_logger()


class Written(NamedTuple):
    """Claims that leave in one mail; in its place why there is none."""

    claims: Sequence[ClaimedMail]
    mail: Mail | Delivery


def written(writer: Writer, claims: Sequence[ClaimedMail]) -> list[Written]:
    """The mails of a portion."""
    return [mail for together in _in_one_mail(claims) for mail in _written(writer, together)]


def outcome_of(claim: ClaimedMail, delivery: Delivery, *, message_id: str, retry: Retry, now: datetime) -> Outcome:
    """What an attempt means for a claim, which is logged and counted where it did not leave."""
    if delivery.reason is not None:
        _tell(claim, delivery)
    is_tried_again, pause = _again(claim, delivery, retry)
    no_such_address = delivery.diagnosis is not None and delivery.diagnosis.no_such_address
    return Outcome(
        follow_up_id=claim.follow_up_id,
        attempts=claim.attempts,
        state="scheduled" if is_tried_again else _STATES[delivery.verdict],
        message_id=message_id,
        # The same for all that is in one mail, so that it is so again.
        next_attempt_at=now + pause,
        reason=delivery.reason,
        in_doubt=delivery.in_doubt,
        refused_address=claim.recipient.email if no_such_address else None,
        provider=provider_of(claim.recipient.email),
        provider_says=_provider_says(claim, delivery),
    )


def _again(claim: ClaimedMail, delivery: Delivery, retry: Retry) -> tuple[bool, timedelta]:
    """Whether it is tried again though it was refused, and when: what is our fault can be put right meanwhile."""
    if delivery.diagnosis is not None and delivery.diagnosis.is_provider:
        return claim.attempts < MOST_ATTEMPTS, pause_after(claim.attempts)
    return False, timedelta(seconds=retry.pause(claim.attempts))


def _provider_says(claim: ClaimedMail, delivery: Delivery) -> ProviderSays | None:
    if delivery.diagnosis is not None and delivery.diagnosis.is_provider:
        return "refuses us"
    return "takes mail" if claim.was_refused and delivery.verdict == "accepted" else None


def _tell(claim: ClaimedMail, delivery: Delivery) -> None:
    if delivery.reason == CANNOT_BE_WRITTEN:
        metrics.MAILS_NOT_WRITTEN.inc()
    if delivery.diagnosis is not None:
        metrics.MAILS_REFUSED.labels(delivery.diagnosis.fault).inc()
    _log.warning(
        "a mail did not leave",
        action="send",
        follow_up_id=str(claim.follow_up_id),
        matter_id=str(claim.matter_id),
        application_id=str(claim.application_id),
        correlation_id=str(claim.cause.correlation_id) if claim.cause else None,
        kind=claim.kind,
        verdict=delivery.verdict,
        reason=delivery.reason,
        fault=delivery.diagnosis.fault if delivery.diagnosis else None,
        error=delivery.error,
        attempts=claim.attempts,
        in_doubt=delivery.in_doubt,
    )


def _in_one_mail(claims: Sequence[ClaimedMail]) -> list[list[ClaimedMail]]:
    """Each by itself, but what is for one person's digest together: in the order of their ids, as ever again."""
    mails: dict[UUID, list[ClaimedMail]] = {}
    for claim in sorted(claims, key=lambda claim: claim.follow_up_id):
        is_told = KINDS.by_name[claim.kind].digest
        mails.setdefault(claim.contact_id if is_told else claim.follow_up_id, []).append(claim)
    return list(mails.values())


def _written(writer: Writer, claims: Sequence[ClaimedMail]) -> Iterator[Written]:
    whole = Written(claims, _write(writer, claims))
    if isinstance(whole.mail, Mail) or len(claims) == 1:
        yield whole
        return
    # One matter of a digest that can't be told keeps nobody from hearing of the others.
    alone = [Written([claim], _write(writer, [claim])) for claim in claims]
    yield from (each for each in alone if not isinstance(each.mail, Mail))
    if others := [each.claims[0] for each in alone if isinstance(each.mail, Mail)]:
        yield Written(others, _write(writer, others))


def _write(writer: Writer, claims: Sequence[ClaimedMail]) -> Mail | Delivery:
    if claims[0].is_undeliverable:
        return Delivery("refused", "address-undeliverable")
    try:
        return writer.write(claims)
    except AddressError:
        return Delivery("refused", "address-invalid")
    except Exception as error:
        # Whatever it is must not hold up the lane. The error's own text may quote the mail, so only its kind is told.
        return Delivery("refused", CANNOT_BE_WRITTEN, error=type(error).__name__)
