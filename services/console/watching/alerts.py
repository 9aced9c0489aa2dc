"""What needs somebody, out of the last looks, with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

from services.console.watching.samples import Sample, Samples
from services.journal.journeys.words import Words

_LONG_UNREAD_SECONDS: Final = 60.0
_LONG_UNPUBLISHED_SECONDS: Final = 30.0
_LONG_WAITING: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Alert:
    """What is the matter, how bad it is, what to do, and where that is done in the console, if it is."""

    level: Literal["stop", "look"]
    seen: Words
    remedy: Words
    link: str | None = None


def alerts_of(samples: Samples) -> list[Alert]:
    """All that needs somebody, what stops work first."""
    return sorted(_found(samples), key=lambda alert: alert.level != "stop")


def _found(samples: Samples) -> Iterator[Alert]:
    last = samples.last
    if last is None:
        return
    yield from _away(last)
    yield from _stopped(samples)
    yield from _slow(samples)
    yield from _set_aside(samples)
    yield from _endless(last)
    yield from _late(last)


def _away(last: Sample) -> Iterator[Alert]:
    for service in last.away:
        yield Alert(
            "stop",
            Words(fr=f"Les tables de {service} n’ont pas pu être lues.", en=f"The tables of {service} can't be read."),
            Words(
                fr="Voir si PostgreSQL répond\u00a0: engage doctor.",
                en="See whether PostgreSQL answers: engage doctor.",
            ),
        )


def _endless(last: Sample) -> Iterator[Alert]:
    if last.ends is None:
        yield Alert(
            "look",
            Words(
                fr="Kafka ne dit pas jusqu’où vont ses sujets\u00a0: ce qui attend d’être lu n’est pas connu.",
                en="Kafka does not say how far its topics go: what waits to be read is not known.",
            ),
            Words(
                fr="Voir s’il fonctionne, et si ENGAGE_KAFKA_BOOTSTRAP_SERVERS le nomme.",
                en="See whether it runs, and whether ENGAGE_KAFKA_BOOTSTRAP_SERVERS names it.",
            ),
        )


def _late(last: Sample) -> Iterator[Alert]:
    if last.mails is not None and last.mails.late:
        yield Alert(
            "look",
            Words(
                fr=f"Courriers en retard de plus d’une heure\u00a0: {last.mails.late}.",
                en=f"Mails late by more than an hour: {last.mails.late}.",
            ),
            Words(
                fr="Voir le serveur de courrier, puis engage follow-ups list --state scheduled.",
                en="See the mail server, then engage follow-ups list --state scheduled.",
            ),
        )


def _stopped(samples: Samples) -> Iterator[Alert]:
    for lane in samples.stopped():
        place = f"{lane.service}, {lane.place.topic}/{lane.place.partition}"
        yield Alert(
            "stop",
            Words(fr=f"File arrêtée\u00a0: {place}.", en=f"Stopped lane: {place}."),
            Words(
                fr="En lever la cause, puis la reprendre, ou passer le message.",
                en="Remove what stopped it, then resume it, or step over the record.",
            ),
            "/repair/lanes",
        )


def _slow(samples: Samples) -> Iterator[Alert]:
    for lane in samples.waiting():
        if lane.seconds >= _LONG_UNREAD_SECONDS and lane.stopped_because is None:
            place = f"{lane.service}, {lane.place.topic}/{lane.place.partition}"
            yield Alert(
                "look",
                Words(
                    fr=f"Rien n’est lu depuis {lane.seconds:.0f} s\u00a0: {place}, {lane.records} en attente.",
                    en=f"Nothing was read for {lane.seconds:.0f} s: {place}, {lane.records} waiting.",
                ),
                Words(fr="Voir si le service fonctionne, et son journal.", en="See whether it runs, and its log."),
            )
    for service in sorted({lane.service for lane in (samples.last.lanes if samples.last else ())}):
        seconds = samples.unpublished_seconds(service)
        if seconds is not None and seconds >= _LONG_UNPUBLISHED_SECONDS:
            yield Alert(
                "stop",
                Words(
                    fr=f"{service} n’arrive pas à publier depuis {seconds:.0f} s.",
                    en=f"{service} has been unable to publish for {seconds:.0f} s.",
                ),
                Words(fr="Voir si Kafka répond au service.", en="See whether Kafka answers the service."),
            )


def _set_aside(samples: Samples) -> Iterator[Alert]:
    assert samples.last is not None
    held = [count for counts in samples.last.held.values() for count in counts]
    if dead := sum(count.records for count in held if count.state == "dead"):
        yield Alert(
            "look",
            Words(fr=f"Messages mis de côté\u00a0: {dead}.", en=f"Records set aside: {dead}."),
            Words(fr="En décider\u00a0: rejouer ou écarter.", en="Decide: replay or discard them."),
            "/repair",
        )
    long = [count for count in held if count.state == "waiting" and samples.last.at - count.oldest >= _LONG_WAITING]
    if records := sum(count.records for count in long):
        yield Alert(
            "look",
            Words(
                fr=f"Un jour d’attente ou plus, pour ce qui n’est pas encore venu\u00a0: {records}.",
                en=f"Waiting for a day or more, for what has not come yet: {records}.",
            ),
            Words(fr="Voir ce qu’ils attendent.", en="See what they wait for."),
            "/repair",
        )
