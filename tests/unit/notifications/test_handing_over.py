"""Who gets what was planned once roles have new holders: whatever happens, on values alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from hypothesis import given
from hypothesis import strategies as st

from contracts.event import derived_id
from services.notifications.kinds import KINDS
from services.notifications.planned.follow_ups import FollowUp, Key, Planned
from services.notifications.planned.handing_over import Amendment, HandOver, hand_over, hand_over_series
from services.notifications.planned.history import LastSaid, is_told, last_said
from services.notifications.planned.planner import Matter, is_called_for
from services.notifications.planned.series import Occasion, Series, series_key
from services.notifications.roles import Role

NOW = datetime(2025, 3, 3, 9, tzinfo=UTC)
MATTER = derived_id(UUID(int=1), NOW, source="test", ordinal=1)
PEOPLE = [UUID(int=number) for number in range(11, 15)]
OFFER, PROPOSAL, CHECK_IN, INTRODUCTION = (
    "pair-offer-to-lead", "assignment-proposal", "check-in-30-days", "introduction-to-lead",
)  # fmt: skip


def planned(
    kind: str, who: UUID, *, state: Any = "scheduled", occasion: str = "", with_: UUID | None = None
) -> Planned:
    key = Key(MATTER, who, kind, occasion)
    words = {"project_title": "Avant", "organisation_name": "Avant", "kept": 1}
    return Planned(
        FollowUp(key.id, key, 1, state), UUID(int=9), with_, "story", NOW, orjson.dumps(words).decode(), NOW, who
    )


def amendment(
    state: str,
    version: int = 2,
    gone: frozenset[UUID] = frozenset(),
    people: Mapping[Role, UUID] | None = None,
    **named: UUID,
) -> Amendment:
    roles: Mapping[Role, UUID] = people or named  # type: ignore[assignment]
    names = {"project_title": "Après", "organisation_name": "Après"}
    matter = Matter(MATTER, UUID(int=9), version, roles, names, roles.get("lead"), state=state)
    return Amendment(matter, NOW + timedelta(days=version), "story", {"fallback": True}, gone)


def after(ever: list[Planned], change: HandOver) -> list[Planned]:
    ended = {it.id for it in change.ended}
    renewed = {it.follow_up.id: it for it in change.renewed}
    kept = [
        it._replace(follow_up=it.follow_up._replace(state="cancelled", settled="role-handed-over"))
        if it.follow_up.id in ended
        else renewed.get(it.follow_up.id, it)
        for it in ever
    ]
    return [*kept, *change.planned]


def test_what_is_open_goes_to_whoever_holds_the_role_now_under_the_new_names() -> None:
    old, new, *_ = PEOPLE
    change = hand_over([planned(CHECK_IN, old)], amendment("confirmed", lead=new))
    assert [it.key.recipient_id for it in change.ended] == [old]
    (mail,) = change.planned
    assert (mail.follow_up.key.recipient_id, mail.words_of) == (new, new)
    assert orjson.loads(mail.parameters) == {
        "fallback": True, "kept": 1, "organisation_name": "Après", "project_title": "Après",
    }  # fmt: skip


def test_what_was_sent_is_not_sent_again_but_for_what_waits_for_an_answer() -> None:
    old, new, *_ = PEOPLE
    for kind, state, again in (
        (CHECK_IN, "confirmed", False),
        (OFFER, "offered", True),
        (OFFER, "accepted-by-mentor", True),
        (OFFER, "active", False),
        (INTRODUCTION, "active", True),
        ("acknowledgement", "registered", False),
    ):
        change = hand_over([planned(kind, old, state="sent")], amendment(state, lead=new, mentor=PEOPLE[3]))
        assert [it.follow_up.key.recipient_id for it in change.planned] == ([new] if again else []), (kind, state)
        assert not change.ended


def test_a_reminder_is_no_reminder_to_somebody_new() -> None:
    old, new, *_ = PEOPLE
    reminder = planned("impact-baseline", old, occasion="+1")
    reminder = reminder._replace(parameters=orjson.dumps({"reminder": 1}).decode())
    change = hand_over([planned("impact-baseline", old, state="sent"), reminder], amendment("confirmed", lead=new))
    (mail,) = change.planned
    assert mail.follow_up.key.occasion == ""
    assert "reminder" not in orjson.loads(mail.parameters)


def test_what_waits_for_an_answer_does_not_wait_for_its_reminder() -> None:
    old, new, *_ = PEOPLE
    reminder = planned(OFFER, old, occasion="+1")._replace(due_at=NOW + timedelta(days=90))
    change = hand_over([planned(OFFER, old, state="sent"), reminder], amendment("offered", lead=new))
    assert [(it.follow_up.key.occasion, it.due_at) for it in change.planned] == [("", NOW + timedelta(days=2))]
    assert [it.key for it in change.ended] == [reminder.follow_up.key]


def test_whoever_stays_is_introduced_to_who_is_new() -> None:
    old, new, mentor, _ = PEOPLE
    ever = [
        planned("introduction-to-lead", old, state="sent", with_=mentor),
        planned("introduction-to-mentor", mentor, state="sent", with_=old),
    ]
    change = hand_over(ever, amendment("active", lead=new, mentor=mentor))
    assert {(it.follow_up.key.recipient_id, it.counterpart_id) for it in change.planned} == {
        (new, mentor),
        (mentor, new),
    }
    assert not hand_over(after(ever, change), amendment("active", 3, lead=new, mentor=mentor)).planned


def test_nothing_is_planned_for_who_asked_to_be_forgotten() -> None:
    old, new, *_ = PEOPLE
    change = hand_over([planned(OFFER, old)], amendment("offered", gone=frozenset({new}), lead=new))
    assert (len(change.ended), change.planned) == (1, ())


def left(follow_up: FollowUp) -> FollowUp:
    return follow_up._replace(state="sent") if is_told(follow_up) else follow_up


HOLDERS = st.lists(st.tuples(st.sampled_from(PEOPLE[:3]), st.booleans()), max_size=8)


@given(HOLDERS, st.sampled_from([OFFER, PROPOSAL, CHECK_IN]))
def test_however_often_a_role_changes_hands_nobody_is_told_twice_and_only_its_holder_is_still_to_be(
    changes: list[tuple[UUID, bool]], kind: str
) -> None:
    role = KINDS.by_name[kind].to
    state = (*KINDS.by_name[kind].handed_on_in, "confirmed")[0]
    ever = [planned(kind, PEOPLE[3])]
    holder = PEOPLE[3]
    for version, (holder, leaves) in enumerate(changes, start=2):
        if leaves:
            ever = [
                it._replace(follow_up=it.follow_up._replace(state="sent")) if is_told(it.follow_up) else it
                for it in ever
            ]
        ever = after(ever, hand_over(ever, amendment(state, version, people={role: holder})))
        ids = [it.follow_up.id for it in ever]
        assert len(set(ids)) == len(ids), "what once had an id is never planned again under it"
    told = [it.follow_up for it in ever if is_told(it.follow_up)]
    assert len({it.key.recipient_id for it in told}) == len(told), "nobody twice"
    assert {it.key.recipient_id for it in told if it.state == "scheduled"} <= {holder}
    if KINDS.by_name[kind].handed_on_in or all(not leaves for _, leaves in changes):
        assert holder in {it.key.recipient_id for it in told}


@given(HOLDERS)
def test_a_series_follows_its_role_and_says_nothing_twice(changes: list[tuple[UUID, bool]]) -> None:
    occasions = tuple(
        Occasion(kind, NOW + timedelta(days=day)) for day, kind in enumerate(("check-in-30-days", "impact-year-1"))
    )
    key = series_key(MATTER, PEOPLE[3], "assignment-confirmed")
    all_of = [Series(key.id, key, UUID(int=9), 1, "story", "{}", occasions, NOW, PEOPLE[3])]
    for version, (holder, _) in enumerate(changes, start=2):
        known = {it.id for it in all_of}
        for series in list(all_of):
            change = hand_over_series(series, [], known, amendment("confirmed", version, lead=holder))
            all_of[all_of.index(series)] = change.left
            assert not change.ended or change.left.occasions == ()
            if change.begun is not None:
                assert change.begun.id not in known
                all_of.append(change.begun)
        to_come = [it for it in all_of if it.occasions]
        assert [(it.key.recipient_id, it.occasions) for it in to_come] == [(holder, occasions)]
    ids = [each for it in all_of for each in it._replace(occasions=occasions).follow_up_ids()]
    assert len(set(ids)) == len(ids)


SAYING = [kind for kind in KINDS.all if kind.says]


@given(st.sampled_from(SAYING), st.sampled_from([None, *{kind.says for kind in SAYING}]), st.integers(1, 5))
def test_a_state_is_told_where_something_else_was_told_last(kind: Any, said: str | None, version: int) -> None:
    before = (*kind.from_states, "some")[0]
    people = {kind.to: PEOPLE[0]} if kind.introduces is None else {kind.to: PEOPLE[0], kind.introduces: PEOPLE[1]}
    matter = Matter(MATTER, MATTER, 3, people, {}, before=before)
    last = None if said is None else LastSaid(said, version)
    called_for = is_called_for(kind, matter, last)
    if said is None:
        assert called_for is not kind.corrects
    elif kind.corrects or kind.occasion == "news":
        assert called_for is (said != kind.says and version <= 3)
    else:
        assert called_for


@given(st.lists(st.tuples(st.sampled_from(["acknowledgement", "rejection"]), st.sampled_from(
    ["scheduled", "sending", "sent", "cancelled", "failed"]
))))  # fmt: skip
def test_what_never_left_has_told_nobody(told: list[tuple[str, Any]]) -> None:
    ever = [
        planned(kind, PEOPLE[0], state=state, occasion=str(number)).follow_up._replace(matter_version=number)
        for number, (kind, state) in enumerate(told, start=1)
    ]
    known = [KINDS.by_name[kind].says for kind, state in told if state in ("scheduled", "sending", "sent")]
    last = last_said(ever, "lead")
    assert (last.state if last else None) == (known[-1] if known else None)
    assert last_said(ever, "owner") is None
