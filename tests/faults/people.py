"""Proves that each word about a pair has its outcome, and that who leaves or is forgotten is let go everywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from itertools import product
from typing import get_args
from uuid import UUID

from contracts.catalogue import PROGRAMME
from contracts.contacts import ContactRole, contact_id_of
from tests.faults.evidence import Found, of
from tests.faults.rebuilt import once_each
from tests.faults.verdict import Sort, Verdict, compare

_CLOSED = ("declined", "expired", "ended")
_LINKS = "urn:form:mail-links"


def check_words(
    decisions: Sequence[Found],
    reports: Sequence[Found],
    events: Sequence[Found],
    thanked: Set[tuple[str, str]],
    verdict: Verdict,
) -> None:
    """Each word about a pair, on whichever topic, has one outcome: it is taken, or refused for the pair's state."""
    words = [it for kind in ("pair.answered", "pair.end-requested") for it in of(decisions, kind)]
    words += [it for kind in ("meeting.reported", "pair.pause-requested") for it in of(reports, kind)]
    by_link = Counter((it.key, it.data["party"]) for it in words if it.headers["ce_source"] == _LINKS)
    for pair_id, party in sorted(thanked - by_link.keys()):
        verdict.say("loss", f"{party} of pair {pair_id} was thanked for an answer that is nowhere")
    # Who clicks until the page thanks them may be heard more than once: a second acceptance says nothing.
    again: Counter[str] = Counter()
    for (pair_id, _), count in by_link.items():
        again[pair_id] += count - 1
    taken = [it for kind in ("accepted", "declined", "meeting-held", "paused") for it in of(events, f"pair.{kind}")]
    taken += [it for it in of(events, "pair.ended") if it.data["reason"] == "another-pair"]
    refused = of(events, "pair.answer-refused")
    got = Counter(it.key for it in (*taken, *refused))
    for key, count in Counter(it.key for it in words).items():
        if not count - again[key] <= got[key] <= count:
            sort: Sort = "loss" if got[key] < count else "double"
            verdict.say(sort, f"pair {key}: {got[key]} outcomes of {count} words, {again[key]} of them said again")
    accepted = Counter((it.key, it.data["party"]) for it in of(taken, "pair.accepted"))
    for (pair_id, party), count in accepted.items():
        if count > 1:
            verdict.say("double", f"pair {pair_id}: {count} acceptances of the {party}")
    verdict.counted["words about pairs"] = len(words)
    verdict.counted["refused"] = len(refused)
    verdict.counted["answers by link"] = by_link.total()


def check_departures(
    mentors: Sequence[Found], erasures: Sequence[Found], events: Sequence[Found], verdict: Verdict
) -> None:
    """Nobody is accompanied by who has left or is forgotten, and nothing of a released assignment goes on."""
    forgotten = {it.key for it in erasures}
    left = {it.key for it in of(mentors, "mentor.withdrawn")}
    left |= {it.key for it in of(mentors, "mentor.enrolled") if it.data["person"]["person_id"] in forgotten}
    pairs = {it.key: it for it in events if it.topic == "pairs.v1" and "pair_id" in it.data and "to" in it.data}
    live = [it for it in pairs.values() if it.data["to"] not in _CLOSED]
    released = {it.key for it in of(events, "assignment.released")}
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


def withdrawn_by_erasure(forms: Sequence[Found], erasures: Sequence[Found]) -> Set[str]:
    """The applications that end because who led them asked to be forgotten with all of theirs."""
    with_all = {it.key for it in erasures if it.data["applications"] == "withdraw"}
    return {it.key for it in of(forms, "application.submitted") if it.data["lead"]["person_id"] in with_all}


def check_erasures(erasures: Sequence[Found], events: Sequence[Found], rebuilds: int, verdict: Verdict) -> None:
    """Who asked for it is forgotten everywhere."""
    people = Counter(it.key for it in erasures)
    forgotten = of(events, "person.forgotten")
    for service in PROGRAMME:
        by_service = [it for it in forgotten if it.data["service"] == service]
        said = once_each(by_service, rebuilds if service == "intake" else 0, verdict)
        compare(f"person.forgotten by {service}", people, Counter(it.key for it in said), verdict)
    erased = once_each(of(events, "person.erased"), rebuilds, verdict)
    compare("person.erased", people, Counter(it.key for it in erased), verdict)
    led = {it.key for it in of(events, "application.registered") if it.data["lead_id"] in people}
    # Each form that is read after the erasure says it again, as where a service is built anew from its topics.
    emptied = {it.key for it in of(events, "application.content-erased")}
    compare("application.content-erased", Counter(led), Counter(emptied), verdict)


def check_contacts(erasures: Sequence[Found], contacts: Sequence[Found], verdict: Verdict) -> None:
    """Nothing says how to reach who was forgotten: the newest record of a key holds, also one that came again."""
    last = {it.key: it for it in contacts}
    for person_id, role in product({it.key for it in erasures}, get_args(ContactRole)):
        contact = last.get(str(contact_id_of(role, UUID(person_id))))
        if contact is not None and contact.value:
            verdict.say("disorder", f"the contact of {person_id} as {role} comes after their erasure: {contact}")
