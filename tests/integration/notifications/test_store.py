"""What events leave behind: follow-ups, contacts, and what is said of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from contracts.event import Event
from services.notifications.app import SERVICE
from services.notifications.kinds import KINDS
from services.notifications.sending.forgetting import Purge
from tests.integration.notifications.conftest import Clock, Desk, Lane, handle, planned
from tests.integration.notifications.happenings import (
    START,
    activated,
    assignment_amended,
    confirmed,
    contact,
    contact_of,
    correction_requested,
    ended,
    idle,
    meeting_held,
    named,
    obstacle_escalated,
    obstacle_lifted,
    obstacle_opened,
    obstacle_taken,
    offered,
    proposed,
    registered,
    rejected,
    released,
    renewed,
    review_due,
    withdrawn,
)


async def test_a_registration_plans_one_acknowledgement(desk: Desk) -> None:
    (event,) = await desk.handle(registered("a"))
    (row,) = await desk.rows()
    assert event == {
        "event": "planned",
        "matter_id": str(named("application a")),
        "application_id": str(named("application a")),
        "actor": "engine:notifications@1",
        "occurred_at": "2025-03-03T09:00:00Z",
        "follow_ups": [
            {
                "follow_up_id": str(row["id"]),
                "kind": "acknowledgement",
                "recipient_id": str(named("lead a")),
                "reminder": 0,
                "due_at": "2025-03-03T09:00:00Z",
                "occasions": [],
            }
        ],
    }
    assert (row["state"], row["due_at"], row["attempts"], row["in_doubt"]) == ("scheduled", START, 0, False)


async def test_the_same_event_again_makes_no_second_row_and_no_second_event(desk: Desk) -> None:
    for event in (registered("a"), confirmed("a"), correction_requested("b"), activated("a")):
        first = await desk.handle(event, event)
        assert first
        before = await desk.rows()
        assert await desk.handle(event) == []
        assert await desk.rows() == before


async def test_a_withdrawal_cancels_what_waits_for_this_application_only(desk: Desk) -> None:
    await desk.handle(registered("a"), registered("b"))
    event, confirmation = await desk.handle(withdrawn("a"))
    assert (event["to"], event["matter_id"]) == ("cancelled", str(named("application a")))
    assert [it["kind"] for it in planned([confirmation])] == ["withdrawal"]
    (kept,) = [row for row in await desk.rows() if row["state"] == "scheduled" and row["kind"] == "acknowledgement"]
    assert kept["matter_id"] == named("application b")


async def test_what_one_batch_plans_and_settles_is_said_in_full(desk: Desk) -> None:
    events = await desk.handle(registered("a"), withdrawn("a"))
    assert [event["event"] for event in events] == ["planned", "cancelled", "planned"]
    row, _ = await desk.rows("state, settled, kind, due_at, occasion, matter_id")
    assert (row["state"], row["settled"]) == ("cancelled", "application-withdrawn")


async def test_a_newer_request_for_correction_replaces_one_that_has_not_left(desk: Desk) -> None:
    await desk.handle(correction_requested("a", 1))
    events = await desk.handle(correction_requested("a", 2))
    assert [event["event"] for event in events] == ["cancelled", "planned"]
    rows = await desk.rows("occasion, state, due_at, kind, matter_id")
    assert [(row["occasion"], row["state"]) for row in rows] == [("1", "cancelled"), ("2", "scheduled")]
    assert await desk.handle(correction_requested("a", 1)) == []


async def test_a_proposal_is_dropped_once_it_is_decided(desk: Desk) -> None:
    await desk.handle(proposed("a"))
    await desk.handle(confirmed("a"))
    states = await desk.states()
    assert states["assignment-proposal"] == "cancelled"
    assert states["assignment-confirmation"] == "scheduled"


async def test_a_pair_is_offered_to_the_mentor_and_introduced_to_both(desk: Desk) -> None:
    await desk.handle(offered("a"), activated("a"))
    lead, mentor = named("lead a"), named("person of mentor a")
    rows = {row["kind"]: (row["recipient_id"], row["counterpart_id"], row["state"]) for row in await desk.rows()}
    assert rows == {
        "pair-offer": (mentor, None, "cancelled"),
        "pair-offer-to-lead": (lead, mentor, "cancelled"),
        "introduction-to-lead": (lead, mentor, "scheduled"),
        "introduction-to-mentor": (mentor, lead, "scheduled"),
    }
    assert {event["kind"] for event in await desk.handle(ended("a"))} == {
        "introduction-to-lead",
        "introduction-to-mentor",
    }


async def test_both_are_asked_to_look_back_and_told_that_their_pair_goes_on_or_ends(desk: Desk) -> None:
    both = {named("lead a"), named("person of mentor a")}
    await desk.handle(review_due("a", 5), renewed("a", 8))
    rows = await desk.rows()
    assert {row["kind"]: row["state"] for row in rows} == {
        "review-to-lead": "cancelled",
        "review-to-mentor": "cancelled",
        "renewal-to-lead": "scheduled",
        "renewal-to-mentor": "scheduled",
    }
    assert {row["recipient_id"] for row in rows} == both
    await desk.handle(ended("a", "active", 9))
    states = {row["kind"]: row["state"] for row in await desk.rows() if row["state"] == "scheduled"}
    assert states == {"pair-end-to-lead": "scheduled", "pair-end-to-mentor": "scheduled"}


async def test_first_both_of_a_pair_are_reminded_then_the_officer_is_told(desk: Desk) -> None:
    await desk.handle(activated("a"))
    reminded = await desk.handle(idle("a", "nudge", 5))
    assert {(it["kind"], it["recipient_id"]) for it in planned(reminded)} == {
        ("pair-nudge-to-mentor", str(named("person of mentor a"))),
        ("pair-nudge-to-lead", str(named("lead a"))),
    }
    (told,) = planned(await desk.handle(idle("a", "referent", 6)))
    assert (told["kind"], told["recipient_id"]) == ("pair-not-meeting", str(named("owner")))
    met = await desk.handle(meeting_held("a", 7, number=2))
    assert {it["event"] for it in met} == {"cancelled"}, "they met: no reminder"
    again = planned(await desk.handle(idle("a", "nudge", 8)))
    assert len(again) == 2, "another time is another reminder"


async def test_both_are_asked_once_how_it_suits_them_two_days_after_their_first_meeting(desk: Desk) -> None:
    asked = planned(await desk.handle(meeting_held("a", 3)))
    assert sorted(it["kind"] for it in asked) == ["fit-check-to-lead", "fit-check-to-mentor"]
    assert {it["due_at"] for it in asked} == {"2025-03-05T09:00:00Z"}
    assert await desk.handle(meeting_held("a", 4, number=2)) == []
    assert [it["event"] for it in await desk.handle(ended("a"))] == ["cancelled"] * 2, "nobody is asked of a past pair"


async def test_an_obstacle_is_told_of_until_it_is_taken_and_its_end_is_told_to_the_lead(desk: Desk) -> None:
    (opened,) = planned(await desk.handle(obstacle_opened("a")))
    assert (opened["kind"], opened["recipient_id"]) == ("obstacle-opened", str(named("owner")))
    (late,) = planned(await desk.handle(obstacle_escalated("a", 2)))
    assert (late["kind"], late["recipient_id"]) == ("obstacle-late", str(named("owner")))
    assert len(await desk.handle(obstacle_escalated("a", 3))) == 1, "each level is told"
    dropped = await desk.handle(obstacle_taken("a", 4))
    assert [it["event"] for it in dropped] == ["cancelled"] * 3, "none had left"
    lifted = planned(await desk.handle(obstacle_lifted("a", 5)))
    assert [(it["kind"], it["recipient_id"]) for it in lifted] == [
        ("obstacle-lifted-to-owner", str(named("owner"))),
        ("obstacle-lifted", str(named("lead a"))),
    ]


async def test_two_transactions_that_plan_the_same_do_so_once(desk: Desk) -> None:
    event = registered("a")
    late = desk.unit(event)
    handle(await late.__aenter__(), [event])
    assert await desk.handle(event)
    with pytest.raises(asyncpg.SerializationError):
        await late.__aexit__(None, None, None)
    assert len(await desk.rows()) == 1


async def test_what_is_received_later_of_a_contact_holds_whatever_its_time(desk: Desk) -> None:
    async def addresses() -> list[tuple[str, str | None]]:
        rows = await desk.pool.fetch("SELECT email, former_email FROM contact")
        return [(row["email"], row["former_email"]) for row in rows]

    await desk.handle(contact("lead a", hours=9, email="first@asso.example"))
    await desk.handle(contact("lead a", hours=0, email="second@asso.example"))
    assert await addresses() == [("second@asso.example", "first@asso.example")]
    third, fourth = (contact("lead a", hours=1, email=f"{name}@asso.example") for name in ("third", "fourth"))
    await desk.handle(third, fourth)
    assert await addresses() == [("fourth@asso.example", "first@asso.example")]


async def test_a_person_is_reached_in_each_role_as_was_said_of_them_in_it(desk: Desk) -> None:
    await desk.handle(contact("owner"), contact("owner", role="lead", email="taken@elsewhere.example"))
    rows = await desk.pool.fetch("SELECT role, email, former_email FROM contact WHERE person_id = $1", named("owner"))
    assert {(row["role"], row["email"], row["former_email"]) for row in rows} == {
        ("owner", "owner@asso.example", None),
        ("lead", "taken@elsewhere.example", None),
    }


async def test_a_contact_that_says_nothing_new_is_not_written(desk: Desk) -> None:
    async def written() -> Any:
        return await desk.pool.fetchval("SELECT xmin::text FROM contact")

    await desk.handle(contact("lead a"))
    before = await written()
    await desk.handle(contact("lead a"))
    assert await written() == before
    await desk.handle(contact("lead a", hours=1))
    assert await written() != before, "a later word is one that an earlier erasure does not cover"


async def test_what_mails_said_is_forgotten_once_it_is_old_and_that_they_were_sent_is_kept(desk: Desk) -> None:
    await desk.handle(confirmed("a"), registered("b"), withdrawn("b"))
    clock = Clock()
    purge, lane = Purge(clock), Lane(desk, 0)
    assert await purge.perform(lane) == clock.now + timedelta(hours=1)
    clock.advance(timedelta(days=KINDS.content_days).total_seconds())
    assert await purge.perform(lane) == clock.now + timedelta(hours=1)
    assert {row["kind"]: row["parameters"] == "{}" for row in await desk.rows()} == {
        "acknowledgement": True,
        "assignment-confirmation": False,
        "withdrawal": False,
    }, "what is still to be sent is kept"
    await desk.pool.execute("UPDATE follow_up SET parameters = 'x' WHERE kind = 'acknowledgement'")
    assert await purge.perform(lane) == clock.now + timedelta(hours=1)
    assert "x" in {row["parameters"] for row in await desk.rows()}, "it looks once an hour"
    assert await desk.pool.fetchval("SELECT parameters FROM series") != "{}", "what is to come as well"


async def test_old_content_is_looked_for_in_portions_and_found_wherever_it_is(desk: Desk) -> None:
    names = [str(number) for number in range(260)]
    await desk.handle(*(confirmed(name) for name in names), *(registered(name) for name in names))
    await desk.handle(*(withdrawn(name) for name in names))
    clock = Clock()
    clock.advance(timedelta(days=KINDS.content_days).total_seconds())
    purge, lane = Purge(clock), Lane(desk, 0)
    assert await purge.perform(lane) == clock.now, "more is left"
    assert await purge.perform(lane) == clock.now + timedelta(hours=1)
    emptied = [row["kind"] for row in await desk.rows() if row["parameters"] == "{}"]
    assert emptied == ["acknowledgement"] * len(names)


async def test_with_a_contact_goes_what_was_to_be_said_to_them_in_that_role_and_no_other(desk: Desk) -> None:
    who = "owner"
    await desk.handle(contact(who), contact(who, role="lead"), contact("lead b"), contact("person of mentor b"))
    await desk.handle(proposed("a"), confirmed("b"), activated("b"))
    await desk.retract(contact_of(who, "lead"))
    assert {row["settled"] for row in await desk.rows(where=f"recipient_id = '{named(who)}'")} == {None}
    await desk.retract(contact_of("lead b"))
    settled = {row["kind"]: row["settled"] for row in await desk.rows()}
    assert settled == {
        "assignment-proposal": None,
        "assignment-confirmation": "contact-erased",
        "introduction-to-lead": "contact-erased",
        "introduction-to-mentor": "contact-erased",
    }
    assert await desk.pool.fetchval("SELECT settled FROM series") == "contact-erased"


async def test_a_retracted_contact_is_gone_and_may_come_back(desk: Desk) -> None:
    await desk.handle(contact("lead a"), contact("lead b"))
    await desk.retract(contact_of("lead a"))
    assert await desk.pool.fetchval("SELECT array_agg(person_id) FROM contact") == [named("lead b")]
    await desk.handle(contact("lead a", email="again@asso.example"))
    assert await desk.pool.fetchval("SELECT count(*) FROM contact") == 2


def story(names: Sequence[str]) -> list[Event[Any]]:
    """A story for each name, mixed at random, each in its own order."""
    stories = [
        *([registered(name), withdrawn(name)] for name in names),
        *([proposed(name), confirmed(name), released(name)] for name in names),
        *([offered(name), activated(name), ended(name)] for name in names),
        *([correction_requested(f"{name}!", version) for version in (1, 2, 3)] for name in names),
    ]
    turns = [number for number, events in enumerate(stories) for _ in events]
    random.Random(7).shuffle(turns)
    return [stories[number].pop(0) for number in turns]


async def test_a_batch_leaves_the_same_as_one_event_after_the_other(desk: Desk) -> None:
    events = story("abcdef")
    batched = await desk.handle(*events)
    rows = await desk.rows()
    assert {row["state"] for row in rows} == {"cancelled", "scheduled"}
    await desk.pool.execute("DELETE FROM follow_up")
    await desk.pool.execute("DELETE FROM series")
    async with desk.unit() as unit:
        for event in events:
            # As the chassis does on its careful path: one store, loaded and saved for each event.
            await unit.store.load([event], SERVICE.handlers.named([event]))
            handle(unit, [event])
            await unit.store.save()
    assert len(unit.published) == len(batched)
    assert await desk.rows() == rows


async def test_statements_do_not_grow_with_the_batch(desk: Desk) -> None:
    async def statements(events: Sequence[Event[Any]]) -> int:
        before = len(desk.queries)
        await desk.handle(*events)
        return len(desk.queries) - before

    few = [registered("x"), rejected("y", 2), contact("lead x"), confirmed("x")]
    many = [
        event
        for number in range(50)
        for event in (
            registered(f"{number}"),
            rejected(f"{number}", 2),
            contact(f"lead {number}"),
            confirmed(f"{number}"),
        )
    ]
    assert 1 < await statements(few) == await statements(many) <= 5
    amendments = [assignment_amended(f"{number}", 3, lead_id=named("somebody new")) for number in range(1, 50)]
    first = assignment_amended("0", 3, lead_id=named("somebody new"))
    assert 1 < await statements([first]) == await statements(amendments) <= 6


async def test_parameters_hold_what_the_text_needs_and_nobodys_data(desk: Desk) -> None:
    await desk.handle(contact("lead a", name="Zoé Secrète"), rejected("a"))
    (row,) = await desk.rows()
    assert "Le SIREN manque." in row["parameters"]
    assert "Secrète" not in str(row)
    assert "@" not in row["parameters"]
    assert row["due_at"] - START == timedelta(0)
