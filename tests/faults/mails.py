"""Proves that each follow-up was planned once, and that its mail arrived once where it says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from typing import Any

from services.notifications.kinds import KINDS
from tests.faults.evidence import Found, of
from tests.faults.verdict import Verdict, compare

_AFTER_CONFIRMATION = ("assignment-confirmation", "check-in-30-days", "check-in-90-days", "impact-year-1")
_ENDS = ("follow-up.sent", "follow-up.cancelled", "follow-up.failed")


def check_follow_ups(events: Sequence[Found], forgotten: Set[str], verdict: Verdict) -> None:
    planned = _planned(events)
    # A reminder is due days after its mail has left, so none of them leaves here.
    scheduled = [it for it in planned if not it["reminder"]]
    for matter, count in Counter(
        (it["kind"], it["recipient_id"], it["matter_id"], str(it["reminder"]), it["follow_up_id"]) for it in planned
    ).items():
        if count > 1:
            verdict.say("double", f"follow-up {' '.join(matter)} was planned {count} times")
    failed = {it.key for it in events if it.kind == "follow-up.failed"}
    expected = [("application.registered", "acknowledgement"), ("assignment.proposed", "assignment-proposal")]
    expected += [("assignment.confirmed", kind) for kind in _AFTER_CONFIRMATION]
    for cause, kind in expected:
        causes = of(events, cause)
        # Whether somebody was written to who asked to be forgotten at the same moment is chance: once at most.
        excused = {it.key for it in causes if KINDS.by_name[kind].to == "lead" and it.data["lead_id"] in forgotten}
        wanted = Counter(it.key for it in causes if it.key not in excused)
        mine = [it for it in scheduled if it["kind"] == kind and it["matter_id"] not in excused]
        # What could not be delivered has told nobody, so an amendment may say it again.
        told = Counter(it["matter_id"] for it in mine if it["follow_up_id"] not in failed)
        got = told | Counter({it["matter_id"]: 1 for it in mine})
        compare(f"follow-up {kind}", wanted, got, verdict)
    ended = Counter(it.key for it in events if it.kind in _ENDS)
    for key, count in ended.items():
        if count > 1:
            verdict.say("double", f"follow-up {key} ended {count} times")
    sent = {it.key for it in events if it.kind == "follow-up.sent"}
    a_week = Counter(
        it["recipient_id"] for it in scheduled if it["follow_up_id"] in sent and not KINDS.by_name[it["kind"]].urgent
    )
    missing = forgotten | {it.key for it in events if not forgotten.isdisjoint(map(str, it.data.values()))}
    for it in scheduled:
        known = KINDS.by_name[it["kind"]]
        # Nobody gets more in a week: what is beyond waits, and only that.
        waits = not known.urgent and a_week[it["recipient_id"]] >= KINDS.courtesy.most_a_week
        if known.is_at_once and not waits and not ended[it["follow_up_id"]] and not _waits_for(it, missing):
            verdict.say("loss", f"follow-up {it['follow_up_id']} ({it['kind']}) was neither sent nor cancelled")


def _waits_for(follow_up: Mapping[str, Any], missing: Set[str]) -> bool:
    """Whether it is to or about somebody who was forgotten: what is said later of them waits for their coming back."""
    return follow_up["recipient_id"] in missing or follow_up["matter_id"] in missing


def _planned(events: Sequence[Found]) -> list[dict[str, Any]]:
    """Every follow-up that was planned, those to come in a series too, each with its matter and recipient."""
    planned = []
    for event in of(events, "follow-up.planned"):
        for follow_up in event.data["follow_ups"]:
            shared = {"matter_id": event.data["matter_id"], "recipient_id": follow_up["recipient_id"]}
            planned += [{"reminder": 0, **one, **shared} for one in (follow_up, *follow_up["occasions"])]
    return planned


def check_mails(events: Sequence[Found], mails: Sequence[Mapping[str, Any]], verdict: Verdict) -> None:
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
