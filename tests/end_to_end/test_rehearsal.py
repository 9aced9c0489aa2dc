"""`engage up` on a clock that is set: three years of one project, moved from deadline to deadline, in every number."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email import message_from_binary_file, policy
from pathlib import Path
from urllib.request import urlopen
from uuid import UUID

import pytest

from contracts.follow_ups import FollowUpSent
from contracts.message import EventData
from contracts.offers import PairAnswered
from contracts.pairs import MeetingReported, PairActivated, PairIdle
from deploy.rehearsal.answering import Agreeing
from deploy.rehearsal.conductor import conductor_beside
from deploy.rehearsal.forms import Forms
from deploy.rehearsal.listening import Listener, Told
from deploy.rehearsal.playing import Planned, Playing
from deploy.rehearsal.words import moment_of
from tests.forms import application, identifier, mentor, need

BEGINS = moment_of("2026-01-06", "the test")
PAIR = {
    # The first offer ends without an answer; of the second a pair comes, which meets five times when it is reminded.
    "offered": 2,
    "expired": 1,
    "accepted": 2,
    "activated": 1,
    "meeting-held": 5,
    # Six times after 45 days, and the last time the referent after 60: after 90 it ends.
    "idle": 7,
    "review-due": 1,
    "review-recorded": 2,
    "renewed": 1,
    "ended": 1,
}
MAILS = {
    "acknowledgement": 1,
    "assignment-proposal": 1,
    "assignment-confirmation": 1,
    # One of each offer, and a reminder of the one that nobody answers.
    **dict.fromkeys(("pair-offer", "pair-offer-to-lead"), 3),
    **dict.fromkeys(("introduction-to-lead", "introduction-to-mentor"), 1),
    **dict.fromkeys(("fit-check-to-lead", "fit-check-to-mentor"), 1),
    **dict.fromkeys(("pair-nudge-to-lead", "pair-nudge-to-mentor"), 6),
    **dict.fromkeys(("review-to-lead", "review-to-mentor"), 1),
    **dict.fromkeys(("renewal-to-lead", "renewal-to-mentor"), 1),
    "pair-not-meeting": 1,
    **dict.fromkeys(("pair-end-to-lead", "pair-end-to-mentor"), 1),
    **dict.fromkeys(("check-in-30-days", "check-in-90-days", "check-in-six-months"), 1),
    # The lead reports nothing, so each is asked for again: once for the beginning, twice a year.
    "impact-baseline": 2,
    **dict.fromkeys(("impact-year-1", "impact-year-2", "impact-year-3"), 3),
}
COMMAND = [sys.executable, "-m", "deploy.command_line"]


@pytest.fixture
def addresses() -> Iterator[dict[str, str]]:
    """`engage up` as a person starts it, its clock standing still."""
    up = subprocess.Popen(
        [*COMMAND, "up", "--clock", "2026-01-06", "--speed", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert up.stdout is not None
        yield json.loads(up.stdout.readline())
    finally:
        up.send_signal(signal.SIGINT)
        up.communicate(timeout=60)


class Hesitant(Agreeing):
    """The first mentor never answers; the pair that comes of the second offer meets when it is reminded, twice."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()
        self.mails: Counter[str] = Counter()
        self._silent: UUID | None = None
        self._met = 0

    def answer(self, told: Sequence[Told], at: datetime) -> Iterator[Planned]:
        for each in told:
            self.counts[each.event.type] += 1
            if isinstance(each.event.data, FollowUpSent):
                self.mails[each.event.data.kind] += 1
                if each.event.data.kind == "pair-offer":
                    self._silent = self._silent or each.event.data.matter_id
        yield from (each for each in super().answer(told, at) if not self._is_silent(each.data))
        for each in told:
            if isinstance(each.event.data, PairIdle) and each.event.data.step == "nudge" and self._met < 5:
                self._met += 1
                yield Planned(at + timedelta(days=5), self._meeting(each.event.data, at + timedelta(days=5)))

    def _is_silent(self, data: EventData) -> bool:
        return isinstance(data, PairAnswered) and data.pair_id == self._silent

    def _meeting(self, pair: PairIdle | PairActivated, at: datetime) -> EventData:
        return MeetingReported(
            pair_id=pair.pair_id,
            meeting_id=identifier(f"meeting {self._met}"),
            held_on=at.date(),
            minutes=60,
            reported_by=f"mentor:{pair.mentor_id}",
            reported_at=at,
        )


def clock(addresses: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "ENGAGE_REHEARSAL_CLOCK": addresses["rehearsal_clock"]}
    return subprocess.run([*COMMAND, "clock", *arguments], env=environment, capture_output=True, text=True, check=False)


async def test_three_years_of_one_project(addresses: dict[str, str]) -> None:
    people = Hesitant()
    conductor = conductor_beside(Path(addresses["rehearsal_clock"]))
    servers = addresses["kafka_bootstrap_servers"]
    async with conductor, Forms(servers, "urn:form:test") as forms, Listener(servers) as listener:
        playing = Playing(conductor, forms, listener, people.answer)
        skills = ("youth-employment",)
        for data in (
            need("youth-employment", capacity=1),
            mentor("silent", skills=skills, capacity=1),
            mentor("willing", skills=skills, capacity=1),
            application("a"),
        ):
            playing.agenda.add(Planned(BEGINS, data))
        await playing.until(BEGINS + timedelta(days=3 * 365 + 60))
    happened = {name: people.counts[f"engage.pair.{name}.v1"] for name in PAIR}
    assert happened == PAIR
    assert people.mails == MAILS
    _look_at_the_mails(addresses, people.mails.total())
    _set_the_clock(addresses)


def _look_at_the_mails(addresses: dict[str, str], count: int) -> None:
    with urlopen(f"{addresses['mailbox']}/messages") as answer:
        caught = json.load(answer)
    assert len(caught) == count
    with urlopen(f"{addresses['mailbox']}/messages/{caught[-1]['id']}") as answer:
        mail = message_from_binary_file(answer, policy=policy.default)
    assert mail["X-Engage-Rehearsal"] == "true"
    assert mail["Date"].datetime.year == 2029, "its date is the rehearsal's"
    assert (body := mail.get_body(("plain",))) is not None
    assert str(body.get_content()).startswith("RÉPÉTITION")


def _set_the_clock(addresses: dict[str, str]) -> None:
    back = clock(addresses, "jump", "2026-02-01")
    assert back.returncode == 2
    assert "never goes backwards" in back.stderr
    jumped = clock(addresses, "jump", "2030-01-01")
    assert jumped.stdout.startswith("2030-01-01 09:00:00"), jumped.stderr
    assert json.loads(clock(addresses, "--json").stdout) == {
        "shows": "2030-01-01T08:00:00+00:00",
        "seconds_a_second": 1.0,
        "is_paused": True,
    }
    assert "no speed" in clock(addresses, "speed", "1year/s").stderr
    assert "86400 s go by in a second" in clock(addresses, "speed", "1day/s").stdout
    assert not json.loads(clock(addresses, "--json").stdout)["is_paused"]
