"""What people type and what comes of it: a table of cases, played through the public doors in one run of the system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contracts.applications import ApplicationState
from contracts.event import Event
from contracts.message import EventData
from deploy.local.mailbox import Mailbox
from deploy.local.stack import Stack
from tests.end_to_end.cases import Case, all_cases
from tests.end_to_end.cases.play import Played, invitations, play, value_at


async def test_every_case_is_seen_as_the_documents_say(tmp_path_factory: pytest.TempPathFactory) -> None:
    directory: Path = tmp_path_factory.mktemp("cases")
    with Stack(directory=directory) as stack:
        played = await play(stack, all_cases())
        mailed = {mail["message_id"]: mail["to"] for mail in stack.mail_catcher.messages()}
    mailbox = Mailbox(directory / "mails")
    wrong = []
    for each in played:
        wanted, seen = _wanted(each.case), _seen(each, mailed, mailbox)
        wrong += [
            f"{each.case.case}: {name} should be {value}, and is {seen[name]}"
            for name, value in wanted.items()
            if value != seen[name]
        ]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def _wanted(case: Case) -> dict[str, Any]:
    return {
        "answers": [step.door for step in case.send if step.door is not None],
        "events": _by_topic(list(case.events)),
        "state": case.state,
        "asked": sorted(case.asked),
        "reasons": sorted(case.reasons),
        "flags": sorted(case.flags),
        "mails": sorted(case.mails),
        "mailed to": {case.mailed_to} if case.mailed_to else None,
        "read": case.read,
        "invitations": [case.invitation] * 2 if case.invitation else [],
        "dead letter": case.dead_letter,
    }


def _seen(played: Played, mailed: dict[str, str], mailbox: Mailbox) -> dict[str, Any]:
    told = [event.data for event in played.events if isinstance(event, Event)]
    ids = [mail.message_id for mail in played.mails]
    who = {identifier: name for name, identifier in played.ids.items()}
    states = [data.to_state for data in told if isinstance(data, ApplicationState)]
    addresses = {mailed[message_id] for message_id in ids}
    return {
        "answers": played.answers,
        "events": _by_topic(played.names),
        "state": states[-1] if states else None,
        "asked": _asked(told),
        "reasons": _reasons(told),
        "flags": sorted(_named(flag) for data in told for flag in getattr(data, "flags", ())),
        "mails": sorted(f"{mail.kind} to {who[mail.recipient_id]}" for mail in played.mails),
        "mailed to": addresses if played.case.mailed_to else None,
        "read": {path: value_at(path, played) for path in played.case.read},
        "invitations": invitations(mailbox, ids),
        "dead letter": played.dead_letters[0] if played.dead_letters else None,
    }


def _by_topic(names: list[str]) -> dict[str, list[str]]:
    """The names of events, by what they are of: only those of one sort are in an order that is promised."""
    sorts: dict[str, list[str]] = {}
    for name in names:
        sorts.setdefault(name.lstrip("-").split(".")[0], []).append(name)
    return sorts


def _asked(told: list[EventData]) -> list[str]:
    """What correction requests ask, and what could be mended of what is rejected."""
    asked = [reason for data in told for reason in getattr(data, "asked", ())]
    asked += [reason for data in told if _asks(data) for reason in getattr(data, "reasons", ())]
    return sorted(map(_named, asked))


def _reasons(told: list[EventData]) -> list[str]:
    refused = [data for data in told if not _asks(data) and data.event_type.split(".")[2] in _REFUSALS]
    return sorted(_named(reason) for data in refused for reason in getattr(data, "reasons", ()))


_REFUSALS = {"rejected", "form-refused", "refused", "decision-refused"}


def _asks(data: EventData) -> bool:
    return data.event_type == "engage.application.correction-requested.v1"


def _named(reason: Any) -> str:
    return f"{reason.field} {reason.code}" if reason.field else str(reason.code)
