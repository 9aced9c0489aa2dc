"""Proves from topics, tables and mails that nothing was lost, doubled or disordered; knows no service's code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from typing import Any

import asyncpg

from tests.faults.evidence import BROKEN, Found, is_astray, of, read_topics
from tests.faults.journeys import check_journeys
from tests.faults.mails import check_follow_ups, check_mails
from tests.faults.people import check_contacts, check_departures, check_erasures, check_words, withdrawn_by_erasure
from tests.faults.rebuilt import (
    check_versions_of_applications,
    ends_later,
    newest,
    says_the_same,
    withdrawals,
)
from tests.faults.refusals import refusals
from tests.faults.traces import check_traces
from tests.faults.verdict import Verdict, compare

SERVICES = ("intake", "matching", "mentoring", "notifications")
_PUBLISHED = (
    "applications.v1",
    "needs.v1",
    "assignments.v1",
    "pairs.v1",
    "follow-ups.v1",
    "contacts.v1",
    "erasures.v1",
)
_LIVE = ("proposed", "confirmed")
_MOST_NEEDS = 3
_STRANGE = ("forms.applications.v1", "forms.mentors.v1")


async def check(
    bootstrap_servers: str,
    database_url: str,
    mails: Sequence[Mapping[str, Any]],
    thanked: Set[tuple[str, str]] = frozenset(),
    rebuilds: int = 0,
) -> Verdict:
    """Reads everything from zero and judges it; the stack must be quiet. Intake was built anew `rebuilds` times."""
    return await judge(read_topics(bootstrap_servers), database_url, mails, thanked, rebuilds)


async def judge(
    topics: Mapping[str, Sequence[Found]],
    database_url: str,
    mails: Sequence[Mapping[str, Any]],
    thanked: Set[tuple[str, str]] = frozenset(),
    rebuilds: int = 0,
) -> Verdict:
    """Judges what was read."""
    verdict = Verdict()
    forgotten = {it.key for it in topics["forms.erasures.v1"]} if rebuilds else set()
    events = _distinct([it for topic in _PUBLISHED for it in topics[topic]], verdict, forgotten)
    strange = [it for topic in _STRANGE for it in topics[topic] if _is_refused(it)]
    forms = _distinct([it for it in topics["forms.applications.v1"] if not _is_refused(it)], verdict)
    mentors = _distinct([it for it in topics["forms.mentors.v1"] if not _is_broken(it)], verdict)
    erasures = _distinct(topics["forms.erasures.v1"], verdict)
    dead = _distinct([it for name in SERVICES for it in topics[f"{name}.dead-letters.v1"]], verdict)
    decisions = _distinct(topics["forms.decisions.v1"], verdict)
    reports = _distinct(topics["forms.reports.v1"], verdict)
    verdict.counted["repeats"] = sum(len(topics[topic]) for topic in _PUBLISHED) - len(events)
    _check_applications(forms, events, withdrawn_by_erasure(forms, erasures), verdict)
    check_versions_of_applications(events, rebuilds, verdict)
    _check_proposals(events, verdict)
    _check_decisions(decisions, events, verdict)
    check_words(decisions, reports, events, thanked, verdict)
    _check_reports(reports, events, verdict)
    check_departures(mentors, erasures, events, verdict)
    check_erasures(erasures, events, rebuilds, verdict)
    check_contacts(erasures, topics["contacts.v1"], verdict)
    check_follow_ups(events, {it.key for it in erasures}, verdict)
    _check_versions(events, verdict)
    _check_sequences([*events, *dead], topics["contacts.v1"] if rebuilds else (), verdict)
    _check_dead_letters(strange, dead, verdict)
    check_mails(events, mails, verdict)
    connection = await asyncpg.connect(database_url)
    try:
        await _check_tables(connection, events, verdict)
        await check_traces(connection, topics, verdict)
        await connection.execute("SET search_path = journal")
        await check_journeys(connection, topics, verdict)
    finally:
        await connection.close()
    return verdict


def _distinct(found: Sequence[Found], verdict: Verdict, forgotten: Set[str] = frozenset()) -> list[Found]:
    """The first occurrence of each event; every later one must say the same in the same place."""
    first: dict[tuple[str, str], Found] = {}
    for it in found:
        known = first.setdefault(it.identity, it)
        if not says_the_same(known, it, forgotten):
            verdict.say("double", f"one id, two contents: {known} and {it}")
        elif known.partition != it.partition and not it.topic.startswith("forms."):
            verdict.say("disorder", f"one event on two partitions: {known} and {it}")
    return list(first.values())


def _is_broken(it: Found) -> bool:
    return BROKEN in it.value


def _is_refused(it: Found) -> bool:
    return _is_broken(it) or is_astray(it)


def _check_applications(
    forms: Sequence[Found], events: Sequence[Found], led_by_withdrawn: Set[str], verdict: Verdict
) -> None:
    taken_back = Counter({it.key for it in of(forms, "application.withdrawal-requested")} | led_by_withdrawn)
    outcomes = (
        ("registered", Counter(it.key for it in of(forms, "application.submitted"))),
        ("amended", Counter(it.key for it in of(forms, "application.corrected"))),
        ("withdrawn", taken_back),
    )
    for answer, wanted in outcomes:
        got = Counter(it.data["application_id"] for it in of(events, f"application.{answer}"))
        if answer == "withdrawn":
            got = withdrawals(events, led_by_withdrawn)
        compare(f"application.{answer}", wanted, got, verdict)
    for kind in ("application.rejected", "application.correction-requested"):
        for it in of(events, kind):
            verdict.say("double", f"nothing asked for {it}")


def _check_proposals(events: Sequence[Found], verdict: Verdict) -> None:
    gone = {it.key for it in of(events, "application.withdrawn")}
    registered = (it for it in of(events, "application.registered") if it.key not in gone)
    compare("live proposal", Counter({it.key: _places(it.data) for it in registered}), _live(events), verdict)
    for key, count in Counter(it.key for it in of(events, "assignment.proposed")).items():
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
    wanted = Counter(it.key for it in of(decisions, "assignment.decided"))
    confirmed = Counter(it.key for it in of(events, "assignment.confirmed"))
    compare("assignment.confirmed", wanted, confirmed, verdict, refusals(events))
    told = {it.data["application_id"] for kind in ("pair.offered", "pair.no-mentor-found") for it in of(events, kind)}
    # A project that answers several needs is accompanied once.
    for key in {it.data["application_id"] for it in of(events, "assignment.confirmed")} - told:
        verdict.say("loss", f"application {key} was confirmed and has neither an offer nor NoMentorFound")
    rounds = Counter(it.key for it in of(decisions, "round.requested"))
    compare("round.completed", rounds, Counter(it.key for it in of(events, "round.completed")), verdict)
    accepted = Counter(it.key for it in of(events, "pair.accepted"))
    both = Counter({key: 1 for key, count in accepted.items() if count == 2})
    compare("pair.activated", both, Counter(it.key for it in of(events, "pair.activated")), verdict)


def _check_reports(reports: Sequence[Found], events: Sequence[Found], verdict: Verdict) -> None:
    outcomes = (
        ("obstacle.reported", "obstacle.opened", "obstacle_id"),
        ("introduction.reported", "introduction.recorded", "introduction_id"),
    )
    for report, outcome, name in outcomes:
        wanted = Counter(it.data[name] for it in of(reports, report))
        compare(outcome, wanted, Counter(it.data[name] for it in of(events, outcome)), verdict, refusals(events))
    updates = of(reports, "obstacle.updated")
    for update, outcome in (("take", "obstacle.taken"), ("lift", "obstacle.lifted")):
        wanted = Counter(it.data["obstacle_id"] for it in updates if it.data["update"] == update)
        compare(outcome, wanted, Counter(it.data["obstacle_id"] for it in of(events, outcome)), verdict)


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
        if "version" in it.data and it.topic != "applications.v1":
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
    compare("dead letter", wanted, got, verdict)


def _check_sequences(events: Sequence[Found], ended: Sequence[Found], verdict: Verdict) -> None:
    """Each lane of a service numbers its events once, and they lie in each partition in the order of their numbers.

    But for what of these contacts ends later: an intake built anew may read a form before the request to forget it that
    it had read after it.
    """
    last: dict[tuple[str, int, str, str], str] = {}
    named: dict[tuple[str, str], str] = {}
    for it in events:
        if "ce_sequence" not in it.headers:
            continue  # of a record that had waited: it is known by its id
        source, (lane, _, number) = it.headers["ce_source"], it.headers["ce_sequence"].rpartition(":")
        place = it.topic, it.partition, source, lane
        if number <= last.get(place, "") and not ends_later(it, ended):
            verdict.say("disorder", f"{it} has the number {number} of {lane}, after {last[place]}")
        last[place] = max(number, last.get(place, ""))
        if named.setdefault((source, f"{lane}:{number}"), it.headers["ce_id"]) != it.headers["ce_id"]:
            verdict.say("disorder", f"{it} has a number that another event has too")


async def _check_tables(
    connection: asyncpg.Connection[asyncpg.Record], events: Sequence[Found], verdict: Verdict
) -> None:
    """The tables say what the events say."""
    rows = await connection.fetch("SELECT application_id::text FROM matching.assignment WHERE state = ANY($1)", _LIVE)
    compare("live row", _live(events), Counter(row[0] for row in rows), verdict)
    rows = await connection.fetch("SELECT id::text, state, version FROM intake.application")
    kept = Counter(f"{row['id']} {row['state']} {row['version']}" for row in rows)
    said = Counter(f"{key} {data['to']} {data['version']}" for key, data in newest(events).items())
    compare("application row", said, kept, verdict)
