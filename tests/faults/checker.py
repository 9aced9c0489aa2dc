"""Proves from topics, tables and mails that nothing was lost, doubled or disordered; knows no service's code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any, Literal

import asyncpg

from services.notifications.kinds import KINDS
from tests.faults.evidence import BROKEN, Found, read_topics

SERVICES = ("intake", "matching", "mentoring", "notifications")
_PUBLISHED = ("applications.v1", "needs.v1", "assignments.v1", "pairs.v1", "follow-ups.v1", "contacts.v1")
_AFTER_CONFIRMATION = ("assignment-confirmation", "check-in-30-days", "check-in-90-days", "impact-year-1")
_LIVE = ("proposed", "confirmed")
_CLOSED = ("declined", "expired", "ended")
_LINKS = "urn:form:mail-links"
_MOST_NEEDS = 3
_STRANGE = ("forms.applications.v1", "forms.mentors.v1")
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
    thanked: Set[tuple[str, str]] = frozenset(),
) -> Verdict:
    """Reads everything from zero and judges it; the stack must be quiet."""
    topics = read_topics(bootstrap_servers)
    verdict = Verdict()
    events = _distinct([it for topic in _PUBLISHED for it in topics[topic]], verdict)
    strange = [it for topic in _STRANGE for it in topics[topic] if _is_broken(it)]
    forms = _distinct([it for it in topics["forms.applications.v1"] if not _is_broken(it)], verdict)
    mentors = _distinct([it for it in topics["forms.mentors.v1"] if not _is_broken(it)], verdict)
    erasures = _distinct(topics["forms.erasures.v1"], verdict)
    dead = _distinct([it for name in SERVICES for it in topics[f"{name}.dead-letters.v1"]], verdict)
    decisions = _distinct(topics["forms.decisions.v1"], verdict)
    reports = _distinct(topics["forms.reports.v1"], verdict)
    verdict.counted["repeats"] = sum(len(topics[topic]) for topic in _PUBLISHED) - len(events)
    _check_applications(forms, events, verdict)
    _check_proposals(events, verdict)
    _check_decisions(decisions, events, verdict)
    _check_words(decisions, reports, events, thanked, verdict)
    _check_reports(reports, events, verdict)
    _check_departures(mentors, events, verdict)
    _check_erasures(erasures, events, verdict)
    _check_follow_ups(events, verdict)
    _check_versions(events, verdict)
    _check_sequences([*events, *dead], verdict)
    _check_dead_letters(strange, dead, verdict)
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
    return BROKEN in it.value


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
    for form, answer in (("submitted", "registered"), ("corrected", "amended"), ("withdrawal-requested", "withdrawn")):
        wanted = Counter(it.key for it in _of(forms, f"application.{form}"))
        got = Counter(it.data["application_id"] for it in _of(events, f"application.{answer}"))
        _compare(f"application.{answer}", wanted, got, verdict)
    for kind in ("application.rejected", "application.correction-requested"):
        for it in _of(events, kind):
            verdict.say("double", f"nothing asked for {it}")


def _check_proposals(events: Sequence[Found], verdict: Verdict) -> None:
    gone = {it.key for it in _of(events, "application.withdrawn")}
    registered = (it for it in _of(events, "application.registered") if it.key not in gone)
    _compare("live proposal", Counter({it.key: _places(it.data) for it in registered}), _live(events), verdict)
    for key, count in Counter(it.key for it in _of(events, "assignment.proposed")).items():
        if count > 1:
            verdict.say("double", f"assignment {key} was proposed {count} times")


def _places(data: dict[str, Any]) -> int:
    """How many needs a project is held against: a coalition's as many as it has organisations, up to three."""
    return min(1 + int(data["members"]), _MOST_NEEDS, len(data["project"]["themes"]))


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
    accepted = Counter(it.key for it in _of(events, "pair.accepted"))
    both = Counter({key: 1 for key, count in accepted.items() if count == 2})
    _compare("pair.activated", both, Counter(it.key for it in _of(events, "pair.activated")), verdict)


def _check_words(
    decisions: Sequence[Found],
    reports: Sequence[Found],
    events: Sequence[Found],
    thanked: Set[tuple[str, str]],
    verdict: Verdict,
) -> None:
    """Each word about a pair, on whichever topic, has one outcome: it is taken, or refused for the pair's state."""
    words = [it for kind in ("pair.answered", "pair.end-requested") for it in _of(decisions, kind)]
    words += [it for kind in ("meeting.reported", "pair.pause-requested") for it in _of(reports, kind)]
    by_link = Counter((it.key, it.data["party"]) for it in words if it.headers["ce_source"] == _LINKS)
    for pair_id, party in sorted(thanked - by_link.keys()):
        verdict.say("loss", f"{party} of pair {pair_id} was thanked for an answer that is nowhere")
    # Who clicks until the page thanks them may be heard more than once: a second acceptance says nothing.
    again: Counter[str] = Counter()
    for (pair_id, _), count in by_link.items():
        again[pair_id] += count - 1
    taken = [it for kind in ("accepted", "declined", "meeting-held", "paused") for it in _of(events, f"pair.{kind}")]
    taken += [it for it in _of(events, "pair.ended") if it.data["reason"] == "another-pair"]
    refused = _of(events, "pair.answer-refused")
    got = Counter(it.key for it in (*taken, *refused))
    for key, count in Counter(it.key for it in words).items():
        if not count - again[key] <= got[key] <= count:
            sort: Sort = "loss" if got[key] < count else "double"
            verdict.say(sort, f"pair {key}: {got[key]} outcomes of {count} words, {again[key]} of them said again")
    accepted = Counter((it.key, it.data["party"]) for it in _of(taken, "pair.accepted"))
    for (pair_id, party), count in accepted.items():
        if count > 1:
            verdict.say("double", f"pair {pair_id}: {count} acceptances of the {party}")
    verdict.counted["words about pairs"] = len(words)
    verdict.counted["refused"] = len(refused)
    verdict.counted["answers by link"] = by_link.total()


def _check_departures(mentors: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    """Nobody is accompanied by who has left, and nothing of a released assignment goes on."""
    left = {it.key for it in _of(mentors, "mentor.withdrawn")}
    pairs = {it.key: it for it in events if it.topic == "pairs.v1" and "pair_id" in it.data and "to" in it.data}
    live = [it for it in pairs.values() if it.data["to"] not in _CLOSED]
    released = {it.key for it in _of(events, "assignment.released")}
    for it in live:
        if it.data["mentor_id"] in left:
            verdict.say("loss", f"pair {it.key} goes on with mentor {it.data['mentor_id']}, who has left")
        if it.data["assignment_id"] in released:
            verdict.say("loss", f"pair {it.key} goes on, and its assignment was released")
    for count in Counter(it.data["application_id"] for it in live).values():
        if count > 1:
            verdict.say("double", "a project is accompanied twice at once")
    obstacles = {it.data["obstacle_id"]: it for it in events if "obstacle_id" in it.data and "to" in it.data}
    for it in obstacles.values():
        if it.topic == "pairs.v1" and it.key in released and it.data["to"] not in ("lifted", "abandoned"):
            verdict.say("loss", f"obstacle {it.data['obstacle_id']} stays open, and its assignment was released")
    verdict.counted["mentors left"] = len(left)
    verdict.counted["assignments released"] = len(released)


def _check_erasures(erasures: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    """Who asked for it is forgotten everywhere, and nothing says after it how to reach them."""
    people = Counter(it.key for it in erasures)
    _compare("contact.erased", people, Counter(it.key for it in _of(events, "contact.erased")), verdict)
    led = {it.key for it in _of(events, "application.registered") if it.data["lead_id"] in people}
    erased = Counter(it.key for it in _of(events, "application.content-erased"))
    _compare("application.content-erased", Counter(led), erased, verdict)
    last = {it.key: it for it in events if it.topic == "contacts.v1"}
    for person_id in people:
        if last[person_id].value:
            verdict.say("disorder", f"the contact of {person_id} comes after their erasure: {last[person_id]}")


def _check_reports(reports: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    outcomes = (
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


def _check_dead_letters(strange: Sequence[Found], dead: Sequence[Found], verdict: Verdict) -> None:
    wanted = Counter(f"{it.topic}/{it.partition}@{it.offset}" for it in strange)
    got = Counter(f"{it.data['topic']}/{it.data['partition']}@{it.data['offset']}" for it in dead)
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
    last = {it.key: it.data for it in events if it.topic == "applications.v1" and "to" in it.data}
    said = Counter(f"{key} {data['to']} {data['version']}" for key, data in last.items())
    _compare("application row", said, kept, verdict)
