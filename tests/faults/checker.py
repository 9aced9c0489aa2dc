"""Proves from topics, tables and mails that nothing was lost, doubled or disordered; knows no service's code."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import asyncpg

from services.notifications.kinds import KINDS
from tests.faults.evidence import Found, read_topics

SERVICES = ("intake", "matching", "mentoring", "notifications")
_PUBLISHED = ("applications.v1", "needs.v1", "assignments.v1", "pairs.v1", "follow-ups.v1", "contacts.v1")
_AFTER_CONFIRMATION = ("assignment-confirmation", "check-in-30-days", "check-in-90-days", "impact-year-1")
_LIVE = ("proposed", "confirmed")
_ENDS = ("follow-up.sent", "follow-up.cancelled", "follow-up.failed")

Sort = Literal["loss", "double", "disorder", "unrest"]


@dataclass(frozen=True)
class Violation:
    """One breach of the promise, with the ids that prove it."""

    sort: Sort
    text: str


@dataclass
class Verdict:
    """What the checker counted, and every violation."""

    violations: list[Violation] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    in_doubt: list[str] = field(default_factory=list)

    def say(self, sort: Sort, text: str) -> None:
        """Adds a violation."""
        self.violations.append(Violation(sort, text))


async def check(
    bootstrap_servers: str,
    database_url: str,
    mails: Sequence[Mapping[str, Any]],
) -> Verdict:
    """Reads everything from zero and judges it; the stack must be quiet."""
    topics = read_topics(bootstrap_servers)
    verdict = Verdict()
    events = _distinct([it for topic in _PUBLISHED for it in topics[topic]], verdict)
    forms = _distinct(topics["forms.applications.v1"], verdict)
    dead = _distinct([it for name in SERVICES for it in topics[f"{name}.dead-letters.v1"]], verdict)
    decisions = _distinct(topics["forms.decisions.v1"], verdict)
    reports = _distinct(topics["forms.reports.v1"], verdict)
    verdict.counted["repeats"] = sum(len(topics[topic]) for topic in _PUBLISHED) - len(events)
    _check_applications(forms, events, verdict)
    _check_proposals(events, verdict)
    _check_decisions(decisions, events, verdict)
    _check_reports(reports, events, verdict)
    _check_follow_ups(events, verdict)
    _check_versions(events, verdict)
    _check_sequences([*events, *dead], verdict)
    _check_dead_letters(forms, dead, verdict)
    _check_mails(events, mails, verdict)
    connection = await asyncpg.connect(database_url)
    try:
        await _check_tables(connection, events, verdict)
    finally:
        await connection.close()
    return verdict


def _distinct(found: Sequence[Found], verdict: Verdict) -> list[Found]:
    """The first occurrence of each event; every later one must say the same in the same place."""
    first: dict[tuple[str, str], Found] = {}
    for it in found:
        known = first.setdefault(it.identity, it)
        if (known.topic, known.key, known.value) != (it.topic, it.key, it.value):
            verdict.say("double", f"one id, two contents: {known} and {it}")
        elif known.partition != it.partition and not it.topic.startswith("forms."):
            verdict.say("disorder", f"one event on two partitions: {known} and {it}")
    return list(first.values())


def _is_broken(it: Found) -> bool:
    return b'"broken ' in it.value


def _of(events: Iterable[Found], kind: str) -> list[Found]:
    return [it for it in events if it.kind == kind]


def _compare(what: str, wanted: Counter[str], got: Counter[str], verdict: Verdict) -> None:
    """Each wanted key as often as wanted, and nothing else."""
    for key in sorted(wanted.keys() | got.keys()):
        if got[key] != wanted[key]:
            sort: Sort = "loss" if got[key] < wanted[key] else "double"
            verdict.say(sort, f"{what} {key}: {got[key]} instead of {wanted[key]}")
    verdict.counted[what] = got.total()


def _check_applications(forms: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    whole = [it for it in forms if not _is_broken(it)]
    for form, answer in (("submitted", "registered"), ("corrected", "amended"), ("withdrawal-requested", "withdrawn")):
        wanted = Counter(it.key for it in _of(whole, f"application.{form}"))
        got = Counter(it.data["application_id"] for it in _of(events, f"application.{answer}"))
        _compare(f"application.{answer}", wanted, got, verdict)
    for kind in ("application.rejected", "application.correction-requested"):
        for it in _of(events, kind):
            verdict.say("double", f"nothing asked for {it}")


def _check_proposals(events: Sequence[Found], verdict: Verdict) -> None:
    wanted = Counter(it.key for it in _of(events, "application.registered"))
    wanted.subtract(it.key for it in _of(events, "application.withdrawn"))
    _compare("live proposal", +wanted, _live(events), verdict)
    for key, count in Counter(it.key for it in _of(events, "assignment.proposed")).items():
        if count > 1:
            verdict.say("double", f"assignment {key} was proposed {count} times")


def _live(events: Sequence[Found]) -> Counter[str]:
    """How many assignments each application has that are proposed or confirmed, by their events."""
    last = {it.key: it.data for it in events if it.topic == "assignments.v1" and "to" in it.data}
    return Counter(data["application_id"] for data in last.values() if data["to"] in _LIVE)


def _check_decisions(decisions: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    wanted = Counter(it.key for it in _of(decisions, "assignment.decided"))
    confirmed = Counter(it.key for it in _of(events, "assignment.confirmed"))
    _compare("assignment.confirmed", wanted, confirmed, verdict)
    told = {it.data["application_id"] for kind in ("pair.offered", "pair.no-mentor-found") for it in _of(events, kind)}
    # A project that answers several needs is accompanied once.
    for key in {it.data["application_id"] for it in _of(events, "assignment.confirmed")} - told:
        verdict.say("loss", f"application {key} was confirmed and has neither an offer nor NoMentorFound")
    rounds = Counter(it.key for it in _of(decisions, "round.requested"))
    _compare("round.completed", rounds, Counter(it.key for it in _of(events, "round.completed")), verdict)
    answers = _of(decisions, "pair.answered")
    for answer, outcome in (("accept", "pair.accepted"), ("decline", "pair.declined")):
        wanted = Counter(f"{it.key} by {it.data['party']}" for it in answers if it.data["answer"] == answer)
        got = Counter(f"{it.key} by {it.data['party']}" for it in _of(events, outcome))
        _compare(outcome, wanted, got, verdict)
    accepted = Counter(it.key for it in answers if it.data["answer"] == "accept" and it.data["party"] == "lead")
    _compare("pair.activated", accepted, Counter(it.key for it in _of(events, "pair.activated")), verdict)


def _check_reports(reports: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    outcomes = (
        ("meeting.reported", "pair.meeting-held", "meeting_id"),
        ("obstacle.reported", "obstacle.opened", "obstacle_id"),
        ("introduction.reported", "introduction.recorded", "introduction_id"),
    )
    for report, outcome, name in outcomes:
        wanted = Counter(it.data[name] for it in _of(reports, report))
        _compare(outcome, wanted, Counter(it.data[name] for it in _of(events, outcome)), verdict)
    updates = _of(reports, "obstacle.updated")
    for update, outcome in (("take", "obstacle.taken"), ("lift", "obstacle.lifted")):
        wanted = Counter(it.data["obstacle_id"] for it in updates if it.data["update"] == update)
        _compare(outcome, wanted, Counter(it.data["obstacle_id"] for it in _of(events, outcome)), verdict)


def _planned(events: Sequence[Found]) -> list[dict[str, Any]]:
    """Every follow-up that was planned, those to come in a series too, each with its matter and recipient."""
    planned = []
    for event in _of(events, "follow-up.planned"):
        for follow_up in event.data["follow_ups"]:
            shared = {"matter_id": event.data["matter_id"], "recipient_id": follow_up["recipient_id"]}
            planned += [{"reminder": 0, **one, **shared} for one in (follow_up, *follow_up["occasions"])]
    return planned


def _check_follow_ups(events: Sequence[Found], verdict: Verdict) -> None:
    planned = _planned(events)
    # A reminder is due days after its mail has left, so none of them leaves here.
    scheduled = [it for it in planned if not it["reminder"]]
    for matter, count in Counter(
        (it["kind"], it["recipient_id"], it["matter_id"], str(it["reminder"]), it["follow_up_id"]) for it in planned
    ).items():
        if count > 1:
            verdict.say("double", f"follow-up {' '.join(matter)} was planned {count} times")
    expected = [("application.registered", "acknowledgement"), ("assignment.proposed", "assignment-proposal")]
    expected += [("assignment.confirmed", kind) for kind in _AFTER_CONFIRMATION]
    for cause, kind in expected:
        wanted = Counter(it.key for it in _of(events, cause))
        got = Counter(it["matter_id"] for it in scheduled if it["kind"] == kind)
        _compare(f"follow-up {kind}", wanted, got, verdict)
    ended = Counter(it.key for it in events if it.kind in _ENDS)
    for key, count in ended.items():
        if count > 1:
            verdict.say("double", f"follow-up {key} ended {count} times")
    sent = {it.key for it in events if it.kind == "follow-up.sent"}
    a_week = Counter(
        it["recipient_id"] for it in scheduled if it["follow_up_id"] in sent and not KINDS.by_name[it["kind"]].urgent
    )
    for it in scheduled:
        known = KINDS.by_name[it["kind"]]
        # Nobody gets more in a week: what is beyond waits, and only that.
        waits = not known.urgent and a_week[it["recipient_id"]] >= KINDS.courtesy.most_a_week
        if known.is_at_once and not waits and not ended[it["follow_up_id"]]:
            verdict.say("loss", f"follow-up {it['follow_up_id']} ({it['kind']}) was neither sent nor cancelled")


def _parts_of(data: dict[str, Any]) -> Sequence[str]:
    """What of the things that share an assignment's key an event is about: each counts its own versions."""
    if "pair_id" in data:
        return [""]
    if "actions" in data:
        return [f"action {action}" for action in data["actions"]]
    names = ("obstacle_id", "introduction_id", "action", "year")
    return [next((f"{name.removesuffix('_id')} {data[name]}" for name in names if name in data), "")]


def _check_versions(events: Sequence[Found], verdict: Verdict) -> None:
    """Each aggregate's first occurrences count 1, 2, 3 …"""
    versions: dict[tuple[str, str], list[int]] = defaultdict(list)
    for it in events:
        if "version" in it.data:
            for part in _parts_of(it.data):
                versions[it.topic, f"{it.key} {part}".strip()].append(it.data["version"])
    for (topic, key), order in versions.items():
        first = 2 if topic == "follow-ups.v1" else 1
        if order != sorted(order):
            verdict.say("disorder", f"versions of {topic} {key}: {order}")
        # That a follow-up was planned, its first version, is told with all others of its cause.
        elif order != list(range(first, len(order) + first)):
            verdict.say("loss", f"versions of {topic} {key} are not consecutive: {order}")
    verdict.counted["aggregates"] = len(versions)


def _check_dead_letters(forms: Sequence[Found], dead: Sequence[Found], verdict: Verdict) -> None:
    wanted = Counter(it.value.decode() for it in forms if _is_broken(it))
    got = Counter(base64.b64decode(it.data["value"] or "").decode() for it in dead)
    _compare("dead letter", wanted, got, verdict)


def _check_mails(events: Sequence[Found], mails: Sequence[Mapping[str, Any]], verdict: Verdict) -> None:
    """A follow-up that was sent arrived once, one that was not did not; where it is in doubt, either may be."""
    ended = {it.key: it for it in events if it.kind in _ENDS}
    arrived = Counter(_follow_up_of(mail["message_id"]) for mail in mails)
    verdict.counted["mails"] = len(arrived)
    verdict.counted["in doubt"] = sum(it.data["in_doubt"] for it in ended.values())
    for key, count in arrived.items():
        end = ended.get(key)
        if end is None:
            verdict.say("loss", f"mail {key} arrived and nothing says so")
        elif end.data["in_doubt"]:
            if count > 1 or end.kind != "follow-up.sent":
                verdict.in_doubt.append(f"{key} arrived {count} times, and {end} says in_doubt")
        elif end.kind != "follow-up.sent":
            verdict.say("double", f"mail {key} arrived, and {end} says that it was not sent")
        elif count > 1:
            verdict.say("double", f"mail {key} arrived {count} times, and {end} is not in doubt")
    for end in ended.values():
        # Of a digest's follow-ups one gives the mail its id.
        if end.kind == "follow-up.sent" and _follow_up_of(end.data["message_id"]) not in arrived:
            verdict.say("loss", f"{end} says that the mail left, and it never arrived")


def _follow_up_of(message_id: str) -> str:
    return message_id.partition("@")[0].lstrip("<")


def _check_sequences(events: Sequence[Found], verdict: Verdict) -> None:
    """Each lane of a service numbers its events once, and they lie in each partition in the order of their numbers."""
    last: dict[tuple[str, int, str, str], str] = {}
    named: dict[tuple[str, str], str] = {}
    for it in events:
        if "ce_sequence" not in it.headers:
            continue  # what had been held has none: readers tell it by its id
        source, (lane, _, number) = it.headers["ce_source"], it.headers["ce_sequence"].rpartition(":")
        place = it.topic, it.partition, source, lane
        if number <= last.get(place, ""):
            verdict.say("disorder", f"{it} has the number {number} of {lane}, after {last[place]}")
        last[place] = number
        if named.setdefault((source, f"{lane}:{number}"), it.headers["ce_id"]) != it.headers["ce_id"]:
            verdict.say("disorder", f"{it} has a number that another event has too")


async def _check_tables(
    connection: asyncpg.Connection[asyncpg.Record], events: Sequence[Found], verdict: Verdict
) -> None:
    """The tables say what the events say."""
    rows = await connection.fetch("SELECT application_id::text FROM matching.assignment WHERE state = ANY($1)", _LIVE)
    _compare("live row", _live(events), Counter(row[0] for row in rows), verdict)
    rows = await connection.fetch("SELECT id::text, state, version FROM intake.application")
    kept = Counter(f"{row['id']} {row['state']} {row['version']}" for row in rows)
    last = {it.key: it.data for it in events if it.topic == "applications.v1"}
    said = Counter(f"{key} {data['to']} {data['version']}" for key, data in last.items())
    _compare("application row", said, kept, verdict)
